//! The native dialog: focus is kept inside, Escape closes it, and the focus returns to where it was.

use leptos::{html, prelude::*, web_sys::EventTarget};

use super::{
    button::IconButton,
    icon::Glyph,
    notices::ToastStack,
    view,
    when::{When, dynamic},
};

/// A modal dialog that is there while `open`. Its inside is made when it opens and dropped when it closes, unless it is to be
/// kept.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] label: String,
    /// `dialog--s`, `dialog--m`, `dialog--confirm`.
    #[prop(optional)]
    class: &'static str,
    /// The inside stays, unseen, so that the dialog is there at once the next time.
    #[prop(optional)]
    keep: bool,
    #[prop(into)] children: ViewFn,
) -> impl IntoView {
    let drawn = Memo::new(move |before: Option<&bool>| open.get() || keep && before == Some(&true));
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = open.get();
        let Some(dialog) = dialog.get() else { return };
        match (open, dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // On the dialog itself and not on its inside: the backdrop, or Escape. That it was closed is told later than the next key.
    let leave = move |target: Option<EventTarget>| {
        if dialog.get_untracked().is_some_and(|dialog| target.as_ref() == Some(dialog.as_ref())) {
            open.set(false);
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class=format!("dialog {class}")
            aria-label=label
            on:close=move |_| open.set(false)
            on:cancel=move |event: leptos::ev::Event| leave(event.target())
            on:mousedown=move |event: leptos::ev::MouseEvent| leave(event.target())
        >
            {dynamic(move || drawn.get().then(|| children.run()))}
            // They cover the page's own, which are behind the backdrop, where nobody can press them. What is kept has nothing to say.
            <When is=move || open.get() && !keep><ToastStack/></When>
        </dialog>
    }
}

/// The head of a dialog: its title, what stands beside it, and the way out.
#[component]
pub fn DialogHead(
    #[prop(into)] title: String,
    open: RwSignal<bool>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header>
            <h2 tabindex="-1" autofocus>{title}</h2>
            {children.map(|children| children())}
            <span class="end">
                <IconButton glyph=Glyph::Close label="Close" on_click=move || open.set(false)/>
            </span>
        </header>
    }
}
