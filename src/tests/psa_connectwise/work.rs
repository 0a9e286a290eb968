//! Who works on a ticket, their time, and what the ticket is about.

use flowpilot::{
    psa::{
        server::{Provider, PsaError, simulator::Mishap},
        types::NewTimeEntry,
    },
    server::context::now,
};

use super::{Desk, says, why};

async fn on(desk: &Desk, ticket: &str) -> Vec<(String, bool)> {
    let there = desk.connectwise.assignees(&desk.ctx, ticket).await.unwrap();
    there.into_iter().map(|one| (one.member.id, one.owner)).collect()
}

fn row(member: &str, owner: bool) -> (String, bool) {
    (member.to_owned(), owner)
}

#[tokio::test]
async fn the_first_owns_the_ticket_the_second_is_scheduled_and_both_can_leave() {
    let desk = Desk::new().await;
    let (ctx, connectwise) = (&desk.ctx, &desk.connectwise);
    connectwise.assign(ctx, "48213", "12").await.unwrap();
    assert_eq!(desk.writes(), ["PATCH /service/tickets/48213"]);
    connectwise.assign(ctx, "48213", "13").await.unwrap();
    assert_eq!(desk.writes(), ["POST /schedule/entries"]);
    assert_eq!(on(&desk, "48213").await, [row("12", true), row("13", false)]);
    let entry = &desk.simulator.schedule("48213")[0];
    assert_eq!((entry["type"]["id"].as_i64(), entry["member"]["id"].as_i64()), (Some(4), Some(13)));

    for member in ["12", "13"] {
        connectwise.assign(ctx, "48213", member).await.unwrap();
    }
    connectwise.unassign(ctx, "48213", "15").await.unwrap();
    assert_eq!(desk.writes(), Vec::<String>::new(), "what holds is left alone");

    connectwise.unassign(ctx, "48213", "12").await.unwrap();
    assert_eq!(on(&desk, "48213").await, [row("13", false)]);
    connectwise.unassign(ctx, "48213", "13").await.unwrap();
    assert_eq!(on(&desk, "48213").await, []);
    assert!(desk.simulator.schedule("48213").is_empty());
    let written = desk.asked();
    assert!(written.iter().all(|asked| !asked.body.contains("resources")), "resources is never written");
}

#[tokio::test]
async fn an_owner_who_is_scheduled_too_is_one_row_and_leaves_whole() {
    let desk = Desk::new().await;
    assert_eq!(on(&desk, "48214").await, [row("12", true), row("13", false)]);
    desk.connectwise.unassign(&desk.ctx, "48214", "12").await.unwrap();
    assert_eq!(on(&desk, "48214").await, [row("13", false)]);
}

#[tokio::test]
async fn an_owner_that_did_not_change_is_told() {
    let desk = Desk::new().await;
    desk.simulator.fault(Mishap::Ignored.on("PATCH", "/service/tickets/48213"));
    says(&why(desk.connectwise.assign(&desk.ctx, "48213", "12").await), &["left the owner", "48213"]);
}

#[tokio::test]
async fn an_entry_whose_answer_was_lost_is_seen_and_not_made_twice() {
    let desk = Desk::new().await;
    desk.connectwise.assign(&desk.ctx, "48213", "12").await.unwrap();
    desk.simulator.fault(Mishap::CutAfter.on("POST", "/schedule/entries"));
    desk.connectwise.assign(&desk.ctx, "48213", "13").await.unwrap();
    assert_eq!(desk.simulator.schedule("48213").len(), 1);
    desk.simulator.fault(Mishap::Html(503).on("POST", "/schedule/entries"));
    let lost = desk.connectwise.assign(&desk.ctx, "48213", "15").await;
    assert!(matches!(lost, Ok(()) | Err(PsaError::Unknown(_))), "{lost:?}");
    desk.connectwise.assign(&desk.ctx, "48213", "15").await.unwrap();
    assert_eq!(desk.simulator.schedule("48213").len(), 2);
}

