//! How server functions are called. What differs from one to the next is a path, arguments as JSON and an answer as JSON; all
//! else is here once, and not once more for each of them in what every visitor downloads.

use std::{marker::PhantomData, pin::Pin, sync::Arc};

use http::Method;
use leptos::server_fn::{
    ContentType, Protocol, ServerFn,
    client::Client,
    codec::{FromReq, GetUrl, IntoRes},
    redirect::call_redirect_hook,
    request::ClientReq,
    response::ClientRes,
    server::Server,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{IN_BROWSER, Json, Wire, decode, encode, parse};
use crate::error::AppError;

/// Something that goes on elsewhere.
pub type Going<T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send>>;

/// The protocol of server functions that only read: the arguments stand in the address.
pub struct Get;

/// The protocol of server functions that do something: the arguments are the body.
pub struct Post;

macro_rules! protocols {
    ($($name:ident: $method:ident, $arguments:ty;)+) => {$(
        impl<I, O, C, S> Protocol<I, O, C, S, AppError> for $name
        where
            S: Server<AppError>,
            C: Client<AppError>,
            I: Serialize + FromReq<$arguments, S::Request, AppError> + Send,
            O: IntoRes<Json, S::Response, AppError> + DeserializeOwned + Send,
        {
            const METHOD: Method = Method::$method;

            async fn run_server<F, Fut>(request: S::Request, server_fn: F) -> Result<S::Response, AppError>
            where
                F: Fn(I) -> Fut + Send,
                Fut: Future<Output = Result<O, AppError>> + Send,
            {
                let input = I::from_req(request).await?;
                let output = server_fn(input).await?;
                output.into_res().await
            }

            fn run_client(path: &str, input: I) -> impl Future<Output = Result<O, AppError>> + Send {
                let answer = send::<C>(Method::$method, path, encode(&input));
                async move { decode(&answer.await?) }
            }
        }
    )+};
}

protocols! {
    Get: GET, GetUrl;
    Post: POST, Json;
}

/// Calls the function at `path` and brings its answer.
fn send<C: Client<AppError>>(method: Method, path: &str, arguments: Result<String, AppError>) -> Going<String> {
    let (kind, accepts) = (Wire::CONTENT_TYPE, Wire::CONTENT_TYPE);
    let request = arguments.and_then(|arguments| match method {
        Method::GET => C::Request::try_new_get(path, kind, accepts, &query(&arguments)),
        _ => C::Request::try_new_post(path, kind, accepts, arguments),
    });
    Box::pin(async move {
        let response = C::send(request?).await?;
        let (status, redirect) = (response.status(), response.has_redirect().then(|| response.location()));
        let answer = response.try_into_string().await?;
        if status >= 400 {
            return Err(decode(&answer).unwrap_or_else(|error| error));
        }
        if let Some(address) = redirect {
            call_redirect_hook(&address);
        }
        Ok(answer)
    })
}

/// Arguments as they stand in an address: `filter[limit]=5`.
fn query(arguments: &str) -> String {
    let mut query = String::new();
    if let Ok(Value::Object(arguments)) = parse(arguments) {
        arguments.iter().for_each(|(name, value)| put(&mut query, name, value));
    }
    query
}

fn put(query: &mut String, name: &str, value: &Value) {
    let mut say = |word: &str| {
        for part in [if query.is_empty() { "" } else { "&" }, name, "="] {
            query.push_str(part);
        }
        query.extend(word.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        }));
    };
    match value {
        Value::Null => {}
        Value::String(word) => say(word),
        Value::Bool(yes) => say(if *yes { "true" } else { "false" }),
        Value::Number(number) => say(&number.as_i64().unwrap_or_default().to_string()),
        Value::Array(values) => {
            (0..).zip(values).for_each(|(at, value): (usize, _)| put(query, &format!("{name}[{at}]"), value))
        }
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| put(query, &format!("{name}[{member}]"), value));
        }
    }
}

/// What a page asks the server for, and how. Two are the same where they ask for the same.
pub struct Ask<T> {
    pub question: Question,
    of: PhantomData<fn() -> T>,
}

/// An [`Ask`] without the type of its answer.
#[derive(Debug, Clone)]
pub struct Question {
    path: &'static str,
    arguments: Result<String, AppError>,
    /// How often it was asked otherwise alike.
    turn: usize,
    put: fn(Question) -> Going<Arc<str>>,
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        (self.path, &self.arguments, self.turn) == (other.path, &other.arguments, other.turn)
    }
}

impl Question {
    /// Asks, and brings the answer as JSON.
    pub fn put(self) -> Going<Arc<str>> {
        (self.put)(self)
    }
}

impl<T> Ask<T> {
    /// Asks a server function with these arguments.
    pub fn of<F>(arguments: F) -> Self
    where
        T: Serialize + 'static,
        F: ServerFn<Protocol = Get, Output = T, Error = AppError> + Serialize + DeserializeOwned + 'static,
        F::Client: Client<AppError>,
    {
        let put = if IN_BROWSER { far::<F::Client> } else { near::<F> };
        Self { question: Question { path: F::PATH, arguments: encode(&arguments), turn: 0, put }, of: PhantomData }
    }

    /// Asks again, even for the same, whenever `turn` is another.
    #[must_use]
    pub fn again(mut self, turn: usize) -> Self {
        self.question.turn = turn;
        self
    }
}

fn far<C: Client<AppError>>(question: Question) -> Going<Arc<str>> {
    let answer = send::<C>(Method::GET, question.path, question.arguments);
    Box::pin(async move { Ok(Arc::from(answer.await?)) })
}

fn near<F>(question: Question) -> Going<Arc<str>>
where
    F: ServerFn<Error = AppError> + DeserializeOwned + 'static,
    F::Output: Serialize,
{
    Box::pin(async move {
        let answer = decode::<F>(&question.arguments?)?.run_body().await?;
        Ok(Arc::from(encode(&answer)?))
    })
}
