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
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}
