//! The gateway to ticket systems (PSAs). It owns the provider trait and the providers; it knows no slice.

pub mod types;

#[cfg(feature = "ssr")]
pub mod server;
