//! Rows of `session_events`: what followers are told, in order of their ids.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    ids::{AccountId, SessionId, TurnId},
    pilot::types::SessionEvent,
    server::{
        context::Ctx,
        db::{Db, JobsTx, TenantTx},
        events::{Event, EventSource, Page, Topic},
    },
};

/// An event about to be committed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    pub id: i64,
    pub turn: Option<TurnId>,
    pub event: SessionEvent,
}

impl NewEvent {
    /// The event as followers get it.
    pub fn to_wire(&self) -> Event {
        let (name, data) = self.event.clone().into_parts();
        Event { id: self.id, turn: self.turn.map(|turn| turn.0), name: name.into(), data: data.to_string().into() }
    }
}

pub async fn insert(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, events: &[NewEvent]) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    let mut ids = Vec::with_capacity(events.len());
    let mut turns = Vec::with_capacity(events.len());
    let mut kinds = Vec::with_capacity(events.len());
    let mut payloads = Vec::with_capacity(events.len());
    for new in events {
        let (kind, payload) = new.event.clone().into_parts();
        ids.push(new.id);
        turns.push(new.turn.map(|turn| turn.0));
        kinds.push(kind);
        payloads.push(payload);
    }
    sqlx::query!(
        "insert into session_events (account_id, session_id, id, turn_id, kind, payload, created_at)
         select $1, $2, e.id, e.turn_id, e.kind, e.payload, $7
           from unnest($3::bigint[], $4::uuid[], $5::text[], $6::jsonb[]) as e (id, turn_id, kind, payload)",
        ctx.account.0,
        session.0,
        &ids,
        &turns as &[Option<uuid::Uuid>],
        &kinds,
        &payloads,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Once a turn's message is stored, its deltas have done their work.
pub async fn delete_deltas(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from session_events where account_id = $1 and turn_id = $2 and kind = 'delta'",
        ctx.account.0,
        turn.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The text that the deltas of a turn add up to, since its last reset.
pub async fn delta_text(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select coalesce(string_agg(payload ->> 'text', '' order by id), '') as "text!"
             from session_events
            where account_id = $1 and turn_id = $2 and kind = 'delta'
              and id > coalesce((select max(id) from session_events
                                  where account_id = $1 and turn_id = $2 and kind = 'turn_reset'), 0)"#,
        ctx.account.0,
        turn.0
    )
    .fetch_one(&mut **tx)
    .await
}

/// Stored events as the hub reads them.
#[derive(Debug, Clone)]
pub struct Stored(pub Db);

#[async_trait]
impl EventSource for Stored {
    async fn after(&self, topic: Topic, after: i64, limit: i64) -> Result<Page, sqlx::Error> {
        let mut tx = self.0.for_account(topic.account).await?;
        // One statement, one snapshot: an open batch and the events around it cannot be seen apart.
        let rows = sqlx::query!(
            r#"select s.pruned_event_id, least(s.last_event_id, b.first - 1) as "newest!",
                      e.id as "id?", e.turn_id, e.kind as "kind?", e.payload::text as "payload?"
                 from ai_sessions s
                cross join lateral (select coalesce((select t.open_batch from turns t
                        where t.account_id = s.account_id and t.session_id = s.id and t.status = 'running'),
                        9223372036854775807) as first) b
                 left join lateral (select ev.id, ev.turn_id, ev.kind, ev.payload from session_events ev
                        where ev.account_id = s.account_id and ev.session_id = s.id and ev.id > $3 and ev.id < b.first
                        order by ev.id limit $4) e on true
                where s.account_id = $1 and s.id = $2
                order by e.id"#,
            topic.account.0,
            topic.id,
            after,
            limit,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let lost_up_to = rows.first().filter(|row| after < row.pruned_event_id).map(|row| row.newest);
        let events = rows
            .into_iter()
            .filter_map(|row| {
                Some(Event {
                    id: row.id?,
                    turn: row.turn_id,
                    name: Arc::from(row.kind?.as_str()),
                    data: Arc::from(row.payload?.as_str()),
                })
            })
            .collect();
        Ok(Page { events, lost_up_to })
    }

    async fn newest(&self, topic: Topic) -> Result<i64, sqlx::Error> {
        let mut tx = self.0.for_account(topic.account).await?;
        let newest = sqlx::query_scalar!(
            r#"select least(s.last_event_id, coalesce(t.open_batch - 1, s.last_event_id)) as "newest!"
                 from ai_sessions s
                 left join turns t on t.account_id = s.account_id and t.session_id = s.id and t.status = 'running'
                where s.account_id = $1 and s.id = $2"#,
            topic.account.0,
            topic.id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(newest.unwrap_or(0))
    }
}

/// The id of the turn's first event that is still stored; 1 when none is.
pub async fn first_of_turn(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select coalesce(min(id), 1) as "first!" from session_events where account_id = $1 and turn_id = $2"#,
        ctx.account.0,
        turn.0
    )
    .fetch_one(&mut **tx)
    .await
}

/// Sessions over all accounts that have events older than this, with the newest such id.
pub async fn aged(tx: &mut JobsTx, days: f64) -> Result<Vec<(AccountId, uuid::Uuid, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select account_id, session_id, max(id) as "up_to!" from session_events
            where created_at < now() - make_interval(secs => $1::float8 * 86400)
            group by account_id, session_id limit 1000"#,
        days
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (AccountId(row.account_id), row.session_id, row.up_to)).collect())
}

/// Removes a session's events up to an id; followers from before are told to read it again.
pub async fn prune(account: AccountId, tx: &mut TenantTx, session: SessionId, up_to: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ai_sessions set pruned_event_id = greatest(pruned_event_id, $3) where account_id = $1 and id = $2",
        account.0,
        session.0,
        up_to
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from session_events where account_id = $1 and session_id = $2 and id <= $3",
        account.0,
        session.0,
        up_to
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
