//! One AI turn, owned by this process from its start to its last commit: whoever asked may leave.
//!
//! Read the case, ask the model, stream its prose and keep its markers, and at the end commit message, lane, facts and fix
//! together. No transaction is open while the model talks.

use std::time::Duration;

use futures::StreamExt;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use super::{
    apply::{Of, apply},
    case::{self, Conversation, Told},
    circles::{self, Course},
    restored::Restored,
    store::{events, lane, messages, sessions, turns},
    stream::{Deltas, Go},
    text,
    write::{Write, topic},
};
use crate::{
    ai::{
        server::{AiError, Caller, Talk},
        types::{ChatEvent, Source, Usage},
    },
    error::AppError,
    ids::{MessageId, SessionId, TurnId},
    pilot::{
        markers::{Dropped, Parser, Piece, TurnMarkers},
        types::{Message, MessageStatus, Problem, Role, SessionEvent, TurnStatus, TurnUsage},
    },
    server::{cancels::Cancellable, context::Ctx, markdown},
};

const HEARTBEAT: Duration = Duration::from_secs(4);

/// The last commit is tried this often: a database that is briefly away costs nothing, and what fails for another reason will
/// hardly succeed later.
const fn tries(error: &AppError) -> u32 {
    if matches!(error, AppError::Unavailable { .. }) { 6 } else { 4 }
}

/// Runs the turn in this process, beside the request that started it.
pub fn spawn(
    caller: Caller,
    session: SessionId,
    turn: TurnId,
    message: Message,
    cancel: Cancellable,
) -> JoinHandle<()> {
    caller.ctx.platform.work.clone().spawn(async move {
        let started = Instant::now();
        run(&caller, session, turn, &message, &cancel).await;
        metrics::histogram!("flowpilot_turn_seconds").record(started.elapsed().as_secs_f64());
    })
}

/// What the model said.
#[derive(Default)]
struct Heard {
    prose: String,
    markers: TurnMarkers,
    dropped: Vec<Dropped>,
    usage: Usage,
    state: Option<serde_json::Value>,
    /// How many values the model was told placeholders for; `None` before it was asked.
    masked: Option<usize>,
    /// Those values.
    hidden: Vec<String>,
    /// The version of the prompts, where a model was asked.
    prompt: Option<String>,
    /// It was a model that answered.
    is_model: bool,
    sources: Vec<Source>,
}

enum End {
    Done(Box<Heard>),
    Stopped(Box<Heard>),
    Failed(Box<Heard>, AppError),
}

async fn run(caller: &Caller, session: SessionId, turn: TurnId, message: &Message, cancellable: &Cancellable) {
    let ctx = &caller.ctx;
    let owner = ctx.platform.hub.own(topic(ctx, session)).await;
    let mut deltas = Deltas::new(ctx, session, turn, owner);
    let (mut heard, mut told) = (Heard::default(), Told::new());
    let end = match listen(caller, session, turn, cancellable, &mut deltas, &mut heard, &mut told).await {
        Ok(Go::On) => End::Done(Box::new(heard)),
        Ok(Go::Stop) => End::Stopped(Box::new(heard)),
        Err(error) => End::Failed(Box::new(heard), error),
    };
    deltas.settle().await;
    let mut wait = Duration::from_millis(200);
    for attempt in 1.. {
        match finish(ctx, session, turn, message, &end, &told).await {
            Ok(()) => break,
            Err(error) if attempt < tries(&error) => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
            Err(error) => {
                tracing::error!(turn.id = %turn, error.cause = %error, "A turn could not be stored.");
                // Should this fail too: its heartbeat has stopped, so the turn is given up soon and can be tried again.
                let failed = End::Failed(Box::default(), AppError::internal());
                finish(ctx, session, turn, message, &failed, &told).await.ok();
                break;
            }
        }
    }
    deltas.end();
}

