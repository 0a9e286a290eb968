//! Rows of `ticket_writes`.

use uuid::Uuid;

use crate::{
    ids::{AccountId, Timestamp},
    server::{
        context::Ctx,
        db::{JobsTx, TenantTx},
    },
    words,
};

words! {
    /// What is written.
    Kind {
        Note = "note",
        Time = "time",
        Ticket = "ticket",
    }
}

/// Which write: each person's keys are their own, and belong to one ticket.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    pub kind: Kind,
    pub provider: &'a str,
    /// Empty where the ticket itself is made.
    pub ticket: &'a str,
    pub key: &'a str,
}

/// A write as it stands.
#[derive(Debug)]
pub struct Row {
    pub id: Uuid,
    pub digest: Vec<u8>,
    pub external_id: Option<String>,
    /// When it was begun first.
    pub since: Timestamp,
    pub finished: bool,
    /// Somebody is at it right now.
    pub claimed: bool,
    /// Seconds for which what was sent may still appear; none: it is known what became of it.
    pub unsure: Option<f64>,
}

/// One try's right to a write: whoever claimed it later has taken it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub id: Uuid,
    pub attempt: i32,
}

pub async fn get(ctx: &Ctx, tx: &mut TenantTx, which: &Which<'_>) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select id, digest, external_id, created_at as "since: Timestamp", finished_at is not null as "finished!",
                  coalesce(claimed_until > now(), false) as "claimed!",
                  extract(epoch from nullif(greatest(unsure_until, now()), now()) - now())::float8 as unsure
             from ticket_writes
            where account_id = $1 and user_id = $2 and kind = $3 and provider = $4 and ticket_id = $5 and key = $6
              for update"#,
        ctx.account.0,
        ctx.actor.user.0,
        which.kind.as_str(),
        which.provider,
        which.ticket,
        which.key,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Makes the row unless it is there.
pub async fn begin(ctx: &Ctx, tx: &mut TenantTx, which: &Which<'_>, digest: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into ticket_writes (account_id, id, user_id, kind, provider, ticket_id, key, digest, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict on constraint ticket_writes_key_unique do nothing",
        ctx.account.0,
        Uuid::now_v7(),
        ctx.actor.user.0,
        which.kind.as_str(),
        which.provider,
        which.ticket,
        which.key,
        digest,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Takes the write for one try, for so many seconds. The caller holds the row and has seen that nobody is at it.
pub async fn claim(ctx: &Ctx, tx: &mut TenantTx, id: Uuid, seconds: f64) -> Result<Claim, sqlx::Error> {
    sqlx::query_scalar!(
        "update ticket_writes set claimed_until = now() + make_interval(secs => $3), attempts = attempts + 1
          where account_id = $1 and id = $2 returning attempts",
        ctx.account.0,
        id,
        seconds,
    )
    .fetch_one(&mut **tx)
    .await
    .map(|attempt| Claim { id, attempt })
}

/// It is there, under this id.
pub async fn keep(ctx: &Ctx, tx: &mut TenantTx, claim: Claim, external_id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ticket_writes set external_id = $4 where account_id = $1 and id = $2 and attempts = $3",
        ctx.account.0,
        claim.id,
        claim.attempt,
        external_id,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn finish(ctx: &Ctx, tx: &mut TenantTx, claim: Claim) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ticket_writes set finished_at = $4, claimed_until = null, unsure_until = null
          where account_id = $1 and id = $2 and attempts = $3",
        ctx.account.0,
        claim.id,
        claim.attempt,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// It did not get through. `unsure`: for so many seconds what was sent may still arrive.
pub async fn fail(ctx: &Ctx, tx: &mut TenantTx, claim: Claim, unsure: Option<f64>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ticket_writes set claimed_until = null,
                unsure_until = greatest(unsure_until, now() + make_interval(secs => $4))
          where account_id = $1 and id = $2 and attempts = $3",
        ctx.account.0,
        claim.id,
        claim.attempt,
        unsure,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// It surely did not get through: as if it had never been asked for.
pub async fn forget(ctx: &Ctx, tx: &mut TenantTx, claim: Claim) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from ticket_writes where account_id = $1 and id = $2 and attempts = $3 and external_id is null",
        ctx.account.0,
        claim.id,
        claim.attempt,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Ids of the notes that were written on a ticket, by another write than this one.
pub async fn notes_on(
    ctx: &Ctx,
    tx: &mut TenantTx,
    provider: &str,
    ticket: &str,
    than: Option<Uuid>,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select external_id as "external_id!" from ticket_writes
            where account_id = $1 and provider = $2 and ticket_id = $3 and kind = 'note' and external_id is not null
              and id is distinct from $4"#,
        ctx.account.0,
        provider,
        ticket,
        than,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Accounts that have writes older than this.
pub async fn aged(tx: &mut JobsTx, days: f64) -> Result<Vec<AccountId>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        "select distinct account_id from ticket_writes where created_at < now() - make_interval(secs => $1::float8 * 86400)",
        days,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(AccountId).collect())
}

pub async fn prune(account: AccountId, tx: &mut TenantTx, days: f64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from ticket_writes where account_id = $1 and created_at < now() - make_interval(secs => $2::float8 * 86400)",
        account.0,
        days,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
