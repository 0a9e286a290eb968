//! Bringing an approved note to its ticket: look, add what is missing, read back, compare (P2.4).
//!
//! A delivery may die anywhere and be repeated, on any node. It looks for the note before it adds one, keeps the note's id as soon
//! as it is known, and does only what is missing. Trouble that passes is waited out for a day; all else waits for a person.

mod verdict;

use std::{future::Future, pin::pin, time::Duration};

use tokio::time::{Instant, timeout};

use self::verdict::{Refused, Verdict};
use super::{
    posting::{answer, closed, failure},
    store::postings::{self, Claim},
    ticket_news::ticket_changed,
    write::Write,
};
use crate::{
    accounts,
    error::AppError,
    ids::{PostingId, Timestamp},
    pilot::types::{ArtifactKind, PostResult, SessionStatus},
    psa::{
        server::{
            NewNote, Provider, members, settings,
            targets::{self, Course, Target},
        },
        types::{Ending, TicketNote, TicketSummary},
    },
    server::context::Ctx,
    tickets,
};

/// How long after its last sign of life a delivery may be taken over by another node, in seconds. What a dead one sent has arrived
/// by then.
const CLAIM_SECONDS: f64 = 90.0;
/// A delivery that waits for the ticket system gives a sign of life this often.
const SIGN_EVERY: Duration = Duration::from_secs(30);
/// So long one step may take. The ticket system's own patience ends before, with better words.
const STEP_WITHIN: Duration = Duration::from_secs(150);
/// For so long a note that was sent without an answer may still appear, in seconds: it is looked for, and not sent again.
const UNSURE_SECONDS: f64 = 90.0;
/// So often it is looked for at the most.
const LOOK_EVERY: f64 = 30.0;
/// So long before it was approved a note with these words may have been sent that FlowPilot never heard of again: under an earlier
/// closing, and by another clock. Those it did hear of are known by their ids.
const MAY_BE_THERE: time::Duration = time::Duration::days(1);
/// The longest pause between two tries, and how long tries go on, in seconds.
const LONGEST_PAUSE: f64 = 600.0;
const GO_ON_FOR: f64 = 24.0 * 3600.0;

/// Delivers one posting, or does what is left of it. Safe to repeat, on any node.
pub async fn deliver(ctx: &Ctx, id: PostingId) -> Result<PostResult, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let claimed = postings::claim(ctx, &mut tx, id, CLAIM_SECONDS).await?;
    let row = postings::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("posting"))?;
    tx.commit().await?;
    let Some(claim) = claimed else {
        // Somebody else delivers it right now.
        return answer(row);
    };
    let (Some(provider), Some(ticket)) = (row.ticket_provider.clone(), row.ticket_id.clone()) else {
        return finish(ctx, &row, claim, None).await;
    };
    let delivery = Delivery { ctx, row: &row, claim, provider: &provider, ticket: &ticket };
    match delivery.bring().await {
        Ok(verified) => finish(ctx, &row, claim, verified).await,
        Err(refused) => give_up_for_now(ctx, &row, claim, Verdict::of(refused, &ticket)).await,
    }
}

/// Waits for one step, which is cut off after `within`; `sign` is given before it and then as often as `every` says. Without it
/// the step is not begun, or not gone on with.
async fn kept_alive<T, E, S>(
    step: impl Future<Output = Result<T, E>>,
    every: Duration,
    within: Duration,
    sign: impl Fn() -> S,
) -> Result<T, Refused>
where
    Refused: From<E>,
    S: Future<Output = Result<(), Refused>>,
{
    sign().await?;
    let mut step = pin!(step);
    let end = Instant::now() + within;
    loop {
        if let Ok(done) = timeout(every, &mut step).await {
            return Ok(done?);
        }
        // It may have sent something by now.
        if Instant::now() >= end || sign().await.is_err() {
            return Err(Refused::Late);
        }
    }
}

/// One delivery at work.
struct Delivery<'a> {
    ctx: &'a Ctx,
    row: &'a postings::Row,
    claim: Claim,
    provider: &'a str,
    ticket: &'a str,
}

