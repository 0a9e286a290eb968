//! What holds for any text.

use std::time::Instant;

use proptest::prelude::*;

use super::super::Vault;
use crate::ai::types::settings::Masked;

/// Pieces of which tickets, and attacks on the masking, are made.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{0,12}",
        2 => "\\PC{0,6}",
        4 => prop::sample::select(vec![
            "password: ", "Password=", "The password is ", "passphrase ", "blue ", "monkey ", "dances ", "high", "not ", "“", "”", ". ", "\"", "'", "\n", " ", ";", "pwd is ", "Hunter2!", "token=", "api key: ", "Bearer ",
            "abc123DEF456ghi789", "net user bob ", "/add", "-Password ", "MASKED-", "MASKED-PASSWORD-", "MASKED-KEY-ABCDEF",
            "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----", "4111 1111 1111 1111", "Cookie: a=b; c", "postgres://a:b@",
            "10.1.2.3", "::1", "fe80::1", "bob@acme.test", "\\\\FS01\\", "Dear Bob", "eyJhbGciOiJI.eyJzdWIiOiIx.abc",
        ]).prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..16).prop_map(|pieces| pieces.concat())
}

/// What an address begins with.
const SIGNS: [&str; 4] = ["://", "](<", "mailto:", "www."];

fn in_chunks(vault: &Vault, text: &str, sizes: &[usize]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut unmasker, mut restored, mut at) = (vault.unmasker(), String::new(), 0);
    for size in sizes.iter().cycle() {
        let Some(rest) = chars.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let chunk: String = rest.iter().take(*size).collect();
        restored.push_str(&unmasker.push(&chunk));
        at += size;
    }
    restored + &unmasker.finish()
}

/// Words that passphrases are drawn from: no sentence is made of them.
const DICE: [&str; 10] =
    ["correct", "horse", "battery", "staple", "Umbrella", "tannen", "lantern", "velvet", "orbit", "Zebra"];

proptest! {
    #[test]
    fn no_word_of_a_passphrase_is_left(
        words in prop::collection::vec(prop::sample::select(DICE.to_vec()), 4..8),
        lead in prop::sample::select(vec![
            "The password is ", "password: ", "Password = ", "the passphrase is ", "passphrase: ", "the password we use was ",
        ]),
        quotes in prop::sample::select(vec![("", ""), ("\"", "\""), ("“", "”"), ("'", "'")]),
        tail in prop::sample::select(vec!["", ".", "\nThen it failed.", "\r\nThanks"]),
    ) {
        let phrase = words.join(" ");
        let text = format!("{lead}{}{phrase}{}{tail}", quotes.0, quotes.1);
        let mut vault = Vault::new("s", Masked::default());
        let masked = vault.mask(&text);
        prop_assert_eq!(vault.unmask(&masked), &*text);
        for word in words {
            prop_assert!(!masked.contains(word), "{}: {}", text, masked);
        }
    }

    #[test]
    fn what_is_masked_comes_back_and_is_not_masked_twice(text in text()) {
        let mut vault = Vault::new("s", Masked::ALL);
        let masked = vault.mask(&text);
        // In addresses placeholders stay.
        if !SIGNS.iter().any(|sign| text.to_lowercase().contains(sign)) {
            prop_assert_eq!(vault.unmask(&masked), &*text);
        }
        prop_assert_eq!(vault.mask(&masked), &*masked);
        let again = Vault::new("s", Masked::ALL).mask(&text);
        prop_assert_eq!(again, masked);
    }

    #[test]
    fn however_the_stream_is_cut_the_text_is_the_same(text in text(), sizes in prop::collection::vec(1_usize..9, 1..20)) {
        let mut vault = Vault::new("s", Masked::ALL);
        let masked = format!("{}MASKED-", vault.mask(&text));
        let restored = in_chunks(&vault, &masked, &sizes);
        prop_assert_eq!(&restored, &vault.unmask(&masked));
        if !SIGNS.iter().any(|sign| text.to_lowercase().contains(sign)) {
            prop_assert_eq!(restored, format!("{text}MASKED-"));
        }
    }

    #[test]
    fn however_an_address_is_cut_no_value_stands_in_it(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "https:", "//", "://", "https://", "evil.test/?q=", "@", "@", "@", " ", "\n", "(", ")", "](", "](<", ">", "\"", "M", "MASKED-", "x",
            "www.", "mailto:", "ä",
        ]), 0..24),
        sizes in prop::collection::vec(1_usize..9, 1..20),
    ) {
        let mut vault = Vault::new("s", Masked::default());
        vault.mask("password: Hunter2!");
        let said = pieces.concat().replace('@', &vault.values()[0].placeholder);
        let restored = in_chunks(&vault, &said, &sizes);
        prop_assert_eq!(&restored, &vault.unmask(&said));
        for word in restored.split_ascii_whitespace() {
            let told = word.split_once("://").is_some_and(|(_, address)| address.contains("Hunter2!"));
            prop_assert!(!told, "{}", restored);
        }
        if !SIGNS.iter().any(|sign| said.contains(sign)) {
            prop_assert_eq!(restored, pieces.concat().replace('@', "Hunter2!"));
        }
    }
}

#[test]
fn a_stream_cut_at_any_place_gives_the_same_and_holds_back_no_more_than_a_placeholder() {
    let mut vault = Vault::new("s", Masked::default());
    let text =
        "Für Bob: password: Hunter2! — MMASKED, MASKED-PASS, MASKED-PASSWORD-12 and token=abc123DEF456ghi789jkl.";
    let masked = vault.mask(text);
    for (at, _) in masked.char_indices() {
        let mut unmasker = vault.unmasker();
        let head = unmasker.push(&masked[..at]);
        assert!(vault.unmask(&masked[..at]).len() - head.len() <= 24, "held back after {at}");
        assert_eq!(head + &unmasker.push(&masked[at..]) + &unmasker.finish(), text);
    }
}

#[test]
fn twice_the_text_takes_about_twice_the_time() {
    let bad = [
        "password: a",
        "-----BEGIN PRIVATE KEY-----",
        "MASKED-PASSWORD-",
        "1234 ",
        "a.b.c.",
        "eyJaaaaaaaaaa.",
        "curl -u ",
        "net use ",
        "::",
        "key=\"",
        "https://a:",
        "password is ",
        "password is blue monkey ",
        "password: “",
    ];
    let time = |text: &str| {
        let started = Instant::now();
        Vault::new("s", Masked::ALL).mask(text);
        started.elapsed().as_secs_f64()
    };
    for piece in bad {
        let of = |size: usize| piece.repeat(size / piece.len());
        time(&of(1_000));
        let (small, large) = (time(&of(20_000)), time(&of(80_000)));
        assert!(large < small * 12.0 + 0.05, "{piece}: {small} s, then {large} s for four times as much");
    }
}
