//! The design system: what every page is drawn with. It knows no domain word and calls no server.
//!
//! [`load`] is the one place for loading, error and empty states; [`time`] the one for dates; [`when`] for what comes and goes;
//! [`browser`] holds what the DOM bindings lack. Everything compiles on both sides; what touches the browser sits in effects and event handlers, which never
//! run on the server.

pub mod browser;
pub mod button;
pub mod commands;
pub mod copy;
pub mod dialog;
pub mod drawer;
pub mod each;
pub mod field;
pub mod fuzzy;
pub mod help;
pub mod icon;
pub mod keys;
pub mod load;
pub mod menu;
pub mod notices;
pub mod palette;
pub mod prose;
pub mod shortcut;
pub mod sight;
pub mod skeleton;
pub mod split;
pub mod time;
pub mod when;

/// Leptos' `view!` with every view of the one boxed type: the renderer's code for each type of view is a kilobyte that every
/// visitor would download.
macro_rules! any_view {
    ($($view:tt)*) => { leptos::prelude::IntoAny::into_any(leptos::view! { $($view)* }.into_inner()) };
}

pub(crate) use any_view as view;
