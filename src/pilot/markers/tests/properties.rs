//! Properties of any text, above all of texts made from the language's own pieces.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// A text of anything, or of what markers are made of.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => select(MarkerName::ALL.to_vec()).prop_map(|name| format!("[{}]", name.as_str())),
        4 => select(MarkerName::ALL.to_vec()).prop_map(|name| format!("[/{}]", name.as_str())),
        // Often the same name, so that blocks close.
        4 => select(vec!["[QUESTIONS]", "[/QUESTIONS]"]).prop_map(String::from),
        4 => select(vec![
            "[]", "{\"text\":\"a\"}", "[{\"text\":\"b\"},]", "{\"label\":\"[/QUESTIONS]\"}", "{\"text\":\"", "\"}",
        ]).prop_map(String::from),
        6 => select(vec![
            "[", "]", "{", "}", "\"", "\\", "`", "```", "```json\n", ",", "/", "\n", "\n\n", "\r\n", " ", "\t",
        ]).prop_map(String::from),
        2 => select(vec!["[QUES", "TIONS]", "[/", "[ACTION", "é", "😀", "\u{a0}", "word", "\0", "\u{200b}", "\u{e0041}", "［", "］"])
            .prop_map(String::from),
    ];
    prop_oneof![
        9 => proptest::collection::vec(word, 0..40).prop_map(|words| words.concat()),
        1 => any::<String>(),
    ]
}

/// Prose of a model that holds no bracket of its own.
fn plain() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-zA-Z0-9 .,:\n\"`é-]{0,20}").unwrap()
}

fn cut<'a>(text: &'a str, places: &[Index]) -> Vec<&'a str> {
    let mut places: Vec<_> = places.iter().map(|place| place.index(text.len() + 1)).collect();
    places.retain(|&place| text.is_char_boundary(place));
    places.extend([0, text.len()]);
    places.sort_unstable();
    places.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_do_not_matter(text in texts(), places in proptest::collection::vec(any::<Index>(), 0..12)) {
        let whole = stream([text.as_str()]);
        prop_assert_eq!(stream(cut(&text, &places)), whole.clone());
        prop_assert_eq!(stream(chars(&text)), whole);
    }

    #[test]
    fn prose_holds_no_marker(text in texts()) {
        let prose = parse(&text).prose;
        let again = parse(&prose);
        prop_assert_eq!(again, Parsed { prose, ..Parsed::default() });
    }

    #[test]
    fn every_byte_is_read_at_most_twice(text in texts()) {
        let mut parser = Parser::new();
        chars(&text).for_each(|chunk| drop(parser.push(chunk)));
        prop_assert!(parser.steps <= 2 * text.len());
    }

    #[test]
    fn neutralised_text_is_prose(text in texts(), before in plain(), after in plain()) {
        let safe = neutralise(&text).into_owned();
        prop_assert!(safe.len() <= text.len());
        prop_assert_eq!(neutralise(&safe), safe.as_str());
        for quoted in [safe.clone(), format!("{before}{safe}{after}"), format!("{before} [{safe}] {after}")] {
            prop_assert_eq!(parse(&quoted), Parsed { prose: quoted.clone(), ..Parsed::default() });
        }
    }

    #[test]
    fn a_valid_block_is_always_read(
        question in any::<String>().prop_filter("blank", |text| !text.trim().is_empty()),
        before in plain(),
        after in plain(),
    ) {
        let payload = serde_json::json!([{ "text": question, "options": [question] }]);
        let text = format!("{before}[QUESTIONS]\n{payload}\n[/QUESTIONS]{after}");
        let parsed = parse(&text);
        let text = question.trim().to_owned();
        let draft = QuestionDraft { options: vec![text.clone()], why: None, text };
        prop_assert_eq!(parsed.markers, vec![Marker::Questions(vec![draft])]);
        let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
        prop_assert_eq!(words(&parsed.prose), words(&format!("{before} {after}")));
    }
}
