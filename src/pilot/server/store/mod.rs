//! All SQL of the session surface, and only SQL. Every function takes the tenant transaction it runs in.

#![expect(clippy::as_conversions, reason = "the way sqlx is told a parameter's type")]

pub mod artifacts;
pub mod batches;
pub mod clock;
pub mod deliveries;
pub mod drafts;
pub mod events;
pub mod facts;
pub mod fixes;
pub mod history;
pub mod hypotheses;
pub mod images;
pub mod lane;
pub mod list;
pub mod messages;
pub mod postings;
pub mod sessions;
pub mod shares;
pub mod turns;
