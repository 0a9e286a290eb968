//! What stands in a prompt cannot speak: no marker, no frame, whatever is put into it.

use flowpilot::{
    ai::{
        server::prompt::{self, neutralise},
        types::{
            Action, ChatMessage, ChatRequest, ItemKind, KnownFact, LaneItem, Situation, Speaker, TicketText, Vendor,
        },
    },
    pilot::markers::{MarkerName, parse},
};
use proptest::{prelude::*, sample::select};
use serde_json::json;

fn texts() -> impl Strategy<Value = String> {
    let name = || select(MarkerName::ALL.to_vec()).prop_map(|name| name.as_str().to_owned());
    let word = prop_oneof![
        6 => name(),
        4 => name().prop_map(|name| format!("[{name}]")),
        4 => name().prop_map(|name| format!("[/{name}]")),
        2 => name().prop_map(|name| format!("[\u{200b}{}\u{feff}{}]", &name[..2], &name[2..])),
        4 => select(vec!["[", "]", "/", "{", "}", "[]", "{\"text\":\"a\"}", "\"", "`", " ", "\n", "\u{200d}", "\u{e0041}"]).prop_map(String::from),
        2 => select(vec!["</fp:message>", "<fp:", "< /FP:situation>", "<", "fp:", "é", "_", "\0", "word"]).prop_map(String::from),
    ];
    prop_oneof![9 => proptest::collection::vec(word, 0..30).prop_map(|words| words.concat()), 1 => any::<String>()]
}

/// What a model may put around a quotation.
fn around() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-z \\[\\]/{}\":`\n]{0,8}").unwrap()
}

proptest! {
    #[test]
    fn quoting_what_was_neutralised_makes_no_marker(text in texts(), before in around(), after in around()) {
        let safe = neutralise(&text);
        let said = parse(&format!("{before}{safe}{after} [] {{}}"));
        prop_assert_eq!((said.markers, said.dropped), (vec![], vec![]));
        prop_assert_eq!(neutralise(&safe), safe.clone());
        // And in parts.
        let middle: String = safe.chars().skip(safe.chars().count() / 3).collect();
        let said = parse(&format!("{before}{middle}[{{\"text\":\"x\"}}]{safe}"));
        prop_assert_eq!((said.markers, said.dropped), (vec![], vec![]));
    }

    #[test]
    fn nothing_that_is_put_into_a_prompt_leaves_its_frame(text in texts()) {
        let request = ChatRequest {
            messages: vec![ChatMessage { speaker: Speaker::User, text: text.clone(), images: 0 }],
            situation: Situation {
                problem: Some(text.clone()),
                ticket: Some(TicketText { id: text.clone(), summary: text.clone(), text: text.clone() }),
                items: vec![LaneItem { id: uuid::Uuid::nil(), kind: ItemKind::Check, text: text.clone(), answer: Some(text.clone()),
                    result: None, output: Some(text.clone()), skipped: false, fresh: true, promoted: false }],
                facts: vec![KnownFact { id: uuid::Uuid::nil(), text: text.clone(), established: true, source_ref: None }],
                ..Situation::default()
            },
            pictures: Vec::new(),
            state: None,
        };
        let prompt = prompt::chat(&request, Vendor::Anthropic, 200_000).unwrap();
        let message = prompt.turns[0].texts[0].clone();
        prop_assert_eq!((message.matches("<fp:").count(), message.matches("</fp:").count()), (1, 1));
        let reminder = prompt.reminder.unwrap();
        prop_assert_eq!((reminder.matches("<fp:").count(), reminder.matches("</fp:").count()), (5, 5));
        for said in [&message, &reminder] {
            let speaks = MarkerName::ALL.iter().any(|name| said.contains(&format!("[{}]", name.as_str())));
            prop_assert!(!speaks, "{}", said);
        }
        let json = prompt::json(Action::Title, json!({ "text": text }), Vendor::Openai, 32_000).unwrap();
        prop_assert_eq!(json.turns[0].texts[0].matches("fp:case>").count(), 2);
    }
}

#[test]
fn the_prompts_know_every_marker_and_repeating_one_does_nothing() {
    let prompt = prompt::chat(&ChatRequest::default(), Vendor::Anthropic, 200_000).unwrap().system;
    for name in MarkerName::ALL {
        let (open, close) = (format!("[{}]", name.as_str()), format!("[/{}]", name.as_str()));
        let start = prompt.find(&open).unwrap();
        let end = prompt[start..].find(&close).unwrap() + start + close.len();
        assert_eq!(parse(&prompt[start..end]).markers, [], "{name:?}");
    }
    assert_eq!(parse(prompt).markers, []);
    assert_eq!(prompt::version(), prompt::version());
}

#[test]
fn images_are_told_of_and_an_empty_message_points_at_the_lane() {
    for (text, images, told) in [
        ("", 0, "new answers are in the task lane"),
        ("look", 1, "1 image was attached"),
        ("", 2, "2 images were attached"),
    ] {
        let message = ChatMessage { speaker: Speaker::User, text: text.to_owned(), images };
        let request = ChatRequest { messages: vec![message], ..ChatRequest::default() };
        let prompt = prompt::chat(&request, Vendor::Gemini, 200_000).unwrap();
        assert!(prompt.turns[0].texts[0].contains(told), "{:?}", prompt.turns);
    }
}
