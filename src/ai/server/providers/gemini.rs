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
        model::{Failure, Heard, Line, Model, Patience, Request, Stop, address, event, headers, message, number, says},
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
            // As the list of models has it, or without its folder.
            name: choice.model(tier).trim_start_matches("models/").to_owned(),
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

/// What was looked up for this answer. The calls go back as they came: they carry a signature.
fn used(used: &Used) -> [Value; 2] {
    let said = (!used.said.is_empty()).then(|| json!({ "text": used.said }));
    let calls: Vec<Value> = said.into_iter().chain(used.calls.iter().map(|call| call.raw.clone())).collect();
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

fn call(part: &Value) -> Option<ToolCall> {
    let asked = part.get("functionCall")?;
    Some(ToolCall {
        id: asked["id"].as_str().unwrap_or_default().to_owned(),
        name: asked["name"].as_str().unwrap_or_default().to_owned(),
        arguments: asked.get("args").cloned().unwrap_or_else(|| json!({})),
        raw: part.clone(),
    })
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
            return Err(match event["error"]["code"].as_u64() {
                Some(429) => AiError::RateLimited { vendor: VENDOR, retry_after: None },
                Some(500..) => AiError::Overloaded { vendor: VENDOR },
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
        heard.calls.extend(parts.iter().filter_map(call));
        let spoken = parts.iter().filter(|part| part["thought"] != true).filter_map(|part| part["text"].as_str());
        Ok(Some(spoken.collect()))
    }

    fn fault(&self, failure: &Failure) -> AiError {
        let detail = failure.message();
        let details = failure.body["error"]["details"].as_array().map(Vec::as_slice).unwrap_or_default();
        let key = details.iter().any(|one| one["reason"] == "API_KEY_INVALID");
        match (failure.status, failure.field("/error/status")) {
            (400, _) if key || says(&detail, &["api key"]) => AiError::BadKey { vendor: VENDOR },
            (400, "FAILED_PRECONDITION") => AiError::OutOfCredit { vendor: VENDOR, detail },
            (429, _) => {
                let delay = details.iter().find_map(|one| one["retryDelay"].as_str()?.strip_suffix('s'));
                let delay = delay.and_then(|seconds| Duration::try_from_secs_f64(seconds.parse().ok()?).ok());
                AiError::RateLimited { vendor: VENDOR, retry_after: delay.or_else(|| failure.retry_after()) }
            }
            _ => failure.usual(self),
        }
    }
}

/// A vendor's word in capitals, as it may stand in a sentence.
fn word(word: &str) -> String {
    word.chars().take(60).collect::<String>().to_lowercase().replace('_', " ")
}

fn stop(reason: &str) -> Stop {
    match reason {
        "STOP" => Stop::Done,
        "MAX_TOKENS" | "CONTINUATION" => Stop::Truncated,
        other => Stop::Refused(word(other)),
    }
}
