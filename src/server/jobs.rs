//! Background jobs of a serving process, and every place that looks over all accounts (P5), with the reason:
//!
//! - turns whose node is gone: nobody else can know that they have ended;
//! - postings that are due: they must get out even when nobody looks at their session;
//! - events that are old: they only serve followers, and messages are kept;
//! - images that were never sent: whoever attached them has left;
//! - keys of writes to tickets that are old: nobody repeats them any more.
//!
//! Each finds its work as `flowpilot_jobs`, which sees ids and times only, and does it inside the account it belongs to.

use std::{sync::Arc, time::Duration};

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::context::Platform;
use crate::{
    error::AppError,
    pilot::server::{chores, images},
    tickets::server::once,
};

const EVERY: Duration = Duration::from_secs(5);
const SELDOM: Duration = Duration::from_secs(600);
/// A node that has not been heard of for this long is gone.
const SILENT_SECONDS: f64 = 15.0;

/// Runs the jobs until the process stops, each at its own pace: one that waits for a ticket system does not hold up the others.
/// `alone`: no other node can be alive, so turns of others are over at once.
pub async fn run(platform: Arc<Platform>, alone: bool) {
    let mut silent = if alone { 0.0 } else { SILENT_SECONDS };
    let orphans = || {
        let silent = std::mem::replace(&mut silent, SILENT_SECONDS);
        chores::give_up_orphans(&platform, silent)
    };
    let deliveries = || chores::deliver_due(&platform);
    let pruning = || {
        platform.floods.forget_quiet();
        chores::prune_events(&platform)
    };
    let unsent = || images::forget_unsent(&platform);
    let old_keys = || once::forget_old(&platform);
    let stopping = &platform.stopping;
    tokio::join!(
        every(EVERY, stopping, "Turns without a node could not be looked for.", orphans),
        every(EVERY, stopping, "Waiting notes could not be looked for.", deliveries),
        every(SELDOM, stopping, "Old events could not be pruned.", pruning),
        every(SELDOM, stopping, "Images that were never sent could not be looked for.", unsent),
        every(SELDOM, stopping, "Old keys of writes to tickets could not be let go of.", old_keys),
    );
}

async fn every<F: Future<Output = Result<(), AppError>>>(
    pause: Duration,
    stopping: &CancellationToken,
    failed: &'static str,
    mut job: impl FnMut() -> F,
) {
    let mut tick = tokio::time::interval(pause);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let rounds = async {
        loop {
            tick.tick().await;
            if let Err(error) = job().await {
                tracing::warn!(error.cause = %error, "{failed}");
            }
        }
    };
    // A job that is cut off here is taken up by the next start, or by another node.
    stopping.run_until_cancelled(rounds).await;
}
