//! What every file keeps to: its length, its header, where it may look at features; and that configuration is said once.

use super::{none, paths::without_comments, root, sources};

const LINES: usize = 400;
/// Longer files, each with its answer to the question why.
const LONGER: &[(&str, &str)] = &[
    ("pilot/server/apply.rs", "what the markers of one turn do belongs together: one transaction, one order"),
    ("server/events.rs", "pump and follower are two sides of one promise"),
];

#[test]
fn no_file_is_longer_than_it_should_be() {
    let mut broken = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        let listed = LONGER.iter().any(|(path, _)| *path == source.path);
        if (lines > LINES) != listed {
            let so = if listed { "is in the list of longer files and need not be" } else { "should be cut" };
            broken.push(format!("{}: {lines} lines: it {so}", source.path));
        }
    }
    none("A file has 400 lines at most; more is a question to answer in tests/tidy/files.rs.", &broken);
}

#[test]
fn every_file_says_first_what_it_owns() {
    let silent = |text: &str| !text.starts_with("//! ") || text.lines().next().is_some_and(|line| line.len() < 12);
    let broken: Vec<_> =
        sources().into_iter().filter(|source| silent(&source.text)).map(|source| source.path).collect();
    none("Every file begins with `//!`: what it owns, what it must not do.", &broken);
}

#[test]
fn nothing_is_left_for_later() {
    let words = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["unimple", "mented!"].concat(),
        ["to", "do!("].concat(),
        ["dbg", "!("].concat(),
    ];
    let mut broken = Vec::new();
    for source in sources() {
        for (n, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                broken.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none("What is not done is an issue, not a remark in the code.", &broken);
}

/// The inside of every `name(…)` in a text, on one line.
fn insides(text: &str, name: &str) -> Vec<String> {
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let starts: Vec<_> = squeezed.match_indices(name).map(|(at, found)| at + found.len()).collect();
    let inside = |from: usize| {
        let mut depth = 1_usize;
        let end = squeezed[from..].char_indices().find_map(|(at, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(at)
        });
        squeezed[from..].get(..end.unwrap_or_default()).unwrap_or_default().trim().to_owned()
    };
    starts.into_iter().map(inside).collect()
}

#[test]
fn only_the_doors_of_a_slice_look_at_features() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("tests/")) {
        let door = ["lib.rs", "main.rs"].contains(&source.path.as_str())
            || (source.path.ends_with("/mod.rs") && source.path.matches('/').count() == 1);
        let code = without_comments(&source.text);
        let looks = |inside: &String| inside.contains("feature") || inside.contains("target_arch");
        if !door && [insides(&code, "cfg("), insides(&code, "cfg!(")].concat().iter().any(looks) {
            broken.push(source.path.clone());
        }
    }
    none(
        "`cfg(feature …)` stands in lib.rs, main.rs and the mod.rs of a slice: what is below `server/` never reaches the browser, all else may.",
        &broken,
    );
}

#[test]
fn a_feature_may_only_add_derives() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("tests/")) {
        for inside in insides(&without_comments(&source.text), "cfg_attr(") {
            let added = inside.split_once(',').map(|(_, added)| added.trim().to_owned()).unwrap_or_default();
            // `sqlx(…)`, `schema(…)` and `into_params(…)` are what the derives read.
            if !["derive(", "sqlx(", "schema(", "into_params("].iter().any(|kind| added.starts_with(kind)) {
                broken.push(format!("{}: cfg_attr({inside})", source.path));
            }
        }
    }
    none("`cfg_attr(feature …)` only adds derives and their attributes.", &broken);
}

fn leptos_of(file: &str) -> toml::Table {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table["package"]["metadata"]["leptos"].as_table().unwrap().clone()
}

#[test]
fn leptos_is_configured_the_same_for_building_and_for_running() {
    let (building, running) = (leptos_of("Cargo.toml"), leptos_of("Leptos.toml"));
    assert!(running.keys().any(|key| building.contains_key(key)), "nothing to compare");
    for (key, value) in &running {
        assert_eq!(building.get(key), Some(value), "{key} of Leptos.toml is another one in Cargo.toml");
    }
}

#[test]
fn a_migration_says_why_first_and_is_written_in_lower_case() {
    let mut broken = Vec::new();
    let mut files: Vec<_> =
        std::fs::read_dir(root().join("migrations")).unwrap().flatten().map(|entry| entry.path()).collect();
    files.sort();
    assert!(files.len() > 3);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        if !text.starts_with("-- ") {
            broken.push(format!("{}: does not begin with a comment", file.display()));
        }
        for (n, line) in text.lines().enumerate() {
            // Comments and texts may say what they like.
            let code = line.split("--").next().unwrap_or_default();
            let code: String = code.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
            if code.chars().any(|c| c.is_ascii_uppercase()) && !code.contains('%') {
                broken.push(format!("{}:{}: {}", file.display(), n + 1, line.trim()));
            }
        }
    }
    none("A migration is prose: why, first, as a comment; SQL in lower case.", &broken);
}

#[test]
fn migrations_are_numbered_without_gap_or_repeat() {
    let entries = std::fs::read_dir(root().join("migrations")).unwrap().flatten();
    let mut numbers: Vec<u32> =
        entries.map(|entry| entry.file_name().to_str().unwrap()[..4].parse().unwrap()).collect();
    numbers.sort_unstable();
    let expected: Vec<u32> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
}
