//! The gateway to ticket systems: one trait, the providers behind it, and the registry that chooses.

mod connection;
pub mod connectwise;
mod fault;
pub mod lists;
pub mod local_desk;
pub mod members;
mod provider;
mod registry;
pub mod simulator;

pub use connection::ConnectWiseKeys;
pub use fault::PsaError;
pub use provider::{NewNote, Provider};
pub use registry::Registry;
