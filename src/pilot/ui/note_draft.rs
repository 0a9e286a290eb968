//! A note while it is being looked over: what the server proposes, and what the person decided statement by statement. Pure.
//!
//! An edited statement stays and shows a newer text beside it; an untouched one refreshes.

use serde::{Deserialize, Serialize};

use crate::pilot::{
    note,
    types::{ArtifactKind, Preview, Statement},
};

#[cfg(test)]
mod tests;

/// What the person decided about a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    #[default]
    Untouched,
    /// Nothing stands behind it, and the person vouches for it.
    Kept,
    Dropped,
    /// The person's own words.
    Edited(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub statement: Statement,
    pub verdict: Verdict,
    /// What the server says now where the person has edited.
    pub newer: Option<String>,
    /// Its row on the screen, which is the same whatever becomes of the statement's id.
    #[serde(skip)]
    pub row: u64,
}

impl Line {
    /// The text that would be posted.
    pub fn text(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Dropped => None,
            Verdict::Edited(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Verdict::Untouched | Verdict::Kept => Some(&self.statement.text),
        }
    }

    /// The person added it.
    pub fn is_own(&self) -> bool {
        self.statement.id.starts_with(OWN)
    }

    /// It cannot be posted before somebody keeps, edits or drops it.
    pub fn is_undecided(&self) -> bool {
        !self.statement.grounded && self.verdict == Verdict::Untouched
    }
}

/// How the ids of a person's own statements begin.
const OWN: &str = "mine-";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteDraft {
    pub lines: Vec<Line>,
    /// The state that the texts are of.
    pub state_version: i64,
    /// Why no model wrote it.
    pub stand_in: Option<String>,
    /// The last row that was given.
    rows: u64,
}

impl NoteDraft {
    /// What was decided before, to be met by the next proposal.
    pub fn resumed(lines: Vec<Line>) -> Self {
        Self { lines, ..Self::default() }
    }

    /// What would be lost with the page.
    pub fn decided(&self) -> Vec<Line> {
        let empty = |line: &Line| line.is_own() && line.text().is_none();
        self.lines.iter().filter(|line| line.verdict != Verdict::Untouched && !empty(line)).cloned().collect()
    }

    /// Own words that do not stand in what was `posted`, with their headings.
    pub fn words_beside(&self, posted: &str) -> Vec<(String, String)> {
        let own = self.lines.iter().filter(|line| matches!(line.verdict, Verdict::Edited(_)));
        own.filter_map(|line| Some((line.statement.section.clone(), line.text()?.to_owned())))
            .filter(|(_, text)| !posted.contains(&note::as_item(text)))
            .collect()
    }

    /// Takes a newer proposal and keeps the person's decisions. An older one, which came late, says nothing any more.
    pub fn refresh(&mut self, preview: Preview) {
        if preview.state_version < self.state_version {
            return;
        }
        let mut own = next_own(&self.lines);
        let mut before = std::mem::take(&mut self.lines);
        let known = known(&preview.statements, &mut before);
        let proposed = preview.statements.into_iter().zip(known);
        let mut lines: Vec<Line> = proposed.map(|(statement, known)| carried_over(statement, known)).collect();
        // Own words stay even where the newer proposal has nothing in their place.
        for mut line in before.into_iter().filter(|line| matches!(line.verdict, Verdict::Edited(_))) {
            if !line.is_own() {
                // The id they had may be another statement's now.
                line.statement.id = format!("{OWN}{own}");
                own += 1;
            }
            let at = lines.iter().rposition(|other| other.statement.section == line.statement.section);
            lines.insert(at.map_or(lines.len(), |at| at + 1), Line { newer: None, ..line });
        }
        for line in lines.iter_mut().filter(|line| line.row == 0) {
            self.rows += 1;
            line.row = self.rows;
        }
        self.lines = lines;
        self.state_version = preview.state_version;
        self.stand_in = preview.stand_in;
    }

    /// The document as it would be posted.
    pub fn markdown(&self, kind: ArtifactKind) -> String {
        let statements: Vec<Statement> = self
            .lines
            .iter()
            .filter_map(|line| Some(Statement { text: line.text()?.to_owned(), ..line.statement.clone() }))
            .collect();
        note::to_markdown(kind, &statements)
    }

    /// Unfounded statements that the person vouches for.
    pub fn confirmed(&self) -> Vec<String> {
        let kept = self.lines.iter().filter(|line| line.verdict == Verdict::Kept);
        kept.map(|line| line.statement.id.clone()).collect()
    }

