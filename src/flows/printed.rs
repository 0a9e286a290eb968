//! What a command printed: told from what a person says, and held against what a check expects.
//!
//! Only the values of the very keys that the expectation names decide. Words that output and expectation merely share say
//! nothing: `LockedOut : True` has all of "LockedOut is False" but the one that counts.

use super::words::{first_of, is_negator, words};
use super::yes_no::yes_or_no;
use crate::ai::types::CheckOutcome;

/// Values that name a state. Others, such as names and dates, are not compared.
#[rustfmt::skip]
const STATES: &[&str] = &[
    "true", "false", "yes", "no", "running", "stopped", "paused", "enabled", "disabled", "automatic", "auto", "manual",
    "boot", "system", "ok", "error", "degraded", "warning", "healthy", "unhealthy", "up", "down", "disconnected",
    "connected", "online", "offline", "normal", "valid", "invalid", "expired", "active", "inactive", "none", "success",
    "failed", "listen", "ssd", "hdd", "enabledoutgoingincoming",
];
/// States that are never the opposite of a good one.
const GOOD: &[&str] = &["ok", "normal", "valid", "healthy", "success"];
/// Words of an expectation that leaves more than one way to be right.
const OPEN: &[&str] = &["or", "either", "unless", "except", "otherwise", "better"];
/// Between a key and its value where a person writes.
const BETWEEN: &[&str] = &["is", "are", "was", "says", "shows", "now", "still", "on", "set", "to"];
/// An expectation of every record.
const FOR_ALL: &str = " for all ";
/// Words of who speaks of what stands right there; printers use other ones.
#[rustfmt::skip]
const OF_IT: &[&str] = &[
    "i", "im", "ive", "me", "we", "it", "its", "so", "that", "thats", "this", "he", "hes", "she", "shes", "they", "theyre", "looks",
    "seems", "still", "expected", "good", "fine",
];
/// What a check is about, as people call it.
const SUBJECTS: &[&str] = &["it", "its", "he", "hes", "she", "shes", "account", "user", "so"];
/// Before a colon where a person answers.
const ANSWERS: &[&str] = &["yes", "yep", "no", "nope", "pass", "passed", "fail", "failed", "result", "answer"];

/// Whether a message is what some command printed.
pub fn is_output(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    lines >= 3 || text.contains("```") || text.chars().count() > 400 || text.lines().any(is_printed)
}

/// Output and the one line of remark below or above it.
pub fn with_remark(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_end().trim_start_matches(['\r', '\n']);
    let is_one =
        |(output, line): &(&str, &str)| (output.contains("```") || output.lines().any(is_printed)) && is_remark(line);
    let below = text.rsplit_once('\n').filter(|(output, line)| is_one(&(output, line)) && !is_row(output, line));
    below.or_else(|| text.split_once('\n').map(|(remark, output)| (output, remark)).filter(is_one))
}

fn is_remark(line: &str) -> bool {
    let (said, line) = (words(line), line.trim_end());
    let begins_small = line.starts_with(|letter: char| letter.is_ascii_lowercase());
    let answers = line.contains(',') && yes_or_no(line).is_some();
    let tells = answers
        || first_of(&said, OF_IT).is_some()
        || (begins_small && first_of(&said, &["is", "are", "isnt", "arent"]).is_some());
    let set = line.contains("  ") || line.contains(['\t', '|']) || line.starts_with(' ') || line.ends_with(':');
    (2..=15).contains(&said.len()) && tells && !set && !is_printed(line)
}

/// Whether a line would be the table's last row: it stands right below, with a cell in each column.
fn is_row(output: &str, line: &str) -> bool {
    let line: Vec<char> = line.chars().collect();
    let begins =
        |at: usize| line.get(at).is_some_and(|letter| *letter != ' ') && (at == 0 || line.get(at - 1) == Some(&' '));
    let starts = output.lines().rfind(|line| is_rule(line)).map(columns).unwrap_or_default();
    let right_below = output.lines().last().is_some_and(|line| !line.trim().is_empty());
    right_below && starts.len() > 1 && starts.into_iter().all(begins)
}

fn is_printed(line: &str) -> bool {
    is_rule(line) || has_clock(line) || segments(line).filter_map(pair).any(|pair| pair.is_printed())
}

/// The line below a table's head.
fn is_rule(line: &str) -> bool {
    line.contains("---") && line.chars().all(|letter| letter == '-' || letter.is_whitespace())
}