impl Delivery<'_> {
    /// Does one step that may take its time, and keeps the right to the delivery meanwhile.
    async fn step<T, E>(&self, step: impl Future<Output = Result<T, E>>) -> Result<T, Refused>
    where
        Refused: From<E>,
    {
        kept_alive(step, SIGN_EVERY, STEP_WITHIN, || self.sign_of_life()).await
    }

    async fn sign_of_life(&self) -> Result<(), Refused> {
        let mut tx = self.ctx.db().tenant(self.ctx).await?;
        let ours = postings::renew(self.ctx, &mut tx, self.claim, CLAIM_SECONDS).await?;
        tx.commit().await?;
        if ours { Ok(()) } else { Err(Refused::TakenOver) }
    }

    /// Adds the note unless it is there, moves the status, and reads both back.
    async fn bring(&self) -> Result<Option<bool>, Refused> {
        let connection = self.row.ticket_connection.as_deref();
        let desk = self.ctx.platform.psa.by_name(self.ctx, self.provider, connection).await?;
        // A ticket that is gone, or a status that is, is told before anything is posted.
        let before = self.step(desk.summary(self.ctx, self.ticket)).await?;
        let target = self.step(self.target(&*desk, &before)).await?;
        let new = self.step(self.note(&*desk)).await?;
        let note = self.put(&*desk, &new).await?;
        self.compare(&new, &note)?;
        let Some(target) = target else { return Ok(None) };
        if before.status_id != target.id {
            self.step(desk.set_status(self.ctx, self.ticket, &target.id)).await?;
            ticket_changed(self.ctx, desk.name(), self.ticket);
        }
        let now = self.step(desk.summary(self.ctx, self.ticket)).await?;
        if now.status_id == target.id {
            return Ok(Some(true));
        }
        Err(Refused::NotVerified(format!(
            "The note is on ticket #{}, but its status stayed “{}” instead of “{}”. Retry to set it once more.",
            self.ticket, now.status, target.name
        )))
    }

    /// The status the ticket goes to. It is kept for the tries to come, unless somebody chooses otherwise meanwhile.
    async fn target(&self, desk: &dyn Provider, ticket: &TicketSummary) -> Result<Option<Target>, Refused> {
        let ctx = self.ctx;
        let ending = match self.row.kind {
            ArtifactKind::ResolutionNote => Ending::Resolved,
            ArtifactKind::EscalationPackage => Ending::Escalated,
        };
        let preferences = accounts::server::preferences(ctx).await?;
        let account = match ending {
            Ending::Resolved => preferences.cw_resolved_status_id,
            Ending::Escalated => preferences.cw_escalated_status_id,
        };
        // Those are of ConnectWise, as their name says.
        let account = account.filter(|_| desk.name() == "connectwise");
        let board = ticket.board.as_ref().map(|board| board.id.as_str());
        let wishes = settings::wishes(ctx, desk.name(), board, ending, account).await?;
        let from = format!("{}|{:?}|{:?}", board.unwrap_or_default(), wishes.board, wishes.account);
        if self.row.target_from.as_ref() == Some(&from)
            && let (Some(id), name) = (&self.row.target_status, &self.row.target_name)
            && self.row.external_id.is_some()
        {
            return Ok(Some(Target { id: id.clone(), name: name.clone().unwrap_or_else(|| id.clone()) }));
        }
        let course = targets::of_ending(ctx, desk, ending, ticket.board.as_ref(), &wishes).await?;
        // What is kept of lists may be old, and a note that is posted stays.
        if let Course::To(target) = &course
            && self.row.external_id.is_none()
            && ticket.status_id != target.id
            && !desk.status_is_there(ctx, ticket, &target.id).await?
        {
            let why = targets::gone(ending, ticket.board.as_ref());
            return Err(Refused::Declined(format!("{why} Then retry.")));
        }
        let kept = match &course {
            Course::To(target) => Ok((target.id.as_str(), target.name.as_str())),
            Course::Stays(why) => Err(why.as_str()),
            Course::Gone(why) => return Err(Refused::Declined(format!("{why} Then retry."))),
        };
        let mut tx = ctx.db().tenant(ctx).await?;
        postings::keep_target(ctx, &mut tx, self.claim, kept, &from).await?;
        tx.commit().await?;
        Ok(match course {
            Course::To(target) => Some(target),
            Course::Stays(_) | Course::Gone(_) => None,
        })
    }

    /// The note as it should be on the ticket.
    async fn note(&self, desk: &dyn Provider) -> Result<NewNote, Refused> {
        let (ctx, row) = (self.ctx, self.row);
        let author = match desk.capabilities().act_as_member {
            true => members::of_user(ctx, desk, row.posted_by).await?.member.map(|member| member.id),
            false => None,
        };
        let mut tx = ctx.db().tenant(ctx).await?;
        let mut others =
            postings::others_on(ctx, &mut tx, self.provider, row.ticket_connection.as_deref(), self.ticket, row.id)
                .await?;
        tx.commit().await?;
        others.extend(tickets::server::written_on(ctx, self.provider, self.ticket).await?);
        Ok(NewNote {
            body: row.markdown.clone(),
            internal: row.kind == ArtifactKind::EscalationPackage,
            resolution: row.kind == ArtifactKind::ResolutionNote,
            from_customer: false,
            idempotency_key: row.id.to_string(),
            author,
            since: Timestamp(row.created_at.0 - MAY_BE_THERE),
            others,
        })
    }

    /// The note as it is on the ticket; added if it is not there.
    async fn put(&self, desk: &dyn Provider, new: &NewNote) -> Result<TicketNote, Refused> {
        let (ctx, ticket) = (self.ctx, self.ticket);
        if let Some(kept) = &self.row.external_id
            && let Some(found) = self.step(desk.note(ctx, ticket, kept)).await?
        {
            return Ok(found);
        }
        // Not kept, or deleted there since: look before anything is added.
        let id = match self.step(desk.find_note(ctx, ticket, new)).await? {
            Some(found) => found,
            None => match self.row.unsure {
                Some(seconds) => return Err(Refused::TooEarly(seconds)),
                None => self.step(desk.add_note(ctx, ticket, new)).await.map_err(Refused::of_note)?,
            },
        };
        let mut tx = ctx.db().tenant(ctx).await?;
        if !postings::keep_external_id(ctx, &mut tx, self.claim, &id).await? {
            // Another session posts the same words at this moment, and was faster: its note is known the next time.
            return Err(Refused::Anothers);
        }
        tx.commit().await?;
        let found = self.step(desk.note(ctx, ticket, &id)).await?;
        found.ok_or_else(|| {
            Refused::NotVerified(format!("The note was sent to ticket #{ticket}, but cannot be read back there."))
        })
    }

    /// What is on the ticket is what was approved, and whoever should see it does, and nobody else.
    fn compare(&self, new: &NewNote, found: &TicketNote) -> Result<(), Refused> {
        let ticket = self.ticket;
        if plain(&found.body) != plain(&new.body) {
            return Err(Refused::NotVerified(format!(
                "The note on ticket #{ticket} reads otherwise than what was approved. Put it right there and retry, or delete it there: then it is posted anew."
            )));
        }
        let kind = if new.resolution { "resolution" } else { "internal" };
        if found.internal == new.internal && found.kind == kind {
            return Ok(());
        }
        let (should, is) = match (new.internal, found.internal) {
            (true, false) => ("internal", "visible to the customer"),
            (false, true) => ("a resolution the customer sees", "internal"),
            _ => (kind, found.kind.as_str()),
        };
        Err(Refused::NotVerified(format!(
            "The note on ticket #{ticket} is {is}, and should be {should}. Change that there and retry, or delete it there: then it is posted anew."
        )))
    }
}

