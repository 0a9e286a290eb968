//! The filter language of ConnectWise (`conditions`), built and never written by hand: what a person typed is a value here and
//! cannot become a part of the language.

use std::fmt::{self, Write};

use time::{UtcOffset, format_description::StaticFormatDescription, macros::format_description};

use crate::ids::Timestamp;

const MOMENT: StaticFormatDescription = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// A moment as ConnectWise reads it: UTC, whole seconds.
pub fn moment(at: Timestamp) -> String {
    at.0.to_offset(UtcOffset::UTC).format(MOMENT).unwrap_or_default()
}

/// A condition on a record: a test, or several together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// As it is sent: `board/id=3`.
    Test(String),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    Text(String),
    Number(i64),
    Flag(bool),
    Moment(Timestamp),
    Null,
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Literal {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Timestamp> for Literal {
    fn from(at: Timestamp) -> Self {
        Self::Moment(at)
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Moment(at) => write!(f, "[{}]", moment(*at)),
            Self::Null => f.write_str("null"),
        }
    }
}

/// A text between quotes. What ConnectWise does with control characters is not known, so none is sent.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// A text as a pattern that finds just it: a bracket would begin a set of characters.
fn pattern(text: &str) -> String {
    text.replace('[', "[[]")
}

/// The same where there are wildcards: each of them in a set of its own is only itself.
fn part_of_pattern(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '[' | '%' | '*' | '_' => part.extend(['[', c, ']']),
            c => part.push(c),
        }
    }
    part
}

