//! What a person can do on every page, for the command palette: other colours, and signing out.

use leptos::task::spawn_local;

use super::theme::{choose, is_light};
use crate::{
    accounts::{rpc, types::Theme},
    ui::{commands::Command, icon::Glyph, notices::Notices},
};

/// The commands as they are now, for an `owner` or for somebody else.
pub fn account_commands(notices: Notices, owner: bool) -> Vec<Command> {
    let (title, glyph, other) = match is_light() {
        true => ("Use dark colours", Glyph::Moon, Theme::Dark),
        false => ("Use light colours", Glyph::Sun, Theme::Light),
    };
    let sign_out = move || {
        spawn_local(async move {
            // Answered with where to go: the page is loaded anew.
            let _ = notices.check(rpc::log_out().await);
        });
    };
    let security = owner.then(|| {
        Command::go(Glyph::Key, "Security", "/account/security")
            .also("sign-in lifetime sessions logins audit log owner")
    });
    let own = [
        Command::act(glyph, title, move || choose(other)).also("toggle theme mode"),
        Command::act(Glyph::SignOut, "Sign out", sign_out).also("log out leave"),
    ];
    security.into_iter().chain(own).collect()
}
