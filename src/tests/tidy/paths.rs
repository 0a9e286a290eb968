//! Which of our own paths a file names: from `use crate::{…}` trees, and from `crate::…` in the code.

/// Every `crate::…` path, without `crate::`: `["pilot::types::Fact", …]`.
pub fn own_paths(text: &str, modules: &[&str]) -> Vec<String> {
    let code = without_comments(text);
    let mut found = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            tree(&code[at + word.len()..], "", &mut found);
        }
    }
    // `use crate::flows;` and then `flows::server::…`
    for module in modules {
        if found.iter().any(|path| path == module) {
            let name = format!("{module}::");
            for (at, _) in code.match_indices(&name) {
                if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                    tree(&code[at..], "", &mut found);
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Reads one use tree and gives what is behind it.
fn tree<'t>(text: &'t str, prefix: &str, found: &mut Vec<String>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            if rest.is_empty() {
                return rest;
            }
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            let before = rest.len();
            rest = tree(rest, prefix, found);
            let renamed = rest.trim_start();
            if let Some(name) = renamed.strip_prefix("as ") {
                rest = name.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            }
            if rest.len() == before {
                return rest;
            }
        }
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*')).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let path = match (prefix, word) {
        ("", word) => word.to_owned(),
        (prefix, "self" | "*" | "") => prefix.to_owned(),
        (prefix, word) => format!("{prefix}::{word}"),
    };
    match rest.strip_prefix("::") {
        Some(deeper) if deeper.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '{' || c == '*') => {
            tree(deeper, &path, found)
        }
        _ => {
            found.push(path);
            rest
        }
    }
}

/// The code alone: what follows `//` on a line is prose.
pub fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_use_tree_reads_as_its_paths() {
    let text = "use crate::{a::{self, b, c::{d as e, f}}, g::*, h}; fn x() { crate::i::j::<T>(); k::crate_l::m(); } // crate::n";
    assert_eq!(own_paths(text, &[]), ["a", "a::b", "a::c::d", "a::c::f", "g", "h", "i::j"]);
}

#[test]
fn what_is_named_through_an_imported_module_counts_too() {
    assert_eq!(
        own_paths("use crate::flows; fn x() { flows::server::y::z(); }", &["flows"]),
        ["flows", "flows::server::y::z"]
    );
}
