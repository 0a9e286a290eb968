//! Behaviour of a panel that is a drawer on narrow screens: the rest is inert while it is open, Escape closes it, the focus
//! goes in and comes back. How it looks is the style sheet's business.

use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

use super::browser;

/// From here on the panel is a column and needs none of this.
const WIDE: &str = "(width >= 1200px)";

/// Whether the drawer of the page is open.
#[derive(Debug, Clone, Copy)]
struct Drawer(RwSignal<bool>);

/// Provides the page's one drawer.
pub fn provide_drawer() -> RwSignal<bool> {
    let open = RwSignal::new(false);
    provide_context(Drawer(open));
    open
}

/// The page's drawer.
pub fn use_drawer() -> RwSignal<bool> {
    use_context::<Drawer>().map_or_else(provide_drawer, |drawer| drawer.0)
}

/// Wires the element with the id `panel` to `open`.
pub fn drawer_behaviour(open: RwSignal<bool>, panel: &'static str) {
    Effect::new(move |came_from: Option<Option<HtmlElement>>| {
        let open = open.get();
        let panel = document().get_element_by_id(panel)?;
        set_inert_around(&panel, open);
        if open {
            let came_from = browser::focused();
            if let Ok(Some(first)) = panel.query_selector("button:not(:disabled), a[href]") {
                let _ = first.unchecked_into::<HtmlElement>().focus();
            }
            return came_from;
        }
        if let Some(element) = came_from.flatten() {
            let _ = element.focus();
        }
        None
    });
    Effect::new(move |_| {
        let escape = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && open.get_untracked() && browser::find("dialog[open]").is_none() {
                open.set(false);
            }
        });
        let widen = window_event_listener(ev::resize, move |_| {
            if is_wide() && open.get_untracked() {
                open.set(false);
            }
        });
        on_cleanup(move || {
            escape.remove();
            widen.remove();
        });
    });
}

/// The panel stands as a column beside the rest.
pub fn is_wide() -> bool {
    window().match_media(WIDE).ok().flatten().is_some_and(|media| media.matches())
}

fn set_inert_around(panel: &Element, inert: bool) {
    let Some(parent) = panel.parent_element() else { return };
    let around = parent.children();
    for other in (0..around.length()).filter_map(|at| around.item(at)) {
        // A dialog that the panel opens is above all.
        if other != *panel && !other.class_list().contains("backdrop") && other.tag_name() != "DIALOG" {
            let _ = other.toggle_attribute_with_force("inert", inert);
        }
    }
}
