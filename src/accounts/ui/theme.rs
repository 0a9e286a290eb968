//! Dark, light, or as the machine says. Kept in a cookie, so that the server's first paint is right.

use leptos::prelude::*;

use crate::{
    accounts::types::Theme,
    ui::{
        browser,
        icon::{Glyph, Icon},
    },
};

/// The cookie that the server reads too.
const COOKIE: &str = "fp_theme";

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(None);
    Effect::new(move |_| {
        let now = document().document_element().and_then(|html| html.get_attribute("data-theme"));
        chosen.set(now.and_then(|now| now.parse::<Theme>().ok()));
    });
    let choose = move |theme: Theme| {
        browser::set_cookie(COOKIE, theme.as_str());
        if let Some(html) = document().document_element() {
            let _ = html.set_attribute("data-theme", theme.as_str());
        }
        chosen.set(Some(theme));
    };
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
