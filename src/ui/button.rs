//! Buttons: tone, size, busy and disabled in one place.

use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    shortcut::{Kbd, Shortcut},
    view,
};

/// How loud a button is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Primary,
    Quiet,
    Fix,
    Known,
    Danger,
    DangerQuiet,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Primary => " btn--primary",
            Self::Quiet => " btn--quiet",
            Self::Fix => " btn--fix",
            Self::Known => " btn--known",
            Self::Danger => " btn--danger",
            Self::DangerQuiet => " btn--danger-quiet",
        }
    }
}

/// A button with a text.
#[component]
pub fn Button(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] small: bool,
    #[prop(optional)] block: bool,
    /// Submits the form it stands in.
    #[prop(optional)]
    submit: bool,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] id: Option<String>,
    /// Something it started is under way: it keeps the focus, which a disabled button loses, and does nothing.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Why it is disabled, or what it does.
    #[prop(optional, into)]
    title: Option<&'static str>,
    /// The keys that do the same.
    #[prop(optional, into)]
    keys: Option<Shortcut>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let class =
        format!("btn{}{}{}", tone.class(), if small { " btn--s" } else { "" }, if block { " btn--block" } else { "" });
    view! {
        <button
            id=id
            class=class
            type=if submit { "submit" } else { "button" }
            title=title
            disabled=disabled
            aria-disabled=move || busy.get().then_some("true")
            aria-keyshortcuts=keys.map(Shortcut::aria)
            aria-busy=move || busy.get().then_some("true")
            on:click=move |event| {
                if busy.get_untracked() {
                    // Nor is a form sent, also not by *Enter* in one of its fields.
                    event.prevent_default();
                } else if let Some(on_click) = on_click {
                    on_click.run(());
                }
            }
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            {children()}
            {keys.map(|keys| view! { <Kbd keys/> })}
        </button>
    }
}

/// A button that is an icon; `label` is its name and its tooltip.
#[component]
pub fn IconButton(
    glyph: Glyph,
    #[prop(into)] label: String,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] class: &'static str,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(into)] on_click: Callback<()>,
) -> impl IntoView {
    let class = format!("btn btn--quiet btn--icon{} {class}", if small { " btn--s" } else { "" });
    view! {
        <button
            id=id
            class=class
            type="button"
            title=label.clone()
            aria-label=label
            disabled=disabled
            on:click=move |_| on_click.run(())
        >
            <Icon glyph/>
        </button>
    }
}
