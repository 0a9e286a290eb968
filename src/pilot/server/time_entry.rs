//! Time spent, from the session's own clock: offered to who ended it, entered on the ticket once a closing.

use time::Duration;

use super::{
    store::{clock, postings, sessions},
    text,
    write::Write,
};
use crate::{
    accounts::types::UserRole,
    error::{AppError, Conflict},
    ids::{SessionId, Timestamp},
    pilot::types::{TimeOffer, TimeSpent},
    psa::{
        server::{
            Provider, PsaError,
            members::{self, Known},
        },
        types::{Member, NewTimeEntry},
    },
    server::context::Ctx,
};

/// Whoever does nothing for longer than this has gone to do something else.
const LONGEST_GAP: Duration = Duration::minutes(15);
/// A day.
const MOST_MINUTES: u32 = 1440;
/// How long entering may take before another call may take it over, in seconds. What a dead one sent has arrived by then.
const CLAIM_SECONDS: f64 = 90.0;
/// Entering is over before anybody may take it over.
const ENTER_WITHIN: std::time::Duration = std::time::Duration::from_secs(45);
/// For so long an entry that was sent without an answer may still appear, in seconds.
const UNSURE_SECONDS: f64 = 30.0;

/// What the clock of the session's last end says.
struct Clock {
    posting: postings::Row,
    title: String,
    started_at: Timestamp,
    minutes: u32,
    entered: clock::Entered,
}

/// What could be entered, or why nothing can.
pub async fn offer(ctx: &Ctx, id: SessionId) -> Result<TimeOffer, AppError> {
    let none = |reason| Ok(TimeOffer { reason: Some(reason), ..nothing() });
    let (clock, member) = match look(ctx, id).await {
        Ok(Ok(found)) => found,
        Ok(Err(reason)) => return none(reason),
        // A session's page does not fail with the ticket system.
        Err(error @ AppError::Upstream { .. }) => return none(error.detail()),
        Err(error) => return Err(error),
    };
    // What was sent is what there is, or will be.
    let (started_at, minutes, note) = match clock.entered.entry {
        Some(sent) => (sent.0.started_at, sent.0.minutes, sent.0.note),
        None => (clock.started_at, clock.minutes, clock.title),
    };
    Ok(TimeOffer {
        offered: clock.entered.id.is_none(),
        reason: None,
        ticket_id: clock.posting.ticket_id,
        member: Some(member.name),
        started_at: Some(started_at),
        minutes,
        note,
        entered_id: clock.entered.id,
    })
}

fn nothing() -> TimeOffer {
    TimeOffer {
        offered: false,
        reason: None,
        ticket_id: None,
        member: None,
        started_at: None,
        minutes: 0,
        note: String::new(),
        entered_id: None,
    }
}

/// The clock and in whose name time is entered, or why none can be.
async fn look(ctx: &Ctx, id: SessionId) -> Result<Result<(Clock, Member), String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let session = sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let posting = postings::of_closing(ctx, &mut tx, id, session.closing).await?;
    let posting = match posting.filter(|posting| posting.external_id.is_some()) {
        Some(posting) if posting.posted_by == ctx.actor.user => posting,
        Some(_) => return Ok(Err("Time is offered to who posted the note.".to_owned())),
        None => return Ok(Err("Time is offered once the note is on the ticket.".to_owned())),
    };
    let moments = clock::moments(ctx, &mut tx, id, ctx.actor.user, session.closing, posting.created_at).await?;
    let entered = clock::entered(ctx, &mut tx, posting.id).await?;
    tx.commit().await?;
    let provider = posting.ticket_provider.clone().unwrap_or_default();
    let desk = ctx.platform.psa.by_name(ctx, &provider, posting.ticket_connection.as_deref()).await?;
    if let Err(error) = desk.may_enter_time() {
        return Ok(Err(AppError::from(error).detail()));
    }
    let member = match members::of_user(ctx, &*desk, ctx.actor.user).await? {
        Known { member: Some(member), .. } => member,
        Known { member: None, hint } => {
            let label = desk.label();
            let why = match hint {
                Some(hint) => format!("FlowPilot cannot tell who you are in {label}. {hint}"),
                None => format!("You are no member of {label} that FlowPilot knows."),
            };
            return Ok(Err(format!("{why} An admin can say who you are at /account/psa.")));
        }
    };
    // One that was sent before may be there, whatever became of the ticket.
    if entered.entry.is_none()
        && let Some(reason) = no_time(ctx, &*desk, posting.ticket_id.as_deref().unwrap_or_default()).await?
    {
        return Ok(Err(reason));
    }
    let started_at = moments.first().copied().unwrap_or(posting.created_at);
    Ok(Ok((Clock { minutes: minutes(&moments), title: session.title, started_at, posting, entered }, member)))
}

