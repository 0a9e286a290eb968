//! Bringing an approved note to its ticket: look, add what is missing, read back, compare (P2.4).
//!
//! A delivery may die anywhere and be repeated, on any node. It looks for the note before it adds one, keeps the note's id as soon
//! as it is known, and does only what is missing. Trouble that passes is waited out for a day; all else waits for a person.

use std::time::Duration;

use super::{
    posting::{answer, closed, failure},
    store::postings::{self, Claim},
    write::Write,
};
use crate::{
    accounts,
    error::{AppError, Upstream},
    ids::PostingId,
    pilot::types::{ArtifactKind, PostResult, Problem, SessionStatus},
    psa::{
        server::{
            NewNote, Provider, PsaError, members, settings,
            targets::{self, Course, Target},
        },
        types::{Ending, TicketNote, TicketSummary},
    },
    server::context::Ctx,
};

/// How long a delivery may take before another node may take it over, in seconds. What a dead one sent has arrived by then.
const CLAIM_SECONDS: f64 = 90.0;
/// A delivery is over before anybody may take it over.
const BRING_WITHIN: Duration = Duration::from_secs(45);
/// For so long a note that was sent without an answer may still appear, in seconds.
const UNSURE_SECONDS: f64 = 30.0;
/// The longest pause between two tries, and how long tries go on, in seconds.
const LONGEST_PAUSE: f64 = 600.0;
const GO_ON_FOR: f64 = 24.0 * 3600.0;

/// Why a delivery did not get through.
enum Refused {
    Psa(PsaError),
    /// It is there and not as it should be, or the person has to do something first.
    NotVerified(String),
    Declined(String),
    /// A note that was sent may still appear: too early to send it again. In so many seconds.
    TooEarly(f64),
    App(AppError),
}

impl From<PsaError> for Refused {
    fn from(error: PsaError) -> Self {
        Self::Psa(error)
    }
}
impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}
impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::App(error.into())
    }
}

/// What is told of a failure, and what comes next.
struct Verdict {
    problem: Problem,
    /// Seconds to the next try at the least; `None`: a person has to decide.
    again: Option<f64>,
    /// A note may have been sent.
    unsure: bool,
}

impl Verdict {
    fn new(code: Upstream, detail: String, again: Option<f64>) -> Self {
        Self { problem: Problem::from(&AppError::Upstream { code, detail }), again, unsure: false }
    }