    pub fn undecided(&self) -> usize {
        self.lines.iter().filter(|line| line.is_undecided()).count()
    }

    /// The server refuses these without a decision.
    pub fn mark_unfounded(&mut self, ids: &[String]) {
        for line in self.lines.iter_mut().filter(|line| ids.contains(&line.statement.id)) {
            line.statement.grounded = false;
        }
    }

    /// Headings with nothing to post under them.
    pub fn empty(&self, kind: ArtifactKind) -> Vec<&'static str> {
        let told =
            |heading: &str| self.lines.iter().any(|line| line.statement.section == heading && line.text().is_some());
        note::sections(kind).iter().copied().filter(|heading| !told(heading)).collect()
    }

    /// Adds a statement in the person's own words.
    pub fn add(&mut self, section: &str, text: &str) {
        let statement = Statement {
            id: format!("{OWN}{}", next_own(&self.lines)),
            section: section.to_owned(),
            text: String::new(),
            sources: Vec::new(),
            grounded: true,
        };
        self.rows += 1;
        let verdict = Verdict::Edited(text.to_owned());
        self.lines.push(Line { statement, verdict, newer: None, row: self.rows });
    }

    pub fn decide(&mut self, id: &str, verdict: Verdict) {
        if id.starts_with(OWN) && matches!(verdict, Verdict::Untouched | Verdict::Dropped) {
            // Nothing of the server's stands behind it.
            return self.lines.retain(|line| line.statement.id != id);
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.statement.id == id) {
            // Back to the same words is no edit, where the server stands behind them.
            line.verdict = match verdict {
                Verdict::Edited(text) if text == line.statement.text && !line.is_own() => Verdict::Untouched,
                other => other,
            };
        }
    }

    /// Takes the newer text in place of one's own.
    pub fn take_newer(&mut self, id: &str) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.statement.id == id) {
            line.verdict = Verdict::Untouched;
            line.newer = None;
        }
    }

    /// Keeps one's own words over the newer text.
    pub fn keep_mine(&mut self, id: &str) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.statement.id == id) {
            line.newer = None;
        }
    }
}

/// The number of the next statement of one's own.
fn next_own(lines: &[Line]) -> usize {
    let own = lines.iter().filter_map(|line| line.statement.id.strip_prefix(OWN)?.parse::<usize>().ok());
    own.max().map_or(1, |last| last + 1)
}

/// The line that each statement had before, taken out of `before`.
///
/// Ids count through the document, so whatever is said earlier moves them: a statement is known by its words, and where these have
/// changed by what it rests on. An id counts only among what is left under one heading and rests on nothing else. Neither carries
/// more than words of one's own: dropped and vouched for was another text.
fn known(statements: &[Statement], before: &mut Vec<Line>) -> Vec<Option<Line>> {
    let mut take = |is: &dyn Fn(&Statement) -> bool, all: bool| {
        let carries = |line: &Line| all || matches!(line.verdict, Verdict::Edited(_) | Verdict::Untouched);
        let at = before.iter().position(|line| carries(line) && is(&line.statement))?;
        Some(before.remove(at))
    };
    let mut known: Vec<_> =
        statements.iter().map(|now| take(&|then| then.section == now.section && then.text == now.text, true)).collect();
    let rests = |now: &Statement, then: &Statement| !now.sources.is_empty() && now.sources == then.sources;
    let counts = |now: &Statement, then: &Statement| {
        let shared = || then.sources.iter().any(|source| now.sources.contains(source));
        now.id == then.id && (now.sources.is_empty() || then.sources.is_empty() || shared())
    };
    for by_sources in [true, false] {
        let same = |now: &Statement, then: &Statement| if by_sources { rests(now, then) } else { counts(now, then) };
        for (now, known) in statements.iter().zip(&mut known).filter(|(_, known)| known.is_none()) {
            *known = take(&|then| then.section == now.section && same(now, then), false);
        }
    }
    known
}

/// The line for `statement`, with what was decided about it before.
fn carried_over(statement: Statement, known: Option<Line>) -> Line {
    let Some(Line { statement: before, verdict, newer, row }) = known else {
        return Line { statement, verdict: Verdict::Untouched, newer: None, row: 0 };
    };
    let changed = before.text != statement.text;
    let newer = match &verdict {
        Verdict::Edited(_) if changed => Some(statement.text.clone()),
        _ => newer,
    };
    Line { statement, verdict, newer, row }
}
