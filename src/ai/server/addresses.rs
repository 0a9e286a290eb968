//! Which addresses a model may be called at, and the HTTP clients that hold to it.
//!
//! What an account sets must not reach into the operator's network (SSRF): literal addresses are looked at before the call, names
//! when they are resolved to connect, so that a name cannot point elsewhere a moment later. No redirect is followed.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::OnceLock,
    time::Duration,
};

use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use url::{Host, Url};

use super::AiError;

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
    is_private(address).then(|| address.to_string())
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
            if found.iter().any(|address| is_private(address.ip())) {
                return Err(Private.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// Not on the public internet: loopback, private, link-local, shared, documentation, multicast, reserved.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => embedded(v6).map_or_else(|| is_private_v6(v6), is_private_v4),
    }
}

fn is_private_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || matches!((a, b, c), (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) | (224.., ..))
}

const fn is_private_v6(v6: Ipv6Addr) -> bool {
    let first = v6.segments()[0];
    // Only 2000::/3 is given out to the public; 2001:db8::/32 of it is for documentation.
    first & 0xe000 != 0x2000 || (first == 0x2001 && v6.segments()[1] == 0x0db8)
}

/// The IPv4 address inside a mapped, translated (NAT64) or tunnelled (6to4) one.
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b) {
        (0x2002, high) => Some(v4(high, c)),
        (0x0064, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => Some(v4(g, h)),
        _ => v6.to_ipv4_mapped(),
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
