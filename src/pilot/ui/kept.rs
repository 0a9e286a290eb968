//! The lane's last line: how many values models are not told, and the way to look at them.

use leptos::{lazy, prelude::*, task::spawn_local};

use super::surface::use_surface;
use crate::{
    ai::types::masked::MaskedValue,
    pilot::{rpc, state::PilotDataStoreFields},
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        when::{Later, When, dynamic},
    },
};

type Kept = RwSignal<Vec<MaskedValue>>;

#[component]
pub fn KeptFromAi() -> impl IntoView {
    let surface = use_surface();
    let (kept, open): (Kept, _) = (RwSignal::new(Vec::new()), RwSignal::new(false));
    let state = Memo::new(move |_| (surface.running.get(), surface.state.0.head().with(|head| head.state_version)));
    Effect::new(move |_| {
        // What a turn says is there before it runs, and what it brought when it is over.
        state.track();
        spawn_local(async move {
            // Not worth a complaint: the line stays as it is.
            if let Ok(values) = rpc::masked_values(surface.id).await {
                let _ = kept.try_set(values);
            }
        });
    });
    let label = move || match kept.with(Vec::len) {
        1 => "1 value is kept from the AI".to_owned(),
        n => format!("{n} values are kept from the AI"),
    };
    view! {
        <When is=move || kept.with(|kept| !kept.is_empty())>
            <div class="section kept">
                <Button small=true tone=Tone::Quiet on_click=move || open.set(true)>{dynamic(label)}</Button>
            </div>
        </When>
        <Later open load=move || Box::pin(dialog(kept, open))/>
    }
}

#[lazy]
fn dialog(kept: Kept, open: RwSignal<bool>) -> AnyView {
    let row = |one: MaskedValue| {
        view! {
            <dt>{one.kind.label()}</dt>
            <dd>
                <code>{one.value}</code>
                <small>"The AI reads "{one.placeholder}</small>
            </dd>
        }
        .into_any()
    };
    let inside = move || {
        view! {
            <div class="dialog__panel">
                <DialogHead title="Kept from the AI" open/>
                <div class="body">
                    <p class="muted">"Placeholders stand for these values in what the AI is told. You see the values everywhere."</p>
                    <dl class="kept__values">{kept.get().into_iter().map(row).collect_view()}</dl>
                </div>
            </div>
        }
    };
    view! { <Dialog open label="Kept from the AI" class="dialog--s" children=inside/> }.into_any()
}
