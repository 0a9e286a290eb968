//! The gateway to ticket systems: one trait, the providers behind it, and the registry that chooses.

mod connection;
pub mod connectwise;
mod fault;
mod leveled;
pub mod lists;
pub mod local_desk;
pub mod members;
mod provider;
mod registry;
pub mod settings;
pub mod simulator;
pub mod targets;
mod vendors;

pub use connection::ConnectWiseKeys;
pub use fault::PsaError;
pub use leveled::Leveled;
pub use provider::{NewNote, Provider};
pub use registry::{Connect, Registry};
pub use vendors::Vendors;
