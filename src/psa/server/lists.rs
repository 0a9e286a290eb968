//! Lists of a ticket system that seldom change, read once for all nodes until they are old.
//!
//! A list that is old is given at once and read again meanwhile, by one node: its row says until when, so that others go on with
//! what there is instead of asking too. The very first reading is waited for, by everybody; when it fails it fails for all of them,
//! with the same reason, and is not tried again for a moment: nobody waits for one reader after the other.

use std::{future::Future, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use tokio::{task::JoinHandle, time::sleep};

use super::PsaError;
use crate::{ids::Timestamp, psa::types::Listed, server::context::Ctx};

/// As good as new.
const FRESH: time::Duration = time::Duration::minutes(10);
/// A list that could not be read is looked at again soon: somebody may have given the permission.
const FRESH_HINT: time::Duration = time::Duration::minutes(1);
/// Older than this it is not shown any more.
const USABLE: time::Duration = time::Duration::hours(24);
/// Whoever reads a list again is given up after this.
const READING: time::Duration = time::Duration::seconds(90);
/// After a failure it is left alone this long.
const REST: time::Duration = time::Duration::seconds(30);
/// The same where there is nothing to show: whoever waits for it wants to know, and the next one may try again.
const SHORT_REST: time::Duration = time::Duration::seconds(5);
/// Between looks at what another one reads.
const LOOK: Duration = Duration::from_millis(100);
/// Nothing was ever read.
const NEVER: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

/// A row as it is kept.
struct Kept {
    items: serde_json::Value,
    hint: Option<String>,
    fetched_at: OffsetDateTime,
    refreshing_until: Option<OffsetDateTime>,
}

impl Kept {
    /// Why there is nothing, where it could not be read a moment ago.
    fn failure(&self, ctx: &Ctx) -> Option<String> {
        let rests = self.fetched_at == NEVER && self.refreshing_until.is_some_and(|until| until > ctx.now().0);
        self.hint.clone().filter(|_| rests)
    }

    fn age(&self, ctx: &Ctx) -> time::Duration {
        ctx.now().0 - self.fetched_at
    }

    fn is_fresh(&self, ctx: &Ctx) -> bool {
        self.age(ctx) < if self.hint.is_some() { FRESH_HINT } else { FRESH }
    }

    /// A row that an older version wrote may not be readable: as good as none.
    fn list<T: DeserializeOwned>(self) -> Option<Listed<T>> {
        let items = serde_json::from_value(self.items).ok()?;
        Some(Listed { items, hint: self.hint })
    }
}

/// The list, from the database where it is fresh enough; `read` is polled only where it is this call's turn to read it.
pub async fn kept<T>(
    ctx: &Ctx,
    provider: &'static str,
    name: &'static str,
    read: impl Future<Output = Result<Listed<T>, PsaError>> + Send + 'static,
) -> Result<Listed<T>, PsaError>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    // Until when somebody else reads it for whom this call waits.
    let mut awaited = None;
    loop {
        let row = look(ctx, provider, name).await?;
        let taken = row.as_ref().and_then(|row| row.refreshing_until);
        let failure = row.as_ref().and_then(|row| row.failure(ctx));
        // Who forgot it wants it read anew.
        awaited = awaited.filter(|_| row.is_some());
        let kept = row.filter(|kept| kept.age(ctx) < USABLE);
        let fresh = kept.as_ref().is_some_and(|kept| kept.is_fresh(ctx));
        let old = match (kept.and_then(Kept::list), fresh) {
            (Some(list), true) => return Ok(list),
            (old, _) => old,
        };
        if old.is_none() {
            let over = |turn: OffsetDateTime| taken != Some(turn) || turn <= ctx.now().0;
            let ended = || format!("the list of {name} could not be read. Try again in a moment.");
            if let Some(why) = failure.or_else(|| awaited.is_some_and(over).then(ended)) {
                return Err(PsaError::Unavailable(why));
            }
        }
        let turn = claim(ctx, provider, name, fresh).await?;
        match (old, turn) {
            (Some(old), None) => return Ok(old),
            (Some(old), Some(turn)) => {
                start(ctx, provider, name, Turn { until: turn, shown: true }, read);
                return Ok(old);
            }
            (None, Some(turn)) => {
                let read = start(ctx, provider, name, Turn { until: turn, shown: false }, read).await;
                return read.unwrap_or_else(|_| Err(PsaError::Unavailable("FlowPilot is stopping.".to_owned())));
            }
            // Somebody else reads it for the first time.
            (None, None) => {
                awaited = awaited.or(taken);
                sleep(LOOK).await;
            }
        }
    }
}

/// Somebody's turn to read a list.
#[derive(Clone, Copy)]
struct Turn {
    until: Timestamp,
    /// There is an old list to show meanwhile.
    shown: bool,
}

