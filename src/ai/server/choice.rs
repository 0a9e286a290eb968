//! Which model a call goes to: made from an account's settings or from the environment.

use secrecy::SecretString;
use url::Url;

use crate::ai::types::{Tier, Vendor};

/// Tokens of a context window: less holds no prompt, more has no model.
pub const WINDOWS: std::ops::RangeInclusive<i64> = 1_000..=2_000_000;

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
    /// How many tokens the models take in, where somebody said so.
    pub window: Option<usize>,
}

impl Choice {
    /// What the operator says of a vendor; the usual models where no others are named.
    pub fn of_operator(
        vendor: Vendor,
        key: Option<SecretString>,
        base_url: Option<&str>,
        fast: Option<String>,
        standard: Option<String>,
    ) -> Result<Self, String> {
        let address = |url: &str| {
            Url::parse(url).ok().filter(|url| ["http", "https"].contains(&url.scheme())).ok_or_else(|| {
                format!("{}_BASE_URL is not an address: it has to begin with http:// or https://.", vendor.prefix())
            })
        };
        Ok(Self {
            vendor,
            endpoint: base_url.map(address).transpose()?,
            trusted: true,
            key,
            fast: fast.unwrap_or_else(|| vendor.model(Tier::Fast).to_owned()),
            standard: standard.unwrap_or_else(|| vendor.model(Tier::Standard).to_owned()),
            window: None,
        })
    }

    /// With what the operator says of its models' context window.
    pub fn taking_in(self, tokens: Option<&str>) -> Result<Self, String> {
        let Some(tokens) = tokens else { return Ok(self) };
        let window =
            tokens.parse().ok().filter(|tokens| i64::try_from(*tokens).is_ok_and(|tokens| WINDOWS.contains(&tokens)));
        let window = window.ok_or_else(|| {
            format!("{}_CONTEXT_WINDOW is between 1000 and 2000000 tokens, in digits.", self.vendor.prefix())
        })?;
        Ok(Self { window: Some(window), ..self })
    }

    /// There is a key, or a server that may want none.
    pub const fn is_usable(&self) -> bool {
        self.key.is_some() || self.endpoint.is_some()
    }

    /// Its endpoint is not the vendor's own.
    pub fn is_elsewhere(&self) -> bool {
        let endpoint = self.endpoint.as_ref().map(|url| url.as_str().trim_end_matches('/'));
        endpoint.is_some() && endpoint != self.vendor.home()
    }

    /// How many tokens a model is given at most; `elsewhere`: at an endpoint that is not the vendor's own.
    pub fn room(&self, elsewhere: bool) -> usize {
        let known = || usize::try_from(self.vendor.window(elsewhere)?).ok();
        self.window.or_else(known).unwrap_or_default()
    }

    /// The model that answers calls of `tier`.
    pub fn model(&self, tier: Tier) -> &str {
        let name = match tier {
            Tier::Fast => &self.fast,
            Tier::Standard => &self.standard,
        };
        // Gemini's own lists write the folder before it.
        if self.vendor == Vendor::Gemini { name.trim_start_matches("models/") } else { name }
    }
}
