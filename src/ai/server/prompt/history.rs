//! The conversation as a model is told it, and what becomes of its beginning when it grows too long.

use super::{
    PICTURE, Turn,
    safe::{cut, framed, line, neutralise},
    tokens,
};
use crate::ai::types::{ChatMessage, Speaker, pictures::Picture};

/// What is kept of a message that is left out.
const GIST: usize = 300;
/// What is kept of the first one: it says what all this is about.
const OPENING: usize = 3_000;
/// The share of the budget that the left-out part may take as a digest.
const DIGEST: usize = 8;

/// The conversation within a budget of tokens, sides taking turns, beginning and ending with the person.
///
/// When it grows over the budget, its older half goes at once and a digest takes its place; until that happens again, every
/// call begins with the same bytes. Which messages stay depends on nothing but the messages, so every node decides the same. Facts,
/// answers and fixes are in the reminder and are never left out. Images stay where they came for as long as they are given, so
/// that what was said before and after them stays the same.
pub fn turns(messages: &[ChatMessage], pictures: &[Picture], budget: usize) -> Vec<Turn> {
    let of = |at: usize| pictures.iter().filter(move |picture| picture.message == at);
    let texts: Vec<String> = messages.iter().enumerate().map(|(at, message)| text(message, of(at).count())).collect();
    let size = |(at, text): (usize, &String)| tokens(text) + of(at).count() * PICTURE;
    let start = first_kept(&texts.iter().enumerate().map(size).collect::<Vec<_>>(), budget);
    let mut turns: Vec<Turn> = Vec::new();
    if start > 0 {
        add(&mut turns, Speaker::User, digest(&messages[..start], budget / DIGEST));
    }
    for (at, (message, text)) in messages.iter().zip(texts).enumerate().skip(start) {
        if turns.is_empty() && message.speaker == Speaker::Assistant {
            continue;
        }
        add(&mut turns, message.speaker, text);
        if let Some(turn) = turns.last_mut() {
            turn.pictures.extend(of(at).cloned());
        }
    }
    if turns.last().is_none_or(|turn| turn.speaker == Speaker::Assistant) {
        add(&mut turns, Speaker::User, "(No new message: go on from the situation below.)".to_owned());
    }
    turns
}

fn add(turns: &mut Vec<Turn>, speaker: Speaker, text: String) {
    match turns.last_mut().filter(|turn| turn.speaker == speaker) {
        Some(turn) => turn.texts.push(text),
        None => turns.push(Turn { speaker, pictures: Vec::new(), texts: vec![text] }),
    }
}

/// The first message that stays, read from the beginning as the conversation grew: at each overflow all but half a budget goes.
fn first_kept(sizes: &[usize], budget: usize) -> usize {
    let (mut start, mut total) = (0, 0);
    for (at, size) in sizes.iter().enumerate() {
        total += size;
        if total > budget {
            while total > budget / 2 && start < at {
                total -= sizes[start];
                start += 1;
            }
        }
    }
    start
}

fn text(message: &ChatMessage, seen: usize) -> String {
    match message.speaker {
        Speaker::Assistant => {
            let text = neutralise(&message.text);
            if text.trim().is_empty() { "(Only the task lane was changed.)".to_owned() } else { text }
        }
        Speaker::User => {
            let mut text = message.text.trim().to_owned();
            if text.is_empty() && message.images == 0 {
                text = "(No text: new answers are in the task lane.)".to_owned();
            }
            if message.images > 0 {
                let (were, s) = if message.images == 1 { ("was", "") } else { ("were", "s") };
                let sight = match message.images.saturating_sub(seen) {
                    0 if message.images == 1 => "It stands above.".to_owned(),
                    0 => "They stand above.".to_owned(),
                    _ if seen == 0 && message.images == 1 => "You cannot see it.".to_owned(),
                    _ if seen == 0 => "You cannot see them.".to_owned(),
                    hidden => format!("You cannot see {hidden} of them; the others stand above."),
                };
                text = format!("{text}\n({} image{s} {were} attached. {sight})", message.images);
            }
            framed("message", "", &text)
        }
    }
}

/// The left-out part in few words: how it began, and what people said then, as far as there is room.
fn digest(left_out: &[ChatMessage], budget: usize) -> String {
    let mut said =
        left_out.iter().filter(|message| message.speaker == Speaker::User).map(|message| message.text.trim());
    let mut parts = vec![cut(said.next().unwrap_or_default(), OPENING)];
    let mut room = budget.saturating_sub(tokens(&parts[0]));
    for gist in said.filter(|text| !text.is_empty()).map(|text| line(&cut(text, GIST))) {
        let Some(left) = room.checked_sub(tokens(&gist)) else { break };
        room = left;
        parts.push(format!("- {gist}"));
    }
    let about = format!("messages=\"{}\"", left_out.len());
    framed("earlier", &about, &parts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(n: usize) -> ChatMessage {
        let speaker = if n.is_multiple_of(2) { Speaker::User } else { Speaker::Assistant };
        ChatMessage { speaker, text: format!("message {n} {}", "word ".repeat(60)), images: 0 }
    }

    #[test]
    fn a_long_conversation_is_cut_in_steps_and_keeps_its_opening() {
        let messages: Vec<_> = (0..200).map(message).collect();
        let mut beginnings = Vec::new();
        for end in (1..=messages.len()).step_by(2) {
            let turns = turns(&messages[..end], &[], 5_000);
            let size: usize = turns.iter().flat_map(|turn| &turn.texts).map(|text| tokens(text)).sum();
            assert!(size <= 5_000 + 5_000 / DIGEST + 200, "{size}");
            assert_eq!((turns[0].speaker, turns.last().map(|turn| turn.speaker)), (Speaker::User, Some(Speaker::User)));
            assert!(turns.windows(2).all(|pair| pair[0].speaker != pair[1].speaker));
            assert!(turns[0].texts[0].contains("message 0 "));
            beginnings.push(turns[0].texts[0].clone());
        }
        beginnings.dedup();
        assert!((2..=12).contains(&beginnings.len()), "{} beginnings in 100 turns", beginnings.len());
    }

    #[test]
    fn what_was_sent_stays_the_same_bytes() {
        let messages: Vec<_> = (0..9).map(message).collect();
        let (before, after) = (turns(&messages[..7], &[], 50_000), turns(&messages, &[], 50_000));
        assert_eq!(before, after[..7]);
    }
}
