//! Whether a condition holds for a record. Nothing is compared with what is not there, as in the database behind it.

use std::cmp::Ordering;

use serde_json::Value;

use super::conditions::{Condition, Literal, Operator};

impl Condition {
    pub fn holds(&self, record: &Value) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(record)),
            Self::Test { path, not, operator, values } => {
                let found = path.iter().try_fold(record, |at, step| at.get(step)).unwrap_or(&Value::Null);
                if let [Literal::Null] = values.as_slice() {
                    return found.is_null() != *not;
                }
                match found {
                    Value::Null => false,
                    Value::Array(many) => many.iter().any(|one| test(one, *operator, values) != *not),
                    one => test(one, *operator, values) != *not,
                }
            }
        }
    }
}

fn test(found: &Value, operator: Operator, values: &[Literal]) -> bool {
    values.iter().any(|value| match (operator, value) {
        (Operator::Contains, Literal::Text(pattern)) => like(found.as_str().unwrap_or_default(), &contained(pattern)),
        (Operator::Like, Literal::Text(pattern)) => like(found.as_str().unwrap_or_default(), &pieces(pattern, true)),
        (Operator::Is | Operator::In, value) => order(found, value) == Some(Ordering::Equal),
        (Operator::Below, value) => order(found, value) == Some(Ordering::Less),
        (Operator::Above, value) => order(found, value) == Some(Ordering::Greater),
        (Operator::AtMost, value) => order(found, value).is_some_and(Ordering::is_le),
        (Operator::AtLeast, value) => order(found, value).is_some_and(Ordering::is_ge),
        (Operator::Contains | Operator::Like, _) => false,
    })
}

fn order(found: &Value, value: &Literal) -> Option<Ordering> {
    match value {
        Literal::Text(text) => Some(found.as_str()?.to_lowercase().cmp(&text.to_lowercase())),
        Literal::Date(date) => Some(found.as_str()?.cmp(date)),
        Literal::Number(number) => found.as_f64()?.partial_cmp(number),
        Literal::Flag(flag) => Some(found.as_bool()?.cmp(flag)),
        Literal::Null => None,
    }
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Char(char),
    /// One of these.
    Set(Vec<char>),
    Anything,
    /// A bracket that does not close matches nothing.
    Nothing,
}

fn pieces(pattern: &str, wildcards: bool) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        found.push(match c {
            '%' | '*' if wildcards => Piece::Anything,
            '[' => match rest.as_str().split_once(']') {
                Some((inside, after)) => {
                    rest = after.chars();
                    Piece::Set(inside.to_lowercase().chars().collect())
                }
                None => Piece::Nothing,
            },
            c => Piece::Char(c),
        });
    }
    found
}

fn contained(pattern: &str) -> Vec<Piece> {
    let mut found = vec![Piece::Anything];
    found.extend(pieces(pattern, false));
    found.push(Piece::Anything);
    found
}

fn like(text: &str, pattern: &[Piece]) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    // Which beginnings of the text the pattern so far matches.
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for piece in pattern {
        let mut next = vec![false; text.len() + 1];
        match piece {
            Piece::Anything => {
                let mut on = false;
                for (to, from) in next.iter_mut().zip(&reach) {
                    on |= *from;
                    *to = on;
                }
            }
            piece => {
                for (at, c) in text.iter().enumerate() {
                    let fits = match piece {
                        Piece::Char(wanted) => wanted.to_lowercase().eq(std::iter::once(*c)),
                        Piece::Set(wanted) => wanted.contains(c),
                        Piece::Anything | Piece::Nothing => false,
                    };
                    next[at + 1] = reach[at] && fits;
                }
            }
        }
        reach = next;
    }
    reach[text.len()]
}