/// What is said, letter by letter: line breaks are the ticket system's business, and some lose them.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

async fn finish(ctx: &Ctx, row: &postings::Row, claim: Claim, verified: Option<bool>) -> Result<PostResult, AppError> {
    let mut write = Write::lock_as_server(ctx, row.session_id).await?;
    let ours = postings::finish(ctx, write.tx(), claim, verified).await?;
    let stored = postings::get(ctx, write.tx(), row.id).await?.ok_or_else(|| AppError::not_found("posting"))?;
    if !ours {
        return answer(stored);
    }
    if write.session.status == SessionStatus::Posting && write.session.closing == row.closing {
        write.session.status = closed(row.kind);
    }
    let result = answer(stored)?;
    write.commit().await?;
    tracing::info!(session.id = %row.session_id, posting.id = %row.id, "A note was posted and read back.");
    Ok(result)
}

async fn give_up_for_now(
    ctx: &Ctx,
    row: &postings::Row,
    claim: Claim,
    verdict: Verdict,
) -> Result<PostResult, AppError> {
    let Verdict { problem, again, unsure } = verdict;
    // An hour of the same trouble is one line in the log.
    let known = row.failures > 0 && row.problem.as_ref().is_none_or(|before| before.code == problem.code);
    if known {
        tracing::debug!(posting.id = %row.id, posting.failures = row.failures, error.code = problem.code, "A note could still not be posted.");
    } else {
        tracing::warn!(posting.id = %row.id, error.code = problem.code, "A note could not be posted.");
    }
    let retry_in = again.filter(|_| row.waited < GO_ON_FOR).map(|least| pause(row.failures).max(least));
    let mut write = Write::lock_as_server(ctx, row.session_id).await?;
    let unsure = unsure.then_some(UNSURE_SECONDS);
    if !postings::fail(ctx, write.tx(), claim, &problem, retry_in, unsure).await? {
        return Err(failure(&problem));
    }
    // Whoever follows learns that there is something to read again.
    write.tell_session(None, None);
    write.commit().await?;
    Err(failure(&problem))
}