/// Whether a line has a time to the second, as logs have and people do not write.
fn has_clock(line: &str) -> bool {
    let is_time = |word: &str| {
        let parts: Vec<&str> = word.trim_end_matches([',', '.', 'Z']).split(':').collect();
        parts.len() == 3 && parts.iter().all(|part| part.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    line.split([' ', '\t', 'T']).any(is_time)
}

fn segments(line: &str) -> impl Iterator<Item = &str> {
    line.split(" / ").flat_map(|part| part.split(['|', ';', ',']))
}

/// A key with its value: `LockedOut : True`, `StartType=Automatic`.
struct Pair<'t> {
    key: String,
    value: &'t str,
    /// The key is a single word, as no "she says: no" has it.
    lone: bool,
    /// Set apart as printers of lists do.
    spaced: bool,
}

impl Pair<'_> {
    fn is_printed(&self) -> bool {
        let told = self.lone && (is_state(self.value) || self.value.parse::<f64>().is_ok());
        !ANSWERS.contains(&self.key.as_str()) && self.key.len() > 1 && (told || self.spaced)
    }
}

fn pair(segment: &str) -> Option<Pair<'_>> {
    let at = segment.find([':', '='])?;
    let (before, after) = segment.split_at_checked(at)?;
    let key = words(before);
    let name = before.trim_start_matches(['"', '{', '@', ' ', '\t']);
    let named = (1..=3).contains(&key.len()) && name.starts_with(char::is_alphabetic);
    named.then(|| Pair {
        lone: key.len() == 1,
        spaced: before.ends_with(' '),
        key: key.concat(),
        value: after.get(1..).unwrap_or_default().trim_matches([' ', '\t', '"', '}']),
    })
}

fn is_state(value: &str) -> bool {
    STATES.contains(&value.to_lowercase().as_str())
}

/// The result of a check by the values its expectation names. One that is surely another decides; to be as expected, the
/// whole expectation must be there.
pub fn result_of(expect: &str, text: &str) -> Option<CheckOutcome> {
    let expected = Expected::of(expect);
    let guesses = ["whether", "if", "should", "would", "let me", "going to"];
    if expected.values.is_empty() || (!is_output(text) && first_of(&words(text), &guesses).is_some()) {
        return None;
    }
    let judged: Vec<Option<bool>> =
        expected.values.iter().map(|(key, value)| agrees(&expected.found(text, key, value), value)).collect();
    if judged.contains(&Some(false)) {
        return Some(CheckOutcome::Fail);
    }
    (expected.whole && judged.iter().all(|agreed| *agreed == Some(true))).then_some(CheckOutcome::Pass)
}

/// Whether a text shows each value that the expectation names, as far as it names any.
pub fn shows(expect: &str, text: &str) -> bool {
    let expected = Expected::of(expect);
    expected.values.iter().all(|(key, value)| agrees(&expected.found(text, key, value), value) == Some(true))
}

/// Whether a person says in words what an expectation excludes: "it is still locked" where `LockedOut` should be False.
pub fn says_otherwise(expect: &str, said: &[String]) -> bool {
    let guesses = ["if", "whether", "should", "would", "could", "might", "maybe", "perhaps", "think"];
    let expected = Expected::of(expect);
    let stated = |at: usize, state: &String| {
        let mut before = said.iter().take(at).rev().map(String::as_str);
        let negated = before.clone().take(2).any(is_negator);
        let subject = before.find(|word| !["is", "not", "still", "isnt"].contains(word));
        let of_it = subject.map_or(said.len() <= 2, |word| SUBJECTS.contains(&word));
        let other = if negated { "true" } else { "false" };
        let excluded = |(key, value): &(String, String)| key.starts_with(state.as_str()) && value == other;
        state.ends_with("ed") && of_it && expected.values.iter().any(excluded)
    };
    said.len() <= 8 && first_of(said, &guesses).is_none() && said.iter().enumerate().any(|(at, word)| stated(at, word))
}

/// Whether a text names one of the values that a check expects: then only what it says of them counts.
pub fn names_a_value(expect: &str, text: &str) -> bool {
    let said = words(text);
    Expected::of(expect).values.iter().any(|(key, _)| said.contains(key))
}

/// Whether all values are the one expected: not where a single record has another. `None` where there is none, or one says
/// something of another kind or sounds as well as what is expected.
fn agrees(values: &[String], expected: &str) -> Option<bool> {
    let kind = |value: &str| match value {
        "true" | "false" => 0,
        "yes" | "no" => 1,
        _ => 2,
    };
    let comparable =
        |value: &String| is_state(value) && kind(value) == kind(expected) && !GOOD.contains(&value.as_str());
    if values.iter().any(|value| value != expected && comparable(value)) {
        return Some(false);
    }
    (!values.is_empty() && values.iter().all(|value| value == expected)).then_some(true)
}

