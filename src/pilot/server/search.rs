//! What a search asks for: its words as the database looks them up, and where they stand in a text. No I/O.
//!
//! What a word is, is said twice: here, for queries and for marking, and in `search_words` of migration 0009, for all texts. A
//! test compares them.

use std::{borrow::Cow, collections::BTreeSet, sync::LazyLock};

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use crate::{error::AppError, pilot::history::Piece};

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::new(Algorithm::English));

/// In characters.
const LONGEST_QUERY: usize = 500;
/// More than anybody types; each costs a look-up.
const MOST_WORDS: usize = 12;
/// What is longer is cut, as in the database.
const LONGEST_WORD: usize = 64;
/// Shorter words have no ending to be cut off.
const STEMMED_FROM: usize = 4;
/// How much of a text is shown around what was found, in characters.
const PASSAGE: usize = 160;
/// So many places of a text are weighed against each other.
const MOST_HITS: usize = 200;
/// How much of it stands before.
const LEAD: usize = 40;

/// The words that are searched for; all of them have to be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// It may go on: it is still being typed.
    open: bool,
    /// What it begins with in any inflection: *crash* of *crashes*.
    stem: Option<String>,
}

impl Word {
    fn fits(&self, token: &str) -> bool {
        token == self.text
            || (self.open && token.starts_with(&self.text))
            || self.stem.as_ref().is_some_and(|stem| token.starts_with(stem))
    }

    /// As a `tsquery`. A word has no letter that means anything there.
    fn lookup(&self) -> String {
        let Self { text, open, stem } = self;
        let itself = if *open { format!("'{text}':*") } else { format!("'{text}'") };
        match stem {
            Some(stem) if text.starts_with(stem) => format!("'{stem}':*"),
            Some(stem) => format!("({itself} | '{stem}':*)"),
            None => itself,
        }
    }
}

impl Wanted {
    /// Reads what was typed; `None` for nothing. What has no word in it finds nothing.
    pub fn read(typed: &str) -> Result<Option<Self>, AppError> {
        if typed.trim().is_empty() {
            return Ok(None);
        }
        if typed.contains('\0') {
            return Err(AppError::malformed(
                "There is a character in the search that no text can have, as in binary data.",
            ));
        }
        if typed.chars().nth(LONGEST_QUERY).is_some() {
            return Err(AppError::invalid("q", format!("The search is too long: {LONGEST_QUERY} characters at most.")));
        }
        let texts = words(typed);
        let last = texts.len().saturating_sub(1);
        let open = typed.chars().next_back().is_some_and(|c| !is_separator(c));
        let mut wanted = Self::default();
        for (at, text) in texts.into_iter().enumerate() {
            let word = Word { open: open && at == last, stem: stem(&text), text };
            if !wanted.words.contains(&word) {
                wanted.words.push(word);
            }
        }
        // Where there are too many, the longest ones say most.
        wanted.words.sort_by_key(|word| std::cmp::Reverse(word.text.len()));
        wanted.words.truncate(MOST_WORDS);
        Ok(Some(wanted))
    }

    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// One `tsquery` for each word.
    pub fn lookups(&self) -> Vec<String> {
        self.words.iter().map(Word::lookup).collect()
    }

    /// How many of the words stand in a text.
    pub fn count_in(&self, text: &str) -> usize {
        self.hits(text).into_iter().map(|hit| hit.word).collect::<BTreeSet<_>>().len()
    }

    /// Whether all of them do.
    pub fn all_in(&self, text: &str) -> bool {
        self.count_in(text) == self.words.len()
    }

    /// The whole text, with what was found marked.
    pub fn mark(&self, text: &str) -> Vec<Piece> {
        pieces(text, &self.hits(text))
    }

    /// Those of the words that do not stand in a text.
    pub fn missing_in(&self, text: &str) -> Self {
        let found: BTreeSet<_> = self.hits(text).into_iter().map(|hit| hit.word).collect();
        let words = self.words.iter().enumerate().filter(|(at, _)| !found.contains(at));
        Self { words: words.map(|(_, word)| word.clone()).collect() }
    }

