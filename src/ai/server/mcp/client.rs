//! The client of one documentation server.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, ContentBlock},
    service::RunningService,
    transport::streamable_http_client::{StreamableHttpClientTransport, StreamableHttpClientTransportConfig},
};
use serde_json::Value;
use tokio::{sync::Mutex, time::timeout};

use super::{MICROSOFT_LEARN, TOOLS, ToolCall};
use crate::ai::server::{AiError, addresses};

/// Nobody waits longer for documentation.
const PATIENCE: Duration = Duration::from_secs(15);
/// What a server says of its tools holds so long: asking before each turn would make each turn slower.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
/// More than any page of documentation.
const LONGEST: usize = 2 << 20;

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub name: String,
    pub description: String,
    pub schema: Value,
}

type Known = Option<(Instant, Arc<[Tool]>)>;

/// A documentation server.
#[derive(Debug)]
pub struct Server {
    url: String,
    known: Mutex<Known>,
}

impl Server {
    pub fn microsoft_learn() -> Self {
        Self::at(MICROSOFT_LEARN)
    }

    /// One that says the same at another address, for tests. The address is the operator's word.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), known: Mutex::default() }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The tools that may be called and are there, always in the same order.
    pub async fn tools(&self) -> Result<Arc<[Tool]>, AiError> {
        let mut known = self.known.lock().await;
        if let Some((at, tools)) = &*known
            && at.elapsed() < KNOWN_FOR
        {
            return Ok(Arc::clone(tools));
        }
        let session = self.open().await?;
        let offered = within(session.list_all_tools()).await?;
        let tool = |name: &&str| {
            let tool = offered.iter().find(|tool| tool.name == **name)?;
            Some(Tool {
                name: tool.name.to_string(),
                description: tool.description.as_deref().unwrap_or_default().to_owned(),
                schema: Value::Object((*tool.input_schema).clone()),
            })
        };
        let tools: Arc<[Tool]> = TOOLS.iter().filter_map(tool).collect();
        if tools.is_empty() {
            return Err(AiError::NoDocumentation("it offers none of the tools that may be called".to_owned()));
        }
        *known = Some((Instant::now(), Arc::clone(&tools)));
        Ok(tools)
    }

    /// A connection; it ends when it is dropped.
    async fn open(&self) -> Result<RunningService<RoleClient, ()>, AiError> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(self.url.as_str());
        config.max_sse_event_size = LONGEST;
        config.max_json_response_size = LONGEST;
        let transport = StreamableHttpClientTransport::with_client(addresses::client(true)?, config);
        within(().serve(transport)).await
    }

    /// What a tool answers, as text; `Err` inside: what the server says against the call.
    pub async fn call(&self, call: &ToolCall) -> Result<Result<String, String>, AiError> {
        let session = self.open().await?;
        let mut params = CallToolRequestParams::new(call.name.clone());
        params.arguments = call.arguments.as_object().cloned();
        let answer = within(session.call_tool(params)).await?;
        let mut texts: Vec<&str> = Vec::new();
        for block in &answer.content {
            if let ContentBlock::Text(text) = block {
                texts.push(&text.text);
            }
        }
        let text = match (texts.is_empty(), &answer.structured_content) {
            (true, Some(value)) => value.to_string(),
            _ => texts.join("\n"),
        };
        Ok(if answer.is_error == Some(true) { Err(text) } else { Ok(text) })
    }
}

async fn within<T, E: std::fmt::Display>(work: impl Future<Output = Result<T, E>>) -> Result<T, AiError> {
    let answer = timeout(PATIENCE, work).await;
    let answer = answer.map_err(|_| AiError::NoDocumentation("it did not answer in time".to_owned()))?;
    // What a library says of its errors may be long.
    answer.map_err(|error| AiError::NoDocumentation(error.to_string().chars().take(300).collect()))
}
