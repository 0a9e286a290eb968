//! What nodes tell each other, by Postgres' LISTEN/NOTIFY: ids only.
//!
//! Notifications go out in batches and outside of the writing transactions, because Postgres commits transactions that notify one
//! after the other. One that gets lost costs a moment, not an event: whoever follows looks again by itself.

use std::time::Duration;

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    cancels::Cancels,
    events::{Hub, Topic},
};
use crate::ids::AccountId;

const COMMITTED: &str = "flowpilot_committed";
const STOP: &str = "flowpilot_stop";
/// Without a listener (a transaction pooler without a direct address) followers look this often.
const POLL: Duration = Duration::from_secs(1);
const POLLS_BEFORE_LISTENING: u32 = 60;
const ECHO_WITHIN: Duration = Duration::from_secs(2);

/// Tells other nodes which topics were committed to, until the hub is gone.
pub async fn tell(pool: PgPool, node: Uuid, mut committed: mpsc::UnboundedReceiver<Topic>) {
    let mut batch = Vec::new();
    while committed.recv_many(&mut batch, 200).await > 0 {
        let mut payloads: Vec<String> =
            batch.drain(..).map(|topic| format!("{node} {} {}", topic.account, topic.id)).collect();
        payloads.sort_unstable();
        payloads.dedup();
        let told =
            sqlx::query!("select pg_notify($1, payload) from unnest($2::text[]) as payload", COMMITTED, &payloads)
                .fetch_all(&pool)
                .await;
        if let Err(error) = told {
            tracing::warn!(error.cause = %error, "Other nodes could not be told of new events.");
        }
    }
}

/// Asks whichever node runs this turn to stop it.
pub async fn ask_to_stop(pool: &PgPool, turn: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_notify($1, $2)", STOP, turn.to_string()).fetch_one(pool).await.map(drop)
}

/// Hears what other nodes say, for as long as the process runs. `pool` listens, `teller` is what other nodes tell through.
pub async fn hear(pool: PgPool, teller: PgPool, node: Uuid, hub: Hub, cancels: Cancels) {
    let own = node.to_string();
    loop {
        match listen(&pool, &teller, &own, &hub, &cancels).await {
            Ok(Deaf) => {
                tracing::info!(
                    "Notifications do not arrive, as behind a transaction pooler; looking each second instead."
                );
                for _ in 0..POLLS_BEFORE_LISTENING {
                    tokio::time::sleep(POLL).await;
                    hub.poke_all();
                }
            }
            Err(_) if pool.is_closed() => return,
            Err(error) => {
                tracing::warn!(error.cause = %error, "The connection that hears of other nodes is gone; trying again.");
            }
        }
        tokio::time::sleep(POLL).await;
        hub.poke_all();
    }
}

/// What is told does not arrive here.
struct Deaf;

/// Listens until the connection fails, once it is sure that it can hear.
async fn listen(pool: &PgPool, teller: &PgPool, own: &str, hub: &Hub, cancels: &Cancels) -> Result<Deaf, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen_all([COMMITTED, STOP]).await?;
    // A pooler takes LISTEN without a word and forgets it.
    sqlx::query!("select pg_notify($1, $2)", COMMITTED, own).fetch_one(teller).await?;
    if tokio::time::timeout(ECHO_WITHIN, listener.try_recv()).await.is_err() {
        return Ok(Deaf);
    }
    hub.poke_all();
    loop {
        match listener.try_recv().await? {
            Some(heard) if heard.channel() == STOP => {
                if let Ok(turn) = heard.payload().parse() {
                    cancels.cancel(turn);
                }
            }
            Some(heard) => {
                if let Some(topic) = topic(heard.payload(), own) {
                    hub.poke(topic);
                }
            }
            // The connection was lost and made again: something may have been missed.
            None => hub.poke_all(),
        }
    }
}

fn topic(payload: &str, own: &str) -> Option<Topic> {
    let mut words = payload.split(' ');
    if words.next()? == own {
        return None;
    }
    let account = AccountId(words.next()?.parse().ok()?);
    Some(Topic { account, id: words.next()?.parse().ok()? })
}
