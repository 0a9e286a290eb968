//! What ConnectWise accepts, ignores and refuses.

use flowpilot::psa::server::simulator::{ForeignStatus, Options};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Caller, ids};
use crate::support::read;

fn replace(path: &str, value: Value) -> Value {
    json!([{ "op": "replace", "path": path, "value": value }])
}

#[tokio::test]
async fn only_whoever_has_all_four_parts_of_the_login_comes_in() {
    let caller = Caller::new().await;
    let options = caller.simulator.options().clone();
    let url = caller.at("/service/boards");
    let bare = || caller.bare(Method::GET, &url);
    let user = |company: &str, public: &str| format!("{company}+{public}");
    let right = user(&options.company, &options.public_key);
    let (id, key) = (options.client_id.as_str(), options.private_key.as_str());
    for (what, request) in [
        ("no client id", bare().basic_auth(&right, Some(key))),
        ("another client id", bare().basic_auth(&right, Some(key)).header("clientId", "x")),
        ("nothing else", bare().header("clientId", id)),
        ("a wrong private key", bare().basic_auth(&right, Some("x")).header("clientId", id)),
        ("a wrong public key", bare().basic_auth(user("acme", "x"), Some(key)).header("clientId", id)),
        ("a wrong company", bare().basic_auth(user("x", &options.public_key), Some(key)).header("clientId", id)),
    ] {
        assert!(read(request).await.expect(401)["message"].is_string(), "{what}");
    }
    read(bare().basic_auth(&right, Some(key)).header("clientId", id)).await.expect(200);
}

#[tokio::test]
async fn a_company_that_is_not_known_is_null_with_200() {
    let caller = Caller::new().await;
    let url = format!("{}/login/companyinfo/nobody", caller.simulator.url());
    assert_eq!(read(caller.bare(Method::GET, &url)).await.expect(200), Value::Null);
}

#[tokio::test]
async fn the_host_for_people_leads_to_that_of_the_api_and_takes_no_calls() {
    let caller = Caller::of(Options { ui_host: true, ..Options::default() }).await;
    let site = caller.simulator.url();
    let info = read(caller.bare(Method::GET, &format!("{site}/login/companyinfo/acme"))).await.expect(200);
    assert_eq!(format!("http://{}", info["SiteUrl"].as_str().unwrap()), caller.simulator.api_url());
    let refused = read(caller.bare(Method::GET, &format!("{site}/v4_6_release/apis/3.0/service/boards"))).await;
    assert_eq!(refused.body, json!({ "code": "Security", "message": "SSL is required.", "errors": null }));
    caller.get("/service/boards").await.expect(200);
}

#[tokio::test]
async fn pages_lead_to_the_next_until_there_is_none() {
    let caller = Caller::new().await;
    let mut path = "/service/tickets?pageSize=5&orderBy=id desc&fields=id".to_owned();
    let mut found = Vec::new();
    loop {
        let response = caller.raw(&path).await;
        let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned()).unwrap_or_default();
        found.extend(ids(&response.json().await.unwrap()));
        let next = link.split(", ").find(|link| link.ends_with("rel=\"next\""));
        let Some(next) = next else { break };
        let next = next.trim_start_matches('<').split('>').next().unwrap();
        path = next.split("/apis/3.0").nth(1).unwrap().to_owned();
    }
    assert_eq!(found, (48_213..48_225).rev().collect::<Vec<i64>>());
    assert_eq!(caller.get("/service/tickets?page=9&pageSize=5").await.expect(200), json!([]));
}

#[tokio::test]
async fn forward_only_pages_go_by_the_last_id() {
    let caller = Caller::new().await;
    let page = async |path: &str| {
        let request = caller.request(Method::GET, path).header("pagination-type", "forward-only");
        let response = request.send().await.unwrap();
        let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        (ids(&response.json().await.unwrap()), link)
    };
    let (first, link) = page("/service/tickets?pageSize=7&orderBy=id desc&page=2").await;
    assert_eq!(first, (48_213..48_220).collect::<Vec<i64>>());
    assert!(link.unwrap().contains("pageId=48219"));
    let (last, link) = page("/service/tickets?pageSize=7&pageId=48219").await;
    assert_eq!((last, link), ((48_220..48_225).collect(), None));
}

