//! The address of the tickets page: it holds what is looked for, so that it can be kept and shared.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};

const HERE: &str = "/tickets";
/// What can be looked for, as it is called in the address.
const FILTERS: [&str; 6] = ["q", "board", "status", "priority", "company", "assignee"];

/// The address, and how to go to another one of this page.
#[derive(Clone, Copy)]
pub struct Address {
    query: Memo<ParamsMap>,
    /// What stands in the search box: it is looked for with whatever else is chosen.
    words: Option<RwSignal<String>>,
    go: Callback<(String,)>,
}

impl Address {
    pub fn find() -> Self {
        let navigate = use_navigate();
        let go = move |(to,): (String,)| navigate(&to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        Self { query: use_query_map(), words: None, go: Callback::new(go) }
    }

    /// The same, that takes the words of the search box along.
    pub const fn taking(self, words: RwSignal<String>) -> Self {
        Self { words: Some(words), ..self }
    }

    pub fn get(self, name: &'static str) -> String {
        self.query.with(|query| query.get(name).unwrap_or_default())
    }

    /// The list with something else looked for, from the first page on.
    pub fn with(self, name: &'static str, value: &str) -> String {
        let mut query = self.query.get();
        query.remove("cursor");
        let mut put = |name: &'static str, value: &str| {
            query.remove(name);
            if !value.is_empty() {
                query.insert(name, value.to_owned());
            }
        };
        if let Some(words) = self.words {
            words.with(|words| put("q", words.trim()));
        }
        put(name, value);
        format!("{HERE}{}", query.to_query_string())
    }

    pub fn set(self, name: &'static str, value: &str) {
        let to = untrack(|| self.with(name, value));
        self.go.run((to,));
    }

    /// The same after a wait; nothing where the page is gone.
    pub fn try_get(self, name: &'static str) -> Option<String> {
        self.query.try_with_untracked(|query| query.get(name).unwrap_or_default())
    }

    /// What is looked for in words, told again with each address that one goes to.
    pub fn words(self) -> String {
        self.query.track();
        self.get("q")
    }

    pub fn is_filtered(self) -> bool {
        self.query
            .with(|query| FILTERS.iter().any(|name| query.get(name).is_some_and(|value| !value.trim().is_empty())))
    }

    /// What is looked for, as it is kept under a name.
    pub fn kept(self) -> String {
        let mut query = self.query.get_untracked();
        query.remove("cursor");
        query.to_query_string().trim_start_matches('?').to_owned()
    }

    /// Nowhere where the page it began on is gone.
    pub fn go(self, to: String) {
        let _ = self.go.try_run((to,));
    }
}
