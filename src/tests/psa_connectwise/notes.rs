//! Notes arrive once, on the right tab, in the right name, and are known again.

use flowpilot::psa::server::{
    NewNote, Provider, PsaError,
    simulator::{self, Mishap},
};
use serde_json::json;
use time::Duration;

use super::{Desk, resolution, says};

fn flags(note: &serde_json::Value) -> [bool; 3] {
    ["detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"].map(|flag| note[flag] == true)
}

#[tokio::test]
async fn a_note_stands_on_the_tab_it_is_for() {
    let desk = Desk::new().await;
    for (internal, resolution_, expected, kind, mailed) in [
        (false, true, [true, false, true], "resolution", 1),
        (true, false, [false, true, false], "internal", 0),
        (true, true, [false, true, false], "internal", 0),
        (false, false, [true, false, false], "discussion", 1),
    ] {
        let before = desk.simulator.mails();
        let note = NewNote { internal, resolution: resolution_, ..resolution("It works.\n\nAgain.") };
        let id = desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
        let stored =
            desk.simulator.notes("48213").into_iter().find(|one| one["id"].as_u64() == id.parse().ok()).unwrap();
        assert_eq!(flags(&stored), expected);
        assert_eq!(desk.simulator.mails() - before, mailed);
        let read = desk.connectwise.note(&desk.ctx, "48213", &id).await.unwrap().unwrap();
        assert_eq!((read.kind.as_str(), read.internal, read.body.as_str()), (kind, internal, "It works.\n\nAgain."));
    }
}

