//! What may be typed where: one rule for every text field.

use crate::error::AppError;

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
pub const FACT: Field = Field { name: "text", max: 4_000 };
pub const NOTES: Field = Field { name: "notes", max: 10_000 };
pub const SCRIPT: Field = Field { name: "script", max: 100_000 };
pub const DOCUMENT: Field = Field { name: "markdown", max: 100_000 };

impl Field {
    /// The text without white space around it: 422 when it is empty or binary, 413 when too long.
    pub fn required(self, text: &str) -> Result<String, AppError> {
        self.optional(text)?.ok_or_else(|| AppError::invalid(self.name, format!("The {} is empty.", self.name)))
    }

    /// The same, but nothing is fine too.
    pub fn optional(self, text: &str) -> Result<Option<String>, AppError> {
        let trimmed = text.trim();
        if trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(AppError::invalid(
                self.name,
                format!("The {} has control characters in it, as binary data does. Paste it as text.", self.name),
            ));
        }
        if trimmed.chars().nth(self.max).is_some() {
            return Err(AppError::TooLarge {
                detail: format!("The {} is too long: {} characters at most.", self.name, self.max),
            });
        }
        Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
    }
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
        assert_eq!(TITLE.required("a\0b").map_err(|error| error.status()), Err(422));
        assert_eq!(TITLE.required(&"x".repeat(201)).map_err(|error| error.status()), Err(413));
        assert_eq!(TITLE.required(" ok \n"), Ok("ok".to_owned()));
    }
}
