//! The images beside the message box, small, each with how far it is and the way out. Downloaded with the first one.

use leptos::prelude::*;

use super::attachments::{Attachment, Attachments, Progress};
use crate::ui::{
    browser,
    button::{Button, IconButton},
    each::Each,
    icon::{Glyph, Icon},
    split::{self, Split, wasm_split},
    view,
    when::{Later, When, dynamic},
};

#[component]
pub fn Previews(attached: Attachments) -> impl IntoView {
    let some = Signal::derive(move || !attached.is_empty());
    view! { <Later open=some load=move || Box::pin(split::patiently(move || previews(attached)))/> }
}

#[wasm_split(images, wasm_split_path = leptos::wasm_split, fallible)]
fn previews(attached: Attachments) -> Split<AnyView> {
    let row = move |one: Memo<Attachment>| view! { <Preview one attached/> }.into_any();
    let list = move || {
        view! {
            <ul class="composer__images" aria-label="Images for this message">
                <Each items=Memo::new(move |_| attached.list.get()) key=|one: &Attachment| one.key children=row/>
            </ul>
        }
    };
    Ok(view! { <When is=move || !attached.is_empty()>{list()}</When> })
}

#[component]
fn Preview(one: Memo<Attachment>, attached: Attachments) -> impl IntoView {
    let Attachment { key, name, .. } = one.get_untracked();
    let remove = {
        let label = format!("Remove {name}");
        let remove = move || {
            attached.remove(key);
            // The button goes; one writes on.
            if let Some(field) = browser::find(".composer textarea") {
                let _ = field.focus();
            }
        };
        view! { <IconButton small=true glyph=Glyph::Close label on_click=remove/> }
    };
    let inside = move || {
        let Attachment { name, shown, progress, .. } = one.get();
        match progress {
            Progress::Failed { why, again } => view! {
                <Icon glyph=Glyph::Alert/>
                <p role="alert"><strong>{name}</strong>" "{why}</p>
                {again.then(|| view! {
                    <Button small=true icon=Glyph::Retry on_click=move || attached.retry(key)>"Try again"</Button>
                })}
            }
            .into_any(),
            Progress::Uploading => view! {
                <img src=shown alt=name.clone() aria-busy="true"/>
                <span class="spinner" role="status" aria-label=format!("Attaching {name}")></span>
            }
            .into_any(),
            Progress::Held | Progress::Ready(_) => view! { <img src=shown alt=name/> }.into_any(),
        }
    };
    let state = move || one.with(Attachment::failed).then_some("failed");
    view! { <li data-state=state>{dynamic(inside)}{remove}</li> }
}
