//! A server may quote the key that it was sent: it reaches nobody.

use std::sync::Arc;

use flowpilot::ai::{
    server::{Gateway, Meter, Provider, choice::Choice, remote::Remote, settings::Operator},
    types::{Action, ChatEvent, Tier, Vendor},
};
use futures::StreamExt;
use serde_json::{Value, json};

use super::{
    PATIENT, VENDORS, choice,
    dialects::{answer, beginning, delta},
    error, insistent, request,
    simulator::{Reply, Simulator},
    tell,
};
use crate::support::{TestApp, send};

const KEY: &str = "sk-live-0123456789abcdefghijklmnop";

fn keyed(vendor: Vendor, simulator: &Simulator) -> Choice {
    Choice { key: Some(KEY.into()), ..choice(vendor, simulator) }
}

fn remote(vendor: Vendor, simulator: &Simulator) -> Arc<dyn Provider> {
    Arc::new(Remote::with_patience(&keyed(vendor, simulator), Some(PATIENT)).unwrap())
}

/// Everything that quotes the key, each in its way.
fn quoting(vendor: Vendor) -> Vec<Reply> {
    let says = format!("“Authorization: Bearer {KEY}” ({}…{}) may not do this", &KEY[..12], &KEY[KEY.len() - 9..]);
    let error = |code: Value| json!({ "error": { "message": says, "type": "strange_error", "code": code } });
    let failed = |status| Reply::new(status, "application/json", error(json!("strange")).to_string());
    let event = json!({ "type": "error", "error": error(json!("strange"))["error"] });
    let event = format!("event: error\ndata: {event}\n\n");
    let mut replies = vec![
        failed(400),
        failed(402),
        failed(403),
        failed(422),
        failed(200),
        Reply::events(beginning(vendor) + &delta(vendor, "Half") + &event),
    ];
    if vendor == Vendor::Openai {
        let refusal = json!({ "choices": [{ "delta": { "refusal": says }, "finish_reason": "stop" }] });
        replies.push(Reply::events(format!("data: {refusal}\n\ndata: [DONE]\n\n")));
    }
    replies
}

#[track_caller]
fn keeps_the_key(text: &str) {
    for part in [KEY, &KEY[..10], &KEY[KEY.len() - 9..]] {
        assert!(!text.contains(part), "{text}");
    }
    assert!(text.contains("[key]") && text.contains("may not do this"), "the rest is told: {text}");
}

#[tokio::test]
async fn whatever_a_server_says_is_told_without_the_key() {
    for vendor in VENDORS {
        for reply in quoting(vendor) {
            let simulator = Simulator::saying([reply]).await;
            let provider = remote(vendor, &simulator);
            keeps_the_key(&error(tell(&*provider, request("hello")).await).to_string());
            let json = provider.json(Action::Title, json!({ "text": "x" })).await.unwrap_err();
            keeps_the_key(&format!("{json} {json:?}"));
            let probed =
                Operator::builtin().probe.probe(&keyed(vendor, &simulator), Tier::Fast, &Meter::default()).await;
            // A refusal is an answer: the model was reached.
            if let Err(probed) = probed {
                keeps_the_key(&probed.to_string());
            }
        }
    }
}

#[tokio::test]
async fn an_attempt_that_starts_over_gives_its_reason_without_the_key() {
    for vendor in VENDORS {
        let broken = quoting(vendor).remove(5);
        let simulator = Simulator::saying([broken, Reply::events(answer(vendor, &["All of it."]))]).await;
        let provider = insistent(remote(vendor, &simulator), None);
        let events: Vec<_> = provider.chat(request("hello")).await.unwrap().collect().await;
        let reason = events.iter().find_map(|event| match event {
            Ok(ChatEvent::Reset { reason }) => Some(reason.as_str()),
            _ => None,
        });
        keeps_the_key(reason.expect("a new attempt"));
    }
}

#[tokio::test]
async fn a_turn_that_fails_tells_and_stores_nothing_of_the_key() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([quoting(vendor).remove(2)]).await;
        let both = insistent(remote(vendor, &simulator), Some(remote(vendor, &simulator)));
        let app = TestApp::with_ai(Gateway::new(Arc::new(both))).await;
        let engineer = app.engineer().await;
        let session = engineer.session_about("Outlook asks for the password").await;
        let mut stream = send(&engineer, &session, "It keeps asking", "").await;
        let events = stream.read_until(|event| event.name == "turn_failed").await;
        keeps_the_key(&events.last().unwrap().data.to_string());
        let now = engineer.look(&session).await.to_string();
        assert!(!now.contains(&KEY[..10]), "{now}");
    }
}
