//! Numbers of payment cards, by their issuers' beginnings, lengths and check digit. By hand and not by a rule of the table: a card
//! may stand in the middle of other numbers, and a pattern that has read on into them finds nothing in it.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::rules::Span;
use crate::ai::types::masked::MaskedKind;

/// How the digits are grouped where they are.
const SHAPES: [&[usize]; 11] = [
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4, 1],
    &[4, 4, 4, 4],
    &[4, 4, 4, 3],
    &[4, 4, 4, 2],
    &[4, 4, 5],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4],
    &[6, 13],
];

/// Digits with at most one sign between two of them.
static RUN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[0-9](?:[ .\u{a0}\u{202f}\u{2010}\u{2011}\u{2013}-]?[0-9]){11,}").ok());

/// Every card number in a text.
pub fn find(text: &str) -> Vec<Span> {
    let runs = RUN.iter().flat_map(|run| run.find_iter(text));
    let spans = runs.flat_map(|run| {
        let groups = groups(text, run.range());
        let mut found = Vec::new();
        let mut at = 0;
        while at < groups.len() {
            let here = shapes(&groups[at..]).map(|count| &groups[at..at + count]).find(|card| is_card(text, card));
            if let Some([first, .., last] | [first @ last]) = here {
                found.push(Span { range: first.start..last.end, kind: MaskedKind::Card });
            }
            at += here.map_or(1, <[_]>::len);
        }
        found
    });
    spans.collect()
}

