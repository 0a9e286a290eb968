//! Messages before those on the screen: read a page at a time, or back to one that somebody wants to see.

use leptos::{prelude::*, task::spawn_local};

use super::surface::Surface;
use crate::{
    error::AppError,
    ids::MessageId,
    pilot::{rpc, state::PilotDataStoreFields},
    ui::browser,
};

impl Surface {
    /// Reads the page before the oldest message that is here; false where there is none.
    async fn read_older(self) -> Result<bool, AppError> {
        let data = self.state.0;
        let oldest =
            data.messages().try_with_untracked(|messages| messages.first().map(|message| message.id)).flatten();
        let Some(oldest) = oldest.filter(|_| data.has_more().try_get_untracked() == Some(true)) else {
            return Ok(false);
        };
        let _ = self.reading_older.try_set(true);
        let answer = rpc::older_messages(self.id, oldest).await;
        let _ = self.reading_older.try_set(false);
        let (older, has_more) = answer?;
        self.state.prepend(oldest, older, has_more);
        Ok(true)
    }

    /// Reads a page, unless one is on its way.
    pub fn load_older(self) {
        if self.reading_older.get_untracked() || !self.state.0.has_more().get_untracked() {
            return;
        }
        // Before anybody else asks for the same.
        self.reading_older.set(true);
        spawn_local(async move {
            self.notices.check(self.read_older().await);
            browser::refocus(None, vec![".older button".to_owned(), ".composer textarea".to_owned()]);
        });
    }

    /// Goes to a message of the conversation. One that is not here yet is read first, with all that lies between.
    pub fn show_message(self, id: MessageId) {
        let is_here = move || {
            self.state.0.messages().try_with_untracked(|messages| messages.iter().any(|message| message.id == id))
        };
        spawn_local(async move {
            if is_here() == Some(false) {
                self.notices.say("Loading the earlier messages…");
            }
            while is_here() == Some(false) {
                match self.read_older().await {
                    Ok(true) => self.notices.signed_in(),
                    Ok(false) => return self.notices.say("That message is not in this conversation."),
                    Err(error) => return self.notices.fail(&error),
                }
            }
            // When it is drawn, and what lay over it is out of the way.
            request_animation_frame(move || browser::point_at(&format!("message-{id}")));
        });
    }
}
