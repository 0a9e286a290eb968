//! Whether the ticket system calls FlowPilot when a ticket changes.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    accounts::rpc,
    psa::types::{PsaChange, PsaSettings, Webhooks},
    ui::{button::Button, notices::use_notices, time::Ago, view, when::dynamic},
};

#[component]
pub fn WebhooksForm(saved: RwSignal<PsaSettings>) -> impl IntoView {
    let notices = use_notices();
    let busy = RwSignal::new(false);
    let on = Signal::derive(move || {
        saved.with(|saved| saved.connection.as_ref().is_some_and(|connection| connection.webhooks.is_some()))
    });
    let switch = move || {
        // Where this page came from is where FlowPilot is reached.
        let origin = (!on.get_untracked()).then(|| window().location().origin().unwrap_or_default());
        busy.set(true);
        spawn_local(async move {
            let change = PsaChange { webhooks: Some(origin), ..PsaChange::default() };
            if let Some(stored) = notices.check(rpc::change_psa(change).await) {
                saved.try_set(stored);
            }
            busy.try_set(false);
        });
    };
    let state = move || {
        let webhooks = saved.with(|saved| saved.connection.as_ref().and_then(|of| of.webhooks.clone()));
        match webhooks {
            None => "Off. What others change there is seen when it is read next.".into_any(),
            Some(Webhooks { origin, heard_at }) => {
                let heard = match heard_at {
                    Some(at) => view! { " Last heard: "<Ago at=at.0/>"." }.into_any(),
                    None => " Nothing was heard yet.".into_any(),
                };
                view! { {format!("On: it calls {origin}/hooks/psa/… with a secret end.")}{heard} }.into_any()
            }
        }
    };
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Changes as they happen"</h2>
                    <p>"The ticket system calls FlowPilot when a ticket changes. It must reach FlowPilot from where it is."</p>
                </div>
            </header>
            <p role="status">{dynamic(state)}</p>
            <div class="row">
                <Button busy on_click=switch>{dynamic(move || if on.get() { "Turn off" } else { "Turn on" })}</Button>
            </div>
        </section>
    }
}
