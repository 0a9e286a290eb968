//! What belongs to one connection stays with it: links, notes that wait, keys that another node holds, chosen statuses, and who
//! calls us. And what an account does not let us do, or cannot be read, is told as that.

use flowpilot::psa::server::PsaError;
use serde_json::{Value, json};

use crate::{
    psa_delivery::{OnTicket, STATUSES, so},
    psa_settings::{PSA, connection},
    support::{Fault, On, TestApp, text},
};

const PREFERENCES: &str = "/accounts/me/preferences";

/// The account is connected to another company from now on.
async fn moves(on: &OnTicket, disconnects: bool) {
    if disconnects {
        on.owner.delete(PSA).await.expect(204);
    }
    let mut other = connection();
    other["company"] = json!("other");
    on.owner.patch(PSA, other).await.expect(200);
}

async fn levels(on: &OnTicket, levels: Value) {
    on.owner.patch(PSA, json!({ "levels": levels })).await.expect(200);
}

async fn waits_for_its_own_ticket(disconnects: bool) {
    let on = OnTicket::new().await;
    moves(&on, disconnects).await;
    assert_eq!(on.post().await.refused(502), "psa_refused");
    assert_eq!(on.stands().await, so("posting", "11", 0));
    let why = on.problem().await;
    assert!(why.contains("former connection") && why.contains("anew"), "{why}");
    // Linked anew it is the other company's ticket.
    on.case.engineer.post(&on.case.at("reopen"), json!({})).await.expect(200);
    on.case.engineer.put(&on.case.at("ticket"), json!({ "ticket_id": "700" })).await.expect(200);
    on.post().await.expect(200);
    assert_eq!(on.stands().await, so("resolved", "11", 1));
}

#[tokio::test]
async fn a_note_never_goes_to_the_same_number_of_another_company() {
    waits_for_its_own_ticket(false).await;
}

#[tokio::test]
async fn a_note_never_goes_to_the_same_number_of_whom_the_account_connected_to_since() {
    waits_for_its_own_ticket(true).await;
}

#[tokio::test]
async fn a_session_of_a_former_connection_is_on_no_ticket_of_another_company() {
    let on = OnTicket::new().await;
    let page = async || on.case.app.browser_of(&on.owner).await.page("/tickets/700").await;
    assert!(page().await.contains("by Colin Colleague"), "{}", page().await);
    moves(&on, false).await;
    assert!(page().await.contains("none yet"), "{}", page().await);
    let now = on.case.engineer.get(&on.case.at("ticket")).await.expect(200);
    assert_eq!(now["status"], Value::Null);
    assert!(text(&now["problem"]).contains("former connection"), "{now}");
}

#[tokio::test]
async fn a_note_of_a_former_connection_is_not_listed_with_a_link_to_the_same_number_of_another_company() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    let here = async || on.owner.get("/accounts/me/psa/posts").await.expect(200)["items"][0]["here"].clone();
    assert_eq!(here().await, true);
    moves(&on, false).await;
    assert_eq!(here().await, false);
}

#[tokio::test]
async fn links_from_before_are_of_the_connection_that_they_are_kept_with() {
    let on = OnTicket::new().await;
    // As migration 0017 does it.
    let digest = "encode(sha256(convert_to(rtrim(site, '/') || '|' || lower(company), 'UTF8')), 'hex')";
    let check =
        format!("if exists (select from account_psa where connection <> {digest}) then raise 'other digests'; end if;");
    on.case.app.sql(&format!("do $$ begin {check} end $$")).await;
}

#[tokio::test]
async fn another_node_lets_go_of_keys_and_levels_when_the_account_connects_anew() {
    let on = OnTicket::new().await;
    let node = on.case.app.node_with(on.psa.registry()).await;
    let there = on.owner.on(&node);
    there.get("/tickets").await.expect(200);
    on.owner.delete(PSA).await.expect(204);
    let mut anew = connection();
    anew["levels"] = json!({ "tickets": "none" });
    on.owner.patch(PSA, anew).await.expect(200);
    let list = there.get("/tickets").await.expect(200);
    assert!(list["items"] == json!([]) && text(&list["hint"]).contains("none"), "{list}");
}

