//! Personal access tokens: made, copied once, revoked.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use crate::{
    accounts::{rpc, types::AccessToken},
    ids::TokenId,
    ui::{
        button::{Button, Tone},
        copy::CopyButton,
        dialog::{Dialog, DialogHead},
        icon::Glyph,
        load::{Empty, Load, Reading},
        notices::use_notices,
        time::Ago,
        view,
        when::dynamic,
    },
};

#[component]
pub fn Tokens(tokens: Reading<Vec<AccessToken>>) -> impl IntoView {
    let made = RwSignal::new(None::<String>);
    let revoking = RwSignal::new(None::<AccessToken>);
    let list = move |tokens: Vec<AccessToken>| {
        if tokens.is_empty() {
            return view! {
                <div class="card">
                    <Empty glyph=Glyph::Key title="No tokens yet">
                        <p>"Make one to use the REST API from a script."</p>
                    </Empty>
                </div>
            }
            .into_any();
        }
        let rows = tokens.into_iter().map(|token| view! { <TokenRow token revoking/> }).collect_view();
        view! { <ul class="token-list">{rows}</ul> }.into_any()
    };
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Personal access tokens"</h2>
                    <p>
                        "For scripts and the REST API. A token acts as you. "
                        <a class="link" href="/api/v1/docs" rel="external">"API description"</a>
                    </p>
                </div>
            </header>
            <NewToken made on_made=move || tokens.refetch()/>
            {dynamic(move || made.get().map(|token| view! { <Secret token/> }))}
            <Load from=tokens children=list/>
            <RevokeToken revoking on_revoked=move || tokens.refetch()/>
        </section>
    }
}

#[component]
fn NewToken(made: RwSignal<Option<String>>, #[prop(into)] on_made: Callback<()>) -> impl IntoView {
    let notices = use_notices();
    let name = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = name.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            if let Some(new) = notices.check(rpc::create_token(input.value()).await) {
                input.set_value("");
                made.set(Some(new.token));
                on_made.run(());
            }
            busy.set(false);
        });
    };
    view! {
        <form class="row" on:submit=make>
            <input class="field" node_ref=name required maxlength="100" aria-label="Name of the new token" placeholder="What it is for: laptop CLI"/>
            <Button submit=true tone=Tone::Primary icon=Glyph::Add busy>"New token"</Button>
        </form>
    }
}

/// The only moment a token can be read.
#[component]
fn Secret(token: String) -> impl IntoView {
    view! {
        <div class="notice notice--success token-new" role="status">
            <div class="stack">
                <p>"Copy the token now. It is not shown again."</p>
                <div class="command">
                    <div class="code" tabindex="0">{token.clone()}</div>
                    <CopyButton text=token what="token"/>
                </div>
            </div>
        </div>
    }
}

#[component]
fn TokenRow(token: AccessToken, revoking: RwSignal<Option<AccessToken>>) -> impl IntoView {
    let used = token
        .last_used_at
        .map_or_else(|| " · never used".into_any(), |at| view! { " · used "<Ago at=at.0/> }.into_any());
    let (name, made) = (token.name.clone(), token.created_at.0);
    let revoke = move || revoking.set(Some(token.clone()));
    view! {
        <li>
            <strong>{name}</strong>
            <small>"made "<Ago at=made/>{used}</small>
            <Button small=true on_click=revoke>"Revoke"</Button>
        </li>
    }
}

#[component]
fn RevokeToken(revoking: RwSignal<Option<AccessToken>>, #[prop(into)] on_revoked: Callback<()>) -> impl IntoView {
    let notices = use_notices();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(revoking.with(Option::is_some)));
    Effect::new(move |_| {
        // Only where there is something to forget: a set that changes nothing still wakes the effect above.
        if !open.get() && revoking.with_untracked(Option::is_some) {
            revoking.set(None);
        }
    });
    let revoke = move |id: TokenId| {
        open.set(false);
        spawn_local(async move {
            if notices.check(rpc::revoke_token(id).await).is_some() {
                on_revoked.run(());
            }
        });
    };
    let inside = move || {
        revoking.get().map(|token| {
            let id = token.id;
            view! {
                <div class="dialog__panel">
                    <DialogHead title=format!("Revoke “{}”?", token.name) open/>
                    <div class="body">
                        <p>"Scripts that use this token stop working at once. This cannot be undone."</p>
                    </div>
                    <footer>
                        <Button on_click=move || open.set(false)>"Cancel"</Button>
                        <Button tone=Tone::Danger on_click=move || revoke(id)>"Revoke token"</Button>
                    </footer>
                </div>
            }
        })
    };
    view! { <Dialog open label="Revoke token" class="dialog--s dialog--confirm" children=inside/> }
}
