//! Who is signed in where, and signing out all others or everyone.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    accounts::{
        rpc,
        types::security::{LiveLogin, RevokeScope},
        ui::logins::browser_name,
    },
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        icon::Glyph,
        notices::use_notices,
        time::Ago,
        view,
        when::dynamic,
    },
};

#[component]
pub fn People(sessions: RwSignal<Vec<LiveLogin>>, on_revoked: Callback<()>) -> impl IntoView {
    let asked = RwSignal::new(None::<RevokeScope>);
    let ask = move |scope: RevokeScope| move || asked.set(Some(scope));
    let list = move || {
        let rows = sessions.get().into_iter().map(row).collect_view();
        view! { <ul class="token-list">{rows}</ul> }
    };
    let alone = Signal::derive(move || sessions.with(|sessions| sessions.iter().all(|login| login.current)));
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Who is signed in"</h2>
                    <p>{dynamic(move || sessions.with(|sessions| counted(sessions)))}</p>
                </div>
            </header>
            {dynamic(list)}
            <div class="row">
                <Button icon=Glyph::SignOut disabled=alone on_click=ask(RevokeScope::Others)>"Sign out all others"</Button>
                <Button icon=Glyph::SignOut tone=Tone::DangerQuiet on_click=ask(RevokeScope::Everyone)>
                    "Sign out everyone"
                </Button>
            </div>
            <Confirm asked on_revoked/>
        </section>
    }
}

/// `3 people in 5 browsers.`
fn counted(sessions: &[LiveLogin]) -> String {
    let mut people: Vec<_> = sessions.iter().map(|login| login.user_id).collect();
    people.sort_unstable();
    people.dedup();
    let many = |count: usize, one: &str, more: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    };
    let (people, browsers) = (people.len(), sessions.len());
    format!("{} in {}.", many(people, "person", "people"), many(browsers, "browser", "browsers"))
}

fn row(login: LiveLogin) -> AnyView {
    view! {
        <li>
            <strong>{login.user_name}</strong>
            <small>
                {format!("{} · {} · signed in ", login.role, browser_name(login.user_agent.as_deref()))}
                <Ago at=login.created_at.0/>
                " · seen "
                <Ago at=login.last_seen_at.0/>
            </small>
            {login.current.then(|| view! { <span class="chip chip--known">"this one"</span> })}
        </li>
    }
    .into_any()
}

#[component]
fn Confirm(asked: RwSignal<Option<RevokeScope>>, on_revoked: Callback<()>) -> impl IntoView {
    let notices = use_notices();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asked.with(Option::is_some)));
    Effect::new(move |_| {
        // Only where there is something to forget: a set that changes nothing still wakes the effect above.
        if !open.get() && asked.with_untracked(Option::is_some) {
            asked.set(None);
        }
    });
    let revoke = move |scope: RevokeScope| {
        open.set(false);
        spawn_local(async move {
            // Everyone is answered with where to go: the page is loaded anew.
            if let Some(done) = notices.check(rpc::revoke_sessions(scope).await)
                && scope == RevokeScope::Others
            {
                notices.say(match done.revoked {
                    1 => "1 other sign-in was ended.".to_owned(),
                    count => format!("{count} other sign-ins were ended."),
                });
                on_revoked.run(());
            }
        });
    };
    let inside = move || {
        asked.get().map(|scope| {
            let (title, what) = match scope {
                RevokeScope::Others => (
                    "Sign out all others?",
                    "Everybody else is signed out, and you in your other browsers. You stay signed in here.",
                ),
                RevokeScope::Everyone => {
                    ("Sign out everyone?", "Everybody is signed out, you too. You sign in again with your password.")
                }
            };
            view! {
                <div class="dialog__panel">
                    <DialogHead title open/>
                    <div class="body stack">
                        <p>{what}</p>
                        <p>"What people have typed and not sent stays on their screens. Access tokens keep working."</p>
                    </div>
                    <footer>
                        <Button on_click=move || open.set(false)>"Cancel"</Button>
                        <Button tone=Tone::Danger on_click=move || revoke(scope)>"Sign out"</Button>
                    </footer>
                </div>
            }
        })
    };
    view! { <Dialog open label="Sign people out" class="dialog--s dialog--confirm" children=inside/> }
}
