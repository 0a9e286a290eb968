//! How each vendor says the same things: answers, endings, errors in the middle, failures.

use flowpilot::ai::types::{Usage, Vendor};
use serde_json::{Value, json};
use url::Url;

use super::simulator::Reply;

/// What every whole answer says it used.
pub const USAGE: Usage = Usage { input_tokens: 120, output_tokens: 38, cache_read_tokens: 80, cache_write_tokens: 0 };

#[derive(Debug, Clone, Copy)]
pub enum Ending {
    Done,
    Truncated,
    Refused,
}

#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    /// With the seconds to wait, where they are told.
    RateLimited(Option<u32>),
    OutOfCredit,
    Overloaded,
    ServerError,
    BadKey,
    UnknownModel,
    TooLong,
}

/// As the vendor's SDK takes it.
pub fn endpoint(vendor: Vendor, base: &str) -> Url {
    let path = match vendor {
        Vendor::Openai => "/v1",
        Vendor::Gemini => "/v1beta",
        Vendor::Anthropic | Vendor::Builtin => "",
    };
    format!("{base}{path}").parse().unwrap()
}

fn named(value: &Value) -> String {
    format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap())
}

fn data(value: &Value) -> String {
    format!("data: {value}\r\n\r\n")
}

/// How an answer begins: thoughts, keep-alives and what else is no text.
pub fn beginning(vendor: Vendor) -> String {
    match vendor {
        Vendor::Anthropic => [
            json!({ "type": "message_start", "message": { "usage": { "input_tokens": 120, "output_tokens": 1,
                "cache_creation_input_tokens": 0, "cache_read_input_tokens": 80 } } }),
            json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "thinking", "thinking": "" } }),
            json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "signature_delta", "signature": "abc" } }),
            json!({ "type": "content_block_stop", "index": 0 }),
            json!({ "type": "ping" }),
            json!({ "type": "content_block_start", "index": 1, "content_block": { "type": "text", "text": "" } }),
        ]
        .iter()
        .map(named)
        .collect(),
        Vendor::Openai => {
            let start = json!({ "choices": [{ "index": 0, "delta": { "role": "assistant", "content": "" }, "finish_reason": null }], "usage": null });
            let thought = json!({ "choices": [{ "index": 0, "delta": { "reasoning_content": "hm" }, "finish_reason": null }] });
            format!(": keep-alive\n\n{}{}", data(&start), data(&thought))
        }
        Vendor::Gemini => {
            data(&json!({ "candidates": [{ "index": 0, "content": { "role": "model", "parts": [{ "text": "hm", "thought": true }] } }] }))
        }
        Vendor::Builtin => String::new(),
    }
}

pub fn delta(vendor: Vendor, text: &str) -> String {
    match vendor {
        Vendor::Anthropic => named(
            &json!({ "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": text } }),
        ),
        Vendor::Openai => {
            data(&json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] }))
        }
        Vendor::Gemini => data(
            &json!({ "candidates": [{ "index": 0, "content": { "role": "model", "parts": [{ "text": text }] } }] }),
        ),
        Vendor::Builtin => String::new(),
    }
}

pub fn ending(vendor: Vendor, ending: Ending) -> String {
    let word = |words: [&'static str; 3]| match ending {
        Ending::Done => words[0],
        Ending::Truncated => words[1],
        Ending::Refused => words[2],
    };
    match vendor {
        Vendor::Anthropic => [
            json!({ "type": "content_block_stop", "index": 1 }),
            json!({ "type": "message_delta", "delta": { "stop_reason": word(["end_turn", "max_tokens", "refusal"]), "stop_sequence": null },
                "usage": { "output_tokens": 38 } }),
            json!({ "type": "message_stop" }),
        ]
        .iter()
        .map(named)
        .collect(),
        Vendor::Openai => {
            let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": word(["stop", "length", "content_filter"]) }] });
            let usage = json!({ "choices": [], "usage": { "prompt_tokens": 200, "completion_tokens": 38, "total_tokens": 238,
                "prompt_tokens_details": { "cached_tokens": 80 } } });
            format!("{}{}data: [DONE]\r\n\r\n", data(&stop), data(&usage))
        }
        Vendor::Gemini => data(&json!({
            "candidates": [{ "index": 0, "content": { "role": "model" }, "finishReason": word(["STOP", "MAX_TOKENS", "SAFETY"]) }],
            "usageMetadata": { "promptTokenCount": 200, "cachedContentTokenCount": 80, "candidatesTokenCount": 30,
                "thoughtsTokenCount": 8, "totalTokenCount": 238 },
        })),
        Vendor::Builtin => String::new(),
    }
}

/// Anthropic wants to be asked again before it goes on.
pub fn pause() -> String {
    ending(Vendor::Anthropic, Ending::Done).replace("end_turn", "pause_turn")
}