    fn of(refused: Refused, ticket: &str) -> Self {
        match refused {
            Refused::App(error) => Self { problem: Problem::from(&error), again: Some(0.0), unsure: false },
            Refused::NotVerified(detail) => Self::new(Upstream::PsaStatusNotVerified, detail, None),
            Refused::Declined(detail) => Self::new(Upstream::PsaRefused, detail, None),
            Refused::TooEarly(seconds) => {
                let detail = "The note was sent, and the ticket system did not say whether it took it. FlowPilot looks again in half a minute before it sends anything.";
                Self::new(Upstream::PsaUnavailable, detail.to_owned(), Some(seconds))
            }
            Refused::Psa(PsaError::NotFound(_)) => {
                let detail = format!(
                    "Ticket #{ticket} is not there any more: it was deleted, merged, or moved out of reach. Bring it back there and retry, or reopen the session and end it another way."
                );
                Self::new(Upstream::PsaRefused, detail, None)
            }
            Refused::Psa(error) => {
                let again = match &error {
                    PsaError::Unknown(_) => Some(UNSURE_SECONDS),
                    PsaError::Throttled { after } => Some(after.as_secs_f64()),
                    transient if transient.is_transient() => Some(0.0),
                    _ => None,
                };
                let keys = matches!(error, PsaError::Credentials(_));
                let unsure = matches!(error, PsaError::Unknown(_));
                let mut problem = Problem::from(&AppError::from(error));
                if keys && !problem.detail.contains("/account/psa") {
                    problem.detail.push_str(" An admin can correct that at /account/psa.");
                }
                Self { problem, again, unsure }
            }
        }
    }
}

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
    let verdict = match tokio::time::timeout(BRING_WITHIN, delivery.bring()).await {
        Ok(Ok(verified)) => return finish(ctx, &row, claim, verified).await,
        Ok(Err(refused)) => Verdict::of(refused, &ticket),
        Err(_) => {
            // It was cut off, perhaps in the middle of sending.
            let detail = "The ticket system did not answer in time.".to_owned();
            let late = Verdict::new(Upstream::PsaUnavailable, detail, Some(UNSURE_SECONDS));
            Verdict { unsure: true, ..late }
        }
    };
    give_up_for_now(ctx, &row, claim, verdict).await
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
    /// Adds the note unless it is there, moves the status, and reads both back.
    async fn bring(&self) -> Result<Option<bool>, Refused> {
        let desk = self.ctx.platform.psa.by_name(self.ctx, self.provider).await?;
        // A ticket that is gone, or a status that is, is told before anything is posted.
        let before = desk.summary(self.ctx, self.ticket).await?;
        let target = self.target(&*desk, &before).await?;
        let new = self.note(&*desk).await?;
        let note = self.put(&*desk, &new).await?;
        self.compare(&new, &note)?;
        let Some(target) = target else { return Ok(None) };
        if before.status_id != target.id {
            desk.set_status(self.ctx, self.ticket, &target.id).await?;
        }
        let now = desk.summary(self.ctx, self.ticket).await?;
        if now.status_id == target.id {
            return Ok(Some(true));
        }
        Err(Refused::NotVerified(format!(
            "The note is on ticket #{}, but its status stayed “{}” instead of “{}”. Post again to try the status once more.",
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
            true => members::of_user(ctx, desk, row.posted_by).await?.map(|member| member.id),
            false => None,
        };
        let mut tx = ctx.db().tenant(ctx).await?;
        let others = postings::others_on(ctx, &mut tx, self.provider, self.ticket, row.id).await?;
        tx.commit().await?;
        Ok(NewNote {
            body: row.markdown.clone(),
            internal: row.kind == ArtifactKind::EscalationPackage,
            resolution: row.kind == ArtifactKind::ResolutionNote,
            from_customer: false,
            idempotency_key: row.id.to_string(),
            author,
            since: row.created_at,
            others,
        })
    }

    /// The note as it is on the ticket; added if it is not there.
    async fn put(&self, desk: &dyn Provider, new: &NewNote) -> Result<TicketNote, Refused> {
        let (ctx, ticket) = (self.ctx, self.ticket);
        if let Some(kept) = &self.row.external_id
            && let Some(found) = desk.note(ctx, ticket, kept).await?
        {
            return Ok(found);
        }
        // Not kept, or deleted there since: look before anything is added.
        let id = match desk.find_note(ctx, ticket, new).await? {
            Some(found) => found,
            None => match self.row.unsure {
                Some(seconds) => return Err(Refused::TooEarly(seconds)),
                None => desk.add_note(ctx, ticket, new).await.map_err(refused_note)?,
            },
        };
        let mut tx = ctx.db().tenant(ctx).await?;
        postings::keep_external_id(ctx, &mut tx, self.claim, &id).await?;
        tx.commit().await?;
        let found = desk.note(ctx, ticket, &id).await?;
        found.ok_or_else(|| {
            Refused::NotVerified(format!("The note was sent to ticket #{ticket}, but cannot be read back there."))
        })
    }

    /// What is on the ticket is what was approved, and whoever should see it does, and nobody else.
    fn compare(&self, new: &NewNote, found: &TicketNote) -> Result<(), Refused> {
        let ticket = self.ticket;
        if plain(&found.body) != plain(&new.body) {
            return Err(Refused::NotVerified(format!(
                "The note on ticket #{ticket} reads otherwise than what was approved. Put it right there and post again, or delete it there: then it is posted anew."
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
            "The note on ticket #{ticket} is {is}, and should be {should}. Change that there and post again, or delete it there: then it is posted anew."
        )))
    }
}

/// What is said, letter by letter: line breaks are the ticket system's business, and some lose them.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A note that is too long, for example: whoever wrote it can change it.
fn refused_note(error: PsaError) -> Refused {
    match error {
        PsaError::Refused(why) => Refused::Declined(format!(
            "The ticket system did not take the note: {} Nothing was posted. Reopen the session, change or shorten the note, and post it again.",
            sentence(&why)
        )),
        other => Refused::Psa(other),
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
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
    use super::*;

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
