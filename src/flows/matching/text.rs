//! From a text to its words: folded, split into sentences and clauses, with the patterns in it (codes, addresses, drive letters)
//! as words of their own that begin with `@`.
//!
//! It knows how people write, not what the words mean. It reads at most [`LOOK_AT`] bytes, so a long text costs no more.

use super::codes;

/// What is read of a text. A ticket's subject comes first, and the rest of a long one repeats it.
pub const LOOK_AT: usize = 8 * 1024;
/// Longer runs of letters are no words.
const LONGEST_WORD: usize = 40;
/// A line at least this long was probably wrapped in the middle of a sentence.
const WRAPPED_AT: usize = 60;
/// Words that begin a clause.
const TURNS: &[&str] = &["but", "although", "though", "however", "whereas", "except", "yet"];

/// The words of a part of a sentence that says one thing.
pub type Clause = Vec<String>;
/// Its clauses.
pub type Sentence = Vec<Clause>;

/// The sentences of a text that have any word.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut reader = Reader::default();
    for line in text.get(..text.floor_char_boundary(LOOK_AT)).unwrap_or_default().lines() {
        for raw in line.split_whitespace() {
            reader.raw(raw);
        }
        if line.len() < WRAPPED_AT {
            reader.end_sentence();
        }
    }
    reader.end_sentence();
    reader.sentences
}

/// All words of a short text, such as a term of the word list.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    sentences(text).into_iter().flatten().flatten()
}

#[derive(Default)]
struct Reader {
    sentences: Vec<Sentence>,
    sentence: Sentence,
    clause: Clause,
}

impl Reader {
    fn end_sentence(&mut self) {
        self.end_clause();
        if !self.sentence.is_empty() {
            self.sentences.push(std::mem::take(&mut self.sentence));
        }
    }

    fn end_clause(&mut self) {
        if !self.clause.is_empty() {
            self.sentence.push(std::mem::take(&mut self.clause));
        }
    }

    /// One run of text between blanks.
    fn raw(&mut self, raw: &str) {
        if matches!(raw, "-" | "–" | "—" | "->" | "/") {
            self.end_clause();
            return;
        }
        codes::patterns(raw, &mut self.clause);
        let folded = fold(raw);
        let mut parts = folded.split(|letter: char| !(letter.is_alphanumeric() || letter == '\''));
        if folded.contains('@') {
            // Of an address only the name before the `@` says anything.
            parts.next().into_iter().for_each(|name| self.word(name));
        } else {
            parts.for_each(|part| self.word(part));
        }
        if raw.ends_with(['.', '?', '!', ';']) {
            self.end_sentence();
        } else if raw.ends_with([':', ',', ')']) {
            self.end_clause();
        }
    }

    fn word(&mut self, part: &str) {
        let part = part.trim_matches('\'');
        if part.is_empty() || part.len() > LONGEST_WORD {
            return;
        }
        let part = part.strip_suffix("'s").unwrap_or(part);
        let verb = match part {
            "can't" | "cant" | "cannot" => Some("can"),
            "won't" | "wont" => Some("will"),
            "dont" | "doesnt" | "didnt" | "isnt" | "arent" | "wasnt" | "hasnt" | "havent" | "couldnt" | "wouldnt" => {
                part.strip_suffix("nt")
            }
            _ => part.strip_suffix("n't"),
        };
        match verb {
            Some(verb) => self.clause.extend([verb.to_owned(), "not".to_owned()]),
            None => self.plain(part),
        }
    }

    /// A word, and the name it begins with where it is a name with a number, such as `dc02`.
    fn plain(&mut self, part: &str) {
        if TURNS.contains(&part) {
            self.end_clause();
        }
        let word: String = part.chars().filter(|letter| *letter != '\'').collect();
        let name = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let name = (name.len() >= 2 && name.len() < word.len() && name.chars().all(char::is_alphabetic))
            .then(|| name.to_owned());
        self.clause.push(word);
        self.clause.extend(name);
    }
}

/// Lower case without accents.
fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for letter in raw.chars().flat_map(char::to_lowercase) {
        match letter {
            'à'..='å' => folded.push('a'),
            'ç' => folded.push('c'),
            'è'..='ë' => folded.push('e'),
            'ì'..='ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò'..='ö' | 'ø' => folded.push('o'),
            'ù'..='ü' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            '’' | '‘' | '´' | '`' => folded.push('\''),
            _ => folded.push(letter),
        }
    }
    folded
}
