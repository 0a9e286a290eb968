//! Makes text that is not the model's own unable to be taken for a marker.

use std::borrow::Cow;

use super::{
    MarkerName,
    hidden::{is_hidden, is_ignorable, plain},
};

/// Writes the names of markers in small letters wherever a bracket touches them: `[QUESTIONS]` becomes
/// `[questions]`, and so do `[/QUESTIONS`, `[QUESTIONS` and `QUESTIONS]`, as whole words. What only passes for such a tag, by wide
/// or foreign letters or with something invisible in it, is taken for what it passes for; and invisible text goes.
///
/// The parser knows names in capitals only, so a model that quotes the result, or part of it between brackets of its
/// own (a Markdown link, say), triggers nothing. The text stays readable and keeps every visible byte but those of such names;
/// neutralising twice changes nothing more. Where a quotation is compared with its source, compare it with
/// the neutralised source.
pub fn neutralise(untrusted: &str) -> Cow<'_, str> {
    if untrusted.is_ascii() {
        return match names(untrusted) {
            found if found.is_empty() => Cow::Borrowed(untrusted),
            found => Cow::Owned(lowered(untrusted, &found, |at| at)),
        };
    }
    let shown: Cow<'_, str> = match untrusted.contains(is_hidden) {
        true => Cow::Owned(untrusted.chars().filter(|c| !is_hidden(*c)).collect()),
        false => Cow::Borrowed(untrusted),
    };
    let (undressed, places) = undressed(&shown);
    let found = names(&undressed);
    if found.is_empty() {
        return shown;
    }
    Cow::Owned(lowered(&shown, &found, |at| places.get(at).copied().unwrap_or(shown.len())))
}

/// The text as a lenient reader takes it, and where each of its bytes stood.
fn undressed(text: &str) -> (String, Vec<usize>) {
    let (mut undressed, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, c) in text.char_indices().filter(|(_, c)| !is_ignorable(*c)) {
        let c = plain(c);
        undressed.push(c);
        places.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
    (undressed, places)
}

/// Where names of markers touch brackets, and which.
fn names(text: &str) -> Vec<(usize, MarkerName)> {
    let mut found: Vec<(usize, MarkerName)> = Vec::new();
    let mut done = 0;
    for (at, bracket) in text.match_indices(['[', ']']) {
        let name = if bracket == "[" { name_after(text, at + 1) } else { name_before(text, at) };
        if let Some((start, name)) = name.filter(|&(start, _)| start >= done) {
            done = start + name.as_str().len();
            found.push((start, name));
        }
    }
    found
}

/// The text with these names in small letters; `place` tells where in it a byte of the names' text stands.
fn lowered(text: &str, names: &[(usize, MarkerName)], place: impl Fn(usize) -> usize) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut done = 0;
    for (start, name) in names {
        safe.push_str(text.get(done..place(*start)).unwrap_or_default());
        safe.push_str(&name.as_str().to_ascii_lowercase());
        done = place(start + name.as_str().len());
    }
    safe.push_str(text.get(done..).unwrap_or_default());
    safe
}

fn name_after(text: &str, start: usize) -> Option<(usize, MarkerName)> {
    let rest = &text[start..];
    let word = rest.strip_prefix('/').unwrap_or(rest);
    let name = MarkerName::ALL
        .into_iter()
        .find(|name| word.strip_prefix(name.as_str()).is_some_and(|after| !after.starts_with(is_word)))?;
    Some((text.len() - word.len(), name))
}

fn name_before(text: &str, end: usize) -> Option<(usize, MarkerName)> {
    let word = &text[..end];
    let name = MarkerName::ALL
        .into_iter()
        .find(|name| word.strip_suffix(name.as_str()).is_some_and(|before| !before.ends_with(is_word)))?;
    Some((end - name.as_str().len(), name))
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
