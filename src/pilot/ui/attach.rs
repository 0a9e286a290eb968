//! How images come to a box in which one writes: picked, pasted, dropped. The same for a message and for the start box.

use leptos::{ev, html, prelude::*, web_sys::Event};

use super::attachments::{Attachments, Hold};
use crate::{
    pilot::images::{ACCEPT, TOO_MANY},
    ui::{browser, button::IconButton, icon::Glyph, view, when::dynamic},
};

/// What to do about images that cannot go.
pub const fn hold_hint(hold: Hold) -> Option<&'static str> {
    match hold {
        Hold::Failed => Some("Remove what could not be attached, or try it again."),
        Hold::TooMany => Some(TOO_MANY),
        Hold::Uploading => None,
    }
}

/// Attaches what is pasted, where it is pictures, and not a piece of a document that brings its text along and a picture of it.
pub fn on_paste(event: &ev::ClipboardEvent, attached: Attachments) {
    let document = browser::carries(event, "text/html") && browser::carries(event, "text/plain");
    if browser::carries(event, "Files") && !document {
        event.prevent_default();
        attached.add(browser::files_carried(event));
    }
}

/// Takes images that are dropped or pasted anywhere on the page, as long as there is a box for them. True while one is dragged over it.
pub fn accept_drops(attached: Attachments) -> RwSignal<bool> {
    let dropping = RwSignal::new(false);
    let listen = move |name: &'static str, act: fn(&Event, RwSignal<bool>, Attachments)| {
        let heard = window_event_listener(ev::Custom::<Event>::new(name), move |event| {
            if browser::carries(&event, "Files") {
                act(&event, dropping, attached);
            }
        });
        on_cleanup(move || heard.remove());
    };
    Effect::new(move |_| {
        listen("dragover", |event, dropping, _| {
            // Else the browser would leave the page for the file.
            event.prevent_default();
            dropping.set(true);
        });
        listen("dragleave", |event, dropping, _| dropping.set(!browser::leaves_window(event)));
        listen("drop", |event, dropping, attached| {
            event.prevent_default();
            dropping.set(false);
            attached.add(browser::files_carried(event));
        });
        // The box hears for itself, other fields keep what is theirs.
        listen("paste", |event, _, attached| {
            if !event.default_prevented() && !browser::is_typing() && browser::find("dialog[open]").is_none() {
                event.prevent_default();
                attached.add(browser::files_carried(event));
            }
        });
    });
    dropping
}

/// Opens the picker, and says how many images are there.
#[component]
pub fn AttachButton(
    attached: Attachments,
    /// Where one writes on when they are picked.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let picker = NodeRef::<html::Input>::new();
    let ready = Memo::new(move |_| attached.ready());
    let said = move || match ready.get() {
        0 => String::new(),
        1 => "1 image attached".to_owned(),
        n => format!("{n} images attached"),
    };
    view! {
        <input
            type="file"
            accept=ACCEPT
            multiple
            hidden
            aria-label="Images"
            node_ref=picker
            on:change:target=move |event| {
                attached.add(browser::files_of(&event.target()));
                // The same file may be picked again.
                event.target().set_value("");
                if let Some(field) = field.get_untracked() {
                    let _ = field.focus();
                }
            }
        />
        <span class="visually-hidden" role="status">{dynamic(said)}</span>
        <IconButton
            glyph=Glyph::Image
            label="Attach images"
            on_click=move || {
                if let Some(picker) = picker.get_untracked() {
                    picker.click();
                }
            }
        />
    }
}
