//! The model's text on its way to followers: numbered and streamed from memory at once, stored in batches behind it.

use std::time::Duration;

use futures::future::{BoxFuture, pending};
use tokio::time::Instant;

use super::{store::events::NewEvent, write::topic};
use crate::{
    error::AppError,
    ids::{SessionId, TurnId},
    pilot::types::SessionEvent,
    server::{
        batches::{Outcome, Wish},
        context::Ctx,
        events::{Event, Owner},
    },
};

/// Text is stored when it is this old or this long, whichever comes first.
const MAX_AGE: Duration = Duration::from_millis(100);
const MAX_BYTES: usize = 1024;
/// Ids reserved for a run of events. What is left of them when it is closed is a gap.
const RUN: i64 = 4096;

/// The delta stream of one turn. While what was sent is being stored, more is sent: text waits for the database only where a run
/// of ids is opened or closed, at the start and where others commit to the session meanwhile.
pub struct Deltas<'c> {
    ctx: &'c Ctx,
    session: SessionId,
    turn: TurnId,
    owner: Owner,
    next: i64,
    end: i64,
    /// When the open run has to be looked after.
    due: Option<Instant>,
    /// Sent, and not being stored yet.
    fresh: Vec<Event>,
    bytes: usize,
    storing: Option<Storing>,
}

/// Events on their way into the database.
struct Storing {
    events: Vec<Event>,
    outcome: BoxFuture<'static, Result<Outcome, sqlx::Error>>,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    On,
    /// Somebody asked to stop, or the turn was taken away.
    Stop,
}

impl<'c> Deltas<'c> {
    pub fn new(ctx: &'c Ctx, session: SessionId, turn: TurnId, owner: Owner) -> Self {
        let (fresh, storing) = (Vec::new(), None);
        Self { ctx, session, turn, owner, next: 0, end: 0, due: None, fresh, bytes: 0, storing }
    }

    /// When to look after what was sent; never while it is being stored.
    pub fn due(&self) -> Option<Instant> {
        self.due.filter(|_| self.storing.is_none())
    }

    /// Sends more of the text.
    pub async fn text(&mut self, text: String) -> Result<Go, AppError> {
        self.bytes += text.len();
        self.send(SessionEvent::Delta { text }).await?;
        if self.next >= self.end {
            return self.close().await;
        }
        if self.bytes >= MAX_BYTES {
            self.store();
        }
        Ok(Go::On)
    }

    /// Tells followers to forget the text so far: the attempt is repeated.
    pub async fn reset(&mut self, reason: String) -> Result<Go, AppError> {
        self.send(SessionEvent::TurnReset { reason }).await?;
        self.close().await
    }

    async fn send(&mut self, event: SessionEvent) -> Result<(), AppError> {
        if self.due.is_none() {
            self.open().await?;
        }
        let event = NewEvent { id: self.next, turn: Some(self.turn), event }.to_wire();
        self.next += 1;
        self.owner.live(event.clone());
        self.fresh.push(event);
        Ok(())
    }

    async fn open(&mut self) -> Result<(), AppError> {
        let wish = Wish::Open { topic: topic(self.ctx, self.session), turn: self.turn.0, count: RUN };
        let Outcome::Opened(first) = self.ctx.platform.batches.ask(wish).await? else {
            return Err(AppError::internal());
        };
        (self.next, self.end) = (first, first + RUN);
        self.due = Some(Instant::now() + MAX_AGE);
        self.owner.run_opened(first).await;
        Ok(())
    }

    /// Stores what was sent, and lets go what others committed meanwhile; a run without new text is closed.
    pub async fn look_after(&mut self) -> Result<Go, AppError> {
        if self.owner.holds_back() || self.fresh.is_empty() {
            return self.close().await;
        }
        self.store();
        Ok(Go::On)
    }

    /// Begins to store what was sent, unless something is being stored already.
    fn store(&mut self) {
        if self.storing.is_some() || self.fresh.is_empty() {
            return;
        }
        let events = std::mem::take(&mut self.fresh);
        self.bytes = 0;
        self.due = Some(Instant::now() + MAX_AGE);
        let outcome = self.ask_to_store(events.clone(), Some(self.next));
        self.storing = Some(Storing { events, outcome });
    }

    fn ask_to_store(
        &self,
        events: Vec<Event>,
        goes_on: Option<i64>,
    ) -> BoxFuture<'static, Result<Outcome, sqlx::Error>> {
        let wish = Wish::Store { topic: topic(self.ctx, self.session), turn: self.turn.0, events, goes_on };
        let batches = self.ctx.platform.batches.clone();
        Box::pin(async move { batches.ask(wish).await })
    }

    /// Comes back when what is being stored is stored, or is not; never while nothing is.
    pub async fn stored(&mut self) -> Go {
        let Some(storing) = &mut self.storing else { return pending().await };
        let outcome = storing.outcome.as_mut().await;
        let Some(Storing { events, .. }) = self.storing.take() else { return Go::On };
        match outcome {
            Ok(Outcome::Stored { stop }) => {
                if let Some(last) = events.last() {
                    self.owner.stored(last.id);
                }
                self.tell_others();
                if stop { Go::Stop } else { Go::On }
            }
            // The turn was taken away: what it says is nobody's business any more.
            Ok(_) => Go::Stop,
            Err(error) => {
                self.not_yet(&error, events);
                Go::On
            }
        }
    }

    /// Waits for what is being stored, so that nothing of the turn is written after its last commit.
    pub async fn settle(&mut self) {
        if self.storing.is_some() {
            self.stored().await;
        }
    }

    /// Stores all that was sent, and closes the run. A database that is briefly away keeps it open: it is tried again soon.
    async fn close(&mut self) -> Result<Go, AppError> {
        if self.storing.is_some() && self.stored().await == Go::Stop {
            return Ok(Go::Stop);
        }
        let events = std::mem::take(&mut self.fresh);
        let stop = match self.ask_to_store(events.clone(), None).await {
            Ok(Outcome::Stored { stop }) => stop,
            Ok(_) => return Ok(Go::Stop),
            Err(error) if self.next < self.end => {
                self.not_yet(&error, events);
                return Ok(Go::On);
            }
            Err(error) => return Err(error.into()),
        };
        self.bytes = 0;
        self.due = None;
        self.owner.run_closed(self.end - 1);
        self.tell_others();
        Ok(if stop { Go::Stop } else { Go::On })
    }

    fn not_yet(&mut self, error: &sqlx::Error, mut events: Vec<Event>) {
        tracing::warn!(turn.id = %self.turn, error.cause = %error, "A part of a reply could not be stored yet.");
        events.append(&mut self.fresh);
        self.fresh = events;
        self.due = Some(Instant::now() + MAX_AGE);
    }

    fn tell_others(&self) {
        self.ctx.platform.hub.tell_others(topic(self.ctx, self.session));
    }

    /// The turn's last commit takes the place of the run that is open.
    pub fn end(self) {
        self.owner.run_closed(self.end - 1);
    }
}
