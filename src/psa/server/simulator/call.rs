//! One request, taken apart.

use axum::{
    body::Bytes,
    http::{HeaderMap, Uri},
};
use serde_json::Value;

use super::reply::Reply;

/// A request behind the version part of the address.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    /// `["service", "tickets", "48213"]`
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    /// What comes before the path in a link to the same server.
    pub base: String,
    /// Filters in the body of a search.
    pub search: Value,
}

impl Call {
    pub fn new(method: &str, uri: &Uri, headers: HeaderMap, bytes: Bytes, base: &str) -> Self {
        let decoded = |part: &str| {
            // A path has no plus for a space.
            let part = part.replace('+', "%2B");
            form_urlencoded::parse(part.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
        };
        let path = uri.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let base = format!("{base}{}", uri.path());
        Self { method: method.to_owned(), path, query, headers, bytes, base, search: Value::Null }
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// A filter, from the query or the body of a search.
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.search[name].as_str().or_else(|| self.parameter(name))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The same address with one parameter changed.
    pub fn with_parameter(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (old, value) in self.query.iter().filter(|(old, _)| old != name) {
            query.append_pair(old, value);
        }
        query.append_pair(name, value);
        format!("{}?{}", self.base, query.finish())
    }

    /// The body of a write.
    pub fn body(&self) -> Result<Value, Reply> {
        if !self.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(Reply::error(415, "UnsupportedMediaType", "The content type must be application/json."));
        }
        serde_json::from_slice(&self.bytes)
            .map_err(|error| Reply::error(400, "InvalidObject", format!("The body is not JSON: {error}")))
    }

    /// The operations of a PATCH: `(op, path, value)`.
    pub fn operations(&self) -> Result<Vec<(String, String, Value)>, Reply> {
        let wrong = |why: &str| Reply::error(400, "InvalidObject", why);
        let Value::Array(operations) = self.body()? else {
            return Err(wrong("A PATCH takes an array of operations."));
        };
        let read = |operation: &Value| {
            let (op, path) = (operation["op"].as_str()?, operation["path"].as_str()?);
            let known = matches!(op, "add" | "replace" | "remove");
            known.then(|| (op.to_owned(), path.to_owned(), operation["value"].clone()))
        };
        operations.iter().map(|one| read(one).ok_or_else(|| wrong("An operation needs op and path."))).collect()
    }
}
