//! What flows and their walker promise, as sentences.

mod answers;
mod asides;
mod begun;
mod claims;
mod courses;
mod described;
mod desk;
mod flows;
mod left;
mod objections;
mod outcomes;
mod output;
mod policies;
mod remarks;
mod turns;

use std::sync::LazyLock;

use super::library::{Library, embedded_sources};
use super::start::{FlowMatch, Matcher};
use super::words::{share, stems, words};

/// Finds flows by the words their `says` share with a text; good enough for tests.
struct ByWords<'l>(&'l Library);

impl Matcher for ByWords<'_> {
    fn matches(&self, text: &str) -> Vec<FlowMatch> {
        let heard = stems(&words(text));
        let mut found: Vec<FlowMatch> = self
            .0
            .flows()
            .iter()
            .map(|flow| {
                let best = flow.says.iter().map(|phrase| share(&heard, &stems(&words(phrase)))).fold(0.0, f64::max);
                let score = format!("{best:.2}").parse().unwrap();
                FlowMatch { slug: flow.slug.clone(), title: flow.title.clone(), score }
            })
            .filter(|found| found.score >= 0.5)
            .collect();
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found
    }
}

/// Always finds the same flow.
struct Always(String);

impl Matcher for Always {
    fn matches(&self, _: &str) -> Vec<FlowMatch> {
        vec![FlowMatch { slug: self.0.clone(), title: self.0.clone(), score: 1.0 }]
    }
}

/// Every flow of the build.
fn all_flows() -> &'static Library {
    static ALL: LazyLock<Library> = LazyLock::new(Library::embedded);
    &ALL
}

/// A few flows that the tests quote.
fn own_flows() -> &'static Library {
    static OWN: LazyLock<Library> = LazyLock::new(|| {
        let own = ["outlook-credential-prompts", "vpn-no-access", "general-triage"];
        let sources = embedded_sources().filter(|(slug, _)| own.contains(slug)).map(|(_, source)| source);
        let (library, problems) = Library::from_sources(sources);
        assert_eq!(problems, []);
        assert_eq!(library.flows().len(), own.len());
        library
    });
    &OWN
}
