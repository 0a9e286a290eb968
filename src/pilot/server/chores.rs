//! What the session surface does in the background, over all accounts: see `server/jobs.rs` for why.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream::FuturesUnordered};
use uuid::Uuid;

use super::{
    delivery,
    store::{events, postings, turns},
    turn,
    write::Write,
};
use crate::{
    accounts::types::UserRole,
    error::AppError,
    ids::{AccountId, SessionId, UserId},
    server::context::{Actor, Credential, Ctx, Platform},
};

const DELIVERIES_AT_ONCE: usize = 32;
/// No more of them for one account: its ticket system may be dead.
const OF_ONE_ACCOUNT: usize = 4;
/// So many of an account are looked at: more than are under way, which may be among them.
const LOOKED_AT: i64 = 8;
/// So often somebody looks for what is due while deliveries are under way, and no note is tried more often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Events are kept this long after their time; whoever follows from before reads the session again.
const KEEP_EVENTS_DAYS: f64 = 7.0;

/// A context to act on behalf of a person who is not here. It can do what the person could: the work was theirs.
pub(super) fn on_behalf(platform: &Arc<Platform>, account: AccountId, user: UserId) -> Ctx {
    Ctx {
        platform: Arc::clone(platform),
        account,
        actor: Actor { user, role: UserRole::Engineer },
        credential: Credential::Cli,
        request_id: Uuid::now_v7().to_string().into(),
    }
}

/// Marks turns as failed that have not been heard of for `silent` seconds: they can be tried again. A turn that still runs here
/// and only could not say so keeps its owner.
pub async fn give_up_orphans(platform: &Arc<Platform>, silent: f64) -> Result<(), AppError> {
    let mut tx = platform.db.jobs().await?;
    let orphans = turns::orphans(&mut tx, silent).await?;
    tx.commit().await?;
    for orphan in orphans.iter().filter(|orphan| !platform.cancels.has(orphan.turn.0)) {
        // One that cannot be given up does not keep the others waiting.
        if let Err(error) = give_up(platform, orphan).await {
            tracing::warn!(turn.id = %orphan.turn, error.cause = %error, "A lost turn could not be given up.");
        }
    }
    Ok(())
}

async fn give_up(platform: &Arc<Platform>, orphan: &turns::Orphan) -> Result<(), AppError> {
    let mut tx = platform.db.for_account(orphan.account).await?;
    let starter = turns::starter(orphan.account, &mut tx, orphan.turn).await?;
    tx.commit().await?;
    let Some((user, message)) = starter else { return Ok(()) };
    let ctx = &on_behalf(platform, orphan.account, user);
    let mut write = Write::lock_as_server(ctx, orphan.session).await?;
    if !turns::still_runs(ctx, write.tx(), orphan.turn).await? {
        return Ok(());
    }
    let prose = events::delta_text(ctx, write.tx(), orphan.turn).await?;
    tracing::warn!(turn.id = %orphan.turn, "A turn lost its node and was given up.");
    let error = AppError::Unavailable {
        detail: "FlowPilot was interrupted while it answered. Your message is kept; try again.".to_owned(),
    };
    let said = turn::Answer { prose: &prose, ..turn::Answer::default() };
    turn::fail(write, orphan.turn, message, said, &error).await
}

/// Delivers what waits in the outbox, until nothing does any more. What becomes due meanwhile is not kept waiting by a ticket system
/// that is slow, nor one account by another's that is dead.
pub async fn deliver_due(platform: &Arc<Platform>) -> Result<(), AppError> {
    let mut running = FuturesUnordered::new();
    let mut under_way: HashMap<Uuid, AccountId> = HashMap::new();
    let mut tried: HashMap<Uuid, Instant> = HashMap::new();
    loop {
        let mut tx = platform.db.jobs().await?;
        let due = postings::due(&mut tx, LOOKED_AT).await?;
        tx.commit().await?;
        for posting in due {
            let of_account = under_way.values().filter(|account| **account == posting.account).count();
            let room = under_way.len() < DELIVERIES_AT_ONCE && of_account < OF_ONE_ACCOUNT;
            let rested = tried.get(&posting.id.0).is_none_or(|at| at.elapsed() >= LOOK_AGAIN);
            if room && rested && !under_way.contains_key(&posting.id.0) {
                tried.insert(posting.id.0, Instant::now());
                under_way.insert(posting.id.0, posting.account);
                running.push(async move {
                    deliver(platform, posting).await;
                    posting.id.0
                });
            }
        }
        match tokio::time::timeout(LOOK_AGAIN, running.next()).await {
            Ok(None) => return Ok(()),
            Ok(Some(done)) => drop(under_way.remove(&done)),
            Err(_) => {}
        }
    }
}

async fn deliver(platform: &Arc<Platform>, posting: postings::Due) {
    let poster = async {
        let mut tx = platform.db.for_account(posting.account).await?;
        let poster = postings::poster(posting.account, &mut tx, posting.id).await?;
        tx.commit().await?;
        Ok::<_, sqlx::Error>(poster)
    };
    match poster.await {
        Ok(Some((user, _))) => {
            let ctx = on_behalf(platform, posting.account, user);
            // What went wrong is stored with the posting and logged there.
            delivery::deliver(&ctx, posting.id).await.ok();
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(posting.id = %posting.id, error.cause = %error, "A note waits to be delivered."),
    }
}

/// Removes events that nobody follows any more.
pub async fn prune_events(platform: &Arc<Platform>) -> Result<(), AppError> {
    let mut tx = platform.db.jobs().await?;
    let aged = events::aged(&mut tx, KEEP_EVENTS_DAYS).await?;
    tx.commit().await?;
    for (account, session, up_to) in aged {
        let mut tx = platform.db.for_account(account).await?;
        events::prune(account, &mut tx, SessionId(session), up_to).await?;
        tx.commit().await?;
    }
    Ok(())
}
