//! The numbers that one looks for first.

use leptos::prelude::*;

use super::count;
use crate::{
    ai::types::usage::{UsageTotals, dollars},
    ui::view,
};

/// What is not known.
pub const UNKNOWN: &str = "—";

/// Money, where it is known.
pub fn money(millionths: Option<i64>) -> String {
    millionths.map_or_else(|| UNKNOWN.to_owned(), dollars)
}

/// A time for people.
pub fn seconds(milliseconds: i64) -> String {
    match milliseconds {
        ..1_000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
    }
}

fn number_of(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[component]
pub fn Tiles(totals: UsageTotals) -> impl IntoView {
    let sums = totals.sums;
    let share = sums.cache_share().map_or_else(|| UNKNOWN.to_owned(), |share| format!("{share} %"));
    let read = sums.cache_read_tokens + sums.cache_write_tokens + sums.input_tokens;
    let failed = if sums.failed == 0 { "none".to_owned() } else { count(sums.failed) };
    let tiles = [
        ("Cost", money(sums.known_cost()), number_of(sums.calls, "call", "calls")),
        ("Per session", money(totals.cost_per_session), number_of(totals.sessions, "session", "sessions")),
        (
            "Per resolved session",
            money(totals.cost_per_resolved_session),
            number_of(totals.resolved_sessions, "resolved", "resolved"),
        ),
        ("From the cache", share, format!("of {}", number_of(read, "token sent", "tokens sent"))),
        (
            "Usual answer time",
            totals.median_latency_ms.map_or_else(|| UNKNOWN.to_owned(), seconds),
            totals.p95_latency_ms.map(|slow| format!("one in twenty over {}", seconds(slow))).unwrap_or_default(),
        ),
        ("Failed", failed, format!("of {}", number_of(sums.calls, "call", "calls"))),
    ];
    let tile = |(name, value, about): (&'static str, String, String)| {
        view! {
            <div class="card tile">
                <dt>{name}</dt>
                <dd class="tile__value">{value}</dd>
                <dd>{about}</dd>
            </div>
        }
    };
    view! { <dl class="tiles">{tiles.map(tile).into_iter().collect_view()}</dl> }
}
