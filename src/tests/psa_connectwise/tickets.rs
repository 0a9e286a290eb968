//! Tickets are read whole in few calls, opened once, and moved only to statuses of their own board.

use flowpilot::psa::server::{
    Provider, PsaError,
    simulator::{self, ForeignStatus, Mishap},
};
use serde_json::json;

use super::{Desk, new_ticket, says, why};

#[tokio::test]
async fn a_ticket_comes_whole_in_four_calls_at_most() {
    let desk = Desk::new().await;
    desk.warm().await;
    let ticket = desk.connectwise.get(&desk.ctx, "48214").await.unwrap();
    let calls = desk.calls();
    assert!(calls.len() <= 4, "{calls:?}");
    says(&ticket.body, &["AnyConnect says"]);
    assert!(ticket.notes.iter().all(|note| note.body != ticket.body), "the description is told once");
    let time: Vec<_> = ticket.notes.iter().filter(|note| note.kind == "time").collect();
    assert_eq!(time.len(), 1, "{:?}", ticket.notes);
    assert!(time[0].internal);
    assert_eq!(time[0].author, "John Doe");
    let assigned: Vec<_> = ticket.assigned.iter().map(|one| (one.member.name.as_str(), one.owner)).collect();
    assert_eq!(assigned, [("John Doe", true), ("Anna Smith", false)]);
    assert_eq!(ticket.contact_email.as_deref(), Some("grace.okafor@contoso.example"));
    says(ticket.url.as_deref().unwrap(), &["service_recid=48214"]);
}

#[tokio::test]
async fn a_note_added_later_stays_a_note() {
    let desk = Desk::new().await;
    let note =
        desk.simulator.add_note("48213", &json!({ "text": "Tried again.", "detailDescriptionFlag": true })).unwrap();
    let ticket = desk.connectwise.get(&desk.ctx, "48213").await.unwrap();
    says(&ticket.body, &["Since this morning Outlook asks"]);
    assert_eq!(ticket.notes.iter().map(|note| note.id.as_str()).collect::<Vec<_>>(), [note.as_str()]);
}

#[tokio::test]
async fn a_ticket_without_schedule_permission_still_says_who_works_on_it() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/schedule/entries").forever());
    let ticket = desk.connectwise.get(&desk.ctx, "48214").await.unwrap();
    let assigned: Vec<_> = ticket.assigned.iter().map(|one| (one.member.id.as_str(), one.owner)).collect();
    assert_eq!(assigned, [("12", true), ("13", false)]);
}

#[tokio::test]
async fn a_ticket_that_is_not_there_is_said_to_be_not_there() {
    let desk = Desk::new().await;
    for id in ["99", "abc", "../system/info", "48213/notes", "-1", ""] {
        let error = desk.connectwise.get(&desk.ctx, id).await.unwrap_err();
        assert!(matches!(&error, PsaError::NotFound(found) if found == id), "{id}: {error:?}");
    }
    desk.simulator.delete_ticket("48213");
    assert!(matches!(desk.connectwise.summary(&desk.ctx, "48213").await, Err(PsaError::NotFound(_))));
    assert!(matches!(desk.connectwise.set_status(&desk.ctx, "48213", "17").await, Err(PsaError::NotFound(_))));
}

#[tokio::test]
async fn a_ticket_is_opened_once_a_key() {
    let desk = Desk::new().await;
    let long = format!("Printer {}", "very ".repeat(40));
    let new = flowpilot::psa::types::NewTicket {
        body: "It has paper.".to_owned(),
        board_id: Some("2".to_owned()),
        priority_id: Some("7".to_owned()),
        contact_id: Some("901".to_owned()),
        ..new_ticket(&long)
    };
    let id = desk.connectwise.create(&desk.ctx, &new, "key \"1\"").await.unwrap();
    assert_eq!(desk.connectwise.create(&desk.ctx, &new, "key \"1\"").await.unwrap(), id);
    let other = desk.connectwise.create(&desk.ctx, &new_ticket("Other"), "2").await.unwrap();
    assert_ne!(other, id);
    let made = desk.simulator.ticket(&id).unwrap();
    assert_eq!(made["summary"].as_str().unwrap().chars().count(), 100);
    assert_eq!(
        (&made["board"]["id"], &made["priority"]["id"], &made["contact"]["id"]),
        (&json!(2), &json!(7), &json!(901))
    );
    let ticket = desk.connectwise.get(&desk.ctx, &id).await.unwrap();
    says(&ticket.body, &[long.trim(), "It has paper."]);
}

