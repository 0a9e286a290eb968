//! The contract, case by case, and as properties. Every case runs whole, cut at every place, and character by
//! character: the helpers here see to that.

mod drafts;
mod properties;
mod stream;

use super::*;

/// The pieces of a stream, neighbouring texts joined.
fn stream<'a>(chunks: impl IntoIterator<Item = &'a str>) -> Vec<Piece> {
    let mut parser = Parser::new();
    let mut pieces: Vec<Piece> = chunks.into_iter().flat_map(|chunk| parser.push(chunk)).collect();
    pieces.extend(parser.finish());
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

fn chars(text: &str) -> impl Iterator<Item = &str> {
    text.split("").filter(|char| !char.is_empty())
}

/// Parses the text in all ways that must not matter.
fn parsed(text: &str) -> Parsed {
    let whole = stream([text]);
    assert_eq!(stream(chars(text)), whole, "char by char: {text:?}");
    for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
        let (head, tail) = text.split_at(at);
        assert_eq!(stream([head, tail]), whole, "cut at {at}: {text:?}");
    }
    parse(text)
}

/// The text has this prose, these questions and these drops, and nothing else.
#[track_caller]
fn check(text: &str, prose: &str, questions: &[&str], dropped: &[DropReason]) {
    let parsed = parsed(text);
    assert_eq!(parsed.prose, prose, "prose of {text:?}");
    let reasons: Vec<_> = parsed.dropped.iter().map(|dropped| dropped.reason).collect();
    assert_eq!(reasons, dropped, "drops of {text:?}");
    let read = TurnMarkers::from(parsed);
    let texts: Vec<_> = read.questions.unwrap_or_default().into_iter().map(|q| q.text).collect();
    assert_eq!(texts, questions, "questions of {text:?}");
}
