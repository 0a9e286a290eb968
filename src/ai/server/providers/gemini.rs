//! Gemini's `streamGenerateContent`.
//!
//! Its implicit cache needs no marks, only that what is stable comes first. Thoughts are left out of the text and counted as output.

use std::time::Duration;

use serde_json::{Value, json};

use crate::ai::{
    server::{
        AiError,
        call::SLOW,
        choice::Choice,
        mcp::{Tool, ToolCall, Tools, Used},
        model::{
            Failure, Heard, Line, Model, Patience, Request, Stop, address, event, headers, message, number, said, says,
        },
        prompt::Prompt,
    },
    types::{Speaker, Tier, Vendor, pictures::Picture},
};

const VENDOR: Vendor = Vendor::Gemini;

#[derive(Debug)]
pub struct Gemini {
    name: String,
    line: Line,
    window: usize,
}

impl Gemini {
    pub fn new(choice: &Choice, tier: Tier, patience: Option<Patience>) -> Self {
        let own = "https://generativelanguage.googleapis.com/v1beta";
        Self {
            name: choice.model(tier).to_owned(),
            line: Line {
                key: choice.key.clone(),
                endpoint: choice.endpoint.as_ref().map_or(own, |url| url.as_str()).trim_end_matches('/').to_owned(),
                trusted: choice.trusted || choice.endpoint.is_none(),
                patience: patience.unwrap_or(SLOW),
            },
            window: choice.room(false),
        }
    }
}

fn contents(prompt: &Prompt) -> Vec<Value> {
    let newest = prompt.turns.len().saturating_sub(1);
    let content = |(at, turn): (usize, &crate::ai::server::prompt::Turn)| {
        let reminder = prompt.reminder.as_deref().filter(|_| at == newest);
        let texts = turn.texts.iter().map(String::as_str).chain(reminder);
        let role = match turn.speaker {
            Speaker::User => "user",
            Speaker::Assistant => "model",
        };
        let parts = turn.pictures.iter().map(image).chain(texts.map(|text| json!({ "text": text })));
        json!({ "role": role, "parts": parts.collect::<Vec<_>>() })
    };
    prompt.turns.iter().enumerate().map(content).chain(prompt.used.iter().flat_map(used)).collect()
}

fn image(picture: &Picture) -> Value {
    json!({ "inlineData": { "mimeType": picture.media_type, "data": &*picture.base64 } })
}

/// What was looked up for this answer. What was said and the calls go back as they came: they carry signatures.
fn used(used: &Used) -> [Value; 2] {
    let calls: Vec<&Value> = used.calls.iter().filter_map(|call| call.raw.as_array()).flatten().collect();
    let told = used.calls.iter().zip(&used.results);
    let told = told.map(|(call, result)| {
        let mut response = json!({ "name": call.name, "response": { "result": result } });
        if !call.id.is_empty() {
            response["id"] = json!(call.id);
        }
        json!({ "functionResponse": response })
    });
    [json!({ "role": "model", "parts": calls }), json!({ "role": "user", "parts": told.collect::<Vec<_>>() })]
}

/// Keeps a part of the answer as it came, behind those before it: a call with what was said in front of it.
fn keep(part: &Value, heard: &mut Heard) {
    if let Some(asked) = part.get("functionCall") {
        let mut raw = std::mem::take(&mut heard.before);
        raw.push(part.clone());
        heard.calls.push(ToolCall {
            id: asked["id"].as_str().unwrap_or_default().to_owned(),
            name: asked["name"].as_str().unwrap_or_default().to_owned(),
            arguments: asked.get("args").cloned().unwrap_or_else(|| json!({})),
            raw: Value::Array(raw),
        });
        return;
    }
    let kept = match heard.calls.last_mut() {
        Some(ToolCall { raw: Value::Array(raw), .. }) => raw,
        _ => &mut heard.before,
    };
    let is_signed = |part: &Value| part.get("thoughtSignature").is_some();
    match (part["text"].as_str(), kept.last_mut()) {
        _ if is_signed(part) => kept.push(part.clone()),
        // Thoughts that nobody signed say nothing to the model, nor does what is no text.
        (None | Some(""), _) => {}
        _ if part["thought"] == true => {}
        // Text comes in pieces; a signature belongs to its piece alone.
        (Some(more), Some(last)) if !is_signed(last) && last.get("functionCall").is_none() => {
            if let Value::String(text) = &mut last["text"] {
                text.push_str(more);
            }
        }
        (Some(text), _) => kept.push(json!({ "text": text })),
    }
}

impl Model for Gemini {
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

