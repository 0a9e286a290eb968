//! The inside of a block: where it ends, found in one pass whatever the model wrote.
//!
//! Tags inside JSON strings are text. Valid JSON has no raw line break in a string, so a tag that stands first on
//! its line counts even where a string seems open, and so does the close tag as the last thing on its line: that
//! ends blocks whose quoting is broken. An open tag followed by what makes it a block ends a block whose own close
//! tag was forgotten. Text after a complete value is prose after all if the close tag never comes.

use super::shape::Shape;
use super::tag::{MarkerName, Match, Opener, PartialTag, Verdict};
use super::{BLANK, DropReason, Dropped, Piece, is_blank, json, payload};

/// The longest payload of a block in bytes, with the white space around it, without the tags.
pub const MAX_BLOCK: usize = 64 * 1024;

/// The longest close tag: a payload of exactly [`MAX_BLOCK`] may still be closed.
const LONGEST_TAG: usize = "[/SUGGEST_FIX]".len();

/// A block being read. Places in it are counted in bytes from the start of `payload`.
#[derive(Debug)]
pub(super) struct Block {
    pub name: MarkerName,
    /// White space between the open tag and the payload, in bytes.
    lead: usize,
    payload: String,
    /// How far it has been read, also when it is no longer kept.
    at: usize,
    /// It was too long and has been reported; only its end is looked for.
    given_up: bool,
    shape: Shape,
    /// Only blanks since the last line break.
    first_on_line: bool,
    /// A tag being read.
    tag: Option<Seen>,
    /// Where a close tag stands that was read inside a string, while only blanks have followed.
    last_on_line: Option<usize>,
    /// An open tag that was read and awaits its opener.
    nested: Option<Nested>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    partial: PartialTag,
    start: usize,
    counts: bool,
}

/// An open tag inside a block that may begin a block itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nested {
    pub name: MarkerName,
    pub start: usize,
    /// White space after it, in bytes.
    pub lead: usize,
    pub opener: Opener,
}

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The close tag was read that stands here.
    Closed(usize),
    /// The next byte opens another block.
    Nested(Nested),
    /// It is longer than [`MAX_BLOCK`].
    Full,
}

impl Block {
    /// A block after whose open tag `lead` bytes of white space and then `backticks` were read.
    pub fn new(name: MarkerName, lead: usize, backticks: &str) -> Self {
        Self {
            name,
            lead,
            payload: backticks.to_owned(),
            at: backticks.len(),
            given_up: false,
            shape: Shape::Before,
            first_on_line: false,
            tag: None,
            last_on_line: None,
            nested: None,
        }
    }

    /// Reads on; says how many bytes it took and, if it stopped before the end of the text, why.
    pub fn read(&mut self, text: &str) -> (usize, Option<Stop>) {
        for (index, byte) in text.bytes().enumerate() {
            let stop = if self.is_full() && text.is_char_boundary(index) {
                Some((index, Stop::Full))
            } else if let Some(stop) = self.stops_before(byte) {
                Some((index, stop))
            } else {
                self.step(byte).map(|start| (index + 1, Stop::Closed(start)))
            };
            if let Some((used, stop)) = stop {
                self.keep(&text[..used]);
                return (used, Some(stop));
            }
        }
        self.keep(text);
        (text.len(), None)
    }

    /// What the block says, closed by the tag at `end`; nothing if it was given up.
    pub fn close(&self, end: usize) -> Option<Piece> {
        if self.given_up {
            return None;
        }
        if self.lead + end > MAX_BLOCK {
            return Some(self.dropped(DropReason::TooLong));
        }
        let marker = self.payload.get(..end).and_then(|json| payload::read(self.name, json));
        Some(marker.map_or_else(|| self.dropped(DropReason::Invalid), Piece::Marker))
    }

    /// What to say where the whole text ends inside the block: a close tag may have been the last thing in it.
    pub fn finish(&self) -> Option<Piece> {
        self.last_on_line.map_or_else(|| self.unclosed(), |end| self.close(end))
    }

    /// What to say of a block that is not closed, unless it was given up.
    pub fn unclosed(&self) -> Option<Piece> {
        (!self.given_up).then(|| self.dropped(DropReason::Unclosed))
    }

    pub const fn dropped(&self, reason: DropReason) -> Piece {
        let name = self.name;
        Piece::Dropped(Dropped { name, reason })
    }

    /// From now on only the end is looked for.
    pub fn give_up(&mut self) {
        self.given_up = true;
        self.payload = String::new();
    }

    /// The prose that follows the JSON of a block that is not closed, with the white space before it, up to
    /// the tag that ended the block. Only if the JSON is whole: nothing of a block is ever shown.
    pub fn tail(&self, nested: Option<Nested>) -> Option<&str> {
        let Shape::Tail(start) = self.shape else {
            return None;
        };
        let head = self.payload.get(..start)?;
        json::read(head)?;
        let end = nested.map_or(self.at, |nested| nested.start);
        self.payload.get(head.trim_end_matches(BLANK).len()..end)
    }

    fn keep(&mut self, text: &str) {
        if !self.given_up {
            self.payload.push_str(text);
        }
    }

    const fn is_full(&self) -> bool {
        !self.given_up && self.lead + self.at > MAX_BLOCK + LONGEST_TAG
    }

    /// Whether the block has ended before this byte: because a close tag in a string proves to be the last
    /// thing on its line, or because another block opens.
    fn stops_before(&mut self, byte: u8) -> Option<Stop> {
        if let Some(start) = self.last_on_line {
            if byte == b'\n' {
                return Some(Stop::Closed(start));
            }
            if !is_blank(byte) {
                self.last_on_line = None;
            }
        }
        let nested = self.nested.as_mut()?;
        match nested.opener.step(byte) {
            Verdict::Opens => return self.nested.map(Stop::Nested),
            Verdict::Prose => self.nested = None,
            Verdict::Undecided => nested.lead += usize::from(is_blank(byte)),
        }
        None
    }

    /// Takes one byte; if it completes a close tag that counts, says where that stands.
    fn step(&mut self, byte: u8) -> Option<usize> {
        let mut closed = None;
        if byte == b'[' {
            let counts = self.first_on_line || !self.shape.is_string();
            self.tag = Some(Seen { partial: PartialTag::START, start: self.at, counts });
        } else if let Some(seen) = self.tag.take() {
            match seen.partial.step(byte, &[self.name]) {
                Match::No => {}
                Match::Partial(partial) => self.tag = Some(Seen { partial, ..seen }),
                Match::Whole(tag) if !tag.closes => {
                    let (name, start, opener) = (tag.name, seen.start, Opener::default());
                    self.nested = seen.counts.then_some(Nested { name, start, lead: 0, opener });
                }
                Match::Whole(_) if seen.counts => closed = Some(seen.start),
                Match::Whole(_) => self.last_on_line = Some(seen.start),
            }
        }
        self.first_on_line = byte == b'\n' || (self.first_on_line && is_blank(byte));
        self.shape = self.shape.step(byte, self.at);
        self.at += 1;
        closed
    }
}
