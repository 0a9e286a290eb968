//! Lists whose rows are redrawn one by one.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use leptos::prelude::*;

use super::view;

/// Draws each item once and gives its view a signal that changes only when that item does.
#[component]
pub fn Each<T, K>(
    items: Memo<Vec<T>>,
    key: fn(&T) -> K,
    #[prop(into)] children: Callback<(Memo<T>,), AnyView>,
) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Into<u128> + 'static,
{
    let keys = move || items.with(|all| all.iter().map(|item| key(item).into()).enumerate().collect());
    let row = move |(place, id): Row| {
        // Rows stay where they were, mostly: a long list is not searched for each of them.
        let place = AtomicUsize::new(place);
        let find = move || {
            items.with(|all| {
                let here = place.load(Relaxed);
                let fits = |item: &T| key(item).into() == id;
                let still = all.get(here).is_some_and(fits);
                let at = if still { here } else { all.iter().position(fits)? };
                place.store(at, Relaxed);
                all.get(at).cloned()
            })
        };
        let Some(first) = untrack(&find) else { return ().into_any() };
        // A row that goes keeps its last look.
        let item = Memo::new(move |last: Option<&T>| find().or_else(|| last.cloned()).unwrap_or_else(|| first.clone()));
        children.run((item,))
    };
    rows(Arc::new(keys), Arc::new(row))
}

/// Where a row is at first, and what tells it from the others.
type Row = (usize, u128);

/// [`Each`] for all types.
fn rows(each: Arc<dyn Fn() -> Vec<Row> + Send + Sync>, row: Arc<dyn Fn(Row) -> AnyView + Send + Sync>) -> AnyView {
    view! { <For each=move || each() key=|(_, id)| *id children=move |new| row(new)/> }
}
