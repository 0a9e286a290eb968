//! When a person was at work in a session, and the time they entered for it.

use sqlx::types::Json;
use time::OffsetDateTime;

use crate::{
    ids::{PostingId, SessionId, Timestamp, UserId},
    psa::types::NewTimeEntry,
    server::{context::Ctx, db::TenantTx},
};

/// The moments at which a person did something in a session since its last end, oldest first, up to `until`.
pub async fn moments(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    user: UserId,
    closing: i32,
    until: Timestamp,
) -> Result<Vec<Timestamp>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select distinct at as "at!: Timestamp" from (
               select created_at as at from ai_sessions where account_id = $1 and id = $2 and user_id = $3 and $4 = 1
               union all
               select created_at from messages where account_id = $1 and session_id = $2 and author_id = $3
               union all
               select answered_at from lane_items where account_id = $1 and session_id = $2 and answered_by = $3
               union all
               select created_at from facts where account_id = $1 and session_id = $2 and created_by = $3
               union all
               select at from fix_steps where account_id = $1 and session_id = $2 and actor_id = $3
               union all
               select created_at from postings where account_id = $1 and session_id = $2 and posted_by = $3 and closing = $4
           ) done
           where at is not null and at <= $5
             and at > coalesce((select max(created_at) from postings
                                 where account_id = $1 and session_id = $2 and closing < $4), '-infinity')
           order by 1"#,
        ctx.account.0,
        session.0,
        user.0,
        closing,
        until.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// What is known of a posting's time entry: as it was sent, and its id once it is there.
#[derive(Debug, Default)]
pub struct Entered {
    pub entry: Option<Json<NewTimeEntry>>,
    pub id: Option<String>,
}

pub async fn entered(ctx: &Ctx, tx: &mut TenantTx, posting: PostingId) -> Result<Entered, sqlx::Error> {
    sqlx::query_as!(
        Entered,
        r#"select time_entry as "entry: Json<NewTimeEntry>", time_entry_id as id from postings
            where account_id = $1 and id = $2"#,
        ctx.account.0,
        posting.0,
    )
    .fetch_optional(&mut **tx)
    .await
    .map(Option::unwrap_or_default)
}

/// One call's right to enter the time: whoever claimed it later has taken it over.
#[derive(Debug)]
pub struct Claim {
    posting: PostingId,
    until: OffsetDateTime,
    /// The entry to send: the one that was sent before, if one was and nobody knows what became of it.
    pub entry: NewTimeEntry,
    /// None was sent before.
    pub first: bool,
}

/// Takes the right to enter the time, for so many seconds. `None`: it is there, or somebody enters it right now, or it was sent
/// and may still appear.
pub async fn claim(
    ctx: &Ctx,
    tx: &mut TenantTx,
    posting: PostingId,
    entry: &NewTimeEntry,
    seconds: f64,
) -> Result<Option<Claim>, sqlx::Error> {
    let claimed = sqlx::query!(
        r#"with before as (
               select id, time_entry is null as first from postings
                where account_id = $1 and id = $2 and time_entry_id is null
                  and (time_claimed_until is null or time_claimed_until < now())
                  for update)
           update postings p
              set time_entry = coalesce(p.time_entry, $3), time_claimed_until = now() + make_interval(secs => $4)
             from before where p.account_id = $1 and p.id = before.id
           returning p.time_entry as "entry!: Json<NewTimeEntry>", p.time_claimed_until as "until!", before.first as "first!""#,
        ctx.account.0,
        posting.0,
        Json(entry) as _,
        seconds,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(claimed.map(|row| Claim { posting, until: row.until, entry: row.entry.0, first: row.first }))
}

/// The entry is there, under this id.
pub async fn keep(ctx: &Ctx, tx: &mut TenantTx, claim: &Claim, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update postings set time_entry_id = $4, time_claimed_until = null
          where account_id = $1 and id = $2 and time_claimed_until = $3",
        ctx.account.0,
        claim.posting.0,
        claim.until,
        id,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// It did not get there. `forget`: surely not, so that it may be changed and sent again.
pub async fn release(ctx: &Ctx, tx: &mut TenantTx, claim: &Claim, forget: bool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update postings set time_entry = case when $4 then null else time_entry end, time_claimed_until = null
          where account_id = $1 and id = $2 and time_claimed_until = $3",
        ctx.account.0,
        claim.posting.0,
        claim.until,
        forget,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// It may have got there: for so many seconds nobody sends it again.
pub async fn wait(ctx: &Ctx, tx: &mut TenantTx, claim: &Claim, seconds: f64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update postings set time_claimed_until = now() + make_interval(secs => $4)
          where account_id = $1 and id = $2 and time_claimed_until = $3",
        ctx.account.0,
        claim.posting.0,
        claim.until,
        seconds,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
