//! One write to a session: the locked row, the events that tell followers, and the counters, committed together.

use sqlx::PgConnection;

use super::store::{
    events::{self, NewEvent},
    sessions::{self, Row},
};
use crate::{
    error::{AppError, Conflict},
    ids::{SessionId, TurnId},
    pilot::types::{Person, SessionEvent, SessionStatus},
    server::{
        context::Ctx,
        db::TenantTx,
        events::{Event, Topic},
    },
};

/// A session locked for writing. Dropped without [`Write::commit`], nothing has happened.
pub struct Write<'c> {
    pub ctx: &'c Ctx,
    tx: TenantTx,
    /// The row as it is, and as it will be written back.
    pub session: Row,
    events: Vec<NewEvent>,
    state_moved: bool,
    relinked: bool,
    /// Nothing of the session itself changed.
    untouched: bool,
    told: Told,
}

/// What followers know of the session itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    status: SessionStatus,
    title: String,
    masked_values: i32,
    archived: bool,
}

impl Told {
    fn of(session: &Row) -> Self {
        Self {
            status: session.status,
            title: session.title.clone(),
            masked_values: session.masked_values,
            archived: session.archived_at.is_some(),
        }
    }
}

/// Where the session stands after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    pub state_version: i64,
    pub last_event_id: i64,
}

/// The hub's name for a session.
pub fn topic(ctx: &Ctx, session: SessionId) -> Topic {
    Topic { account: ctx.account, id: session.0 }
}

impl<'c> Write<'c> {
    /// Locks a session that the caller may change: 404 for what they may not see, 403 for what they may only read.
    pub async fn lock(ctx: &'c Ctx, id: SessionId) -> Result<Self, AppError> {
        let write = Self::lock_visible(ctx, id).await?;
        if !write.session.writable {
            return Err(AppError::forbidden("You can read this session, but not change it."));
        }
        Ok(write)
    }

    /// Locks a session and makes sure that it is open: messages, lane, facts and fixes change only then.
    pub async fn lock_open(ctx: &'c Ctx, id: SessionId) -> Result<Self, AppError> {
        let write = Self::lock(ctx, id).await?;
        write.require_open()?;
        Ok(write)
    }

    /// Locks a session that the caller may see, though perhaps not change.
    pub async fn lock_visible(ctx: &'c Ctx, id: SessionId) -> Result<Self, AppError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let session = sessions::lock(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
        Ok(Self::of(ctx, tx, session))
    }

    /// Locks a session for the server's own steps: what was begun is finished, even where the person who began it may not see
    /// the session any more.
    pub async fn lock_as_server(ctx: &'c Ctx, id: SessionId) -> Result<Self, AppError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let session = sessions::lock_any(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
        Ok(Self::of(ctx, tx, session))
    }

    fn of(ctx: &'c Ctx, tx: TenantTx, session: Row) -> Self {
        let told = Told::of(&session);
        Self { ctx, tx, session, events: Vec::new(), state_moved: false, relinked: false, untouched: false, told }
    }

    pub fn require_open(&self) -> Result<(), AppError> {
        let so = match self.session.status {
            SessionStatus::Open => return Ok(()),
            SessionStatus::Posting => "A note of this session is being posted right now.",
            SessionStatus::Resolved => "This session is resolved. Reopen it to go on.",
            SessionStatus::Escalated => "This session is escalated. Reopen it to go on.",
        };
        Err(AppError::conflict(Conflict::SessionNotOpen, so))
    }

    /// The transaction, for store functions.
    pub fn tx(&mut self) -> &mut TenantTx {
        &mut self.tx
    }

    /// The connection, for a query of the caller's own store.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Tells followers, and gives the event's id.
    pub fn emit(&mut self, turn: Option<TurnId>, event: SessionEvent) -> i64 {
        self.session.last_event_id += 1;
        self.events.push(NewEvent { id: self.session.last_event_id, turn, event });
        self.session.last_event_id
    }

    /// What the AI and the notes are made from changed: the state version rises with this commit.
    pub fn moved(&mut self) {
        if !self.state_moved {
            self.state_moved = true;
            self.session.state_version += 1;
        }
    }

    /// Another ticket is linked, or none any more: followers read the session again.
    pub const fn relinked(&mut self) {
        self.relinked = true;
    }

    /// Tells followers that the ticket changed where it is kept. That touches nothing of the session itself.
    pub fn tell_ticket(&mut self, id: String) {
        self.untouched = true;
        self.emit(None, SessionEvent::TicketChanged { id });
    }

    /// Tells followers about the session itself, if anything of it changed.
    pub fn emit_session(&mut self, turn: Option<TurnId>) {
        if self.state_moved || Told::of(&self.session) != self.told {
            self.tell_session(turn, None);
        }
    }

    /// Tells followers to look at the session, though nothing of itself changed; where with whom it is shared did: `shares`.
    pub fn tell_session(&mut self, turn: Option<TurnId>, shares: Option<Vec<Person>>) {
        let before = std::mem::replace(&mut self.told, Told::of(&self.session));
        let Told { status, title, masked_values, archived } = self.told.clone();
        let event = SessionEvent::Session {
            status,
            title,
            state_version: self.session.state_version,
            masked_values,
            shared_with: shares,
            relinked: self.relinked.then_some(true),
            archived: (archived != before.archived).then_some(archived),
        };
        self.emit(turn, event);
    }

    /// The events so far, as followers will get them.
    pub fn pending(&self) -> Vec<Event> {
        self.events.iter().map(NewEvent::to_wire).collect()
    }

    /// Writes the row and the events, commits, and wakes the followers.
    pub async fn commit(mut self) -> Result<Committed, AppError> {
        self.emit_session_once();
        if !self.untouched {
            self.session.updated_at = self.ctx.now();
        }
        sessions::write_back(self.ctx, &mut self.tx, &self.session).await?;
        events::insert(self.ctx, &mut self.tx, self.session.id, &self.events).await?;
        self.tx.commit().await?;
        self.ctx.platform.hub.committed(topic(self.ctx, self.session.id));
        Ok(Committed { state_version: self.session.state_version, last_event_id: self.session.last_event_id })
    }

    fn emit_session_once(&mut self) {
        let told = self.events.iter().any(|new| matches!(new.event, SessionEvent::Session { .. }));
        if !told {
            self.emit_session(None);
        }
    }
}
