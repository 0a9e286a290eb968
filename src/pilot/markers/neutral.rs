//! Makes text that is not the model's own unable to be taken for a marker.

use std::borrow::Cow;

use super::MarkerName;

/// Writes the names of markers in small letters wherever a bracket touches them: `[QUESTIONS]` becomes
/// `[questions]`, and so do `[/QUESTIONS`, `[QUESTIONS` and `QUESTIONS]`, as whole words.
///
/// The parser knows names in capitals only, so a model that quotes the result, or part of it between brackets of its
/// own (a Markdown link, say), triggers nothing. The text stays readable and keeps its length, and every other
/// byte; neutralising twice changes nothing more. Where a quotation is compared with its source, compare it with
/// the neutralised source.
pub fn neutralise(untrusted: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    let mut done = 0;
    for (at, bracket) in untrusted.match_indices(['[', ']']) {
        let found = if bracket == "[" { name_after(untrusted, at + 1) } else { name_before(untrusted, at) };
        if let Some((start, name)) = found.filter(|&(start, _)| start >= done) {
            safe.push_str(&untrusted[done..start]);
            safe.push_str(&name.as_str().to_ascii_lowercase());
            done = start + name.as_str().len();
        }
    }
    if done == 0 {
        return Cow::Borrowed(untrusted);
    }
    safe.push_str(&untrusted[done..]);
    Cow::Owned(safe)
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
