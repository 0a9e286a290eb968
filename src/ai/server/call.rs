//! Talks to a model: sends a request, hears the events of the answer one by one, and gives up when nothing comes.
//!
//! Everything happens inside the stream that is handed out: dropping it closes the connection, whatever it is waiting for.

use std::{
    error::Error,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use reqwest::{Response, header::CONTENT_TYPE};
use rustls::CertificateError as Flaw;
use sse_stream::SseByteStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    AiError,
    addresses::{self, Private},
    fault::Waiting,
    model::{Failure, Heard, Model, Patience, Said, Stop},
    prompt::{self, Prompt},
};
use crate::{
    ai::types::{Usage, Vendor},
    server::http_client::quoted,
};

/// More than any model says in one answer, its thoughts and all the JSON around included.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;
/// More than any error needs.
const LONGEST_FAILURE: usize = 64 * 1024;
const UNTRUSTED: &str = "its certificate is self-signed, or of an authority that this server does not trust";

/// One model's answer as it comes. It ends after [`Said::End`] or an error.
pub type Saying = BoxStream<'static, Result<Said, AiError>>;

/// What a call has used so far. It is told while the call runs, so that it is known however the call ends.
///
/// Vendors count late, some only with their last event. What an answer that has begun used beyond what they counted is estimated,
/// rather too high than too low, by the same rule that decides what fits into a window: else calls that break off cost nothing in
/// any sum or budget. Thoughts that are not shown are in no estimate.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Counted>>);

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    usage: Usage,
    /// About how many tokens the prompt of an answer that has begun is.
    prompt: usize,
    /// How many bytes of text were said since the vendor counted.
    said: usize,
}

impl Counted {
    fn used(self) -> Used {
        let Self { mut usage, prompt, said } = self;
        let (prompt, said) = (if usage.sent() == 0 { prompt } else { 0 }, prompt::about(said));
        usage.input_tokens += u64::try_from(prompt).unwrap_or_default();
        usage.output_tokens += u64::try_from(said).unwrap_or_default();
        Used { usage, estimated: prompt + said > 0 }
    }
}

/// What was used, and whether the vendor counted all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    pub usage: Usage,
    pub estimated: bool,
}

impl Meter {
    /// Something was heard of the answer to a prompt of about so many tokens.
    fn heard(&self, heard: &mut Heard, prompt: usize, text: &str) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said = if std::mem::take(&mut heard.counted) { 0 } else { counted.said + text.len() };
        *counted = Counted { usage: heard.usage, prompt, said };
    }

    /// Takes it off: it counts once.
    pub fn take(&self) -> Used {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).used()
    }

    /// As far as it is counted or can be estimated.
    pub fn so_far(&self) -> Usage {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).used().usage
    }
}

/// Asks a model; `meter` is told what that takes. Whatever its server says is wrong passes here on its way to people, logs and
/// rows, and leaves the key behind: some servers quote the one that they refuse.
pub fn ask(model: Arc<dyn Model>, prompt: Prompt, meter: &Meter) -> Saying {
    let line = model.line().clone();
    let hide = move |text: &str| quoted::without_key(text, line.key.as_ref());
    let said = stream::once(open(model, prompt, meter.clone())).try_flatten();
    said.map(move |said| match said {
        Ok(Said::End { stop: Stop::Refused(detail), sources }) => {
            Ok(Said::End { stop: Stop::Refused(hide(&detail)), sources })
        }
        Err(error) => Err(error.with_details(&hide)),
        said => said,
    })
    .boxed()
}

async fn open(model: Arc<dyn Model>, mut prompt: Prompt, meter: Meter) -> Result<Saying, AiError> {
    let (vendor, line) = (model.vendor(), model.line().clone());
    let request = model.request(&prompt)?;
    let (size, course) = (prompt.size(), prompt.paused.take().map(|course| *course).unwrap_or_default());
    drop(prompt);
    if !line.trusted
        && let Some(host) = addresses::private_literal(&request.url)
    {
        return Err(AiError::PrivateAddress { vendor, host });
    }
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let sent = addresses::client(line.trusted)?.post(request.url).headers(request.headers).json(&request.body).send();
    drop(request.body);
    let answer = timeout(line.patience.first_byte, sent)
        .await
        .map_err(|_| AiError::TimedOut { vendor, waiting: Waiting::FirstByte })?
        .map_err(|error| unreachable(vendor, &line.shown(), &host, &error))?;
    let not_an_api = || AiError::NotAnApi { vendor, endpoint: line.shown() };
    let status = answer.status();
    if !status.is_success() {
        let (headers, body) = (answer.headers().clone(), beginning(answer, line.patience).await);
        let failure = Failure::new(status.as_u16(), headers, &body);
        // The page of a gateway in between says only that what is behind it is away.
        let is_page = body.trim_start().starts_with('<') && !status.is_server_error();
        return Err(if is_page { not_an_api() } else { model.fault(&failure) });
    }
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.is_empty() && !kind.starts_with("text/event-stream") {
        let body = beginning(answer, line.patience).await;
        let failure = Failure::new(status.as_u16(), reqwest::header::HeaderMap::new(), &body);
        return Err(match failure.body.get("error") {
            Some(_) => AiError::Broke { vendor, detail: failure.message() },
            None => not_an_api(),
        });
    }
    let events = SseByteStream::new(bytes(answer).boxed());
    Ok(listen(model, events, Heard { course, ..Heard::default() }, (meter, size)).boxed())
}

