//! The nouns of the session surface as they travel: the same shapes for the browser and for REST (P6). One file a group of
//! nouns; whoever uses one finds it here.

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
mod turns;

pub use self::{
    events::*, facts::*, fixes::*, lane::*, live::*, messages::*, notes::*, people::*, problem::*, session::*, turns::*,
};
pub use crate::page::Page;
