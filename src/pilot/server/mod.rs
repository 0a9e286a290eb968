//! The session surface's services, by noun, and what other slices may call.
//!
//! Every write to a session goes through [`write::Write`]: it locks the session's row, hands out event ids, and commits the
//! change together with its events and the state version. [`turn`] runs one AI turn; nothing here waits for a model or a
//! ticket system with a transaction open.

pub mod apply;
pub mod artifacts;
pub mod case;
pub mod chores;
mod circles;
pub mod deliveries;
pub mod delivery;
pub mod export;
pub mod facts;
pub mod fixes;
pub mod history;
pub mod hypotheses;
pub mod images;
pub mod lane;
pub mod live;
pub mod masked;
mod near;
pub mod posting;
pub mod rest;
mod restored;
pub mod search;
pub mod sessions;
pub mod shares;
pub mod text;
pub mod ticket;
mod ticket_news;
pub mod time_entry;
mod titles;
pub mod turn;
pub mod turns;

mod store;
mod stream;
mod write;

pub use deliveries::{posts, retry_post};
pub use sessions::on_ticket;
pub use store::{batches::Batched, events::Stored};
pub use ticket::posted_on;
pub use ticket_news::ticket_changed;
