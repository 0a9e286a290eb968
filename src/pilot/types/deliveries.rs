//! What became of notes on their way to the ticket system: for who looks after the account. Never their text.

use serde::{Deserialize, Serialize};

use super::{ArtifactKind, Person, Problem};
use crate::{
    ids::{PostingId, Timestamp},
    words,
};

words! {
    /// Where a note is on its way.
    DeliveryState {
        Waiting = "waiting",
        /// It is on the ticket; not all of it was read back as it should be.
        Posted = "posted",
        Verified = "verified",
        /// Nothing happens any more unless somebody tries again.
        Failed = "failed",
        /// Its session was reopened since; what comes next takes its place.
        Dropped = "dropped",
    }
}

/// A note on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Delivery {
    pub id: PostingId,
    pub kind: ArtifactKind,
    pub state: DeliveryState,
    pub ticket_provider: String,
    pub ticket_id: String,
    /// The ticket is in the ticket system that the account uses now.
    pub here: bool,
    /// The note's id on the ticket, as soon as it is there.
    pub external_id: Option<String>,
    /// The status the ticket goes to; `null`: it keeps its own, or none is found out yet.
    pub target_status: Option<String>,
    /// Why the ticket keeps its status.
    pub skipped_reason: Option<String>,
    pub problem: Option<Problem>,
    pub posted_by: Person,
    /// When it is tried next; `null`: now, or no more.
    pub next_attempt_at: Option<Timestamp>,
    pub can_retry: bool,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// A part of the list: what is not done first, then the newest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
pub struct DeliveryFilter {
    pub cursor: Option<String>,
    /// 1–100; default 30.
    pub limit: Option<u16>,
}
