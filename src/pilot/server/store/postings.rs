//! Rows of `postings`: the outbox, and the record of what was approved.

use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    ids::{AccountId, PostingId, SessionId, Timestamp, UserId},
    pilot::types::{ArtifactKind, DeliveryState, Person, Posted, Problem, Statement},
    server::{
        context::Ctx,
        db::{JobsTx, TenantTx},
    },
};

/// Who posts delivers at once; the worker comes only after so many seconds, should they have died.
const LEAVE_TO_POSTER: f64 = 10.0;
/// A note on a ticket is that of one posting.
const ONE_A_NOTE: &str = "postings_one_a_note";

/// A posting as its delivery needs it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: PostingId,
    pub session_id: SessionId,
    pub closing: i32,
    pub kind: ArtifactKind,
    pub markdown: String,
    pub html: String,
    pub approved: Vec<u8>,
    pub idempotency_key: String,
    pub posted_by: UserId,
    pub posted_by_name: String,
    pub status: String,
    pub ticket_provider: Option<String>,
    pub ticket_id: Option<String>,
    /// Which tenant the ticket is of.
    pub ticket_connection: Option<String>,
    pub target_status: Option<String>,
    pub target_name: Option<String>,
    /// What the target was chosen from; another text means that it is chosen anew.
    pub target_from: Option<String>,
    pub external_id: Option<String>,
    pub status_verified: Option<bool>,
    pub skipped_reason: Option<String>,
    pub problem: Option<Json<Problem>>,
    /// Failures in a row since a person last asked for it.
    pub failures: i32,
    /// Seconds since then.
    pub waited: f64,
    /// Seconds for which a note that was sent may still appear; none: it is known what became of it.
    pub unsure: Option<f64>,
    /// Somebody delivers it right now.
    pub claimed: bool,
    pub created_at: Timestamp,
}

impl Row {
    /// It did not get through, and nobody is at it: a person may try again.
    pub const fn can_be_retried(&self) -> bool {
        self.problem.is_some() && !self.claimed
    }

    /// It did not get through, and nothing happens any more unless a person tries again.
    pub fn is_given_up(&self) -> bool {
        self.status == "failed"
    }

    pub fn is_done(&self) -> bool {
        self.status == "done"
    }

    /// As it is read in its session, which is in this closing now.
    pub fn view(self, now: i32) -> Posted {
        let state = match (self.status.as_str(), self.closing == now, &self.external_id) {
            ("done", _, _) => DeliveryState::Verified,
            (_, false, _) => DeliveryState::Dropped,
            ("failed", _, _) => DeliveryState::Failed,
            (_, _, Some(_)) => DeliveryState::Posted,
            (_, _, None) => DeliveryState::Waiting,
        };
        Posted {
            done: self.is_done(),
            state: self.ticket_id.as_ref().map(|_| state),
            id: self.id,
            kind: self.kind,
            ticket_id: self.ticket_id,
            markdown: self.markdown,
            html: self.html,
            external_id: self.external_id,
            status_verified: self.status_verified,
            status_transition_skipped_reason: self.skipped_reason,
            problem: self.problem.map(|problem| problem.0),
            posted_by: Person { id: self.posted_by, name: self.posted_by_name },
            created_at: self.created_at,
        }
    }
}

macro_rules! select_rows {
    ($where:literal, $($arg:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"select p.id, p.session_id, p.closing, p.kind as "kind: ArtifactKind", p.markdown, p.html, p.approved,
                      p.idempotency_key, p.posted_by, u.name as posted_by_name, p.status, p.ticket_provider, p.ticket_id,
                      p.ticket_connection,
                      p.target_status, p.target_name, p.target_from, p.external_id, p.status_verified, p.skipped_reason,
                      p.problem as "problem: Json<Problem>", p.failures,
                      extract(epoch from now() - p.queued_at)::float8 as "waited!",
                      extract(epoch from nullif(greatest(p.unsure_until, now()), now()) - now())::float8 as unsure,
                      coalesce(p.claimed_until > now(), false) as "claimed!", p.created_at
                 from postings p join users u on u.account_id = p.account_id and u.id = p.posted_by
                where p.account_id = $1 and "# + $where,
            $($arg),*
        )
    };
}

