//! Points in time for readers. The server and the first paint show UTC; once awake, the browser shows its own time zone and
//! how long ago, refreshed each minute.

use std::time::Duration as Wait;

use leptos::{prelude::*, wasm_bindgen::JsValue, web_sys::js_sys};
use time::{Date, Duration, OffsetDateTime};

use super::view;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The present, once the page is awake.
#[derive(Debug, Clone, Copy)]
struct Clock {
    awake: Memo<bool>,
    now: RwSignal<Option<OffsetDateTime>>,
}

/// Starts the one clock of the page, as soon as the page is `awake`.
pub fn provide_clock(awake: Signal<bool>) {
    let clock = RwSignal::new(None);
    provide_context(Clock { awake: Memo::new(move |_| clock.get().is_some()), now: clock });
    Effect::new(move |_| {
        if !awake.get() {
            return;
        }
        clock.set(Some(now()));
        let tick = move || {
            let _ = clock.try_set(Some(now()));
        };
        let ticking = set_interval_with_handle(tick, Wait::from_secs(60));
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
    });
}

/// The present; only for effects and event handlers.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::seconds_f64(js_sys::Date::now() / 1000.0)
}

fn rfc3339(at: OffsetDateTime) -> String {
    format!("{}-{:02}-{:02}T{}:{:02}Z", at.year(), u8::from(at.month()), at.day(), hour(at), at.second())
}

/// The same moment on the wall clock of whoever looks.
fn local(at: OffsetDateTime) -> OffsetDateTime {
    let minutes = js_sys::Date::new(&JsValue::from_str(&rfc3339(at))).get_timezone_offset();
    at - Duration::seconds_f64(minutes * 60.0)
}

/// `at` as the reader's clock shows it, as soon as we know it.
fn shown(at: OffsetDateTime) -> OffsetDateTime {
    if use_context::<Clock>().is_some_and(|clock| clock.awake.get()) { local(at) } else { at }
}

fn day(at: OffsetDateTime) -> String {
    let month = MONTHS.get(usize::from(u8::from(at.month()).saturating_sub(1))).copied().unwrap_or_default();
    format!("{} {month}", at.day())
}

fn hour(at: OffsetDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn ago(now: OffsetDateTime, at: OffsetDateTime) -> String {
    let past = now - at;
    match past.whole_minutes() {
        ..1 => "now".to_owned(),
        minutes @ 1..60 => format!("{minutes} min"),
        minutes @ 60..1440 => format!("{} h", minutes / 60),
        minutes @ 1440..10080 => format!("{} d", minutes / 1440),
        _ if now.year() == at.year() => day(at),
        _ => format!("{} {}", day(at), at.year()),
    }
}

/// Hour and minute; the whole date on pointing.
#[component]
pub fn Hour(at: OffsetDateTime) -> impl IntoView {
    view! { <Moment at text=move || hour(shown(at))/> }
}

/// How long ago.
#[component]
pub fn Ago(at: OffsetDateTime) -> impl IntoView {
    let clock = use_context::<Clock>();
    let text = move || match clock.and_then(|clock| clock.now.get()) {
        Some(now) => ago(now, at),
        None => day(at),
    };
    view! { <Moment at text/> }
}

/// Day, hour and minute.
#[component]
pub fn Stamp(at: OffsetDateTime) -> impl IntoView {
    view! { <Moment at text=move || format!("{}, {}", day(shown(at)), hour(shown(at)))/> }
}

#[component]
fn Moment(at: OffsetDateTime, #[prop(into)] text: Signal<String>) -> impl IntoView {
    let title = move || {
        let at = shown(at);
        format!("{} {}, {}", day(at), at.year(), hour(at))
    };
    view! { <time datetime=rfc3339(at) title=title>{text}</time> }
}

/// The reader's day of `at`, to tell where one day ends.
pub fn day_of(at: OffsetDateTime) -> Date {
    shown(at).date()
}

/// The day of `at` for a line between days: *Today*, *Yesterday*, or the date.
pub fn day_name(at: OffsetDateTime) -> String {
    let shown = shown(at);
    let today = use_context::<Clock>().and_then(|clock| clock.now.get()).map(|now| local(now).date());
    match today {
        Some(today) if today == shown.date() => "Today".to_owned(),
        Some(today) if today.previous_day() == Some(shown.date()) => "Yesterday".to_owned(),
        _ => format!("{} {}", day(shown), shown.year()),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn how_long_ago_is_told_in_the_unit_that_fits() {
        let now = datetime!(2026-03-10 12:00 UTC);
        let told = [
            datetime!(2026-03-10 11:59:30 UTC),
            datetime!(2026-03-10 11:38 UTC),
            datetime!(2026-03-10 09:30 UTC),
            datetime!(2026-03-07 12:00 UTC),
            datetime!(2026-01-02 12:00 UTC),
            datetime!(2025-12-31 12:00 UTC),
            // A clock that goes ahead of ours.
            datetime!(2026-03-10 12:04 UTC),
        ]
        .map(|at| ago(now, at));
        assert_eq!(told, ["now", "22 min", "2 h", "3 d", "2 Jan", "31 Dec 2025", "now"]);
    }
}