#[tokio::test]
async fn no_page_is_longer_than_a_thousand() {
    let caller = Caller::of(Options { tickets: 1_200, ..Options::default() }).await;
    assert_eq!(ids(&caller.get("/service/tickets?fields=id&pageSize=5000").await.expect(200)).len(), 1_000);
    assert_eq!(ids(&caller.get("/service/tickets?fields=id").await.expect(200)).len(), 25);
    assert_eq!(caller.get("/service/tickets/count").await.expect(200), json!({ "count": 1_212 }));
}

#[tokio::test]
async fn conditions_choose_and_unknown_names_are_refused() {
    let caller = Caller::new().await;
    let open = caller.find("/service/tickets", "status/name=\"New\" and board/id=2").await.expect(200);
    assert_eq!(ids(&open), [48_218]);
    let refused = caller.find("/service/tickets", "boardd/name=\"x\"").await.expect(400);
    assert_eq!(
        refused,
        json!({ "code": "ApiFindCondition", "message": "boardd/name is not a recognized name.", "errors": null })
    );
    let search = json!({ "conditions": "summary contains \"vpn\"", "orderBy": "id desc" });
    assert_eq!(ids(&caller.post("/service/tickets/search?pageSize=5", search).await.expect(200)), [48_214]);
    let child =
        "communicationItems/value=\"dana.holt@fabrikam.example\" AND communicationItems/communicationType=\"Email\"";
    let contacts = caller.request(Method::GET, "/company/contacts").query(&[("childConditions", child)]);
    assert_eq!(ids(&read(contacts).await.expect(200)), [901]);
}

#[tokio::test]
async fn an_address_that_is_too_long_does_not_get_through() {
    let caller = Caller::new().await;
    let long = format!("summary contains \"{}\"", "x".repeat(2_100));
    caller.find("/service/tickets", &long).await.expect(414);
}

#[tokio::test]
async fn fields_are_those_named_and_info_only_then() {
    let caller = Caller::new().await;
    let shown = caller.get("/service/tickets/48213?fields=id,status/name,_info/lastUpdated").await.expect(200);
    assert_eq!(shown.as_object().unwrap().keys().collect::<Vec<_>>(), ["_info", "id", "status"]);
    assert_eq!(shown["status"], json!({ "name": "New" }));
    assert!(caller.get("/service/tickets/48213?fields=id").await.expect(200)["_info"].is_null());
}

#[tokio::test]
async fn a_new_ticket_needs_summary_and_company_and_gets_the_defaults() {
    let caller = Caller::new().await;
    let refused = caller.post("/service/tickets", json!({ "company": { "id": 250 } })).await.expect(400);
    assert_eq!(refused["errors"][0]["code"], "MissingRequiredField");
    caller.post("/service/tickets", json!({ "summary": "x" })).await.expect(400);
    let long = json!({ "summary": "x".repeat(101), "company": { "id": 250 } });
    assert_eq!(caller.post("/service/tickets", long).await.expect(400)["errors"][0]["code"], "MaxLengthField");
    let new =
        json!({ "summary": "New one", "company": { "identifier": "FABRIKAM" }, "initialDescription": "It beeps." });
    let made = caller.post("/service/tickets", new).await.expect(201);
    assert_eq!(
        (&made["board"]["id"], &made["status"]["id"], &made["priority"]["id"]),
        (&json!(1), &json!(16), &json!(8))
    );
    let notes = caller.get(&format!("/service/tickets/{}/notes", made["id"])).await.expect(200);
    assert_eq!((&notes[0]["text"], &notes[0]["detailDescriptionFlag"]), (&json!("It beeps."), &json!(true)));
}

#[tokio::test]
async fn a_status_of_another_board_is_refused_or_silently_ignored() {
    let caller = Caller::new().await;
    let foreign = replace("status", json!({ "id": 29 }));
    let refused = caller.patch("/service/tickets/48213", foreign.clone()).await.expect(400);
    let expected = json!({
        "code": "NotFound", "message": "Service Status 29 not found for Service Board 1", "resource": "ticket", "field": "status/id",
    });
    assert_eq!(refused["errors"][0], expected);
    caller.simulator.foreign_status(ForeignStatus::Ignored);
    assert_eq!(caller.patch("/service/tickets/48213", foreign).await.expect(200)["status"]["id"], 16);
    let own = caller.patch("/service/tickets/48213", replace("status", json!({ "id": 20 }))).await.expect(200);
    assert_eq!((&own["status"]["name"], &own["closedFlag"]), (&json!("Closed"), &json!(true)));
    let finished = caller.patch("/service/tickets/48213", replace("status", json!({ "id": 19 }))).await.expect(200);
    assert_eq!((&finished["status"]["name"], &finished["closedFlag"]), (&json!("Completed"), &json!(false)));
}

