//! A vendor's API as far as the wire goes: it takes down what it is asked and answers what the test says, to the byte.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::support::soon;

/// What an answer does after its last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Close,
    /// The connection breaks.
    Break,
    /// Nothing more comes, and nothing ends.
    Hang,
    /// This comes again and again.
    Drip(&'static str),
    /// Not even a status comes.
    Silent,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub parts: Vec<Bytes>,
    pub end: End,
}

impl Reply {
    pub fn new(status: u16, kind: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], parts: vec![body.into()], end: End::Close }
    }

    /// A stream of events.
    pub fn events(text: impl Into<Bytes>) -> Self {
        Self::new(200, "text/event-stream", text)
    }

    pub fn in_parts(self, parts: Vec<Bytes>) -> Self {
        Self { parts, ..self }
    }

    pub fn and_then(self, end: End) -> Self {
        Self { end, ..self }
    }
}

/// One request.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
    /// The body to the byte.
    pub bytes: Bytes,
}

type Answering = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

#[derive(Clone)]
struct Shared {
    answer: Answering,
    seen: Arc<Mutex<Vec<Seen>>>,
    ended: mpsc::UnboundedSender<()>,
}

/// Tells when whoever asked is gone, or the answer is whole.
struct Guard(mpsc::UnboundedSender<()>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.send(()).ok();
    }
}

pub struct Simulator {
    pub address: SocketAddr,
    shared: Shared,
    ends: mpsc::UnboundedReceiver<()>,
}

impl Simulator {
    /// Answers each request by its own rule.
    pub async fn answering(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let (ended, ends) = mpsc::unbounded_channel();
        let shared = Shared { answer: Arc::new(answer), seen: Arc::default(), ended };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new().fallback(serve).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, shared, ends }
    }

    /// Answers so, one after the other; the last one again and again.
    pub async fn saying(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Mutex<VecDeque<Reply>> = Mutex::new(replies.into_iter().collect());
        Self::answering(move |_| {
            let mut replies = replies.lock().unwrap();
            if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }.expect("a reply")
        })
        .await
    }

    pub fn url(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}", self.address.port())
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Waits until the other side has let go of an answer.
    pub async fn let_go(&mut self) {
        soon("the end of an upstream call", self.ends.recv()).await.expect("a simulator");
    }
}

async fn serve(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Infallible> {
    let guard = Guard(shared.ended.clone());
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let seen = Seen { path, headers, body, bytes };
    let reply = (shared.answer)(&seen);
    shared.seen.lock().unwrap().push(seen);
    if reply.end == End::Silent {
        std::future::pending::<()>().await;
    }
    let parts = stream::iter(reply.parts).map(Ok::<_, io::Error>);
    let last = match reply.end {
        End::Break => stream::once(async {
            // What was said before is on its way first.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            Err(io::Error::other("broken"))
        })
        .boxed(),
        End::Hang => stream::pending().boxed(),
        End::Drip(drop) => stream::unfold((), move |()| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok(Bytes::from_static(drop.as_bytes())), ()))
        })
        .boxed(),
        End::Close | End::Silent => stream::empty().boxed(),
    };
    let body = parts.chain(last).map(move |part| {
        let _held = &guard;
        part
    });
    let mut response = Response::new(Body::from_stream(body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    Ok(response)
}
