//! Lists whose rows are redrawn one by one.

use std::{
    hash::Hash,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use leptos::{prelude::*, tachys::view::keyed::SerializableKey};

/// Draws each item once and gives its view a signal that changes only when that item does.
#[component]
pub fn Each<T, K>(
    #[prop(into)] items: Signal<Vec<T>>,
    key: fn(&T) -> K,
    #[prop(into)] children: Callback<(Signal<T>,), AnyView>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Copy + Eq + Hash + SerializableKey + Send + Sync + 'static,
{
    // Made once a change, not once a row.
    let items = Memo::new(move |_| items.get());
    let row = move |first: T| {
        let id = key(&first);
        // Rows stay where they were, mostly: a long list is not searched for each of them.
        let place = AtomicUsize::new(0);
        let item = Memo::new(move |last: Option<&T>| {
            let found = items.with(|all| {
                let here = place.load(Relaxed);
                let still = all.get(here).is_some_and(|item| key(item) == id);
                let at = if still { here } else { all.iter().position(|item| key(item) == id)? };
                place.store(at, Relaxed);
                all.get(at).cloned()
            });
            // A row that goes keeps its last look.
            found.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        children.run((item.into(),))
    };
    view! { <For each=move || items.get() key=move |item| key(item) children=row/> }
}
