//! Turns from the outside: start one (once, whatever is repeated), follow it, stop it.

use futures::stream::BoxStream;
use sha2::{Digest, Sha256};

use super::{
    images, sessions,
    store::{self, lane, messages, turns},
    text, titles, turn,
    write::{Write, topic},
};
use crate::{
    accounts::types::UserRole,
    ai::server::Caller,
    error::{AppError, Conflict},
    ids::{ImageId, MessageId, SessionId, TurnId},
    pilot::types::{
        CheckResult, ItemKind, Message, MessageStatus, NewMessage, NewSession, Person, Role, SentAnswer, SessionEvent,
        TurnStatus,
    },
    server::{context::Ctx, events::Followed, markdown, notify},
};

/// A turn's events, from its `turn_started` on.
pub type TurnEvents = BoxStream<'static, Result<Followed, sqlx::Error>>;

/// A turn that runs now, or ran under the same key before.
pub struct Started {
    pub turn: TurnId,
    pub events: TurnEvents,
}

/// The start box: makes the session and, when there is something to go on, starts its first turn. The key is the new session's
/// id, so that a repeat finds the session instead of making a second one.
pub async fn start_session(ctx: &Ctx, new: NewSession, text: String, key: String) -> Result<SessionId, AppError> {
    let text = text::MESSAGE.optional(&text)?;
    let problem = new.problem.or_else(|| text.as_deref().map(|text| text::PROBLEM.cut(text)));
    let id = sessions::create_once(ctx, NewSession { problem, ticket_id: new.ticket_id }, &key).await?;
    let message = NewMessage { text: text.unwrap_or_default(), ..NewMessage::default() };
    start_with(ctx, Asked { id, message, key: Some(key), wordless: Wordless::First }).await?;
    Ok(id)
}

/// Starts a turn and leaves its events to whoever follows the session.
pub async fn send(ctx: &Ctx, id: SessionId, message: NewMessage, key: String) -> Result<TurnId, AppError> {
    start(ctx, id, message, Some(key)).await.map(|started| started.turn)
}

/// Starts a turn. The same key again gives the same turn; with another message it is refused.
pub async fn start(ctx: &Ctx, id: SessionId, message: NewMessage, key: Option<String>) -> Result<Started, AppError> {
    start_with(ctx, Asked { id, message, key, wordless: Wordless::Refused }).await
}

/// A turn that somebody asks for, as it came.
struct Asked {
    id: SessionId,
    message: NewMessage,
    /// Made here where there is none.
    key: Option<String>,
    wordless: Wordless,
}

/// Whether a message without words (and without answers from the lane) starts a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wordless {
    Refused,
    /// The first turn of a session has its ticket or problem to go on.
    First,
}

/// In a task of its own: whoever asked may leave between the commit and the turn's first step.
async fn start_with(ctx: &Ctx, asked: Asked) -> Result<Started, AppError> {
    let owned = ctx.clone();
    let work = ctx.platform.work.spawn(async move { start_here(&owned, asked).await });
    work.await.unwrap_or_else(|_| Err(AppError::internal()))
}

async fn start_here(ctx: &Ctx, asked: Asked) -> Result<Started, AppError> {
    let Asked { id, message, key, wordless } = asked;
    let text = text::MESSAGE.optional(&message.text)?.unwrap_or_default();
    images::check_list(&message.images)?;
    let key = text::idempotency_key(key)?;
    let request_hash = hash(&message, &text);

    let mut write = Write::lock(ctx, id).await?;
    let (running, keyed) = turns::running_and_keyed(ctx, write.tx(), id, &key).await?;
    if let Some(known) = keyed {
        drop(write);
        return replay(ctx, id, known, &request_hash).await;
    }
    write.require_open()?;
    if let Some(running) = running {
        return Err(AppError::Conflict {
            code: Conflict::TurnInProgress,
            detail: "FlowPilot is still answering. Wait for it, or stop it first.".to_owned(),
            subject: Some(running.id.0),
            statements: Vec::new(),
        });
    }
    ctx.require(UserRole::L1)?;
    let opening = Opening { text: &text, message: &message, wordless, key: &key, request_hash: &request_hash };
    begin(ctx, write, opening).await
}

/// By what a repeat is told from another message under the same key.
fn hash(message: &NewMessage, text: &str) -> Vec<u8> {
    let mut hash = Sha256::new_with_prefix(format!("{}\n{text}", message.retry));
    // No text has these in it.
    if message.built_in {
        hash.update("\0built in");
    }
    message.images.iter().for_each(|id| hash.update(format!("\0{id}")));
    hash.finalize().to_vec()
}

/// What a turn begins with.
struct Opening<'a> {
    text: &'a str,
    message: &'a NewMessage,
    wordless: Wordless,
    key: &'a str,
    request_hash: &'a [u8],
}

