//! The text of running turns: ids reserved, events stored, for all turns of an account that want it at the moment.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    ids::AccountId,
    server::{
        batches::{Outcome, Wish, Wishes},
        db::{Db, TenantTx},
    },
};

/// The batches of the turns of this node.
#[derive(Debug, Clone)]
pub struct Batched {
    pub db: Db,
    pub node: Uuid,
}

/// The turns of one kind of wish, with their sessions.
#[derive(Default)]
struct Turns {
    sessions: Vec<Uuid>,
    turns: Vec<Uuid>,
}

/// The turns that store something, with where their runs go on.
#[derive(Default)]
struct Storing {
    turns: Vec<Uuid>,
    go_on: Vec<Option<i64>>,
}

/// The rows of what is stored.
#[derive(Default)]
struct Rows {
    sessions: Vec<Uuid>,
    turns: Vec<Uuid>,
    ids: Vec<i64>,
    kinds: Vec<String>,
    payloads: Vec<String>,
}

#[async_trait]
impl Wishes for Batched {
    async fn grant(&self, account: AccountId, wishes: &[Wish]) -> Result<Vec<Outcome>, sqlx::Error> {
        let (mut opening, mut storing, mut rows, mut counts) =
            (Turns::default(), Storing::default(), Rows::default(), Vec::new());
        for wish in wishes {
            match wish {
                Wish::Open { topic, turn, count } => {
                    opening.sessions.push(topic.id);
                    opening.turns.push(*turn);
                    counts.push(*count);
                }
                Wish::Store { topic, turn, events, goes_on } => {
                    storing.turns.push(*turn);
                    storing.go_on.push(*goes_on);
                    for event in events {
                        rows.sessions.push(topic.id);
                        rows.turns.push(*turn);
                        rows.ids.push(event.id);
                        rows.kinds.push(event.name.to_string());
                        rows.payloads.push(event.data.to_string());
                    }
                }
            }
        }
        let mut tx = self.db.for_account(account).await?;
        let stored =
            if storing.turns.is_empty() { Vec::new() } else { self.store(account, &mut tx, &storing, &rows).await? };
        let opened = match opening.turns.is_empty() {
            true => Vec::new(),
            false => self.open(account, &mut tx, &opening, &counts, wishes.len() == 1).await?,
        };
        tx.commit().await?;
        let alone = wishes.len() == 1;
        let outcome = |wish: &Wish| match wish {
            Wish::Open { turn, .. } => match opened.iter().find(|(id, _)| id == turn) {
                Some((_, first)) => Outcome::Opened(*first),
                None if alone => Outcome::Gone,
                None => Outcome::Busy,
            },
            Wish::Store { turn, .. } => stored
                .iter()
                .find(|(id, _)| id == turn)
                .map_or(Outcome::Gone, |(_, stop)| Outcome::Stored { stop: *stop }),
        };
        Ok(wishes.iter().map(outcome).collect())
    }
}

impl Batched {
    /// Stores events of the open runs of turns that are still ours, which go on behind them or are closed: followers may go on as
    /// far. Says of each whether somebody asked to stop.
    async fn store(
        &self,
        account: AccountId,
        tx: &mut TenantTx,
        storing: &Storing,
        rows: &Rows,
    ) -> Result<Vec<(Uuid, bool)>, sqlx::Error> {
        let stored = sqlx::query!(
            r#"with ours as (
                   update turns t set open_batch = a.goes_on, heartbeat_at = now()
                     from unnest($2::uuid[], $3::bigint[]) as a (turn_id, goes_on)
                    where t.account_id = $1 and t.id = a.turn_id and t.status = 'running' and t.node_id = $4
                   returning t.id, t.stop_requested_at is not null as stop),
               stored as (
                   insert into session_events (account_id, session_id, id, turn_id, kind, payload, created_at)
                   select $1, e.session_id, e.id, e.turn_id, e.kind, e.payload::jsonb, now()
                     from unnest($5::uuid[], $6::bigint[], $7::uuid[], $8::text[], $9::text[])
                          as e (session_id, id, turn_id, kind, payload)
                     join ours o on o.id = e.turn_id)
               select id, stop as "stop!" from ours"#,
            account.0,
            &storing.turns,
            &storing.go_on as &[Option<i64>],
            self.node,
            &rows.sessions,
            &rows.ids,
            &rows.turns,
            &rows.kinds,
            &rows.payloads,
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(stored.into_iter().map(|row| (row.id, row.stop)).collect())
    }

    /// Reserves ids for turns that are ours, and opens a run each; gives the first id of each. Sessions that somebody works on
    /// are passed over, unless `patient`: nobody waits for another's session.
    async fn open(
        &self,
        account: AccountId,
        tx: &mut TenantTx,
        opening: &Turns,
        counts: &[i64],
        patient: bool,
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        if !patient {
            let free = sqlx::query_scalar!(
                "select id from ai_sessions where account_id = $1 and id = any($2) order by id for no key update skip locked",
                account.0,
                &opening.sessions,
            )
            .fetch_all(&mut **tx)
            .await?;
            if free.is_empty() {
                return Ok(Vec::new());
            }
            return self.reserve(account, tx, opening, counts, &free).await;
        }
        self.reserve(account, tx, opening, counts, &opening.sessions).await
    }

    async fn reserve(
        &self,
        account: AccountId,
        tx: &mut TenantTx,
        opening: &Turns,
        counts: &[i64],
        free: &[Uuid],
    ) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
        let opened = sqlx::query!(
            r#"with asked as (
                   select a.* from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as a (session_id, turn_id, count)
                     join turns t on t.account_id = $1 and t.id = a.turn_id and t.status = 'running' and t.node_id = $5
                    where a.session_id = any($6)),
               reserved as (
                   update ai_sessions s set last_event_id = s.last_event_id + a.count from asked a
                    where s.account_id = $1 and s.id = a.session_id
                   returning a.turn_id, s.last_event_id - a.count + 1 as first)
               update turns t set open_batch = r.first, heartbeat_at = now() from reserved r
                where t.account_id = $1 and t.id = r.turn_id and t.status = 'running'
               returning t.id, t.open_batch as "first!""#,
            account.0,
            &opening.sessions,
            &opening.turns,
            counts,
            self.node,
            free,
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(opened.into_iter().map(|row| (row.id, row.first)).collect())
    }
}
