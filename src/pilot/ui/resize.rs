//! The lane's width: dragged, or moved with the arrow keys, and remembered in this browser.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::HtmlElement,
};

use crate::{ui::browser, ui::view};

const PLACE: &str = "fp:lane";
const LEAST: i32 = 320;
const MOST: i32 = 720;
const USUAL: i32 = 400;
const STEP: i32 = 16;

#[component]
pub fn ResizeHandle() -> impl IntoView {
    let width = RwSignal::new(USUAL);
    let dragging = RwSignal::new(false);
    let set = move |pixels: i32| {
        width.set(pixels.clamp(LEAST, MOST));
        show(width.get_untracked());
    };
    Effect::new(move |_| {
        if let Some(kept) = browser::recall(PLACE).and_then(|kept| kept.parse().ok()) {
            set(kept);
        }
    });
    let keep = move || browser::keep(PLACE, &width.get_untracked().to_string());
    let press = move |event: PointerEvent| {
        event.prevent_default();
        dragging.set(true);
        if let Some(handle) = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: PointerEvent| {
        if dragging.get_untracked() {
            let page = document().document_element().map_or(0, |page| page.client_width());
            set(page - event.client_x());
        }
    };
    let release = move |_| {
        dragging.set(false);
        keep();
    };
    let on_key = move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowLeft" => width.get_untracked() + STEP,
            "ArrowRight" => width.get_untracked() - STEP,
            "Home" => USUAL,
            _ => return,
        };
        event.prevent_default();
        set(to);
        keep();
    };
    view! {
        <div
            class="lane__resize"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label="Resize task lane"
            aria-valuemin=LEAST
            aria-valuemax=MOST
            aria-valuenow=width
            on:pointerdown=press
            on:pointermove=drag
            on:pointerup=release
            on:keydown=on_key
        ></div>
    }
}

fn show(pixels: i32) {
    if let Some(app) = browser::find(".app") {
        let _ = app.style().set_property("--lane-size", &format!("{pixels}px"));
    }
}