/// All postings of a session, oldest closing first.
pub async fn all(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Row>, sqlx::Error> {
    select_rows!("p.session_id = $2 order by p.closing", ctx.account.0, session.0).fetch_all(&mut **tx).await
}

/// The posting of one closing.
pub async fn of_closing(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    closing: i32,
) -> Result<Option<Row>, sqlx::Error> {
    select_rows!("p.session_id = $2 and p.closing = $3", ctx.account.0, session.0, closing)
        .fetch_optional(&mut **tx)
        .await
}

/// The posting made under this key.
pub async fn keyed(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, key: &str) -> Result<Option<Row>, sqlx::Error> {
    select_rows!("p.session_id = $2 and p.idempotency_key = $3", ctx.account.0, session.0, key)
        .fetch_optional(&mut **tx)
        .await
}

pub async fn get(ctx: &Ctx, tx: &mut TenantTx, id: PostingId) -> Result<Option<Row>, sqlx::Error> {
    select_rows!("p.id = $2", ctx.account.0, id.0).fetch_optional(&mut **tx).await
}

/// What was approved, about to be delivered.
pub struct NewPosting<'a> {
    pub row: &'a Row,
    pub statements: &'a [Statement],
    pub state_version: i64,
}

pub async fn insert(ctx: &Ctx, tx: &mut TenantTx, new: &NewPosting<'_>) -> Result<(), sqlx::Error> {
    let row = new.row;
    sqlx::query!(
        "insert into postings (account_id, id, session_id, closing, kind, markdown, html, statements, approved, state_version,
                idempotency_key, posted_by, status, ticket_provider, ticket_id, next_attempt_at, created_at, finished_at,
                ticket_connection)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                now() + make_interval(secs => $17), $16, case when $13 = 'done' then $16::timestamptz end, $18)",
        ctx.account.0,
        row.id.0,
        row.session_id.0,
        row.closing,
        row.kind.as_str(),
        row.markdown,
        row.html,
        Json(new.statements) as _,
        row.approved,
        new.state_version,
        row.idempotency_key,
        row.posted_by.0,
        row.status,
        row.ticket_provider,
        row.ticket_id,
        row.created_at.0,
        LEAVE_TO_POSTER,
        row.ticket_connection,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Puts a posting that did not get through back into the outbox; whoever does that delivers it. `key`: of the call that did, so
/// that a repeat of it is known.
pub async fn requeue(ctx: &Ctx, tx: &mut TenantTx, id: PostingId, key: Option<&str>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update postings set status = 'queued', problem = null, next_attempt_at = now() + make_interval(secs => $3),
                claimed_until = null, queued_at = now(), failures = 0, idempotency_key = coalesce($4, idempotency_key)
          where account_id = $1 and id = $2 and status in ('failed', 'queued')
            and (claimed_until is null or claimed_until < now())",
        ctx.account.0,
        id.0,
        LEAVE_TO_POSTER,
        key,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// One delivery's right to a posting: whoever claimed it later has taken it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub id: PostingId,
    attempt: i32,
}

