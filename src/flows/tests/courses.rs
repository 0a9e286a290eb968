//! Whole courses of a session: fixes and their outcomes, another problem, changed answers, the end.

use proptest::prelude::*;
use serde_json::json;

use super::desk::{Desk, at_first_fix};
use super::{Always, ByWords, all_flows, own_flows};
use crate::ai::types::{CheckOutcome, FixProgress, ItemKind};
use crate::flows::complaint::complains;
use crate::flows::format::Flow;
use crate::flows::library::{Library, embedded_sources};
use crate::flows::printed::is_output;

const WEB: &str = "sign in to https://outlook.office.com";
const PROMPT: &str = "What does the prompt look like";

#[test]
fn a_fix_that_failed_leads_to_the_next_cause_whatever_is_written() {
    let library = own_flows();
    let matcher = ByWords(library);
    for message in ["", "next", "it still asks for the password", "hm"] {
        let mut desk = at_first_fix(library, &matcher);
        desk.mark(FixProgress::Failed);
        let said = desk.say(message);
        assert!(said.contains("did not help"), "{message}: {said}");
        assert_eq!(desk.standing("old password saved"), "ruled_out");
        assert_eq!(desk.texts(), ["Does Windows hold a working Microsoft sign-in for this user?"], "{message}");
    }
}

#[test]
fn the_chat_can_only_propose_an_outcome() {
    let library = own_flows();
    let matcher = ByWords(library);
    for (message, outcome) in [
        ("that worked", "applied_success"),
        ("no luck, still prompting", "applied_failed"),
        ("partly: Outlook is fine, Teams still asks", "applied_partial"),
        ("dismiss it", "dismissed"),
    ] {
        let mut desk = at_first_fix(library, &matcher);
        let said = desk.say(message);
        assert_eq!(desk.proposed_outcome.as_ref().unwrap()["outcome"], outcome, "{message}");
        assert!(said.contains("Confirm that in the banner"), "{said}");
        assert!(desk.open().is_empty());
        assert_eq!(desk.suggested.len(), 1, "the fix is not proposed again");
    }
    let mut desk = at_first_fix(library, &matcher);
    desk.say("the user is back from lunch at one");
    assert!(desk.proposed_outcome.is_none());
    assert!(desk.prose.contains("is waiting for you"), "{}", desk.prose);
}

#[test]
fn a_fix_that_worked_ends_the_walk_and_a_relapse_goes_on() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = at_first_fix(library, &matcher);
    desk.mark(FixProgress::Worked);
    let said = desk.say("");
    assert!(said.contains("worked") && said.contains("Resolve"), "{said}");
    assert!(desk.open().is_empty());
    assert_eq!(desk.standing("old password saved"), "supported");
    desk.say("thanks");
    assert!(desk.open().is_empty());
    let said = desk.say("hm, it's back, still prompting");
    assert!(said.contains("did not last"), "{said}");
    assert_eq!(desk.texts().len(), 1);
}

#[test]
fn a_partial_fix_says_what_comes_next_and_may_still_succeed() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = at_first_fix(library, &matcher);
    let fix = desk.active().unwrap();
    (fix.progress, fix.notes) = (FixProgress::Partial, Some("Teams still asks [ACTIONS]".to_owned()));
    let said = desk.say("");
    assert!(said.contains("helped in part (“Teams still asks (ACTIONS)”)"), "{said}");
    assert_eq!(desk.texts().len(), 1);
    desk.say("ah, that worked now, all good");
    assert_eq!(desk.proposed_outcome.as_ref().unwrap()["outcome"], "applied_success");
}

#[test]
fn a_relapse_is_not_explained_by_what_was_left_before_it_worked() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = at_first_fix(library, &matcher);
    let fix = desk.active().unwrap();
    (fix.progress, fix.notes) = (FixProgress::Partial, Some("Teams still asks".to_owned()));
    desk.say("");
    desk.mark(FixProgress::Worked);
    desk.say("");
    let said = desk.say("It came back");
    assert!(said.contains("did not last, so I set that cause aside"), "{said}");
    assert!(!said.contains("Teams still asks"), "{said}");
}

#[test]
fn another_problem_changes_the_flow_and_says_so() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = Desk::new(library, &matcher);
    desk.say("outlook keeps asking for password");
    let said = desk.say("Actually the vpn is connected but I can't open the file server");
    assert!(said.contains("another problem than I thought: “VPN connects"), "{said}");
    assert!(desk.texts().iter().all(|text| !text.contains("outlook")), "{:?}", desk.texts());
    assert_eq!(desk.standing("The account itself"), "missing");
    // also when it stands in the lane
    let mut desk = Desk::new(library, &matcher);
    desk.say("outlook keeps asking for password");
    desk.answer(PROMPT, "forticlient connected, no network drives");
    assert!(desk.say("").contains("another problem"), "{}", desk.prose);
}

#[test]
fn denying_the_problem_leads_to_general_questions() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = Desk::new(library, &matcher);
    desk.say("outlook keeps asking for password");
    let said = desk.say("you misunderstood, wrong track");
    assert!(said.contains("So it is not “Outlook keeps asking"), "{said}");
    assert!(said.contains("What does the problem touch"), "{said}");
}

