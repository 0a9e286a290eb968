//! Models behind the gateway: one table over all vendors, against simulators that speak each wire format and its faults.

mod answers;
mod caching;
mod dialects;
mod documentation;
mod environment;
mod faults;
mod gateway;
mod keys;
mod live;
mod pauses;
mod prompts;
mod secrets;
mod simulator;
mod standing_in;
mod tls;
mod turns;
mod vision;
mod words;

use std::{sync::Arc, time::Duration};

use flowpilot::ai::{
    server::{
        AiError, Provider,
        attempts::{Attempts, Pace},
        choice::Choice,
        model::Patience,
        remote::Remote,
    },
    types::{By, ChatEvent, ChatMessage, ChatRequest, Speaker, Usage, Vendor},
};
use futures::StreamExt;
use secrecy::SecretString;

use self::simulator::Simulator;

const VENDORS: [Vendor; 3] = [Vendor::Anthropic, Vendor::Openai, Vendor::Gemini];
const SECONDS: Duration = Duration::from_secs(20);
const A_MOMENT: Duration = Duration::from_millis(200);
const PATIENT: Patience = Patience { first_byte: SECONDS, more_bytes: SECONDS, word: SECONDS };
const IMPATIENT: Patience = Patience { first_byte: A_MOMENT, more_bytes: A_MOMENT, word: SECONDS };
/// Tries as often as usual, without waiting.
const AT_ONCE: Pace = Pace {
    tries: 3,
    first_wait: Duration::ZERO,
    longest_wait: Duration::ZERO,
    longest_retry_after: Duration::from_secs(30),
};

/// The vendor's models, as the simulator plays them.
fn choice(vendor: Vendor, simulator: &Simulator) -> Choice {
    Choice {
        vendor,
        endpoint: Some(dialects::endpoint(vendor, &simulator.url("http", "127.0.0.1"))),
        trusted: true,
        key: Some(SecretString::from("a-key")),
        fast: "small-model".to_owned(),
        standard: "large-model".to_owned(),
        window: None,
    }
}

/// One call, once.
fn once(vendor: Vendor, simulator: &Simulator, patience: Patience) -> Arc<dyn Provider> {
    Arc::new(Remote::with_patience(&choice(vendor, simulator), Some(patience)).unwrap())
}

fn insistent(first: Arc<dyn Provider>, fallback: Option<Arc<dyn Provider>>) -> Attempts {
    Attempts::new(first, fallback).at(AT_ONCE)
}

fn request(text: &str) -> ChatRequest {
    let message = ChatMessage { speaker: Speaker::User, text: text.to_owned(), images: 0 };
    ChatRequest { messages: vec![message], ..ChatRequest::default() }
}

/// A chat turn to its end.
#[derive(Debug, Default, PartialEq)]
struct Told {
    /// What counts: since the last reset.
    text: String,
    resets: usize,
    end: Option<Result<(Usage, Option<By>), AiError>>,
}

async fn tell(provider: &dyn Provider, request: ChatRequest) -> Told {
    let mut told = Told::default();
    let mut stream = match provider.chat(request).await {
        Ok(stream) => stream,
        Err(error) => return Told { end: Some(Err(error)), ..told },
    };
    while let Some(event) = stream.next().await {
        assert_eq!(told.end, None, "nothing follows the end");
        match event {
            Ok(ChatEvent::Text(text)) => told.text += &text,
            Ok(ChatEvent::Reset { .. }) => (told.resets, told.text) = (told.resets + 1, String::new()),
            Ok(ChatEvent::Source(_) | ChatEvent::Used(_)) => {}
            Ok(ChatEvent::Done { usage, by, .. }) => told.end = Some(Ok((usage, by))),
            Err(error) => told.end = Some(Err(error)),
        }
    }
    told
}

fn error(told: Told) -> AiError {
    told.end.expect("an end").expect_err("an error")
}
