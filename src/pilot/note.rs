//! The two documents a session ends with as text (P2.4): their sections, the Markdown they are written in, and how what was
//! posted is compared, statement by statement, with what was shown.

use crate::pilot::types::{ArtifactKind, Source, Statement};

/// What stands in a section that has no statement.
pub const NOTHING: &str = "_Nothing recorded._";

/// What the document is called.
pub const fn title(kind: ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::ResolutionNote => "Resolution note",
        ArtifactKind::EscalationPackage => "Escalation package",
    }
}

/// The headings, in order and wording.
pub const fn sections(kind: ArtifactKind) -> &'static [&'static str] {
    match kind {
        ArtifactKind::ResolutionNote => &["Problem", "What we confirmed", "Root cause", "Resolution"],
        ArtifactKind::EscalationPackage => {
            &["Problem", "What we've confirmed", TRIED, "Current hypothesis", "Suggested next steps"]
        }
    }
}

/// What a reader of the document would miss where nothing stands under this heading.
pub fn missed(heading: &str) -> Option<&'static str> {
    Some(match heading {
        "Problem" => "No symptom: a reader will not know what was wrong.",
        "What we confirmed" => "No proof: nothing confirmed is told.",
        "Root cause" => "No cause: a reader will ask why it happened.",
        "Resolution" => "No action: a reader will ask what was done.",
        "What we've confirmed" => "Nothing confirmed: the next engineer starts from zero.",
        TRIED => "Nothing tried: what did you try, if only in words?",
        "Current hypothesis" => "No hypothesis: what do you suspect?",
        "Suggested next steps" => "No next step: where should the next engineer begin?",
        _ => return None,
    })
}

/// The heading that an escalation may not leave empty without saying so.
pub const TRIED: &str = "What we've tried";
/// What stands under it where that is so.
pub const NOTHING_TRIED: &str = "Nothing has been tried yet.";

/// The document: every heading, each statement a list item.
pub fn to_markdown(kind: ArtifactKind, statements: &[Statement]) -> String {
    let mut text = String::new();
    for heading in sections(kind) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str("## ");
        text.push_str(heading);
        text.push_str("\n\n");
        let mut empty = true;
        for statement in statements.iter().filter(|statement| statement.section == *heading) {
            empty = false;
            text.push_str(&as_item(&statement.text));
            text.push('\n');
        }
        if empty {
            text.push_str(NOTHING);
            text.push('\n');
        }
    }
    text
}

/// The document for a page that draws Markdown: its headings and lists as such, what the statements say to the letter, as it was
/// approved. Paths, placeholders and scripts are full of what Markdown takes for its own.
pub fn to_the_letter(document: &str) -> String {
    let literal = |line: &str| {
        let (mark, said) = match line {
            _ if line.starts_with("## ") || line == NOTHING => (line, ""),
            _ if line.starts_with("- ") || line.starts_with("  ") => line.split_at(2),
            _ => ("", line),
        };
        let said = said.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]));
        format!("{mark}{}", said.collect::<String>())
    };
    document.lines().map(literal).collect::<Vec<_>>().join("\n")
}

/// A statement's text as it is listed in the document.
pub fn as_item(text: &str) -> String {
    format!("- {}", text.trim().replace('\n', "\n  "))
}

/// A statement as it stands in a posted document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub section: &'static str,
    pub text: String,
}

/// Reads a document back into its statements. Any text is a document: what stands under no heading of ours belongs to the first,
/// and a heading we do not know is the poster's own text.
pub fn from_markdown(kind: ArtifactKind, markdown: &str) -> Vec<Written> {
    let headings = sections(kind);
    let mut section = headings.first().copied().unwrap_or_default();
    let mut written: Vec<Written> = Vec::new();
    let mut item = Item::None;
    for line in markdown.lines() {
        let text = line.trim();
        let heading = line.strip_prefix("## ").map(str::trim);
        if let Some(known) = headings.iter().find(|known| heading == Some(**known)) {
            section = known;
            item = Item::None;
        } else if text.is_empty() {
            item = item.after_blank();
        } else if line.trim_end() == NOTHING {
            // Only where we wrote it: in a statement it is the statement's text.
            item = Item::None;
        } else if let Some(first) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            written.push(Written { section, text: first.trim().to_owned() });
            item = Item::Listed { blanks: 0 };
        } else if heading.is_none()
            && let Some(blanks) = item.takes(line)
            && let Some(last) = written.last_mut()
        {
            last.text.push_str(&"\n".repeat(blanks + 1));
            last.text.push_str(text);
            item = item.after_line();
        } else {
            written.push(Written { section, text: text.to_owned() });
            item = Item::Loose;
        }
    }
    written
}

