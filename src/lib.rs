//! FlowPilot: where engineers at managed service providers solve customers' tickets together with an AI.
//!
//! One crate, built twice: with feature `ssr` as the server, with `hydrate` as the browser's WebAssembly. A path that contains
//! `/server/` never reaches the browser, everything else may.
//!
//! Reading order: [`pilot`] is what FlowPilot exists for: the session surface, from marker parser to turn engine. [`flows`] is
//! the built-in provider's knowledge. [`tickets`] and [`accounts`] are the slices around it. [`ai`] and [`psa`] are the
//! gateways to models and ticket systems; `server` is process plumbing; [`ui`] the design system. [`app`] puts the pages together.

pub mod app;
pub mod error;
pub mod ids;
pub mod page;
pub mod wire;
pub mod words;

pub mod accounts;
#[cfg(feature = "ssr")]
pub mod flows;
pub mod pilot;
pub mod tickets;

pub mod ai;
pub mod psa;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;

/// Wakes the server-rendered page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::{mount::hydrate_from_async, prelude::*, server_fn::redirect::set_redirect_hook, tachys::dom};

    console_error_panic_hook::set_once();
    // Only signing in and out redirect: the page is loaded anew, for whoever it is for now.
    let _ = set_redirect_hook(|address: &str| drop(window().location().set_href(address)));
    let awake = app::Awake::default();
    let woken = awake.0.clone();
    wasm_bindgen_futures::spawn_local(async move {
        hydrate_from_async(dom::body(), move || view! { <app::App awake/> }).await.forget();
        woken.set(true);
    });
}
