//! Process plumbing without domain rules: from the command line to the router and back to a clean stop.

pub mod batches;
pub mod cancels;
mod cli;
pub mod config;
pub mod context;
pub mod crypto;
pub mod db;
pub mod docs;
pub mod embedded_postgres;
pub mod events;
pub mod files;
pub mod floods;
pub mod http_client;
pub mod jobs;
pub mod markdown;
pub mod middleware;
pub mod news;
pub mod notify;
pub mod rest;
pub mod router;
pub mod rpc;
pub mod serve;
pub mod telemetry;

pub use cli::{Cli, main};
