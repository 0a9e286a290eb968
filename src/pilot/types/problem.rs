//! What went wrong, as it stands in an answer, an event or a row.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldError};

/// The body of every error answer, RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub code: String,
    pub detail: String,
    #[serde(default)]
    pub errors: Vec<FieldError>,
}

impl From<&AppError> for Problem {
    fn from(error: &AppError) -> Self {
        Self {
            kind: format!("/problems/{}", error.code()),
            title: error.title().to_owned(),
            status: error.status(),
            code: error.code().to_owned(),
            detail: error.detail(),
            errors: match error {
                AppError::Invalid { errors } => errors.clone(),
                _ => Vec::new(),
            },
        }
    }
}