/// How long is still waited. Comments keep a connection open and say nothing: only events with data are signs of life, and those
/// too must come to a word one day (Anthropic's pings are events).
#[derive(Debug, Clone, Copy)]
struct Waits {
    patience: Patience,
    next: Instant,
    word: Instant,
    waiting: Waiting,
}

impl Waits {
    fn new(patience: Patience) -> Self {
        let now = Instant::now();
        let (next, word) = (now + patience.first_byte, now + patience.word);
        Self { patience, next, word, waiting: Waiting::FirstByte }
    }

    fn until(&self) -> Instant {
        self.next.min(self.word)
    }

    fn heard_something(&mut self) {
        self.next = Instant::now() + self.patience.more_bytes;
        self.waiting = Waiting::MoreBytes;
    }

    fn heard_a_word(&mut self) {
        self.word = Instant::now() + self.patience.word;
    }
}

fn listen<S>(
    model: Arc<dyn Model>,
    events: S,
    heard: Heard,
    (meter, size): (Meter, usize),
) -> impl Stream<Item = Result<Said, AiError>>
where
    S: Stream<Item = Result<sse_stream::Sse, sse_stream::Error>> + Unpin,
{
    let waits = Waits::new(model.line().patience);
    stream::unfold(Some((model, events, heard, meter, waits)), move |listening| async move {
        let (model, mut events, mut heard, meter, mut waits) = listening?;
        let broken = loop {
            if heard.over {
                break None;
            }
            let event = match timeout_at(waits.until(), events.next()).await {
                Err(_) => break Some(AiError::TimedOut { vendor: model.vendor(), waiting: waits.waiting }),
                Ok(Some(Ok(event))) => event,
                Ok(Some(Err(error))) => break Some(broken(model.vendor(), &error)),
                Ok(None) => break None,
            };
            let Some(data) = event.data.as_deref().filter(|data| !data.is_empty()) else { continue };
            waits.heard_something();
            let said = model.hear(data, &mut heard);
            if let Ok(text) = &said {
                meter.heard(&mut heard, size, text.as_deref().unwrap_or_default());
            }
            match said {
                Ok(Some(text)) if !text.is_empty() => {
                    waits.heard_a_word();
                    return Some((Ok(Said::Text(text)), Some((model, events, heard, meter, waits))));
                }
                Err(error) => return Some((Err(error), None)),
                Ok(_) => {}
            }
        };
        // Once the model has said that it is done, nothing is missing.
        let end = match (heard.stop, broken) {
            (Some(Stop::Done), _) if !heard.calls.is_empty() => {
                Ok(Said::End { stop: Stop::Calls(heard.calls), sources: Vec::new() })
            }
            (Some(Stop::Paused), _) => Ok(Said::Paused(Box::new(heard.course))),
            (Some(stop), _) => Ok(Said::End { stop, sources: heard.course.sources.into_list() }),
            (None, Some(error)) => Err(error),
            (None, None) => Err(AiError::Dropped { vendor: model.vendor() }),
        };
        Some((end, None))
    })
}

/// Why no more bytes come.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("the connection broke")]
    Lost,
    #[error("it is too long")]
    TooMuch,
}

/// The body of a streamed answer. An error that is told without the form of an event, as Gemini does in mid-stream, is
/// given it: it is the last that comes.
fn bytes(answer: Response) -> impl Stream<Item = Result<Bytes, Cut>> {
    stream::unfold(Some((limited(answer).boxed(), vec![b'\n'])), |reading| async move {
        let (mut body, mut end) = reading?;
        match body.next().await {
            Some(Ok(bytes)) => {
                end.extend_from_slice(&bytes);
                if end.len() > 2 * LONGEST_FAILURE {
                    end.drain(..end.len() - LONGEST_FAILURE);
                }
                Some((Ok(bytes), Some((body, end))))
            }
            Some(Err(cut)) => Some((bare_error(&end).ok_or(cut), None)),
            None => Some((Ok(bare_error(&end)?), None)),
        }
    })
}

