//! Markers: how the model speaks to the task lane, as text blocks `[NAME]` JSON `[/NAME]` in its prose.
//!
//! This module alone interprets model output. It turns a stream of text, cut anywhere, into prose, valid
//! markers and a list of blocks it dropped; it never fails, never panics and takes time linear in the text. It
//! knows no session: ids, lengths of single fields, duplicates and what a marker may change are checked by the
//! service (all that is limited here is a block, at [`MAX_BLOCK`]). [`neutralise`] is the other half: it makes text
//! that is not the model's own unable to be taken for a marker.

mod block;
mod hidden;
mod json;
mod neutral;
mod parser;
mod payload;
mod seam;
mod shape;
mod tag;
mod turn;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use block::MAX_BLOCK;
pub use hidden::is_hidden;
pub use neutral::neutralise;
pub use parser::Parser;
pub use payload::{ActionDraft, FixDraft, HypothesisDraft, OutcomeDraft, PromoteDraft, QuestionDraft};
pub use tag::MarkerName;
pub use turn::TurnMarkers;

/// A valid block. Of a list, the items that are valid; there is at least one, unless the model wrote `[]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    /// The open questions from now on.
    Questions(Vec<QuestionDraft>),
    /// The open checks from now on.
    Actions(Vec<ActionDraft>),
    /// Facts to add.
    Promote(Vec<PromoteDraft>),
    /// The competing causes from now on.
    Hypotheses(Vec<HypothesisDraft>),
    /// The fix to try.
    SuggestFix(Box<FixDraft>),
    /// Whether the fix worked, as the model understood it.
    FixOutcome(OutcomeDraft),
}

impl Marker {
    /// The name in the marker's tags.
    pub const fn name(&self) -> MarkerName {
        match self {
            Self::Questions(_) => MarkerName::Questions,
            Self::Actions(_) => MarkerName::Actions,
            Self::Promote(_) => MarkerName::Promote,
            Self::Hypotheses(_) => MarkerName::Hypotheses,
            Self::SuggestFix(_) => MarkerName::SuggestFix,
            Self::FixOutcome(_) => MarkerName::FixOutcome,
        }
    }
}

impl Marker {
    /// The same marker with each of its texts changed. The text is changed after the marker was read, so nothing in it can become
    /// a marker or end one. What is not a valid marker any more stays as it was.
    pub fn with_texts(self, change: impl Fn(&str) -> String) -> Self {
        fn walk(value: &mut serde_json::Value, change: &impl Fn(&str) -> String) {
            match value {
                serde_json::Value::String(text) => *text = change(text),
                serde_json::Value::Array(values) => values.iter_mut().for_each(|value| walk(value, change)),
                serde_json::Value::Object(fields) => fields.values_mut().for_each(|value| walk(value, change)),
                serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
            }
        }
        let Ok(mut value) = serde_json::to_value(&self) else { return self };
        walk(&mut value, &change);
        serde_json::from_value(value).unwrap_or(self)
    }
}

/// Why a block was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// Its close tag never came.
    Unclosed,
    /// It is longer than [`MAX_BLOCK`].
    TooLong,
    /// It is not JSON, or not the JSON its name asks for.
    Invalid,
}

impl DropReason {
    /// The reason as a sentence for the engineer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Unclosed => "The AI began this part of its reply and did not finish it.",
            Self::TooLong => "This part of the AI's reply was longer than 64 kB.",
            Self::Invalid => "This part of the AI's reply was not in the expected form.",
        }
    }
}

/// A block that had no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dropped {
    pub name: MarkerName,
    pub reason: DropReason,
}

/// What comes out of the stream, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Prose to show, never empty.
    Text(String),
    /// A valid block.
    Marker(Marker),
    /// A block that had no effect.
    Dropped(Dropped),
}

/// What a whole text holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The text without its blocks.
    pub prose: String,
    pub markers: Vec<Marker>,
    pub dropped: Vec<Dropped>,
}

impl Extend<Piece> for Parsed {
    fn extend<I: IntoIterator<Item = Piece>>(&mut self, pieces: I) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.prose.push_str(&text),
                Piece::Marker(marker) => self.markers.push(marker),
                Piece::Dropped(dropped) => self.dropped.push(dropped),
            }
        }
    }
}

/// Parses a whole text: the same as one [`Parser::push`] and [`Parser::finish`].
pub fn parse(text: &str) -> Parsed {
    let mut parser = Parser::new();
    let mut parsed = Parsed::default();
    parsed.extend(parser.push(text));
    parsed.extend(parser.finish());
    parsed
}

/// White space as JSON has it; what else Unicode calls white space is text.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// [`is_blank`], as a pattern for trimming.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];
