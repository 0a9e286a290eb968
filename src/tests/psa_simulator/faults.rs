//! What goes wrong when it is told to, and callbacks.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
};
use flowpilot::psa::server::simulator::{Mishap, Options};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Caller;
use crate::support::{eventually, read, soon};

const NOTES: &str = "/service/tickets/48213/notes";

fn note(text: &str) -> Value {
    json!({ "text": text, "internalAnalysisFlag": true })
}

fn texts(caller: &Caller) -> Vec<String> {
    caller.simulator.notes("48213").iter().skip(1).map(|note| note["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_throttled_call_says_when_to_come_back_and_only_as_often_as_told() {
    let caller = Caller::new().await;
    caller.simulator.fault(Mishap::Throttled(30));
    let response = caller.raw("/service/boards").await;
    assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (429, &"30".parse().unwrap()));
    let said = json!({ "error": "ConnectWiseAPI", "message": "Too many requests. Please try again in 30 seconds." });
    assert_eq!(response.json::<Value>().await.unwrap(), said);
    caller.get("/service/boards").await.expect(200);
}

#[tokio::test]
async fn an_error_can_be_a_page_for_people() {
    let caller = Caller::new().await;
    caller.simulator.fault(Mishap::Html(500).on("GET", "/service/boards"));
    caller.get("/service/priorities").await.expect(200);
    let response = caller.raw("/service/boards").await;
    assert_eq!(response.status().as_u16(), 500);
    assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_list_can_be_denied() {
    let caller = Caller::new().await;
    caller.simulator.fault(Mishap::Forbidden.on("GET", "/service/boards").forever());
    for _ in 0..2 {
        assert_eq!(caller.get("/service/boards").await.expect(403)["code"], "Security");
    }
}

#[tokio::test]
async fn a_cut_leaves_nothing_done_or_all_of_it() {
    let caller = Caller::new().await;
    for (mishap, expected) in [(Mishap::CutBefore, vec![]), (Mishap::CutAfter, vec!["x"])] {
        caller.simulator.fault(mishap.clone());
        let sent = caller.request(Method::POST, NOTES).json(&note("x")).send().await;
        assert!(sent.is_err(), "{mishap:?}");
        assert_eq!(texts(&caller), expected, "{mishap:?}");
    }
}

#[tokio::test]
async fn what_is_done_late_is_done_when_nobody_waits_any_more() {
    let caller = Caller::new().await;
    caller.simulator.fault(Mishap::DoneLate(Duration::from_millis(20)));
    assert!(caller.request(Method::POST, NOTES).json(&note("x")).send().await.is_err());
    eventually("the note is there", async || texts(&caller) == ["x"]).await;
}

#[tokio::test]
async fn a_half_answer_breaks_off_after_it_was_done() {
    let caller = Caller::new().await;
    caller.simulator.fault(Mishap::Half);
    let sent = caller.request(Method::POST, NOTES).json(&note("x")).send().await;
    let read = match sent {
        Ok(response) => response.bytes().await.map(drop),
        Err(error) => Err(error),
    };
    assert!(read.is_err());
    assert_eq!(texts(&caller), ["x"]);
}

#[tokio::test]
async fn a_status_can_be_silently_ignored() {
    let caller = Caller::new().await;
    caller.simulator.fault(Mishap::Ignored.on("PATCH", "/service/tickets/"));
    let change = json!([{ "op": "replace", "path": "status", "value": { "id": 17 } }]);
    assert_eq!(caller.patch("/service/tickets/48213", change.clone()).await.expect(200)["status"]["id"], 16);
    assert_eq!(caller.patch("/service/tickets/48213", change).await.expect(200)["status"]["id"], 17);
}

#[tokio::test]
async fn a_note_that_is_sent_twice_stands_there_twice_and_is_told() {
    let caller = Caller::new().await;
    for _ in 0..2 {
        caller.post(NOTES, note("x")).await.expect(201);
    }
    assert_eq!(caller.simulator.doubled_notes(), [("48213".to_owned(), "x".to_owned(), 2)]);
}

#[tokio::test]
async fn a_seed_decides_what_goes_wrong() {
    let run = async || {
        let caller = Caller::new().await;
        caller.simulator.random(7, 0.5);
        for _ in 0..60 {
            caller.request(Method::GET, "/service/boards?fields=id").send().await.ok();
        }
        caller.simulator.requests().into_iter().map(|asked| asked.fault).collect::<Vec<_>>()
    };
    let (one, two) = tokio::join!(run(), run());
    assert_eq!(one, two);
    let broken = one.iter().flatten().count();
    assert!((15..45).contains(&broken), "{broken} of 60");
}

#[tokio::test]
async fn every_request_is_taken_down() {
    let caller = Caller::new().await;
    caller.find("/service/tickets", "board/id=1").await.expect(200);
    let asked = caller.simulator.requests();
    let seen: Vec<_> = asked.iter().map(|asked| (asked.method.as_str(), asked.path.as_str(), asked.status)).collect();
    assert_eq!(seen, [("GET", "/service/tickets", Some(200))]);
    assert_eq!(asked[0].parameter("conditions"), Some("board/id=1"));
}

type Heard = mpsc::UnboundedSender<(String, HeaderMap, Bytes)>;

/// Somebody who is called back: refuses so often with 429 first.
async fn listener(refusals: usize) -> (String, mpsc::UnboundedReceiver<(String, HeaderMap, Bytes)>) {
    let (mouth, ear) = mpsc::unbounded_channel();
    let left = Arc::new(std::sync::Mutex::new(refusals));
    let hear = async move |State(mouth): State<Heard>, uri: Uri, headers: HeaderMap, body: Bytes| {
        mouth.send((uri.to_string(), headers, body)).unwrap();
        let mut left = left.lock().unwrap();
        let refuse = *left > 0;
        *left = left.saturating_sub(1);
        if refuse { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks/cw?recordId=", listener.local_addr().unwrap());
    let app = Router::new().fallback(hear).with_state(mouth);
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, ear)
}

#[tokio::test]
async fn a_callback_comes_signed_with_the_record_in_its_address_and_again_where_asked() {
    let caller = Caller::of(Options { callback_waits: [Duration::ZERO; 2], ..Options::default() }).await;
    let (url, mut ear) = listener(1).await;
    let hook = json!({ "url": url, "objectId": 1, "type": "ticket", "level": "owner" });
    caller.post("/system/callbacks", hook).await.expect(201);
    caller.post(NOTES, note("x")).await.expect(201);
    let (address, headers, body) = soon("a callback", ear.recv()).await.unwrap();
    assert_eq!(address, "/hooks/cw?recordId=48213&action=updated");
    assert_eq!(headers["x-content-signature"].to_str().unwrap(), caller.simulator.signature(&body));
    let payload: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&payload["Action"], &payload["ID"], &payload["Type"]),
        (&json!("updated"), &json!(48_213), &json!("ticket"))
    );
    let entity: Value = serde_json::from_str(payload["Entity"].as_str().unwrap()).unwrap();
    assert_eq!(entity["id"], 48_213);
    let key = payload["Metadata"]["key_url"].as_str().unwrap();
    assert!(read(caller.bare(Method::GET, key)).await.expect(200)["signing_key"].is_string());
    let again = soon("a second try", ear.recv()).await.unwrap();
    assert_eq!((again.0, again.2), (address, body));
    eventually("both tries are noted", async || caller.simulator.called_back().len() == 2).await;
}
