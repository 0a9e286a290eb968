//! The incremental parser: prose is passed on, tags are recognised, blocks are read and judged.
//!
//! State depends on the bytes read so far and on nothing else, which makes the result independent of how the
//! stream is cut. Every byte is looked at a bounded number of times: once as it comes and, where it turns out to be
//! prose after a block that was never closed, once more.

use super::block::{Block, Nested, Stop};
use super::seam::Prose;
use super::tag::{MarkerName, Match, Opener, PartialTag, Tag, Verdict};
use super::{DropReason, Piece};

/// Parses a model's reply while it streams.
///
/// Prose is released at once, except for what may still become a block: a trailing beginning of an open tag, a
/// whole open tag while only white space or part of a code fence has followed, and white space after a block.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    prose: Prose,
    pieces: Vec<Piece>,
    /// Blocks dropped before their close tag came: should it still come, it is not shown.
    orphans: Vec<MarkerName>,
    #[cfg(test)]
    pub(super) steps: usize,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Prose,
    /// This beginning of a tag is held back.
    Tag(PartialTag),
    /// This open tag is held back, and what followed it.
    Opened {
        name: MarkerName,
        opener: Opener,
        held: String,
    },
    Block(Box<Block>),
}

impl Parser {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next chunk and returns what is certain by now.
    pub fn push(&mut self, chunk: &str) -> Vec<Piece> {
        self.feed(chunk);
        self.flush();
        std::mem::take(&mut self.pieces)
    }

    /// The stream has ended. An open tag that nothing followed is prose; an unclosed block is dropped.
    pub fn finish(mut self) -> Vec<Piece> {
        self.release();
        if let State::Block(block) = std::mem::take(&mut self.state) {
            self.remove(block.finish(), block.tail(None));
            self.release();
        }
        self.flush();
        self.pieces
    }

    fn feed(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let used = match std::mem::take(&mut self.state) {
                State::Prose => self.read_prose(rest),
                State::Tag(partial) => self.read_tag(partial, rest),
                State::Opened { name, opener, held } => self.read_opened(name, opener, held, rest),
                State::Block(block) => self.read_block(block, rest),
            };
            rest = &rest[used..];
            #[cfg(test)]
            {
                self.steps += used;
            }
        }
    }

    fn read_prose(&mut self, text: &str) -> usize {
        let mut from = 0;
        while let Some(bracket) = text[from..].find('[').map(|at| from + at) {
            let mut partial = PartialTag::START;
            from = bracket + 1;
            loop {
                let Some(&byte) = text.as_bytes().get(from) else {
                    self.prose.push(&text[..bracket]);
                    self.state = State::Tag(partial);
                    return text.len();
                };
                match partial.step(byte, &self.orphans) {
                    Match::No => break,
                    Match::Partial(longer) => partial = longer,
                    Match::Whole(tag) => {
                        self.prose.push(&text[..bracket]);
                        self.found(tag);
                        return from + 1;
                    }
                }
                from += 1;
            }
        }
        self.prose.push(text);
        text.len()
    }

    fn read_tag(&mut self, partial: PartialTag, text: &str) -> usize {
        let mut partial = partial;
        for (index, byte) in text.bytes().enumerate() {
            match partial.step(byte, &self.orphans) {
                Match::No => {
                    self.prose.push(partial.text());
                    return index;
                }
                Match::Partial(longer) => partial = longer,
                Match::Whole(tag) => {
                    self.found(tag);
                    return index + 1;
                }
            }
        }
        self.state = State::Tag(partial);
        text.len()
    }

    fn found(&mut self, tag: Tag) {
        if tag.closes {
            self.orphans.retain(|&name| name != tag.name);
            self.prose.cut();
        } else {
            let (name, opener, held) = (tag.name, Opener::default(), String::new());
            self.state = State::Opened { name, opener, held };
        }
    }

    fn read_opened(&mut self, name: MarkerName, mut opener: Opener, mut held: String, text: &str) -> usize {
        for (index, byte) in text.bytes().enumerate() {
            let verdict = opener.step(byte);
            if verdict == Verdict::Undecided {
                continue;
            }
            held.push_str(&text[..index]);
            if verdict == Verdict::Opens {
                let backticks = opener.backticks();
                let block = Block::new(name, held.len() - backticks.len(), backticks);
                self.state = State::Block(Box::new(block));
            } else {
                self.state = State::Opened { name, opener, held };
                self.release();
            }
            return index;
        }
        held.push_str(text);
        self.state = State::Opened { name, opener, held };
        text.len()
    }

    fn read_block(&mut self, mut block: Box<Block>, text: &str) -> usize {
        let (used, stop) = block.read(text);
        match stop {
            None => self.state = State::Block(block),
            Some(Stop::Closed(end)) => self.remove(block.close(end), None),
            Some(Stop::Nested(nested)) => self.open_nested(&block, nested),
            Some(Stop::Full) => self.overflow(block),
        }
        used
    }

    /// Another block opens inside one that was not closed.
    fn open_nested(&mut self, outer: &Block, nested: Nested) {
        self.orphan(outer.name);
        self.remove(outer.unclosed(), outer.tail(Some(nested)));
        self.release();
        let inner = Block::new(nested.name, nested.lead, nested.opener.backticks());
        self.state = State::Block(Box::new(inner));
    }

    /// A block is too long. What follows complete JSON is prose; anything else is skipped up to the close tag.
    fn overflow(&mut self, mut block: Box<Block>) {
        let dropped = block.dropped(DropReason::TooLong);
        if let Some(tail) = block.tail(None) {
            self.orphan(block.name);
            self.remove(Some(dropped), Some(tail));
        } else {
            self.emit(dropped);
            block.give_up();
            self.state = State::Block(block);
        }
    }

    fn orphan(&mut self, name: MarkerName) {
        if !self.orphans.contains(&name) {
            self.orphans.push(name);
        }
    }

    /// Leaves a block: says what became of it and goes on with the prose found in it. That prose opens no
    /// block: a tag that does would have ended the one it stands in.
    fn remove(&mut self, piece: Option<Piece>, tail: Option<&str>) {
        if let Some(piece) = piece {
            self.emit(piece);
        }
        self.prose.cut();
        self.feed(tail.unwrap_or_default());
    }

    /// Lets go of a tag that is held back: it is prose.
    fn release(&mut self) {
        match std::mem::take(&mut self.state) {
            State::Prose => {}
            State::Tag(partial) => self.prose.push(partial.text()),
            State::Opened { name, held, .. } => {
                self.prose.push(Tag::open(name).text());
                self.prose.push(&held);
            }
            State::Block(block) => self.state = State::Block(block),
        }
    }

    fn emit(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn flush(&mut self) {
        self.pieces.extend(self.prose.take().map(Piece::Text));
    }
}
