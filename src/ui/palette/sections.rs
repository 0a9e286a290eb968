//! What the palette lists for what is typed, best first. Pure.

use std::{
    cmp::Reverse,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    error::AppError,
    ui::{
        commands::{Command, Deed},
        fuzzy::{Fit, fit, runs},
    },
};

/// One line.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// Tells it from the others of its section, whatever is typed.
    pub key: u64,
    pub command: Command,
    /// The title in runs of letters that were typed and letters that were not.
    pub title: Vec<(String, bool)>,
}

#[derive(Clone, PartialEq)]
pub struct Section {
    pub name: &'static str,
    pub rows: Vec<Row>,
    /// More may come.
    pub waiting: bool,
}

/// What a source of this name has answered.
#[derive(Clone)]
pub struct Found {
    pub name: &'static str,
    /// What its section is called before a word is typed; `None`: it has none then.
    pub recent: Option<&'static str>,
    /// To which words.
    pub answered: Option<String>,
    pub items: Vec<Command>,
    /// Its last answer to no word at all.
    pub recents: Vec<Command>,
    pub error: Option<AppError>,
}

impl Found {
    /// The palette is opened again: what is known may be old.
    pub fn ask_again(&mut self) {
        self.answered = None;
        self.error = None;
    }

    /// Its answer to these words has still to come.
    pub fn is_waiting(&self, query: &str) -> bool {
        (self.recent.is_some() || !query.is_empty()) && self.answered.as_deref() != Some(query)
    }
}

/// Found by the beginnings of its other words: less than any find in a title.
const BY_OTHER_WORDS: i32 = -1;

fn fit_command(query: &str, command: &Command) -> Option<Fit> {
    fit(query, &command.title).or_else(|| {
        let all = format!("{} {} {}", command.title, command.also, command.beside).to_lowercase();
        let begins = |word: &str| all.split(|c: char| !c.is_alphanumeric()).any(|other| other.starts_with(word));
        let typed = query.to_lowercase();
        let typed: Vec<_> = typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        (!typed.is_empty() && typed.into_iter().all(begins)).then(|| Fit { score: BY_OTHER_WORDS, at: Vec::new() })
    })
}

fn row(command: Command, fit: &Fit) -> Row {
    Row { key: key_of(command.id()), title: runs(&command.title, &fit.at), command }
}

