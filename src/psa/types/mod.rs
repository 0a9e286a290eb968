//! Tickets and what surrounds them, as every ticket system has them. Ids are strings.

mod lists;
mod settings;
mod ticket;
mod work;

pub use lists::*;
pub use settings::*;
pub use ticket::*;
pub use work::*;
