//! The built-in AI provider: it needs no network and no key. It finds the flow that fits the problem and walks it, speaking the
//! same markers as any model, through the same parser.

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use serde_json::Value;

use super::{knowledge, notes};
use crate::{
    ai::{
        server::{AiError, Answer, ChatStream, Provider},
        types::{
            Action, ChatEvent, ChatRequest, CheckOutcome, FactInput, FactOutput, ItemKind, TicketInput, TicketOutput,
            TitleInput, TitleOutput, Usage,
        },
    },
    flows::{
        library::{ItemAnswer, plain_result},
        respond,
        yes_no::is_unsure,
    },
};

/// Deltas are about this long, so that a reply arrives in a few pieces.
const PIECE: usize = 240;

/// The provider; its knowledge is the process's.
#[derive(Debug, Default)]
pub struct Builtin;

#[async_trait]
impl Provider for Builtin {
    fn name(&self) -> &'static str {
        "builtin"
    }

    fn is_model(&self) -> bool {
        false
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        let reply = tokio::task::spawn_blocking(move || {
            let knowledge = knowledge();
            respond(&knowledge.library, &knowledge.index, &request)
        })
        .await
        .map_err(|error| AiError::Unavailable(error.to_string()))?;
        let done = ChatEvent::Done { usage: Usage::default(), state: Some(reply.state), by: None };
        let pieces: Vec<_> = pieces(&reply.text).into_iter().map(ChatEvent::Text).chain([done]).map(Ok).collect();
        Ok(stream::iter(pieces).boxed())
    }

    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError> {
        let unusable = |error: serde_json::Error| AiError::Unusable(error.to_string());
        let answer = match action {
            Action::FactSynthesis => {
                let input: FactInput = serde_json::from_value(input).map_err(unusable)?;
                serde_json::to_value(FactOutput { fact: conclude(&input) }).map_err(unusable)
            }
            Action::ResolutionNote => {
                let input = serde_json::from_value(input).map_err(unusable)?;
                serde_json::to_value(notes::resolution(&knowledge().library, &input)).map_err(unusable)
            }
            Action::EscalationPackage => {
                let input = serde_json::from_value(input).map_err(unusable)?;
                serde_json::to_value(notes::escalation(&input)).map_err(unusable)
            }
            Action::Title => {
                let input: TitleInput = serde_json::from_value(input).map_err(unusable)?;
                serde_json::to_value(TitleOutput { title: first_words(&input.text) }).map_err(unusable)
            }
            Action::TicketParsing => {
                let input: TicketInput = serde_json::from_value(input).map_err(unusable)?;
                serde_json::to_value(ticket(&input.text)).map_err(unusable)
            }
            Action::Chat => Ok(Value::Null),
        };
        answer.map(Answer::from)
    }
}

/// Cuts at white space where possible.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.chars().nth(PIECE).is_some() {
        let end = rest.char_indices().nth(PIECE).map_or(rest.len(), |(at, _)| at);
        let head = rest.get(..end).unwrap_or(rest);
        let cut = head.rfind(char::is_whitespace).map_or(end, |at| at + 1).clamp(1, rest.len());
        let cut = if rest.is_char_boundary(cut) { cut } else { end };
        let (piece, tail) = rest.split_at(cut);
        pieces.push(piece.to_owned());
        rest = tail;
    }
    pieces.push(rest.to_owned());
    pieces
}

/// The first line that says something, cut at a word.
fn first_words(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.lines().map(str::trim).find(|line| line.chars().any(char::is_alphanumeric)).unwrap_or_default();
    let Some((end, _)) = line.char_indices().nth(MOST) else { return line.to_owned() };
    let head = &line[..end];
    format!("{}…", head.rfind(' ').map_or(head, |space| &head[..space]).trim_end())
}

/// The subject of a mail, where the text begins with the head of one.
fn subject(text: &str) -> Option<&str> {
    const HEAD: [&str; 14] = [
        "from",
        "to",
        "cc",
        "bcc",
        "date",
        "sent",
        "subject",
        "reply-to",
        "importance",
        "von",
        "an",
        "gesendet",
        "datum",
        "betreff",
    ];
    let head = text.lines().map(str::trim).skip_while(|line| line.is_empty()).map_while(|line| {
        let (name, value) = line.split_once(':')?;
        HEAD.iter().any(|known| known.eq_ignore_ascii_case(name.trim())).then_some((name.trim(), value.trim()))
    });
    let is_subject = |name: &str| name.eq_ignore_ascii_case("subject") || name.eq_ignore_ascii_case("betreff");
    head.filter(|(name, value)| is_subject(name) && !value.is_empty()).map(|(_, value)| value).next()
}

/// The text as a ticket. Without a model nothing is read out of it that it does not say in so many words.
fn ticket(text: &str) -> TicketOutput {
    TicketOutput {
        summary: first_words(subject(text).unwrap_or(text)),
        description: text.trim().to_owned(),
        company: None,
        contact: None,
        priority: None,
    }
}

/// What follows from one answer or result without a model: a flow's own words, else the person's. Nothing where they were not sure.
pub fn conclude(input: &FactInput) -> Option<String> {
    let library = &knowledge().library;
    match input.kind {
        ItemKind::Question => {
            let answer = input.answer.as_deref()?.trim();
            if answer.is_empty() || is_unsure(answer) {
                return None;
            }
            let own = library.own_fact(&input.item, &ItemAnswer::Answer(answer)).map(ToOwned::to_owned);
            Some(own.unwrap_or_else(|| format!("Asked “{}”, the answer was: {answer}", input.item)))
        }
        ItemKind::Check => match input.result? {
            CheckOutcome::Skipped => None,
            result => {
                let own = library.own_fact(&input.item, &ItemAnswer::Result(result)).map(ToOwned::to_owned);
                Some(own.unwrap_or_else(|| plain_result(&input.item, result)))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_called_by_its_subject() {
        for (text, summary) in [
            ("From: Dana <d@x.example>\nTo: help@msp.example\nSubject: Printer jam\n\nTray 2 again.", "Printer jam"),
            ("\nVon: Dana\nBetreff: Drucker klemmt\nGuten Morgen", "Drucker klemmt"),
            ("Subject:\n\nNo words.", "Subject:"),
            ("Printer jam\nSubject: to change", "Printer jam"),
            ("Error: no paper", "Error: no paper"),
        ] {
            assert_eq!(ticket(text).summary, summary, "{text}");
        }
    }

    #[test]
    fn pieces_add_up_to_the_text() {
        for text in ["", "short", &"wörd ".repeat(200), &"x".repeat(999)] {
            assert_eq!(pieces(text).concat(), *text);
        }
    }
}
