//! Whether what comes next in a text is a part of an address. Whoever opens an address tells its server all of it, so no value is
//! put back there: the placeholder stays.

/// More than any sign that an address begins.
const TAIL: usize = 8;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Inside {
    #[default]
    Prose,
    /// To the next white space: what else may end an address may as well stand in it.
    Address,
    /// `[text](<here, with spaces>)`.
    Target,
}

/// Reads a text as it grows.
#[derive(Debug, Default, Clone)]
pub struct Address {
    inside: Inside,
    /// The end of the present word, in small letters.
    tail: String,
}

impl Address {
    pub fn goes_on(&self) -> bool {
        self.inside != Inside::Prose
    }

    pub fn read(&mut self, text: &str) {
        for c in text.chars() {
            self.read_one(c);
        }
    }

    fn read_one(&mut self, c: char) {
        // Only what ends a link's target in Markdown: other spaces may stand in one.
        let space = c.is_ascii_whitespace();
        match self.inside {
            Inside::Address if space => self.inside = Inside::Prose,
            Inside::Target if c == '\n' => self.inside = Inside::Prose,
            // It may have been escaped.
            Inside::Target if c == '>' => self.inside = Inside::Address,
            Inside::Address | Inside::Target => {}
            Inside::Prose if space => self.tail.clear(),
            Inside::Prose => {
                self.tail.push(c.to_ascii_lowercase());
                self.inside = begins(&self.tail);
                if self.inside == Inside::Prose {
                    self.forget();
                } else {
                    self.tail.clear();
                }
            }
        }
    }

    /// What is too far back to be a part of the sign.
    fn forget(&mut self) {
        let keep = self.tail.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
        if keep > 0 {
            self.tail.drain(..keep);
        }
    }
}

/// What a word that ends so begins.
fn begins(tail: &str) -> Inside {
    let bare = tail.strip_suffix("www.").is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    if tail.ends_with("](<") {
        Inside::Target
    } else if tail.ends_with("://") || tail.ends_with("mailto:") || bare {
        Inside::Address
    } else {
        Inside::Prose
    }
}
