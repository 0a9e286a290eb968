//! Where the API of a tenant is, found out from where people open it. The keys go nowhere that the site itself, or ConnectWise's
//! own cloud, does not name.

use serde::Deserialize;
use url::Url;

use super::fault;
use crate::{
    psa::server::PsaError,
    server::http_client::{is_local, private_literal},
};

/// It leads to whatever build a tenant has.
const ROUTER: &str = "v4_6_release";
/// Where ConnectWise itself runs tenants.
const CLOUDS: [&str; 2] = ["myconnectwise.net", "connectwisedev.com"];

/// What a tenant says of itself to anybody. `IsCloud` comes as a flag or as a text, and is not needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CompanyInfo {
    pub company_name: Option<String>,
    pub codebase: Option<String>,
    pub version_code: Option<String>,
    pub site_url: Option<String>,
}

/// A tenant's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `https://api-na.myconnectwise.net/v2025_1/apis/3.0`
    pub api: Url,
    pub info: CompanyInfo,
}

fn cloud(host: &str) -> Option<(&str, &str)> {
    let (first, rest) = host.split_once('.')?;
    CLOUDS.contains(&rest).then_some((first, rest))
}

/// The host of the API beside a host for people: in the cloud another one, else the same.
fn api_host(host: &str) -> String {
    match cloud(host) {
        Some((first, _)) if !first.starts_with("api-") => format!("api-{host}"),
        _ => host.to_owned(),
    }
}

/// The host for people beside a host of the API.
pub fn ui_host(host: &str) -> &str {
    if cloud(host).is_some() { host.strip_prefix("api-").unwrap_or(host) } else { host }
}

/// The site as an account entered it, fit to be called; without path.
pub fn checked(site: &Url, trusted: bool) -> Result<Url, PsaError> {
    let wrong = |why: &str| {
        PsaError::Credentials(format!(
            "the site {why}. It looks like https://na.myconnectwise.net; change it under Settings > Ticket system."
        ))
    };
    let host = site.host().ok_or_else(|| wrong("is not an address"))?;
    if !trusted {
        if site.scheme() != "https" {
            return Err(wrong("does not begin with https://, and keys are only sent that way"));
        }
        if is_local(&host) || private_literal(site).is_some() {
            return Err(fault::private(&host.to_string()));
        }
    }
    let mut root = site.clone();
    root.set_path("/");
    root.set_query(None);
    root.set_fragment(None);
    if root.set_username("").is_err() || root.set_password(None).is_err() {
        return Err(wrong("is not an address"));
    }
    Ok(root)
}

/// Where a tenant tells what it is.
pub fn question(site: &Url, company: &str) -> Url {
    let mut url = site.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(["login", "companyinfo", company]);
    }
    url
}

/// The API that the answer leads to.
pub fn place(site: &Url, company: &str, info: Option<CompanyInfo>, trusted: bool) -> Result<Place, PsaError> {
    let info = info.ok_or_else(|| {
        PsaError::Credentials(format!(
            "there is no company “{company}” at {}. It is the company ID of the login page; correct it under Settings > Ticket system.",
            site.host_str().unwrap_or_default()
        ))
    })?;
    let own = site.host_str().unwrap_or_default();
    let mut api = site.clone();
    let named = info.site_url.as_deref().and_then(named).filter(|named| may_be(site, named, trusted));
    if let Some(named) = &named {
        let _ = api.set_host(named.host_str().map(api_host).as_deref());
        let _ = api.set_port(named.port());
    } else {
        let _ = api.set_host(Some(&api_host(own)));
    }
    api.set_path(&format!("/{}/apis/3.0", codebase(&info)));
    Ok(Place { api, info })
}

/// The address in an answer, whether it is a host alone or has a scheme before it.
fn named(text: &str) -> Option<Url> {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    Url::parse(&format!("https://{rest}")).ok().filter(|url| url.host_str().is_some())
}

/// Whether the keys of a tenant may go there: to its own site, or within ConnectWise's cloud.
fn may_be(site: &Url, named: &Url, trusted: bool) -> bool {
    let (Some(own), Some(host)) = (site.host_str(), named.host_str()) else { return false };
    if trusted && own == host {
        return true;
    }
    let same = own == host && named.port_or_known_default() == site.port_or_known_default();
    same || (named.port().is_none() && cloud(host).is_some())
}

