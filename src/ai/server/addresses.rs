//! The HTTP clients for models; which addresses they may call is decided in [`crate::server::http_client`].

use reqwest::Client;

use super::AiError;
use crate::server::http_client;
pub use crate::server::http_client::{Private, private_literal};

/// The client for endpoints that the operator vouches for, or the one for all others.
pub fn client(trusted: bool) -> Result<Client, AiError> {
    http_client::client(trusted).map_err(|error| AiError::Unavailable(error.to_string()))
}