#[test]
fn triage_hands_over_to_the_flow_that_fits() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = Desk::new(library, &matcher);
    desk.say("the coffee machine plays chess");
    desk.answer("What does the problem touch", "network");
    desk.say("");
    desk.answer("Which of these comes closest", "2");
    let said = desk.say("");
    assert!(said.contains("That has a flow of its own: “VPN connects"), "{said}");
    desk.answer("by its IP address", "Yes, only names fail");
    desk.answer("Do other users reach", "yes");
    desk.say("");
    desk.result("internal DNS servers", CheckOutcome::Fail);
    desk.say("");
    assert_eq!(desk.suggested[0].0, "Send DNS for internal names through the tunnel");
}

#[test]
fn a_changed_answer_changes_the_walk() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = at_first_fix(library, &matcher);
    desk.answer(WEB, "No, the password is refused");
    let said = desk.say("");
    assert!(said.contains("has changed"), "{said}");
    assert!(said.contains("no longer follows from the answers"), "{said}");
    assert!(desk.texts()[0].contains("Which error does the sign-in log"), "{:?}", desk.texts());
    assert_eq!(desk.standing("The account itself"), "supported");
    desk.answer(WEB, "Yes, the web works");
    desk.say("");
    assert!(desk.prose.contains("is waiting for you"), "back at the fix: {}", desk.prose);
    assert_eq!(desk.suggested.len(), 1);
}

#[test]
fn a_cleared_answer_is_asked_again() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = at_first_fix(library, &matcher);
    let item = desk.item(PROMPT);
    (item.answer, item.promoted) = (None, false);
    let said = desk.say("");
    assert!(said.contains("go back to that point"), "{said}");
    assert_eq!(desk.texts(), ["What does the prompt look like?"]);
}

#[test]
fn answers_given_before_are_passed_at_once() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = at_first_fix(library, &matcher);
    desk.state = Some(json!({ "v": 99, "what": ["is", "this"] }));
    let said = desk.say("so where are we");
    assert!(!said.contains("First:"), "{said}");
    assert!(desk.open().is_empty(), "a walk that lost its state asks nothing twice");
}

#[test]
fn an_escalation_tells_what_is_known_and_repeats_briefly() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = Desk::new(library, &matcher);
    desk.say("vpn is connected but I can't open the file server");
    desk.answer("by its IP address", "no");
    desk.answer("Do other users reach", "no");
    desk.say("");
    desk.result("go through the VPN adapter", CheckOutcome::Pass);
    let said = desk.say("");
    for part in [
        "escalate (to: Network team)",
        "Found: ",
        "Ruled out: ",
        "The route to the internal network goes through the VPN.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(desk.open().is_empty());
    let again = desk.say("ok thanks");
    assert!(again.contains("escalate") && again.len() < said.len(), "{again}");
    let said = desk.say("now outlook keeps asking for password");
    assert!(said.contains("another problem") && !desk.texts().is_empty(), "{said}");
}

#[test]
fn the_engineer_can_escalate_at_any_time_and_go_on() {
    let library = own_flows();
    let matcher = ByWords(library);
    let mut desk = Desk::new(library, &matcher);
    desk.say("outlook keeps asking for password");
    desk.answer(WEB, "yes");
    desk.say("");
    let said = desk.say("let's escalate this");
    assert!(said.contains("Here I would escalate") && said.contains("asked to hand this over"), "{said}");
    assert!(desk.open().is_empty());
    desk.say("continue");
    assert_eq!(desk.texts(), ["What does the prompt look like?"]);
}

#[test]
fn a_session_keeps_the_version_it_began_with() {
    let slug = "vpn-no-access";
    let (_, old) = embedded_sources().find(|(other, _)| *other == slug).unwrap();
    let new = old.replace("start = \"by-ip\"", "start = \"others\"");
    let before = Library::from_sources([old]).0;
    let matcher = Always(slug.to_owned());
    let mut desk = Desk::new(&before, &matcher);
    desk.say("vpn");
    let after = Library::from_sources([new.as_str()]).0.with_versions([(Flow::hash_of(old), old.to_owned())]);
    desk.library = &after;
    desk.answer("by its IP address", "No, nothing answers");
    desk.say("");
    assert!(desk.texts().iter().any(|text| text.contains("go through the VPN adapter")), "{:?}", desk.texts());
    let mut fresh = Desk::new(&after, &matcher);
    fresh.say("vpn");
    assert!(fresh.texts()[0].contains("Do other users"), "{:?}", fresh.texts());
    let lost = Library::from_sources([new.as_str()]).0;
    desk.library = &lost;
    desk.say("");
    assert!(!desk.open().is_empty(), "without its version a session goes on with the current one");
    assert!(after.by_hash(&Flow::hash_of(old)).is_some());
    let forged = Library::default().with_versions([("0".repeat(64), old.to_owned())]);
    assert!(forged.by_hash(&"0".repeat(64)).is_none(), "a version has the hash of its source");
}