    /// The few words of a text around the place where most of `rather` was found; `None` where nothing of it was.
    pub fn passage(&self, text: &str, rather: &Self) -> Option<Vec<Piece>> {
        let text = on_one_line(text);
        let hits = self.hits(&text);
        let mut wanted = rather.hits(&text);
        wanted.truncate(MOST_HITS);
        let within = |first: &Hit| {
            let end = after(&text, first.start, PASSAGE - LEAD);
            let from = wanted.iter().filter(move |hit| hit.start >= first.start && hit.end <= end);
            from.map(|hit| hit.word).collect::<BTreeSet<_>>().len()
        };
        // Of equally good places the first.
        let best = wanted.iter().rev().max_by_key(|hit| within(hit))?;
        let start = word_start(&text, before(&text, best.start, LEAD), best.start);
        let end = word_end(&text, after(&text, start, PASSAGE).max(best.end), best.end);
        let inside: Vec<_> = hits
            .iter()
            .filter(|hit| hit.start >= start && hit.end <= end)
            .map(|hit| Hit { start: hit.start - start, end: hit.end - start, word: hit.word })
            .collect();
        let mut pieces = pieces(text.get(start..end)?, &inside);
        if start > 0 {
            pieces.insert(0, Piece { text: "… ".to_owned(), hit: false });
        }
        if end < text.len() {
            pieces.push(Piece { text: " …".to_owned(), hit: false });
        }
        Some(pieces)
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        let fitting = |(start, end, token): (usize, usize, String)| {
            let word = self.words.iter().position(|word| word.fits(&token))?;
            Some(Hit { start, end, word })
        };
        tokens(text).into_iter().filter_map(fitting).collect()
    }
}

/// Where a word was found, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    start: usize,
    end: usize,
    word: usize,
}

fn pieces(text: &str, hits: &[Hit]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = |from: usize, to: usize, hit| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(Piece { text: text.to_owned(), hit });
        }
    };
    let mut done = 0;
    for hit in hits {
        piece(done, hit.start, false);
        piece(hit.start, hit.end, true);
        done = hit.end;
    }
    piece(done, text.len(), false);
    pieces
}

/// What an English word begins with, whatever it ends with. Codes and names of machines have no endings.
fn stem(word: &str) -> Option<String> {
    let plain = word.len() >= STEMMED_FROM && word.bytes().all(|c| c.is_ascii_lowercase());
    let stem = plain.then(|| STEMMER.stem(word).into_owned())?;
    (stem.len() >= STEMMED_FROM - 1).then_some(stem)
}

/// The words of a text in their order, as the database cuts them.
pub fn words(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter_map(fold).collect();
    let words = folded.split(is_separator).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(LONGEST_WORD).collect()).collect()
}

/// The words of a text with their places in it, in bytes.
fn tokens(text: &str) -> Vec<(usize, usize, String)> {
    let (mut tokens, mut start, mut token) = (Vec::new(), 0, String::new());
    for (at, c) in text.char_indices() {
        // Most texts are plain ASCII, and most of the others nearly.
        let folded: Cow<'_, str> = match c.is_ascii() {
            true => text.get(at..=at).unwrap_or_default().into(),
            false => std::iter::once(c).nfkd().filter_map(fold).collect::<String>().into(),
        };
        if folded.contains(is_separator) {
            if !token.is_empty() {
                tokens.push((start, at, std::mem::take(&mut token)));
            }
            continue;
        }
        if token.is_empty() {
            start = at;
        }
        token.extend(folded.chars().map(|c| c.to_ascii_lowercase()));
    }
    if !token.is_empty() {
        tokens.push((start, text.len(), token));
    }
    tokens
}

/// A decomposed letter without case; accents and what is not seen are nothing.
fn fold(c: char) -> Option<char> {
    match c {
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => None,
        'Ø' | 'ø' => Some('o'),
        'Ł' | 'ł' => Some('l'),
        'Đ' | 'đ' | 'Ð' | 'ð' => Some('d'),
        'Ħ' | 'ħ' => Some('h'),
        'ı' => Some('i'),
        'ς' => Some('σ'),
        c => c.to_lowercase().next(),
    }
}

/// What stands between words.
fn is_separator(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => !c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => true,
        _ => false,
    }
}

/// A text as one line, without the marks of Markdown that would only be in the way.
fn on_one_line(text: &str) -> String {
    let plain = text.replace("**", "").replace('`', "");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The place so many characters before.
fn before(text: &str, at: usize, characters: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    characters.checked_sub(1).and_then(|n| head.char_indices().rev().nth(n)).map_or(0, |(place, _)| place)
}

/// The place so many characters after.
fn after(text: &str, at: usize, characters: usize) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    tail.char_indices().nth(characters).map_or(text.len(), |(place, _)| at + place)
}

/// The first beginning of a word from `from` on, `hit` at the latest.
fn word_start(text: &str, from: usize, hit: usize) -> usize {
    if from == 0 {
        return 0;
    }
    text.get(from..hit).and_then(|between| between.find(' ')).map_or(hit, |space| from + space + 1)
}

