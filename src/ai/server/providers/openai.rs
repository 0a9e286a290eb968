//! Chat completions as OpenAI has them and many servers copy them: vLLM, Ollama, LM Studio, llama.cpp, gateways.
//!
//! Only what all of them share is sent; what only OpenAI's own API takes (or refuses) is decided by the endpoint. Its prefix cache
//! works by itself, so the newest text stands before the reminder here too.

use serde_json::{Value, json};

use crate::ai::{
    server::{
        AiError,
        call::{HOSTED, SLOW},
        choice::Choice,
        mcp::{Tool, ToolCall, Tools, Used},
        model::{
            Failure, Heard, Line, Model, Patience, Request, Stop, address, event, headers, message, number, said, says,
        },
        prompt::Prompt,
    },
    types::{Speaker, Tier, Vendor, pictures::Picture},
};

const VENDOR: Vendor = Vendor::Openai;
/// More calls at once than are ever answered.
const MOST_CALLS: usize = 8;
const OWN: &str = "https://api.openai.com/v1";

#[derive(Debug)]
pub struct Openai {
    name: String,
    line: Line,
    window: usize,
    /// It is OpenAI's own API.
    own: bool,
}

impl Openai {
    pub fn new(choice: &Choice, tier: Tier, patience: Option<Patience>) -> Self {
        let endpoint = choice.endpoint.as_ref().map_or(OWN, |url| url.as_str()).trim_end_matches('/').to_owned();
        let own = endpoint == OWN;
        Self {
            name: choice.model(tier).to_owned(),
            line: Line {
                key: choice.key.clone(),
                endpoint,
                trusted: choice.trusted || choice.endpoint.is_none(),
                patience: patience.unwrap_or(if own { HOSTED } else { SLOW }),
            },
            window: choice.room(!own),
            own,
        }
    }
}

fn messages(prompt: &Prompt) -> Vec<Value> {
    let newest = prompt.turns.len().saturating_sub(1);
    let mut messages = vec![json!({ "role": "system", "content": prompt.system })];
    for (at, turn) in prompt.turns.iter().enumerate() {
        let mut texts: Vec<&str> = turn.texts.iter().map(String::as_str).collect();
        if at == newest {
            texts.extend(prompt.reminder.as_deref());
        }
        let role = match turn.speaker {
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        };
        let text = texts.join("\n\n");
        // Plain text where it will do: not every server takes parts.
        let content = if turn.pictures.is_empty() {
            json!(text)
        } else {
            let parts = turn.pictures.iter().map(image).chain([json!({ "type": "text", "text": text })]);
            parts.collect()
        };
        messages.push(json!({ "role": role, "content": content }));
    }
    messages.extend(prompt.used.iter().flat_map(used));
    messages
}

fn image(picture: &Picture) -> Value {
    let url = format!("data:{};base64,{}", picture.media_type, picture.base64);
    json!({ "type": "image_url", "image_url": { "url": url } })
}

/// What was looked up for this answer, as the model asked for it and was told.
fn used(used: &Used) -> Vec<Value> {
    let call = |call: &ToolCall| {
        let function = json!({ "name": call.name, "arguments": call.arguments.to_string() });
        json!({ "id": call.id, "type": "function", "function": function })
    };
    let calls: Vec<Value> = used.calls.iter().map(call).collect();
    let mut messages = vec![json!({ "role": "assistant", "content": used.said, "tool_calls": calls })];
    let told = used.calls.iter().zip(&used.results);
    messages.extend(told.map(|(call, result)| json!({ "role": "tool", "tool_call_id": call.id, "content": result })));
    messages
}

