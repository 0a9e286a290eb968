//! The client of one documentation server.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rmcp::{
    RoleClient, ServiceError, ServiceExt,
    model::{CallToolRequestParams, ContentBlock},
    service::RunningService,
    transport::streamable_http_client::{StreamableHttpClientTransport, StreamableHttpClientTransportConfig},
};
use serde_json::Value;
use tokio::time::timeout;

use super::{MICROSOFT_LEARN, TOOLS, ToolCall};
use crate::ai::server::{AiError, addresses};

/// Nobody waits longer for documentation.
const PATIENCE: Duration = Duration::from_secs(15);
/// What a server says of its tools holds so long: asking before each turn would make each turn slower.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
/// A server that cannot be reached is left alone so long: turns go without it and do not wait.
const AWAY_FOR: Duration = Duration::from_secs(60);
/// More than any page of documentation.
const LONGEST: usize = 2 << 20;

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub name: String,
    pub description: String,
    pub schema: Value,
}

/// What is known of the server.
#[derive(Debug, Default)]
struct Known {
    tools: Option<(Instant, Arc<[Tool]>)>,
    away: Option<(Instant, AiError)>,
}

/// A documentation server.
#[derive(Debug)]
pub struct Server {
    url: String,
    patience: Duration,
    /// Held for a moment, never while the server is waited for.
    known: Mutex<Known>,
}

impl Server {
    pub fn microsoft_learn() -> Self {
        Self::at(MICROSOFT_LEARN)
    }

    /// One that says the same at another address, for tests. The address is the operator's word.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), patience: PATIENCE, known: Mutex::default() }
    }

    /// The same with another time limit.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The tools that may be called and are there, always in the same order.
    pub async fn tools(&self) -> Result<Arc<[Tool]>, AiError> {
        if let Some((at, tools)) = &self.known().tools
            && at.elapsed() < KNOWN_FOR
        {
            return Ok(Arc::clone(tools));
        }
        let tools = self.within(self.list()).await?;
        self.known().tools = Some((Instant::now(), Arc::clone(&tools)));
        Ok(tools)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn list(&self) -> Result<Arc<[Tool]>, AiError> {
        let session = self.open().await?;
        let offered = session.list_all_tools().await.map_err(told)?;
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
        Ok(tools)
    }

    /// Work with the server, unless it was away just now.
    async fn within<T>(&self, work: impl Future<Output = Result<T, AiError>>) -> Result<T, AiError> {
        let away = self.known().away.clone();
        if let Some((at, error)) = away
            && at.elapsed() < AWAY_FOR
        {
            return Err(error);
        }
        let answer = timeout(self.patience, work).await;
        let answer = answer.unwrap_or_else(|_| Err(AiError::NoDocumentation("it did not answer in time".to_owned())));
        self.known().away = answer.as_ref().err().map(|error| (Instant::now(), error.clone()));
        answer
    }

    /// A connection; it ends when it is dropped.
    async fn open(&self) -> Result<RunningService<RoleClient, ()>, AiError> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(self.url.as_str());
        config.max_sse_event_size = LONGEST;
        config.max_json_response_size = LONGEST;
        let transport = StreamableHttpClientTransport::with_client(addresses::client(true)?, config);
        ().serve(transport).await.map_err(told)
    }

    /// What a tool answers, as text; `Err` inside: what the server says against the call.
    pub async fn call(&self, call: &ToolCall) -> Result<Result<String, String>, AiError> {
        self.within(self.ask(call)).await
    }

    async fn ask(&self, call: &ToolCall) -> Result<Result<String, String>, AiError> {
        let session = self.open().await?;
        let mut params = CallToolRequestParams::new(call.name.clone());
        params.arguments = call.arguments.as_object().cloned();
        let answer = match session.call_tool(params).await {
            Ok(answer) => answer,
            Err(ServiceError::McpError(against)) => return Ok(Err(against.to_string())),
            Err(error) => return Err(told(error)),
        };
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

/// What a library says of its errors may be long.
fn told(error: impl std::fmt::Display) -> AiError {
    AiError::NoDocumentation(error.to_string().chars().take(300).collect())
}