fn groups(text: &str, run: Range<usize>) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.get(run.clone()).unwrap_or_default().char_indices() {
        let at = run.start + at;
        match groups.last_mut() {
            _ if !c.is_ascii_digit() => {}
            Some(last) if last.end == at => last.end += 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// How many of the first groups may be one card, the most first.
fn shapes(groups: &[Range<usize>]) -> impl Iterator<Item = usize> {
    let fits = move |shape: &&[usize]| {
        groups.len() >= shape.len() && shape.iter().zip(groups).all(|(length, group)| group.len() == *length)
    };
    SHAPES.iter().copied().filter(fits).map(<[usize]>::len).chain([1])
}

fn is_card(text: &str, groups: &[Range<usize>]) -> bool {
    let ([first, .., last] | [first @ last]) = groups else { return false };
    let between = |pair: &[Range<usize>]| match pair {
        [one, other] => text.get(one.end..other.start),
        _ => None,
    };
    let mut signs = groups.windows(2).map(between);
    let sign = signs.next();
    let number: String = groups.iter().filter_map(|group| text.get(group.clone())).collect();
    signs.all(|other| Some(other) == sign)
        && is_issued(&number)
        && luhn(&number)
        && stands_free(text.get(..first.start).unwrap_or_default(), text.get(last.end..).unwrap_or_default())
}

/// Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, RuPay, Mir, Troy, Verve, Elo, Dankort.
fn is_issued(number: &str) -> bool {
    let head = |length: usize| number.get(..length).and_then(|head| head.parse::<u32>().ok()).unwrap_or_default();
    let (two, three, four, six) = (head(2), head(3), head(4), head(6));
    let visa = head(1) == 4;
    let diners = matches!(two, 36 | 38 | 39) || matches!(three, 300..=305 | 309);
    let discover = two == 65 || four == 6011 || matches!(three, 644..=649);
    let jcb = matches!(four, 3528..=3589);
    let union_pay = matches!(two, 62 | 81);
    let mir = matches!(four, 2200..=2205);
    // Not 6390: .NET counts time in eighteen digits that begin so.
    let maestro = matches!(four, 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 | 6771)
        || matches!(six, 676_770 | 676_774);
    let verve = matches!(six, 506_099..=506_198 | 650_002..=650_027 | 507_865..=507_964);
    match number.len() {
        12 => maestro,
        13 => visa || maestro,
        14 => diners || maestro,
        15 => matches!(two, 34 | 37) || maestro,
        16 => {
            visa || diners
                || discover
                || jcb
                || union_pay
                || mir
                || maestro
                || verve
                || matches!(two, 51..=55 | 60 | 82)
                || matches!(four, 2221..=2720 | 5019 | 9792 | 5066 | 5067 | 6362 | 6363)
                || three == 508
        }
        17 | 18 => union_pay || mir || maestro,
        19 => visa || diners || discover || jcb || union_pay || mir || maestro || verve,
        _ => false,
    }
}

fn luhn(number: &str) -> bool {
    let doubled = |(at, digit): (usize, u32)| match (at % 2, digit * 2) {
        (0, _) => digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    number.chars().rev().filter_map(|c| c.to_digit(10)).enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// It is no piece of a longer number, word, GUID, version or fraction, and no number of a phone.
fn stands_free(before: &str, after: &str) -> bool {
    let joint = |c: char| matches!(c, '-' | '.' | '_' | '\u{2010}' | '\u{2011}' | '\u{2013}');
    let names = |word: String| {
        !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || c == '_') && !(word.len() == 4 && is_hex(&word))
    };
    let word =
        |chars: &mut dyn Iterator<Item = char>| chars.take_while(|c| c.is_alphanumeric()).take(24).collect::<String>();
    let joined = |mut chars: Box<dyn Iterator<Item = char> + '_>| match chars.next() {
        Some(c) if c.is_alphanumeric() => true,
        Some(c) if joint(c) => {
            let word = word(&mut chars);
            !word.is_empty() && !names(word)
        }
        _ => false,
    };
    let fraction = before.strip_suffix("0,").is_some_and(|head| !head.ends_with(|c: char| c.is_ascii_digit()));
    !fraction && !before.ends_with('+') && !joined(Box::new(before.chars().rev())) && !joined(Box::new(after.chars()))
}

fn is_hex(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().filter_map(|span| text.get(span.range)).collect()
    }

    #[test]
    fn cards_of_every_issuer_are_found() {
        for card in [
            "4111111111111111",
            "4222222222222",
            "4000006200000000006",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "6011111111111117",
            "30569309025904",
            "36227206271667",
            "3530111333300000",
            "6200000000000005",
            "6205500000000000004",
            "6759649826438453",
            "6771798021000008",
            "501800000009",
            "6304000000000000",
            "2200123456789019",
        ] {
            assert_eq!(found(card), [card]);
            assert_eq!(found(&format!("card {card}, then more.")), [card]);
        }
    }

    #[test]
    fn cards_are_found_however_they_are_written() {
        for (text, card) in [
            ("4111.1111.1111.1111", "4111.1111.1111.1111"),
            ("4111-1111-1111-1111.", "4111-1111-1111-1111"),
            ("4111\u{a0}1111\u{a0}1111\u{a0}1111", "4111\u{a0}1111\u{a0}1111\u{a0}1111"),
            ("Amex 3782 822463 10005", "3782 822463 10005"),
            ("qty 2 4111 1111 1111 1111 12 28 123", "4111 1111 1111 1111"),
            ("2026 4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("2026.11.26 4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("card:4111111111111111", "4111111111111111"),
            ("card-4111111111111111", "4111111111111111"),
            ("pan_4111111111111111", "4111111111111111"),
            ("Bob,4111111111111111,12/28", "4111111111111111"),
            ("4111111111111111/12/28", "4111111111111111"),
            ("\"4111111111111111\"", "4111111111111111"),
            ("4111 1111 1111 1111 5555 5555 5555 4444", "4111 1111 1111 1111"),
        ] {
            assert_eq!(found(text).first(), Some(&card), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_cards() {
        for text in [
            "4111111111111112",
            "41111111111111111111111111",
            "0.4111111111111111 and 0,4111111111111111 and 1.4111.1111.1111.1111",
            "{0f8fad5b-d9cb-469f-a165-501800000009} and a1-4111111111111111",
            "S-1-5-21-3623811015-3361044348-30300820-1013",
            "x4111111111111111 and 4111111111111111a",
            "+4222222222222",
            "IMEI 356938035643809, tracking 9400110898825022579493, ICCID 8944500102198304826",
            "638412345678901234 639012345678901234 133412345678901234",
            "4111-1111 1111.1111",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    /// The digit that makes a number a card's.
    fn with_check_digit(head: &str) -> String {
        (0..10).map(|digit| format!("{head}{digit}")).find(|number| luhn(number)).unwrap()
    }

    proptest! {
        #[test]
        fn a_card_is_found_among_other_numbers(
            head in prop::sample::select(vec!["4", "51", "2221", "6011", "6200", "6759", "3530", "6304"]),
            rest in "[0-9]{14}",
            sign in prop::sample::select(vec!["", " ", "-", "."]),
            before in prop::sample::select(vec!["", "7 ", "2026 ", "26.11.2026 ", "id: ", "a,"]),
            after in prop::sample::select(vec!["", " 12 28", ", 123", ".", "\n4"]),
        ) {
            let number = with_check_digit(&format!("{head}{rest}")[..15]);
            let card = [&number[..4], &number[4..8], &number[8..12], &number[12..]].join(sign);
            let text = format!("{before}{card}{after}");
            let hidden = find(&text).iter().any(|span| text[span.range.clone()].contains(&card));
            prop_assert!(hidden, "{}", text);
        }
    }
}