#[tokio::test]
async fn a_ticket_whose_answer_was_lost_is_found_and_not_opened_again() {
    let desk = Desk::new().await;
    let before = desk.simulator.tickets().len();
    desk.simulator.fault(Mishap::CutAfter.on("POST", "/service/tickets"));
    let id = desk.connectwise.create(&desk.ctx, &new_ticket("Lost"), "k").await.unwrap();
    assert!(desk.simulator.ticket(&id).is_some());
    desk.simulator.fault(Mishap::CutBefore.on("POST", "/service/tickets"));
    let lost = desk.connectwise.create(&desk.ctx, &new_ticket("Never came"), "l").await;
    assert!(matches!(lost, Err(PsaError::Unknown(_))), "{lost:?}");
    desk.connectwise.create(&desk.ctx, &new_ticket("Never came"), "l").await.unwrap();
    assert_eq!(desk.simulator.tickets().len(), before + 2);
}

#[tokio::test]
async fn a_ticket_without_company_is_not_sent() {
    let desk = Desk::new().await;
    let new = flowpilot::psa::types::NewTicket { company_id: None, ..new_ticket("x") };
    says(&why(desk.connectwise.create(&desk.ctx, &new, "k").await), &["Choose the company"]);
    assert_eq!(desk.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_status_of_the_own_board_is_reached_and_the_one_it_has_is_left() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.connectwise.set_status(&desk.ctx, "48213", "19").await.unwrap();
    assert_eq!(desk.calls(), ["GET /service/tickets/48213", "PATCH /service/tickets/48213"]);
    let now = desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
    assert_eq!((now.status_id.as_str(), now.open), ("19", true), "a finished status that does not call itself closed");
    desk.connectwise.set_status(&desk.ctx, "48213", "19").await.unwrap();
    assert_eq!(desk.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_status_of_another_board_is_refused_before_the_call_on_every_build() {
    for foreign in [ForeignStatus::Refused, ForeignStatus::Ignored] {
        let desk = Desk::of(simulator::Options { foreign_status: foreign, ..simulator::Options::default() }).await;
        desk.warm().await;
        let said = why(desk.connectwise.set_status(&desk.ctx, "48213", "29").await);
        says(&said, &["none of the ticket's board Help Desk", "Completed", "Settings > Ticket system"]);
        assert_eq!(desk.writes(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_status_that_is_gone_is_refused_and_a_new_one_is_found() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.delete_status("19");
    let said = why(desk.connectwise.set_status(&desk.ctx, "48213", "19").await);
    says(&said, &["Settings > Ticket system"]);
    // Boards that are not listed have statuses too: the board of this ticket is read for it.
    says(&why(desk.connectwise.set_status(&desk.ctx, "48213", "Completed").await), &["Help Desk"]);
    assert_eq!(desk.simulator.ticket("48213").unwrap()["status"]["id"], 16);
}

#[tokio::test]
async fn related_tickets_are_others_of_the_company() {
    let desk = Desk::new().await;
    desk.warm().await;
    let ticket = desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
    desk.simulator.forget_requests();
    let related = desk.connectwise.related(&desk.ctx, &ticket).await.unwrap();
    assert_eq!(desk.calls().len(), 1);
    let ids: Vec<_> = related.items.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["48222", "48219", "48217"]);
}

#[tokio::test]
async fn an_odd_status_does_not_make_everybody_read_all_boards_again() {
    let desk = Desk::new().await;
    desk.warm().await;
    for _ in 0..2 {
        says(&why(desk.connectwise.set_status(&desk.ctx, "48213", "999").await), &["999", "Help Desk"]);
        desk.connectwise.statuses(&desk.ctx, None).await.unwrap();
        assert_eq!(desk.calls(), ["GET /service/tickets/48213", "GET /service/boards/1/statuses"]);
    }
}

#[tokio::test]
async fn a_status_that_is_new_on_a_board_is_reached_and_then_offered() {
    let desk = Desk::new().await;
    desk.warm().await;
    let parked = desk.simulator.add_status("1", "Parked");
    desk.connectwise.set_status(&desk.ctx, "48213", &parked).await.unwrap();
    let offered = desk.connectwise.statuses(&desk.ctx, Some("1")).await.unwrap().items;
    assert!(offered.iter().any(|status| status.id == parked), "{offered:?}");
}

#[tokio::test]
async fn a_board_that_is_not_listed_has_statuses_too() {
    let desk = Desk::new().await;
    let waiting = desk.simulator.add_status("3", "Waiting");
    desk.simulator.edit_ticket("48213", &json!({ "board": { "id": 3, "name": "Old Desk" } }));
    desk.warm().await;
    let offered = desk.connectwise.statuses(&desk.ctx, Some("3")).await.unwrap().items;
    assert_eq!(offered.iter().map(|status| status.name.as_str()).collect::<Vec<_>>(), ["Waiting"]);
    desk.calls();
    desk.connectwise.set_status(&desk.ctx, "48213", &waiting).await.unwrap();
    desk.connectwise.statuses(&desk.ctx, None).await.unwrap();
    assert_eq!(
        desk.calls(),
        ["GET /service/tickets/48213", "GET /service/boards/3/statuses", "PATCH /service/tickets/48213"],
        "what is kept of the others stays"
    );
    assert!(desk.connectwise.statuses(&desk.ctx, Some("77")).await.unwrap().items.is_empty(), "there is no such board");
}
