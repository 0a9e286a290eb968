//! Talks to a model: sends a request, hears the events of the answer one by one, and gives up when nothing comes.
//!
//! Everything happens inside the stream that is handed out: dropping it closes the connection, whatever it is waiting for.

use std::{error::Error, io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use reqwest::{Response, header::CONTENT_TYPE};
use sse_stream::SseByteStream;
use tokio::time::timeout;

use super::{
    AiError,
    addresses::{self, Private},
    fault::Waiting,
    model::{Failure, Heard, Model, Patience, Said, Stop},
    prompt::Prompt,
    quoted,
};
use crate::ai::types::Vendor;

/// More than any model says in one answer, its thoughts and all the JSON around included.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;
/// More than any error needs.
const LONGEST_FAILURE: usize = 64 * 1024;

/// One model's answer as it comes. It ends after [`Said::End`] or an error.
pub type Saying = BoxStream<'static, Result<Said, AiError>>;

/// Asks a model. Whatever its server says is wrong passes here on its way to people, logs and rows, and leaves the key behind:
/// some servers quote the one that they refuse.
pub fn ask(model: Arc<dyn Model>, prompt: Prompt) -> Saying {
    let line = model.line().clone();
    let hide = move |text: &str| quoted::without_key(text, line.key.as_ref());
    let said = stream::once(open(model, prompt)).try_flatten();
    said.map(move |said| match said {
        Ok(Said::End { usage, stop: Stop::Refused(detail), sources }) => {
            Ok(Said::End { usage, stop: Stop::Refused(hide(&detail)), sources })
        }
        Err(error) => Err(error.with_details(&hide)),
        said => said,
    })
    .boxed()
}

async fn open(model: Arc<dyn Model>, prompt: Prompt) -> Result<Saying, AiError> {
    let (vendor, line) = (model.vendor(), model.line().clone());
    let request = model.request(&prompt)?;
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
        .map_err(|error| unreachable(vendor, &line.endpoint, &host, &error))?;
    let not_an_api = || AiError::NotAnApi { vendor, endpoint: line.endpoint.clone() };
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
    let events = SseByteStream::new(bytes(answer, line.patience).boxed());
    Ok(listen(model, events).boxed())
}

fn listen<S>(model: Arc<dyn Model>, events: S) -> impl Stream<Item = Result<Said, AiError>>
where
    S: Stream<Item = Result<sse_stream::Sse, sse_stream::Error>> + Unpin,
{
    stream::unfold(Some((model, events, Heard::default())), |listening| async move {
        let (model, mut events, mut heard) = listening?;
        let broken = loop {
            if heard.over {
                break None;
            }
            let event = match events.next().await {
                Some(Ok(event)) => event,
                Some(Err(error)) => break Some(broken(model.vendor(), &error)),
                None => break None,
            };
            match event.data.as_deref().map(|data| model.hear(data, &mut heard)) {
                Some(Ok(Some(text))) if !text.is_empty() => {
                    return Some((Ok(Said::Text(text)), Some((model, events, heard))));
                }
                Some(Err(error)) => return Some((Err(error), None)),
                _ => {}
            }
        };
        // Once the model has said that it is done, nothing is missing.
        let end = match (heard.stop, broken) {
            (Some(Stop::Done), _) if !heard.calls.is_empty() => {
                Ok(Said::End { usage: heard.usage, stop: Stop::Calls(heard.calls), sources: Vec::new() })
            }
            (Some(stop), _) => Ok(Said::End { usage: heard.usage, stop, sources: heard.looked_up.sources.into_list() }),
            (None, Some(error)) => Err(error),
            (None, None) => Err(AiError::Dropped { vendor: model.vendor() }),
        };
        Some((end, None))
    })
}

/// Why no more bytes come.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("nothing came in time")]
    Silent(Waiting),
    #[error("the connection broke")]
    Lost,
    #[error("it is too long")]
    TooMuch,
}

/// The body as it comes, for as long as something comes.
fn bytes(answer: Response, patience: Patience) -> impl Stream<Item = Result<Bytes, Cut>> {
    let start = (answer.bytes_stream().boxed(), patience.first_byte, Waiting::FirstByte, 0_usize);
    stream::unfold(Some(start), move |reading| async move {
        let (mut body, wait, waiting, read) = reading?;
        let next = match timeout(wait, body.next()).await {
            Err(_) => Err(Cut::Silent(waiting)),
            Ok(None) => return None,
            Ok(Some(Err(_))) => Err(Cut::Lost),
            Ok(Some(Ok(bytes))) if read + bytes.len() > LONGEST_ANSWER => Err(Cut::TooMuch),
            Ok(Some(Ok(bytes))) => Ok(bytes),
        };
        let read = read + next.as_ref().map_or(0, Bytes::len);
        let on = next.is_ok().then_some((body, patience.more_bytes, Waiting::MoreBytes, read));
        Some((next, on))
    })
}

/// The first kilobytes of a body that is not an answer.
async fn beginning(answer: Response, patience: Patience) -> String {
    let mut body = Vec::new();
    let mut parts = std::pin::pin!(bytes(answer, patience));
    while let Some(Ok(part)) = parts.next().await {
        body.extend_from_slice(&part);
        if body.len() > LONGEST_FAILURE {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

fn broken(vendor: Vendor, error: &sse_stream::Error) -> AiError {
    let cut = causes(error).find_map(|cause| cause.downcast_ref::<Cut>());
    match cut {
        Some(Cut::Silent(waiting)) => AiError::TimedOut { vendor, waiting: *waiting },
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
        return AiError::Tls { vendor, endpoint: endpoint.to_owned(), detail: tls.to_string() };
    }
    if error.is_timeout() {
        return AiError::TimedOut { vendor, waiting: Waiting::Connection };
    }
    let last = causes(error).last().map(ToString::to_string).unwrap_or_default();
    AiError::Unavailable(format!("{host}: {}", last.trim_end_matches('.')))
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

/// Patience with models of vendors.
pub const HOSTED: Patience = Patience { first_byte: Duration::from_secs(120), more_bytes: Duration::from_secs(60) };
/// Patience with those that think for minutes, or first have to load.
pub const SLOW: Patience = Patience { first_byte: Duration::from_secs(300), more_bytes: Duration::from_secs(120) };
