//! Tickets and what surrounds them, as every ticket system has them. Ids are strings.

mod connection;
mod lists;
mod mapping;
mod settings;
mod ticket;
mod work;

pub use connection::*;
pub use lists::*;
pub use mapping::*;
pub use settings::*;
pub use ticket::*;
pub use work::*;
