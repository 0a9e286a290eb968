//! The session surface: chat, task lane, facts, fixes and the notes written from them.
//!
//! It owns sessions and all that hangs on them. It must not know which model answers or which ticket system takes the note.
//! Pure rules stand beside the types ([`circles`], [`fix`], [`images`], [`lane`], [`note`], [`markers`],
//! [`restate`]); [`state`] is the screen's reducer.

pub mod circles;
pub mod contradiction;
pub mod fix;
pub mod history;
pub mod images;
pub mod lane;
pub mod markers;
pub mod note;
pub mod restate;
pub mod rpc;
pub mod state;
pub mod types;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;