/// What a line can go on with.
#[derive(Debug, Clone, Copy)]
enum Item {
    None,
    /// A list item, with the blank lines since its last line.
    Listed {
        blanks: usize,
    },
    /// Text outside of a list.
    Loose,
}

impl Item {
    const fn after_blank(self) -> Self {
        match self {
            Self::Listed { blanks } => Self::Listed { blanks: blanks + 1 },
            Self::Loose | Self::None => Self::None,
        }
    }

    const fn after_line(self) -> Self {
        match self {
            Self::Listed { .. } => Self::Listed { blanks: 0 },
            Self::Loose | Self::None => self,
        }
    }

    /// The blank lines before a line that goes on with it. After a blank line only an indented one does.
    fn takes(self, line: &str) -> Option<usize> {
        match self {
            Self::Listed { blanks } => (blanks == 0 || line.starts_with("  ")).then_some(blanks),
            Self::Loose => Some(0),
            Self::None => None,
        }
    }
}

/// A posted document against the preview it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// What is posted: unchanged statements with their sources, the rest as the poster's own words.
    pub statements: Vec<Statement>,
    /// Ids of unchanged statements that nothing stands behind and nobody confirmed.
    pub unconfirmed: Vec<String>,
    /// How many are the poster's own words.
    pub own: usize,
}