/// Something an engineer does between two turns.
#[derive(Debug, Clone)]
enum Move {
    Say(String),
    Answer(usize, String),
    Clear(usize),
    Skip(usize),
    Result(usize, CheckOutcome),
    Mark(FixProgress),
}

fn moves() -> impl Strategy<Value = Move> {
    let words = prop::sample::select(vec![
        "yes",
        "no",
        "2",
        "not sure",
        "hm",
        "that worked",
        "no luck",
        "skip",
        "why?",
        "escalate",
        "continue",
        "wrong track",
        "forticlient connected, no network drives",
        "outlook password prompt loop",
        "everybody",
        "as expected",
        "",
    ]);
    let progress = prop::sample::select(vec![
        FixProgress::Applied,
        FixProgress::Worked,
        FixProgress::Failed,
        FixProgress::Partial,
        FixProgress::Dismissed,
    ]);
    let outcome = prop::sample::select(vec![CheckOutcome::Pass, CheckOutcome::Fail, CheckOutcome::Skipped]);
    prop_oneof![
        3 => words.clone().prop_map(|text| Move::Say(text.to_owned())),
        4 => (0_usize..6, words).prop_map(|(at, text)| Move::Answer(at, text.to_owned())),
        1 => (0_usize..6).prop_map(Move::Clear),
        1 => (0_usize..6).prop_map(Move::Skip),
        3 => (0_usize..6, outcome).prop_map(|(at, outcome)| Move::Result(at, outcome)),
        3 => progress.prop_map(Move::Mark),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_there_is_a_way_on(course in prop::collection::vec(moves(), 1..25)) {
        let library = own_flows();
        let matcher = ByWords(library);
        let mut desk = Desk::new(library, &matcher);
        desk.say("vpn is connected but I can't open the file server");
        for step in course {
            let message = desk.play(&step);
            desk.say(&message);
            let waiting = desk.active().is_some_and(|fix| !matches!(fix.progress, FixProgress::Failed));
            prop_assert!(!desk.prose.is_empty());
            prop_assert!(!desk.open().is_empty() || waiting || desk.prose.contains("escalate"), "{step:?}: {}", desk.prose);
        }
    }
}

impl Desk<'_> {
    /// Does the move; gives the message to send.
    fn play(&mut self, step: &Move) -> String {
        let kind = if matches!(step, Move::Result(..)) { ItemKind::Check } else { ItemKind::Question };
        let at = match step {
            Move::Answer(at, _) | Move::Clear(at) | Move::Skip(at) | Move::Result(at, _) => *at,
            Move::Say(text) => return text.clone(),
            Move::Mark(progress) => {
                if self.active().is_some_and(|fix| !matches!(fix.progress, FixProgress::Worked | FixProgress::Failed)) {
                    self.mark(*progress);
                }
                return String::new();
            }
        };
        let mut items = self.situation.items.iter_mut().filter(|item| item.kind == kind);
        if let Some(item) = items.nth(at) {
            (item.answer, item.result, item.skipped, item.promoted) = (None, None, false, false);
            match step {
                Move::Answer(_, text) if !text.is_empty() => item.answer = Some(text.clone()),
                Move::Skip(_) => item.skipped = true,
                Move::Result(_, outcome) => item.result = Some(*outcome),
                _ => {}
            }
        }
        String::new()
    }
}

#[test]
fn what_is_said_beside_the_questions_is_no_other_problem() {
    for said in [
        "she is on wifi",
        "the account is not locked",
        "password was changed yesterday",
        "dns is ok",
        "rebooted the pc, no change",
        "windows update was installed last night",
        "the disk has 40 gb free",
        "Faulting application name: spoolsv.exe, version: 10.0.19041\nFaulting module name: KXDriver.dll\nException code: 0xc0000005",
    ] {
        assert!(!complains(said) || is_output(said), "{said}");
    }
    assert!(complains("the printer does not print"));
}

#[test]
fn a_new_employee_gets_more_than_an_account() {
    let matcher = Always("new-user-setup".to_owned());
    for (cloud, title) in [(CheckOutcome::Pass, "in Microsoft 365"), (CheckOutcome::Fail, "in Active Directory")] {
        let mut desk = Desk::new(all_flows(), &matcher);
        desk.say("new colleague on monday");
        desk.answer("confirmed by HR", "yes");
        desk.say("");
        desk.answer("What is missing", "The account does not exist yet");
        desk.say("");
        desk.result("free licence, the list of groups and the device", CheckOutcome::Pass);
        desk.result("kept in the cloud only", cloud);
        desk.say("");
        assert!(desk.active().is_some_and(|fix| fix.title.contains(title)), "{}", desk.prose);
        assert_eq!(desk.situation.facts.len(), 4, "{:?}", desk.situation.facts);
        let mut fixes = all_flows().by_slug("new-user-setup").unwrap().fixes();
        let steps = &fixes.find(|fix| fix.title.contains(title)).unwrap().description;
        for step in ["Account.", "Licence.", "Groups.", "Mailbox.", "Device.", "MFA.", "Handover."] {
            assert!(steps.contains(&format!("**{step}**")), "{title}: {step}");
        }
    }
}
