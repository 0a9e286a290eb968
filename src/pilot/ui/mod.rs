//! The session surface on the screen. [`surface`] is what its parts share, [`live`] the one connection, [`saves`] and
//! [`outbox`] what was typed and is not on the server yet; every other module is a piece of the screen, named after it.

mod attachments;
mod changes;
mod checks;
mod closed;
mod composer;
mod ending;
mod escalate;
mod fix_banner;
mod fix_card;
mod head;
mod home;
mod hypotheses;
mod items;
mod lane;
mod layout;
mod list;
mod live;
mod message;
mod note_draft;
mod outbox;
mod previews;
mod questions;
mod resize;
mod rows;
mod saves;
mod screen;
mod session_menu;
mod sessions;
mod share;
mod sources;
mod start;
mod statements;
mod surface;
mod transcript;
mod what_we_know;

pub use changes::provide_touched;
pub use home::HomePage;
pub use layout::PilotLayout;
pub use live::provide_live;
pub use screen::SessionPage;
pub use sessions::SessionsPage;
pub use start::{StartOnTicket, StartPage};
