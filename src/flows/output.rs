//! What a command printed, pasted into the chat: names with their values, held against what a check expects. A failing output has
//! most of the words of a passing one, so words that are shared say nothing here.

use super::words::words;

/// Words that are values of something, so that expecting one and reading another is a difference.
const VALUES: &[&str] = &[
    "true",
    "false",
    "running",
    "stopped",
    "paused",
    "enabled",
    "disabled",
    "automatic",
    "manual",
    "success",
    "failed",
    "healthy",
    "unhealthy",
    "warning",
    "online",
    "offline",
    "ok",
    "up",
    "down",
    "none",
    "yes",
    "no",
    "started",
];
/// May stand between a name and what is expected of it.
const BETWEEN: &[&str] = &["is", "are", "has", "state", "status", "should", "be", "shows", "says", "and", "or"];

/// Whether a message is what some command printed.
pub fn is_output(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    lines >= 3 || text.contains("```") || text.chars().count() > 400 || !pairs(text).is_empty()
}

/// Whether the values in the text are those that are expected: not where one is another, and only where all are there. `None` where
/// that cannot be told, as where the expectation leaves a choice.
pub fn is_as_expected(expect: &str, text: &str) -> Option<bool> {
    let (expected, said, printed) = (words(expect), words(text), pairs(text));
    if expected.iter().any(|word| word == "or") {
        return None;
    }
    let (mut found, mut missing) = (false, false);
    for (at, name) in expected.iter().enumerate().filter(|(_, name)| !VALUES.contains(&name.as_str())) {
        let Some(wanted) = value_after(&expected, at) else { continue };
        let mut values: Vec<&String> =
            printed.iter().filter(|(other, _)| other == name).map(|(_, value)| value).collect();
        // "the output says LockedOut True"
        if values.is_empty()
            && name.len() > 5
            && let Some(at) = said.iter().position(|word| word == name)
        {
            values.extend(said.get(at + 1).filter(|word| VALUES.contains(&word.as_str())));
        }
        if values.iter().any(|value| *value != wanted) {
            return Some(false);
        }
        found |= !values.is_empty();
        missing |= values.is_empty() && !BETWEEN.contains(&name.as_str());
    }
    (found && !missing).then_some(true)
}

/// What is expected of the name at this place: `LockedOut is False`, `TpmPresent and TpmReady True`.
fn value_after(expected: &[String], at: usize) -> Option<&String> {
    let mut rest = expected.iter().skip(at + 1).skip_while(|word| BETWEEN.contains(&word.as_str()));
    let next = rest.next()?;
    let joined = expected.get(at + 1).is_some_and(|word| word == "and");
    let value = if joined && !VALUES.contains(&next.as_str()) { rest.next()? } else { next };
    VALUES.contains(&value.as_str()).then_some(value)
}

/// `Name : value` and `Name=value`, in lower case, with the first word of the value.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let (name, value) =
            line.split_once(" : ").or_else(|| line.split_once(": ")).or_else(|| line.split_once('='))?;
        let name = name.trim();
        let is_name =
            name.len() >= 4 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        // A name of a program, not a word before a colon.
        let is_printed = name.chars().skip(1).any(char::is_uppercase) || line.contains(" :") || line.contains('=');
        let value = words(value).into_iter().next()?;
        (is_name && (is_printed || VALUES.contains(&value.as_str()))).then(|| (name.to_lowercase(), value))
    };
    text.split(['\n', ';', ',', '/']).filter_map(|line| pair(line.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_names() {
        let locked = "LockedOut is False";
        assert_eq!(is_as_expected(locked, "PasswordExpired : False\nLockedOut       : True"), Some(false));
        assert_eq!(is_as_expected(locked, "PasswordExpired : True\nLockedOut       : False"), Some(true));
        assert_eq!(is_as_expected(locked, "no wait, the output says LockedOut True - it IS locked"), Some(false));
        assert_eq!(is_as_expected(locked, "Enabled : True"), None);
        assert_eq!(is_as_expected("Status Running and StartType Automatic", "Status : Stopped"), Some(false));
        assert_eq!(
            is_as_expected("TcpTestSucceeded is True", "PingSucceeded : True\nTcpTestSucceeded : False"),
            Some(false)
        );
        let two = "Status Running and StartType Automatic";
        assert_eq!(is_as_expected(two, "Status : Running"), None);
        assert_eq!(is_as_expected(two, "Status : Running\nStartType : Automatic"), Some(true));
        assert_eq!(is_as_expected("State Running", "State : Running\nState : Stopped"), Some(false));
        assert_eq!(is_as_expected("Mode Disabled or Unsupported", "Mode : Unsupported"), None);
        let both = "AllowIPAudio and AllowIPVideo True";
        assert_eq!(is_as_expected(both, "AllowIPAudio : False\nAllowIPVideo : True"), Some(false));
    }

    #[test]
    fn a_sentence_is_no_output() {
        assert!(!is_output("no wait: it is locked"));
        assert!(!is_output("the user says: nothing works"));
        assert!(is_output("LockedOut : True"));
        assert!(is_output("Status=Stopped"));
    }
}
