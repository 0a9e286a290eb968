//! Whether somebody looks at the page: a tab that was put away for a while shows what was so then.

use std::time::Duration;

use leptos::{
    ev,
    prelude::*,
    web_sys::{Event, js_sys},
};

/// Counts up when the tab comes into sight after it was out of it for so long.
pub fn seen_again(after: Duration) -> RwSignal<usize> {
    let seen = RwSignal::new(0);
    Effect::new(move |_| {
        let left = StoredValue::new(f64::INFINITY);
        let listener = window_event_listener(ev::Custom::<Event>::new("visibilitychange"), move |_| {
            let now = js_sys::Date::now();
            if document().hidden() {
                left.try_set_value(now);
            } else if left.try_get_value().is_some_and(|left| now - left >= after.as_secs_f64() * 1000.0) {
                seen.try_update(|count| *count += 1);
            }
        });
        on_cleanup(move || listener.remove());
    });
    seen
}
