//! Lists whose rows are redrawn one by one.

use std::hash::Hash;

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
    let row = move |first: T| {
        let id = key(&first);
        let item = Memo::new(move |last: Option<&T>| {
            let found = items.with(|all| all.iter().find(|item| key(item) == id).cloned());
            // A row that goes keeps its last look.
            found.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
        });
        children.run((item.into(),))
    };
    view! { <For each=move || items.get() key=move |item| key(item) children=row/> }
}
