//! Time of an ended session: entered once, whatever becomes of the answer, and offered only where the ticket takes it.

use flowpilot::psa::server::PsaError;
use serde_json::json;

use crate::{
    psa_delivery::OnTicket,
    support::{Answer, Fault, On, text},
};

async fn add(on: &OnTicket, minutes: u32) -> Answer {
    on.case.engineer.post(&on.case.at("time-entry"), json!({ "minutes": minutes })).await
}

fn unknown() -> PsaError {
    PsaError::Unknown("timed out".to_owned())
}

fn unavailable() -> PsaError {
    PsaError::Unavailable("500 Internal Server Error".to_owned())
}

#[tokio::test]
async fn time_that_may_have_arrived_is_remembered_when_the_next_try_fails_otherwise() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    on.psa.will(On::AddTime, Fault::DoneBut(unknown()));
    add(&on, 12).await.expect(502);
    on.half_a_minute().await;
    on.psa.will(On::LookForTime, Fault::Says(unavailable()));
    add(&on, 20).await.expect(502);
    assert_eq!(add(&on, 20).await.expect(200)["minutes"], 12);
    assert_eq!(on.psa.inside().times.len(), 1);
}

#[tokio::test]
async fn time_that_may_have_arrived_is_not_sent_again_for_half_a_minute() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    on.psa.will(On::AddTime, Fault::Says(unknown()));
    add(&on, 12).await.expect(502);
    assert_eq!(add(&on, 12).await.refused(409), "in_progress");
    assert!(on.psa.inside().times.is_empty());
    on.half_a_minute().await;
    add(&on, 12).await.expect(200);
    assert_eq!(on.psa.inside().times.len(), 1);
}

#[tokio::test]
async fn time_that_was_refused_can_be_changed() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    on.psa.will(On::AddTime, Fault::Says(PsaError::Refused("No more than 10 minutes.".to_owned())));
    add(&on, 12).await.expect(502);
    assert_eq!(add(&on, 10).await.expect(200)["minutes"], 10);
}

#[tokio::test]
async fn a_ticket_system_that_is_down_is_told_as_that_and_fails_no_page() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    on.psa.will(On::Members, Fault::Says(unavailable()));
    assert_eq!(add(&on, 12).await.refused(502), "psa_unavailable");
    on.psa.will(On::Members, Fault::Says(unavailable()));
    let offer = on.case.engineer.get(&on.case.at("time-entry")).await.expect(200);
    assert!(offer["offered"] == false && text(&offer["reason"]).contains("cannot be reached"), "{offer}");
}

#[tokio::test]
async fn no_time_is_offered_where_the_status_takes_none() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    for status in &mut on.psa.inside().statuses {
        status.takes_time = status.id != "12";
    }
    let offer = on.case.engineer.get(&on.case.at("time-entry")).await.expect(200);
    let reason = text(&offer["reason"]);
    assert!(
        offer["offered"] == false && reason.contains("“Completed”") && reason.contains("Move the ticket"),
        "{offer}"
    );
    add(&on, 12).await.expect(409);
    assert!(on.psa.inside().times.is_empty());
}
