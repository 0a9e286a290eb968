//! Accounts, people, logins and tokens. It owns who somebody is; what they may do with a session is the session's business.

pub mod rpc;
pub mod types;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;
