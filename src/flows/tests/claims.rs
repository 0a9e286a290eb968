//! That a flow claims no more than somebody said or found.

use super::desk::Desk;
use super::{Always, all_flows};
use crate::ai::types::{CheckOutcome, FixProgress};
use crate::flows::server::handover;

fn facts(desk: &Desk<'_>) -> Vec<String> {
    desk.situation.facts.iter().map(|fact| fact.text.clone()).collect()
}

/// Begins a flow and answers its questions as they come up, each by words of its text.
fn desk<'l>(matcher: &'l Always, answers: &[(&str, &str)]) -> Desk<'l> {
    let mut desk = Desk::new(all_flows(), matcher);
    desk.say("it is broken");
    for (question, answer) in answers {
        desk.answer(question, answer);
        desk.say("");
    }
    desk
}

#[test]
fn an_approval_confirms_nobody() {
    for said in ["approved", "yes owner approved by mail", "yes"] {
        let matcher = Always("file-share-access-denied".to_owned());
        let desk = desk(&matcher, &[("owner of the folder approved", said)]);
        assert_eq!(facts(&desk), ["The owner of the folder approved the access."], "{said}");
        assert!(desk.texts().contains(&"Is the user's identity confirmed?".to_owned()), "{:?}", desk.texts());
    }
}

#[test]
fn remote_sign_in_asks_for_the_person_before_the_approval() {
    let matcher = Always("rdp-fails".to_owned());
    let mut desk = desk(&matcher, &[("", "not authorized for remote login")]);
    desk.result("identity confirmed", CheckOutcome::Fail);
    assert!(desk.say("").contains("Here I would escalate"), "{}", desk.prose);
    desk.result("identity confirmed", CheckOutcome::Pass);
    desk.say("");
    desk.answer("approved remote sign-in", "approved by his manager via mail");
    desk.say("");
    let facts = facts(&desk);
    assert!(facts.contains(&"Remote sign-in was approved for this user.".to_owned()), "{facts:?}");
}

#[test]
fn no_answer_about_an_approval_speaks_of_an_identity() {
    for flow in all_flows().flows() {
        for question in flow.questions().filter(|question| question.text.contains("approved")) {
            for answer in &question.answers {
                let fact = answer.branch.fact.as_deref().unwrap_or_default();
                assert!(!fact.contains("identity"), "{}: {fact}", flow.slug);
            }
        }
    }
}

#[test]
fn an_escalation_is_what_the_package_begins_its_next_steps_with() {
    let matcher = Always("disk-full".to_owned());
    let mut desk = desk(
        &matcher,
        &[("What kind of machine", "Windows server"), ("Which kind of data", "Database or mail store files")],
    );
    assert_eq!(desk.state.as_ref().and_then(handover), None, "the way has not ended");
    desk.result("reuse its transaction log", CheckOutcome::Fail);
    desk.say("");
    let next = desk.state.as_ref().and_then(handover).expect("the flow hands over");
    assert!(next.text.starts_with("Escalate to: Database administrator and backup owner. A database"), "{next:?}");
    assert_eq!(next.after, "Can the database reuse its transaction log?");
}

#[test]
fn a_fix_that_failed_last_leads_to_the_escalation() {
    let matcher = Always("disk-full".to_owned());
    let mut desk = desk(
        &matcher,
        &[("What kind of machine", "Windows server"), ("Which kind of data", "Windows folder, updates, temp")],
    );
    desk.mark(FixProgress::Failed);
    desk.say("");
    let next = desk.state.as_ref().and_then(handover).expect("the flow hands over");
    assert!(next.text.contains("Infrastructure team") && next.text.contains("growth per week"), "{next:?}");
    assert_eq!(Some(&next.after), desk.suggested.last().map(|(title, ..)| title));
}

