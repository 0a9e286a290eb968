//! Words and phrases of free text: splitting, comparing, forgiving typos. No meaning here, only letters.

/// How much of a text is looked at. An answer says what it says at its beginning; a pasted log must not cost more.
const LOOK_AT: usize = 4_000;

/// The words of a text in lower case; apostrophes are dropped (`don't` is `dont`), all other punctuation separates.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars().take(LOOK_AT).chain([' ']) {
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        } else if !letter.is_ascii() && letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        } else if !matches!(letter, '\'' | '’' | '`' | '´') && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words
}

/// The words joined by single blanks: equal for texts that differ in case and punctuation only.
pub fn plain(text: &str) -> String {
    words(text).join(" ")
}

/// The words of each part of a sentence.
pub fn clauses(text: &str) -> impl Iterator<Item = Vec<String>> {
    text.split([',', '.', ';', '!', '\n'])
        .flat_map(|part| part.split(" but "))
        .map(words)
        .filter(|clause| !clause.is_empty())
}

/// Where `phrase` stands in `text` as a run of whole words.
pub fn find(text: &[String], phrase: &[String]) -> Option<usize> {
    if phrase.is_empty() {
        return None;
    }
    text.windows(phrase.len()).position(|run| run == phrase)
}

/// Whether `phrase` (words separated by blanks) stands in `text`.
pub fn has(text: &[String], phrase: &str) -> bool {
    let phrase: Vec<String> = phrase.split(' ').map(str::to_owned).collect();
    find(text, &phrase).is_some()
}

/// The first of `phrases` that stands in `text`.
pub fn first_of<'p>(text: &[String], phrases: &[&'p str]) -> Option<&'p str> {
    phrases.iter().copied().find(|phrase| has(text, phrase))
}

/// Whether the text begins with one of `phrases`.
pub fn begins_with(text: &[String], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let mut text = text.iter();
        phrase.split(' ').all(|word| text.next().is_some_and(|other| other == word))
    })
}

/// Words that turn the meaning round.
#[rustfmt::skip]
const NEGATORS: &[&str] = &[
    "no", "not", "never", "nothing", "none", "nobody", "neither", "nor", "without", "cannot", "cant", "dont", "doesnt",
    "didnt", "isnt", "arent", "wasnt", "werent", "wont", "wouldnt", "couldnt", "hasnt", "havent", "unable", "nope",
];

pub fn is_negator(word: &str) -> bool {
    NEGATORS.contains(&word)
}

/// Whether the text says the opposite of its words: an odd number of negations.
pub fn is_negated(text: &[String]) -> bool {
    text.iter().filter(|word| is_negator(word)).count() % 2 == 1
}

#[rustfmt::skip]
const SMALL: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does", "did", "for", "from", "had",
    "has", "have", "he", "her", "his", "i", "in", "is", "it", "its", "just", "me", "my", "of", "on", "or", "our",
    "she", "so", "that", "the", "their", "them", "then", "there", "they", "this", "to", "too", "user", "was",
    "we", "were", "when", "which", "who", "with", "you", "your", "yes", "please", "still", "really", "very",
];

/// The words that carry meaning, in a form that forgives endings; negations left out.
pub fn stems(text: &[String]) -> Vec<String> {
    let mut stems: Vec<String> = text
        .iter()
        .filter(|word| !SMALL.contains(&word.as_str()) && !is_negator(word))
        .map(|word| stem(word))
        .collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}

fn stem(word: &str) -> String {
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= 3
        {
            return stem.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

/// How much of `phrase`'s stems the text has, typos forgiven: 0 to 1.
pub fn share(text: &[String], phrase: &[String]) -> f64 {
    if phrase.is_empty() {
        return 0.0;
    }
    let (mut hit, mut all) = (0.0, 0.0);
    for stem in phrase {
        all += 1.0;
        if text.iter().any(|word| is_close(word, stem)) {
            hit += 1.0;
        }
    }
    hit / all
}

/// Equal, or equal but for a typo or two in a text long enough to be sure.
pub fn is_close(one: &str, other: &str) -> bool {
    let (long, short) = (one.chars().count(), other.chars().count());
    let allowed = match long.min(short) {
        // "call" is no "cable"
        0..=4 => 0,
        5..=7 => 1,
        8..=14 => 2,
        _ => 3,
    };
    one == other || (long.abs_diff(short) <= allowed && strsim::osa_distance(one, other) <= allowed)
}

/// `yesss` as `yes`.
pub fn squeeze(word: &str) -> String {
    let mut squeezed = String::with_capacity(word.len());
    for letter in word.chars() {
        if !squeezed.ends_with(letter) {
            squeezed.push(letter);
        }
    }
    squeezed
}
