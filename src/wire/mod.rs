//! How JSON is written and read, the same for every shape that travels between server and browser.
//!
//! It is read by way of a [`Value`]: so the browser holds one reader of JSON text, and not one more for each shape.

mod call;
mod reader;
mod text;

use std::{fmt, sync::Arc};

use leptos::{
    server::codee::{Decoder, Encoder},
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec},
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::error::AppError;

use reader::Reader;

pub use call::{Ask, Get, Going, Post, Question};
pub use reader::Unreadable;

/// Whether this is the browser's build, where server functions are far away.
pub const IN_BROWSER: bool = cfg!(feature = "hydrate");

/// The codec of server functions and of what a page hands to the browser.
#[derive(Debug, Clone, Copy)]
pub struct Wire;

/// Arguments and answers of a server function as JSON in the body.
type Json = codec::Post<Wire>;

/// Reads JSON text.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    make(parse(text)?)
}

/// Reads JSON text as what it is.
pub fn parse(text: &str) -> Result<Value, Unreadable> {
    let value = if IN_BROWSER { text::parse(text) } else { serde_json::from_str(text).ok() };
    value.ok_or(Unreadable)
}

/// Makes a value of JSON that was read.
pub fn make<T: DeserializeOwned>(json: Value) -> Result<T, Unreadable> {
    T::deserialize(Reader(json))
}

/// Writes JSON text.
pub fn write(value: &(impl Serialize + ?Sized)) -> Result<String, Unreadable> {
    serde_json::to_string(value).map_err(|_| Unreadable)
}

/// Writes what a server function is called with, or what it answers.
fn encode(value: &impl Serialize) -> Result<String, AppError> {
    write(value).map_err(|_| AppError::internal())
}

/// Reads what a server function was called with, or what it answered.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, AppError> {
    read(text).map_err(|_| AppError::internal())
}

/// Takes one member out of an object.
pub fn take<T: DeserializeOwned>(object: &mut Value, name: &str) -> Option<T> {
    make(object.get_mut(name).map(Value::take).unwrap_or_default()).ok()
}

impl ContentType for Wire {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Wire {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Wire {
    type Error = Unreadable;

    fn encode(value: &T) -> Result<Bytes, Unreadable> {
        write(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Unreadable> {
        read(std::str::from_utf8(&bytes).map_err(|_| Unreadable)?)
    }
}

impl<T: Serialize> Encoder<T> for Wire {
    type Error = Unreadable;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Unreadable> {
        write(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Wire {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Unreadable> {
        read(text)
    }
}

/// How an answer that is still JSON is handed from the server's page to the browser.
#[derive(Debug, Clone, Copy)]
pub struct AsIs;

impl Encoder<Result<Arc<str>, AppError>> for AsIs {
    type Error = Unreadable;
    type Encoded = String;

    fn encode(answer: &Result<Arc<str>, AppError>) -> Result<String, Unreadable> {
        match answer {
            Ok(answer) => Ok(format!("{ANSWER}{answer}")),
            Err(error) => write(error),
        }
    }
}

impl Decoder<Result<Arc<str>, AppError>> for AsIs {
    type Error = Unreadable;
    type Encoded = str;

    fn decode(text: &str) -> Result<Result<Arc<str>, AppError>, Unreadable> {
        match text.strip_prefix(ANSWER) {
            Some(answer) => Ok(Ok(answer.into())),
            None => read(text).map(Err),
        }
    }
}

/// Before an answer that is one; no JSON starts so.
const ANSWER: char = '=';

/// Tells what was said (even `null`) from what was left out.
pub fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `null` is the same as left out.
pub fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A key on its way in. It is never shown, not even in a log of ours.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct WriteOnly(pub String);

impl fmt::Debug for WriteOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteOnly")
    }
}