/// Takes a queued posting for one delivery; `None` when somebody else delivers it right now.
pub async fn claim(ctx: &Ctx, tx: &mut TenantTx, id: PostingId, seconds: f64) -> Result<Option<Claim>, sqlx::Error> {
    let attempt = sqlx::query_scalar!(
        "update postings set claimed_by = $3, claimed_until = now() + make_interval(secs => $4), attempts = attempts + 1
          where account_id = $1 and id = $2 and status = 'queued' and (claimed_until is null or claimed_until < now())
         returning attempts",
        ctx.account.0,
        id.0,
        ctx.platform.node,
        seconds,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(attempt.map(|attempt| Claim { id, attempt }))
}

/// Holds a posting for so many seconds from now. False: somebody else has taken the delivery over.
pub async fn renew(ctx: &Ctx, tx: &mut TenantTx, claim: Claim, seconds: f64) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update postings set claimed_until = now() + make_interval(secs => $4)
          where account_id = $1 and id = $2 and status = 'queued' and attempts = $3",
        ctx.account.0,
        claim.id.0,
        claim.attempt,
        seconds,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Keeps the note's id as soon as it is known, so that a retry does not post it again. False: it is the note of another posting,
/// and nothing more can be done in this transaction.
pub async fn keep_external_id(
    ctx: &Ctx,
    tx: &mut TenantTx,
    claim: Claim,
    external_id: &str,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query!(
        "update postings set external_id = $3 where account_id = $1 and id = $2 and status = 'queued' and attempts = $4",
        ctx.account.0,
        claim.id.0,
        external_id,
        claim.attempt,
    )
    .execute(&mut **tx)
    .await;
    match kept {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some(ONE_A_NOTE) => Ok(false),
        other => other.map(|_| true),
    }
}

/// Keeps which status the ticket goes to, or why to none, for every try that comes.
pub async fn keep_target(
    ctx: &Ctx,
    tx: &mut TenantTx,
    claim: Claim,
    target: Result<(&str, &str), &str>,
    from: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update postings set target_status = $3, target_name = $4, skipped_reason = $5, target_from = $6
          where account_id = $1 and id = $2 and status = 'queued' and attempts = $7",
        ctx.account.0,
        claim.id.0,
        target.ok().map(|(status, _)| status),
        target.ok().map(|(_, name)| name),
        target.err(),
        from,
        claim.attempt,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Ids of the notes that other postings made on the ticket of this one.
pub async fn others_on(
    ctx: &Ctx,
    tx: &mut TenantTx,
    provider: &str,
    connection: Option<&str>,
    ticket: &str,
    except: PostingId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select external_id as "external_id!" from postings
            where account_id = $1 and ticket_provider = $2 and ticket_id = $3 and id <> $4 and external_id is not null
              and ticket_connection is not distinct from $5"#,
        ctx.account.0,
        provider,
        ticket,
        except.0,
        connection,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Delivered, and read back. False: somebody else has taken the delivery over.
pub async fn finish(
    ctx: &Ctx,
    tx: &mut TenantTx,
    claim: Claim,
    status_verified: Option<bool>,
) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update postings set status = 'done', status_verified = $3, problem = null, claimed_until = null, finished_at = $4,
                unsure_until = null
          where account_id = $1 and id = $2 and status = 'queued' and attempts = $5",
        ctx.account.0,
        claim.id.0,
        status_verified,
        ctx.now().0,
        claim.attempt,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// Not delivered: `retry_in` seconds from now again, or `None`: a person has to decide. `unsure`: for so many seconds what was
/// sent may still arrive. False as in [`finish`].
pub async fn fail(
    ctx: &Ctx,
    tx: &mut TenantTx,
    claim: Claim,
    problem: &Problem,
    retry_in: Option<f64>,
    unsure: Option<f64>,
) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update postings set status = case when $4::float8 is null then 'failed' else 'queued' end, problem = $3,
                next_attempt_at = now() + make_interval(secs => coalesce($4, 0)), claimed_until = null, failures = failures + 1,
                unsure_until = greatest(unsure_until, now() + make_interval(secs => $6))
          where account_id = $1 and id = $2 and status = 'queued' and attempts = $5",
        ctx.account.0,
        claim.id.0,
        Json(problem) as _,
        retry_in,
        claim.attempt,
        unsure,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A posting that waits for delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub account: AccountId,
    pub id: PostingId,
}

/// Postings over all accounts that are due and that nobody delivers: the oldest few of each account.
pub async fn due(tx: &mut JobsTx, of_each: i64) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select account_id, id
             from (select account_id, id, next_attempt_at,
                          row_number() over (partition by account_id order by next_attempt_at, id) as place
                     from postings
                    where status = 'queued' and next_attempt_at <= now()
                      and (claimed_until is null or claimed_until < now())) waiting
            where place <= $1 order by place, next_attempt_at limit 50"#,
        of_each,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| Due { account: AccountId(row.account_id), id: PostingId(row.id) }).collect())
}

/// Who posted, for a delivery on their behalf.
pub async fn poster(
    account: AccountId,
    tx: &mut TenantTx,
    id: PostingId,
) -> Result<Option<(UserId, Uuid)>, sqlx::Error> {
    let row =
        sqlx::query!("select posted_by, session_id from postings where account_id = $1 and id = $2", account.0, id.0)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(row.map(|row| (UserId(row.posted_by), row.session_id)))
}