/// A short name for a long one.
pub fn key_of(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Those that fit, best first, and how well the best does.
fn ranked(query: &str, commands: Vec<Command>) -> (i32, Vec<Row>) {
    let mut fitting: Vec<_> =
        commands.into_iter().filter_map(|command| Some((fit_command(query, &command)?, command))).collect();
    if !query.is_empty() {
        fitting.sort_by_key(|(fit, command)| (Reverse(fit.score), command.title.len()));
    }
    let best = fitting.first().map_or(i32::MIN, |(fit, _)| fit.score);
    (best, fitting.into_iter().map(|(fit, command)| row(command, &fit)).collect())
}

/// What a source has found. Until it has answered to the words of now, what fits of its last answer.
fn found_rows(query: &str, found: &Found) -> Vec<Row> {
    let (answered, items) = match query {
        "" => (true, &found.recents),
        _ => (found.answered.as_deref() == Some(query), &found.items),
    };
    // The server looks into more than the title.
    let fits =
        |command| fit_command(query, command).or_else(|| answered.then(|| Fit { score: i32::MIN, at: Vec::new() }));
    let mut rows: Vec<_> = items.iter().filter_map(|command| Some((fits(command)?, command))).collect();
    // Stable: as good a fit stays where the server has it.
    rows.sort_by_key(|(fit, _)| Reverse(fit.score));
    rows.into_iter().map(|(fit, command)| row(command.clone(), &fit)).collect()
}

/// The sections with their rows; those that have none and wait for none are left out.
pub fn sections(query: &str, commands: Vec<Command>, found: &[Found]) -> Vec<Section> {
    let (acts, places): (Vec<_>, Vec<_>) =
        commands.into_iter().partition(|command| matches!(command.deed, Deed::Act(_)));
    let mut here = [("Actions", ranked(query, acts)), ("Go to", ranked(query, places))];
    if !query.is_empty() {
        here.sort_by_key(|(_, (best, _))| Reverse(*best));
    }
    let here = here.map(|(name, (_, rows))| Section { name, rows, waiting: false });
    let there = found.iter().filter_map(|found| {
        let name = if query.is_empty() { found.recent? } else { found.name };
        Some(Section { name, rows: found_rows(query, found), waiting: found.is_waiting(query) })
    });
    // Nothing typed: back to what one came from. Else first what can be done here.
    let all: Vec<_> =
        if query.is_empty() { there.chain(here).collect() } else { here.into_iter().chain(there).collect() };
    all.into_iter().filter(|section| !section.rows.is_empty() || section.waiting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::icon::Glyph;

    fn commands() -> Vec<Command> {
        vec![
            Command::act(Glyph::Edit, "Rename session", || ()),
            Command::act(Glyph::Check, "Resolve", || ()),
            Command::act(Glyph::Sun, "Use light colours", || ()).also("toggle theme"),
            Command::go(Glyph::Sessions, "Sessions", "/pilot"),
            Command::go(Glyph::Settings, "Settings", "/settings"),
        ]
    }

    fn source(name: &'static str, recent: Option<&'static str>, answered: Option<&str>, titles: &[&str]) -> Found {
        let items: Vec<_> =
            titles.iter().map(|title| Command::go(Glyph::Sessions, *title, format!("/{title}"))).collect();
        let recents = if recent.is_some() { items.clone() } else { Vec::new() };
        Found { name, recent, answered: answered.map(str::to_owned), items, recents, error: None }
    }

    fn listed(query: &str, found: &[Found]) -> Vec<(&'static str, Vec<String>)> {
        let titles = |section: Section| {
            (section.name, section.rows.into_iter().map(|row| row.command.title).collect::<Vec<_>>())
        };
        sections(query, commands(), found).into_iter().map(titles).collect()
    }

    #[test]
    fn nothing_typed_lists_recent_sessions_first_and_then_all_that_can_be_done() {
        let found = [
            source("Sessions", Some("Recent sessions"), Some(""), &["Outlook asks", "VPN drops"]),
            source("Tickets", None, None, &[]),
        ];
        let expected = [
            ("Recent sessions", vec!["Outlook asks", "VPN drops"]),
            ("Actions", vec!["Rename session", "Resolve", "Use light colours"]),
            ("Go to", vec!["Sessions", "Settings"]),
        ];
        let expected = expected.map(|(name, titles)| (name, titles.into_iter().map(str::to_owned).collect()));
        assert_eq!(listed("", &found), expected);
    }

    #[test]
    fn what_fits_best_comes_first() {
        let first = |query| listed(query, &[]).into_iter().flat_map(|(_, titles)| titles).next();
        assert_eq!(first("set").as_deref(), Some("Settings"));
        assert_eq!(first("res").as_deref(), Some("Resolve"));
        assert_eq!(first("session").as_deref(), Some("Sessions"));
        assert_eq!(first("theme").as_deref(), Some("Use light colours"));
        assert_eq!(first("light theme").as_deref(), Some("Use light colours"));
        assert_eq!(first("thm"), None, "other words are no letters to pick from");
        assert_eq!(first("nothing is called this"), None);
    }

    #[test]
    fn a_line_is_the_same_one_whatever_is_typed() {
        let key = |query| {
            let all = sections(query, commands(), &[]);
            let mut rows = all.iter().flat_map(|section| &section.rows);
            rows.find(|row| row.command.title == "Settings").map(|row| row.key)
        };
        assert!(key("").is_some());
        assert_eq!((key("set"), key("sttngs")), (key(""), key("")));
    }

    #[test]
    fn what_the_server_found_by_other_words_than_the_title_comes_last() {
        let found =
            [source("Sessions", None, Some("kyocera"), &["Prints nothing", "Toner", "The Kyocera", "Kyocera jams"])];
        let titles = ["Kyocera jams", "The Kyocera", "Prints nothing", "Toner"].map(str::to_owned).to_vec();
        assert_eq!(listed("kyocera", &found), [("Sessions", titles)]);
    }

    #[test]
    fn until_the_server_answers_only_what_fits_of_its_last_answer_stays() {
        let found = [source("Sessions", None, Some("vpn"), &["VPN drops", "Outlook cannot reach the VPN"])];
        let now = listed("vpn drops", &found);
        assert_eq!(now, [("Sessions", vec!["VPN drops".to_owned()])]);
        assert!(found[0].is_waiting("vpn drops"));
    }

    #[test]
    fn what_was_found_for_words_is_not_told_as_recent() {
        let mut sessions = source("Sessions", Some("Recent sessions"), Some("vpn"), &["VPN drops"]);
        sessions.recents = vec![Command::go(Glyph::Sessions, "Outlook asks", "/outlook")];
        let all = sections("", Vec::new(), &[sessions]);
        assert_eq!(all[0].rows.iter().map(|row| &*row.command.title).collect::<Vec<_>>(), ["Outlook asks"]);
        assert!(all[0].waiting);
    }

    #[test]
    fn a_source_that_is_waited_for_has_its_place_already() {
        let found = [source("Sessions", Some("Recent sessions"), None, &[]), source("Tickets", None, None, &[])];
        let all = sections("", Vec::new(), &found);
        assert_eq!(
            all.iter().map(|section| (section.name, section.waiting)).collect::<Vec<_>>(),
            [("Recent sessions", true)]
        );
    }
}