    fn request(&self, prompt: &Prompt) -> Result<Request, AiError> {
        let mut body = json!({
            "systemInstruction": { "parts": [{ "text": prompt.system }] },
            "contents": contents(prompt),
            "generationConfig": { "maxOutputTokens": prompt.max_tokens },
        });
        if let Tools::Functions(tools) = &prompt.tools {
            let tool = |tool: &Tool| {
                let Tool { name, description, schema } = tool;
                json!({ "name": name, "description": description, "parametersJsonSchema": schema })
            };
            let tools: Vec<Value> = tools.iter().map(tool).collect();
            body["tools"] = json!([{ "functionDeclarations": tools }]);
        }
        if let Some(form) = &prompt.form {
            body["generationConfig"]["responseMimeType"] = json!("application/json");
            body["generationConfig"]["responseJsonSchema"] = form.schema.clone();
        }
        let path = format!("/models/{}:streamGenerateContent?alt=sse", self.name);
        Ok(Request {
            url: address(VENDOR, &self.line.endpoint, &path)?,
            headers: headers(VENDOR, self.line.key.as_ref(), "x-goog-api-key", "")?,
            body,
        })
    }

    fn hear(&self, data: &str, heard: &mut Heard) -> Result<Option<String>, AiError> {
        let event = event(VENDOR, data)?;
        if event.get("error").is_some() {
            let (retry_after, detail) = (delay(&event), said(&event).unwrap_or_default());
            return Err(match event["error"]["code"].as_u64() {
                Some(429) => AiError::RateLimited { vendor: VENDOR, retry_after, detail },
                Some(500..) => AiError::Overloaded { vendor: VENDOR, retry_after, detail },
                _ => AiError::Broke { vendor: VENDOR, detail: message(&event) },
            });
        }
        let usage = &event["usageMetadata"];
        if let Some(prompt) = number(usage, "/promptTokenCount") {
            let cached = number(usage, "/cachedContentTokenCount").unwrap_or_default();
            heard.usage.input_tokens = prompt.saturating_sub(cached);
            heard.usage.cache_read_tokens = cached;
            heard.usage.output_tokens = number(usage, "/candidatesTokenCount").unwrap_or_default()
                + number(usage, "/thoughtsTokenCount").unwrap_or_default();
            heard.counted = heard.usage.output_tokens > 0;
        }
        if let Some(reason) = event["promptFeedback"]["blockReason"].as_str() {
            heard.stop = Some(Stop::Refused(word(reason)));
        }
        let candidate = &event["candidates"][0];
        if let Some(reason) = candidate["finishReason"].as_str() {
            heard.stop = Some(stop(reason));
            heard.over = usage.is_object();
        }
        let parts = candidate["content"]["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
        for part in parts {
            keep(part, heard);
        }
        let spoken = parts.iter().filter(|part| part["thought"] != true).filter_map(|part| part["text"].as_str());
        Ok(Some(spoken.collect()))
    }

    fn fault(&self, failure: &Failure) -> AiError {
        let detail = failure.message();
        let key = details(&failure.body).iter().any(|one| one["reason"] == "API_KEY_INVALID");
        match (failure.status, failure.field("/error/status")) {
            (400, _) if key || says(&detail, &["api key"]) => {
                AiError::BadKey { vendor: VENDOR, detail: failure.said() }
            }
            (400, "FAILED_PRECONDITION") if says(&detail, &["billing", "credit", "quota", "spend"]) => {
                AiError::OutOfCredit { vendor: VENDOR, detail }
            }
            (400, "FAILED_PRECONDITION") => AiError::NotAllowed { vendor: VENDOR, detail },
            _ => failure.usual(self).waiting(delay(&failure.body)),
        }
    }
}

fn details(body: &Value) -> &[Value] {
    body["error"]["details"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// How long to wait, as the error itself says it.
fn delay(body: &Value) -> Option<Duration> {
    let seconds = details(body).iter().find_map(|one| one["retryDelay"].as_str()?.strip_suffix('s'))?;
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

/// A vendor's word in capitals, as it may stand in a sentence.
fn word(word: &str) -> String {
    word.chars().take(60).collect::<String>().to_lowercase().replace('_', " ")
}

fn stop(reason: &str) -> Stop {
    match reason {
        "STOP" => Stop::Done,
        "MAX_TOKENS" | "CONTINUATION" => Stop::Truncated,
        "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "OTHER"
        | "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS" => Stop::Refused(word(reason)),
        image if image.contains("IMAGE") => Stop::Refused(word(image)),
        // Whatever new word ended it: what was said was said.
        _ => Stop::Done,
    }
}