/// Twice as long with every failure.
fn pause(failures: i32) -> f64 {
    f64::from(failures.clamp(0, 20) + 1).exp2().min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use std::{
        cell::Cell,
        future::{pending, poll_fn, ready},
        task::Poll,
    };

    use super::*;

    type Done = Result<u32, Refused>;

    /// Something that is ready when it is asked for the `n`th time.
    async fn slow(n: u32) -> Done {
        let mut asked = 0;
        poll_fn(|_| {
            asked += 1;
            if asked < n { Poll::Pending } else { Poll::Ready(Ok(asked)) }
        })
        .await
    }

    #[tokio::test]
    async fn a_slow_step_is_waited_for_with_signs_of_life() {
        let signs = Cell::new(0);
        let sign = || {
            signs.set(signs.get() + 1);
            ready(Ok(()))
        };
        let done = kept_alive(slow(5), Duration::ZERO, STEP_WITHIN, sign).await;
        assert!(matches!(done, Ok(5)), "{done:?}");
        assert!(signs.get() >= 2, "before it, and while it takes its time: {}", signs.get());
    }

    #[tokio::test]
    async fn a_step_that_never_ends_is_cut_off() {
        let cut = kept_alive(pending::<Done>(), Duration::ZERO, Duration::ZERO, || ready(Ok(()))).await;
        assert!(matches!(cut, Err(Refused::Late)), "{cut:?}");
    }

    #[tokio::test]
    async fn without_the_right_to_a_delivery_no_step_is_begun() {
        let begun = Cell::new(false);
        let step = async {
            begun.set(true);
            Done::Ok(1)
        };
        let over = kept_alive(step, SIGN_EVERY, STEP_WITHIN, || ready(Err(Refused::TakenOver))).await;
        assert!(matches!(over, Err(Refused::TakenOver)) && !begun.get(), "{over:?}");
    }

    #[test]
    fn pauses_double_up_to_ten_minutes() {
        assert_eq!([0, 1, 2, 7, 8, 9, 500].map(pause), [2.0, 4.0, 8.0, 256.0, 512.0, 600.0, 600.0]);
    }

    #[test]
    fn line_breaks_do_not_matter_and_letters_do() {
        for same in ["## Problem\r\n\r\nIt asked. \r\n", "## Problem It asked.", "## ProblemIt asked."] {
            assert_eq!(plain(same), plain("## Problem\n\nIt asked."), "{same:?}");
        }
        assert_ne!(plain("It asked."), plain("It asked"));
    }
}