#[tokio::test]
async fn statuses_that_the_account_chose_are_of_one_company() {
    for disconnects in [false, true] {
        let on = OnTicket::new().await;
        let chosen = json!({ "resolved_status_id": "12", "escalated_status_id": "13" });
        on.owner.put(STATUSES, chosen).await.expect(200);
        on.owner.patch(PREFERENCES, json!({ "templatize_prompt_enabled": false })).await.expect(200);
        moves(&on, disconnects).await;
        let kept = on.owner.get(PREFERENCES).await.expect(200);
        let left = json!({
            "templatize_prompt_enabled": false, "cw_resolved_status_id": null, "cw_escalated_status_id": null,
        });
        assert_eq!(kept, left, "disconnects: {disconnects}");
    }
}

#[tokio::test]
async fn where_statuses_cannot_be_read_that_is_told_before_anything_is_posted() {
    let on = OnTicket::new().await;
    on.psa.inside().hints.insert("statuses", "Statuses cannot be read: “Board Statuses” is missing.".to_owned());
    assert_eq!(on.post().await.refused(502), "psa_refused");
    assert_eq!(on.stands().await, so("posting", "11", 0));
    assert!(on.problem().await.contains("“Board Statuses” is missing"), "{}", on.problem().await);
}

fn members_hidden(on: &OnTicket) {
    on.psa.inside().hints.insert("members", "Members cannot be read: “Member Maintenance” is missing.".to_owned());
}

#[tokio::test]
async fn where_members_cannot_be_read_nobody_is_told_to_be_none() {
    let on = OnTicket::new().await;
    members_hidden(&on);
    on.post().await.expect(200);
    let offer = on.case.engineer.get(&on.case.at("time-entry")).await.expect(200);
    assert!(text(&offer["reason"]).contains("“Member Maintenance” is missing"), "{offer}");
    let mine = on.case.engineer.get("/tickets?assignee=mine").await.expect(200);
    assert!(text(&mine["hint"]).contains("“Member Maintenance” is missing"), "{mine}");
}

#[tokio::test]
async fn whom_somebody_named_by_hand_is_themselves_also_where_members_cannot_be_read() {
    let on = OnTicket::new().await;
    let by_hand = json!({ "user_id": on.case.engineer.user });
    on.owner.put("/accounts/me/psa/members/6", by_hand).await.expect(200);
    members_hidden(&on);
    on.post().await.expect(200);
    assert_eq!(on.psa.inside().authors, [Some("6".to_owned())]);
    assert_eq!(on.case.engineer.get(&on.case.at("time-entry")).await.expect(200)["offered"], true);
    // Their login name is unknown, so the list may be short.
    let mine = on.case.engineer.get("/tickets?assignee=mine").await.expect(200);
    assert_eq!(mine["items"][0]["id"], "700");
    assert!(text(&mine["hint"]).contains("“Member Maintenance” is missing"), "{mine}");
}

#[tokio::test]
async fn an_address_that_is_not_taken_leaves_the_former_one_on() {
    let on = OnTicket::new().await;
    let call = async |origin: &str| on.owner.patch(PSA, json!({ "webhooks": origin })).await;
    call("https://one.example.com").await.expect(200);
    on.psa.will(On::Watch, Fault::Says(PsaError::Unavailable("500 Internal Server Error".to_owned())));
    call("https://two.example.com").await.expect(502);
    let at = |origin: &str| on.psa.inside().watched.iter().map(|one| one.starts_with(origin)).collect::<Vec<_>>();
    assert_eq!(at("https://one.example.com/"), [true]);
    let shown = on.owner.get(PSA).await.expect(200);
    assert_eq!(shown["connection"]["webhooks"]["origin"], "https://one.example.com");
    call("https://two.example.com").await.expect(200);
    assert_eq!(at("https://two.example.com/"), [true]);
}

#[tokio::test]
async fn whom_the_account_leaves_is_told_to_call_no_more() {
    for disconnects in [false, true] {
        let on = OnTicket::new().await;
        on.owner.patch(PSA, json!({ "webhooks": "https://one.example.com" })).await.expect(200);
        moves(&on, disconnects).await;
        assert!(on.psa.inside().watched.is_empty(), "disconnects: {disconnects}");
        assert_eq!(on.owner.get(PSA).await.expect(200)["connection"]["webhooks"], Value::Null);
    }
}

