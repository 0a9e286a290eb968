//! Prose on its way out, and the rule for white space around a removed block.
//!
//! What stood before a block has already been shown, so the seam is made of what follows it: white space
//! after a block (or a run of blocks) is swallowed and only what is missing is put out. The seam becomes as wide
//! as its widest part was, that is a space, a new line or one empty line, and the indentation of the line
//! that goes on is kept. Before the first visible text nothing is put out. Prose on both sides therefore never grows
//! together, neither to a word nor to a tag, and the result does not depend on how the stream was cut.

use super::BLANK;

/// Collects prose and knows how it ends.
#[derive(Debug, Default)]
pub(super) struct Prose {
    text: String,
    /// Something visible has been put out.
    begun: bool,
    /// The white space the output ends with.
    end: Blank,
    seam: Option<Seam>,
}

/// A stretch of white space.
#[derive(Debug, Default)]
struct Blank {
    newlines: usize,
    /// What follows the last new line.
    indent: String,
}

/// White space seen since a block was removed.
#[derive(Debug, Default)]
struct Seam {
    /// New lines of the widest stretch between the blocks of a run.
    widest: usize,
    /// The current stretch.
    last: Blank,
}

impl Prose {
    /// A block was removed here.
    pub fn cut(&mut self) {
        let seam = self.seam.get_or_insert_default();
        seam.widest = seam.widest.max(seam.last.newlines);
        seam.last = Blank::default();
    }

    pub fn push(&mut self, text: &str) {
        let mut text = text;
        if let Some(seam) = &mut self.seam {
            let rest = text.trim_start_matches(BLANK);
            seam.last.extend(&text[..text.len() - rest.len()]);
            if rest.is_empty() {
                return;
            }
            self.join();
            text = rest;
        }
        self.put(text);
    }

    /// Hands out what has been collected.
    pub fn take(&mut self) -> Option<String> {
        (!self.text.is_empty()).then(|| std::mem::take(&mut self.text))
    }

    fn join(&mut self) {
        let Some(Seam { widest, last }) = self.seam.take().filter(|_| self.begun) else {
            return;
        };
        let newlines = last.newlines.max(widest).min(2);
        if newlines == 0 && self.end.newlines == 0 {
            if self.end.indent.is_empty() {
                self.put(" ");
            }
            return;
        }
        self.put(&"\n\n"[..newlines.saturating_sub(self.end.newlines)]);
        if last.newlines > 0 {
            let indent = last.indent.get(self.end.indent.len()..).unwrap_or_default();
            self.put(indent);
        }
    }

    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        let visible = text.trim_end_matches(BLANK);
        if !visible.is_empty() {
            self.begun = true;
            self.end = Blank::default();
        }
        self.end.extend(&text[visible.len()..]);
    }
}

impl Blank {
    fn extend(&mut self, blank: &str) {
        let line = match blank.rfind('\n') {
            Some(at) => {
                self.newlines += blank.bytes().filter(|&byte| byte == b'\n').count();
                self.indent.clear();
                &blank[at + 1..]
            }
            None => blank,
        };
        self.indent.push_str(line);
    }
}
