//! Limits on how much one person, or one address, may do a minute (P5).

use std::num::NonZeroU32;

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::{
    error::AppError,
    ids::{AccountId, UserId},
    server::config::Limits,
};

const LOGINS_PER_MINUTE: u32 = 20;
const FAILURES_BEFORE_SLOW: u32 = 8;

/// The limiters of this process.
#[derive(Debug)]
pub struct Floods {
    turns: Option<DefaultKeyedRateLimiter<(AccountId, UserId)>>,
    writes: Option<DefaultKeyedRateLimiter<(AccountId, UserId)>>,
    logins: DefaultKeyedRateLimiter<String>,
    failures: DefaultKeyedRateLimiter<String>,
}

impl Floods {
    pub fn new(limits: Limits) -> Self {
        let keyed = |per_minute| NonZeroU32::new(per_minute).map(|n| RateLimiter::keyed(Quota::per_minute(n)));
        let strict = |n: u32| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self {
            turns: keyed(limits.turns_per_minute),
            writes: keyed(limits.writes_per_minute),
            logins: RateLimiter::keyed(strict(LOGINS_PER_MINUTE)),
            failures: RateLimiter::keyed(strict(FAILURES_BEFORE_SLOW)),
        }
    }

    /// One more AI turn of this person.
    pub fn turn(&self, account: AccountId, user: UserId) -> Result<(), AppError> {
        check(self.turns.as_ref(), &(account, user))
    }

    /// One more write of this person.
    pub fn write(&self, account: AccountId, user: UserId) -> Result<(), AppError> {
        check(self.writes.as_ref(), &(account, user))
    }

    /// One more attempt to sign in from this address.
    pub fn login_from(&self, address: &str) -> Result<(), AppError> {
        check(Some(&self.logins), &address.to_owned())
    }

    /// One more attempt on this e-mail: guessing a password is slow, wherever it comes from.
    pub fn login_as(&self, email: &str) -> Result<(), AppError> {
        check(Some(&self.failures), &email.to_owned())
    }

    /// Forgets who has been quiet.
    pub fn forget_quiet(&self) {
        if let Some(turns) = &self.turns {
            turns.retain_recent();
        }
        if let Some(writes) = &self.writes {
            writes.retain_recent();
        }
        self.logins.retain_recent();
        self.failures.retain_recent();
    }
}

fn check<K: Clone + Eq + std::hash::Hash>(
    limiter: Option<&DefaultKeyedRateLimiter<K>>,
    key: &K,
) -> Result<(), AppError> {
    let Some(limiter) = limiter else { return Ok(()) };
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        AppError::TooMany { retry_after_seconds: wait.as_secs() + 1 }
    })
}
