//! A menu behind a button with three dots: the browser's own popover, which closes on Escape and on a press outside, and gives
//! the focus back. What is in it is made when it is first opened.

use leptos::prelude::*;

use super::{
    browser,
    icon::{Glyph, Icon},
    view,
    when::When,
};

/// How often the menu's button was pressed, for what in it changes with time.
#[derive(Debug, Clone, Copy)]
pub struct Openings(pub Signal<usize>);

/// The button and its menu.
#[component]
pub fn Menu(
    /// Of the popover: one of its kind on the page.
    #[prop(into)]
    id: String,
    /// What can be done here, and with what.
    #[prop(into)]
    label: String,
    #[prop(into)] children: ViewFn,
) -> impl IntoView {
    let opened = RwSignal::new(0_usize);
    provide_context(Openings(opened.into()));
    view! {
        <button
            class="btn btn--quiet btn--icon btn--s menu-button"
            type="button"
            popovertarget=id.clone()
            title=label.clone()
            aria-label=label.clone()
            on:click=move |_| opened.update(|opened| *opened += 1)
        >
            <Icon glyph=Glyph::More/>
        </button>
        <div class="menu" id=id popover="auto" role="group" aria-label=label>
            <When is=move || opened.get() != 0>{children.run()}</When>
        </div>
    }
}

/// Something to do; the menu closes first.
#[component]
pub fn MenuButton(glyph: Glyph, #[prop(into)] on_click: Callback<()>, children: Children) -> impl IntoView {
    let press = move |_| {
        close();
        on_click.run(());
    };
    view! {
        <button type="button" on:click=press>
            <Icon glyph/>
            {children()}
        </button>
    }
}

/// A file to download.
#[component]
pub fn MenuDownload(glyph: Glyph, href: String, children: Children) -> impl IntoView {
    // The download begins with the press; what it is about may go only then.
    let press = move |_| request_animation_frame(close);
    view! {
        <a href=href rel="external" download on:click=press>
            <Icon glyph/>
            {children()}
        </a>
    }
}

/// Closes the menu that is open.
pub fn close() {
    if let Some(menu) = browser::find(".menu:popover-open") {
        let _ = menu.hide_popover();
    }
}
