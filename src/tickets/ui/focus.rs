//! The focus between list and ticket. Below 1200 px each takes the place of the other, and what had the focus goes with it.

use leptos::prelude::*;

use crate::ui::browser;

/// While the ticket is shown: where the focus got lost, it goes to the ticket, and after it to its row.
pub fn keep_focus(id: Memo<String>) {
    // Who opens the page at this ticket has lost nothing yet.
    let arrives = Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    Effect::new(move |before: Option<()>| {
        let id = id.get();
        if before.is_some() || !arrives {
            settle(id.clone());
        }
        on_cleanup(move || settle(id));
    });
}

/// Once the page is drawn.
fn settle(id: String) {
    request_animation_frame(move || {
        let has_focus = browser::focused().filter(|focused| focused.tag_name() != "BODY").filter(browser::is_visible);
        if has_focus.is_some() {
            return;
        }
        let row = || {
            let rows = browser::all("[data-row]").into_iter().filter(browser::is_visible);
            rows.into_iter().find(|row| row.get_attribute("data-row").as_deref() == Some(&*id))
        };
        if let Some(place) = browser::find(".detail").or_else(row) {
            let _ = place.focus();
        }
    });
}
