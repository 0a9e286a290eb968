//! Why a note did not arrive, in words for people, and when it is tried again.

use super::LOOK_EVERY;
use crate::{
    error::{AppError, Upstream},
    pilot::types::Problem,
    psa::server::PsaError,
};

/// Until the note of another posting is known to be that one's, in seconds.
const AFTER_ANOTHERS: f64 = 5.0;

/// Why a delivery did not get through.
#[derive(Debug)]
pub enum Refused {
    Psa(PsaError),
    /// It is there and not as it should be, or the person has to do something first.
    NotVerified(String),
    Declined(String),
    /// A note that was sent may still appear: too early to send it again. In so many seconds.
    TooEarly(f64),
    /// The note that looks like it is that of another posting.
    Anothers,
    /// A step took too long.
    Late,
    /// Somebody else delivers it by now.
    TakenOver,
    App(AppError),
}

impl Refused {
    /// What went wrong with adding a note. Who wrote one that is too long, for example, can change it; one that took too long may
    /// have arrived.
    pub fn of_note(self) -> Self {
        match self {
            Self::Psa(PsaError::Refused(why)) => Self::Declined(format!(
                "The ticket system did not take the note: {} Reopen the session, change the note, and post it again.",
                sentence(&why)
            )),
            Self::Late => Self::Psa(PsaError::Unknown("it did not answer in time.".to_owned())),
            other => other,
        }
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
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
pub struct Verdict {
    pub problem: Problem,
    /// Seconds to the next try at the least; `None`: a person has to decide.
    pub again: Option<f64>,
    /// A note may have been sent.
    pub unsure: bool,
}

impl Verdict {
    fn new(code: Upstream, detail: String, again: Option<f64>) -> Self {
        Self { problem: Problem::from(&AppError::Upstream { code, detail }), again, unsure: false }
    }

    pub fn of(refused: Refused, ticket: &str) -> Self {
        match refused {
            Refused::App(error) => Self { problem: Problem::from(&error), again: Some(0.0), unsure: false },
            Refused::NotVerified(detail) => Self::new(Upstream::PsaStatusNotVerified, detail, None),
            Refused::Declined(detail) => Self::new(Upstream::PsaRefused, detail, None),
            Refused::TooEarly(seconds) => {
                let detail = "The note was sent, and the ticket system did not say whether it took it. FlowPilot looks again in half a minute before it sends anything.";
                Self::new(Upstream::PsaUnavailable, detail.to_owned(), Some(seconds.min(LOOK_EVERY)))
            }
            Refused::Anothers => {
                let detail = "Another session posted the same words to this ticket at the same moment. FlowPilot posts this note in a few seconds.";
                Self::new(Upstream::PsaUnavailable, detail.to_owned(), Some(AFTER_ANOTHERS))
            }
            Refused::Late | Refused::TakenOver => {
                Self::new(Upstream::PsaUnavailable, "The ticket system did not answer in time.".to_owned(), Some(0.0))
            }
            Refused::Psa(PsaError::Invalid(error)) => Self::new(Upstream::PsaRefused, error.detail(), None),
            Refused::Psa(PsaError::NotFound(_)) => {
                let detail = format!(
                    "Ticket #{ticket} is not there any more: it was deleted, merged, or moved out of reach. Bring it back there and retry, or reopen the session and end it another way."
                );
                Self::new(Upstream::PsaRefused, detail, None)
            }
            Refused::Psa(error) => {
                let again = match &error {
                    PsaError::Unknown(_) => Some(LOOK_EVERY),
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
