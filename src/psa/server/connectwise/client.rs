//! Sends calls to the API of one tenant: with the keys, within time, again where that is safe, slower where it is asked for. A write
//! that is not safe to repeat is sent once; when nobody knows what became of it, that is what is said.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use reqwest::{
    Method, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::{
    sync::{RwLock, Semaphore, SemaphorePermit},
    time::{Instant, sleep, sleep_until},
};
use url::Url;

use super::{
    call::{Call, Right},
    callbacks::SigningKey,
    discovery::{self, CompanyInfo, Place},
    fault::{self, Trouble},
};
use crate::{
    psa::server::{ConnectWiseKeys, PsaError},
    server::http_client,
};

/// The model that answers are read in. A retired one still stays for a year.
const MODEL: &str = "application/vnd.connectwise.com+json; version=2025.8";
const CLIENT_ID: HeaderName = HeaderName::from_static("clientid");
const PAGINATION: HeaderName = HeaderName::from_static("pagination-type");
/// More than any page of a list holds.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;
/// A tenant is asked no more than this at once.
const AT_ONCE: usize = 8;
const ANYBODY: Right = Right { of: "The company", permission: "nothing" };

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For one try, from the connection to the last byte.
    pub answer: Duration,
    /// For a call with all its tries and pauses.
    pub call: Duration,
    /// So many, when no pause is asked for.
    pub tries: u32,
    /// Before the second try; doubled for each further one.
    pub first_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(30),
            call: Duration::from_secs(60),
            tries: 4,
            first_wait: Duration::from_millis(250),
        }
    }
}

/// How a tenant is called.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Plain HTTP and private addresses are fine: of the simulator only, never of an account's own site.
    pub trusted: bool,
    pub patience: Patience,
}

/// The line to one tenant; all clones share it.
#[derive(Debug, Clone)]
pub struct Client(Arc<Line>);

#[derive(Debug)]
struct Line {
    keys: ConnectWiseKeys,
    options: Options,
    place: RwLock<Option<Arc<Place>>>,
    /// Nothing is sent before: the tenant asked for a pause.
    resume: std::sync::Mutex<Option<Instant>>,
    slots: Semaphore,
    /// Notes in a member's name were refused then.
    alone: std::sync::Mutex<Option<Instant>>,
    signing: std::sync::Mutex<Option<SigningKey>>,
}

/// An answer that is a success.
#[derive(Debug)]
pub struct Answer {
    pub headers: HeaderMap,
    bytes: Bytes,
    host: String,
    /// Of a write that may not be repeated: it is done, whatever is readable.
    ambiguous: bool,
}

impl Answer {
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PsaError> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            tracing::warn!(error.cause = %error, psa.host = %self.host, "An answer of ConnectWise could not be read.");
            if self.ambiguous {
                PsaError::Unknown("its answer could not be read.".to_owned())
            } else if fault::is_page(&self.bytes) {
                fault::not_an_api(&self.host)
            } else {
                PsaError::Refused(
                    "its answer is not in the form that is known. Tell the makers of FlowPilot.".to_owned(),
                )
            }
        })
    }
}

impl Client {
    pub fn new(keys: ConnectWiseKeys, options: Options) -> Self {
        Self(Arc::new(Line {
            keys,
            options,
            place: RwLock::new(None),
            resume: std::sync::Mutex::new(None),
            slots: Semaphore::new(AT_ONCE),
            alone: std::sync::Mutex::new(None),
            signing: std::sync::Mutex::new(None),
        }))
    }

    pub fn keys(&self) -> &ConnectWiseKeys {
        &self.0.keys
    }

