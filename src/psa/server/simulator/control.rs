//! Handles for who watches a simulator from outside its process: what it holds, and whether things go wrong. No part of
//! ConnectWise; only there where it was asked for.

use serde_json::{Value, json};

use super::{Shared, call::Call, lock, reply::Reply};

/// Answers `/simulator/…`.
pub fn answer(shared: &Shared, call: &Call, path: &[&str]) -> Reply {
    match (call.method.as_str(), path) {
        ("PUT", ["faults"]) => {
            let wanted: Value = serde_json::from_slice(&call.bytes).unwrap_or_default();
            match (wanted["seed"].as_u64(), wanted["rate"].as_f64()) {
                (Some(seed), Some(rate)) => {
                    lock(&shared.faults).at_random(seed, rate, wanted["long"].as_f64().unwrap_or(0.0));
                    Reply::nothing()
                }
                _ => Reply::error(400, "InvalidObject", "seed and rate are needed."),
            }
        }
        ("DELETE", ["faults"]) => {
            lock(&shared.faults).clear();
            Reply::nothing()
        }
        ("GET", ["state"]) => {
            let world = lock(&shared.world);
            let tickets: Vec<Value> = world
                .tickets
                .values()
                .map(|ticket| json!({ "id": ticket["id"], "board": ticket["board"]["id"], "status": ticket["status"]["id"] }))
                .collect();
            let notes: Vec<Value> = world.notes.values().cloned().collect();
            let asked = lock(&shared.log).len();
            Reply::json(200, &json!({ "tickets": tickets, "notes": notes, "requests": asked }))
        }
        _ => Reply::error(404, "NotFound", "There are PUT and DELETE /simulator/faults and GET /simulator/state."),
    }
}
