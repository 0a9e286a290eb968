//! Anthropic's Messages API, version 2026-10-21.
//!
//! Cache marks stand on the system text and on the newest user text; the reminder stands behind it without one and is in no later
//! call, so that the next call finds all that came before. No sampling parameter is sent, no tool is forced, blocks are told
//! apart by their type and never by their place.

use reqwest::header::HeaderValue;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::ai::{
    server::{
        AiError,
        call::HOSTED,
        choice::Choice,
        model::{Failure, Heard, Line, Model, Patience, Request, Stop, address, event, headers, message, number, says},
        prompt::Prompt,
    },
    types::{Speaker, Tier, Vendor},
};

const VENDOR: Vendor = Vendor::Anthropic;
const VERSION: &str = "2026-10-21";

#[derive(Debug)]
pub struct Anthropic {
    name: String,
    key: Option<SecretString>,
    line: Line,
}

impl Anthropic {
    pub fn new(choice: &Choice, tier: Tier, patience: Option<Patience>) -> Self {
        let endpoint = choice.endpoint.as_ref().map_or("https://api.anthropic.com", |url| url.as_str());
        // With or without the version: both are seen in the wild.
        let endpoint = endpoint.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        Self {
            name: choice.model(tier).to_owned(),
            key: choice.key.clone(),
            line: Line {
                endpoint,
                trusted: choice.trusted || choice.endpoint.is_none(),
                patience: patience.unwrap_or(HOSTED),
            },
        }
    }

    fn broke(error: &Value) -> AiError {
        match error["error"]["type"].as_str() {
            Some("overloaded_error" | "api_error") => AiError::Overloaded { vendor: VENDOR },
            Some("rate_limit_error") => AiError::RateLimited { vendor: VENDOR, retry_after: None },
            _ => AiError::Broke { vendor: VENDOR, detail: message(error) },
        }
    }
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn marked(text: &str) -> Value {
    json!({ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } })
}

fn messages(prompt: &Prompt) -> Vec<Value> {
    let newest = prompt.turns.len().saturating_sub(1);
    let message = |(at, turn): (usize, &crate::ai::server::prompt::Turn)| {
        let mut content: Vec<Value> = turn.texts.iter().map(|one| text(one)).collect();
        if at == newest {
            if let (Some(last), Some(said)) = (content.last_mut(), turn.texts.last()) {
                *last = marked(said);
            }
            content.extend(prompt.reminder.as_deref().map(text));
        }
        let role = match turn.speaker {
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        };
        json!({ "role": role, "content": content })
    };
    prompt.turns.iter().enumerate().map(message).collect()
}

impl Model for Anthropic {
    fn vendor(&self) -> Vendor {
        VENDOR
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn window(&self) -> usize {
        200_000
    }

    fn line(&self) -> &Line {
        &self.line
    }

    fn request(&self, prompt: &Prompt) -> Result<Request, AiError> {
        let mut body = json!({
            "model": self.name,
            "max_tokens": prompt.max_tokens,
            "stream": true,
            "system": [marked(prompt.system)],
            "messages": messages(prompt),
        });
        if let Some(form) = &prompt.form {
            body["output_config"] = json!({ "format": { "type": "json_schema", "schema": form.schema } });
        }
        let mut headers = headers(VENDOR, self.key.as_ref(), "x-api-key", "")?;
        headers.insert("anthropic-version", HeaderValue::from_static(VERSION));
        Ok(Request { url: address(VENDOR, &self.line.endpoint, "/v1/messages")?, headers, body })
    }

    fn hear(&self, data: &str, heard: &mut Heard) -> Result<Option<String>, AiError> {
        let event = event(VENDOR, data)?;
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => count(&event["message"]["usage"], heard),
            "content_block_start" => return Ok(event["content_block"]["text"].as_str().map(ToOwned::to_owned)),
            "content_block_delta" if event["delta"]["type"] == "text_delta" => {
                return Ok(event["delta"]["text"].as_str().map(ToOwned::to_owned));
            }
            "message_delta" => {
                count(&event["usage"], heard);
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    heard.stop = Some(stop(reason, &event["delta"]["stop_details"]));
                }
            }
            "message_stop" => heard.over = true,
            "error" => return Err(Self::broke(&event)),
            _ => {}
        }
        Ok(None)
    }

    fn fault(&self, failure: &Failure) -> AiError {
        let detail = failure.message();
        let limit = failure.field("/error/details/error_code") == "enforced_spend_limit_reached";
        let spent = failure.status == 400 && says(&detail, &["usage limits", "credit balance"]);
        if limit || spent {
            return AiError::OutOfCredit { vendor: VENDOR, detail };
        }
        failure.usual(self)
    }
}

/// Counters are cumulative and may be told again: the last one counts.
fn count(usage: &Value, heard: &mut Heard) {
    let into = &mut heard.usage;
    for (name, counter) in [
        ("/input_tokens", &mut into.input_tokens),
        ("/output_tokens", &mut into.output_tokens),
        ("/cache_read_input_tokens", &mut into.cache_read_tokens),
        ("/cache_creation_input_tokens", &mut into.cache_write_tokens),
    ] {
        if let Some(told) = number(usage, name) {
            *counter = told;
        }
    }
}

fn stop(reason: &str, details: &Value) -> Stop {
    match reason {
        "max_tokens" => Stop::Truncated,
        "model_context_window_exceeded" => Stop::WindowFull,
        "refusal" => {
            Stop::Refused(details["category"].as_str().unwrap_or("it gave no reason").chars().take(80).collect())
        }
        _ => Stop::Done,
    }
}