    /// Since when notes go without a member's name because their names were refused.
    pub fn alone(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.alone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn signing(&self) -> std::sync::MutexGuard<'_, Option<SigningKey>> {
        self.0.signing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn site(&self) -> Result<Url, PsaError> {
        discovery::checked(&self.0.keys.site, self.0.options.trusted)
    }

    /// Sends a call. The tenant may have moved since it was found: then it is looked for once more.
    pub async fn send(&self, call: &Call) -> Result<Answer, PsaError> {
        let place = self.place().await?;
        match self.deliver(call, &place.api, true).await {
            Ok(answer) => Ok(answer),
            Err((error, false)) => Err(error),
            Err((error, true)) => {
                tracing::warn!(error.cause = %error, "ConnectWise is looked for again.");
                let now = self.look_again(&place).await?;
                self.deliver(call, &now.api, true).await.map_err(|(error, _)| error)
            }
        }
    }

    /// Where the tenant's API is, looked for at the first call.
    pub async fn place(&self) -> Result<Arc<Place>, PsaError> {
        if let Some(place) = &*self.0.place.read().await {
            return Ok(Arc::clone(place));
        }
        let mut known = self.0.place.write().await;
        if let Some(place) = &*known {
            return Ok(Arc::clone(place));
        }
        let place = Arc::new(self.look().await?);
        *known = Some(Arc::clone(&place));
        Ok(place)
    }

    /// Looks for the tenant anew, unless somebody else just did.
    pub async fn look_again(&self, old: &Arc<Place>) -> Result<Arc<Place>, PsaError> {
        let mut known = self.0.place.write().await;
        if let Some(place) = known.as_ref().filter(|place| !Arc::ptr_eq(place, old)) {
            return Ok(Arc::clone(place));
        }
        let place = Arc::new(self.look().await?);
        *known = Some(Arc::clone(&place));
        Ok(place)
    }

    /// Looks for the tenant, also where it was found before.
    pub async fn place_anew(&self) -> Result<Arc<Place>, PsaError> {
        let known = self.0.place.read().await.clone();
        match known {
            Some(known) => self.look_again(&known).await,
            None => self.place().await,
        }
    }

    async fn look(&self) -> Result<Place, PsaError> {
        let (site, company) = (self.site()?, &self.0.keys.company);
        let answer = self.read(&discovery::question(&site, company), false).await?;
        discovery::place(&site, company, answer.json::<Option<CompanyInfo>>()?, self.0.options.trusted)
    }

    /// Reads an address outside of the API.
    pub async fn read(&self, url: &Url, with_keys: bool) -> Result<Answer, PsaError> {
        self.deliver(&Call::get("", ANYBODY), url, with_keys).await.map_err(|(error, _)| error)
    }

    /// Sends a call until it is answered or there is no point in it; with the error whether nothing is there any more.
    async fn deliver(&self, call: &Call, api: &Url, with_keys: bool) -> Result<Answer, (PsaError, bool)> {
        let patience = self.0.options.patience;
        let deadline = Instant::now() + patience.call;
        let mut tried = 0;
        loop {
            let trouble = match self.once(call, api, with_keys, deadline).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            let (why, sent) = match trouble {
                Trouble::Final(error) => return Err((error, false)),
                Trouble::Moved(error) => return Err((error, true)),
                Trouble::Throttled(_) => continue,
                Trouble::Passing { why, sent } => (why, sent),
            };
            tried += 1;
            tracing::info!(psa.method = %call.method, psa.tried = tried, psa.sent = sent, "A call of ConnectWise failed.");
            if sent && !call.repeatable() {
                return Err((PsaError::Unknown(why), false));
            }
            let wait =
                patience.first_wait.saturating_mul(2_u32.saturating_pow(tried - 1)).mul_f64(0.5 + chance() / 2.0);
            if tried >= patience.tries || Instant::now() + wait >= deadline {
                let error = if sent && call.writes() { PsaError::Unknown(why) } else { PsaError::Unavailable(why) };
                return Err((error, false));
            }
            sleep(wait).await;
        }
    }

    /// Waits for the end of a pause, or says that it is too long to wait for.
    async fn pass(&self, deadline: Instant) -> Result<(), PsaError> {
        loop {
            let resume = *self.0.resume.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            match resume {
                Some(resume) if resume > deadline => return Err(PsaError::Throttled { after: resume - now }),
                // Not all at the same moment.
                Some(resume) if resume > now => {
                    sleep_until(resume + Duration::from_millis(200).mul_f64(chance())).await;
                }
                _ => return Ok(()),
            }
        }
    }

    /// A place among those that are sent at once. Whoever waited for it may have slept through the beginning of a pause.
    async fn slot(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, PsaError> {
        loop {
            self.pass(deadline).await?;
            let slot = self.0.slots.acquire().await.map_err(|error| PsaError::Unavailable(error.to_string()))?;
            let resume = *self.0.resume.lock().unwrap_or_else(PoisonError::into_inner);
            if resume.is_none_or(|resume| resume <= Instant::now()) {
                return Ok(slot);
            }
        }
    }

    /// All calls of the account wait that long.
    fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause.max(Duration::from_millis(100));
        let mut resume = self.0.resume.lock().unwrap_or_else(PoisonError::into_inner);
        *resume = Some(resume.map_or(until, |before| before.max(until)));
        tracing::info!(psa.pause = pause.as_secs(), "ConnectWise asks for a pause.");
    }

    /// One try.
    async fn once(&self, call: &Call, api: &Url, with_keys: bool, deadline: Instant) -> Result<Answer, Trouble> {
        let host = api.host_str().unwrap_or_default();
        let trusted = self.0.options.trusted;
        if !trusted && http_client::private_literal(api).is_some() {
            return Err(fault::private(host).into());
        }
        let http = http_client::client(trusted).map_err(|error| PsaError::Unavailable(error.to_string()))?;
        let (method, url, body) = call.request(api);
        let mut request = http.request(method, url).headers(self.headers(call, with_keys)?);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let _slot = self.slot(deadline).await?;
        let left = deadline.saturating_duration_since(Instant::now()).min(self.0.options.patience.answer);
        if left.is_zero() {
            let why = format!("too much is asked of {host} at once. Try again in a moment.");
            return Err(PsaError::Unavailable(why).into());
        }
        let response = request.timeout(left).send().await.map_err(|error| fault::of_transport(host, &error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = body_of(response, host).await?;
        let gone = status == StatusCode::NOT_FOUND && call.method == Method::DELETE && fault::says_not_found(&bytes);
        if gone && call.ticket.is_none() {
            // Somebody was faster, or the answer to the first try was lost.
            return Ok(Answer { headers, bytes: Bytes::new(), host: host.to_owned(), ambiguous: false });
        }
        if !status.is_success() {
            let trouble = fault::of_answer(call, host, status, &headers, &bytes);
            if let Trouble::Throttled(pause) = &trouble {
                // Before anybody else gets the slot.
                self.hold(*pause);
            }
            return Err(trouble);
        }
        Ok(Answer { headers, bytes, host: host.to_owned(), ambiguous: !call.repeatable() })
    }

    fn headers(&self, call: &Call, with_keys: bool) -> Result<HeaderMap, PsaError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(MODEL));
        if call.forward {
            headers.insert(PAGINATION, HeaderValue::from_static("forward-only"));
        }
        if with_keys {
            let keys = &self.0.keys;
            let login = format!("{}+{}:{}", keys.company, keys.public_key, keys.private_key.expose_secret());
            headers.insert(AUTHORIZATION, secret(&format!("Basic {}", BASE64_STANDARD.encode(login)))?);
            headers.insert(CLIENT_ID, secret(keys.client_id.expose_secret().trim())?);
        }
        Ok(headers)
    }
}

fn secret(text: &str) -> Result<HeaderValue, PsaError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        PsaError::Credentials(
            "the client ID has characters that none has. Enter it again under Settings > Ticket system.".to_owned(),
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

async fn body_of(mut response: Response, host: &str) -> Result<Bytes, Trouble> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(part)) if body.len() + part.len() <= LONGEST_ANSWER => body.extend_from_slice(&part),
            Ok(Some(_)) => {
                let why = format!("{host} gave an answer that is longer than FlowPilot reads. Narrow the list down.");
                return Err(PsaError::Refused(why).into());
            }
            Err(_) => {
                let why = format!("the connection to {host} broke in the middle of its answer.");
                return Err(Trouble::Passing { why, sent: true });
            }
        }
    }
}

/// Between 0 and 1.
fn chance() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

/// What an answer of a write holds, where only its id matters.
pub fn id_of(answer: &Answer) -> Result<String, PsaError> {
    let made: Value = answer.json()?;
    made["id"].as_i64().map(|id| id.to_string()).ok_or_else(|| PsaError::Unknown("its answer names no id.".to_owned()))
}