/// What follows the last event, if it is an error, as an event.
fn bare_error(end: &[u8]) -> Option<Bytes> {
    let text = String::from_utf8_lossy(end);
    let rest = match text.rsplit_once("\ndata:") {
        Some((_, last)) => last.split_once('\n')?.1,
        None => &*text,
    };
    let body = Failure::new(0, reqwest::header::HeaderMap::new(), rest).body;
    body.get("error").map(|_| format!("\n\ndata: {body}\n\n").into())
}

/// The body as it comes, up to its limit.
fn limited(answer: Response) -> impl Stream<Item = Result<Bytes, Cut>> {
    stream::unfold(Some((answer.bytes_stream().boxed(), 0_usize)), |reading| async move {
        let (mut body, read) = reading?;
        let next = match body.next().await? {
            Err(_) => Err(Cut::Lost),
            Ok(bytes) if read + bytes.len() > LONGEST_ANSWER => Err(Cut::TooMuch),
            Ok(bytes) => Ok(bytes),
        };
        let read = read + next.as_ref().map_or(0, Bytes::len);
        let on = next.is_ok().then_some((body, read));
        Some((next, on))
    })
}

/// The first kilobytes of a body that is not an answer.
async fn beginning(answer: Response, patience: Patience) -> String {
    let mut body = Vec::new();
    let read = async {
        let mut parts = std::pin::pin!(limited(answer));
        while let Some(Ok(part)) = parts.next().await {
            body.extend_from_slice(&part);
            if body.len() > LONGEST_FAILURE {
                break;
            }
        }
    };
    // What came in time will do.
    timeout(patience.more_bytes, read).await.ok();
    String::from_utf8_lossy(&body).into_owned()
}

fn broken(vendor: Vendor, error: &sse_stream::Error) -> AiError {
    let cut = causes(error).find_map(|cause| cause.downcast_ref::<Cut>());
    match cut {
        Some(Cut::TooMuch) => AiError::Truncated { vendor },
        Some(Cut::Lost) => AiError::Dropped { vendor },
        None => AiError::Broke { vendor, detail: "a part of its answer is not readable text".to_owned() },
    }
}

fn unreachable(vendor: Vendor, endpoint: &str, host: &str, error: &reqwest::Error) -> AiError {
    if causes(error).any(|cause| cause.is::<Private>()) {
        return AiError::PrivateAddress { vendor, host: host.to_owned() };
    }
    if let Some(tls) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return AiError::Tls { vendor, endpoint: endpoint.to_owned(), detail: insecure(tls) };
    }
    if error.is_timeout() {
        return AiError::TimedOut { vendor, waiting: Waiting::Connection };
    }
    let last = causes(error).last().map(ToString::to_string).unwrap_or_default();
    AiError::Unreachable { vendor, endpoint: endpoint.to_owned(), detail: last.trim_end_matches('.').to_owned() }
}

/// What is wrong with a secure connection, in words for a person.
fn insecure(error: &rustls::Error) -> String {
    let why = match error {
        rustls::Error::InvalidMessage(_) => "what answers there does not speak TLS (https)",
        rustls::Error::InvalidCertificate(flaw) => match flaw {
            Flaw::UnknownIssuer => UNTRUSTED,
            // An authority's own certificate, served as that of a server; only its name says so.
            Flaw::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => UNTRUSTED,
            Flaw::Expired | Flaw::ExpiredContext { .. } => "its certificate has expired",
            Flaw::NotValidYet | Flaw::NotValidYetContext { .. } => {
                "its certificate is not valid yet, or the clock of this server is wrong"
            }
            Flaw::NotValidForName | Flaw::NotValidForNameContext { .. } => {
                "its certificate is that of another name than the endpoint's"
            }
            Flaw::Revoked => "its certificate has been revoked",
            other => return format!("its certificate is not valid ({other})"),
        },
        other => return other.to_string(),
    };
    why.to_owned()
}

/// An error and what caused it, also what stands inside of errors of I/O.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error: &&'e (dyn Error + 'static)| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

/// Nobody waits longer for a word, whatever else is heard.
const WORD: Duration = Duration::from_secs(600);
/// Patience with models of vendors.
pub const HOSTED: Patience =
    Patience { first_byte: Duration::from_secs(120), more_bytes: Duration::from_secs(60), word: WORD };
/// Patience with those that think for minutes, or first have to load.
pub const SLOW: Patience =
    Patience { first_byte: Duration::from_secs(300), more_bytes: Duration::from_secs(120), word: WORD };
