//! Anthropic's Messages API, version 2026-10-21.
//!
//! Cache marks stand on the system text and on the newest user text; the reminder stands behind it without one and is in no later
//! call, so that the next call finds all that came before. No sampling parameter is sent, no tool is forced, blocks are told
//! apart by their type and never by their place. Documentation is looked up by its own MCP connector, which is a beta: an answer
//! may pause in the middle of that (`pause_turn`), and goes on once it is sent back.

use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::ai::{
    server::{
        AiError,
        call::HOSTED,
        choice::Choice,
        mcp::{NAME, TOOLS, Tools},
        model::{
            Course, Failure, Heard, Line, Model, Patience, Request, Stop, address, event, headers, message, number,
            said, says,
        },
        prompt::Prompt,
    },
    types::{Speaker, Tier, Vendor, pictures::Picture},
};

const CONNECTOR: &str = "mcp-client-2025-11-20";
const VENDOR: Vendor = Vendor::Anthropic;
const VERSION: &str = "2026-10-21";

#[derive(Debug)]
pub struct Anthropic {
    name: String,
    line: Line,
    window: usize,
}

impl Anthropic {
    pub fn new(choice: &Choice, tier: Tier, patience: Option<Patience>) -> Self {
        let endpoint = choice.endpoint.as_ref().map_or("https://api.anthropic.com", |url| url.as_str());
        // With or without the version: both are seen in the wild.
        let endpoint = endpoint.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        Self {
            name: choice.model(tier).to_owned(),
            line: Line {
                key: choice.key.clone(),
                endpoint,
                trusted: choice.trusted || choice.endpoint.is_none(),
                patience: patience.unwrap_or(HOSTED),
            },
            window: choice.room(false),
        }
    }

    fn broke(error: &Value) -> AiError {
        let detail = || said(error).unwrap_or_default();
        match error["error"]["type"].as_str() {
            Some("overloaded_error" | "api_error") => {
                AiError::Overloaded { vendor: VENDOR, retry_after: None, detail: detail() }
            }
            Some("rate_limit_error") => AiError::RateLimited { vendor: VENDOR, retry_after: None, detail: detail() },
            _ => AiError::Broke { vendor: VENDOR, detail: message(error) },
        }
    }
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn image(picture: &Picture) -> Value {
    json!({ "type": "image", "source": { "type": "base64", "media_type": picture.media_type, "data": &*picture.base64 } })
}

fn marked(text: &str) -> Value {
    json!({ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } })
}