#[tokio::test]
async fn a_note_that_is_not_there_is_none() {
    let desk = Desk::new().await;
    for note in ["1", "x", "../1"] {
        assert_eq!(desk.connectwise.note(&desk.ctx, "48213", note).await.unwrap(), None, "{note}");
    }
    desk.simulator.delete_ticket("48213");
    let gone = desk.connectwise.add_note(&desk.ctx, "48213", &resolution("x")).await;
    assert!(matches!(gone, Err(PsaError::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn a_note_is_in_the_members_name_where_that_is_allowed() {
    let desk = Desk::new().await;
    let note = NewNote { author: Some("13".to_owned()), ..resolution("Hello") };
    desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
    let stored = desk.simulator.notes("48213").pop().unwrap();
    assert_eq!(stored["member"]["identifier"], "asmith");
    let nobody = NewNote { author: Some("999".to_owned()), ..resolution("Hello again") };
    desk.connectwise.add_note(&desk.ctx, "48213", &nobody).await.unwrap();
    assert_eq!(desk.simulator.notes("48213").len(), 3);
}

#[tokio::test]
async fn where_the_role_speaks_for_nobody_the_note_goes_in_its_own_name() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.fault(Mishap::Forbidden.on("POST", "/notes"));
    let note = NewNote { author: Some("13".to_owned()), ..resolution("Hello") };
    desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
    let sent: Vec<bool> = desk.asked().iter().map(|asked| asked.body.contains("asmith")).collect();
    assert_eq!(sent, [true, false]);
    desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
    assert_eq!(desk.writes().len(), 1, "what was refused once is not tried each time");
}

#[tokio::test]
async fn whoever_tests_the_connection_lets_names_be_tried_again() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.fault(Mishap::Forbidden.on("POST", "/notes"));
    let note = NewNote { author: Some("13".to_owned()), ..resolution("Hello") };
    desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
    desk.connectwise.test(&desk.ctx).await.unwrap();
    let again = NewNote { body: "Hello again".to_owned(), ..note };
    desk.connectwise.add_note(&desk.ctx, "48213", &again).await.unwrap();
    assert_eq!(desk.simulator.notes("48213").pop().unwrap()["member"]["identifier"], "asmith");
}

#[tokio::test]
async fn a_note_whose_answer_was_lost_is_found_and_never_sent_blindly_again() {
    for mishap in [Mishap::CutAfter, Mishap::Half, Mishap::CutBefore, Mishap::Html(500)] {
        let desk = Desk::new().await;
        let before = desk.simulator.notes("48213").len();
        let note = resolution("We confirmed:\n- one\n- two\n");
        assert_eq!(desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap(), None);
        desk.simulator.fault(mishap.clone().on("POST", "/notes"));
        desk.simulator.forget_requests();
        let lost = desk.connectwise.add_note(&desk.ctx, "48213", &note).await;
        assert!(matches!(lost, Err(PsaError::Unknown(_))), "{mishap:?}: {lost:?}");
        assert_eq!(desk.writes().len(), 1, "{mishap:?}");
        let found = desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap();
        let arrived = desk.simulator.notes("48213").len() > before;
        assert_eq!(found.is_some(), arrived, "{mishap:?}");
    }
}

#[tokio::test]
async fn a_note_is_known_again_where_line_breaks_are_lost() {
    let desk = Desk::of(simulator::Options { collapses_newlines: true, ..simulator::Options::default() }).await;
    let note = resolution("We confirmed:\r\n- one\n\n- two  \n");
    let id = desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
    assert_eq!(desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap(), Some(id));
}

#[tokio::test]
async fn our_note_is_known_again_on_whatever_tab_it_is() {
    let desk = Desk::new().await;
    let note = resolution("Same words.");
    for flag in ["detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"] {
        let mut stored = json!({ "text": "Same words." });
        stored[flag] = json!(true);
        let id = desk.simulator.add_note("48213", &stored).unwrap();
        assert_eq!(desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap(), Some(id.clone()), "{flag}");
        desk.simulator.delete_note(&id);
    }
}

#[tokio::test]
async fn an_old_and_a_known_note_are_other_notes() {
    let desk = Desk::new().await;
    let note = resolution("Same words.");
    let stored = json!({ "text": "Same words.", "detailDescriptionFlag": true, "resolutionFlag": true });
    let old = desk.simulator.add_note("48213", &stored).unwrap();
    desk.simulator.date_note(&old, note.since.0 - Duration::minutes(6));
    assert_eq!(desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap(), None);
    desk.simulator.date_note(&old, note.since.0 - Duration::minutes(4));
    let found = desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap();
    assert_eq!(found, Some(old.clone()), "clocks differ");
    let known = NewNote { others: vec![old], ..note };
    assert_eq!(desk.connectwise.find_note(&desk.ctx, "48213", &known).await.unwrap(), None);
}

#[tokio::test]
async fn a_note_is_found_behind_many_newer_ones() {
    let desk = Desk::new().await;
    let note = resolution("The one.");
    let id = desk.connectwise.add_note(&desk.ctx, "48213", &note).await.unwrap();
    for n in 0..150 {
        desk.simulator.add_note("48213", &json!({ "text": format!("Note {n}"), "internalAnalysisFlag": true }));
    }
    assert_eq!(desk.connectwise.find_note(&desk.ctx, "48213", &note).await.unwrap(), Some(id));
}

#[tokio::test]
async fn a_note_that_is_too_long_says_how_long_it_may_be() {
    let desk = Desk::of(simulator::Options { longest_note: 300, ..simulator::Options::default() }).await;
    let long = desk.connectwise.add_note(&desk.ctx, "48213", &resolution(&"x".repeat(301))).await.unwrap_err();
    assert!(matches!(long, PsaError::Refused(_)));
    says(&long.to_string(), &["300", "has to be shorter"]);
}

#[tokio::test]
async fn of_very_many_notes_the_newest_come_and_how_it_began() {
    let desk = Desk::new().await;
    for n in 0..520 {
        let id = desk
            .simulator
            .add_note("48213", &json!({ "text": format!("Note {n}"), "internalAnalysisFlag": true }))
            .unwrap();
        desk.simulator.date_note(&id, flowpilot::server::context::now().0 + Duration::seconds(n));
    }
    desk.warm().await;
    let ticket = desk.connectwise.get(&desk.ctx, "48213").await.unwrap();
    assert_eq!(desk.calls().len(), 4);
    assert_eq!(ticket.notes.len(), 500);
    assert_eq!(ticket.notes.last().unwrap().body, "Note 519");
    says(&ticket.body, &["Since this morning"]);
}
