//! [`AppError`]: the only error that crosses a wire, to the browser and over REST alike.
//!
//! What a person reads is apart from what was the cause: causes are logged on the server, at the boundary, and never travel.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    wire::{Wire, take},
    words,
};

words! {
    /// Why nobody is signed in.
    SignedOut {
        Unauthenticated = "unauthenticated",
        ExpiredIdle = "session_expired_idle",
        ExpiredAbsolute = "session_expired_absolute",
    }

    /// What about the present state does not allow the step.
    Conflict {
        SessionNotOpen = "session_not_open",
        SessionOpen = "session_open",
        TurnInProgress = "turn_in_progress",
        IdempotencyKeyReused = "idempotency_key_reused",
        StateChanged = "state_changed",
        UngroundedStatements = "ungrounded_statements",
        FixSuperseded = "fix_superseded",
        FixFinal = "fix_final",
        NoProposal = "no_outcome_proposal",
        FactDeleted = "fact_deleted",
        SetupDone = "setup_done",
        EmailTaken = "email_taken",
        NoFailedTurn = "no_failed_turn",
        BudgetReached = "ai_budget_reached",
        InProgress = "in_progress",
        TicketLinked = "ticket_linked",
    }

    /// What went wrong with a service we depend on.
    Upstream {
        AiUnavailable = "ai_unavailable",
        PsaUnavailable = "psa_unavailable",
        PsaStatusNotVerified = "psa_status_not_verified",
        PsaRefused = "psa_refused",
    }
}

/// One field that did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Where, as a path into what was sent: `answers[0].id`.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Everything that can go wrong for a caller, with words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum AppError {
    #[error("{detail}")]
    Malformed { detail: String },
    #[error("{}", self.detail())]
    Unauthenticated { reason: SignedOut },
    #[error("{detail}")]
    Forbidden { detail: String },
    #[error("There is no such {what}.")]
    NotFound { what: String },
    #[error("{detail}")]
    Conflict {
        code: Conflict,
        detail: String,
        /// What stands in the way, where that is one thing: the running turn, for example.
        subject: Option<Uuid>,
        /// Statements that need a decision.
        statements: Vec<String>,
    },
    #[error("{detail}")]
    TooLarge { detail: String },
    #[error("{detail}")]
    UnsupportedMedia { detail: String },
    #[error("{}", self.detail())]
    Invalid { errors: Vec<FieldError> },
    #[error("Too many requests. Try again in {retry_after_seconds} s.")]
    TooMany { retry_after_seconds: u64 },
    #[error("{detail}")]
    Upstream { code: Upstream, detail: String },
    #[error("{detail}")]
    Unavailable { detail: String },
    #[error("{}", self.detail())]
    Internal { request_id: Option<String> },
}

impl AppError {
    /// 400: the request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { detail: detail.into() }
    }

    /// 403: may be seen, may not be changed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::Forbidden { detail: detail.into() }
    }

    /// 404: it does not exist, or belongs to somebody else.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// 409: the state does not allow it.
    pub fn conflict(code: Conflict, detail: impl Into<String>) -> Self {
        Self::Conflict { code, detail: detail.into(), subject: None, statements: Vec::new() }
    }

    /// 422: one field did not pass.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { errors: vec![FieldError { field: field.into(), message: message.into() }] }
    }

    /// 401: nobody is signed in.
    pub const fn signed_out(reason: SignedOut) -> Self {
        Self::Unauthenticated { reason }
    }

    /// 500: our fault; the cause is in the log.
    pub const fn internal() -> Self {
        Self::Internal { request_id: None }
    }

    /// The HTTP status that goes with it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::Unauthenticated { .. } => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Conflict { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedMedia { .. } => 415,
            Self::Invalid { .. } => 422,
            Self::TooMany { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Upstream { .. } => 502,
            Self::Unavailable { .. } => 503,
        }
    }

    /// The machine-readable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::Unauthenticated { reason } => reason.as_str(),
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { code, .. } => code.as_str(),
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedMedia { .. } => "unsupported_media_type",
            Self::Invalid { .. } => "validation",
            Self::TooMany { .. } => "too_many_requests",
            Self::Internal { .. } => "internal",
            Self::Upstream { code, .. } => code.as_str(),
            Self::Unavailable { .. } => "unavailable",
        }
    }

    /// A short name of the kind of error, for headings.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "The request could not be read",
            Self::Unauthenticated { .. } => "Sign in first",
            Self::Forbidden { .. } => "Not allowed",
            Self::NotFound { .. } => "Not found",
            Self::Conflict { .. } => "Not possible right now",
            Self::TooLarge { .. } => "Too large",
            Self::UnsupportedMedia { .. } => "Not supported",
            Self::Invalid { .. } => "Something is missing or wrong",
            Self::TooMany { .. } => "Too many requests",
            Self::Internal { .. } => "Something went wrong on our side",
            Self::Upstream { .. } => "Another service did not answer as it should",
            Self::Unavailable { .. } => "FlowPilot is not available",
        }
    }

    /// What happened and what to do, for a person.
    pub fn detail(&self) -> String {
        match self {
            Self::Unauthenticated { reason } => match reason {
                SignedOut::Unauthenticated => "Please sign in.".to_owned(),
                SignedOut::ExpiredIdle => {
                    "You were signed out after a time without activity. Please sign in again.".to_owned()
                }
                SignedOut::ExpiredAbsolute => {
                    "Your sign-in has reached its longest duration. Please sign in again.".to_owned()
                }
            },
            Self::Invalid { errors } => errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join(" "),
            Self::Internal { request_id: Some(id) } => {
                format!("It has been logged as {id}. Please try again.")
            }
            Self::Internal { request_id: None } => "It has been logged. Please try again.".to_owned(),
            other => other.to_string(),
        }
    }
}

/// The reverse of what is derived. It knows where each part stands, and needs no code to find that out.
impl<'de> Deserialize<'de> for AppError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let error = Value::deserialize(deserializer)?;
        Self::read(error).ok_or_else(|| D::Error::custom("it is none of our errors"))
    }
}

impl AppError {
    fn read(mut error: Value) -> Option<Self> {
        let from = &mut error;
        let detail = take(from, "detail").unwrap_or_default();
        Some(match take::<String>(from, "error")?.as_str() {
            "malformed" => Self::Malformed { detail },
            "unauthenticated" => Self::Unauthenticated { reason: take(from, "reason")? },
            "forbidden" => Self::Forbidden { detail },
            "not_found" => Self::NotFound { what: take(from, "what")? },
            "conflict" => Self::Conflict {
                code: take(from, "code")?,
                detail,
                subject: take(from, "subject")?,
                statements: take(from, "statements")?,
            },
            "too_large" => Self::TooLarge { detail },
            "unsupported_media" => Self::UnsupportedMedia { detail },
            "invalid" => Self::Invalid { errors: take(from, "errors")? },
            "too_many" => Self::TooMany { retry_after_seconds: take(from, "retry_after_seconds")? },
            "upstream" => Self::Upstream { code: take(from, "code")?, detail },
            "unavailable" => Self::Unavailable { detail },
            "internal" => Self::Internal { request_id: take(from, "request_id")? },
            _ => return None,
        })
    }
}

impl FromServerFnError for AppError {
    type Encoder = Wire;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unavailable {
                detail: "The server cannot be reached. Nothing was lost; try again when you are online.".to_owned(),
            },
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::malformed("The request could not be read.")
            }
            _ => Self::internal(),
        }
    }
}
