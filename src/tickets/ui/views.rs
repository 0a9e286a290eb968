//! Saved views: filters under a name, to pick, keep and delete.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::address::Address;
use crate::{
    ids::ViewId,
    tickets::{
        rpc,
        types::{NewView, SavedView},
    },
    ui::{
        button::{Button, IconButton, Tone},
        icon::Glyph,
        notices::use_notices,
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn Views(views: Vec<SavedView>) -> impl IntoView {
    let address = Address::find();
    let notices = use_notices();
    let views = RwSignal::new(views);
    let saving = RwSignal::new(false);
    let delete = move |id: ViewId| {
        spawn_local(async move {
            if notices.check(rpc::delete_view(id).await).is_some() {
                views.try_update(|views| views.retain(|view| view.id != id));
            }
        });
    };
    let all = move || {
        let view = |SavedView { id, name, query }: SavedView| {
            let to = if query.is_empty() { "/tickets".to_owned() } else { format!("/tickets?{query}") };
            view! {
                <li>
                    <a class="option" href=to>{name.clone()}</a>
                    <IconButton small=true glyph=Glyph::Close label=format!("Delete view {name}") on_click=move || delete(id)/>
                </li>
            }
            .into_any()
        };
        let views = views.get();
        (!views.is_empty())
            .then(|| view! { <ul class="tickets__views">{views.into_iter().map(view).collect_view()}</ul> })
    };
    view! {
        <nav class="row" aria-label="Saved views">
            {dynamic(all)}
            <When is=move || address.is_filtered() && !saving.get()>
                <Button small=true tone=Tone::Quiet on_click=move || saving.set(true)>"Save view"</Button>
            </When>
            <When is=saving><SaveView address views saving/></When>
        </nav>
    }
}

#[component]
fn SaveView(address: Address, views: RwSignal<Vec<SavedView>>, saving: RwSignal<bool>) -> impl IntoView {
    let notices = use_notices();
    let busy = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| drop(field.focus()));
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let name = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let new = NewView { name, query: address.kept() };
        busy.set(true);
        spawn_local(async move {
            let saved = notices.check(rpc::save_view(new).await);
            let _ = busy.try_set(false);
            if let Some(view) = saved {
                views.try_update(|views| {
                    views.retain(|known| known.id != view.id);
                    views.push(view);
                });
                let _ = saving.try_set(false);
            }
        });
    };
    view! {
        <form class="row" on:submit=save>
            <input class="field" node_ref=field required maxlength="60" aria-label="Name of the view" placeholder="Name of the view"/>
            <Button small=true submit=true busy=busy>"Save"</Button>
            <Button small=true tone=Tone::Quiet on_click=move || saving.set(false)>"Cancel"</Button>
        </form>
    }
}
