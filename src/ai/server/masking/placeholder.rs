//! How a placeholder is written: `MASKED-PASSWORD-7K3QXA`. Plain capitals, digits and hyphens are copied faithfully even by small
//! models, mean nothing in Markdown, JSON, URLs and shells, and a fixed length says where it ends, whatever follows.

use crate::ai::types::masked::MaskedKind;

const LEAD: &str = "MASKED-";
/// Crockford's letters: none is taken for another.
const LETTERS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
const CODE: usize = 6;

const fn word(kind: MaskedKind) -> &'static str {
    match kind {
        MaskedKind::PrivateKey => "PEM-",
        MaskedKind::Password => "PASSWORD-",
        MaskedKind::Login => "LOGIN-",
        MaskedKind::Token => "TOKEN-",
        MaskedKind::Key => "KEY-",
        MaskedKind::Card => "CARD-",
        MaskedKind::Identity => "ID-",
        MaskedKind::Email => "EMAIL-",
        MaskedKind::IpAddress => "IP-",
        MaskedKind::HostName => "HOST-",
        MaskedKind::Name => "NAME-",
        MaskedKind::LookAlike => "TEXT-",
    }
}

/// The placeholder with the code that these bytes give: five bits of each.
pub fn write(kind: MaskedKind, code: &[u8]) -> String {
    let letters = code.iter().take(CODE).filter_map(|byte| LETTERS.get(usize::from(byte & 31)));
    [LEAD, word(kind)].into_iter().flat_map(str::chars).chain(letters.copied()).collect()
}

/// What stands at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    No,
    /// The text ends before it is decided.
    Maybe,
    /// A placeholder of so many bytes, or what looks like one.
    Yes(usize),
}

/// Whether a text begins with a placeholder.
pub fn start(text: &str) -> Start {
    let Some(rest) = text.strip_prefix(LEAD) else {
        return if LEAD.starts_with(text) { Start::Maybe } else { Start::No };
    };
    let mut maybe = false;
    for word in MaskedKind::ALL.map(word) {
        let Some(code) = rest.strip_prefix(word) else {
            maybe |= word.starts_with(rest);
            continue;
        };
        let letters = code.chars().take(CODE).take_while(|c| LETTERS.contains(c)).count();
        return match letters {
            CODE => Start::Yes(LEAD.len() + word.len() + CODE),
            _ if letters == code.len() => Start::Maybe,
            _ => Start::No,
        };
    }
    if maybe { Start::Maybe } else { Start::No }
}

/// Where placeholders stand in a text, and what looks like one.
pub fn all(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    text.match_indices(LEAD).filter_map(|(at, _)| match start(text.get(at..).unwrap_or_default()) {
        Start::Yes(length) => Some(at..at + length),
        Start::No | Start::Maybe => None,
    })
}
