//! People as others of their account see them, and with whom a session is shared.

use serde::{Deserialize, Serialize};

use crate::{accounts::types::Colleague, ids::UserId};

/// A person, as far as colleagues need to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Person {
    pub id: UserId,
    pub name: String,
}

/// Who made something: a person, or the AI on a person's behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Maker {
    pub id: UserId,
    pub name: String,
    /// The AI made it, in a turn of this person.
    pub ai: bool,
}

/// Shares a session with a colleague, named by one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewShare {
    #[serde(default)]
    pub user_id: Option<UserId>,
    #[serde(default)]
    pub email: Option<String>,
}

/// With whom a session is shared, and who else there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    pub shared_with: Vec<Person>,
    pub others: Vec<Colleague>,
}
