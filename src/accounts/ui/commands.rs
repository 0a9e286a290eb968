//! What a person can do on every page, for the command palette: other colours, and signing out.

use leptos::task::spawn_local;

use super::theme::{choose, is_light};
use crate::{
    accounts::{
        rpc,
        types::{Theme, UserRole},
    },
    ui::{commands::Command, icon::Glyph, notices::Notices},
};

/// The account's own pages, and the least that who opens them is.
fn account_places() -> [(UserRole, Command); 4] {
    [
        (
            UserRole::Admin,
            Command::go(Glyph::Settings, "AI settings", "/account/ai").also("provider key model budget masking"),
        ),
        (UserRole::Admin, Command::go(Glyph::Settings, "AI usage", "/account/usage").also("cost tokens budget")),
        (
            UserRole::Admin,
            Command::go(Glyph::Ticket, "Ticket system", "/account/psa")
                .also("psa connectwise connect members statuses webhooks write-back notes"),
        ),
        (
            UserRole::Owner,
            Command::go(Glyph::Key, "Security", "/account/security")
                .also("sign-in lifetime sessions logins audit log owner"),
        ),
    ]
}

/// The commands as they are now, for who has this role.
pub fn account_commands(notices: Notices, role: Option<UserRole>) -> Vec<Command> {
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
    let places = account_places().into_iter().filter(|(least, _)| role.is_some_and(|role| role.at_least(*least)));
    let own = [
        Command::act(glyph, title, move || choose(other)).also("toggle theme mode"),
        Command::act(Glyph::SignOut, "Sign out", sign_out).also("log out leave"),
    ];
    places.map(|(_, place)| place).chain(own).collect()
}
