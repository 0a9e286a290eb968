//! Which addresses the server may call on behalf of an account, and the HTTP clients that hold to it.
//!
//! What an account sets must not reach into the operator's network (SSRF): literal addresses are looked at before the call, names
//! when they are resolved to connect, so that a name cannot point elsewhere a moment later. No redirect is followed.

pub mod quoted;

use std::{
    error::Error,
    io,
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

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Names that never leave the network they are used in.
const LOCAL_NAMES: [&str; 7] = ["localhost", "local", "internal", "intranet", "lan", "home", "corp"];

/// The client for endpoints that the operator vouches for, or the one for all others.
pub fn client(trusted: bool) -> reqwest::Result<Client> {
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
    let client = builder.build()?;
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

/// Whether a host is, as it is written, one of the network that the server stands in.
pub fn is_local(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => !is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => !is_public(IpAddr::V6(*address)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let last = name.rsplit('.').next().unwrap_or_default();
            !name.contains('.') || LOCAL_NAMES.contains(&last) || name.ends_with(".home.arpa")
        }
    }
}

/// Whether an address is one of the open internet: not loopback, private, link-local, shared, reserved or multicast, in
/// whichever way an IPv4 address is wrapped into an IPv6 one.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([w, x], [y, z]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(w, x, y, z))
    };
    match [a, b, c, d, e, f] {
        // Mapped, compatible (which holds :: and ::1), translated, 6to4 and Teredo: the IPv4 address inside decides.
        [0, 0, 0, 0, 0, 0xffff] | [0, 0, 0, 0, 0, 0] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => v4(g, h),
        [0x2002, high, low, ..] => v4(high, low),
        [0x2001, 0, ..] => v4(!g, !h),
        // Local translation, documentation; then unique local, link-local, site-local, multicast: all outside of 2000::/3.
        [0x64, 0xff9b, 1, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..] => false,
        _ => (0x2000..0x4000).contains(&a),
    }
}

/// An error and what caused it, also what stands inside of errors of I/O.
pub fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error: &&'e (dyn Error + 'static)| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
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