async fn begin(ctx: &Ctx, mut write: Write<'_>, opening: Opening<'_>) -> Result<Started, AppError> {
    let Opening { text, message, wordless, key, request_hash } = opening;
    let (images, retry) = (message.images.as_slice(), message.retry);
    let id = write.session.id;
    let turn: TurnId = ctx.fresh();
    let answers = sent_answers(&lane::all(ctx, write.tx(), id).await?);
    let nothing = text.is_empty() && images.is_empty() && answers.is_empty();
    if !retry && wordless == Wordless::Refused && nothing {
        return Err(AppError::invalid("text", "Write a message, or answer something in the task lane first."));
    }
    let failed = if retry { failed_message(&mut write).await? } else { None };
    let is_first = messages::window(ctx, write.tx(), id, None, 1).await?.is_empty();
    let unnamed = is_first.then(|| titles::name(&mut write.session, text)).flatten();
    ctx.platform.floods.turn(ctx.account, ctx.actor.user)?;
    write.emit(Some(turn), SessionEvent::TurnStarted { turn_id: turn });
    let user_message = match failed {
        Some(mut message) => {
            message.status = MessageStatus::Done;
            messages::set_status(ctx, write.tx(), message.id, MessageStatus::Done).await?;
            write.emit(Some(turn), SessionEvent::Message(Box::new(message.clone())));
            message
        }
        None => add_message(&mut write, turn, Said { text, images, answers }).await?,
    };
    let new = turns::NewTurn { id: turn, key, request_hash, user_message: user_message.id };
    turns::insert(ctx, write.tx(), id, &new).await?;
    if lane::mark_sent(ctx, write.tx(), id, turn).await? {
        let items = lane::all(ctx, write.tx(), id).await?;
        write.emit(Some(turn), SessionEvent::Lane(lane::view(&items)));
    }
    let opening = write.pending();
    // Ours from before anybody can see it, so that nobody takes it for lost.
    let cancellable = ctx.platform.cancels.register(turn.0);
    write.commit().await?;
    // Followed before it runs: whoever started the turn misses nothing of it. It runs even where they cannot follow.
    let events = ctx.platform.hub.follow_from(topic(ctx, id), opening).await;
    let caller = Caller { built_in: message.built_in, ..Caller::of(ctx, id) };
    let answering = turn::spawn(caller.clone(), id, turn, user_message, cancellable);
    if let Some(unnamed) = unnamed {
        // After the answer, for which somebody waits.
        ctx.platform.work.spawn(async move {
            let _ = answering.await;
            titles::better(&caller, id, unnamed).await;
        });
    }
    Ok(Started { turn, events: events? })
}

/// What a person says with a message.
struct Said<'a> {
    text: &'a str,
    images: &'a [ImageId],
    answers: Vec<SentAnswer>,
}

async fn add_message(write: &mut Write<'_>, turn: TurnId, said: Said<'_>) -> Result<Message, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let Said { text, images, answers } = said;
    let attachments = images::unsent(write, images).await?;
    let message = Message {
        id: ctx.fresh::<MessageId>(),
        role: Role::User,
        text: text.to_owned(),
        html: markdown::plain_to_html(text),
        status: MessageStatus::Done,
        author: Some(Person { id: ctx.actor.user, name: author_name(ctx, write).await? }),
        images: images.to_vec(),
        attachments,
        answers,
        sources: Vec::new(),
        standstill: None,
        created_at: ctx.now(),
    };
    let position = write.emit(Some(turn), SessionEvent::Message(Box::new(message.clone())));
    let row = messages::NewMessageRow { message: &message, position, prompt: None, asked: &[], repeats: 0 };
    messages::insert(ctx, write.tx(), id, &row).await?;
    if !images.is_empty() {
        store::images::attach(ctx, write.tx(), message.id, images).await?;
    }
    Ok(message)
}

async fn author_name(ctx: &Ctx, write: &mut Write<'_>) -> Result<String, AppError> {
    if ctx.actor.user == write.session.user_id {
        return Ok(write.session.user_name.clone());
    }
    Ok(messages::name_of(ctx, write.tx(), ctx.actor.user).await?)
}

async fn failed_message(write: &mut Write<'_>) -> Result<Option<Message>, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let failed = match turns::last(ctx, write.tx(), id).await? {
        Some(last) if last.turn.status == TurnStatus::Failed => {
            messages::get(ctx, write.tx(), id, last.user_message).await?
        }
        _ => None,
    };
    match failed {
        Some(message) => Ok(Some(message)),
        None => Err(AppError::conflict(
            Conflict::NoFailedTurn,
            "The last turn did not fail, so there is nothing to try again.",
        )),
    }
}

fn sent_answers(items: &[lane::Item]) -> Vec<SentAnswer> {
    let fresh = items.iter().filter(|item| item.is_unsent());
    fresh
        .map(|item| SentAnswer { id: item.id, kind: item.kind, label: item.text.clone(), answer: told(item) })
        .collect()
}

fn told(item: &lane::Item) -> Option<String> {
    match item.kind {
        ItemKind::Question => item.answer.clone(),
        ItemKind::Check => {
            let result = item.result.filter(|result| *result != CheckResult::Skipped).map(|result| result.to_string());
            match (result, item.output.clone()) {
                (Some(result), Some(output)) => Some(format!("{result}\n{output}")),
                (result, output) => result.or(output),
            }
        }
    }
}

async fn replay(ctx: &Ctx, id: SessionId, known: turns::Row, request_hash: &[u8]) -> Result<Started, AppError> {
    if known.request_hash != request_hash {
        return Err(AppError::conflict(
            Conflict::IdempotencyKeyReused,
            "This Idempotency-Key was used for another message. Use a new key for a new message.",
        ));
    }
    let first = first_event(ctx, known.id).await?;
    let events = ctx.platform.hub.follow(topic(ctx, id), first - 1).await?;
    Ok(Started { turn: known.id, events })
}

async fn first_event(ctx: &Ctx, turn: TurnId) -> Result<i64, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let first = super::store::events::first_of_turn(ctx, &mut tx, turn).await?;
    tx.commit().await?;
    Ok(first)
}

/// Asks the running turn to stop; its text so far stays. Nothing running is fine.
pub async fn stop(ctx: &Ctx, id: SessionId) -> Result<(), AppError> {
    let mut write = Write::lock(ctx, id).await?;
    let turn = turns::request_stop(ctx, write.tx(), id).await?;
    write.commit().await?;
    if let Some(turn) = turn
        && !ctx.platform.cancels.cancel(turn.0)
    {
        notify::ask_to_stop(ctx.db().pool_for_listening(), turn.0).await?;
    }
    Ok(())
}
