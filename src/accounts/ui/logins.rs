//! Where one is signed in, and signing out there.

use leptos::{prelude::*, task::spawn_local};

use super::is_owner;
use crate::{
    accounts::{rpc, types::LoginSession},
    ui::{
        button::Button,
        load::{Load, Reading},
        notices::use_notices,
        time::Ago,
        view,
    },
};

#[component]
pub fn Logins(logins: Reading<Vec<LoginSession>>) -> impl IntoView {
    let notices = use_notices();
    let sign_out = Callback::new(move |(id,)| {
        spawn_local(async move {
            if notices.check(rpc::revoke_login(id).await).is_some() {
                logins.refetch();
            }
        });
    });
    let list = move |logins: Vec<LoginSession>| {
        let rows = logins
            .into_iter()
            .map(|login| {
                let id = login.id;
                let end = if login.current {
                    view! { <span class="chip chip--known">"this one"</span> }.into_any()
                } else {
                    view! { <Button small=true on_click=move || sign_out.run((id,))>"Sign out"</Button> }.into_any()
                };
                view! {
                    <li>
                        <strong>{browser_name(login.user_agent.as_deref())}</strong>
                        <small>"signed in "<Ago at=login.created_at.0/>" · seen "<Ago at=login.last_seen_at.0/></small>
                        {end}
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="token-list">{rows}</ul> }.into_any()
    };
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Where you are signed in"</h2>
                    <p>
                        "Sign out what you do not know. "
                        {is_owner().then(|| view! { <a class="link" href="/account/security">"Security of the account"</a> })}
                    </p>
                </div>
            </header>
            <Load from=logins children=list/>
        </section>
    }
}

/// Browser and system, as far as the browser's own words tell.
pub fn browser_name(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    let one_of =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = one_of(&[("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = one_of(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_by_what_they_are() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0";
        assert_eq!(browser_name(Some(edge)), "Edge on Windows");
        assert_eq!(browser_name(Some("curl/8.1")), "Unknown browser");
        assert_eq!(browser_name(None), "Unknown browser");
    }
}
