//! Reading `text/event-stream` as a client does.

use futures::StreamExt;
use reqwest::Method;
use serde_json::Value;

use super::{Person, soon};

/// One server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub struct SseEvent {
    pub id: i64,
    pub name: String,
    pub data: Value,
}

/// Every event until the server ends the stream.
pub async fn read_stream(response: reqwest::Response) -> Vec<SseEvent> {
    let mut reader = Reader::new(response);
    let mut events = Vec::new();
    while let Some(event) = reader.next().await {
        events.push(event);
    }
    events
}

impl SseEvent {
    /// The text of a delta; empty for other events.
    pub fn delta(&self) -> &str {
        if self.name == "delta" { self.data["text"].as_str().unwrap_or_default() } else { "" }
    }

    /// The turn is over with it.
    pub fn is_last(&self) -> bool {
        matches!(self.name.as_str(), "turn_done" | "turn_failed")
    }
}

/// The reply as its deltas tell it.
pub fn told(events: &[SseEvent]) -> String {
    events.iter().map(SseEvent::delta).collect()
}

/// Names of events, in order, without deltas.
pub fn names(events: &[SseEvent]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).filter(|name| *name != "delta").collect()
}

/// Ids rise: nothing came twice, nothing out of order.
#[track_caller]
pub fn in_order(events: &[SseEvent]) {
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
}

/// Reads a stream event by event.
pub struct Reader {
    bytes: futures::stream::BoxStream<'static, Result<Vec<u8>, reqwest::Error>>,
    buffer: Vec<u8>,
}

impl Reader {
    pub fn new(response: reqwest::Response) -> Self {
        Self {
            bytes: response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec())).boxed(),
            buffer: Vec::new(),
        }
    }

    /// Events up to and with the one that is wanted, or the end of the stream.
    pub async fn read_until(&mut self, until: impl Fn(&SseEvent) -> bool) -> Vec<SseEvent> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            let last = until(&event);
            events.push(event);
            if last {
                break;
            }
        }
        events
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                if let Some(event) = parse(&String::from_utf8(block).expect("UTF-8")) {
                    return Some(event);
                }
                continue;
            }
            match soon("the next event of a stream", self.bytes.next()).await {
                Some(chunk) => self.buffer.extend(chunk.expect("bytes")),
                None => return None,
            }
        }
    }
}

fn parse(block: &str) -> Option<SseEvent> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim_start);
    Some(SseEvent {
        id: field("id:")?.parse().expect("a number"),
        name: field("event:")?.to_owned(),
        data: serde_json::from_str(field("data:")?).expect("JSON"),
    })
}

/// Follows a session from after `after` until an event is the last one wanted.
pub async fn follow(person: &Person, session: &str, after: i64, until: impl Fn(&SseEvent) -> bool) -> Vec<SseEvent> {
    let request = person.request(Method::GET, &format!("{session}/events")).header("last-event-id", after.to_string());
    let mut reader = Reader::new(request.send().await.expect("an answer"));
    reader.read_until(until).await
}
