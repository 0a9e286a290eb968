//! A ticket changed in the ticket system: the pages of its sessions learn of it, on whatever node they are, and ask how it stands.
//! Nothing is asked here: where nobody looks at a ticket, its changes cost nobody a call.

use std::{collections::HashSet, time::Duration};

use super::{store::sessions, write::Write};
use crate::{
    error::AppError,
    ids::SessionId,
    server::{context::Ctx, news::Thing},
};

/// A ticket that changes again and again is told of no more often.
const LULL: Duration = Duration::from_secs(2);

/// Takes note of it and returns; the sessions are told by a task of the account's own.
pub fn ticket_changed(ctx: &Ctx, provider: &'static str, ticket: &str) {
    let Some(mut looker) = ctx.platform.news.add(ctx.account, (provider, ticket.to_owned())) else { return };
    let ctx = ctx.clone();
    ctx.platform.work.clone().spawn(async move {
        while let Some(tickets) = looker.look() {
            if let Err(error) = tell(&ctx, &tickets).await {
                tracing::warn!(error.cause = %error, "Sessions could not be told that their tickets changed.");
            }
            tokio::select! {
                () = ctx.platform.stopping.cancelled() => return,
                () = tokio::time::sleep(LULL) => {}
            }
        }
    });
}

async fn tell(ctx: &Ctx, tickets: &HashSet<Thing>) -> Result<(), AppError> {
    let (providers, ids): (Vec<String>, Vec<String>) =
        tickets.iter().map(|(provider, id)| ((*provider).to_owned(), id.clone())).unzip();
    let mut tx = ctx.db().tenant(ctx).await?;
    let sessions = sessions::on_tickets(ctx, &mut tx, &providers, &ids).await?;
    tx.commit().await?;
    for session in sessions {
        // One that cannot be told does not keep the others waiting.
        if let Err(error) = tell_one(ctx, session, tickets).await {
            tracing::debug!(session.id = %session, error.cause = %error, "A session was not told that its ticket changed.");
        }
    }
    Ok(())
}

async fn tell_one(ctx: &Ctx, session: SessionId, tickets: &HashSet<Thing>) -> Result<(), AppError> {
    let mut write = Write::lock_as_server(ctx, session).await?;
    // It may be on another one by now.
    let still = write
        .session
        .ticket()
        .filter(|link| tickets.iter().any(|(provider, id)| *provider == link.provider && *id == link.id));
    let Some(link) = still else { return Ok(()) };
    write.tell_ticket(link.id);
    write.commit().await.map(drop)
}