/// Compares statement by statement. Dropped ones are simply absent; changed and new ones have no sources: somebody vouches for
/// them with their name.
pub fn compare(preview: &[Statement], written: &[Written], confirmed: &[String]) -> Compared {
    let mut left: Vec<&Statement> = preview.iter().collect();
    let mut result = Compared { statements: Vec::new(), unconfirmed: Vec::new(), own: 0 };
    for (n, line) in written.iter().enumerate() {
        let same = left
            .iter()
            .position(|known| known.section == line.section && squeezed(&known.text) == squeezed(&line.text));
        match same {
            Some(at) => {
                let known = left.remove(at);
                if !known.grounded && !confirmed.contains(&known.id) {
                    result.unconfirmed.push(known.id.clone());
                }
                result.statements.push(known.clone());
            }
            None => {
                result.own += 1;
                result.statements.push(Statement {
                    id: format!("own-{}", n + 1),
                    section: line.section.to_owned(),
                    text: line.text.clone(),
                    sources: Vec::<Source>::new(),
                    grounded: true,
                });
            }
        }
    }
    result
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;

    use super::*;

    fn statement(id: &str, section: &str, text: &str, grounded: bool) -> Statement {
        Statement {
            id: id.to_owned(),
            section: section.to_owned(),
            text: text.to_owned(),
            sources: Vec::new(),
            grounded,
        }
    }

    fn note() -> Vec<Statement> {
        vec![
            statement("s1", "Problem", "Outlook asked for a password.\n\nAgain and again.", true),
            statement("s2", "Root cause", "A stale credential.", true),
            statement("s3", "Root cause", "A sync error.", false),
        ]
    }

    #[test]
    fn all_headings_appear_in_order_even_without_statements() {
        let markdown = to_markdown(ArtifactKind::EscalationPackage, &[]);
        let found: Vec<_> = markdown.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(found, sections(ArtifactKind::EscalationPackage));
    }

    #[test]
    fn every_heading_says_what_a_reader_would_miss() {
        for kind in ArtifactKind::ALL {
            assert!(sections(*kind).iter().all(|heading| missed(heading).is_some()));
        }
    }

    #[test]
    fn a_document_reads_back_as_it_was_written() {
        let written = from_markdown(ArtifactKind::ResolutionNote, &to_markdown(ArtifactKind::ResolutionNote, &note()));
        let texts: Vec<_> = written.into_iter().map(|line| line.text).collect();
        assert_eq!(
            texts,
            ["Outlook asked for a password.\n\nAgain and again.", "A stale credential.", "A sync error."]
        );
    }

    #[test]
    fn unchanged_unfounded_statements_wait_for_confirmation() {
        let written = from_markdown(ArtifactKind::ResolutionNote, &to_markdown(ArtifactKind::ResolutionNote, &note()));
        assert_eq!(compare(&note(), &written, &[]).unconfirmed, ["s3"]);
        assert!(compare(&note(), &written, &["s3".to_owned()]).unconfirmed.is_empty());
    }

    #[test]
    fn dropped_statements_are_absent_and_changed_ones_are_the_posters_own() {
        let markdown = to_markdown(ArtifactKind::ResolutionNote, &note())
            .replace("- A sync error.\n", "")
            .replace("A stale", "An old");
        let written = from_markdown(ArtifactKind::ResolutionNote, &markdown);
        let compared = compare(&note(), &written, &[]);
        let ids: Vec<_> = compared.statements.iter().map(|statement| statement.id.as_str()).collect();
        assert_eq!((ids, compared.unconfirmed.len()), (vec!["s1", "own-2"], 0));
    }

    #[test]
    fn any_text_is_a_document() {
        let read = |text: &str| {
            let written = from_markdown(ArtifactKind::ResolutionNote, text);
            written.into_iter().map(|line| (line.section, line.text)).collect::<Vec<_>>()
        };
        assert_eq!(read("Restarted the spooler."), [("Problem", "Restarted the spooler.".to_owned())]);
        assert_eq!(
            read("## Resolution\nDone.\nReally.\n\nBye.\n## Later\n- x"),
            [
                ("Resolution", "Done.\nReally.".to_owned()),
                ("Resolution", "Bye.".to_owned()),
                ("Resolution", "## Later".to_owned()),
                ("Resolution", "x".to_owned()),
            ]
        );
        assert_eq!(read("## Problem\n\n_Nothing recorded._\n"), []);
    }

    proptest::proptest! {
        #[test]
        fn no_statement_can_be_written_so_that_it_is_posted_unseen(
            texts in proptest::collection::vec(proptest::prelude::prop_oneof![
                "[ -~]{1,12}",
                proptest::collection::vec(proptest::sample::select(vec![
                    "\n", "\r\n", "\r", " ", "\t", "- ", "* ", "## Problem", "## Resolution", NOTHING, "word", "\u{2028}", "\u{b}", "\n\n", "1. ",
                ]), 1..8).prop_map(|pieces| pieces.concat()),
            ], 1..5),
        ) {
            let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
            let preview: Vec<_> = texts.enumerate().map(|(n, text)| statement(&format!("s{n}"), "Problem", text, false)).collect();
            let markdown = to_markdown(ArtifactKind::ResolutionNote, &preview);
            let compared = compare(&preview, &from_markdown(ArtifactKind::ResolutionNote, &markdown), &[]);
            let all: Vec<_> = preview.iter().map(|one| one.id.clone()).collect();
            proptest::prop_assert_eq!(compared.unconfirmed, all);
        }
    }

    #[test]
    fn what_is_drawn_says_what_was_approved() {
        let text = "Deleted \\\\srv\\<user>\\*.pst, `__old__`.\n## Resolution";
        let document = to_markdown(ArtifactKind::ResolutionNote, &[statement("s1", "Problem", text, true)]);
        let drawn = to_the_letter(&document);
        assert!(drawn.starts_with("## Problem\n\n- Deleted \\\\\\\\srv\\\\\\<user\\>\\\\\\*\\.pst"), "{drawn}");
        assert!(drawn.contains("\n  \\#\\# Resolution\n"), "{drawn}");
        assert!(drawn.contains(&format!("\n{NOTHING}")), "{drawn}");
    }
}
