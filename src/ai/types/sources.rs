//! What an answer was looked up in.

use serde::{Deserialize, Serialize};

/// A page of documentation that was looked up for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Source {
    pub title: String,
    /// On https://learn.microsoft.com.
    pub url: String,
}
