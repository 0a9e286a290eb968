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

/// Hears what other nodes say, for as long as the process runs. `None`: no listener is possible, so followers poll.
pub async fn hear(pool: Option<PgPool>, node: Uuid, hub: Hub, cancels: Cancels) {
    let Some(pool) = pool else {
        let mut tick = tokio::time::interval(POLL);
        loop {
            tick.tick().await;
            hub.poke_all();
        }
    };
    let own = node.to_string();
    loop {
        if let Err(error) = listen(&pool, &own, &hub, &cancels).await {
            tracing::warn!(error.cause = %error, "The connection that hears of other nodes is gone; trying again.");
        }
        tokio::time::sleep(POLL).await;
        hub.poke_all();
    }
}

async fn listen(pool: &PgPool, own: &str, hub: &Hub, cancels: &Cancels) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen_all([COMMITTED, STOP]).await?;
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
