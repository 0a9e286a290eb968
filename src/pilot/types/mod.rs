//! The nouns of the session surface as they travel: the same shapes for the browser and for REST (P6). One file a group of
//! nouns; whoever uses one finds it here.

mod deliveries;
mod events;
mod facts;
mod fixes;
mod lane;
mod live;
mod messages;
mod notes;
mod people;
mod problem;
mod session;
mod time_entry;
mod turns;

pub use self::{
    deliveries::*, events::*, facts::*, fixes::*, lane::*, live::*, messages::*, notes::*, people::*, problem::*,
    session::*, time_entry::*, turns::*,
};
pub use crate::page::Page;
