//! Callbacks: ConnectWise tells of changes. What it says is believed only when it is signed, and even then only which ticket it is
//! about; what the ticket is like is read again.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::{Duration, Instant};
use url::Url;

use super::{ConnectWise, call::Call, client::id_of, discovery, number, paging, rights};
use crate::psa::server::PsaError;

const CALLBACKS: &str = "/system/callbacks";
const SIGNATURE: &str = "x-content-signature";
/// How long a signing key is known.
const KEPT: Duration = Duration::from_secs(3600);
/// A key this young is not asked for again: whoever sends wrong signatures must not make us call.
const YOUNG: Duration = Duration::from_secs(60);

/// What a tenant signs with, and where it was found.
#[derive(Clone)]
pub struct SigningKey {
    url: Url,
    key: String,
    at: Instant,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// What a callback says of a change. Names are written in one case or another, depending on the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub action: String,
    pub company: String,
    pub kind: String,
    pub id: i64,
    pub key_url: Url,
}

impl Told {
    /// Reads a payload; nothing where it is not one.
    pub fn read(body: &[u8]) -> Option<Self> {
        let payload: Value = serde_json::from_slice(body).ok()?;
        let field = |name: &str| {
            payload.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let text = |name: &str| field(name)?.as_str().map(str::to_owned);
        let id = field("id")?;
        let keys = field("metadata")?;
        // The metadata may be JSON in a text.
        let inner = keys.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let key_url = inner.as_ref().unwrap_or(keys).get("key_url")?.as_str()?;
        Some(Self {
            action: text("action")?.to_lowercase(),
            company: text("companyid")?,
            kind: text("type")?.to_lowercase(),
            id: id.as_i64().or_else(|| number(id.as_str()?))?,
            key_url: Url::parse(key_url).ok()?,
        })
    }
}

/// Whether a signature fits: base64(HMAC-SHA256(SHA256(signing key), body)).
pub fn is_signed(signing_key: &str, body: &[u8], signature: &str) -> bool {
    let key = Sha256::digest(signing_key.as_bytes());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return false };
    mac.update(body);
    BASE64_STANDARD.decode(signature.trim()).is_ok_and(|given| mac.verify_slice(&given).is_ok())
}

/// Whether a signing key may be read there: only at the tenant itself.
pub fn is_of_tenant(key_url: &Url, site: &Url, api: &Url) -> bool {
    let place = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
    let mut beside = api.clone();
    let _ = beside.set_host(api.host_str().map(discovery::ui_host));
    [site, api, &beside].into_iter().any(|own| place(own) == place(key_url))
}

#[derive(Debug, Deserialize)]
struct Registered {
    id: i64,
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Key {
    signing_key: String,
}

impl ConnectWise {
    /// Asks to be told of changes of tickets at `url`, to which the ticket's id is appended: it ends with a parameter's name and
    /// `=`. Asking for what is there already gives its id.
    pub async fn register_callback(&self, url: &str) -> Result<String, PsaError> {
        let there = Call::get(CALLBACKS, rights::CALLBACKS).fields("id,url");
        let known = |rows: Vec<Registered>| {
            rows.into_iter().find(|row| row.url.as_deref() == Some(url)).map(|row| row.id.to_string())
        };
        if let Some(id) = known(paging::all(&self.client, there.clone()).await?) {
            return Ok(id);
        }
        let body = json!({
            "description": "FlowPilot: tickets",
            "url": url,
            "objectId": 1,
            "type": "ticket",
            "level": "owner",
            "inactiveFlag": false,
            // What FlowPilot changes it knows without being told.
            "isSelfSuppressedFlag": true,
        });
        let made = self.client.send(&Call::post(CALLBACKS, rights::CALLBACKS, body)).await;
        match made.and_then(|answer| id_of(&answer)) {
            Err(PsaError::Unknown(why)) => match paging::all(&self.client, there).await.map(known) {
                Ok(Some(id)) => Ok(id),
                Ok(None) | Err(_) => Err(PsaError::Unknown(why)),
            },
            other => other,
        }
    }

    /// Asks not to be told any more; fine where it was forgotten already.
    pub async fn remove_callback(&self, id: &str) -> Result<(), PsaError> {
        let Some(id) = number(id) else { return Ok(()) };
        self.client.send(&Call::delete(format!("{CALLBACKS}/{id}"), rights::CALLBACKS)).await.map(|_| ())
    }

    /// The ticket that a callback tells of; `None` where it is not the tenant that tells.
    pub async fn verified(&self, headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, PsaError> {
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
        let (Some(told), Some(signature)) = (Told::read(body), signature) else { return Ok(None) };
        let keys = self.client.keys();
        if told.kind != "ticket" || !told.company.eq_ignore_ascii_case(&keys.company) {
            return Ok(None);
        }
        let place = self.client.place().await?;
        if !is_of_tenant(&told.key_url, &keys.site, &place.api) {
            return Ok(None);
        }
        let known =
            self.client.signing().clone().filter(|known| known.url == told.key_url && known.at.elapsed() < KEPT);
        if let Some(known) = known {
            if is_signed(&known.key, body, signature) {
                return Ok(Some(told.id.to_string()));
            }
            if known.at.elapsed() < YOUNG {
                return Ok(None);
            }
        }
        let at_the_api = told.key_url.host_str() == place.api.host_str();
        let key: Key = self.client.read(&told.key_url, at_the_api).await?.json()?;
        let signed = is_signed(&key.signing_key, body, signature);
        *self.client.signing() = Some(SigningKey { url: told.key_url, key: key.signing_key, at: Instant::now() });
        Ok(signed.then(|| told.id.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(metadata: &str) -> String {
        format!(
            r#"{{"Action":"updated","CompanyId":"acme","Entity":null,"ID":48213,"Type":"ticket","{metadata}":{{"key_url":"https://na.myconnectwise.net/keys/1"}}}}"#
        )
    }

    #[test]
    fn a_payload_is_read_in_either_case() {
        for metadata in ["Metadata", "metadata"] {
            let told = Told::read(payload(metadata).as_bytes()).unwrap();
            assert_eq!((told.id, told.kind.as_str(), told.company.as_str()), (48213, "ticket", "acme"));
        }
        for odd in ["", "[]", "{}", r#"{"ID":1}"#, "<html>"] {
            assert_eq!(Told::read(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn only_the_right_key_and_the_very_body_fit_a_signature() {
        let key = Sha256::digest(b"signing");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(b"body");
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        assert!(is_signed("signing", b"body", &signature));
        for (key, body, given) in [
            ("other", "body", signature.as_str()),
            ("signing", "bodY", &signature),
            ("signing", "body", ""),
            ("signing", "body", "%%"),
        ] {
            assert!(!is_signed(key, body.as_bytes(), given));
        }
    }

    #[test]
    fn a_signing_key_is_read_only_at_the_tenant() {
        let url = |text: &str| Url::parse(text).unwrap();
        let (site, api) =
            (url("https://na.myconnectwise.net"), url("https://api-na.myconnectwise.net/v2025_1/apis/3.0"));
        for good in ["https://na.myconnectwise.net/k", "https://api-na.myconnectwise.net/k?x"] {
            assert!(is_of_tenant(&url(good), &site, &api), "{good}");
        }
        for evil in [
            "http://na.myconnectwise.net/k",
            "https://na.myconnectwise.net:444/k",
            "https://na.myconnectwise.net.evil.example/k",
            "https://eu.myconnectwise.net/k",
            "https://169.254.169.254/k",
            "file:///etc/passwd",
        ] {
            assert!(!is_of_tenant(&url(evil), &site, &api), "{evil}");
        }
    }
}
