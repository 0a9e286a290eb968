//! With whom the session is shared: who sees it, who could, and the way off it.

use leptos::{prelude::*, task::spawn_local};

use super::surface::{Surface, use_surface};
use crate::{
    accounts::types::{Colleague, UserRole},
    error::AppError,
    ids::UserId,
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{NewShare, Person},
    },
    ui::{
        browser,
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        field::SearchField,
        load::Problem,
        skeleton::Skeleton,
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
};

/// The dialog; downloaded when it is first opened.
#[component]
pub fn ShareDialog(open: RwSignal<bool>) -> impl IntoView {
    let surface = use_surface();
    view! { <Later open load=move || Box::pin(dialog(surface, open))/> }
}

#[wasm_split(session, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(surface: Surface, open: RwSignal<bool>) -> Split<AnyView> {
    Ok(view! {
        <Dialog open label="Share session" class="dialog--s" children=move || view! { <Sharing surface open/> }/>
    })
}

/// Colleagues who are not on the session; `None` until they are read.
type Others = RwSignal<Option<Vec<Colleague>>>;

/// A list that is drawn anew when somebody in it was pressed.
fn listed<T>(all: T) -> T {
    browser::hand_focus_over(".people", "dialog[open] h2".to_owned());
    all
}

#[component]
fn Sharing(surface: Surface, open: RwSignal<bool>) -> impl IntoView {
    let others: Others = RwSignal::new(None);
    let failed = RwSignal::new(None);
    let words = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let shared = move || surface.state.0.head().with(|head| head.shared_with.clone());
    let read = move || {
        spawn_local(async move {
            match rpc::sharing(surface.id).await {
                Ok(sharing) => {
                    surface.state.0.head().update(|head| head.shared_with = sharing.shared_with);
                    let _ = others.try_set(Some(sharing.others));
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    Effect::new(move |_| read());
    // Said in the dialog: what stands behind it cannot be reached.
    let done = move |answer: Result<(), AppError>| {
        let _ = failed.try_set(answer.err());
        let _ = busy.try_set(false);
        read();
    };
    let add = move |id: UserId| {
        // One at a time. Not disabled meanwhile, which would drop the focus.
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let share = NewShare { user_id: Some(id), email: None };
            let answer = rpc::add_share(surface.id, share).await;
            done(answer.map(drop));
        });
    };
    let remove = move |id: UserId| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = rpc::remove_share(surface.id, id).await;
            done(answer.map(drop));
        });
    };
    let on_it = move || match listed(shared()) {
        people if people.is_empty() => {
            view! { <p class="muted">"Only you see this session. Once escalated, engineers see it too."</p> }.into_any()
        }
        people => {
            let row = |Person { id, name }: Person| {
                view! {
                    <li class="person">
                        <span>{name.clone()}</span>
                        <Button small=true tone=Tone::Quiet title="Take off this session" on_click=move || remove(id)>
                            "Remove"
                            <span class="visually-hidden">" "{name}</span>
                        </Button>
                    </li>
                }
                .into_any()
            };
            view! { <ul class="people" aria-label="Shared with">{people.into_iter().map(row).collect_view()}</ul> }
                .into_any()
        }
    };
    let choices = move || {
        let Some(all) = listed(others.get()) else { return view! { <Skeleton lines=3/> }.into_any() };
        let sought = words.get().trim().to_lowercase();
        let fits = |one: &Colleague| one.name.to_lowercase().contains(&sought) || one.email.contains(&sought);
        let found: Vec<_> = all.iter().filter(|one| fits(one)).take(20).cloned().collect();
        if found.is_empty() {
            let said = match all.is_empty() {
                true => "Everybody of your account is on this session already, or there is nobody else yet.",
                false => "No colleague has this name or address.",
            };
            return view! { <p class="muted">{said}</p> }.into_any();
        }
        let row = |one: Colleague| {
            let reads = (one.role == UserRole::Viewer).then_some("reads only");
            view! {
                <li class="person">
                    <span>{one.name.clone()}<small>{one.email}</small></span>
                    <small>{reads}</small>
                    <Button small=true on_click=move || add(one.id)>
                        "Share"
                        <span class="visually-hidden">" with "{one.name}</span>
                    </Button>
                </li>
            }
            .into_any()
        };
        view! { <ul class="people" aria-label="Colleagues">{found.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="dialog__panel">
            <DialogHead title="Share session" open/>
            <div class="body">
                <Problem error=failed/>
                {dynamic(on_it)}
                <When is=move || others.with(|others| others.as_ref().is_some_and(|all| all.len() > 5))>
                    <SearchField label="Find a colleague" value=words on_input=move |text| words.set(text)/>
                </When>
                {dynamic(choices)}
            </div>
        </div>
    }
}
