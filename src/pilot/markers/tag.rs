//! The tags `[NAME]` and `[/NAME]`, and what recognises them a byte at a time.
//!
//! A `[` stands only at the start of a tag, so a failed match never has to look back: the byte that does not
//! fit may at most start the next one. For the same reason a partly read tag needs no buffer.

use serde::{Deserialize, Serialize};

use super::is_blank;

/// The names of the language; in the text always in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MarkerName {
    Questions,
    Actions,
    Promote,
    Hypotheses,
    SuggestFix,
    FixOutcome,
}

impl MarkerName {
    /// All names.
    pub const ALL: [Self; 6] =
        [Self::Questions, Self::Actions, Self::Promote, Self::Hypotheses, Self::SuggestFix, Self::FixOutcome];

    /// The name as it stands in the tags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Questions => "QUESTIONS",
            Self::Actions => "ACTIONS",
            Self::Promote => "PROMOTE",
            Self::Hypotheses => "HYPOTHESES",
            Self::SuggestFix => "SUGGEST_FIX",
            Self::FixOutcome => "FIX_OUTCOME",
        }
    }
}

/// One of the twelve tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub name: MarkerName,
    pub closes: bool,
}

impl Tag {
    pub const fn open(name: MarkerName) -> Self {
        let closes = false;
        Self { name, closes }
    }

    pub const fn close(name: MarkerName) -> Self {
        let closes = true;
        Self { name, closes }
    }

    pub const fn text(self) -> &'static str {
        match (self.name, self.closes) {
            (MarkerName::Questions, false) => "[QUESTIONS]",
            (MarkerName::Questions, true) => "[/QUESTIONS]",
            (MarkerName::Actions, false) => "[ACTIONS]",
            (MarkerName::Actions, true) => "[/ACTIONS]",
            (MarkerName::Promote, false) => "[PROMOTE]",
            (MarkerName::Promote, true) => "[/PROMOTE]",
            (MarkerName::Hypotheses, false) => "[HYPOTHESES]",
            (MarkerName::Hypotheses, true) => "[/HYPOTHESES]",
            (MarkerName::SuggestFix, false) => "[SUGGEST_FIX]",
            (MarkerName::SuggestFix, true) => "[/SUGGEST_FIX]",
            (MarkerName::FixOutcome, false) => "[FIX_OUTCOME]",
            (MarkerName::FixOutcome, true) => "[/FIX_OUTCOME]",
        }
    }
}

/// The text since a `[`, as long as it is how a tag begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartialTag(&'static str);

/// What a byte makes of a [`PartialTag`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    No,
    Partial(PartialTag),
    Whole(Tag),
}

impl PartialTag {
    /// Just the `[`.
    pub const START: Self = Self("[");

    pub const fn text(self) -> &'static str {
        self.0
    }

    /// Reads one more byte; beside all open tags the close tags of `closable` are possible.
    pub fn step(self, byte: u8, closable: &[MarkerName]) -> Match {
        if !matches!(byte, b'A'..=b'Z' | b'_' | b'/' | b']') {
            return Match::No;
        }
        let fits = |tag: &Tag| tag.text().as_bytes().get(self.0.len()) == Some(&byte) && tag.text().starts_with(self.0);
        let closing = closable.iter().copied().map(Tag::close);
        let Some(tag) = MarkerName::ALL.map(Tag::open).into_iter().chain(closing).find(fits) else {
            return Match::No;
        };
        match tag.text().get(..=self.0.len()) {
            Some(text) if text.len() < tag.text().len() => Match::Partial(Self(text)),
            _ => Match::Whole(tag),
        }
    }
}

/// Decides whether what follows an open tag makes it a block: `[`, `{` or a code fence, after any white space.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opener {
    backticks: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Undecided,
    Opens,
    Prose,
}

impl Opener {
    pub const fn step(&mut self, byte: u8) -> Verdict {
        match byte {
            b'`' if self.backticks == 2 => Verdict::Opens,
            b'`' => {
                self.backticks += 1;
                Verdict::Undecided
            }
            _ if self.backticks > 0 => Verdict::Prose,
            b'[' | b'{' => Verdict::Opens,
            _ if is_blank(byte) => Verdict::Undecided,
            _ => Verdict::Prose,
        }
    }

    /// The backticks read so far: they belong to the block's payload.
    pub const fn backticks(self) -> &'static str {
        match self.backticks {
            0 => "",
            1 => "`",
            _ => "``",
        }
    }
}