/// What an expectation says of keys and values.
struct Expected {
    values: Vec<(String, String)>,
    /// It says nothing else.
    whole: bool,
    /// Each row of a table counts.
    all: bool,
}

impl Expected {
    fn of(expect: &str) -> Self {
        let mut expected = Self { values: Vec::new(), whole: true, all: expect.contains(FOR_ALL) };
        if first_of(&words(expect), OPEN).is_some() {
            return expected;
        }
        let mut keys = Vec::new();
        for clause in expect.split([',', ';']).flat_map(|part| part.split(" and ")) {
            let clause = clause.split_once(FOR_ALL).map_or(clause, |(one, _)| one);
            let small = ["is", "are", "the", "its", "and", ":", "="];
            let bare = clause.split_whitespace().map(|word| word.trim_matches(['`', '.', '(', ')']));
            let said: Vec<&str> = bare.filter(|word| !word.is_empty() && !small.contains(word)).collect();
            match said.as_slice() {
                [] => {}
                [key] if is_key(key) => keys.push(words(key).concat()),
                [key, value] if is_key(key) && is_state(value) => {
                    keys.push(words(key).concat());
                    expected.values.extend(keys.drain(..).map(|key| (key, state(value))));
                }
                _ => {
                    keys.clear();
                    expected.whole = false;
                }
            }
        }
        expected.whole &= keys.is_empty();
        expected
    }

    /// The values a text gives for a key: in lines, in tables, else where a person names the key.
    fn found(&self, text: &str, key: &str, value: &str) -> Vec<String> {
        let pairs = text.lines().flat_map(segments).filter_map(pair);
        let mut found: Vec<String> = pairs.filter(|pair| pair.key == key).map(|pair| first(pair.value)).collect();
        let cells = in_tables(text, key);
        // A table may list more than a check is about, such as all adapters: where its rows differ, a nameless value stands for
        // them, which decides nothing.
        let as_expected = cells.iter().filter(|cell| *cell == value).count();
        match (1..cells.len()).contains(&as_expected) && !self.all {
            true => found.push(String::new()),
            false => found.extend(cells),
        }
        if found.is_empty() { in_words(text, key) } else { found }
    }
}

fn is_key(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_uppercase()) && word.chars().all(char::is_alphanumeric)
}

/// A value as it is compared.
fn state(value: &str) -> String {
    let value = value.trim().to_lowercase();
    if value == "auto" { "automatic".to_owned() } else { value }
}

/// What a value begins with: `Running (since 08:00)`.
fn first(value: &str) -> String {
    state(value.split_whitespace().next().unwrap_or_default())
}

/// Where the columns of a table begin, by the line below its head.
fn columns(rule: &str) -> Vec<usize> {
    let rule: Vec<char> = rule.chars().collect();
    let is_start = |at: usize| rule.get(at) == Some(&'-') && (at == 0 || rule.get(at - 1) == Some(&' '));
    (0..rule.len()).filter(|at| is_start(*at)).collect()
}

/// The cells of a column, in every table that has it.
fn in_tables(text: &str, key: &str) -> Vec<String> {
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.trim_end().chars().collect()).collect();
    let mut found = Vec::new();
    for (at, rule) in text.lines().enumerate().filter(|(at, line)| *at > 0 && is_rule(line)) {
        let starts = columns(rule);
        let cell = |line: &[char], column: usize| -> String {
            let from = starts.get(column).copied().unwrap_or_default().min(line.len());
            let to = starts.get(column + 1).copied().unwrap_or(line.len()).clamp(from, line.len());
            line.get(from..to).unwrap_or_default().iter().collect()
        };
        let Some(head) = lines.get(at - 1) else { continue };
        let Some(column) = (0..starts.len()).find(|column| words(&cell(head, *column)).concat() == key) else {
            continue;
        };
        let rows = lines.iter().skip(at + 1).take_while(|line| !line.is_empty() && !line.starts_with(&['`'; 3]));
        found.extend(rows.map(|row| state(&cell(row, column))));
    }
    found
}

