//! All SQL of calls: one statement a question.

use time::{Date, OffsetDateTime};

use super::{CallRecord, Period, csv::Line, written};
use crate::{
    ai::types::usage::{ErrorUsage, ModelUsage, PersonUsage, SessionCost, Sums, UsageTotals},
    ids::{SessionId, Timestamp, UserId},
    server::{context::Ctx, db::TenantTx},
};

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

pub async fn insert(
    ctx: &Ctx,
    tx: &mut TenantTx,
    call: &CallRecord<'_>,
    action: &str,
    cost: Option<i64>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into ai_calls (account_id, id, session_id, user_id, action, vendor, model, input_tokens, output_tokens,
                cache_read_tokens, cache_write_tokens, latency_ms, first_byte_ms, cost, outcome, error_code, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        ctx.account.0,
        ctx.fresh::<uuid::Uuid>(),
        call.session.map(|session| session.0),
        ctx.actor.user.0,
        action,
        call.vendor.as_str(),
        call.model,
        whole(call.usage.input_tokens),
        whole(call.usage.output_tokens),
        whole(call.usage.cache_read_tokens),
        whole(call.usage.cache_write_tokens),
        whole(call.latency.as_millis()),
        call.first_byte.map(|time| whole(time.as_millis())),
        cost,
        call.outcome.as_str(),
        call.error_code,
        now.0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// What was spent, beside what may be.
pub struct Spent {
    pub month_limit: Option<i64>,
    pub month: i64,
    pub session_limit: Option<i64>,
    pub session: i64,
}

/// Limits and what they are about; sums are made only where there is a limit. `None`: the account has no settings.
pub async fn spent(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: Option<SessionId>,
    month_began: OffsetDateTime,
) -> Result<Option<Spent>, sqlx::Error> {
    sqlx::query_as!(
        Spent,
        r#"select month_budget as month_limit, session_budget as session_limit,
                  coalesce(case when month_budget is not null then
                      (select sum(cost) from ai_calls where account_id = $1 and created_at >= $2) end, 0)::bigint as "month!",
                  coalesce(case when session_budget is not null then
                      (select sum(cost) from ai_calls where account_id = $1 and session_id = $3) end, 0)::bigint as "session!"
             from account_ai_settings where account_id = $1"#,
        ctx.account.0,
        month_began,
        session.map(|session| session.0),
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn of_session(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<SessionCost, sqlx::Error> {
    sqlx::query_as!(
        SessionCost,
        r#"select sum(cost)::bigint as cost, count(*) as "calls!" from ai_calls
            where account_id = $1 and session_id = $2 and vendor <> 'builtin'"#,
        ctx.account.0,
        session.0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// The columns of [`Sums`] of a row.
macro_rules! sums {
    ($row:ident) => {
        Sums {
            calls: $row.calls,
            failed: $row.failed,
            cost: $row.cost,
            unpriced: $row.unpriced,
            input_tokens: $row.input_tokens,
            output_tokens: $row.output_tokens,
            cache_read_tokens: $row.cache_read_tokens,
            cache_write_tokens: $row.cache_write_tokens,
        }
    };
}

pub async fn totals(ctx: &Ctx, tx: &mut TenantTx, period: Period) -> Result<UsageTotals, sqlx::Error> {
    let row = sqlx::query!(
        r#"with calls as (
               select * from ai_calls where account_id = $1 and created_at >= $2 and created_at < $3
           ), worked_on as (
               select s.status, sum(c.cost) as cost
                 from calls c join ai_sessions s on s.account_id = c.account_id and s.id = c.session_id
                group by s.id, s.status
           ), sessions as (
               select count(*) as sessions, round(avg(cost))::bigint as cost_per_session,
                      count(*) filter (where status = 'resolved') as resolved_sessions,
                      round(avg(cost) filter (where status = 'resolved'))::bigint as cost_per_resolved_session
                 from worked_on
           ), sums as (
               select count(*) as calls, count(*) filter (where outcome in ('failed', 'refused')) as failed,
                      coalesce(sum(cost), 0)::bigint as cost, count(*) filter (where cost is null) as unpriced,
                      coalesce(sum(input_tokens), 0)::bigint as input_tokens,
                      coalesce(sum(output_tokens), 0)::bigint as output_tokens,
                      coalesce(sum(cache_read_tokens), 0)::bigint as cache_read_tokens,
                      coalesce(sum(cache_write_tokens), 0)::bigint as cache_write_tokens,
                      percentile_disc(0.5) within group (order by latency_ms) as median_latency_ms,
                      percentile_disc(0.95) within group (order by latency_ms) as p95_latency_ms
                 from calls
           )
           select calls as "calls!", failed as "failed!", cost as "cost!", unpriced as "unpriced!",
                  input_tokens as "input_tokens!", output_tokens as "output_tokens!",
                  cache_read_tokens as "cache_read_tokens!", cache_write_tokens as "cache_write_tokens!",
                  median_latency_ms, p95_latency_ms, sessions as "sessions!", cost_per_session,
                  resolved_sessions as "resolved_sessions!", cost_per_resolved_session
             from sums cross join sessions"#,
        ctx.account.0,
        period.start(),
        period.end(),
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(UsageTotals {
        sums: sums!(row),
        sessions: row.sessions,
        cost_per_session: row.cost_per_session,
        resolved_sessions: row.resolved_sessions,
        cost_per_resolved_session: row.cost_per_resolved_session,
        median_latency_ms: row.median_latency_ms,
        p95_latency_ms: row.p95_latency_ms,
    })
}

/// Days with calls, oldest first.
pub async fn by_day(ctx: &Ctx, tx: &mut TenantTx, period: Period) -> Result<Vec<(Date, Sums)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select (created_at at time zone 'utc')::date as "day!", count(*) as "calls!",
                  count(*) filter (where outcome in ('failed', 'refused')) as "failed!",
                  coalesce(sum(cost), 0)::bigint as "cost!", count(*) filter (where cost is null) as "unpriced!",
                  sum(input_tokens)::bigint as "input_tokens!", sum(output_tokens)::bigint as "output_tokens!",
                  sum(cache_read_tokens)::bigint as "cache_read_tokens!",
                  sum(cache_write_tokens)::bigint as "cache_write_tokens!"
             from ai_calls where account_id = $1 and created_at >= $2 and created_at < $3 group by 1 order by 1"#,
        ctx.account.0,
        period.start(),
        period.end(),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.day, sums!(row))).collect())
}

/// Models, the dearest first.
pub async fn by_model(ctx: &Ctx, tx: &mut TenantTx, period: Period) -> Result<Vec<ModelUsage>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select vendor, model, round(avg(latency_ms))::bigint as "average_latency_ms!", count(*) as "calls!",
                  count(*) filter (where outcome in ('failed', 'refused')) as "failed!",
                  coalesce(sum(cost), 0)::bigint as "cost!", count(*) filter (where cost is null) as "unpriced!",
                  sum(input_tokens)::bigint as "input_tokens!", sum(output_tokens)::bigint as "output_tokens!",
                  sum(cache_read_tokens)::bigint as "cache_read_tokens!",
                  sum(cache_write_tokens)::bigint as "cache_write_tokens!"
             from ai_calls where account_id = $1 and created_at >= $2 and created_at < $3
            group by vendor, model order by sum(cost) desc nulls last, count(*) desc, vendor, model limit 100"#,
        ctx.account.0,
        period.start(),
        period.end(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let model = rows.into_iter().map(|row| ModelUsage {
        sums: sums!(row),
        provider: row.vendor,
        model: row.model,
        average_latency_ms: row.average_latency_ms,
    });
    Ok(model.collect())
}

/// People, the dearest first.
pub async fn by_person(ctx: &Ctx, tx: &mut TenantTx, period: Period) -> Result<Vec<PersonUsage>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, count(distinct c.session_id) as "sessions!", count(*) as "calls!",
                  count(*) filter (where outcome in ('failed', 'refused')) as "failed!",
                  coalesce(sum(cost), 0)::bigint as "cost!", count(*) filter (where cost is null) as "unpriced!",
                  sum(input_tokens)::bigint as "input_tokens!", sum(output_tokens)::bigint as "output_tokens!",
                  sum(cache_read_tokens)::bigint as "cache_read_tokens!",
                  sum(cache_write_tokens)::bigint as "cache_write_tokens!"
             from ai_calls c join users u on u.account_id = c.account_id and u.id = c.user_id
            where c.account_id = $1 and c.created_at >= $2 and c.created_at < $3
            group by u.account_id, u.id, u.name order by sum(cost) desc nulls last, count(*) desc, u.name, u.id limit 500"#,
        ctx.account.0,
        period.start(),
        period.end(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let person = rows.into_iter().map(|row| PersonUsage {
        sums: sums!(row),
        user_id: UserId(row.id),
        name: row.name,
        sessions: row.sessions,
    });
    Ok(person.collect())
}

/// What went wrong, the most frequent first.
pub async fn errors(ctx: &Ctx, tx: &mut TenantTx, period: Period) -> Result<Vec<ErrorUsage>, sqlx::Error> {
    sqlx::query_as!(
        ErrorUsage,
        r#"select coalesce(error_code, outcome) as "code!", count(*) as "calls!" from ai_calls
            where account_id = $1 and created_at >= $2 and created_at < $3 and outcome in ('failed', 'refused')
            group by 1 order by 2 desc, 1 limit 20"#,
        ctx.account.0,
        period.start(),
        period.end(),
    )
    .fetch_all(&mut **tx)
    .await
}

/// Everything for a spreadsheet, oldest first.
pub async fn lines(ctx: &Ctx, tx: &mut TenantTx, period: Period) -> Result<Vec<Line>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select (c.created_at at time zone 'utc')::date as "day!", u.name, c.action, c.vendor, c.model,
                  round(avg(latency_ms))::bigint as "average_latency_ms!", count(*) as "calls!",
                  count(*) filter (where outcome in ('failed', 'refused')) as "failed!",
                  coalesce(sum(cost), 0)::bigint as "cost!", count(*) filter (where cost is null) as "unpriced!",
                  sum(input_tokens)::bigint as "input_tokens!", sum(output_tokens)::bigint as "output_tokens!",
                  sum(cache_read_tokens)::bigint as "cache_read_tokens!",
                  sum(cache_write_tokens)::bigint as "cache_write_tokens!"
             from ai_calls c join users u on u.account_id = c.account_id and u.id = c.user_id
            where c.account_id = $1 and c.created_at >= $2 and c.created_at < $3
            group by 1, u.id, u.name, c.action, c.vendor, c.model order by 1, u.name, u.id, c.action, c.vendor, c.model"#,
        ctx.account.0,
        period.start(),
        period.end(),
    )
    .fetch_all(&mut **tx)
    .await?;
    let line = rows.into_iter().map(|row| Line {
        sums: sums!(row),
        day: written(row.day),
        person: row.name,
        action: row.action,
        provider: row.vendor,
        model: row.model,
        average_latency_ms: row.average_latency_ms,
    });
    Ok(line.collect())
}
