//! Lenient JSON: what models commonly get slightly wrong, and nothing that would have to be guessed.
//!
//! Accepted beside JSON proper: a code fence around it, trailing commas, and raw line breaks, tabs and other control
//! characters in strings. A wrong escape (`"C:\Windows"`) is refused on purpose: where one backslash was forgotten,
//! its neighbours mean something else too (`"\temp"` is a tab), and a subtly changed script is worse than none.

use serde_json::Value;

use super::BLANK;

/// Reads one value. Nested deeper than serde_json's limit of 128, it is not accepted.
pub(super) fn read(payload: &str) -> Option<Value> {
    let text = unfenced(payload.trim_matches(BLANK));
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text))).ok()
}

/// The text inside a code fence, or the text itself where there is none.
fn unfenced(text: &str) -> &str {
    let Some(inner) = text.strip_prefix("```") else {
        return text;
    };
    let inner = inner
        .trim_start_matches('`')
        .trim_start_matches(|info: char| info.is_ascii_alphanumeric() || matches!(info, '-' | '_' | '+' | '.'));
    inner.trim_end_matches('`')
}

/// The text without trailing commas and with control characters in strings escaped.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let (mut string, mut escaped) = (false, false);
    for char in text.chars() {
        match char {
            _ if !string && BLANK.contains(&char) => out.push(' '),
            ']' | '}' if !string => {
                drop_trailing_comma(&mut out);
                out.push(char);
            }
            '\0'..'\u{20}' if !escaped => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            _ => out.push(char),
        }
        string ^= char == '"' && !escaped;
        escaped = string && char == '\\' && !escaped;
    }
    out
}

/// A comma counts as trailing only after a value: `[,]` is not an empty list.
fn drop_trailing_comma(out: &mut String) {
    let before = out.trim_end_matches(' ').strip_suffix(',').map(|list| list.trim_end_matches(' '));
    if let Some(list) = before.filter(|list| !list.ends_with(['[', '{', ',', ':'])) {
        out.truncate(list.len());
    }
}
