//! Dark, light, or as the machine says. Kept in a cookie, so that the server's first paint is right.

use leptos::{ev, prelude::*, web_sys::Event};

use crate::{
    accounts::types::Theme,
    ui::{
        browser,
        icon::{Glyph, Icon},
        view,
    },
};

/// The cookie that the server reads too.
const COOKIE: &str = "fp_theme";
/// What the window hears when another one was chosen.
const CHOSEN: &str = "fp:theme";

/// The one chosen.
fn chosen_theme() -> Option<Theme> {
    document().document_element()?.get_attribute("data-theme")?.parse().ok()
}

/// The page is light now, by choice or as the machine says.
pub fn is_light() -> bool {
    match chosen_theme() {
        Some(Theme::Light) => true,
        Some(Theme::Dark) => false,
        Some(Theme::System) | None => {
            let light = window().match_media("(prefers-color-scheme: light)").ok().flatten();
            light.is_some_and(|light| light.matches())
        }
    }
}

/// Shows the page so, here and from now on.
pub fn choose(theme: Theme) {
    browser::set_cookie(COOKIE, theme.as_str());
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute("data-theme", theme.as_str());
    }
    if let Ok(event) = Event::new(CHOSEN) {
        let _ = window().dispatch_event(&event);
    }
}

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(None);
    Effect::new(move |_| {
        chosen.set(chosen_theme());
        let elsewhere = window_event_listener(ev::Custom::<Event>::new(CHOSEN), move |_| chosen.set(chosen_theme()));
        on_cleanup(move || elsewhere.remove());
    });
    let option = move |(theme, label, glyph): (Theme, &'static str, Glyph)| {
        let pressed = move || if chosen.get() == Some(theme) { "true" } else { "false" };
        view! {
            <button type="button" aria-pressed=pressed on:click=move |_| choose(theme)>
                <Icon glyph/>
                {label}
            </button>
        }
    };
    let options = [
        (Theme::System, "As the machine", Glyph::Computer),
        (Theme::Dark, "Dark", Glyph::Moon),
        (Theme::Light, "Light", Glyph::Sun),
    ];
    view! { <div class="segmented" role="group" aria-label="Colours">{options.map(option).into_iter().collect_view()}</div> }
}