fn messages(prompt: &Prompt) -> Vec<Value> {
    let newest = prompt.turns.len().saturating_sub(1);
    let message = |(at, turn): (usize, &crate::ai::server::prompt::Turn)| {
        let mut content: Vec<Value> = turn.pictures.iter().map(image).collect();
        content.extend(turn.texts.iter().map(|one| text(one)));
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
    prompt.turns.iter().enumerate().map(message).chain(prompt.paused.as_deref().and_then(so_far)).collect()
}

/// An answer that paused goes back as it came, and is gone on with. Only texts without a word may not go back.
fn so_far(course: &Course) -> Option<Value> {
    let says =
        |block: &&Value| block["type"] != "text" || block["text"].as_str().is_some_and(|text| !text.trim().is_empty());
    let blocks: Vec<_> = course.blocks.iter().filter(says).collect();
    (!blocks.is_empty()).then(|| json!({ "role": "assistant", "content": blocks }))
}

/// The server at `url`, and of its tools only those that are known to read only.
fn connector(url: &str, body: &mut Value) {
    let enabled: serde_json::Map<_, _> =
        TOOLS.iter().map(|name| ((*name).to_owned(), json!({ "enabled": true }))).collect();
    body["mcp_servers"] = json!([{ "type": "url", "name": NAME, "url": url }]);
    body["tools"] = json!([{
        "type": "mcp_toolset",
        "mcp_server_name": NAME,
        "default_config": { "enabled": false },
        "configs": enabled,
        "cache_control": { "type": "ephemeral" },
    }]);
}

impl Model for Anthropic {
    fn vendor(&self) -> Vendor {
        VENDOR
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn window(&self) -> usize {
        self.window
    }

    fn line(&self) -> &Line {
        &self.line
    }

    fn connects(&self) -> bool {
        true
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
        let mut headers = headers(VENDOR, self.line.key.as_ref(), "x-api-key", "")?;
        headers.insert("anthropic-version", HeaderValue::from_static(VERSION));
        if let Tools::Connector(url) = &prompt.tools {
            connector(url, &mut body);
            headers.insert("anthropic-beta", HeaderValue::from_static(CONNECTOR));
        }
        Ok(Request { url: address(VENDOR, &self.line.endpoint, "/v1/messages")?, headers, body })
    }

    fn hear(&self, data: &str, heard: &mut Heard) -> Result<Option<String>, AiError> {
        let event = event(VENDOR, data)?;
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => count(&event["message"]["usage"], heard),
            "content_block_start" => return Ok(begin(&event["content_block"], &mut heard.course)),
            "content_block_delta" => return Ok(go_on(&event["delta"], &mut heard.course)),
            "content_block_stop" => asked(&mut heard.course),
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

/// A block begins: text, or a look-up, or what one found.
fn begin(block: &Value, course: &mut Course) -> Option<String> {
    let kind = block["type"].as_str().unwrap_or_default();
    if kind == "mcp_tool_result" {
        course.between = true;
        let asked =
            course.blocks.iter().find(|call| call["type"] == "mcp_tool_use" && call["id"] == block["tool_use_id"]);
        let read = asked.and_then(|call| call["input"]["url"].as_str());
        let texts = block["content"].as_array().map(Vec::as_slice).unwrap_or_default();
        for text in texts.iter().filter_map(|one| one["text"].as_str()).filter(|_| block["is_error"] != true) {
            course.sources.of_result(text, read);
        }
    }
    course.blocks.push(if block.is_object() { block.clone() } else { json!({}) });
    if kind == "text" { apart(block["text"].as_str()?, course) } else { None }
}

/// More of the block that is being told, and what that adds to the text.
fn go_on(delta: &Value, course: &mut Course) -> Option<String> {
    let kind = delta["type"].as_str().unwrap_or_default();
    if kind == "input_json_delta" {
        course.input.push_str(delta["partial_json"].as_str().unwrap_or_default());
        return None;
    }
    if course.blocks.is_empty() {
        // A server in between that leaves out where blocks begin.
        course.blocks.push(json!({ "type": "text" }));
    }
    let block = course.blocks.last_mut()?;
    match kind {
        "text_delta" => more(&mut block["text"], &delta["text"]),
        "thinking_delta" => more(&mut block["thinking"], &delta["thinking"]),
        "signature_delta" => more(&mut block["signature"], &delta["signature"]),
        "citations_delta" => match &mut block["citations"] {
            Value::Array(citations) => citations.push(delta["citation"].clone()),
            citations => *citations = json!([delta["citation"]]),
        },
        _ => {}
    }
    if kind == "text_delta" { apart(delta["text"].as_str()?, course) } else { None }
}

fn more(told: &mut Value, more: &Value) {
    let more = more.as_str().unwrap_or_default();
    match told {
        Value::String(told) => told.push_str(more),
        told => *told = json!(more),
    }
}

/// What a block asks for is told to its end.
fn asked(course: &mut Course) {
    let input = std::mem::take(&mut course.input);
    if let (Ok(input), Some(block)) = (serde_json::from_str::<Value>(&input), course.blocks.last_mut()) {
        block["input"] = input;
    }
}

/// Text behind a look-up is a paragraph of its own.
fn apart(text: &str, course: &mut Course) -> Option<String> {
    let apart = !text.is_empty() && std::mem::take(&mut course.between);
    Some(if apart { format!("\n\n{text}") } else { text.to_owned() })
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
    heard.counted = number(usage, "/output_tokens").is_some();
}

fn stop(reason: &str, details: &Value) -> Stop {
    match reason {
        "max_tokens" => Stop::Truncated,
        "pause_turn" => Stop::Paused,
        "model_context_window_exceeded" => Stop::WindowFull,
        "refusal" => {
            let told = [&details["category"], &details["explanation"]].into_iter().filter_map(Value::as_str);
            let told = told.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(": ");
            let told = if told.is_empty() { "it gave no reason" } else { told.trim_end_matches('.') };
            Stop::Refused(told.chars().take(300).collect())
        }
        _ => Stop::Done,
    }
}
