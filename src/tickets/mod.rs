//! The tickets page over whatever ticket system the account uses. It owns the page, not the tickets: those are [`crate::psa`]'s.

pub mod rpc;
pub mod types;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;
