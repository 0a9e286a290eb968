//! Where an account may send its calls. FlowPilot stands inside somebody's network: an address that an account chose must not
//! reach what only that network may (SSRF). The operator's own endpoints, from the environment, are not asked.
//!
//! Here the address is looked at as it is written. What a name resolves to is known only when it is connected to:
//! there [`crate::server::http_client`] decides again.

use url::{Host, Url};

use crate::{ai::types::Vendor, server::http_client::is_local};

/// The endpoint that an account typed for a vendor, or what is wrong with it and what to do.
pub fn of_account(vendor: Vendor, text: &str) -> Result<Url, String> {
    let example = "It looks like https://api.example.com/v1.";
    let url = Url::parse(text.trim()).map_err(|_| format!("This is not an address. {example}"))?;
    let host = match (url.scheme(), url.host()) {
        ("https", Some(host)) => host,
        ("http", Some(host)) if is_local(&host) => return Err(local(vendor, &host)),
        ("http", Some(_)) => return Err(format!("Keys are only sent over https. {example}")),
        _ => return Err(format!("This is not an address of a web service. {example}")),
    };
    if is_local(&host) {
        return Err(local(vendor, &host));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Leave name and password out of the address; the key has a field of its own.".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("Leave out what follows the path. {example}"));
    }
    Ok(url)
}

fn local(vendor: Vendor, host: &Host<&str>) -> String {
    format!(
        "{host} is in the server's own network, where an account may not send calls. Use a public address; for a model on your network the operator sets {}_BASE_URL.",
        vendor.prefix()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_https_addresses_are_taken_as_they_are() {
        for good in [
            "https://api.openai.com/v1",
            "https://llm.example.com:8443/v1/",
            "https://1.1.1.1",
            "https://[2606:4700::1111]/v1",
        ] {
            let taken = of_account(Vendor::Openai, good);
            assert!(taken.is_ok(), "{good}: {taken:?}");
        }
    }

    #[test]
    fn the_servers_own_network_is_refused_however_it_is_written() {
        for inside in [
            "http://localhost:11434/v1",
            "https://localhost",
            "https://localhost./",
            "https://api.localhost/v1",
            "https://127.0.0.1",
            "https://127.1",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://0/",
            "https://10.1.2.3/v1",
            "https://172.16.0.1",
            "https://192.168.1.10:8000",
            "https://169.254.169.254/latest",
            "https://100.64.0.1",
            "https://198.18.0.1",
            "https://224.0.0.1",
            "https://255.255.255.255",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::127.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[fec0::1]/",
            "https://[ff02::1]/",
            "https://[64:ff9b::10.0.0.1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://intranet/",
            "https://llm.corp/v1",
            "https://metadata.google.internal/",
            "https://nas.local/",
            "https://①②⑦.0.0.1/",
        ] {
            for vendor in [Vendor::Anthropic, Vendor::Openai, Vendor::Gemini] {
                let why = of_account(vendor, inside).expect_err(inside);
                let names = format!("the operator sets {}_BASE_URL", vendor.prefix());
                assert!(why.contains("own network") && why.contains(&names), "{inside}: {why}");
            }
        }
    }

    #[test]
    fn what_is_no_address_or_would_give_the_key_away_says_so() {
        for (wrong, why) in [
            ("api.example.com/v1", "not an address"),
            ("", "not an address"),
            ("http://api.example.com/v1", "over https"),
            ("ftp://example.com", "web service"),
            ("file:///etc/passwd", "web service"),
            ("https://user:pass@api.example.com", "name and password"),
            ("https://api.example.com/v1?key=x", "follows the path"),
            ("https://api.example.com/v1#x", "follows the path"),
        ] {
            let said = of_account(Vendor::Openai, wrong).expect_err(wrong);
            assert!(said.contains(why), "{wrong}: {said}");
        }
    }
}
