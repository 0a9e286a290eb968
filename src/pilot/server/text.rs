//! What may be typed where: one rule for every text field.

use crate::{ai::types::unseen::is_unseen, error::AppError};

/// A field with a name for messages and a length that fits its purpose.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    /// In characters.
    pub max: usize,
}

pub const TITLE: Field = Field { name: "title", max: 200 };
pub const PROBLEM: Field = Field { name: "problem", max: 20_000 };
pub const MESSAGE: Field = Field { name: "text", max: 100_000 };
pub const ANSWER: Field = Field { name: "answer", max: 10_000 };
pub const OUTPUT: Field = Field { name: "output", max: 100_000 };
/// Room for the longest answer and the question it was given to.
pub const FACT: Field = Field { name: "text", max: 12_000 };
pub const NOTES: Field = Field { name: "notes", max: 10_000 };
pub const REASON: Field = Field { name: "because", max: 2_000 };
pub const SCRIPT: Field = Field { name: "script", max: 100_000 };
pub const TIME_NOTE: Field = Field { name: "note", max: 1_000 };
pub const DOCUMENT: Field = Field { name: "markdown", max: 100_000 };

impl Field {
    /// The text without white space around it: 422 when it is empty or binary, 413 when too long.
    pub fn required(self, text: &str) -> Result<String, AppError> {
        self.optional(text)?.ok_or_else(|| {
            AppError::invalid(self.name, format!("There is nothing in the {}. Write something first.", self.name))
        })
    }

    /// The same, but nothing is fine too.
    pub fn optional(self, text: &str) -> Result<Option<String>, AppError> {
        let trimmed = text.trim();
        self.check(trimmed, is_binary)?;
        let says_nothing = trimmed.chars().all(|c| c.is_whitespace() || is_unseen(c));
        Ok((!says_nothing).then(|| trimmed.to_owned()))
    }

    /// To the letter, as a script has to stay; white space alone is empty.
    pub fn verbatim(self, text: &str) -> Result<String, AppError> {
        self.required(text)?;
        self.check(text, is_binary)?;
        Ok(text.to_owned())
    }

    /// What a program printed: to the letter, but for the control characters that colour a console.
    pub fn printed(self, text: &str) -> Result<Option<String>, AppError> {
        self.check(text, |c| c == '\0')?;
        let plain: String = text.chars().filter(|c| !is_binary(*c)).collect();
        Ok((!plain.trim().is_empty()).then_some(plain))
    }

    /// As much of a model's text as fits the field.
    pub fn cut(self, text: &str) -> String {
        plain(text).chars().take(self.max).collect()
    }

    fn check(self, text: &str, refused: impl Fn(char) -> bool) -> Result<(), AppError> {
        if text.chars().any(refused) {
            return Err(AppError::invalid(
                self.name,
                format!(
                    "There are control characters in the {}, as binary data has them. Paste it as text.",
                    self.name
                ),
            ));
        }
        if text.chars().nth(self.max).is_some() {
            return Err(AppError::TooLarge {
                detail: format!("Too long: the {} may have {} characters at most.", self.name, self.max),
            });
        }
        Ok(())
    }
}

/// A model's text without what no person could post.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !is_binary(*c)).collect()
}

/// No person types this.
fn is_binary(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The key that makes a repeat safe; one of our own where there is none.
pub fn idempotency_key(key: Option<String>) -> Result<String, AppError> {
    const MAX: usize = 200;
    match key.as_deref().map(str::trim).filter(|key| !key.is_empty()) {
        None => Ok(uuid::Uuid::now_v7().to_string()),
        Some(key) if key.len() <= MAX && !key.chars().any(char::is_control) => Ok(key.to_owned()),
        Some(_) => Err(AppError::malformed(format!("The Idempotency-Key has {MAX} plain characters at most."))),
    }
}

/// The first line of a problem, short enough for a title.
pub fn title_of(text: &str) -> String {
    const MAX: usize = 80;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("New session");
    if line.chars().nth(MAX).is_none() {
        return line.to_owned();
    }
    let cut: String = line.chars().take(MAX).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{}…", cut.trim_end_matches([',', '.', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_ends_at_a_word() {
        let title = title_of(&"word ".repeat(40));
        assert!(title.ends_with("word…") && title.chars().count() <= 81);
    }

    #[test]
    fn binary_and_empty_texts_are_told_apart() {
        assert_eq!(TITLE.required(" \n ").map_err(|error| error.status()), Err(422));
        assert_eq!(TITLE.required("\u{200b} \u{200b}").map_err(|error| error.status()), Err(422));
        assert_eq!(TITLE.required("a\0b").map_err(|error| error.status()), Err(422));
        assert_eq!(TITLE.required(&"x".repeat(201)).map_err(|error| error.status()), Err(413));
        assert_eq!(TITLE.required(" ok \n"), Ok("ok".to_owned()));
    }

    #[test]
    fn scripts_and_outputs_stay_to_the_letter() {
        assert_eq!(SCRIPT.verbatim("  a\n"), Ok("  a\n".to_owned()));
        assert_eq!(SCRIPT.verbatim(" \n").map_err(|error| error.status()), Err(422));
        assert_eq!(OUTPUT.printed("\u{1b}red\n"), Ok(Some("red\n".to_owned())));
        assert_eq!(OUTPUT.printed("a\0b").map_err(|error| error.status()), Err(422));
        assert_eq!(OUTPUT.printed(" \n"), Ok(None));
    }
}