async fn listen(
    caller: &Caller,
    session: SessionId,
    turn: TurnId,
    cancellable: &Cancellable,
    deltas: &mut Deltas<'_>,
    heard: &mut Heard,
    told: &mut Told,
) -> Result<Go, AppError> {
    let ctx = &caller.ctx;
    let chosen = ctx.platform.ai.choose(caller).await?;
    let conversation = if chosen.is_model() { Conversation::Whole } else { Conversation::Ends };
    let request = case::read(ctx, session, turn, conversation, told).await?;
    let mut next_beat = Instant::now() + HEARTBEAT;
    let mut asked = std::pin::pin!(chosen.chat(request));
    let talk = loop {
        tokio::select! {
            answer = &mut asked => break answer?,
            () = cancellable.token.cancelled() => return Ok(Go::Stop),
            () = sleep_until(next_beat) => {
                next_beat = Instant::now() + HEARTBEAT;
                if beat(ctx, turn).await == Go::Stop {
                    return Ok(Go::Stop);
                }
            }
        }
    };
    let Talk { events: mut answer, vault, prompt, is_model } = talk;
    heard.hidden = vault.shown().into_iter().map(|masked| masked.value).collect();
    heard.masked = Some(heard.hidden.len());
    heard.prompt = prompt.map(ToOwned::to_owned);
    let mut parser = Parser::new();
    let mut restored = Restored::new(&vault);
    loop {
        let wake = deltas.due().map_or(next_beat, |due| due.min(next_beat));
        let said = tokio::select! {
            biased;
            () = cancellable.token.cancelled() => return Ok(Go::Stop),
            go = deltas.stored() => {
                if go == Go::Stop {
                    return Ok(Go::Stop);
                }
                // What is stored shows as well that the turn is alive.
                next_beat = Instant::now() + HEARTBEAT;
                continue;
            }
            said = answer.next() => said,
            () = sleep_until(wake) => {
                if deltas.due().is_some_and(|due| due <= Instant::now()) && deltas.look_after().await? == Go::Stop {
                    return Ok(Go::Stop);
                }
                if Instant::now() >= next_beat {
                    next_beat = Instant::now() + HEARTBEAT;
                    if beat(ctx, turn).await == Go::Stop {
                        return Ok(Go::Stop);
                    }
                }
                continue;
            }
        };
        let go = match said {
            Some(Ok(ChatEvent::Text(text))) => {
                tell(deltas, heard, restored.all(parser.push(&text::plain(&text)))).await?
            }
            Some(Ok(ChatEvent::Reset { reason })) => {
                parser = Parser::new();
                restored.start_over();
                let (masked, hidden, prompt) = (heard.masked, std::mem::take(&mut heard.hidden), heard.prompt.take());
                *heard = Heard { masked, hidden, prompt, ..Heard::default() };
                deltas.reset(reason).await?
            }
            Some(Ok(ChatEvent::Source(source))) => {
                heard.sources.push(source);
                continue;
            }
            Some(Ok(ChatEvent::Used(usage))) => {
                heard.usage = usage;
                continue;
            }
            Some(Ok(ChatEvent::Done { usage, state, by })) => {
                heard.usage = usage;
                heard.state = state;
                heard.is_model = is_model || by.is_some();
                heard.prompt = by.map(|by| by.prompt);
                let mut pieces = restored.all(parser.finish());
                pieces.push(restored.finish());
                return tell(deltas, heard, pieces).await;
            }
            Some(Err(error)) => return Err(error.into()),
            None => {
                return Err(AiError::Unavailable("it ended its answer half-way".to_owned()).into());
            }
        };
        if go == Go::Stop {
            return Ok(Go::Stop);
        }
    }
}

async fn tell(deltas: &mut Deltas<'_>, heard: &mut Heard, pieces: Vec<Piece>) -> Result<Go, AppError> {
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.is_empty() => {}
            Piece::Text(text) => {
                heard.prose.push_str(&text);
                if deltas.text(text).await? == Go::Stop {
                    return Ok(Go::Stop);
                }
            }
            Piece::Marker(marker) => heard.markers.add(marker),
            Piece::Dropped(block) => heard.dropped.push(block),
        }
    }
    Ok(Go::On)
}

/// Shows that the turn is alive. A database that is briefly away does not end it.
async fn beat(ctx: &Ctx, turn: TurnId) -> Go {
    let beat = async {
        let mut tx = ctx.db().tenant(ctx).await?;
        let stop = turns::beat(ctx, &mut tx, turn).await?;
        tx.commit().await?;
        Ok::<_, sqlx::Error>(stop)
    };
    match beat.await {
        Ok(true) => Go::Stop,
        Ok(false) => Go::On,
        Err(error) => {
            tracing::warn!(turn.id = %turn, error.cause = %error, "A turn could not show that it is alive.");
            Go::On
        }
    }
}

async fn finish(
    ctx: &Ctx,
    session: SessionId,
    turn: TurnId,
    message: &Message,
    end: &End,
    told: &Told,
) -> Result<(), AppError> {
    let mut write = Write::lock_as_server(ctx, session).await?;
    if !turns::is_ours(ctx, write.tx(), turn).await? {
        return Ok(());
    }
    let (End::Done(heard) | End::Stopped(heard) | End::Failed(heard, _)) = end;
    if let Some(masked) = heard.masked {
        write.session.masked_values = i32::try_from(masked).unwrap_or(i32::MAX);
    }
    match end {
        End::Done(heard) => {
            let (person_said, hidden, by_model) = (message.text.as_str(), heard.hidden.as_slice(), heard.is_model);
            let of = Of { turn, person_said, told, hidden, by_model };
            let course = match heard.is_model {
                true => circles::notice(&mut write, turn, &heard.markers, &heard.prose, &message.text).await?,
                false => Course::default(),
            };
            // What only repeats what was there changes nothing any more.
            let markers = if course.standstill.is_some() { TurnMarkers::default() } else { heard.markers.clone() };
            apply(&mut write, of, markers, &heard.dropped).await?;
            sessions::keep_provider_state(ctx, write.tx(), session, heard.state.as_ref()).await?;
            close(write, turn, heard, course, TurnStatus::Done).await
        }
        End::Stopped(heard) => close(write, turn, heard, Course::default(), TurnStatus::Stopped).await,
        End::Failed(heard, error) => {
            let (prose, hidden) = (heard.prose.as_str(), heard.hidden.as_slice());
            let said = Answer { prose, hidden, prompt: heard.prompt.as_deref(), ..Answer::default() };
            fail(write, turn, message.id, said, error).await
        }
    }
}

