//! From the socket to the answer and back, with what goes wrong on the way.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use futures::{StreamExt, stream};
use time::OffsetDateTime;

use super::{
    Shared, auth, call::Call, callbacks, control, faults::Mishap, line::Scissors, lock, log::Asked, reply::Reply, route,
};

/// Longer addresses do not get through.
const LONGEST_ADDRESS: usize = 2_048;

pub async fn answer(
    State((shared, is_ui)): State<(Arc<Shared>, bool)>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let call = Call::new(method.as_str(), &uri, headers, bytes, &shared.api);
    let steps: Vec<&str> = call.path.iter().map(String::as_str).collect();
    if let (true, ["simulator", path @ ..]) = (shared.controls, steps.as_slice()) {
        return response(&control::answer(&shared, &call, path), false);
    }
    let path = match steps.as_slice() {
        [_, "apis", "3.0", rest @ ..] => rest,
        all => all,
    };
    let mut asked = Asked {
        method: call.method.clone(),
        path: format!("/{}", path.join("/")),
        query: call.query.clone(),
        body: String::from_utf8_lossy(&call.bytes).into_owned(),
        at: OffsetDateTime::now_utc(),
        status: None,
        fault: None,
    };
    let mishap = lock(&shared.faults).strike(&call, &asked.path);
    asked.fault = mishap.as_ref().map(|mishap| format!("{mishap:?}"));
    if let Some(Mishap::Slow(time)) = mishap {
        tokio::time::sleep(time).await;
    }
    let reply = match &mishap {
        Some(Mishap::CutBefore) => None,
        Some(Mishap::DoneLate(time)) => {
            do_later(&shared, &call, *time, is_ui, uri_length(&uri));
            None
        }
        Some(Mishap::Throttled(seconds)) => Some(Reply::throttled(*seconds)),
        Some(Mishap::Html(status)) => Some(Reply::html(*status, "Runtime Error")),
        Some(Mishap::Conflict) => Some(Reply::error(409, "Conflict", "The record was changed meanwhile.")),
        other => Some(done(&shared, &call, &steps, is_ui, uri_length(&uri), other.as_ref())),
    };
    let told = reply.filter(|_| mishap != Some(Mishap::CutAfter));
    asked.status = told.as_ref().map(|reply| reply.status);
    if shared.tells {
        println!("{}", asked.line());
    }
    lock(&shared.log).push(asked);
    match told {
        Some(reply) => response(&reply, mishap == Some(Mishap::Half)),
        None => {
            scissors.cut();
            Response::new(Body::empty())
        }
    }
}

/// Does what is asked when nobody waits for it any more.
fn do_later(shared: &Arc<Shared>, call: &Call, time: Duration, is_ui: bool, length: usize) {
    let (shared, call) = (Arc::clone(shared), call.clone());
    tokio::spawn(async move {
        tokio::time::sleep(time).await;
        let steps: Vec<&str> = call.path.iter().map(String::as_str).collect();
        drop(done(&shared, &call, &steps, is_ui, length, None));
    });
}

fn uri_length(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |all| all.as_str().len())
}

/// Does what is asked, and tells those who want to hear of it.
fn done(
    shared: &Arc<Shared>,
    call: &Call,
    steps: &[&str],
    is_ui: bool,
    length: usize,
    mishap: Option<&Mishap>,
) -> Reply {
    let mut world = lock(&shared.world);
    let answer = match steps {
        ["login", "companyinfo", company] => {
            let company = if mishap == Some(&Mishap::NoCompany) { "" } else { company };
            auth::company_info(company, &world.options, shared.api.trim_start_matches("http://"))
        }
        _ if is_ui => Err(Reply::error(403, "Security", "SSL is required.")),
        _ if length > LONGEST_ADDRESS => Err(Reply::html(414, "Request-URI Too Long")),
        [auth::CODEBASE | "v4_6_release", "apis", "3.0", path @ ..] => route::answer(&mut world, call, path, mishap),
        _ => Err(Reply::html(404, "The resource cannot be found.")),
    };
    for happened in std::mem::take(&mut world.happened) {
        for (url, payload) in callbacks::due(&world, &happened, &shared.api) {
            tokio::spawn(callbacks::send(Arc::clone(shared), url, payload));
        }
    }
    answer.unwrap_or_else(|refusal| refusal)
}

fn response(reply: &Reply, half: bool) -> Response {
    let body = if half {
        let begun = reply.body.slice(..reply.body.len() / 2);
        let broken = stream::once(async {
            // What was said before is on its way first.
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            Err(std::io::Error::other("broken"))
        });
        Body::from_stream(stream::iter([Ok(begun)]).chain(broken))
    } else {
        Body::from(reply.body.clone())
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or_default();
    let about = [
        ("api-current-version", "2025.8".to_owned()),
        ("x-server-name", "simulator".to_owned()),
        ("x-cw-request-id", uuid::Uuid::now_v7().to_string()),
    ];
    for (name, value) in reply.headers.iter().chain(&about) {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(*name, value);
        }
    }
    response
}
