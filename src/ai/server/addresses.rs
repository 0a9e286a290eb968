//! Which addresses a model may be called at, and the HTTP clients that hold to it.
//!
//! What an account sets must not reach into the operator's network (SSRF): literal addresses are looked at before the call, names
//! when they are resolved to connect, so that a name cannot point elsewhere a moment later. No redirect is followed.

use std::{
    net::{IpAddr, SocketAddr},
    sync::OnceLock,
    time::Duration,
};

use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use url::{Host, Url};

use super::{AiError, endpoint::is_public};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// The client for endpoints that the operator vouches for, or the one for all others.
pub fn client(trusted: bool) -> Result<Client, AiError> {
    static OPEN: OnceLock<Client> = OnceLock::new();
    static GUARDED: OnceLock<Client> = OnceLock::new();
    let kept = if trusted { &OPEN } else { &GUARDED };
    if let Some(client) = kept.get() {
        return Ok(client.clone());
    }
    rustls::crypto::ring::default_provider().install_default().ok();
    let builder = Client::builder()
        .user_agent(concat!("FlowPilot/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT_WITHIN)
        .tcp_nodelay(true);
    // A proxy would resolve names itself, past the guard.
    let builder = if trusted { builder } else { builder.no_proxy().dns_resolver(Guard) };
    let client = builder.build().map_err(|error| AiError::Unavailable(error.to_string()))?;
    Ok(kept.get_or_init(|| client).clone())
}

/// The host of `url` if it is a literal address in a private place.
pub fn private_literal(url: &Url) -> Option<String> {
    let address = match url.host()? {
        Host::Domain(_) => return None,
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
    };
    (!is_public(address)).then(|| address.to_string())
}

/// A name led to a private place.
#[derive(Debug, thiserror::Error)]
#[error("a private address")]
pub struct Private;

struct Guard;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One bad address among good ones is no accident.
            if found.iter().any(|address| !is_public(address.ip())) {
                return Err(Private.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_places_are_known_in_every_spelling() {
        for url in [
            "http://127.0.0.1:11434/v1",
            "http://10.1.2.3",
            "http://192.168.0.9",
            "http://172.31.0.1",
            "http://169.254.169.254/latest",
            "http://100.64.0.1",
            "http://0.0.0.0",
            "http://2130706433",
            "http://0x7f.1",
            "http://[::1]",
            "http://[::ffff:10.0.0.1]",
            "http://[fe80::1]",
            "http://[fd00::1]",
            "http://[64:ff9b::a00:1]",
            "http://[2002:7f00:1::]",
        ] {
            assert!(private_literal(&Url::parse(url).expect("a url")).is_some(), "{url}");
        }
        for url in
            ["https://1.1.1.1", "https://[2606:4700:4700::1111]", "https://api.anthropic.com", "http://172.32.0.1"]
        {
            assert_eq!(private_literal(&Url::parse(url).expect("a url")), None, "{url}");
        }
    }
}
