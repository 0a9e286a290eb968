//! Writes to a ticket system that happen once under their key, whatever becomes of the answer, by the rules of the outbox
//! (`pilot/server/delivery.rs`): the row stands before the call, what is there is looked for before anything is sent again, and
//! what was sent without an answer is not sent again while it may still appear.

use std::{sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use super::store::writes::Kind;
use super::store::writes::{self, Claim, Which};
use crate::{
    error::{AppError, Conflict, Upstream},
    ids::{AccountId, Timestamp},
    pilot::server::text,
    psa::server::{Provider, PsaError},
    server::context::{Ctx, Platform},
};

/// How long a try may take before another one may take over, in seconds. What a dead one sent has arrived by then.
const CLAIM_SECONDS: f64 = 90.0;
/// A try is over before anybody may take over.
const WITHIN: Duration = Duration::from_secs(45);
/// For so long what was sent without an answer may still appear, in seconds.
const UNSURE_SECONDS: f64 = 30.0;
/// So long a key is remembered.
const KEEP_DAYS: f64 = 14.0;

/// What is to be written, and under which key.
#[derive(Debug, Clone)]
pub struct What {
    kind: Kind,
    provider: &'static str,
    ticket: String,
    key: String,
    digest: Vec<u8>,
}

impl What {
    /// `said`: all that is sent. `ticket`: empty where it is made. Without a key nothing is ever a repeat.
    pub fn new(
        kind: Kind,
        desk: &dyn Provider,
        ticket: &str,
        key: Option<String>,
        said: &Value,
    ) -> Result<Self, AppError> {
        let digest = Sha256::digest(said.to_string()).to_vec();
        let key = text::idempotency_key(key)?;
        Ok(Self { kind, provider: desk.name(), ticket: ticket.to_owned(), key, digest })
    }

    fn which(&self) -> Which<'_> {
        Which { kind: self.kind, provider: self.provider, ticket: &self.ticket, key: &self.key }
    }

    fn same(&self, row: &writes::Row) -> Result<(), AppError> {
        if row.digest == self.digest {
            return Ok(());
        }
        let said = "This Idempotency-Key was used for something else. Use a new key for what is new.";
        Err(AppError::conflict(Conflict::IdempotencyKeyReused, said))
    }
}

/// A key that is made of what it is for, of whatever length and signs that is.
pub fn key_of(said: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(said))
}

/// The id of what was written under this key before.
pub async fn done(ctx: &Ctx, what: &What) -> Result<Option<String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let Some(row) = writes::get(ctx, &mut tx, &what.which()).await? else { return Ok(None) };
    what.same(&row)?;
    tx.commit().await?;
    Ok(row.external_id.filter(|_| row.finished))
}

/// One try of a write.
#[derive(Debug, Clone)]
pub struct Try {
    claim: Claim,
    /// When it was begun first.
    pub since: Timestamp,
    /// It was there at an earlier try, under this id.
    pub kept: Option<String>,
    unsure: Option<f64>,
}

impl Try {
    /// Writes the row, or takes up the one of before. 409 while another try runs.
    pub async fn begin(ctx: &Ctx, what: &What) -> Result<Self, AppError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let which = what.which();
        writes::begin(ctx, &mut tx, &which, &what.digest).await?;
        let row = writes::get(ctx, &mut tx, &which).await?.ok_or_else(AppError::internal)?;
        what.same(&row)?;
        if row.claimed {
            let said = "This is being sent right now. Look again in a moment.";
            return Err(AppError::conflict(Conflict::InProgress, said));
        }
        let claim = writes::claim(ctx, &mut tx, row.id, CLAIM_SECONDS).await?;
        tx.commit().await?;
        Ok(Self { claim, since: row.since, kept: row.external_id, unsure: row.unsure })
    }

    /// What a ticket system that knows keys knows it by.
    pub fn key(&self) -> String {
        self.claim.id.to_string()
    }

    pub const fn id(&self) -> uuid::Uuid {
        self.claim.id
    }

    pub const fn is_first(&self) -> bool {
        self.claim.attempt == 1
    }

    /// Whether it may be sent: not while that of an earlier try may still appear.
    pub fn may_send(&self) -> Result<(), PsaError> {
        let Some(seconds) = self.unsure else { return Ok(()) };
        let detail = format!(
            "This was sent, and the ticket system did not say whether it took it. Try again in {seconds:.0} s: FlowPilot looks before it sends anything."
        );
        Err(PsaError::Invalid(AppError::Upstream { code: Upstream::PsaUnavailable, detail }))
    }

    /// Keeps the id as soon as it is known. Where that fails, nobody knows that it is there.
    pub async fn keep(&self, ctx: &Ctx, external_id: &str) -> Result<(), PsaError> {
        let kept = async {
            let mut tx = ctx.db().tenant(ctx).await?;
            writes::keep(ctx, &mut tx, self.claim, external_id).await?;
            tx.commit().await
        };
        kept.await.map_err(|error| PsaError::Unknown(AppError::from(error).detail()))
    }

    /// Does the work within time, also when nobody waits for it any more, and notes how it ended.
    pub async fn run<T: Send + Sync + 'static>(
        self,
        ctx: &Ctx,
        work: impl Future<Output = Result<T, PsaError>> + Send + 'static,
    ) -> Result<T, AppError> {
        let (tasks, ctx) = (ctx.platform.work.clone(), ctx.clone());
        let task = tasks.spawn(async move {
            let late = || Err(PsaError::Unknown("it did not answer in time.".to_owned()));
            let ended = tokio::time::timeout(WITHIN, work).await.unwrap_or_else(|_| late());
            self.settle(&ctx, &ended).await?;
            ended.map_err(AppError::from)
        });
        task.await.unwrap_or_else(|_| Err(AppError::internal()))
    }

    async fn settle<T>(&self, ctx: &Ctx, ended: &Result<T, PsaError>) -> Result<(), sqlx::Error> {
        let mut tx = ctx.db().tenant(ctx).await?;
        match ended {
            Ok(_) => writes::finish(ctx, &mut tx, self.claim).await?,
            Err(PsaError::Unknown(_)) => writes::fail(ctx, &mut tx, self.claim, Some(UNSURE_SECONDS)).await?,
            Err(_) => {
                // Only what was never sent before is surely not there.
                if self.is_first() {
                    writes::forget(ctx, &mut tx, self.claim).await?;
                }
                writes::fail(ctx, &mut tx, self.claim, None).await?;
            }
        }
        tx.commit().await
    }
}

/// Lets go of keys that nobody repeats any more.
pub async fn forget_old(platform: &Arc<Platform>) -> Result<(), AppError> {
    let mut tx = platform.db.jobs().await?;
    let accounts: Vec<AccountId> = writes::aged(&mut tx, KEEP_DAYS).await?;
    tx.commit().await?;
    for account in accounts {
        let mut tx = platform.db.for_account(account).await?;
        writes::prune(account, &mut tx, KEEP_DAYS).await?;
        tx.commit().await?;
    }
    Ok(())
}
