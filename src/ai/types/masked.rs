//! What is kept from a model, in the words of those who look at it.

use serde::{Deserialize, Serialize};

/// What a masked value is. Of a value that is two things, the first of them counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum MaskedKind {
    PrivateKey,
    Password,
    /// User and password in front of a host.
    Login,
    Token,
    Key,
    Card,
    /// A national id, a tax number, a bank account.
    Identity,
    Email,
    IpAddress,
    HostName,
    Name,
    /// Text that only looks like a placeholder.
    LookAlike,
}

impl MaskedKind {
    pub const ALL: [Self; 12] = [
        Self::PrivateKey,
        Self::Password,
        Self::Login,
        Self::Token,
        Self::Key,
        Self::Card,
        Self::Identity,
        Self::Email,
        Self::IpAddress,
        Self::HostName,
        Self::Name,
        Self::LookAlike,
    ];

    /// The kind for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PrivateKey => "Private key",
            Self::Password => "Password",
            Self::Login => "Login in an address",
            Self::Token => "Token",
            Self::Key => "Key",
            Self::Card => "Card number",
            Self::Identity => "Id or account number",
            Self::Email => "E-mail address",
            Self::IpAddress => "IP address",
            Self::HostName => "Host name",
            Self::Name => "Name",
            Self::LookAlike => "Text like a placeholder",
        }
    }
}

/// A value that stays here, and what stands for it elsewhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MaskedValue {
    pub kind: MaskedKind,
    pub placeholder: String,
    pub value: String,
}

/// Without the value: what is debugged ends in logs.
impl std::fmt::Debug for MaskedValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MaskedValue").field("placeholder", &self.placeholder).finish_non_exhaustive()
    }
}
