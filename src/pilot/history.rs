//! What is said of sessions from outside them: whose they are, where a search found them, which wait for their user and why.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{SessionId, Timestamp},
    pilot::types::{ArtifactKind, FixOutcome, FixStatus, SessionSummary, TicketLink},
    words,
};

words! {
    /// Which of the sessions that one may see.
    Whose {
        Mine = "mine",
        /// Somebody shared them.
        Shared = "shared",
        MineOrShared = "mine_or_shared",
    }

    /// Where in a session a search found something.
    Place {
        Ticket = "ticket",
        Problem = "problem",
        Fact = "fact",
        Message = "message",
    }

    /// How a whole session is written to a file.
    ExportFormat {
        Markdown = "markdown",
        Json = "json",
    }
}

/// A run of text; a hit is what was searched for. Plain text: whoever shows it escapes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Piece {
    pub text: String,
    pub hit: bool,
}

/// A few words around what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Passage {
    pub place: Place,
    pub pieces: Vec<Piece>,
}

/// How a session answers a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Found {
    /// The title in pieces.
    pub title: Vec<Piece>,
    /// `null` where the title says it all.
    pub passage: Option<Passage>,
}

/// What one comes back to: `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// What presses most comes first.
    pub waiting: Vec<Waiting>,
    /// The person's own open sessions, last touched first.
    pub open: Vec<SessionSummary>,
    pub more_open: bool,
    /// Last touched, closed ones too; those shared with the person as well.
    pub recent: Vec<SessionSummary>,
}

/// A session that waits for its user, and everything that it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub id: SessionId,
    pub title: String,
    pub ticket: Option<TicketLink>,
    pub updated_at: Timestamp,
    /// What could not be posted, and why.
    pub failed_post: Option<(ArtifactKind, String)>,
    /// Why the last answer failed.
    pub failed_turn: Option<String>,
    pub fix: Option<WaitingFix>,
    /// Answers and results that the AI has not been told of.
    pub unsent: i64,
    pub open_questions: i64,
    pub open_checks: i64,
}

/// A fix without a final outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingFix {
    pub title: String,
    pub status: FixStatus,
    pub applied: bool,
    /// The AI's guess, which a person confirms or turns down.
    pub proposal: Option<FixOutcome>,
}

/// How much a reason presses, most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Press {
    /// Something went wrong.
    Failed,
    /// Something was done, and its end is not known.
    Outcome,
    /// Something was answered and not sent.
    Unsent,
    /// Something is there to be tried.
    Suggested,
    /// Something is asked.
    Asked,
}

/// Why a session waits, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub press: Press,
    pub text: String,
}

impl Waiting {
    /// Every reason, what presses most first.
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut because = |press, text| reasons.push(Reason { press, text });
        if let Some((kind, why)) = &self.failed_post {
            let what = match kind {
                ArtifactKind::ResolutionNote => "The resolution note",
                ArtifactKind::EscalationPackage => "The escalation package",
            };
            because(Press::Failed, format!("{what} could not be posted. {why}"));
        }
        if let Some(why) = &self.failed_turn {
            because(Press::Failed, format!("The last answer failed. {why}"));
        }
        if let Some(fix) = &self.fix {
            because(fix.press(), fix.reason());
        }
        if self.unsent > 0 {
            let (answers, are) = (counted(self.unsent, "answer"), if self.unsent == 1 { "is" } else { "are" });
            because(Press::Unsent, format!("{answers} in the lane {are} not sent yet."));
        }
        let open = [(self.open_questions, "question"), (self.open_checks, "check")];
        let open: Vec<_> = open.iter().filter(|(n, _)| *n > 0).map(|(n, what)| counted(*n, what)).collect();
        if !open.is_empty() {
            let are = if self.open_questions + self.open_checks == 1 { "is" } else { "are" };
            because(Press::Asked, format!("{} {are} open.", open.join(" and ")));
        }
        reasons.sort_by_key(|reason| reason.press);
        reasons
    }

    /// What presses most.
    pub fn press(&self) -> Option<Press> {
        self.reasons().first().map(|reason| reason.press)
    }
}

