//! One AI turn, owned by this process from its start to its last commit: whoever asked may leave.
//!
//! Read the case, ask the model, stream its prose and keep its markers, and at the end commit message, lane, facts and fix
//! together. No transaction is open while the model talks.

use std::time::Duration;

use futures::StreamExt;
use tokio::time::{Instant, sleep_until};

use super::{
    apply::{Of, apply},
    store::{events, facts, fixes, hypotheses, lane, messages, sessions, turns},
    stream::{Deltas, Go},
    write::{Write, topic},
};
use crate::{
    ai::types::{
        ChatEvent, ChatMessage, ChatRequest, CheckOutcome, FixProgress, Hypothesis, ItemKind as AiItemKind, KnownFact,
        LaneItem, Situation, Speaker, TicketText, TriedFix, Usage,
    },
    error::AppError,
    ids::{MessageId, SessionId, TurnId},
    pilot::{
        markers::{Dropped, Parser, Piece, TurnMarkers},
        types::{
            CheckResult, Fix, FixStatus, ItemKind, ItemStatus, Message, MessageStatus, Problem, Role, SessionEvent,
            TurnStatus, TurnUsage,
        },
    },
    server::{cancels::Cancellable, context::Ctx, markdown},
};

/// How much of the conversation the model is told.
const HISTORY: i64 = 60;
const HEARTBEAT: Duration = Duration::from_secs(4);
/// The last commit is tried this often, so that a database that is briefly away costs nothing.
const COMMIT_TRIES: u32 = 6;

/// Runs the turn in this process, beside the request that started it.
pub fn spawn(ctx: &Ctx, session: SessionId, turn: TurnId, message: Message) {
    let ctx = ctx.clone();
    let cancellable = ctx.platform.cancels.register(turn.0);
    ctx.platform.work.clone().spawn(async move {
        let started = Instant::now();
        run(&ctx, session, turn, &message, &cancellable).await;
        metrics::histogram!("flowpilot_turn_seconds").record(started.elapsed().as_secs_f64());
    });
}

/// What the model said.
#[derive(Default)]
struct Heard {
    prose: String,
    markers: TurnMarkers,
    dropped: Vec<Dropped>,
    usage: Usage,
    state: Option<serde_json::Value>,
}

enum End {
    Done(Box<Heard>),
    Stopped(Box<Heard>),
    Failed(Box<Heard>, AppError),
}

