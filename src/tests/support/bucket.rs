//! A store that speaks as much of S3 as keeping files takes. It does not look at signatures.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};

type Kept = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// A store with whatever buckets one names.
pub struct Bucket {
    address: std::net::SocketAddr,
    kept: Kept,
    serving: tokio::task::JoinHandle<()>,
}

impl Bucket {
    pub async fn open() -> Self {
        let kept = Kept::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(answer).with_state(Arc::clone(&kept));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("serving") });
        Self { address, kept, serving }
    }

    /// What the environment of a FlowPilot that uses it says.
    pub fn options(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "someone".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Where files are, bucket first.
    pub fn keys(&self) -> Vec<String> {
        self.kept.lock().unwrap().keys().cloned().collect()
    }

    /// It refuses everything from now on.
    pub fn close(&self) {
        self.serving.abort();
    }
}

async fn answer(State(kept): State<Kept>, method: Method, uri: Uri, body: Bytes) -> Response {
    let (mut kept, key) = (kept.lock().unwrap(), uri.path().to_owned());
    match method {
        Method::PUT => {
            kept.insert(key, body);
            (StatusCode::OK, [("etag", "\"1\"")]).into_response()
        }
        Method::GET => match kept.get(&key) {
            Some(file) => {
                let headers = [("etag", "\"1\""), ("last-modified", "Wed, 25 Nov 2026 12:00:00 GMT")];
                (headers, file.clone()).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Method::DELETE => {
            kept.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}
