//! How a ticket system is reached: what an account entered, opened for use. Never logged, never returned.

use secrecy::SecretString;
use url::Url;

/// The keys of one account at ConnectWise PSA.
#[derive(Debug, Clone)]
pub struct ConnectWiseKeys {
    /// Where people open it in a browser, or the address of its API: `https://na.myconnectwise.net`. Which host the API has is
    /// found out from it.
    pub site: Url,
    pub company: String,
    pub public_key: String,
    pub private_key: SecretString,
    pub client_id: SecretString,
}