/// The last end of a word up to `to`, `hit` at the earliest.
fn word_end(text: &str, to: usize, hit: usize) -> usize {
    if to >= text.len() {
        return text.len();
    }
    text.get(hit..to).and_then(|between| between.rfind(' ')).map_or(to, |space| hit + space)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(typed: &str) -> Wanted {
        Wanted::read(typed).ok().flatten().unwrap_or_default()
    }

    fn passage(typed: &str, said: &str) -> Option<Vec<Piece>> {
        wanted(typed).passage(said, &wanted(typed))
    }

    /// What was marked, in brackets.
    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    #[test]
    fn the_last_word_may_go_on_until_something_ends_it() {
        assert_eq!(wanted("vpn gat").lookups(), ["'vpn'", "'gat':*"]);
        assert_eq!(wanted("vpn 100%").lookups(), ["'vpn'", "'100'"]);
    }

    #[test]
    fn a_word_is_found_in_its_other_forms() {
        for (typed, said) in
            [("crashes", "It crashed."), ("printer queue", "The printers' queues"), ("print q", "Printing: Q1")]
        {
            assert!(wanted(typed).all_in(said), "{typed}: {:?}", wanted(typed));
        }
        assert!(!wanted("vpn ").all_in("The vpns"));
    }

    #[test]
    fn names_of_machines_and_codes_fall_apart_into_what_one_looks_for() {
        let said = r"\\FS01\Finance on fs01.contoso.local says 0x800CCC0E, see j.smith@contoso.com";
        for typed in ["fs01 finance", "contoso.local", "0x800ccc0e", "smith contoso", r"\\fs01\fin"] {
            assert!(wanted(typed).all_in(said), "{typed}");
        }
    }

    #[test]
    fn accents_case_and_what_is_not_seen_make_no_difference() {
        for (typed, said) in
            [("uber", "ÜBER"), ("Łukasz", "lukasz"), ("принтер", "ПРИНТЕР"), ("password", "pass\u{200b}word")]
        {
            assert!(wanted(typed).all_in(said), "{typed}");
        }
    }

    #[test]
    fn what_has_no_word_in_it_asks_for_no_word() {
        assert!(wanted("_ % …").is_empty());
        assert_eq!(Wanted::read("  "), Ok(None));
        assert_eq!(Wanted::read(&"x".repeat(501)).map_err(|error| error.status()), Err(422));
        assert_eq!(Wanted::read("a\0b").map_err(|error| error.status()), Err(400));
    }

    #[test]
    fn a_query_cannot_break_out_of_its_words() {
        assert_eq!(wanted(r"a' | 'b \ !c <-> d:*").lookups().join(" "), "'a' 'b' 'c' 'd'");
    }

    #[test]
    fn what_is_found_is_marked_and_nothing_is_lost() {
        let said = "Outlook's <b>password</b> box";
        let pieces = wanted("outlook passw").mark(said);
        assert_eq!(shown(&pieces), "[Outlook]'s <b>[password]</b> box");
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), said);
    }

    #[test]
    fn a_passage_shows_the_place_where_most_was_found() {
        let said = format!(
            "The printer is on. {}\n\nThen the **printer** lost its\nqueue. {}",
            "word ".repeat(80),
            "end ".repeat(80)
        );
        let around = passage("printer queue", &said).map(|pieces| shown(&pieces)).unwrap_or_default();
        assert!(around.contains("Then the [printer] lost its [queue]."), "{around}");
        assert!(around.starts_with("… word") && around.ends_with("end …"), "{around}");
        assert!(around.chars().count() < PASSAGE + 12, "{around}");
        assert_eq!(passage("scanner", &said), None);
    }

    #[test]
    fn a_passage_shows_rather_what_was_not_found_before() {
        let said = format!("The printer and its queue. {}The toner of the printer is low.", "word ".repeat(80));
        let wanted = wanted("printer queue toner");
        let passage = wanted.passage(&said, &wanted.missing_in("Printer queue")).map(|pieces| shown(&pieces));
        assert!(passage.is_some_and(|passage| passage.ends_with("The [toner] of the [printer] is low.")));
    }

    #[test]
    fn a_passage_of_one_endless_word_is_a_passage() {
        let said = format!("{}needle{}", "é".repeat(300), "é".repeat(300));
        assert_eq!(passage("needle", &said), None);
        assert!(passage("ee", &said).is_some_and(|pieces| !pieces.is_empty()));
    }
}