/// Reads a list in a task of its own: whoever asked for it may leave, others wait for it too.
fn start<T: Serialize + Send + Sync + 'static>(
    ctx: &Ctx,
    provider: &'static str,
    name: &'static str,
    turn: Turn,
    read: impl Future<Output = Result<Listed<T>, PsaError>> + Send + 'static,
) -> JoinHandle<Result<Listed<T>, PsaError>> {
    let ctx = ctx.clone();
    let work = ctx.platform.work.clone();
    work.spawn(async move {
        let stopping = ctx.platform.stopping.clone();
        let read = async {
            tokio::select! {
                () = stopping.cancelled() => Err(PsaError::Unavailable("FlowPilot is stopping.".to_owned())),
                list = read => list,
            }
        };
        let read = renew(&ctx, provider, name, turn, read).await;
        if let Err(error) = &read {
            tracing::warn!(psa.list = name, error.cause = %error, "A list could not be read.");
        }
        read
    })
}

/// Forgets all lists of a ticket system: the account is connected to another one now.
pub async fn forget(ctx: &Ctx, provider: &str) -> Result<(), PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sqlx::query!("delete from psa_lists where account_id = $1 and provider = $2", ctx.account.0, provider)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Forgets one list, so that it is read anew.
pub async fn forget_one(ctx: &Ctx, provider: &str, name: &str) -> Result<(), PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    sqlx::query!(
        "delete from psa_lists where account_id = $1 and provider = $2 and name = $3",
        ctx.account.0,
        provider,
        name,
    )
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

async fn look(ctx: &Ctx, provider: &str, name: &str) -> Result<Option<Kept>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let found = sqlx::query_as!(
        Kept,
        "select items, hint, fetched_at, refreshing_until from psa_lists
          where account_id = $1 and provider = $2 and name = $3",
        ctx.account.0,
        provider,
        name,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

/// Takes the turn to read a list, unless somebody has it. `anyway`: also where the list is fresh, as it cannot be understood.
async fn claim(ctx: &Ctx, provider: &str, name: &str, anyway: bool) -> Result<Option<Timestamp>, PsaError> {
    let (now, turn) = (ctx.now().0, Timestamp(ctx.now().0 + READING));
    let mut tx = ctx.db().tenant(ctx).await?;
    let taken = sqlx::query!(
        r#"insert into psa_lists as l (account_id, provider, name, items, fetched_at, refreshing_until)
           values ($1, $2, $3, '[]', $4, $5)
           on conflict on constraint psa_lists_pk do update set refreshing_until = excluded.refreshing_until,
                  hint = case when l.fetched_at = $4 then null else l.hint end
           where (l.refreshing_until is null or l.refreshing_until <= $6)
             and (l.fetched_at <= case when l.hint is null then $7::timestamptz else $8::timestamptz end or $9)"#,
        ctx.account.0,
        provider,
        name,
        NEVER,
        turn.0,
        now,
        now - FRESH,
        now - FRESH_HINT,
        anyway,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok((taken > 0).then_some(turn))
}

/// Reads the list and keeps it, if it is still wanted: who forgot it meanwhile does not want it.
async fn renew<T: Serialize>(
    ctx: &Ctx,
    provider: &str,
    name: &str,
    turn: Turn,
    read: impl Future<Output = Result<Listed<T>, PsaError>>,
) -> Result<Listed<T>, PsaError> {
    let list = read.await;
    let mut tx = ctx.db().tenant(ctx).await?;
    match &list {
        Ok(list) => {
            let items = serde_json::to_value(&list.items).unwrap_or_default();
            sqlx::query!(
                r#"update psa_lists set items = $5, hint = $6, fetched_at = $7, refreshing_until = null
                    where account_id = $1 and provider = $2 and name = $3 and refreshing_until = $4"#,
                ctx.account.0,
                provider,
                name,
                turn.until.0,
                items,
                list.hint,
                ctx.now().0,
            )
            .execute(&mut *tx)
            .await?;
        }
        Err(error) => {
            // Where there is nothing to show, those who wait are told why.
            let why = match error {
                PsaError::Unavailable(why) => why.clone(),
                other => other.to_string(),
            };
            sqlx::query!(
                r#"update psa_lists set refreshing_until = $5,
                          fetched_at = case when $6 then fetched_at else $7::timestamptz end,
                          hint = case when $6 then hint else $8 end
                    where account_id = $1 and provider = $2 and name = $3 and refreshing_until = $4"#,
                ctx.account.0,
                provider,
                name,
                turn.until.0,
                ctx.now().0 + if turn.shown { REST } else { SHORT_REST },
                turn.shown,
                NEVER,
                why,
            )
            .execute(&mut *tx)
            .await?;
        }
    }
    tx.commit().await?;
    list
}
