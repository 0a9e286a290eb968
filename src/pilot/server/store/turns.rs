//! Rows of `turns`.

use sqlx::types::Json;

use crate::{
    ids::{AccountId, MessageId, SessionId, Timestamp, TurnId, UserId},
    pilot::types::{DroppedMarker, Problem, Turn, TurnStatus, TurnUsage},
    server::{
        context::Ctx,
        db::{JobsTx, TenantTx},
    },
};

/// A turn as the engine needs it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: TurnId,
    pub request_hash: Vec<u8>,
    pub status: TurnStatus,
}

pub struct NewTurn<'a> {
    pub id: TurnId,
    pub key: &'a str,
    pub request_hash: &'a [u8],
    pub user_message: MessageId,
}

pub async fn insert(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, new: &NewTurn<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into turns (account_id, id, session_id, started_by, idempotency_key, request_hash, user_message_id, node_id,
                heartbeat_at, started_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9)",
        ctx.account.0,
        new.id.0,
        session.0,
        ctx.actor.user.0,
        new.key,
        new.request_hash,
        new.user_message.0,
        ctx.platform.node,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The turn that runs in the session, and the one that was started with this key: both in one look.
pub async fn running_and_keyed(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    key: &str,
) -> Result<(Option<Row>, Option<Row>), sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id as "id: TurnId", request_hash, status as "status: TurnStatus", idempotency_key = $3 as "keyed!"
             from turns where account_id = $1 and session_id = $2 and (status = 'running' or idempotency_key = $3)"#,
        ctx.account.0,
        session.0,
        key,
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut found = (None, None);
    for row in rows {
        let keyed = row.keyed;
        let row = Row { id: row.id, request_hash: row.request_hash, status: row.status };
        if row.status == TurnStatus::Running {
            found.0 = Some(row.clone());
        }
        if keyed {
            found.1 = Some(row);
        }
    }
    Ok(found)
}

/// The turn that runs or ran last.
#[derive(Debug, Clone)]
pub struct Last {
    pub turn: Turn,
    pub user_message: MessageId,
    /// Where it runs and has begun to reply: the id of the reply's first event.
    pub reply_begins: Option<i64>,
    /// What of its reply was dropped.
    pub dropped: Vec<DroppedMarker>,
}

/// The turn that runs or ran last.
pub async fn last(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Option<Last>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select id as "id: TurnId", status as "status: TurnStatus", started_at as "started_at: Timestamp",
                  problem as "problem: Json<Problem>", user_message_id as "user_message_id: MessageId",
                  case when status = 'running' then
                      least(open_batch, (select min(e.id) from session_events e
                              where e.account_id = $1 and e.turn_id = t.id and e.kind = 'delta'))
                  end as reply_begins,
                  case when status = 'running' then '[]' else
                      (select coalesce(jsonb_agg(e.payload order by e.id), '[]') from session_events e
                        where e.account_id = $1 and e.turn_id = t.id and e.kind = 'marker_dropped')
                  end as "dropped!: Json<Vec<DroppedMarker>>"
             from turns t where account_id = $1 and session_id = $2
            order by status = 'running' desc, started_at desc, id desc limit 1"#,
        ctx.account.0,
        session.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let turn = Turn {
            id: row.id,
            status: row.status,
            started_at: row.started_at,
            problem: row.problem.map(|problem| problem.0),
        };
        Last { turn, user_message: row.user_message_id, reply_begins: row.reply_begins, dropped: row.dropped.0 }
    }))
}

/// Whether the turn still runs, and runs here.
pub async fn is_ours(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from turns where account_id = $1 and id = $2 and status = 'running' and node_id = $3) as "ours!""#,
        ctx.account.0,
        turn.0,
        ctx.platform.node,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Shows that the node is alive. Says whether somebody asked to stop, or took the turn away.
pub async fn beat(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<bool, sqlx::Error> {
    let stop = sqlx::query_scalar!(
        r#"update turns set heartbeat_at = now() where account_id = $1 and id = $2 and status = 'running' and node_id = $3
           returning stop_requested_at is not null as "stop!""#,
        ctx.account.0,
        turn.0,
        ctx.platform.node,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(stop.unwrap_or(true))
}

/// Asks the turn that runs to stop; gives its id.
pub async fn request_stop(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Option<TurnId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"update turns set stop_requested_at = coalesce(stop_requested_at, $3)
            where account_id = $1 and session_id = $2 and status = 'running' returning id as "id: TurnId""#,
        ctx.account.0,
        session.0,
        ctx.now().0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// How a turn ended.
pub struct End<'a> {
    pub status: TurnStatus,
    pub assistant_message: Option<MessageId>,
    pub usage: Option<TurnUsage>,
    pub problem: Option<&'a Problem>,
}

/// Ends a turn that runs; false when it had ended already.
pub async fn end(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId, end: &End<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update turns set status = $3, assistant_message_id = $4, usage = $5, problem = $6, ended_at = $7, open_batch = null
          where account_id = $1 and id = $2 and status = 'running'",
        ctx.account.0,
        turn.0,
        end.status.as_str(),
        end.assistant_message.map(|id| id.0),
        end.usage.map(Json) as _,
        end.problem.map(Json) as _,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A turn whose node is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orphan {
    pub account: AccountId,
    pub session: SessionId,
    pub turn: TurnId,
}

/// Turns over all accounts that have not been heard of for `seconds`, whatever node they began on.
pub async fn orphans(tx: &mut JobsTx, seconds: f64) -> Result<Vec<Orphan>, sqlx::Error> {
    sqlx::query_as!(
        Orphan,
        r#"select account_id as "account: AccountId", session_id as "session: SessionId", id as "turn: TurnId"
             from turns
            where status = 'running' and heartbeat_at < now() - make_interval(secs => $1)
            order by heartbeat_at limit 100"#,
        seconds,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Who started a turn, and with which message.
pub async fn starter(
    ctx_account: AccountId,
    tx: &mut TenantTx,
    turn: TurnId,
) -> Result<Option<(UserId, MessageId)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select started_by as "started_by: UserId", user_message_id as "user_message_id: MessageId"
             from turns where account_id = $1 and id = $2"#,
        ctx_account.0,
        turn.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.started_by, row.user_message_id)))
}

/// Whether the turn has not ended.
pub async fn still_runs(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from turns where account_id = $1 and id = $2 and status = 'running') as "runs!""#,
        ctx.account.0,
        turn.0
    )
    .fetch_one(&mut **tx)
    .await
}