#[tokio::test]
async fn a_patch_is_an_array_and_what_it_may_not_change_stays() {
    let caller = Caller::new().await;
    caller.patch("/service/tickets/48213", json!({ "summary": "x" })).await.expect(400);
    for (path, value) in [("resources", json!("jdoe")), ("company/identifier", json!("CONTOSO"))] {
        let before = caller.get("/service/tickets/48213").await.expect(200);
        let after = caller.patch("/service/tickets/48213", replace(path, value)).await.expect(200);
        assert_eq!((&after["resources"], &after["company"]), (&before["resources"], &before["company"]), "{path}");
    }
}

#[tokio::test]
async fn resources_come_from_schedule_entries() {
    let caller = Caller::new().await;
    let entry = json!({ "objectId": 48_213, "type": { "id": 4 }, "member": { "identifier": "asmith" } });
    let made = caller.post("/schedule/entries", entry).await.expect(201);
    assert_eq!(caller.get("/service/tickets/48213").await.expect(200)["resources"], "asmith");
    let found = caller.find("/schedule/entries", "type/id=4 and objectId=48213").await.expect(200);
    assert_eq!(ids(&found), [made["id"].as_i64().unwrap()]);
    read(caller.request(Method::DELETE, &format!("/schedule/entries/{}", made["id"]))).await.expect(204);
    assert!(caller.get("/service/tickets/48213").await.expect(200)["resources"].is_null());
}

#[tokio::test]
async fn a_note_stands_on_its_tab_and_all_notes_have_those_of_time_entries() {
    let caller = Caller::new().await;
    caller.post("/service/tickets/48214/notes", json!({ "text": "x" })).await.expect(400);
    let note = json!({ "text": "x", "resolutionFlag": true, "processNotifications": false });
    let made = caller.post("/service/tickets/48214/notes", note).await.expect(201);
    assert_eq!((&made["resolutionFlag"], &made["internalAnalysisFlag"]), (&json!(true), &json!(false)));
    let all = caller.get("/service/tickets/48214/allNotes").await.expect(200);
    let kinds: Vec<&Value> = all.as_array().unwrap().iter().map(|note| &note["noteType"]).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "TimeEntryNote").count(), 1);
    assert_eq!(caller.get("/service/tickets/48214/notes/count").await.expect(200), json!({ "count": 2 }));
    caller.post("/service/tickets/99/notes", json!({ "text": "x", "resolutionFlag": true })).await.expect(404);
}

#[tokio::test]
async fn time_has_whole_seconds_and_a_status_that_takes_it() {
    let caller = Caller::new().await;
    let entry = |ticket: i64, start: &str| {
        json!({ "chargeToId": ticket, "chargeToType": "ServiceTicket", "member": { "identifier": "jdoe" },
                "timeStart": start, "actualHours": 0.5, "notes": "Looked." })
    };
    let refused = caller.post("/time/entries", entry(48_213, "2026-11-03T09:00:00.123Z")).await.expect(400);
    assert_eq!(refused["errors"][0]["message"], "Unsupported format applied to timeStart");
    caller.post("/time/entries", entry(48_222, "2026-11-03T09:00:00Z")).await.expect(400);
    let made = caller.post("/time/entries", entry(48_213, "2026-11-03T09:00:00Z")).await.expect(201);
    assert_eq!(made["timeEnd"], "2026-11-03T09:30:00Z");
    assert_eq!(caller.get("/service/tickets/48213").await.expect(200)["actualHours"], 0.5);
}

#[tokio::test]
async fn configurations_of_a_ticket_are_references() {
    let caller = Caller::new().await;
    let refused = caller.post("/service/tickets/48216/configurations", json!({})).await.expect(400);
    assert_eq!(refused["message"], "id or deviceIdentifier is required.");
    caller.post("/service/tickets/48216/configurations", json!({ "id": 55 })).await.expect(201);
    assert_eq!(ids(&caller.get("/service/tickets/48216/configurations").await.expect(200)), [55]);
    assert_eq!(ids(&caller.find("/service/tickets", "configuration/id=55").await.expect(200)), [48_213, 48_216]);
}