/// `LockedOut is True`, `LockedOut True` among other words of a line.
fn in_words(text: &str, key: &str) -> Vec<String> {
    let in_line = |line: &str| {
        let said = words(line);
        let keys = said.iter().enumerate().filter(|(_, word)| *word == key).map(|(at, _)| at);
        let value = |at: usize| said.iter().skip(at + 1).find(|word| !BETWEEN.contains(&word.as_str()));
        keys.filter_map(value).map(|value| state(value)).collect::<Vec<_>>()
    };
    text.lines().flat_map(in_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::{library::Library, talk};

    #[test]
    fn values_are_read_with_their_names() {
        let (pass, fail) = (Some(CheckOutcome::Pass), Some(CheckOutcome::Fail));
        let (locked, two) = ("LockedOut is False", "Status Running and StartType Automatic");
        let both = "AllowIPAudio and AllowIPVideo True";
        for (expect, text, result) in [
            (locked, "PasswordExpired : False\nLockedOut       : True", fail),
            (locked, "PasswordExpired : True\nLockedOut       : False", pass),
            (locked, "no wait, the output says LockedOut True - it IS locked", fail),
            (locked, "Enabled : True", None),
            (two, "Status : Stopped", fail),
            (two, "Status : Running", None),
            (two, "Status : Running\nStartType : Automatic", pass),
            ("TcpTestSucceeded is True", "PingSucceeded : True\nTcpTestSucceeded : False", fail),
            ("State Running", "State : Running\nState : Stopped", fail),
            ("State Running", "State : Running\nState : OK", None),
            ("its Status is Up", "Name Status\n---- ------\nLAN  Disconnected\nWLAN Up", None),
            ("its Status is Up", "Name Status\n---- ------\nLAN  Disconnected", fail),
            ("its Status is Up", "Name Status\n---- ------\nLAN  Up\nWLAN Up", pass),
            ("Status is Up", "Status\n------\nUp\nDisconnected", None),
            ("TcpTestSucceeded is True for all four, and no incident is open", "TcpTestSucceeded : False", fail),
            (locked, "LockedOut: True, PasswordExpired: False", fail),
            (locked, "PasswordExpired: True, LockedOut: False", pass),
            (locked, "LockedOut=True, PasswordExpired=False", fail),
            (locked, "{\"LockedOut\": true, \"PasswordExpired\": false}", fail),
            (locked, "Enabled,LockedOut,PasswordExpired\nTrue,True,False", None),
            (locked, "LockedOut true, should be false", None),
            (two, "Status : Running (since 08:00)\nStartType : Automatic", pass),
            (two, "| Status | StartType |\n|---|---|\n| Running | Automatic |", None),
            (two, "\"Status\",\"StartType\"\n\"Running\",\"Automatic\"", None),
            ("Status Running", "```\nStatus  Name\n------  ----\nRunning Spooler\n```", pass),
            ("Up is True for all four", "Name Up\n---- --\na    True\nb    False", fail),
            ("Mode Disabled or Unsupported", "Mode : Unsupported", None),
            (both, "AllowIPAudio : False\nAllowIPVideo : True", fail),
        ] {
            assert_eq!(result_of(expect, text), result, "{expect}: {text}");
        }
    }

    #[test]
    fn another_value_never_passes_a_check_of_the_library() {
        for check in Library::embedded().flows().iter().flat_map(|flow| flow.checks()) {
            let expected = Expected::of(check.expect.as_deref().unwrap_or_default());
            for (key, value) in &expected.values {
                let other = match value.as_str() {
                    "true" => "False",
                    "false" => "True",
                    _ => "Stopped",
                };
                for text in [
                    format!("{key}: {other}, Other: {value}"),
                    format!("{key}={other}; Other={value}"),
                    format!("{key} : {other}\nOther : {value}"),
                    format!("{key} is {other}, Other is {value}"),
                    format!("it says {key} {other}, should be {value}"),
                    format!("{key},Other\n{other},{value}"),
                    format!("{key} : {other}\nlooks fine to me"),
                    format!("as expected, it looks good\nOther : {value}"),
                ] {
                    let result = talk::result_of(check, &text, false);
                    assert_ne!(result, Some(CheckOutcome::Pass), "{}: {text}", check.label);
                }
            }
        }
    }

    #[test]
    fn a_sentence_is_no_output() {
        for text in ["no wait: it is locked", "the user says: nothing works", "she says: no", "result: fail"] {
            assert!(!is_output(text), "{text}");
        }
        for text in ["LockedOut : True", "Status=Stopped", "Media State . . . : Media disconnected"] {
            assert!(is_output(text), "{text}");
        }
    }
}
