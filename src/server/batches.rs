//! The text of many turns, numbered and stored together: what is asked for while the database is busy with an account waits, and
//! goes with its next transaction. A quiet process waits for nothing, a busy one does few transactions instead of thousands.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::events::{Event, Topic};
use crate::ids::AccountId;

/// At most so many wishes go with one transaction.
const TOGETHER: usize = 256;

/// What a turn wants of the source of its events.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Ids for its next events, which followers get before they are stored.
    Open { topic: Topic, turn: Uuid, count: i64 },
    /// Events of its open run stored. The run goes on with the id `goes_on`, or is closed.
    Store { topic: Topic, turn: Uuid, events: Vec<Event>, goes_on: Option<i64> },
}

impl Wish {
    const fn account(&self) -> AccountId {
        match self {
            Self::Open { topic, .. } | Self::Store { topic, .. } => topic.account,
        }
    }
}

/// What came of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The first of the ids.
    Opened(i64),
    /// Stored; `stop`: somebody asked the turn to stop.
    Stored { stop: bool },
    /// The turn is not this process' any more.
    Gone,
    /// Something else is being done to the session right now: to be tried alone.
    Busy,
}

/// Where wishes are granted.
#[async_trait]
pub trait Wishes: Send + Sync + std::fmt::Debug {
    /// Grants wishes of one account, one a turn, in one transaction; the outcomes are in their order. A single one is never busy.
    async fn grant(&self, account: AccountId, wishes: &[Wish]) -> Result<Vec<Outcome>, sqlx::Error>;
}

type Answer = oneshot::Sender<Result<Outcome, sqlx::Error>>;
type Waiting = Vec<(Wish, Answer)>;

/// What waits, by account; an account that has an entry is being served.
#[derive(Debug, Clone)]
pub struct Batches {
    source: Arc<dyn Wishes>,
    waiting: Arc<Mutex<HashMap<AccountId, Waiting>>>,
}

impl Batches {
    /// Grants wishes through `source`.
    pub fn new(source: Arc<dyn Wishes>) -> Self {
        Self { source, waiting: Arc::default() }
    }

    /// Grants a wish, alone or with others.
    pub async fn ask(&self, wish: Wish) -> Result<Outcome, sqlx::Error> {
        let (answer, answered) = oneshot::channel();
        let account = wish.account();
        match self.waiting.lock().unwrap_or_else(PoisonError::into_inner).entry(account) {
            Entry::Occupied(mut served) => served.get_mut().push((wish, answer)),
            Entry::Vacant(idle) => {
                idle.insert(vec![(wish, answer)]);
                // A task of its own: whoever asks may leave while others wait.
                tokio::spawn(self.clone().serve(account));
            }
        }
        answered.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    async fn serve(self, account: AccountId) {
        while let Some(waiting) = self.next(account) {
            let (wishes, answers): (Vec<Wish>, Vec<Answer>) = waiting.into_iter().unzip();
            let granted = self.source.grant(account, &wishes).await;
            match granted {
                Err(error) if wishes.len() == 1 => {
                    if let Some(answer) = answers.into_iter().next() {
                        answer.send(Err(error)).ok();
                    }
                }
                // One of them may be to blame: each for itself.
                Err(_) => wishes.into_iter().zip(answers).for_each(|(wish, answer)| self.alone(wish, answer)),
                Ok(outcomes) => {
                    for ((wish, answer), outcome) in wishes.into_iter().zip(answers).zip(outcomes) {
                        match outcome {
                            Outcome::Busy => self.alone(wish, answer),
                            outcome => drop(answer.send(Ok(outcome))),
                        }
                    }
                }
            }
        }
    }

    /// The next wishes of an account; none: it is not served any more.
    fn next(&self, account: AccountId) -> Option<Waiting> {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = all.get_mut(&account)?;
        if waiting.is_empty() {
            all.remove(&account);
            return None;
        }
        let rest = waiting.split_off(waiting.len().min(TOGETHER));
        Some(std::mem::replace(waiting, rest))
    }

    fn alone(&self, wish: Wish, answer: Answer) {
        let source = Arc::clone(&self.source);
        tokio::spawn(async move {
            let outcomes = source.grant(wish.account(), std::slice::from_ref(&wish)).await;
            let outcome = outcomes.map(|outcomes| outcomes.into_iter().next().unwrap_or(Outcome::Gone));
            answer.send(outcome).ok();
        });
    }
}

#[cfg(test)]
mod tests;
