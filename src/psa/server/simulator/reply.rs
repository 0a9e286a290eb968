//! Answers as ConnectWise writes them.

use axum::body::Bytes;
use serde_json::{Value, json};

/// What goes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

/// What was wanted, or why not: both go back.
pub type Answer = Result<Reply, Reply>;

impl Reply {
    pub fn json(status: u16, value: &Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", value.to_string())
    }

    pub fn html(status: u16, text: &str) -> Self {
        let page =
            format!("<!DOCTYPE html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>");
        Self::text(status, "text/html; charset=utf-8", page)
    }

    pub fn nothing() -> Self {
        Self { status: 204, headers: Vec::new(), body: Bytes::new() }
    }

    fn text(status: u16, kind: &'static str, text: String) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body: text.into() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn error(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::json(status, &json!({ "code": code, "message": message.into(), "errors": null }))
    }

    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::error(404, "NotFound", format!("{what} {id} not found"))
    }

    /// One field of an object is not as it must be.
    pub fn invalid(object: &str, code: &str, message: impl Into<String>, field: &str) -> Self {
        let error = json!({ "code": code, "message": message.into(), "resource": object, "field": field });
        let message = format!("{object} object is invalid");
        Self::json(400, &json!({ "code": "InvalidObject", "message": message, "errors": [error] }))
    }

    pub fn missing(object: &str, field: &str) -> Self {
        Self::invalid(object, "MissingRequiredField", format!("The {field} field is required."), field)
    }

    pub fn too_long(object: &str, field: &str, limit: usize) -> Self {
        let message = format!("The field {field} must be a string with a maximum length of {limit}");
        Self::invalid(object, "MaxLengthField", message, field)
    }

    pub fn throttled(seconds: u64) -> Self {
        let message = format!("Too many requests. Please try again in {seconds} seconds.");
        Self::json(429, &json!({ "error": "ConnectWiseAPI", "message": message }))
            .with("retry-after", &seconds.to_string())
    }

    pub fn forbidden() -> Self {
        Self::error(403, "Security", "You do not have security permission to perform this action.")
    }
}