/// Calls come in pieces, each with the number of the call it belongs to; arguments are JSON in a text, read once it is whole.
/// No mark for that can be counted on.
fn hear_calls(pieces: &Value, calls: &mut Vec<ToolCall>) {
    for piece in pieces.as_array().map(Vec::as_slice).unwrap_or_default() {
        let at = piece["index"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(calls.len());
        if at >= calls.len() && calls.len() < MOST_CALLS {
            calls.push(ToolCall { raw: json!(""), ..ToolCall::default() });
        }
        let Some(call) = calls.get_mut(at) else { continue };
        if let Some(id) = piece["id"].as_str() {
            id.clone_into(&mut call.id);
        }
        call.name.push_str(piece["function"]["name"].as_str().unwrap_or_default());
        if let (Value::String(told), Some(more)) = (&mut call.raw, piece["function"]["arguments"].as_str()) {
            told.push_str(more);
        }
        // Cut short it is no JSON: only an object ends like one.
        let told = call.raw.as_str().map(str::trim_end).filter(|told| told.ends_with('}'));
        call.arguments = told.and_then(|told| serde_json::from_str(told).ok()).unwrap_or_else(|| json!({}));
    }
}

impl Model for Openai {
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
            "model": self.name,
            "messages": messages(prompt),
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        let most = if self.own { "max_completion_tokens" } else { "max_tokens" };
        body[most] = json!(prompt.max_tokens);
        if self.own {
            body["stream_options"]["include_obfuscation"] = json!(false);
        }
        if let Tools::Functions(tools) = &prompt.tools {
            let tool = |tool: &Tool| {
                let Tool { name, description, schema } = tool;
                json!({ "type": "function", "function": { "name": name, "description": description, "parameters": schema } })
            };
            body["tools"] = tools.iter().map(tool).collect();
        }
        if let Some(form) = &prompt.form {
            let schema = json!({ "name": form.name, "schema": form.schema, "strict": true });
            body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
        }
        Ok(Request {
            url: address(VENDOR, &self.line.endpoint, "/chat/completions")?,
            headers: headers(VENDOR, self.line.key.as_ref(), "authorization", "Bearer ")?,
            body,
        })
    }

    fn hear(&self, data: &str, heard: &mut Heard) -> Result<Option<String>, AiError> {
        if data.trim() == "[DONE]" {
            heard.over = true;
            // A server that never says why it stopped has still said that it is done.
            heard.stop.get_or_insert(Stop::Done);
            return Ok(None);
        }
        let event = event(VENDOR, data)?;
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Err(broke(&event));
        }
        if let Some(prompt) = number(&event, "/usage/prompt_tokens") {
            let cached = number(&event, "/usage/prompt_tokens_details/cached_tokens").unwrap_or_default();
            heard.usage.input_tokens = prompt.saturating_sub(cached);
            heard.usage.cache_read_tokens = cached;
            let said = number(&event, "/usage/completion_tokens");
            heard.usage.output_tokens = said.unwrap_or_default();
            heard.counted = said.is_some();
        }
        let choice = &event["choices"][0];
        if let Some(reason) = choice["finish_reason"].as_str() {
            let refused = matches!(heard.stop, Some(Stop::Refused(_)));
            heard.stop = if refused { heard.stop.take() } else { Some(stop(reason)) };
        }
        if let Some(refusal) = choice["delta"]["refusal"].as_str().filter(|text| !text.is_empty()) {
            let before = match heard.stop.take() {
                Some(Stop::Refused(before)) => before,
                _ => String::new(),
            };
            heard.stop = Some(Stop::Refused((before + refusal).chars().take(200).collect()));
        }
        hear_calls(&choice["delta"]["tool_calls"], &mut heard.calls);
        Ok(choice["delta"]["content"].as_str().map(ToOwned::to_owned))
    }

    fn fault(&self, failure: &Failure) -> AiError {
        let (code, detail) = (failure.field("/error/code"), failure.message());
        let unknown_model =
            || AiError::UnknownModel { vendor: VENDOR, model: self.name.clone(), detail: failure.said() };
        match (failure.status, code) {
            (_, "insufficient_quota") => AiError::OutOfCredit { vendor: VENDOR, detail },
            (400 | 413, "context_length_exceeded") => AiError::TooLong { vendor: VENDOR },
            (_, "invalid_api_key") => AiError::BadKey { vendor: VENDOR, detail: failure.said() },
            // There is such a model, only not for everybody.
            (400 | 404, _) if says(&detail, &["must be verified"]) => AiError::NotAllowed { vendor: VENDOR, detail },
            (400 | 404 | 422, "model_not_found") => unknown_model(),
            (400 | 422, _) if says(&detail, &["model"]) && says(&detail, &["not found", "does not exist"]) => {
                unknown_model()
            }
            _ => failure.usual(self),
        }
    }
}

fn broke(event: &Value) -> AiError {
    let (code, detail) = (&event["error"]["code"], said(event).unwrap_or_default());
    match (code.as_u64(), code.as_str().or_else(|| event["error"]["type"].as_str())) {
        (Some(429), _) | (_, Some("rate_limit_exceeded")) => {
            AiError::RateLimited { vendor: VENDOR, retry_after: None, detail }
        }
        (Some(500..), _) | (_, Some("server_error" | "unavailable_error")) => {
            AiError::Overloaded { vendor: VENDOR, retry_after: None, detail }
        }
        _ => AiError::Broke { vendor: VENDOR, detail: message(event) },
    }
}

fn stop(reason: &str) -> Stop {
    match reason {
        "length" => Stop::Truncated,
        "content_filter" => Stop::Refused("a content filter stepped in".to_owned()),
        _ => Stop::Done,
    }
}
