//! The gateway to language models. It owns what is said to a model and how its answer is heard; it knows no slice.

pub mod types;

#[cfg(feature = "ssr")]
pub mod server;
