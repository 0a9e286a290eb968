//! *Copy*: puts a text on the clipboard and says so for a moment.

use std::time::Duration;

use leptos::prelude::*;

use super::{
    browser,
    icon::{Glyph, Icon},
    notices::use_notices,
    view,
    when::dynamic,
};

#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    /// What is copied, for its name: `Copy {what}`.
    what: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let notices = use_notices();
    let copy = move |_| {
        if text.with_untracked(|text| browser::copy(text)) {
            copied.set(true);
            let fade = move || {
                let _ = copied.try_set(false);
            };
            set_timeout(fade, Duration::from_secs(2));
        } else {
            notices.say("The browser does not allow copying here. Select the text and copy it by hand.");
        }
    };
    view! {
        <button class="btn btn--s" type="button" aria-label=format!("Copy {what}") on:click=copy>
            {dynamic(move || view! { <Icon glyph=if copied.get() { Glyph::Check } else { Glyph::Copy }/> })}
            <span aria-live="polite">{dynamic(move || if copied.get() { "Copied" } else { "Copy" })}</span>
        </button>
    }
}
