//! A ticket system that asks for a pause or stumbles slows FlowPilot and does not fail it, within reason.

use std::time::{Duration, Instant};

use flowpilot::psa::{
    server::{
        Provider, PsaError,
        connectwise::{ConnectWise, Options, Patience},
        simulator::Mishap,
    },
    types::TicketFilter,
};

use super::{Desk, keys, quick, resolution, says, why};

#[tokio::test]
async fn a_pause_that_is_asked_for_is_made() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.fault(Mishap::Throttled(1));
    let began = Instant::now();
    let filter = TicketFilter::default();
    let first = desk.connectwise.list(&desk.ctx, &filter).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert!(!first.items.is_empty());
}

#[tokio::test]
async fn a_note_that_was_turned_away_for_a_pause_is_sent_once_more_and_is_there_once() {
    let desk = Desk::new().await;
    let before = desk.simulator.notes("48213").len();
    desk.simulator.fault(Mishap::Throttled(1).on("POST", "/notes"));
    desk.connectwise.add_note(&desk.ctx, "48213", &resolution("Once.")).await.unwrap();
    assert_eq!(desk.simulator.notes("48213").len(), before + 1);
}

#[tokio::test]
async fn a_pause_longer_than_anybody_waits_is_told_at_once() {
    let desk = Desk::new().await;
    desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
    desk.simulator.fault(Mishap::Throttled(120));
    desk.simulator.forget_requests();
    for who in [&desk.connectwise, &desk.connectwise.clone()] {
        let began = Instant::now();
        let error = who.summary(&desk.ctx, "48213").await.unwrap_err();
        assert!(matches!(error, PsaError::Throttled { after } if after > Duration::from_secs(100)), "{error:?}");
        assert!(began.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(desk.asked().len(), 1, "nobody asks within the pause");
    assert!(desk.connectwise.summary(&desk.ctx, "48213").await.unwrap_err().is_transient());
}

#[tokio::test]
async fn what_can_be_repeated_is_repeated() {
    for mishap in
        [Mishap::Html(500), Mishap::Html(503), Mishap::CutBefore, Mishap::CutAfter, Mishap::Half, Mishap::Conflict]
    {
        let desk = Desk::new().await;
        desk.warm().await;
        desk.simulator.fault(mishap.clone().on("GET", "/service/tickets/48213").times(2));
        desk.connectwise.summary(&desk.ctx, "48213").await.unwrap_or_else(|error| panic!("{mishap:?}: {error}"));
        desk.simulator.fault(mishap.clone().on("PATCH", "/service/tickets/48213").times(2));
        desk.connectwise
            .set_status(&desk.ctx, "48213", "17")
            .await
            .unwrap_or_else(|error| panic!("{mishap:?}: {error}"));
        assert_eq!(desk.simulator.ticket("48213").unwrap()["status"]["id"], 17, "{mishap:?}");
    }
}

#[tokio::test]
async fn a_ticket_system_that_stays_away_is_said_to_be_away() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.fault(Mishap::Html(502).always());
    let error = desk.connectwise.list(&desk.ctx, &TicketFilter::default()).await.unwrap_err();
    assert!(matches!(error, PsaError::Unavailable(_)), "{error:?}");
    says(&error.to_string(), &["HTTP 502", "status.connectwise.com"]);
    assert_eq!(desk.calls().len(), 3, "three tries and no more");
}

#[tokio::test]
async fn nobody_waits_for_an_answer_for_ever() {
    let desk = Desk::new().await;
    let patience = Patience { answer: Duration::from_millis(150), tries: 1, ..quick().patience };
    let impatient = ConnectWise::new(keys(&desk.simulator), Options { trusted: true, patience });
    desk.simulator.fault(Mishap::Slow(Duration::from_secs(5)).always());
    says(&why(impatient.summary(&desk.ctx, "48213").await), &["did not answer in time"]);
}

#[tokio::test]
async fn calls_that_wait_for_their_turn_keep_the_pause_too() {
    let desk = Desk::new().await;
    desk.warm().await;
    desk.simulator.fault(Mishap::Throttled(1));
    desk.simulator.fault(Mishap::Slow(Duration::from_millis(300)).on("GET", "/service/tickets").times(7));
    let calls = (0..20).map(|_| desk.connectwise.summary(&desk.ctx, "48213"));
    for answer in futures::future::join_all(calls).await {
        answer.expect("a pause slows and does not fail");
    }
    let mut asked = desk.asked();
    asked.sort_by_key(|one| one.at);
    assert_eq!(asked.len(), 21, "one was turned away and came again");
    let pause = asked[8].at - asked[0].at;
    assert!(pause >= time::Duration::seconds(1), "those without a slot yet were sent within the pause: {pause}");
}