/// Why the ticket takes no time as it stands now.
async fn no_time(ctx: &Ctx, desk: &dyn Provider, ticket: &str) -> Result<Option<String>, AppError> {
    let now = match desk.summary(ctx, ticket).await {
        Ok(now) => now,
        Err(PsaError::NotFound(_)) => return Ok(Some(format!("Ticket #{ticket} is not there any more."))),
        Err(error) => return Err(error.into()),
    };
    let statuses = desk.statuses(ctx, now.board.as_ref().map(|board| &*board.id)).await?.items;
    let closed = statuses.iter().find(|status| status.id == now.status_id).filter(|status| !status.takes_time);
    Ok(closed.map(|status| {
        format!(
            "{} takes no time on ticket #{ticket} in its status “{}”. Move the ticket to a status that takes time, or let an admin allow time entries for this one there.",
            desk.label(),
            status.name
        )
    }))
}

/// The time between the moments, long pauses cut short; begun minutes are whole.
fn minutes(moments: &[Timestamp]) -> u32 {
    let gaps = moments.windows(2).filter_map(|pair| match pair {
        [from, to] => Some((to.0 - from.0).min(LONGEST_GAP)),
        _ => None,
    });
    let seconds = gaps.fold(Duration::ZERO, |sum, gap| sum + gap).whole_seconds();
    u32::try_from((seconds + 59) / 60).unwrap_or(MOST_MINUTES).clamp(1, MOST_MINUTES)
}

/// Enters the time, once a closing: again, it gives what is there.
pub async fn add(ctx: &Ctx, id: SessionId, spent: &TimeSpent) -> Result<TimeOffer, AppError> {
    ctx.require(UserRole::L1)?;
    if !(1..=MOST_MINUTES).contains(&spent.minutes) {
        return Err(AppError::invalid("minutes", "Enter between 1 and 1440 minutes."));
    }
    let mut write = Write::lock(ctx, id).await?;
    let session = write.session.closing;
    let known = postings::of_closing(ctx, write.tx(), id, session).await?;
    drop(write);
    if known.is_none() {
        return Err(AppError::conflict(Conflict::SessionOpen, "Time is entered once the note is on the ticket."));
    }
    let (clock, member) = look(ctx, id).await?.map_err(|reason| AppError::conflict(Conflict::SessionOpen, reason))?;
    if clock.entered.id.is_some() {
        return offer(ctx, id).await;
    }
    let note = text::TIME_NOTE.optional(&spent.note)?.unwrap_or_else(|| clock.title.clone());
    let wanted = NewTimeEntry { started_at: clock.started_at, minutes: spent.minutes, note };
    let mut tx = ctx.db().tenant(ctx).await?;
    let claimed = clock::claim(ctx, &mut tx, clock.posting.id, &wanted, CLAIM_SECONDS).await?;
    tx.commit().await?;
    let Some(claim) = claimed else {
        let said =
            "This time is being entered right now, or was sent and may still appear. Look again in half a minute.";
        return Err(AppError::conflict(Conflict::InProgress, said));
    };
    let (provider, ticket) =
        (clock.posting.ticket_provider.unwrap_or_default(), clock.posting.ticket_id.unwrap_or_default());
    let entry = &claim.entry;
    let entering = async {
        let connection = clock.posting.ticket_connection.as_deref();
        let desk = ctx.platform.psa.by_name(ctx, &provider, connection).await?;
        desk.add_time(ctx, &ticket, &member.id, entry).await
    };
    let late = || Err(PsaError::Unknown("it did not answer in time.".to_owned()));
    let sent = tokio::time::timeout(ENTER_WITHIN, entering).await.unwrap_or_else(|_| late());
    let mut tx = ctx.db().tenant(ctx).await?;
    match &sent {
        Ok(entered) => clock::keep(ctx, &mut tx, &claim, entered).await?,
        // What may have arrived is sent again as it was, so that it is found and not made twice.
        Err(PsaError::Unknown(_)) => clock::wait(ctx, &mut tx, &claim, UNSURE_SECONDS).await?,
        // Only what was never sent before is surely not there.
        Err(_) => clock::release(ctx, &mut tx, &claim, claim.first).await?,
    }
    tx.commit().await?;
    let entered = sent?;
    tracing::info!(session.id = %id, "Time was entered on a ticket.");
    Ok(TimeOffer {
        offered: false,
        reason: None,
        ticket_id: Some(ticket),
        member: Some(member.name),
        started_at: Some(entry.started_at),
        minutes: entry.minutes,
        note: entry.note.clone(),
        entered_id: Some(entered),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn pauses_are_cut_short_and_begun_minutes_are_whole() {
        let at = |minutes: i64, seconds: i64| {
            Timestamp(datetime!(2026-03-10 9:00 UTC) + Duration::minutes(minutes) + Duration::seconds(seconds))
        };
        assert_eq!(minutes(&[]), 1);
        assert_eq!(minutes(&[at(0, 0), at(4, 1)]), 5);
        // Lunch.
        assert_eq!(minutes(&[at(0, 0), at(5, 0), at(95, 0), at(100, 0)]), 25);
    }
}
