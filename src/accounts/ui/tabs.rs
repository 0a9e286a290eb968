//! The pages of the settings: one's own, and for admins those of the account.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::use_me;
use crate::accounts::types::UserRole;

const PAGES: [(&str, &str); 3] = [("/settings", "You"), ("/account/ai", "AI"), ("/account/usage", "AI usage")];

/// Whether who is signed in looks after the account.
pub fn is_admin() -> bool {
    use_me().is_some_and(|me| me.role.at_least(UserRole::Admin))
}

#[component]
pub fn SettingsTabs() -> impl IntoView {
    if !is_admin() {
        return ().into_any();
    }
    let here = use_location().pathname;
    let tab = move |(to, label): (&'static str, &'static str)| {
        let current = move || here.with(|here| here.trim_end_matches('/') == to).then_some("page");
        view! { <a href=to aria-current=current>{label}</a> }
    };
    view! { <nav class="tabs" aria-label="Settings">{PAGES.map(tab).into_iter().collect_view()}</nav> }.into_any()
}