async fn run(ctx: &Ctx, session: SessionId, turn: TurnId, message: &Message, cancellable: &Cancellable) {
    let owner = ctx.platform.hub.own(topic(ctx, session)).await;
    let mut deltas = Deltas::new(ctx, session, turn, owner);
    let mut heard = Heard::default();
    let end = match listen(ctx, session, turn, cancellable, &mut deltas, &mut heard).await {
        Ok(Go::On) => End::Done(Box::new(heard)),
        Ok(Go::Stop) => End::Stopped(Box::new(heard)),
        Err(error) => End::Failed(Box::new(heard), error),
    };
    let mut wait = Duration::from_millis(200);
    for attempt in 1..=COMMIT_TRIES {
        match finish(ctx, session, turn, message, &end).await {
            Ok(()) => break,
            Err(error) if attempt == COMMIT_TRIES => {
                // Its heartbeat stops with it, so that the turn is given up and can be tried again.
                tracing::error!(turn.id = %turn, error.cause = %error, "A turn could not be stored.");
            }
            Err(_) => {
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
        }
    }
    deltas.end();
}

async fn listen(
    ctx: &Ctx,
    session: SessionId,
    turn: TurnId,
    cancellable: &Cancellable,
    deltas: &mut Deltas<'_>,
    heard: &mut Heard,
) -> Result<Go, AppError> {
    let request = read_case(ctx, session, turn).await?;
    let mut parser = Parser::new();
    let mut answer = tokio::select! {
        answer = ctx.platform.ai.chat(request) => answer?,
        () = cancellable.token.cancelled() => return Ok(Go::Stop),
    };
    let mut next_beat = Instant::now() + HEARTBEAT;
    loop {
        let wake = deltas.due().map_or(next_beat, |due| due.min(next_beat));
        let said = tokio::select! {
            biased;
            () = cancellable.token.cancelled() => return Ok(Go::Stop),
            said = answer.next() => said,
            () = sleep_until(wake) => {
                if deltas.store().await? == Go::Stop {
                    return Ok(Go::Stop);
                }
                if Instant::now() >= next_beat {
                    next_beat = Instant::now() + HEARTBEAT;
                    if beat(ctx, turn).await? {
                        return Ok(Go::Stop);
                    }
                }
                continue;
            }
        };
        let go = match said {
            Some(Ok(ChatEvent::Text(text))) => tell(deltas, heard, parser.push(&text)).await?,
            Some(Ok(ChatEvent::Reset { reason })) => {
                parser = Parser::new();
                *heard = Heard::default();
                deltas.reset(reason).await?
            }
            Some(Ok(ChatEvent::Done { usage, state })) => {
                heard.usage = usage;
                heard.state = state;
                return tell(deltas, heard, parser.finish()).await;
            }
            Some(Err(error)) => return Err(error.into()),
            None => {
                return Err(crate::ai::server::AiError::Unavailable("it ended its answer half-way".to_owned()).into());
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

async fn beat(ctx: &Ctx, turn: TurnId) -> Result<bool, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let stop = turns::beat(ctx, &mut tx, turn).await?;
    tx.commit().await?;
    Ok(stop)
}

async fn finish(ctx: &Ctx, session: SessionId, turn: TurnId, message: &Message, end: &End) -> Result<(), AppError> {
    let mut write = Write::lock_visible(ctx, session).await?;
    if !turns::is_ours(ctx, write.tx(), turn).await? {
        return Ok(());
    }
    match end {
        End::Done(heard) => {
            let of = Of { turn, person_said: &message.text, message: message.id };
            apply(&mut write, of, heard.markers.clone(), &heard.dropped).await?;
            sessions::keep_provider_state(ctx, write.tx(), session, heard.state.as_ref()).await?;
            close(write, turn, heard, TurnStatus::Done).await
        }
        End::Stopped(heard) => close(write, turn, heard, TurnStatus::Stopped).await,
        End::Failed(heard, error) => fail(write, turn, message.id, &heard.prose, error).await,
    }
}

/// Stores the assistant's message and ends the turn.
async fn close(mut write: Write<'_>, turn: TurnId, heard: &Heard, status: TurnStatus) -> Result<(), AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let stopped = status == TurnStatus::Stopped;
    events::delete_deltas(ctx, write.tx(), turn).await?;
    write.emit_session(Some(turn));
    let message_status = if stopped { MessageStatus::Stopped } else { MessageStatus::Done };
    let id = add_answer(&mut write, turn, &heard.prose, message_status).await?;
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
    prose: &str,
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
    let answer = match prose.trim() {
        "" => None,
        _ => Some(add_answer(&mut write, turn, prose, MessageStatus::Failed).await?),
    };
    lane::mark_unsent(ctx, write.tx(), turn).await?;
    let end =
        turns::End { status: TurnStatus::Failed, assistant_message: answer, usage: None, problem: Some(&problem) };
    turns::end(ctx, write.tx(), turn, &end).await?;
    write.emit(Some(turn), SessionEvent::TurnFailed { problem });
    write.commit().await.map(drop)
}

async fn add_answer(
    write: &mut Write<'_>,
    turn: TurnId,
    prose: &str,
    status: MessageStatus,
) -> Result<MessageId, AppError> {
    let (ctx, session) = (write.ctx, write.session.id);
    let text = prose.trim().to_owned();
    let message = Message {
        id: ctx.fresh(),
        role: Role::Assistant,
        html: markdown::to_html(&text),
        text,
        status,
        author: None,
        images: Vec::new(),
        answers: Vec::new(),
        created_at: ctx.now(),
    };
    let position = write.emit(Some(turn), SessionEvent::Message(Box::new(message.clone())));
    messages::insert(ctx, write.tx(), session, &messages::NewMessageRow { message: &message, position }).await?;
    Ok(message.id)
}

/// Everything the model is told, read in one short transaction.
async fn read_case(ctx: &Ctx, id: SessionId, turn: TurnId) -> Result<ChatRequest, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let (ticket_text, state) = sessions::ai_context(ctx, &mut tx, id).await?;
    let history = messages::window(ctx, &mut tx, id, None, HISTORY).await?;
    let items = lane::all(ctx, &mut tx, id).await?;
    let facts = facts::all(ctx, &mut tx, id, false).await?;
    let causes = hypotheses::all(ctx, &mut tx, id).await?;
    let fixes = fixes::all(ctx, &mut tx, id).await?;
    tx.commit().await?;
    let ticket = row.ticket_id.map(|id| TicketText {
        id,
        summary: row.ticket_summary.unwrap_or_default(),
        text: ticket_text.unwrap_or_default(),
    });
    Ok(ChatRequest {
        messages: history.iter().map(chat_message).collect(),
        situation: Situation {
            problem: row.problem,
            ticket,
            items: items.iter().map(|item| lane_item(item, &facts, turn)).collect(),
            facts: facts
                .iter()
                .map(|fact| KnownFact {
                    id: fact.id.0,
                    text: fact.text.clone(),
                    established: fact.view().is_source(),
                    source_ref: fact.source_ref.map(|id| id.0),
                })
                .collect(),
            hypotheses: causes
                .into_iter()
                .map(|one| Hypothesis { id: one.id.0, text: one.text, status: one.status.to_string() })
                .collect(),
            fixes: fixes.iter().rev().map(tried_fix).collect(),
        },
        state,
    })
}

fn chat_message(message: &Message) -> ChatMessage {
    let speaker = match message.role {
        Role::User => Speaker::User,
        Role::Assistant => Speaker::Assistant,
    };
    ChatMessage { speaker, text: message.text.clone() }
}

fn lane_item(item: &lane::Item, facts: &[facts::Row], turn: TurnId) -> LaneItem {
    LaneItem {
        id: item.id.0,
        kind: match item.kind {
            ItemKind::Question => AiItemKind::Question,
            ItemKind::Check => AiItemKind::Check,
        },
        text: item.text.clone(),
        answer: item.answer.clone(),
        result: item.result.map(|result| match result {
            CheckResult::Pass => CheckOutcome::Pass,
            CheckResult::Fail => CheckOutcome::Fail,
            CheckResult::Skipped => CheckOutcome::Skipped,
        }),
        output: item.output.clone(),
        skipped: item.status == ItemStatus::Skipped,
        fresh: item.sent_in_turn == Some(turn),
        promoted: facts.iter().any(|fact| fact.source_ref == Some(item.id) && !fact.stale),
    }
}

/// How far a fix got, in the gateway's words.
pub fn progress(fix: &Fix) -> FixProgress {
    match (fix.status, fix.applied_at) {
        (FixStatus::Proposed, None) => FixProgress::Proposed,
        (FixStatus::Proposed, Some(_)) => FixProgress::Applied,
        (FixStatus::AppliedSuccess, _) => FixProgress::Worked,
        (FixStatus::AppliedFailed, _) => FixProgress::Failed,
        (FixStatus::AppliedPartial, _) => FixProgress::Partial,
        (FixStatus::Dismissed, _) => FixProgress::Dismissed,
    }
}

fn tried_fix(fix: &Fix) -> TriedFix {
    TriedFix {
        id: fix.id.0,
        title: fix.title.clone(),
        progress: progress(fix),
        notes: fix.partial_notes.clone().or_else(|| fix.failure_reason.clone()),
        active: fix.superseded_at.is_none(),
    }
}