impl WaitingFix {
    const fn press(&self) -> Press {
        if self.applied || self.proposal.is_some() { Press::Outcome } else { Press::Suggested }
    }

    fn reason(&self) -> String {
        let Self { title, .. } = self;
        match (self.proposal, self.status, self.applied) {
            (Some(FixOutcome::AppliedSuccess), ..) => {
                format!("“{title}” seems to have worked. Confirm it, or say not yet.")
            }
            (Some(FixOutcome::AppliedFailed), ..) => {
                format!("“{title}” seems not to have worked. Confirm it, or say not yet.")
            }
            (Some(FixOutcome::AppliedPartial), ..) => {
                format!("“{title}” seems to have worked in part. Confirm it, or say not yet.")
            }
            (Some(FixOutcome::Dismissed), ..) => {
                format!("“{title}” seems to be off the table. Confirm it, or say not yet.")
            }
            (None, FixStatus::AppliedPartial, _) => format!("“{title}” worked in part. How did it end?"),
            (None, _, true) => format!("“{title}” was applied. Did it work?"),
            (None, _, false) => format!("“{title}” is suggested. Apply it or dismiss it."),
        }
    }
}

fn counted(n: i64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn waiting() -> Waiting {
        Waiting {
            id: uuid::Uuid::from_u128(1).into(),
            title: "Outlook asks".to_owned(),
            ticket: None,
            updated_at: datetime!(2026-03-10 10:42 UTC).into(),
            failed_post: None,
            failed_turn: None,
            fix: None,
            unsent: 0,
            open_questions: 0,
            open_checks: 0,
        }
    }

    fn fix(status: FixStatus, applied: bool, proposal: Option<FixOutcome>) -> WaitingFix {
        WaitingFix { title: "Clear it".to_owned(), status, applied, proposal }
    }

    fn told(waiting: &Waiting) -> Vec<String> {
        waiting.reasons().into_iter().map(|reason| reason.text).collect()
    }

    #[test]
    fn what_is_open_is_counted_in_words() {
        let one = Waiting { open_questions: 1, ..waiting() };
        let more = Waiting { open_questions: 2, open_checks: 1, unsent: 1, ..waiting() };
        assert_eq!(told(&one), ["1 question is open."]);
        assert_eq!(told(&more), ["1 answer in the lane is not sent yet.", "2 questions and 1 check are open."]);
    }

    #[test]
    fn what_went_wrong_presses_more_than_what_is_asked() {
        let all = Waiting {
            failed_post: Some((ArtifactKind::ResolutionNote, "The desk is closed.".to_owned())),
            failed_turn: Some("The model is away.".to_owned()),
            fix: Some(fix(FixStatus::Proposed, true, None)),
            unsent: 2,
            open_checks: 3,
            ..waiting()
        };
        assert_eq!(
            told(&all),
            [
                "The resolution note could not be posted. The desk is closed.",
                "The last answer failed. The model is away.",
                "“Clear it” was applied. Did it work?",
                "2 answers in the lane are not sent yet.",
                "3 checks are open.",
            ]
        );
        assert_eq!(all.press(), Some(Press::Failed));
        assert_eq!(waiting().press(), None);
    }

    #[test]
    fn a_fix_says_what_it_waits_for() {
        let said = |fix: WaitingFix| (fix.press(), fix.reason());
        let guess = fix(FixStatus::Proposed, false, Some(FixOutcome::AppliedSuccess));
        assert_eq!(said(guess).0, Press::Outcome);
        let suggested = said(fix(FixStatus::Proposed, false, None));
        assert_eq!(suggested, (Press::Suggested, "“Clear it” is suggested. Apply it or dismiss it.".to_owned()));
        assert_eq!(said(fix(FixStatus::AppliedPartial, true, None)).1, "“Clear it” worked in part. How did it end?");
    }
}
