//! Background jobs of a serving process, and every place that looks over all accounts (P5), with the reason:
//!
//! - turns whose node is gone: nobody else can know that they have ended;
//! - postings that are due: they must get out even when nobody looks at their session;
//! - events that are old: they only serve followers, and messages are kept.
//!
//! Each finds its work as `flowpilot_jobs`, which sees ids and times only, and does it inside the account it belongs to.

use std::{sync::Arc, time::Duration};

use super::context::Platform;
use crate::pilot::server::chores;

const EVERY: Duration = Duration::from_secs(5);
/// A node that has not been heard of for this long is gone.
const SILENT_SECONDS: f64 = 15.0;

/// Runs the jobs until the process stops. `alone`: no other node can be alive, so turns of others are over at once.
pub async fn run(platform: Arc<Platform>, alone: bool) {
    let mut silent = if alone { 0.0 } else { SILENT_SECONDS };
    let mut tick = tokio::time::interval(EVERY);
    let mut rounds: u32 = 0;
    loop {
        tokio::select! {
            () = platform.stopping.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = chores::give_up_orphans(&platform, silent).await {
            tracing::warn!(error.cause = %error, "Turns without a node could not be looked for.");
        }
        silent = SILENT_SECONDS;
        if let Err(error) = chores::deliver_due(&platform).await {
            tracing::warn!(error.cause = %error, "Waiting notes could not be looked for.");
        }
        if rounds.is_multiple_of(720)
            && let Err(error) = chores::prune_events(&platform).await
        {
            tracing::warn!(error.cause = %error, "Old events could not be pruned.");
        }
        platform.floods.forget_quiet();
        rounds = rounds.wrapping_add(1);
    }
}
