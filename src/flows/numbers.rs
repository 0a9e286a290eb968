//! Numbers in answers: `3`, `3.5gb`, `500 MB`, `about two weeks`, `less than 5`, measured in the unit the question asks for.

/// A kind of quantity: its units, each worth that many of the smallest.
type Family = &'static [(&'static [&'static str], f64)];

#[rustfmt::skip]
const BYTES: Family = &[
    (&["kb", "kib", "kilobyte", "kilobytes", "k"], 1.0),
    (&["mb", "mib", "megabyte", "megabytes", "meg", "megs", "m"], 1_024.0),
    (&["gb", "gib", "gigabyte", "gigabytes", "gig", "gigs", "g"], 1_048_576.0),
    (&["tb", "tib", "terabyte", "terabytes", "t"], 1_073_741_824.0),
];
#[rustfmt::skip]
const TIME: Family = &[
    (&["ms", "millisecond", "milliseconds", "msec"], 0.001),
    (&["second", "seconds", "sec", "secs", "s"], 1.0),
    (&["minute", "minutes", "min", "mins"], 60.0),
    (&["hour", "hours", "h", "hrs", "hr"], 3_600.0),
    (&["day", "days", "d"], 86_400.0),
    (&["week", "weeks"], 604_800.0),
    (&["month", "months"], 2_592_000.0),
    (&["year", "years"], 31_536_000.0),
];
#[rustfmt::skip]
const SPEED: Family = &[
    (&["kbps", "kbit"], 1.0),
    (&["mbps", "mbit", "mbits"], 1_000.0),
    (&["gbps", "gbit", "gbits"], 1_000_000.0),
];
#[rustfmt::skip]
const PERCENT: Family = &[(&["percent", "pct", "%"], 1.0)];
const FAMILIES: &[Family] = &[BYTES, TIME, SPEED, PERCENT];

#[rustfmt::skip]
const NUMBER_WORDS: &[(&str, f64)] = &[
    ("zero", 0.0), ("none", 0.0), ("nothing", 0.0), ("full", 0.0), ("one", 1.0), ("two", 2.0), ("three", 3.0),
    ("four", 4.0), ("five", 5.0), ("six", 6.0), ("seven", 7.0), ("eight", 8.0), ("nine", 9.0), ("ten", 10.0),
    ("dozen", 12.0), ("twelve", 12.0), ("twenty", 20.0), ("hundred", 100.0),
];
#[rustfmt::skip]
const LESS: &[&str] = &["less", "under", "below", "fewer", "<"];
#[rustfmt::skip]
const MORE: &[&str] = &["more", "over", "above", ">"];

/// The number an answer means, in the unit of the question's text. `None`: no number, or one of another kind.
pub fn number_in(answer: &str, question: &str) -> Option<f64> {
    let tokens = tokens(answer);
    let at = tokens.iter().position(|token| value_of(token).is_some())?;
    let mut value = tokens.get(at).and_then(|token| value_of(token))?;
    let before = tokens.get(..at).unwrap_or_default();
    if before.last().is_some_and(|token| token == "minus" || token == "-") {
        return None;
    }
    if let Some((family, size)) = tokens.get(at + 1).and_then(|token| unit_of(token)) {
        let (asked_family, asked_size) = asked_unit(question).unwrap_or((family, size));
        if !std::ptr::eq(family, asked_family) {
            return None;
        }
        value *= size / asked_size;
    }
    if before.iter().any(|token| LESS.contains(&token.as_str())) {
        value -= value.abs().max(1.0) * 1.0e-6;
    } else if before.iter().any(|token| MORE.contains(&token.as_str())) {
        value += value.abs().max(1.0) * 1.0e-6;
    }
    Some(value)
}

/// The unit the question asks for: the first long enough to be one.
fn asked_unit(question: &str) -> Option<(Family, f64)> {
    let tokens = tokens(question);
    tokens.iter().filter(|token| token.len() > 1 || *token == "%").find_map(|token| unit_of(token))
}

fn unit_of(token: &str) -> Option<(Family, f64)> {
    FAMILIES.iter().find_map(|family| {
        let unit = family.iter().find(|(names, _)| names.contains(&token))?;
        Some((*family, unit.1))
    })
}

fn value_of(token: &str) -> Option<f64> {
    let spelled = NUMBER_WORDS.iter().find(|(word, _)| *word == token).map(|(_, value)| *value);
    spelled.or_else(|| parse(token))
}

/// `3`, `3.5`, `3,5`, `1,200`.
fn parse(token: &str) -> Option<f64> {
    if !token.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number = match token.split_once(',') {
        Some((_, tail)) if tail.len() == 3 => token.replace(',', ""),
        Some(_) => token.replacen(',', ".", 1),
        None => token.to_owned(),
    };
    number.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// Words, numbers, and the signs that matter beside numbers; `3.5gb` is two tokens.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut kind = Kind::Other;
    for letter in text.chars().take(400) {
        let next = match letter {
            '0'..='9' => Kind::Number,
            '.' | ',' if kind == Kind::Number => Kind::Number,
            '<' | '>' | '%' | '-' => Kind::Sign,
            _ if letter.is_alphabetic() => Kind::Word,
            _ => Kind::Other,
        };
        if next != Kind::Other {
            match tokens.last_mut() {
                Some(token) if next == kind && next != Kind::Sign => token.extend(letter.to_lowercase()),
                _ => tokens.push(letter.to_lowercase().collect()),
            }
        }
        kind = next;
    }
    for token in &mut tokens {
        let end = token.trim_end_matches(['.', ',']).len();
        token.truncate(end);
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Word,
    Sign,
    Other,
}
