//! What a number, word or secret must be like to be taken for one: check digits, and the difference between `Summer2026!` and
//! `expired`.

pub use super::who::{login, of_a_domain, person, two_words};

/// A value with what stands around it.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'t> {
    pub before: &'t str,
    pub value: &'t str,
    pub after: &'t str,
}

impl Hit<'_> {
    /// The few words before it, in small letters.
    fn lead(self) -> String {
        let from = self.before.char_indices().rev().nth(24).map_or(0, |(at, _)| at);
        self.before.get(from..).unwrap_or_default().trim_end_matches([' ', ':', '=']).to_ascii_lowercase()
    }

    /// It is no piece of a longer number, GUID or version.
    fn stands_free(self) -> bool {
        let joint = |c: char| matches!(c, '-' | '.' | '_' | '/' | ':' | ',');
        let goes_on = |mut chars: Box<dyn Iterator<Item = char> + '_>| {
            chars.next().is_some_and(joint) && chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
        };
        !goes_on(Box::new(self.before.chars().rev())) && !goes_on(Box::new(self.after.chars()))
    }
}

/// What stands where a password would, and is none.
const WORDS: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "null",
    "none",
    "nil",
    "n/a",
    "na",
    "unknown",
    "empty",
    "blank",
    "set",
    "unset",
    "reset",
    "expired",
    "expires",
    "incorrect",
    "correct",
    "wrong",
    "invalid",
    "valid",
    "required",
    "needed",
    "changed",
    "unchanged",
    "never",
    "always",
    "locked",
    "unlocked",
    "enabled",
    "disabled",
    "present",
    "absent",
    "missing",
    "hidden",
    "masked",
    "redacted",
    "removed",
    "forgotten",
    "the",
    "a",
    "an",
    "is",
    "was",
    "and",
    "or",
    "to",
    "for",
    "not",
    "please",
    "see",
    "user",
    "my",
    "his",
    "her",
    "their",
    "your",
    "it",
    "in",
    "on",
    "at",
    "of",
    "with",
    "has",
    "have",
    "can",
    "could",
    "would",
    "will",
    "does",
    "did",
    "must",
    "should",
    "policy",
    "prompt",
    "manager",
    "string",
    "str",
    "text",
    "secure",
    "securestring",
    "password",
    "passwort",
    "secret",
    "token",
    "key",
    "value",
    "undefined",
    "default",
    "optional",
    "same",
    "ok",
    "failed",
    "error",
    "denied",
    "rejected",
    "accepted",
    "again",
    "still",
    "kein",
    "keine",
    "nein",
    "ja",
    "falsch",
    "abgelaufen",
];

/// A variable, a format, stars: where a secret goes, not one.
pub fn is_stand_in(value: &str) -> bool {
    let lower = value.to_lowercase();
    let first = value.chars().next();
    WORDS.contains(&lower.trim_matches(|c: char| !c.is_alphanumeric()))
        || !value.chars().any(char::is_alphanumeric)
        || (lower.len() > 2 && lower.chars().all(|c| c == 'x'))
        || matches!(first, Some('(' | '<' | '{' | '['))
        || (first == Some('$')
            && value.chars().skip(1).all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '{' | '}')))
        || (first == Some('%') && value.len() > 2 && value.ends_with('%'))
}

pub fn any(_: Hit<'_>) -> bool {
    true
}

/// Stands where only a secret stands.
pub fn given(hit: Hit<'_>) -> bool {
    !is_stand_in(hit.value)
}

/// After `pwd`: the shell's folder is none.
pub fn no_path(hit: Hit<'_>) -> bool {
    let drive = hit.value.get(1..3).is_some_and(|rest| rest == ":\\");
    given(hit) && !drive && !hit.value.starts_with(['/', '\\', '~'])
}

/// The argument of an option.
pub fn argument(hit: Hit<'_>) -> bool {
    given(hit) && !hit.value.starts_with(['-', '/', '$', '@', '%', '|', '>', '&', '*'])
}

struct Letters {
    digit: bool,
    upper: bool,
    lower: bool,
    symbol: bool,
    inner_upper: bool,
}