fn codebase(info: &CompanyInfo) -> &str {
    let named = info.codebase.as_deref().unwrap_or_default().trim_matches('/');
    let plain = named.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) && !named.is_empty();
    if plain { named } else { ROUTER }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn found(site: &str, codebase: &str, site_url: Option<&str>) -> String {
        let info = CompanyInfo {
            codebase: Some(codebase.to_owned()),
            site_url: site_url.map(str::to_owned),
            ..CompanyInfo::default()
        };
        place(&url(site), "acme", Some(info), false).unwrap().api.to_string()
    }

    #[test]
    fn the_api_of_each_cloud_is_beside_its_site() {
        for (site, api) in [
            ("https://na.myconnectwise.net", "api-na.myconnectwise.net"),
            ("https://eu.myconnectwise.net", "api-eu.myconnectwise.net"),
            ("https://aus.myconnectwise.net", "api-aus.myconnectwise.net"),
            ("https://api-za.myconnectwise.net", "api-za.myconnectwise.net"),
            ("https://staging.connectwisedev.com", "api-staging.connectwisedev.com"),
            ("https://cw.example.com", "cw.example.com"),
        ] {
            assert_eq!(found(site, "v2025_1/", None), format!("https://{api}/v2025_1/apis/3.0"));
        }
    }

    #[test]
    fn an_answer_moves_the_keys_only_within_the_cloud_or_to_the_site_itself() {
        let na = "https://na.myconnectwise.net";
        assert_eq!(
            found(na, "v2025_1/", Some("api-eu.myconnectwise.net")),
            "https://api-eu.myconnectwise.net/v2025_1/apis/3.0"
        );
        assert_eq!(
            found(na, "v2025_1/", Some("https://eu.myconnectwise.net/")),
            "https://api-eu.myconnectwise.net/v2025_1/apis/3.0"
        );
        let stays = "https://api-na.myconnectwise.net/v2025_1/apis/3.0";
        for foreign in [
            "evil.example",
            "myconnectwise.net.evil.example",
            "169.254.169.254",
            "api-na.myconnectwise.net:8443",
            "a.b.myconnectwise.net",
            "",
            "///",
        ] {
            assert_eq!(found(na, "v2025_1/", Some(foreign)), stays, "{foreign}");
        }
        assert_eq!(
            found("https://cw.example.com", "v4_6_release/", Some("cw.example.com:8443")),
            "https://cw.example.com/v4_6_release/apis/3.0"
        );
    }

    #[test]
    fn a_codebase_cannot_be_a_path() {
        for odd in ["", "/", "../admin", "a/b", "v?x=", "v#"] {
            assert!(found("https://cw.example.com", odd, None).ends_with("/v4_6_release/apis/3.0"), "{odd}");
        }
    }

    #[test]
    fn what_a_tenant_says_is_read_however_it_says_it() {
        for cloud in [json!(true), json!("True"), json!(null)] {
            let told = json!({ "CompanyName": "Acme MSP", "Codebase": "v2025_1/", "IsCloud": cloud, "New": [] });
            let info: CompanyInfo = serde_json::from_value(told).unwrap();
            assert_eq!(info.company_name.as_deref(), Some("Acme MSP"));
        }
        assert_eq!(serde_json::from_str::<Option<CompanyInfo>>("null").unwrap(), None);
        let why = place(&url("https://na.myconnectwise.net"), "acne", None, false).unwrap_err().to_string();
        assert!(why.contains("no company “acne”") && why.contains("Settings > Ticket system"), "{why}");
    }

    #[test]
    fn a_site_is_public_and_secure() {
        for (site, why) in [
            ("http://na.myconnectwise.net", "https://"),
            ("https://localhost", "own network"),
            ("https://10.0.0.8/", "own network"),
            ("https://cw.internal", "own network"),
            ("https://[::1]", "own network"),
        ] {
            let said = checked(&url(site), false).unwrap_err().to_string();
            assert!(said.contains(why), "{site}: {said}");
        }
        let plain = checked(&url("https://me:secret@na.myconnectwise.net/v4_6_release/x?y#z"), false).unwrap();
        assert_eq!(plain.as_str(), "https://na.myconnectwise.net/");
        assert!(checked(&url("http://127.0.0.1:4000"), true).is_ok());
        assert_eq!(question(&plain, "a/../b").as_str(), "https://na.myconnectwise.net/login/companyinfo/a%2F..%2Fb");
    }

    #[test]
    fn people_open_it_beside_the_api() {
        assert_eq!(ui_host("api-na.myconnectwise.net"), "na.myconnectwise.net");
        assert_eq!(ui_host("cw.example.com"), "cw.example.com");
        assert_eq!(ui_host("api-cw.example.com"), "api-cw.example.com");
    }
}
