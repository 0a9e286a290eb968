//! The lane's last line: how many values models are not told, and the way to look at them.

use leptos::prelude::*;

use super::surface::use_surface;
use crate::{
    ai::types::masked::MaskedValue,
    ids::SessionId,
    pilot::{rpc, state::PilotDataStoreFields},
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        load::{Load, reading},
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
    wire::Ask,
};

#[component]
pub fn KeptFromAi() -> impl IntoView {
    let surface = use_surface();
    let open = RwSignal::new(false);
    let count = Memo::new(move |_| surface.state.0.head().with(|head| head.masked_values));
    let label = move || match count.get() {
        1 => "1 value is kept from the AI".to_owned(),
        n => format!("{n} values are kept from the AI"),
    };
    let id = surface.id;
    view! {
        <When is=move || count.get() != 0>
            <div class="section kept">
                <Button small=true tone=Tone::Quiet on_click=move || open.set(true)>{dynamic(label)}</Button>
            </div>
        </When>
        <Later open load=move || Box::pin(dialog(id, open))/>
    }
}

#[wasm_split(session, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(id: SessionId, open: RwSignal<bool>) -> Split<AnyView> {
    // Asked for whenever it opens: since then, more may have been said.
    let opened = Memo::new(move |times: Option<&usize>| times.copied().unwrap_or_default() + usize::from(open.get()));
    let values = reading(move || Ask::of(rpc::MaskedValues { id }).again(opened.get()));
    let inside = move || {
        view! {
            <div class="dialog__panel">
                <DialogHead title="Kept from the AI" open/>
                <div class="body">
                    <p class="muted">"Placeholders stand for these values in what the AI is told. You see the values everywhere."</p>
                    <Load from=values children=|values| view! { <Values values/> }.into_any()/>
                </div>
            </div>
        }
    };
    Ok(view! { <Dialog open label="Kept from the AI" class="dialog--s" children=inside/> })
}

#[component]
fn Values(values: Vec<MaskedValue>) -> impl IntoView {
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
    view! { <dl class="kept__values">{values.into_iter().map(row).collect_view()}</dl> }
}