fn letters(value: &str) -> Letters {
    let symbol =
        |c: char| matches!(c, '!' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '?' | '+' | '=' | '~' | '§' | '€' | '£');
    Letters {
        digit: value.chars().any(|c| c.is_ascii_digit()),
        upper: value.chars().any(char::is_uppercase),
        lower: value.chars().any(char::is_lowercase),
        symbol: value.trim_end_matches(['?', '!']).chars().any(symbol),
        inner_upper: value.chars().skip(1).any(char::is_uppercase),
    }
}

/// Looks like a password where a sentence could go on with any word.
pub fn like_a_password(hit: Hit<'_>) -> bool {
    let has = letters(hit.value);
    let letter = has.upper || has.lower;
    given(hit)
        && hit.value.chars().count() >= 4
        && letter
        && (has.digit || has.symbol || (has.inner_upper && has.lower))
}

/// Looks like nothing else.
pub fn surely_a_password(hit: Hit<'_>) -> bool {
    let has = letters(hit.value);
    let symbol = has.symbol || hit.value.ends_with('!');
    given(hit) && has.digit && symbol && (has.upper || has.lower) && !hit.value.contains(['/', '\\'])
}

/// What somebody sets a password to where nothing names it one: no product, mode or size.
pub fn chosen(hit: Hit<'_>) -> bool {
    const THINGS: &str = "office windows server version build exchange outlook sharepoint level port vlan profile default group \
        policy channel mode type option step room printer tray drive disk user account event error code ticket \
        usb hdmi wifi tier plan year";
    let has = letters(hit.value);
    let word: String = hit.value.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    let mixed = has.digit && has.upper && has.lower && hit.value.chars().count() >= 8;
    (surely_a_password(hit) || (given(hit) && mixed))
        && !THINGS.split(' ').any(|thing| thing == word)
        && !hit.value.contains(['/', '\\', '{'])
        && !is_guid(hit.value)
}

