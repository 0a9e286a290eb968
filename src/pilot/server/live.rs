//! Followers: server-sent events for REST, one WebSocket a browser tab for the surface. Both forward the same stream.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::ws::{Message as Frame, WebSocket},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use futures::{SinkExt, StreamExt, future, stream::BoxStream};
use serde_json::json;

use super::{store::sessions, turns::Started, write::topic};
use crate::{
    accounts,
    error::AppError,
    ids::{SessionId, TurnId},
    pilot::types::LiveRequest,
    server::{
        context::Ctx,
        events::{Event, Followed},
    },
};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often an open connection looks whether it still may be.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Says that the connection lives.
const PULSE: &str = r#"{"hear":"pulse"}"#;

type Events = BoxStream<'static, Result<Followed, sqlx::Error>>;

/// Every event of a session after `after`, for somebody who may see it.
pub async fn follow(ctx: &Ctx, id: SessionId, after: i64) -> Result<Events, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    tx.commit().await?;
    Ok(ctx.platform.hub.follow(topic(ctx, id), after.clamp(0, row.last_event_id)).await?)
}

fn sse_event(item: &Followed) -> sse::Event {
    match item {
        Followed::Event(event) => sse::Event::default().id(event.id.to_string()).event(&*event.name).data(&*event.data),
        Followed::Lost { up_to } => sse::Event::default()
            .id(up_to.to_string())
            .event("snapshot_required")
            .data(format!(r#"{{"last_event_id":{up_to}}}"#)),
    }
}

fn sse_response(events: impl futures::Stream<Item = Followed> + Send + 'static) -> Response {
    let events = events.map(|item| Ok::<_, Infallible>(sse_event(&item)));
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    ([("x-accel-buffering", "no")], Sse::new(events).keep_alive(keep_alive)).into_response()
}

/// Until the first error: the connection ends, and the client comes back with its last id.
fn until_error(events: Events) -> impl futures::Stream<Item = Followed> {
    events.take_while(|item| future::ready(item.is_ok())).filter_map(|item| future::ready(item.ok()))
}

/// The session's events as `text/event-stream`.
pub fn session_stream(ctx: &Ctx, id: SessionId, events: Events) -> Response {
    let stopping = ctx.platform.stopping.clone().cancelled_owned();
    sse_response(until_error(events).take_until(stopping).take_until(Box::pin(out_of_sight(ctx.clone(), Some(id)))))
}

/// Returns when the caller is signed out, or may not see the session any more. A database that is away proves nothing.
async fn out_of_sight(ctx: Ctx, session: Option<SessionId>) {
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        if !may_still_see(&ctx, session).await.unwrap_or(true) {
            return;
        }
    }
}

async fn may_still_see(ctx: &Ctx, session: Option<SessionId>) -> Result<bool, AppError> {
    if !accounts::server::is_still_in(ctx).await? {
        return Ok(false);
    }
    let Some(session) = session else { return Ok(true) };
    let mut tx = ctx.db().tenant(ctx).await?;
    let seen = sessions::get(ctx, &mut tx, session).await?.is_some();
    tx.commit().await?;
    Ok(seen)
}

/// One turn's events as `text/event-stream`; the stream ends with the turn.
pub fn turn_stream(started: Started) -> Response {
    let turn = started.turn;
    let events = until_error(started.events).filter(move |item| future::ready(belongs_to(item, turn)));
    sse_response(end_after_last(events))
}

/// The end of a turn is the end of its stream, without waiting for an event that never comes.
fn end_after_last(
    events: impl futures::Stream<Item = Followed> + Send + 'static,
) -> impl futures::Stream<Item = Followed> + Send {
    futures::stream::unfold(Some(Box::pin(events)), |events| async move {
        let mut events = events?;
        let item = events.next().await?;
        let rest = (!is_last(&item)).then_some(events);
        Some((item, rest))
    })
}

fn belongs_to(item: &Followed, turn: TurnId) -> bool {
    match item {
        Followed::Event(event) => event.turn == Some(turn.0),
        Followed::Lost { .. } => true,
    }
}

fn is_last(item: &Followed) -> bool {
    match item {
        Followed::Event(event) => matches!(&*event.name, "turn_done" | "turn_failed"),
        Followed::Lost { .. } => true,
    }
}

/// One browser tab: it says which session it shows, and hears that session's events.
pub async fn serve_socket(ctx: Ctx, socket: WebSocket) {
    let (mut send, mut receive) = socket.split();
    let mut following: Option<(SessionId, Events)> = None;
    let mut pulse = tokio::time::interval(KEEP_ALIVE);
    let mut look = tokio::time::interval(LOOK_AGAIN);
    loop {
        let frame = tokio::select! {
            () = ctx.platform.stopping.cancelled() => break,
            _ = look.tick() => {
                let session = following.as_ref().map(|(id, _)| *id);
                match may_still_see(&ctx, session).await {
                    Ok(true) | Err(_) => continue,
                    Ok(false) => break,
                }
            }
            // As text: a page does not see pings, and must know a connection that is only silent from one that is dead.
            _ = pulse.tick() => Frame::Text(PULSE.into()),
            heard = receive.next() => match heard {
                Some(Ok(Frame::Text(text))) => match hear(&ctx, &text, &mut following).await {
                    None => continue,
                    Some(refused) => refused,
                },
                Some(Ok(Frame::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => continue,
            },
            item = next(&mut following) => match item {
                // Whether one may still look is asked anew: the tab comes back and hears it.
                Some((id, Ok(item))) if tells_shares(&item) && matches!(may_still_see(&ctx, Some(id)).await, Ok(false)) => break,
                Some((id, Ok(item))) => event_frame(id, &item),
                // The source failed: the tab reconnects and goes on from its last event.
                Some((_, Err(_))) | None => break,
            },
        };
        if send.send(frame).await.is_err() {
            break;
        }
    }
    send.close().await.ok();
}

/// With whom the session is shared is told with this event.
fn tells_shares(item: &Followed) -> bool {
    matches!(item, Followed::Event(event) if &*event.name == "session" && event.data.contains("\"shared_with\""))
}

async fn next(following: &mut Option<(SessionId, Events)>) -> Option<(SessionId, Result<Followed, sqlx::Error>)> {
    match following {
        Some((id, events)) => events.next().await.map(|item| (*id, item)),
        None => future::pending().await,
    }
}

async fn hear(ctx: &Ctx, text: &str, following: &mut Option<(SessionId, Events)>) -> Option<Frame> {
    match serde_json::from_str(text) {
        Ok(LiveRequest::Follow { session_id, after }) => match follow(ctx, session_id, after).await {
            Ok(events) => {
                *following = Some((session_id, events));
                None
            }
            Err(error) => {
                *following = None;
                let refused = json!({ "hear": "refused", "session_id": session_id, "error": error });
                Some(Frame::Text(refused.to_string().into()))
            }
        },
        Ok(LiveRequest::Unfollow) | Err(_) => {
            *following = None;
            None
        }
    }
}

/// The frame around an event, whose payload is JSON text already.
fn event_frame(session: SessionId, item: &Followed) -> Frame {
    let text = match item {
        Followed::Event(Event { id, turn, name, data }) => {
            let turn = turn.map_or_else(|| "null".to_owned(), |turn| format!("\"{turn}\""));
            format!(
                r#"{{"hear":"event","session_id":"{session}","stamped":{{"id":{id},"turn_id":{turn},"event":"{name}","data":{data}}}}}"#
            )
        }
        Followed::Lost { up_to } => format!(
            r#"{{"hear":"event","session_id":"{session}","stamped":{{"id":{up_to},"turn_id":null,"event":"snapshot_required","data":{{"last_event_id":{up_to}}}}}}}"#
        ),
    };
    Frame::Text(text.into())
}
