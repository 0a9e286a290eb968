//! What the session surface does in the background, over all accounts: see `server/jobs.rs` for why.

use std::sync::Arc;

use futures::StreamExt;
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

const DELIVERIES_AT_ONCE: usize = 8;
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

/// Delivers what waits in the outbox.
pub async fn deliver_due(platform: &Arc<Platform>) -> Result<(), AppError> {
    let mut tx = platform.db.jobs().await?;
    let due = postings::due(&mut tx).await?;
    tx.commit().await?;
    // A slow ticket system does not keep the others waiting.
    let deliveries = due.into_iter().map(|posting| deliver(platform, posting));
    futures::stream::iter(deliveries).buffer_unordered(DELIVERIES_AT_ONCE).for_each(|()| async {}).await;
    Ok(())
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
