//! Which model a call goes to: made from an account's settings or from the environment.

use secrecy::SecretString;
use url::Url;

use crate::ai::types::{Tier, Vendor};

/// A vendor with all that is needed to reach it.
#[derive(Debug, Clone)]
pub struct Choice {
    pub vendor: Vendor,
    /// As the vendor's own SDK takes it; `None`: the vendor's.
    pub endpoint: Option<Url>,
    /// The endpoint comes from the operator's environment and may be on a private address.
    pub trusted: bool,
    /// Local servers often want none.
    pub key: Option<SecretString>,
    /// The model of the fast tier.
    pub fast: String,
    /// The model of the standard tier.
    pub standard: String,
}

impl Choice {
    /// The model that answers calls of `tier`.
    pub fn model(&self, tier: Tier) -> &str {
        match tier {
            Tier::Fast => &self.fast,
            Tier::Standard => &self.standard,
        }
    }
}
