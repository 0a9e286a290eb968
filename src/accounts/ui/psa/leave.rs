//! The way back to tickets kept in FlowPilot itself.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    accounts::rpc,
    psa::types::PsaSettings,
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        notices::use_notices,
        view,
    },
};

#[component]
pub fn Leave(saved: RwSignal<PsaSettings>) -> impl IntoView {
    let notices = use_notices();
    let open = RwSignal::new(false);
    let leave = move || {
        open.set(false);
        spawn_local(async move {
            if let Some(stored) = notices.check(rpc::disconnect_psa().await) {
                notices.say("Disconnected. Tickets are kept in FlowPilot from now on.");
                saved.try_set(stored);
            }
        });
    };
    let inside = move || {
        view! {
            <div class="dialog__panel">
                <DialogHead title="Disconnect the ticket system?" open/>
                <div class="body stack">
                    <p>"Sessions keep their notes and the links to their tickets. Nothing is changed in the ticket system."</p>
                    <p>
                        "The keys, who is who, and where tickets go are deleted here. Notes that wait to be posted stop, and say so; connect again to post them."
                    </p>
                </div>
                <footer>
                    <Button on_click=move || open.set(false)>"Cancel"</Button>
                    <Button tone=Tone::Danger on_click=leave>"Disconnect"</Button>
                </footer>
            </div>
        }
    };
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>"Disconnect"</h2>
                    <p>"Tickets are kept in FlowPilot itself from then on."</p>
                </div>
            </header>
            <div class="row">
                <Button tone=Tone::DangerQuiet on_click=move || open.set(true)>"Disconnect"</Button>
            </div>
            <Dialog open label="Disconnect the ticket system" class="dialog--s dialog--confirm" children=inside/>
        </section>
    }
}