#[test]
fn a_fix_that_helps_against_what_was_found_proves_no_cause() {
    let matcher = Always("office-app-crash".to_owned());
    let mut desk = desk(&matcher, &[("When does it crash", "At the start, or with any file")]);
    desk.answer("in safe mode", "Yes, stable in safe mode");
    desk.result("crash event", CheckOutcome::Pass);
    desk.say("");
    desk.mark(FixProgress::Worked);
    assert!(desk.say("").contains("So the cause was: "), "{}", desk.prose);
    // the same fix, after the answer that led to it is another one
    let title = desk.suggested[0].0.clone();
    desk.answer("in safe mode", "No, it crashes there too");
    let said = desk.say("");
    assert!(!said.contains("So the cause was: "), "{title}: {said}");
}

#[test]
fn a_fix_that_is_tried_although_its_cause_was_ruled_out_claims_none() {
    let matcher = Always("no-ip-address".to_owned());
    let mut desk = desk(&matcher, &[("ipconfig", "169.254.x.x, or no address at all")]);
    desk.answer(&desk.texts()[0].clone(), "Only this one");
    desk.say("");
    desk.result("ask for its address automatically", CheckOutcome::Pass);
    let said = desk.say("");
    assert!(said.contains("I suggest: Ask for a fresh address") && !said.contains("likely cause"), "{said}");
    desk.mark(FixProgress::Worked);
    let said = desk.say("");
    assert!(said.contains("worked") && !said.contains("So the cause was"), "{said}");
    assert_eq!(desk.standing("fixed address"), "open");
}

#[test]
fn what_has_been_growing_is_not_answered_by_old_logs() {
    let matcher = Always("disk-full".to_owned());
    let mut desk = desk(&matcher, &[("What kind of machine", "Windows server"), ("Which kind of data", "Not sure")]);
    desk.result("changed in the last two days", CheckOutcome::Fail);
    desk.say("");
    desk.answer("have been growing", "logs");
    desk.say("");
    assert_eq!(desk.suggested[0].0, "Stop what fills the growing log, then make room");
    assert_eq!(desk.standing("already deleted"), "ruled_out");
}

#[test]
fn lockouts_from_the_own_pc_are_no_attack_from_outside() {
    let flow = all_flows().by_slug("ad-account-lockout").unwrap();
    let fix = flow.fixes().find(|fix| fix.id == "fix-saved").unwrap();
    let matcher = Always("ad-account-lockout".to_owned());
    let mut desk = desk(&matcher, &[("confirmed the identity", "yes")]);
    desk.result("locked", CheckOutcome::Fail);
    desk.say("");
    desk.answer("first lockout", "Locks again and again");
    desk.say("");
    desk.answer("event 4740", "The user's own PC");
    desk.say("");
    assert_eq!(desk.suggested[0].0, fix.title);
    desk.mark(FixProgress::Failed);
    let said = desk.say("");
    assert!(said.contains("user's own computer") && !said.contains("faces the internet"), "{said}");
}

#[test]
fn a_stolen_password_is_answered_by_blocking_first() {
    let matcher = Always("phishing-reported".to_owned());
    let desk = desk(&matcher, &[("do with the mail", "entered password")]);
    let (title, ..) = desk.suggested.first().expect("nothing is asked before the account is blocked");
    assert!(title.contains("block it now"), "{title}");
}

#[test]
fn a_speaker_is_not_looked_for_in_the_privacy_settings() {
    let matcher = Always("teams-audio-video".to_owned());
    let mut desk =
        desk(&matcher, &[("exactly fails", "I cannot hear the others"), ("play sound", "only Teams is silent")]);
    assert_eq!(desk.standing("blocks microphone"), "ruled_out");
    assert!(desk.texts()[0].contains("test call"), "{:?}", desk.texts());
    desk.answer("test call", "the right devices are chosen but it fails");
    desk.say("");
    assert!(!facts(&desk).contains(&"Teams was set to a different device.".to_owned()));
    let both = desk_of_both(&matcher);
    assert!(both.contains(&"The other participants cannot hear the user.".to_owned()), "{both:?}");
}

fn desk_of_both(matcher: &Always) -> Vec<String> {
    facts(&desk(matcher, &[("exactly fails", "no sound in either direction")]))
}
