//! The model's text on its way to followers: numbered and streamed from memory at once, stored in batches behind it.

use std::time::Duration;

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

/// A batch is stored when it is this old or this long, whichever comes first.
const MAX_AGE: Duration = Duration::from_millis(100);
const MAX_BYTES: usize = 1024;
/// Ids reserved for a batch. What is left of them when it is stored is a gap.
const RUN: i64 = 256;

/// The delta stream of one turn.
pub struct Deltas<'c> {
    ctx: &'c Ctx,
    session: SessionId,
    turn: TurnId,
    owner: Owner,
    next: i64,
    end: i64,
    batch: Vec<Event>,
    bytes: usize,
    opened_at: Option<Instant>,
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
        Self { ctx, session, turn, owner, next: 0, end: 0, batch: Vec::new(), bytes: 0, opened_at: None }
    }

    /// When the open batch has to be stored.
    pub fn due(&self) -> Option<Instant> {
        self.opened_at.map(|at| at + MAX_AGE)
    }

    /// Sends more of the text.
    pub async fn text(&mut self, text: String) -> Result<Go, AppError> {
        let bytes = text.len();
        self.send(SessionEvent::Delta { text }).await?;
        self.bytes += bytes;
        if self.bytes >= MAX_BYTES || self.next >= self.end { self.store().await } else { Ok(Go::On) }
    }

    /// Tells followers to forget the text so far: the attempt is repeated.
    pub async fn reset(&mut self, reason: String) -> Result<Go, AppError> {
        self.send(SessionEvent::TurnReset { reason }).await?;
        self.store().await
    }

    async fn send(&mut self, event: SessionEvent) -> Result<(), AppError> {
        if self.opened_at.is_none() {
            self.open().await?;
        }
        let event = NewEvent { id: self.next, turn: Some(self.turn), event }.to_wire();
        self.next += 1;
        self.owner.live(event.clone());
        self.batch.push(event);
        Ok(())
    }

    async fn open(&mut self) -> Result<(), AppError> {
        let wish = Wish::Open { topic: topic(self.ctx, self.session), turn: self.turn.0, count: RUN };
        let Outcome::Opened(first) = self.ctx.platform.batches.ask(wish).await? else {
            return Err(AppError::internal());
        };
        (self.next, self.end) = (first, first + RUN);
        self.opened_at = Some(Instant::now());
        self.owner.batch_opened(first).await;
        Ok(())
    }

    /// Stores the open batch, if there is one. A database that is briefly away keeps it open: it is stored with the next try.
    pub async fn store(&mut self) -> Result<Go, AppError> {
        if self.opened_at.is_none() {
            return Ok(Go::On);
        }
        let stop = match self.write().await {
            Ok(Some(stop)) => stop,
            // The turn was taken away: what it says is nobody's business any more.
            Ok(None) => return Ok(Go::Stop),
            Err(error) if self.next < self.end => {
                tracing::warn!(turn.id = %self.turn, error.cause = %error, "A part of a reply could not be stored yet.");
                self.opened_at = Some(Instant::now());
                return Ok(Go::On);
            }
            Err(error) => return Err(error.into()),
        };
        self.batch.clear();
        self.bytes = 0;
        self.opened_at = None;
        self.owner.batch_stored(self.end - 1);
        self.ctx.platform.hub.tell_others(topic(self.ctx, self.session));
        Ok(if stop { Go::Stop } else { Go::On })
    }

    /// Whether somebody asked to stop; `None`: the turn has ended without us.
    async fn write(&mut self) -> Result<Option<bool>, sqlx::Error> {
        let events = self.batch.clone();
        let wish = Wish::Store { topic: topic(self.ctx, self.session), turn: self.turn.0, events };
        match self.ctx.platform.batches.ask(wish).await? {
            Outcome::Stored { stop } => Ok(Some(stop)),
            _ => Ok(None),
        }
    }

    /// The turn's last commit takes the place of the batch that is open.
    pub fn end(self) {
        self.owner.batch_stored(self.end - 1);
    }
}
