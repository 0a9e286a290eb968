//! Who is signed in, and what a person may do.

pub mod security;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, LoginSessionId, Timestamp, TokenId, UserId},
    wire::said,
    words,
};

words! {
    /// Ranks from most to least.
    UserRole {
        Owner = "owner",
        Admin = "admin",
        Engineer = "engineer",
        L1 = "l1",
        Viewer = "viewer",
    }

    /// Colours of the surface; `system` follows the machine.
    Theme {
        System = "system",
        Dark = "dark",
        Light = "light",
    }
}

impl UserRole {
    const fn rank(self) -> u8 {
        match self {
            Self::Owner => 5,
            Self::Admin => 4,
            Self::Engineer => 3,
            Self::L1 => 2,
            Self::Viewer => 1,
        }
    }

    /// Whether this role may do what `least` may.
    pub const fn at_least(self, least: Self) -> bool {
        self.rank() >= least.rank()
    }
}

/// The signed-in person, as the shell shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub account_id: AccountId,
    pub account_name: String,
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: UserRole,
}

/// Somebody of the same account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: UserRole,
}

/// Who asks for a page; nobody on the pages that need no sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visitor(pub Option<Me>);

impl Visitor {
    /// Whose words are kept in this browser: what one typed is nobody else's there either.
    pub fn whose(self) -> String {
        self.0.map(|me| me.user_id.to_string()).unwrap_or_default()
    }
}

/// What an account has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Preferences {
    /// After a resolved session its drafts are offered as templates.
    pub templatize_prompt_enabled: bool,
    /// The ConnectWise status of a ticket whose session is resolved.
    pub cw_resolved_status_id: Option<String>,
    /// The ConnectWise status of a ticket whose session is escalated.
    pub cw_escalated_status_id: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { templatize_prompt_enabled: true, cw_resolved_status_id: None, cw_escalated_status_id: None }
    }
}

/// Changes to them: what is left out stays, `null` goes back to the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreferencesChange {
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub templatize_prompt_enabled: Option<Option<bool>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub cw_resolved_status_id: Option<Option<String>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    pub cw_escalated_status_id: Option<Option<String>>,
}

/// A personal access token without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AccessToken {
    pub id: TokenId,
    pub name: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

/// A token just made: the only time its secret is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct NewAccessToken {
    /// `fp_…`
    pub token: String,
    pub details: AccessToken,
}

/// One of a person's logins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginSession {
    pub id: LoginSessionId,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub user_agent: Option<String>,
    pub current: bool,
}
