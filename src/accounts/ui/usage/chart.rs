//! Cost by day as bars, and the same as a table.

use leptos::prelude::*;

use super::{
    count,
    tiles::{UNKNOWN, money},
};
use crate::{
    ai::types::usage::{DayUsage, Sums, dollars},
    ui::view,
};

/// Height of the drawing and width of a day in it; the page stretches both.
const HEIGHT: i64 = 1_000;
const WIDTH: usize = 10;

/// What the bars show: money where there is any, else calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Cost,
    Calls,
}

impl Shown {
    const fn of(self, sums: &Sums) -> i64 {
        match self {
            Self::Cost => sums.cost,
            Self::Calls => sums.calls,
        }
    }

    fn text(self, amount: i64) -> String {
        match self {
            Self::Cost => dollars(amount),
            Self::Calls => format!("{} calls", count(amount)),
        }
    }
}

#[component]
pub fn Chart(days: Vec<DayUsage>) -> impl IntoView {
    let shown = if days.iter().any(|day| day.sums.cost > 0) { Shown::Cost } else { Shown::Calls };
    let amount = |day: &DayUsage| shown.of(&day.sums);
    let Some(highest) = days.iter().max_by_key(|day| amount(day)) else { return ().into_any() };
    let most = amount(highest).max(1);
    let title = if shown == Shown::Cost { "Cost by day" } else { "Calls by day" };
    let (first, last) = (days.first().map(day_of), days.last().map(day_of));
    let top = format!("Most on {}: {}", highest.day, shown.text(amount(highest)));
    let label = format!(
        "{title} from {} to {}. {top}.",
        first.as_deref().unwrap_or_default(),
        last.as_deref().unwrap_or_default()
    );
    let bars = days.iter().enumerate().map(|(at, day)| {
        let tall = amount(day).saturating_mul(HEIGHT) / most;
        // A day with very little is still to be seen.
        let tall = if amount(day) > 0 { tall.max(8) } else { 0 };
        view! {
            <rect x=(at * WIDTH + 1).to_string() y=(HEIGHT - tall).to_string() width=(WIDTH - 2).to_string() height=tall.to_string()>
                <title>{format!("{}: {}", day.day, shown.text(amount(day)))}</title>
            </rect>
        }
        .into_any()
    });
    let bars = bars.collect_view();
    let rows = days.iter().rev().filter(|day| day.sums.calls > 0).map(|day| {
        view! {
            <tr>
                <th scope="row">{day.day.clone()}</th>
                <td>{count(day.sums.calls)}</td>
                <td>{count(day.sums.failed)}</td>
                <td>{day.sums.cache_share().map_or_else(|| UNKNOWN.to_owned(), |share| format!("{share} %"))}</td>
                <td class="number">{money(day.sums.known_cost())}</td>
            </tr>
        }
        .into_any()
    });
    let rows = rows.collect_view();
    view! {
        <section class="settings">
            <header>
                <div>
                    <h2>{title}</h2>
                    <p>{top}</p>
                </div>
            </header>
            <div class="chart">
                <svg
                    role="img"
                    aria-label=label
                    viewBox=format!("0 0 {} {HEIGHT}", days.len() * WIDTH)
                    preserveAspectRatio="none"
                >
                    {bars}
                </svg>
                <p aria-hidden="true"><span>{first}</span><span>{last}</span></p>
            </div>
            <details>
                <summary>"Days as a table"</summary>
                <div class="table-wrap" tabindex="0" role="region" aria-label="Days">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Day (UTC)"</th>
                                <th scope="col">"Calls"</th>
                                <th scope="col">"Failed"</th>
                                <th scope="col">"From the cache"</th>
                                <th scope="col" class="number">"Cost"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
    .into_any()
}

fn day_of(day: &DayUsage) -> String {
    day.day.clone()
}
