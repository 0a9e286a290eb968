//! The pages of the settings: one's own, and for who looks after the account those of the account.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::use_me;
use crate::{accounts::types::UserRole, ui::view};

const PAGES: [(&str, &str, UserRole); 5] = [
    ("/settings", "You", UserRole::Viewer),
    ("/account/ai", "AI", UserRole::Admin),
    ("/account/usage", "AI usage", UserRole::Admin),
    ("/account/psa", "Ticket system", UserRole::Admin),
    ("/account/security", "Security", UserRole::Owner),
];

/// Whether who is signed in looks after the account.
pub fn is_admin() -> bool {
    use_me().is_some_and(|me| me.role.at_least(UserRole::Admin))
}

#[component]
pub fn SettingsTabs() -> impl IntoView {
    let Some(me) = use_me().filter(|me| me.role.at_least(UserRole::Admin)) else {
        return ().into_any();
    };
    let here = use_location().pathname;
    let tab = move |(to, label, _): (&'static str, &'static str, UserRole)| {
        let current = move || here.with(|here| here.trim_end_matches('/') == to).then_some("page");
        view! { <a href=to aria-current=current>{label}</a> }
    };
    let theirs = PAGES.into_iter().filter(|(_, _, least)| me.role.at_least(*least));
    view! { <nav class="tabs" aria-label="Settings">{theirs.map(tab).collect_view()}</nav> }.into_any()
}
