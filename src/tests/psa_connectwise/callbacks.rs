//! Callbacks are registered once, removed, and believed only when the tenant itself signed them.

use flowpilot::psa::server::PsaError;
use reqwest::header::HeaderMap;
use serde_json::json;

use super::Desk;

const URL: &str = "https://flowpilot.example/hooks/connectwise/token?recordId=";

fn payload(desk: &Desk, metadata: &str, key_url: &str, company: &str) -> Vec<u8> {
    let mut payload =
        json!({ "Action": "updated", "CompanyId": company, "Entity": null, "ID": 48213, "Type": "ticket" });
    payload[metadata] = json!({ "key_url": key_url.replace("{api}", desk.simulator.api_url()) });
    payload.to_string().into_bytes()
}

fn signed(desk: &Desk, body: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-content-signature", desk.simulator.signature(body).parse().unwrap());
    headers
}

const KEYS: &str = "{api}/v4_6_release/apis/3.0/system/callbackkeys/1";

#[tokio::test]
async fn a_callback_is_registered_once_and_removed() {
    let desk = Desk::new().await;
    let id = desk.connectwise.register_callback(URL).await.unwrap();
    assert_eq!(desk.connectwise.register_callback(URL).await.unwrap(), id);
    let there = desk.simulator.callbacks();
    assert_eq!(there.len(), 1);
    assert_eq!(
        (&there[0]["type"], &there[0]["level"], &there[0]["url"]),
        (&json!("ticket"), &json!("owner"), &json!(URL))
    );
    assert_eq!(there[0]["isSelfSuppressedFlag"], true, "what FlowPilot does itself it knows");
    desk.connectwise.remove_callback(&id).await.unwrap();
    desk.connectwise.remove_callback(&id).await.unwrap();
    assert!(desk.simulator.callbacks().is_empty());
}

#[tokio::test]
async fn what_the_tenant_signed_names_its_ticket() {
    let desk = Desk::new().await;
    for metadata in ["Metadata", "metadata"] {
        let body = payload(&desk, metadata, KEYS, "ACME");
        let told = desk.connectwise.verified(&signed(&desk, &body), &body).await.unwrap();
        assert_eq!(told.as_deref(), Some("48213"));
    }
    let reads = desk.calls().iter().filter(|call| call.contains("callbackkeys")).count();
    assert_eq!(reads, 1, "the key is known for a while");
}

#[tokio::test]
async fn what_anybody_else_says_is_not_believed_and_calls_nobody() {
    let desk = Desk::new().await;
    let good = payload(&desk, "Metadata", KEYS, "acme");
    let of_other = payload(&desk, "Metadata", KEYS, "other");
    let foreign = payload(&desk, "Metadata", "http://169.254.169.254/keys", "acme");
    let mut forged = signed(&desk, &good);
    forged.insert("x-content-signature", "AAAA".parse().unwrap());
    let verified = async |headers: &HeaderMap, body: &[u8]| desk.connectwise.verified(headers, body).await;
    let nothing: [Result<Option<String>, PsaError>; 6] = [
        verified(&forged, &good).await,
        verified(&HeaderMap::new(), &good).await,
        verified(&signed(&desk, &good), &foreign).await,
        verified(&signed(&desk, &of_other), &of_other).await,
        verified(&signed(&desk, &foreign), &foreign).await,
        verified(&signed(&desk, b"x"), b"x").await,
    ];
    assert!(nothing.iter().all(|told| matches!(told, Ok(None))), "{nothing:?}");
    desk.simulator.forget_requests();
    for _ in 0..20 {
        assert!(matches!(verified(&forged, &good).await, Ok(None)));
    }
    assert_eq!(desk.calls(), Vec::<String>::new(), "wrong signatures do not make us call");
}