fn is_guid(value: &str) -> bool {
    value.len() >= 32 && value.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The same as the whole of its line.
pub fn fills_its_line(hit: Hit<'_>) -> bool {
    let rest = hit.after.lines().next().unwrap_or_default();
    like_a_password(hit) && !rest.chars().any(char::is_alphanumeric)
}

fn is_varied(value: &str, least: usize) -> bool {
    let has = letters(value);
    let mut distinct: Vec<char> = value.chars().collect();
    let length = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    length >= least && has.digit && (has.upper || has.lower) && distinct.len() * 2 >= length.min(16)
}

/// A key under a name that says so.
pub fn named_key(hit: Hit<'_>) -> bool {
    given(hit) && (is_varied(hit.value, 8) || surely_a_password(hit))
}

/// A key under a name that may mean something else.
pub fn perhaps_key(hit: Hit<'_>) -> bool {
    let dotnet = hit.lead().ends_with("publickeytoken");
    given(hit) && !dotnet && is_varied(hit.value, 16) && !hit.value.contains(":\\")
}

/// Base64 of `user:password`.
pub fn basic(hit: Hit<'_>) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.decode(hit.value).is_ok_and(|bytes| String::from_utf8(bytes).is_ok_and(|text| text.contains(':')))
}

/// Something follows it on the line that only follows a password.
pub fn ends_command(hit: Hit<'_>) -> bool {
    let rest = hit.after.trim_start_matches([' ', '\t']);
    argument(hit) && (rest.is_empty() || rest.starts_with(['\r', '\n', '/', '"', '`', '&', '|']))
}

fn digits(value: &str) -> Vec<u32> {
    value.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// A US social security number that can have been given out.
pub fn ssn(hit: Hit<'_>) -> bool {
    let text: String = hit.value.chars().filter(char::is_ascii_digit).collect();
    let part = |from, to| text.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let area = part(0, 3);
    hit.stands_free() && area != 0 && area != 666 && area < 900 && part(3, 5) != 0 && part(5, 9) != 0
}

/// A UK national insurance number.
pub fn nino(hit: Hit<'_>) -> bool {
    let head = hit.value.get(..2).unwrap_or_default();
    hit.stands_free() && !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "KB"].contains(&head)
}

/// A PIN.
pub fn has_digits_only(hit: Hit<'_>) -> bool {
    hit.value.chars().all(|c| c.is_ascii_digit())
}

/// A number after the words that say what it is.
pub fn has_digits(hit: Hit<'_>) -> bool {
    digits(hit.value).len() >= 5
}

/// The same where no sign stands between: no date.
pub fn has_digits_of_an_id(hit: Hit<'_>) -> bool {
    let mut parts = hit.value.split(['-', '.', ' ']).map(str::len);
    let date = [parts.next(), parts.next(), parts.next(), parts.next()] == [Some(4), Some(2), Some(2), None];
    has_digits(hit) && !date
}

/// An IBAN with its check digits.
pub fn iban(hit: Hit<'_>) -> bool {
    let text: String = hit.value.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((head, rest)) = text.split_at_checked(4) else { return false };
    let left = rest.chars().chain(head.chars()).filter_map(|c| c.to_digit(36));
    let remainder =
        left.fold(0, |rest, digit| if digit > 9 { (rest * 100 + digit) % 97 } else { (rest * 10 + digit) % 97 });
    (15..=34).contains(&text.len()) && remainder == 1
}

/// A Spanish DNI or NIE with its letter.
pub fn dni(hit: Hit<'_>) -> bool {
    const CHECK: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    let (Some(head), Some(last)) = (hit.value.get(..hit.value.len() - 1), hit.value.chars().last()) else {
        return false;
    };
    let number = head.replace('X', "0").replace('Y', "1").replace('Z', "2").parse::<usize>().unwrap_or_default();
    hit.stands_free() && CHECK.chars().nth(number % 23) == Some(last)
}

/// An IPv4 address of a machine: no mask, no loopback, no version.
pub fn ipv4(hit: Hit<'_>) -> bool {
    let lead = hit.lead();
    let version = ["version", "ver", "ver.", "build", "v", "release", "firmware", "agent"]
        .iter()
        .any(|word| lead.ends_with(word));
    hit.value.parse::<std::net::Ipv4Addr>().is_ok_and(|address| {
        !version
            && !address.is_loopback()
            && !address.is_unspecified()
            && !address.is_broadcast()
            && address.octets()[0] != 255
    }) && !hit.after.starts_with(|c: char| c.is_alphanumeric())
        && !(hit.after.starts_with('.') && hit.after.chars().nth(1).is_some_and(|c| c.is_ascii_digit()))
}

pub fn ipv6(hit: Hit<'_>) -> bool {
    let free =
        !hit.before.ends_with(|c: char| c.is_alphanumeric()) && !hit.after.starts_with(|c: char| c.is_alphanumeric());
    let groups = hit.value.split(':').filter(|group| !group.is_empty()).count();
    let address = hit.value.parse::<std::net::Ipv6Addr>();
    free && groups >= 2 && address.is_ok_and(|address| !address.is_loopback() && !address.is_unspecified())
}

/// A host of the customer's, not of a vendor whom everybody knows.
pub fn host(hit: Hit<'_>) -> bool {
    const PUBLIC: &[&str] = &[
        "microsoft.com",
        "microsoftonline.com",
        "office.com",
        "office365.com",
        "outlook.com",
        "live.com",
        "windows.com",
        "windows.net",
        "windowsupdate.com",
        "azure.com",
        "google.com",
        "gmail.com",
        "googleapis.com",
        "apple.com",
        "icloud.com",
        "github.com",
        "cloudflare.com",
        "amazonaws.com",
        "adobe.com",
        "zoom.us",
        "example.com",
        "mozilla.org",
        "w3.org",
    ];
    let lower = hit.value.to_ascii_lowercase();
    let known = |public: &&str| lower.strip_suffix(*public).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !PUBLIC.iter().any(known) && !hit.before.ends_with('@')
}

/// A machine's short name, not a product with its year.
pub fn machine(hit: Hit<'_>) -> bool {
    let product = |word: &str| {
        hit.value.strip_prefix(word).is_some_and(|rest| rest.len() <= 4 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    let goes_on = hit.after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    !["WIN", "SQL", "EXCH", "HTTP", "HTTPS"].iter().any(|word| product(word)) && !goes_on
}
