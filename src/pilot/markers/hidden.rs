//! Characters that hide text or dress it up: what no reader sees but a model reads, and letters that pass for others.

pub use crate::ai::types::unseen::is_hidden;
use crate::ai::types::unseen::is_joiner;

/// Takes no room beside a letter.
pub(super) const fn is_ignorable(c: char) -> bool {
    is_hidden(c) || is_joiner(c) || matches!(c, '\u{300}'..='\u{36f}')
}

/// The ASCII character that this one passes for, if it passes for one of a marker's tags.
pub(super) fn plain(c: char) -> char {
    match c {
        '［' | '【' | '〔' | '〚' | '⟦' | '❲' | '﹝' | '⁅' | '⦋' | '⟬' => '[',
        '］' | '】' | '〕' | '〛' | '⟧' | '❳' | '﹞' | '⁆' | '⦌' | '⟭' => ']',
        '∕' | '⁄' | '⧸' | '╱' => '/',
        'А' | 'Α' => 'A',
        'С' | 'Ϲ' => 'C',
        'Е' | 'Ε' => 'E',
        'Ғ' | 'Ϝ' => 'F',
        'Ԍ' => 'G',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'Ս' => 'U',
        'Х' | 'Χ' => 'X',
        'У' | 'Υ' => 'Y',
        'ˍ' | '‗' => '_',
        '\u{ff01}'..='\u{ff5e}' => letter(c, '\u{ff01}', 94, '!'),
        '\u{1d400}'..='\u{1d6a3}' => letter(c, '\u{1d400}', 52, 'A'),
        'Ⓐ'..='Ⓩ' => letter(c, 'Ⓐ', 26, 'A'),
        '\u{1f110}'..='\u{1f129}' => letter(c, '\u{1f110}', 26, 'A'),
        '\u{1f130}'..='\u{1f149}' => letter(c, '\u{1f130}', 26, 'A'),
        '\u{1f150}'..='\u{1f169}' => letter(c, '\u{1f150}', 26, 'A'),
        '\u{1f170}'..='\u{1f189}' => letter(c, '\u{1f170}', 26, 'A'),
        _ => c,
    }
}

/// The character as far behind `to` as this one is behind `from`, in an alphabet of `size` that repeats.
fn letter(c: char, from: char, size: u32, to: char) -> char {
    char::from_u32(u32::from(to) + (u32::from(c) - u32::from(from)) % size).unwrap_or(c)
}
