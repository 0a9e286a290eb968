//! Callbacks: registered, and sent with the signature and the appended query that ConnectWise sends.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Shared,
    call::Call,
    paging,
    reply::{Answer, Reply},
    world::{Happened, World},
};

/// What every payload is signed with.
const SIGNING_KEY: &str = "3f0c6f1e-8a52-4b7d-9a3e-2f1d5c7b9e40";
const PATIENCE: Duration = Duration::from_secs(5);
/// Answers after which it is tried again.
const AGAIN: [u16; 4] = [404, 409, 419, 429];

/// One try to call back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub url: String,
    /// `None`: nobody answered.
    pub status: Option<u16>,
}

pub fn key(_id: &str) -> Answer {
    Ok(Reply::json(200, &json!({ "signing_key": SIGNING_KEY })))
}

/// base64(HMAC-SHA256(SHA256(signing key), body))
pub fn signature(body: &[u8]) -> String {
    let key = Sha256::digest(SIGNING_KEY.as_bytes());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(body);
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

pub fn create(world: &mut World, call: &Call) -> Answer {
    let record = checked(call.body()?)?;
    let id = world.insert(|world| &mut world.callbacks, record);
    Ok(Reply::json(201, &paging::shown(world.callbacks.get(&id).unwrap_or(&Value::Null), call)))
}

fn checked(body: Value) -> Result<Value, Reply> {
    for field in ["url", "objectId", "type", "level"] {
        if body[field].is_null() {
            return Err(Reply::missing("callbackEntry", field));
        }
    }
    let mut record = json!({ "inactiveFlag": false });
    for field in
        ["description", "url", "objectId", "type", "level", "inactiveFlag", "isSelfSuppressedFlag", "payloadVersion"]
    {
        if !body[field].is_null() {
            record[field] = body[field].clone();
        }
    }
    Ok(record)
}

fn find(world: &World, id: &str) -> Result<i64, Reply> {
    let known = id.parse().ok().filter(|id| world.callbacks.contains_key(id));
    known.ok_or_else(|| Reply::not_found("Callback", id))
}

pub fn patch(world: &mut World, call: &Call, id: &str) -> Answer {
    let operations = call.operations()?;
    let id = find(world, id)?;
    let mut record = world.callbacks.get(&id).cloned().unwrap_or_default();
    for (_, path, value) in operations {
        if ["description", "url", "objectId", "type", "level", "inactiveFlag"].contains(&path.as_str()) {
            record[path.as_str()] = value;
        }
    }
    let reply = Reply::json(200, &paging::shown(&record, call));
    world.callbacks.insert(id, record);
    Ok(reply)
}

pub fn replace(world: &mut World, call: &Call, id: &str) -> Answer {
    let record = checked(call.body()?)?;
    let id = find(world, id)?;
    let mut kept = record;
    kept["id"] = json!(id);
    world.insert(|world| &mut world.callbacks, kept);
    Ok(Reply::json(200, &paging::shown(world.callbacks.get(&id).unwrap_or(&Value::Null), call)))
}

pub fn delete(world: &mut World, id: &str) -> Answer {
    let id = find(world, id)?;
    world.callbacks.remove(&id);
    Ok(Reply::nothing())
}

/// Whom to tell of it: address and payload.
pub fn due(world: &World, happened: &Happened, base: &str) -> Vec<(String, String)> {
    let ticket = world.tickets.get(&happened.ticket);
    let wants = |callback: &&Value| {
        let narrowed = |field: &str| ticket.is_some_and(|ticket| ticket[field]["id"] == callback["objectId"]);
        let level = match callback["level"].as_str() {
            Some("owner") => true,
            Some(field @ ("board" | "status" | "type" | "company")) => narrowed(field),
            _ => false,
        };
        callback["type"] == "ticket" && callback["inactiveFlag"] != true && level
    };
    let entity = ticket.map(|ticket| {
        let mut whole = ticket.clone();
        if let Some(whole) = whole.as_object_mut() {
            whole.retain(|name, value| !name.starts_with('~') && !value.is_null());
        }
        whole.to_string()
    });
    let metadata = if world.options.metadata_in_lower_case { "metadata" } else { "Metadata" };
    let mut payload = json!({
        "Action": happened.action,
        "CompanyId": world.options.company,
        "Entity": entity,
        "FromUrl": base.trim_start_matches("http://"),
        "ID": happened.ticket,
        "MemberId": world.options.api_member,
        "MessageId": uuid::Uuid::now_v7().to_string(),
        "Type": "ticket",
    });
    payload[metadata] = json!({ "key_url": format!("{base}/v4_6_release/apis/3.0/system/callbackkeys/1") });
    let payload = payload.to_string();
    let address = |callback: &Value| {
        let url = callback["url"].as_str().unwrap_or_default();
        format!("{url}{}&action={}", happened.ticket, happened.action)
    };
    world.callbacks.values().filter(wants).map(|callback| (address(callback), payload.clone())).collect()
}

/// Sends one payload, again where that is promised.
pub async fn send(shared: Arc<Shared>, url: String, payload: String) {
    let waits = shared.waits;
    let signature = signature(payload.as_bytes());
    for wait in [Duration::ZERO].into_iter().chain(waits) {
        tokio::time::sleep(wait).await;
        let request = shared
            .http
            .post(&url)
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .header("x-content-signature", &signature)
            .body(payload.clone());
        let status = request.send().await.ok().map(|response| response.status().as_u16());
        shared.sent(Sent { url: url.clone(), status });
        if !status.is_some_and(|status| AGAIN.contains(&status)) {
            return;
        }
    }
}
