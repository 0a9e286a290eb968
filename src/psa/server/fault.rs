//! What can go wrong with a ticket system, and what people are told of it.

use std::time::Duration;

use crate::error::{AppError, Upstream};

/// Why a ticket system did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum PsaError {
    #[error("There is no ticket #{0}.")]
    NotFound(String),
    /// It understood, and will not: the text says why and where to change that.
    #[error("The ticket system refused: {0}")]
    Refused(String),
    /// The keys, the company or the client id are wrong.
    #[error("The ticket system does not accept the connection: {0}")]
    Credentials(String),
    /// The key may not do this.
    #[error("{0}")]
    Forbidden(String),
    #[error("The ticket system cannot be reached right now: {0}")]
    Unavailable(String),
    /// It asks to slow down.
    #[error("The ticket system asks for a pause of {} s.", after.as_secs())]
    Throttled { after: Duration },
    /// A write was sent, and nobody knows whether it arrived: look before it is sent again.
    #[error("The ticket system did not answer, and may or may not have done it: {0}")]
    Unknown(String),
    /// See [`crate::psa::types::Capabilities`].
    #[error("This ticket system has no {0}.")]
    Unsupported(&'static str),
    #[error("{0}")]
    Invalid(AppError),
    /// Nothing of the ticket system: our own rule or our own trouble, told with the status of its own.
    #[error("{}", .0.detail())]
    Own(AppError),
}

impl PsaError {
    /// Whether the same call may work later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_)
                | Self::Throttled { .. }
                | Self::Unknown(_)
                | Self::Own(AppError::Unavailable { .. } | AppError::Internal { .. })
        )
    }
}

impl From<PsaError> for AppError {
    fn from(error: PsaError) -> Self {
        match error {
            PsaError::NotFound(_) => Self::not_found("ticket"),
            PsaError::Invalid(error) | PsaError::Own(error) => error,
            PsaError::Refused(_) | PsaError::Credentials(_) | PsaError::Forbidden(_) | PsaError::Unsupported(_) => {
                Self::Upstream { code: Upstream::PsaRefused, detail: error.to_string() }
            }
            PsaError::Unavailable(_) | PsaError::Throttled { .. } | PsaError::Unknown(_) => {
                Self::Upstream { code: Upstream::PsaUnavailable, detail: error.to_string() }
            }
        }
    }
}

impl From<sqlx::Error> for PsaError {
    fn from(error: sqlx::Error) -> Self {
        Self::Own(AppError::from(error))
    }
}