/// A field of a record by its path: `company/identifier`.
#[derive(Debug, Clone, Copy)]
pub struct Field(pub &'static str);

impl Field {
    fn test(self, operator: &str, literal: &Literal) -> Condition {
        let between = if operator.starts_with(char::is_alphabetic) { " " } else { "" };
        Condition::Test(format!("{}{between}{operator}{between}{literal}", self.0))
    }

    pub fn is(self, literal: impl Into<Literal>) -> Condition {
        self.test("=", &literal.into())
    }

    pub fn is_not(self, literal: impl Into<Literal>) -> Condition {
        self.test("!=", &literal.into())
    }

    pub fn is_null(self) -> Condition {
        self.is(Literal::Null)
    }

    pub fn below(self, literal: impl Into<Literal>) -> Condition {
        self.test("<", &literal.into())
    }

    /// The text stands somewhere in the field.
    pub fn contains(self, text: &str) -> Condition {
        self.test("contains", &Literal::Text(pattern(text)))
    }

    /// The field is `before`, anything, then `after`.
    pub fn begins_and_ends(self, before: &str, after: &str) -> Condition {
        self.test("like", &Literal::Text(format!("{}%{}", part_of_pattern(before), part_of_pattern(after))))
    }

    /// The field is anything, then `text`, then anything.
    pub fn has_inside(self, text: &str) -> Condition {
        self.test("like", &Literal::Text(format!("%{}%", part_of_pattern(text))))
    }

    /// The field is one of these; of none, where there are none.
    pub fn one_of(self, numbers: &[i64]) -> Condition {
        if numbers.is_empty() {
            return self.is_null();
        }
        let mut list = String::new();
        for number in numbers {
            let _ = write!(list, "{}{number}", if list.is_empty() { "" } else { "," });
        }
        Condition::Test(format!("{} in ({list})", self.0))
    }
}

impl Condition {
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::All(parts.into_iter().collect())
    }

    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::Any(parts.into_iter().collect())
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut parts) => {
                parts.push(other);
                Self::All(parts)
            }
            one => Self::All(vec![one, other]),
        }
    }

    /// It holds for everything: nothing need be sent.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Test(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_empty),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::Test(test) => return f.write_str(test),
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        for (n, part) in parts.iter().filter(|part| !part.is_empty()).enumerate() {
            if n > 0 {
                f.write_str(word)?;
            }
            match part {
                Self::Test(test) => f.write_str(test)?,
                many => write!(f, "({many})")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    /// What is between the quotes of a test, read by the rules of ConnectWise; and what follows it.
    fn read(text: &str) -> Option<(String, &str)> {
        let mut rest = text.strip_prefix('"')?.chars();
        let mut found = String::new();
        loop {
            match rest.next()? {
                '"' => return Some((found, rest.as_str())),
                '\\' => found.push(rest.next().filter(|c| matches!(c, '"' | '\\'))?),
                c if c.is_control() => return None,
                c => found.push(c),
            }
        }
    }

    /// The text that a pattern finds, where it finds only one.
    fn found_by(pattern: &str) -> Option<String> {
        let mut found = String::new();
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            rest = match c {
                '[' => {
                    found.push('[');
                    rest.strip_prefix("[[]")?
                }
                c => {
                    found.push(c);
                    &rest[c.len_utf8()..]
                }
            };
        }
        Some(found)
    }

    fn without_controls(text: &str) -> String {
        text.chars().filter(|c| !c.is_control()).collect()
    }

    proptest! {
        #[test]
        fn whatever_is_typed_stays_one_text(typed in any::<String>()) {
            let test = Field("summary").is(typed.as_str()).to_string();
            let (text, rest) = read(test.strip_prefix("summary=").unwrap()).expect(&test);
            prop_assert_eq!(text, without_controls(&typed));
            prop_assert_eq!(rest, "");
        }

        #[test]
        fn whatever_is_searched_for_finds_only_itself(typed in "[\\[\\]\"'\\\\%a-c\n&+ ]{0,20}") {
            let test = Field("company/name").contains(&typed).to_string();
            let (text, rest) = read(test.strip_prefix("company/name contains ").unwrap()).expect(&test);
            prop_assert_eq!(found_by(&text).expect(&text), without_controls(&typed));
            prop_assert_eq!(rest, "");
        }

        #[test]
        fn a_text_cannot_leave_its_place_among_others(typed in any::<String>(), after in 0_i64..1000) {
            let condition = Condition::all([Field("summary").is(typed.as_str()), Field("board/id").is(after)]);
            let sent = condition.to_string();
            let (_, rest) = read(sent.strip_prefix("summary=").unwrap()).expect(&sent);
            prop_assert_eq!(rest, format!(" and board/id={after}"));
        }
    }

    #[test]
    fn conditions_are_written_as_the_reference_has_them() {
        let at = Timestamp(datetime!(2026-01-31 10:00:00.75 UTC));
        for (condition, sent) in [
            (Field("id").is(1234), "id=1234"),
            (Field("closedFlag").is(false), "closedFlag=false"),
            (Field("owner").is_null(), "owner=null"),
            (Field("status/name").is("New"), r#"status/name="New""#),
            (Field("lastUpdated").below(at), "lastUpdated<[2026-01-31T10:00:00Z]"),
            (Field("id").one_of(&[1, 2]), "id in (1,2)"),
            (Field("id").one_of(&[]), "id=null"),
            (Field("summary").contains(r#"a "b" \ [c]"#), r#"summary contains "a \"b\" \\ [[]c]""#),
            (Field("resources").begins_and_ends("jdoe,", ""), r#"resources like "jdoe,%""#),
            (Field("resources").begins_and_ends("", ", j_d[%*"), r#"resources like "%, j[_]d[[][%][*]""#),
            (Field("resources").has_inside("a_b"), r#"resources like "%a[_]b%""#),
            (
                Condition::all([
                    Field("id").below(9),
                    Condition::any([Field("id").is(1), Field("id").is(2)]),
                    Condition::All(Vec::new()),
                ]),
                "id<9 and (id=1 or id=2)",
            ),
            (Condition::All(Vec::new()).and(Field("id").is_not(1)), "id!=1"),
            (Condition::any([Field("id").is(1)]).and(Field("id").is(2)), "(id=1) and id=2"),
        ] {
            assert_eq!(condition.to_string(), sent);
        }
        assert!(Condition::all([Condition::Any(Vec::new())]).is_empty());
    }
}
