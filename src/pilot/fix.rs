//! The life of a suggested fix as rules without I/O (P2.3): which outcome may follow which, and what a refusal says.

use crate::{
    error::{AppError, Conflict},
    pilot::types::{FixOutcome, FixStatus},
};

impl From<FixOutcome> for FixStatus {
    fn from(outcome: FixOutcome) -> Self {
        match outcome {
            FixOutcome::AppliedSuccess => Self::AppliedSuccess,
            FixOutcome::AppliedFailed => Self::AppliedFailed,
            FixOutcome::AppliedPartial => Self::AppliedPartial,
            FixOutcome::Dismissed => Self::Dismissed,
        }
    }
}

impl FixStatus {
    /// No outcome can follow any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::AppliedSuccess | Self::AppliedFailed | Self::Dismissed => true,
            Self::Proposed | Self::AppliedPartial => false,
        }
    }
}

/// Any step on a superseded fix is refused.
pub fn check_active(superseded: bool) -> Result<(), AppError> {
    if superseded {
        return Err(AppError::conflict(
            Conflict::FixSuperseded,
            "This fix was replaced or dismissed; nothing more can be done with it.",
        ));
    }
    Ok(())
}

/// The status after an outcome, or why it may not follow.
pub fn after_outcome(now: FixStatus, outcome: FixOutcome, notes: Option<&str>) -> Result<FixStatus, AppError> {
    let allowed = match (now, outcome) {
        (FixStatus::Proposed, _) => true,
        (FixStatus::AppliedPartial, FixOutcome::Dismissed) => false,
        (FixStatus::AppliedPartial, _) => true,
        (FixStatus::AppliedSuccess | FixStatus::AppliedFailed | FixStatus::Dismissed, _) => false,
    };
    if !allowed {
        return Err(already(now));
    }
    if outcome == FixOutcome::AppliedPartial && notes.is_none_or(|notes| notes.trim().is_empty()) {
        return Err(AppError::invalid(
            "notes",
            "Say what was done and what is left: a partly applied fix needs notes.",
        ));
    }
    Ok(outcome.into())
}

/// Whether *I did this* still makes sense.
pub fn check_apply(now: FixStatus) -> Result<(), AppError> {
    if now.is_final() { Err(already(now)) } else { Ok(()) }
}

fn already(now: FixStatus) -> AppError {
    let so = match now {
        FixStatus::AppliedSuccess => "It was already recorded that this fix worked.",
        FixStatus::AppliedFailed => "It was already recorded that this fix did not work.",
        FixStatus::Dismissed => "This fix was already dismissed.",
        FixStatus::AppliedPartial => {
            "This fix was already partly applied, so it cannot be dismissed; say whether it worked."
        }
        FixStatus::Proposed => "This fix has no outcome yet.",
    };
    AppError::conflict(Conflict::FixFinal, so)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(now: FixStatus, outcome: FixOutcome) -> Option<FixStatus> {
        after_outcome(now, outcome, Some("notes")).ok()
    }

    #[test]
    fn a_proposed_fix_takes_any_outcome() {
        for outcome in FixOutcome::ALL {
            assert_eq!(next(FixStatus::Proposed, *outcome), Some((*outcome).into()));
        }
    }

    #[test]
    fn a_partial_fix_takes_any_applied_outcome() {
        assert_eq!(next(FixStatus::AppliedPartial, FixOutcome::AppliedSuccess), Some(FixStatus::AppliedSuccess));
        assert_eq!(next(FixStatus::AppliedPartial, FixOutcome::AppliedFailed), Some(FixStatus::AppliedFailed));
        assert_eq!(next(FixStatus::AppliedPartial, FixOutcome::AppliedPartial), Some(FixStatus::AppliedPartial));
        assert_eq!(next(FixStatus::AppliedPartial, FixOutcome::Dismissed), None);
    }

    #[test]
    fn nothing_follows_a_final_outcome() {
        for now in [FixStatus::AppliedSuccess, FixStatus::AppliedFailed, FixStatus::Dismissed] {
            for outcome in FixOutcome::ALL {
                assert_eq!(next(now, *outcome), None);
            }
        }
    }

    #[test]
    fn a_partial_outcome_needs_notes() {
        for notes in [None, Some(""), Some("  \n")] {
            let refused = after_outcome(FixStatus::Proposed, FixOutcome::AppliedPartial, notes);
            assert_eq!(refused.map_err(|error| error.status()), Err(422));
        }
    }
}