#[tokio::test]
async fn a_wrong_address_of_flowpilot_itself_is_told_as_that() {
    let on = OnTicket::new().await;
    for wrong in
        ["", "http://flowpilot.example.com", "https://10.0.0.7", "ftp://x.example.com", "https://a:b@x.example.com"]
    {
        let said = on.owner.patch(PSA, json!({ "webhooks": wrong })).await;
        let message = text(&said.expect(422)["errors"][0]["message"]);
        assert!(message.contains("FlowPilot") && !message.contains("myconnectwise"), "{wrong}: {message}");
    }
}

#[tokio::test]
async fn what_the_account_does_not_allow_is_forbidden_by_us_and_says_which_level() {
    let on = OnTicket::new().await;
    levels(&on, json!({ "tickets": "read" })).await;
    let refused = on.case.engineer.patch("/tickets/700", json!({ "status_id": "12" })).await;
    let said = text(&refused.expect(403)["detail"]);
    assert!(said.contains("“Tickets and notes” is on read") && said.contains("/account/psa"), "{said}");
    // A note that cannot go there says the same.
    assert_eq!(on.post().await.refused(403), "forbidden");
    assert_eq!(on.stands().await, so("posting", "11", 0));
    assert!(on.problem().await.contains("“Tickets and notes” is on read"), "{}", on.problem().await);
    let new = json!({ "summary": "Another", "company_id": "250" });
    assert_eq!(on.case.engineer.post("/tickets", new).await.refused(403), "forbidden");
}

#[tokio::test]
async fn what_no_text_can_hold_is_looked_for_as_if_it_were_not_there() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    engineer.get("/tickets?q=%00").await.expect(200);
}

#[tokio::test]
async fn what_may_only_be_read_is_shown_without_what_changes_it() {
    let on = OnTicket::new().await;
    let page = async || on.case.app.browser_of(&on.case.engineer).await.page("/tickets/700").await;
    let controls = ["Enter time", "Write a note", "Change status"];
    let all = page().await;
    assert!(controls.iter().all(|control| all.contains(control)), "{all}");
    levels(&on, json!({ "tickets": "read", "time": "read", "configurations": "none" })).await;
    let can = on.case.engineer.get("/tickets/capabilities").await.expect(200);
    assert_eq!(can["time_entries"], true);
    for no in ["enter_time", "change", "notes", "create_tickets", "assign"] {
        assert_eq!(can[no], false, "{no}: {can}");
    }
    let page = page().await;
    for control in controls {
        assert!(!page.contains(control), "{control}: {page}");
    }
    assert!(page.contains("No time has been entered yet"), "{page}");
    assert!(page.contains("“Configurations” is on none"), "{page}");
    on.case.engineer.get("/tickets/700/time-entries").await.expect(200);
}

#[tokio::test]
async fn time_is_not_offered_where_it_may_only_be_read() {
    let on = OnTicket::new().await;
    on.post().await.expect(200);
    levels(&on, json!({ "time": "read" })).await;
    let offer = on.case.engineer.get(&on.case.at("time-entry")).await.expect(200);
    assert_eq!(offer["offered"], false);
    assert!(text(&offer["reason"]).contains("“Time entries” is on read"), "{offer}");
}

#[tokio::test]
async fn no_ticket_is_offered_to_be_opened_where_none_may_be() {
    let on = OnTicket::new().await;
    let session = on.case.engineer.post("/ai-sessions", json!({ "problem": "It asks." })).await.expect(201);
    let offered = async || {
        let path = format!("/ai-sessions/{}", text(&session["id"]));
        on.case.engineer.get(&path).await.expect(200)["can_open_ticket"].clone()
    };
    assert_eq!(offered().await, false, "this one opens none at all");
    on.owner.delete(PSA).await.expect(204);
    assert_eq!(offered().await, true, "the local desk does");
}

#[tokio::test]
async fn what_could_not_be_read_of_a_ticket_is_told_in_its_session() {
    let on = OnTicket::new().await;
    let now = async |path: &str| on.case.engineer.get(&format!("{path}/ticket")).await.expect(200);
    assert_eq!(now(&on.case.path).await["hint"], Value::Null);
    on.psa.inside().hints.insert("configurations", "Configurations cannot be read.".to_owned());
    let session = on.case.engineer.post("/ai-sessions", json!({ "ticket_id": "700" })).await.expect(201);
    let path = format!("/ai-sessions/{}", text(&session["id"]));
    assert_eq!(now(&path).await["hint"], "Configurations cannot be read.");
}
