//! Any text, cut anywhere: the parser must not panic, the cuts must not matter, prose must hold no marker, and
//! neutralised text must stay as it is. The first byte of the input decides where the text is cut.

#![no_main]

use flowpilot::pilot::markers::{Parsed, Parser, neutralise, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&seed, bytes)) = input.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(bytes);
    let whole = parse(&text);
    assert_eq!(in_chunks(&text, seed), whole, "the cuts matter");

    let prose = Parsed { prose: whole.prose.clone(), ..Parsed::default() };
    assert_eq!(parse(&whole.prose), prose, "prose holds a marker");

    let safe = neutralise(&text).into_owned();
    assert_eq!(neutralise(&safe), safe, "neutralising is not idempotent");
    let quoted = format!("As it says, \"{safe}\"");
    assert_eq!(parse(&quoted), Parsed { prose: quoted.clone(), ..Parsed::default() });
});

/// Pushes the text in chunks of one to eight bytes or a little more, at places that depend on `seed`.
fn in_chunks(text: &str, seed: u8) -> Parsed {
    let mut parser = Parser::new();
    let mut parsed = Parsed::default();
    let (mut rest, mut size) = (text, seed);
    while !rest.is_empty() {
        size = size.wrapping_mul(37).wrapping_add(11);
        let end = (usize::from(size % 8) + 1..rest.len()).find(|&end| rest.is_char_boundary(end));
        let (chunk, tail) = rest.split_at(end.unwrap_or(rest.len()));
        parsed.extend(parser.push(chunk));
        rest = tail;
    }
    parsed.extend(parser.finish());
    parsed
}
