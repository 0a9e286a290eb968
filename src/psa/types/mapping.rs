//! Who of the ticket system is who here, and which statuses tickets go to: what an admin chooses.

use serde::{Deserialize, Serialize};

use super::{Member, Named, TicketStatus};
use crate::{ids::UserId, wire::said, words};

words! {
    /// How a member was found to be a user.
    MappedBy {
        Email = "email",
        Hand = "hand",
    }
}

/// Somebody of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MappedUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

/// A member of the ticket system, and who that is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MappedMember {
    pub member: Member,
    pub user_id: Option<UserId>,
    /// `null`: nobody looked like them. By hand without a user: somebody said that it is nobody.
    pub mapped_by: Option<MappedBy>,
}

/// Everybody on both sides, mapped or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Mapping {
    pub members: Vec<MappedMember>,
    /// All users of the account, by name.
    pub users: Vec<MappedUser>,
    /// Users who are no member: their notes are posted in the name of the connection.
    pub without_member: Vec<UserId>,
    /// Why members are missing, and who can change that.
    pub hint: Option<String>,
}

/// Says who a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// `null`: nobody here, whatever their address.
    pub user_id: Option<UserId>,
}

/// A board with its statuses, and where its tickets go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct BoardStatuses {
    pub board: Named,
    pub statuses: Vec<TicketStatus>,
    /// `null`: as the account says.
    pub resolved_status_id: Option<String>,
    pub escalated_status_id: Option<String>,
}

/// Where tickets of ended sessions go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Statuses {
    pub boards: Vec<BoardStatuses>,
    /// The account's own, for boards that chose none: on another board the status of the same name counts.
    pub resolved_status_id: Option<String>,
    pub escalated_status_id: Option<String>,
    /// Why boards or statuses are missing, and who can change that.
    pub hint: Option<String>,
}

/// Chooses where tickets of a board go: what is left out stays, `null`: as the account says (or, of the account: nowhere).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct StatusChange {
    /// `null`: for all boards that chose none.
    pub board_id: Option<String>,
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub resolved_status_id: Option<Option<String>>,
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub escalated_status_id: Option<Option<String>>,
}
