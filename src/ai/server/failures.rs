//! What models failed at a moment ago: whoever looks at the same document again neither waits for that nor pays for it once more.
//!
//! Known to this process only, and for minutes: another node asks once for itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use time::Duration;

use super::{Caller, settings};
use crate::{
    ai::types::Action,
    error::AppError,
    ids::{AccountId, SessionId, Timestamp},
};

/// A failure holds so long, where nobody asks anew.
const KEPT: Duration = Duration::minutes(5);

/// A document of a session's state, and whether a model is asked for it even where one failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    pub state_version: i64,
    pub again: bool,
}

/// What a model was to write, and by which settings: others may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Task {
    account: AccountId,
    session: Option<SessionId>,
    action: Action,
    state_version: i64,
    settings: Option<Timestamp>,
}

impl Task {
    pub async fn of(caller: &Caller, action: Action, edition: Edition) -> Result<Self, AppError> {
        Ok(Self {
            account: caller.ctx.account,
            session: caller.session,
            action,
            state_version: edition.state_version,
            settings: settings::of(&caller.ctx).await?.updated_at,
        })
    }
}

/// The failures of the last minutes.
#[derive(Debug, Clone, Default)]
pub struct Failures(Arc<Mutex<HashMap<Task, (Timestamp, AppError)>>>);

impl Failures {
    fn all(&self) -> MutexGuard<'_, HashMap<Task, (Timestamp, AppError)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What went wrong with this a moment ago.
    pub fn of(&self, task: Task, now: Timestamp) -> Option<AppError> {
        self.all().get(&task).filter(|(at, _)| now.0 - at.0 < KEPT).map(|(_, error)| error.clone())
    }

    pub fn keep(&self, task: Task, now: Timestamp, error: &AppError) {
        let mut all = self.all();
        all.retain(|_, (at, _)| now.0 - at.0 < KEPT);
        all.insert(task, (now, error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::error::Upstream;

    #[test]
    fn a_failure_is_known_for_this_very_state_and_for_minutes() {
        let task = Task {
            account: AccountId::from(uuid::Uuid::nil()),
            session: None,
            action: Action::ResolutionNote,
            state_version: 7,
            settings: None,
        };
        let error = AppError::Upstream { code: Upstream::AiUnavailable, detail: "overloaded".to_owned() };
        let now = datetime!(2026-11-26 10:00 UTC);
        let after = |minutes| Timestamp(now + Duration::minutes(minutes));
        let failures = Failures::default();
        failures.keep(task, after(0), &error);
        assert_eq!(failures.of(task, after(4)), Some(error.clone()));
        assert_eq!(failures.of(task, after(5)), None);
        assert_eq!(failures.of(Task { state_version: 8, ..task }, after(0)), None);
        assert_eq!(failures.of(Task { settings: Some(after(0)), ..task }, after(1)), None, "a new key may work");
        failures.keep(Task { state_version: 8, ..task }, after(6), &error);
        assert_eq!(failures.all().len(), 1, "what is over is forgotten");
    }
}