/// A whole answer, as the vendor streams it.
pub fn answer(vendor: Vendor, texts: &[&str]) -> String {
    let deltas: String = texts.iter().map(|text| delta(vendor, text)).collect();
    beginning(vendor) + &deltas + &ending(vendor, Ending::Done)
}

/// An error in the middle of an answer.
pub fn error_event(vendor: Vendor) -> String {
    match vendor {
        Vendor::Anthropic => {
            named(&json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } }))
        }
        Vendor::Openai => data(&json!({ "error": { "message": "The server had an error", "type": "server_error" } })),
        Vendor::Gemini => data(&json!({ "error": { "code": 503, "message": "Overloaded", "status": "UNAVAILABLE" } })),
        Vendor::Builtin => String::new(),
    }
}

/// An answer that is no success.
pub fn failure(vendor: Vendor, trouble: Trouble) -> Reply {
    let (status, body) = match vendor {
        Vendor::Anthropic => anthropic(trouble),
        Vendor::Openai => openai(trouble),
        Vendor::Gemini | Vendor::Builtin => gemini(trouble),
    };
    let mut reply = Reply::new(status, "application/json", body.to_string());
    if let (Trouble::RateLimited(Some(seconds)), Vendor::Anthropic | Vendor::Openai) = (trouble, vendor) {
        reply.headers.push(("retry-after", seconds.to_string()));
    }
    reply
}

fn anthropic(trouble: Trouble) -> (u16, Value) {
    let error = |kind: &str, message: &str| json!({ "type": "error", "error": { "type": kind, "message": message } });
    match trouble {
        Trouble::RateLimited(_) => (429, error("rate_limit_error", "This request would exceed your rate limit")),
        Trouble::OutOfCredit => {
            let mut body = error("rate_limit_error", "The spend limit of this tier is reached");
            body["error"]["details"] = json!({ "error_code": "enforced_spend_limit_reached" });
            (429, body)
        }
        Trouble::Overloaded => (529, error("overloaded_error", "Overloaded")),
        Trouble::ServerError => (500, error("api_error", "Internal server error")),
        Trouble::BadKey => (401, error("authentication_error", "invalid x-api-key")),
        Trouble::UnknownModel => (404, error("not_found_error", "model: large-model")),
        Trouble::TooLong => (400, error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")),
    }
}

fn openai(trouble: Trouble) -> (u16, Value) {
    let error = |code: Value, message: &str| json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": code } });
    match trouble {
        Trouble::RateLimited(_) => (429, error(json!("rate_limit_exceeded"), "Rate limit reached")),
        Trouble::OutOfCredit => (429, error(json!("insufficient_quota"), "You exceeded your current quota")),
        // As llama.cpp says it while it loads.
        Trouble::Overloaded => (503, error(json!(503), "Loading model")),
        Trouble::ServerError => (500, error(Value::Null, "The server had an error")),
        Trouble::BadKey => (401, error(json!("invalid_api_key"), "Incorrect API key provided")),
        Trouble::UnknownModel => (404, error(json!("model_not_found"), "The model does not exist")),
        Trouble::TooLong => {
            (400, error(json!("context_length_exceeded"), "This model's maximum context length is 128000 tokens"))
        }
    }
}

fn gemini(trouble: Trouble) -> (u16, Value) {
    let error = |code: u16, status: &str, message: &str, details: Value| {
        (code, json!({ "error": { "code": code, "message": message, "status": status, "details": details } }))
    };
    match trouble {
        Trouble::RateLimited(seconds) => {
            let info = seconds.map(|seconds| json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{seconds}s") }));
            // Outside of a stream it comes in a list.
            let (code, body) =
                error(429, "RESOURCE_EXHAUSTED", "Quota exceeded", json!(info.into_iter().collect::<Vec<_>>()));
            (code, json!([body]))
        }
        Trouble::OutOfCredit => error(400, "FAILED_PRECONDITION", "Enable billing on your project", json!([])),
        Trouble::Overloaded => error(503, "UNAVAILABLE", "The model is overloaded", json!([])),
        Trouble::ServerError => error(500, "INTERNAL", "Internal error", json!([])),
        Trouble::BadKey => error(
            400,
            "INVALID_ARGUMENT",
            "API key not valid. Please pass a valid API key.",
            json!([{ "reason": "API_KEY_INVALID" }]),
        ),
        Trouble::UnknownModel => {
            error(404, "NOT_FOUND", "models/large-model is not found for API version v1beta", json!([]))
        }
        Trouble::TooLong => error(
            400,
            "INVALID_ARGUMENT",
            "The input token count (300000) exceeds the maximum number of tokens allowed",
            json!([]),
        ),
    }
}