/// Stores the assistant's message and ends the turn.
async fn close(
    mut write: Write<'_>,
    turn: TurnId,
    heard: &Heard,
    course: Course,
    status: TurnStatus,
) -> Result<(), AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let stopped = status == TurnStatus::Stopped;
    events::delete_deltas(ctx, write.tx(), turn).await?;
    write.emit_session(Some(turn));
    let message_status = if stopped { MessageStatus::Stopped } else { MessageStatus::Done };
    let Heard { prose, hidden, prompt, sources, .. } = heard;
    let answer = Answer { prose, hidden, prompt: prompt.as_deref(), sources, course };
    let id = add_answer(&mut write, turn, answer, message_status).await?;
    let usage = TurnUsage {
        input_tokens: heard.usage.input_tokens,
        output_tokens: heard.usage.output_tokens,
        cache_read_tokens: heard.usage.cache_read_tokens,
        cache_write_tokens: heard.usage.cache_write_tokens,
    };
    let end = turns::End { status, assistant_message: Some(id), usage: Some(usage), problem: None };
    turns::end(ctx, write.tx(), turn, &end).await?;
    let state_version = write.session.state_version;
    write.emit(Some(turn), SessionEvent::TurnDone { message_id: id, state_version, usage, stopped });
    tracing::debug!(session.id = %session, turn.id = %turn, turn.status = %status, "A turn ended.");
    write.commit().await.map(drop)
}

/// Ends the turn as failed: the person's message stays and can be tried again, what the model had said stays too.
pub async fn fail(
    mut write: Write<'_>,
    turn: TurnId,
    message: MessageId,
    said: Answer<'_>,
    error: &AppError,
) -> Result<(), AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let problem = Problem::from(error);
    events::delete_deltas(ctx, write.tx(), turn).await?;
    messages::set_status(ctx, write.tx(), message, MessageStatus::Failed).await?;
    if let Some(mut failed) = messages::get(ctx, write.tx(), session, message).await? {
        failed.status = MessageStatus::Failed;
        write.emit(Some(turn), SessionEvent::Message(Box::new(failed)));
    }
    let answer = match said.prose.trim() {
        "" => None,
        _ => Some(add_answer(&mut write, turn, said, MessageStatus::Failed).await?),
    };
    if lane::mark_unsent(ctx, write.tx(), turn).await? {
        let items = lane::all(ctx, write.tx(), session).await?;
        write.emit(Some(turn), SessionEvent::Lane(lane::view(&items)));
    }
    let end =
        turns::End { status: TurnStatus::Failed, assistant_message: answer, usage: None, problem: Some(&problem) };
    turns::end(ctx, write.tx(), turn, &end).await?;
    write.emit(Some(turn), SessionEvent::TurnFailed { problem });
    write.commit().await.map(drop)
}

/// What is stored of an answer.
#[derive(Debug, Default)]
pub struct Answer<'a> {
    pub prose: &'a str,
    /// Values that the model was not told and no link may tell.
    pub hidden: &'a [String],
    /// The version of the prompts, where a model was asked.
    pub prompt: Option<&'a str>,
    pub sources: &'a [Source],
    pub course: Course,
}

async fn add_answer(
    write: &mut Write<'_>,
    turn: TurnId,
    answer: Answer<'_>,
    status: MessageStatus,
) -> Result<MessageId, AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let Answer { prose, hidden, prompt, sources, course } = answer;
    let text = prose.trim().to_owned();
    let message = Message {
        id: ctx.fresh(),
        role: Role::Assistant,
        html: markdown::to_html_without(&text, hidden),
        text,
        status,
        author: None,
        images: Vec::new(),
        attachments: Vec::new(),
        answers: Vec::new(),
        sources: sources.to_vec(),
        standstill: course.standstill,
        created_at: ctx.now(),
    };
    let position = write.emit(Some(turn), SessionEvent::Message(Box::new(message.clone())));
    let (asked, repeats) = (course.asked.as_slice(), course.repeats);
    let row = messages::NewMessageRow { message: &message, position, prompt, asked, repeats };
    messages::insert(ctx, write.tx(), session, &row).await?;
    Ok(message.id)
}
