//! What a walk does with causes that are still supported when it comes to its end.

use super::desk::{Desk, at_first_fix};
use super::{Always, all_flows};
use crate::ai::types::{CheckOutcome, FixProgress, ItemKind};

/// The add-ins of an Office app are treated, and the crash report names the graphics driver.
fn at_an_office_app_that_crashes(matcher: &Always) -> Desk<'_> {
    let mut desk = Desk::new(all_flows(), matcher);
    desk.say("excel crashes");
    desk.answer("When does it crash", "At the start, or with any file");
    desk.say("");
    desk.answer("in safe mode", "Yes, stable in safe mode");
    desk.result("crash event", CheckOutcome::Fail);
    desk.say("");
    desk
}

#[test]
fn a_cause_that_is_still_supported_is_treated_before_an_escalation() {
    let matcher = Always("office-app-crash".to_owned());
    let mut desk = at_an_office_app_that_crashes(&matcher);
    for _ in 0..3 {
        assert_eq!(desk.standing("graphics driver"), "supported");
        desk.mark(FixProgress::Failed);
        desk.say("");
    }
    let titles: Vec<&str> = desk.suggested.iter().map(|(title, ..)| title.as_str()).collect();
    assert_eq!(titles.last(), Some(&"Switch off hardware graphics acceleration and update the driver"), "{titles:?}");
    desk.mark(FixProgress::Failed);
    let said = desk.say("");
    assert!(said.contains("did not help") && said.contains("Here I would escalate"), "{said}");
    assert_eq!(desk.standing("graphics driver"), "ruled_out");
}

#[test]
fn a_supported_cause_that_was_dismissed_is_not_brought_up_again() {
    let matcher = Always("office-app-crash".to_owned());
    let mut desk = at_an_office_app_that_crashes(&matcher);
    for _ in 0..3 {
        desk.mark(FixProgress::Failed);
        desk.say("");
    }
    desk.mark(FixProgress::Dismissed);
    let said = desk.say("");
    assert!(said.contains("Here I would escalate"), "{said}");
    assert!(said.contains("Still possible: The graphics driver and Office do not get along."), "{said}");
}

#[test]
fn an_escalation_asked_for_says_what_was_not_tried() {
    let matcher = Always("office-app-crash".to_owned());
    let mut desk = at_an_office_app_that_crashes(&matcher);
    desk.mark(FixProgress::Failed);
    desk.say("");
    let said = desk.say("please escalate");
    assert!(said.contains("Still possible: The graphics driver and Office do not get along."), "{said}");
    assert!(
        said.contains("Not tried: Quick Repair")
            && said.contains("Switch off hardware graphics acceleration and update the driver."),
        "{said}"
    );
}

#[test]
fn an_answer_that_names_a_cause_for_somebody_else_ends_the_flow() {
    let matcher = Always("teams-audio-video".to_owned());
    let mut desk = Desk::new(all_flows(), &matcher);
    desk.say("teams calls do not work");
    while !desk.prose.contains("Here I would escalate") {
        if desk.active().is_some_and(|fix| fix.progress == FixProgress::Proposed) {
            desk.mark(FixProgress::Failed);
        }
        for item in desk.open() {
            match item.kind {
                ItemKind::Question => desk.answer(&item.text, "1"),
                ItemKind::Check => desk.result(&item.text, CheckOutcome::Fail),
            }
        }
        desk.say("");
    }
    assert_eq!(desk.standing("policy does not allow"), "supported");
    assert!(desk.prose.contains("escalate (to: "), "{}", desk.prose);
    assert!(desk.prose.contains("Still possible: ") && desk.prose.contains("Not tried: "), "{}", desk.prose);
}

#[test]
fn nothing_is_proposed_for_somebody_who_proves_to_be_unverified() {
    let matcher = Always("mfa-lockout".to_owned());
    let mut desk = Desk::new(all_flows(), &matcher);
    desk.say("lost my phone");
    let who = desk.texts()[0].clone();
    while desk.active().is_none() {
        for item in desk.open() {
            match item.kind {
                ItemKind::Question => desk.answer(&item.text, "1"),
                ItemKind::Check => desk.result(&item.text, CheckOutcome::Pass),
            }
        }
        desk.say("");
    }
    desk.mark(FixProgress::Failed);
    desk.answer(&who, "2");
    desk.say("");
    desk.result("Call the user back", CheckOutcome::Fail);
    let proposed = desk.suggested.len();
    let said = desk.say("");
    assert!(said.contains("could not be confirmed"), "{said}");
    assert_eq!(desk.suggested.len(), proposed);
}

#[test]
fn nothing_is_proposed_past_an_approval_that_nobody_was_asked_for() {
    let matcher = Always("backup-job-failed".to_owned());
    let mut desk = Desk::new(all_flows(), &matcher);
    desk.say("backup failed");
    desk.answer("first error line", "Machine or agent not reachable");
    desk.say("");
    desk.result("backup services run", CheckOutcome::Pass);
    desk.say("");
    desk.mark(FixProgress::Failed);
    let said = desk.say("");
    assert!(said.contains("Here I would escalate") && said.contains("Not tried: Renew the stored login"), "{said}");
    assert_eq!(desk.suggested.len(), 1);
}

#[test]
fn a_fix_that_is_under_way_is_not_said_to_be_untried() {
    let matcher = Always("outlook-credential-prompts".to_owned());
    let mut desk = at_first_fix(all_flows(), &matcher);
    let (title, ..) = desk.suggested.last().expect("a fix").clone();
    desk.mark(FixProgress::Applied);
    let said = desk.say("please escalate");
    let untried = said.split("Not tried").nth(1).unwrap_or_default();
    assert!(!untried.contains(&title), "{said}");
}
