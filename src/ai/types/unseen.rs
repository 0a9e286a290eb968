//! Characters that nobody sees: the one list of them, for prompts, markers, scripts and quotations.

/// No reader sees it, and no language needs it: zero-width characters, changes of direction, tags and selectors in which whole
/// sentences can be hidden. Joiners and the selectors of emoji are not among them.
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0d}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Joins letters or chooses how an emoji looks: languages need it, though nobody sees it.
pub const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200d}' | '\u{fe0e}'..='\u{fe0f}')
}

/// Takes no room on a screen: hidden characters, joiners, and controls other than line breaks and tabs.
pub fn is_unseen(c: char) -> bool {
    is_hidden(c) || is_joiner(c) || (c.is_control() && !matches!(c, '\n' | '\t'))
}