#[tokio::test]
async fn a_removal_whose_answer_was_lost_is_done() {
    let desk = Desk::new().await;
    desk.simulator.fault(Mishap::CutAfter.on("DELETE", "/schedule/entries"));
    desk.connectwise.unassign(&desk.ctx, "48214", "13").await.unwrap();
    assert_eq!(on(&desk, "48214").await, [row("12", true)]);
}

#[tokio::test]
async fn a_missing_permission_for_the_schedule_is_named() {
    let desk = Desk::new().await;
    desk.simulator.fault(Mishap::Forbidden.on("POST", "/schedule/entries"));
    let said = why(desk.connectwise.assign(&desk.ctx, "48214", "15").await);
    says(&said, &["Resource Scheduling", "(add)", "Security Roles"]);
}

#[tokio::test]
async fn time_is_entered_once() {
    let desk = Desk::new().await;
    let new = NewTimeEntry { started_at: now(), minutes: 50, note: "Re-created the\nprofile.".to_owned() };
    let id = desk.connectwise.add_time(&desk.ctx, "48213", "13", &new).await.unwrap();
    assert_eq!(desk.connectwise.add_time(&desk.ctx, "48213", "13", &new).await.unwrap(), id);
    desk.simulator.fault(Mishap::CutAfter.on("POST", "/time/entries"));
    let other = NewTimeEntry { minutes: 10, ..new.clone() };
    let second = desk.connectwise.add_time(&desk.ctx, "48213", "13", &other).await.unwrap();
    assert_ne!(second, id);
    assert_eq!(desk.simulator.time_entries("48213").len(), 2);
    let told = desk.connectwise.time_entries(&desk.ctx, "48213").await.unwrap().items;
    let first = told.iter().find(|entry| entry.id == id).unwrap();
    assert_eq!((first.minutes, first.member.as_str()), (50, "Anna Smith"));
    says(
        &why(desk.connectwise.add_time(&desk.ctx, "48213", "13", &NewTimeEntry { minutes: 0, ..new }).await),
        &["1 minute"],
    );
}

#[tokio::test]
async fn a_status_that_takes_no_time_says_so() {
    let desk = Desk::new().await;
    let new = NewTimeEntry { started_at: now(), minutes: 5, note: String::new() };
    says(&why(desk.connectwise.add_time(&desk.ctx, "48222", "13", &new).await), &["not allowed for the status"]);
}

#[tokio::test]
async fn a_device_comes_without_the_secrets_that_are_kept_with_it() {
    let desk = Desk::new().await;
    let devices = desk.connectwise.configurations(&desk.ctx, "48213").await.unwrap().items;
    assert_eq!((devices[0].name.as_str(), devices[0].kind.as_deref()), ("FAB-LT-014", Some("Laptop")));
    let told = format!("{devices:?}");
    says(&told, &["5CG1234XYZ", "10.20.4.114", "Windows 11", "FABRIKAM"]);
    assert!(!told.contains("Tr0ub4dor") && !told.contains("password"), "{told}");
    let asked = desk.asked();
    let fields = asked.last().unwrap().parameter("fields").unwrap();
    assert!(!fields.contains("questions"), "{fields}");
    assert!(desk.connectwise.configurations(&desk.ctx, "48216").await.unwrap().items.is_empty());
}

#[tokio::test]
async fn without_the_permission_for_the_schedule_the_owner_is_still_set_and_taken_off() {
    let desk = Desk::new().await;
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/schedule/entries").forever());
    desk.connectwise.assign(&desk.ctx, "48213", "12").await.unwrap();
    assert_eq!(on(&desk, "48213").await, [row("12", true)]);
    desk.connectwise.unassign(&desk.ctx, "48213", "12").await.unwrap();
    assert_eq!(on(&desk, "48213").await, []);
    // Who is on it is told by the ticket itself; taking somebody off the schedule is not possible, and said.
    assert_eq!(on(&desk, "48214").await, [row("12", true), row("13", false)]);
    desk.connectwise.assign(&desk.ctx, "48214", "13").await.unwrap();
    says(&why(desk.connectwise.unassign(&desk.ctx, "48214", "13").await), &["Resource Scheduling", "Security Roles"]);
}
