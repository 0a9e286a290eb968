//! A note while it is being looked over: what the server proposes, and what the person decided statement by statement. Pure.
//!
//! An edited statement stays and shows a newer text beside it; an untouched one refreshes.

use serde::{Deserialize, Serialize};

use crate::pilot::{
    note,
    types::{ArtifactKind, Preview, Statement},
};

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
}

impl NoteDraft {
    /// What was decided before, to be met by the next proposal.
    pub fn resumed(mut lines: Vec<Line>) -> Self {
        for line in lines.iter_mut().filter(|line| line.verdict == Verdict::Dropped) {
            // An id may be another statement's by now, and nothing is left out that nobody has seen.
            line.statement.id.clear();
        }
        Self { lines, ..Self::default() }
    }

    /// What would be lost with the page.
    pub fn decided(&self) -> Vec<Line> {
        let empty = |line: &Line| line.is_own() && line.text().is_none();
        self.lines.iter().filter(|line| line.verdict != Verdict::Untouched && !empty(line)).cloned().collect()
    }

    /// Takes a newer proposal and keeps the person's decisions.
    pub fn refresh(&mut self, preview: Preview) {
        let mut before = std::mem::take(&mut self.lines);
        let mut lines: Vec<Line> =
            preview.statements.into_iter().map(|statement| carry_over(statement, &mut before)).collect();
        // Own words stay even where the newer proposal has nothing in their place.
        for line in before {
            if matches!(line.verdict, Verdict::Edited(_)) {
                let at = lines.iter().rposition(|other| other.statement.section == line.statement.section);
                lines.insert(at.map_or(lines.len(), |at| at + 1), Line { newer: None, ..line });
            }
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
        let own = self.lines.iter().filter_map(|line| line.statement.id.strip_prefix(OWN)?.parse::<usize>().ok());
        let statement = Statement {
            id: format!("{OWN}{}", own.max().map_or(1, |last| last + 1)),
            section: section.to_owned(),
            text: String::new(),
            sources: Vec::new(),
            grounded: true,
        };
        self.lines.push(Line { statement, verdict: Verdict::Edited(text.to_owned()), newer: None });
    }

    pub fn decide(&mut self, id: &str, verdict: Verdict) {
        if id.starts_with(OWN) && matches!(verdict, Verdict::Untouched | Verdict::Dropped) {
            // Nothing of the server's stands behind it.
            return self.lines.retain(|line| line.statement.id != id);
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.statement.id == id) {
            // Back to the same words is no edit.
            line.verdict = match verdict {
                Verdict::Edited(text) if text == line.statement.text => Verdict::Untouched,
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

/// The line for `statement`, with what was decided about it before.
fn carry_over(statement: Statement, before: &mut Vec<Line>) -> Line {
    let same_text = |line: &Line| line.statement.section == statement.section && line.statement.text == statement.text;
    let at =
        before.iter().position(same_text).or_else(|| before.iter().position(|line| line.statement.id == statement.id));
    let Some(known) = at.map(|at| before.remove(at)) else {
        return Line { statement, verdict: Verdict::Untouched, newer: None };
    };
    let changed = known.statement.text != statement.text;
    let newer = match &known.verdict {
        Verdict::Edited(_) if changed => Some(statement.text.clone()),
        _ => known.newer,
    };
    let verdict = match known.verdict {
        // Vouched for another text than this.
        Verdict::Kept if changed => Verdict::Untouched,
        verdict => verdict,
    };
    Line { statement, verdict, newer }
}

#[cfg(test)]
mod tests {
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

    fn preview(state_version: i64, statements: Vec<Statement>) -> Preview {
        Preview { statements, markdown: String::new(), state_version, from_cache: false, stand_in: None }
    }

    fn draft() -> NoteDraft {
        let mut draft = NoteDraft::default();
        draft.refresh(preview(
            1,
            vec![
                statement("a", "Problem", "Outlook asks.", true),
                statement("b", "Root cause", "An old password.", true),
                statement("c", "Root cause", "A sync error.", false),
            ],
        ));
        draft
    }

    #[test]
    fn an_untouched_note_is_what_the_server_proposed() {
        let draft = draft();
        let proposed: Vec<_> = draft.lines.iter().map(|line| line.statement.clone()).collect();
        assert_eq!(
            draft.markdown(ArtifactKind::ResolutionNote),
            note::to_markdown(ArtifactKind::ResolutionNote, &proposed)
        );
        assert_eq!(draft.undecided(), 1);
    }

    #[test]
    fn an_edited_statement_stays_and_shows_the_newer_text() {
        let mut draft = draft();
        draft.decide("b", Verdict::Edited("A saved password.".to_owned()));
        draft.refresh(preview(
            2,
            vec![
                statement("a", "Problem", "Outlook asked.", true),
                statement("b", "Root cause", "Two old passwords.", true),
            ],
        ));
        let texts: Vec<_> = draft.lines.iter().filter_map(Line::text).collect();
        assert_eq!(texts, ["Outlook asked.", "A saved password."]);
        assert_eq!(draft.lines[1].newer.as_deref(), Some("Two old passwords."));
        draft.take_newer("b");
        assert_eq!(draft.lines[1].text(), Some("Two old passwords."));
    }

    #[test]
    fn own_words_outlive_the_statement_they_replaced() {
        let mut draft = draft();
        draft.decide("b", Verdict::Edited("A saved password.".to_owned()));
        draft.refresh(preview(2, vec![statement("z", "Root cause", "Something else.", true)]));
        let texts: Vec<_> = draft.lines.iter().filter_map(Line::text).collect();
        assert_eq!(texts, ["Something else.", "A saved password."]);
    }

    #[test]
    fn vouching_ends_when_the_text_changes() {
        let mut draft = draft();
        draft.decide("c", Verdict::Kept);
        assert_eq!((draft.confirmed(), draft.undecided()), (vec!["c".to_owned()], 0));
        draft.refresh(preview(2, vec![statement("c", "Root cause", "A sync error on Monday.", false)]));
        assert_eq!((draft.confirmed(), draft.undecided()), (Vec::new(), 1));
    }

    #[test]
    fn dropped_statements_are_not_posted_and_stay_dropped() {
        let mut draft = draft();
        draft.decide("c", Verdict::Dropped);
        draft.refresh(preview(2, vec![statement("c", "Root cause", "A sync error.", false)]));
        assert!(!draft.markdown(ArtifactKind::ResolutionNote).contains("sync"));
        assert_eq!(draft.undecided(), 0);
    }

    #[test]
    fn an_own_statement_is_posted_outlives_a_newer_proposal_and_can_be_taken_back() {
        let mut draft = draft();
        assert_eq!(draft.empty(ArtifactKind::ResolutionNote), ["What we confirmed", "Resolution"]);
        draft.add("Resolution", "Restarted it.");
        draft.add("Resolution", " ");
        assert_eq!(draft.empty(ArtifactKind::ResolutionNote), ["What we confirmed"]);
        draft.refresh(preview(2, vec![statement("a", "Problem", "Outlook asked.", true)]));
        assert!(draft.markdown(ArtifactKind::ResolutionNote).contains("- Restarted it.\n"));
        draft.decide("mine-1", Verdict::Untouched);
        assert_eq!(draft.empty(ArtifactKind::ResolutionNote), ["What we confirmed", "Root cause", "Resolution"]);
    }

    #[test]
    fn what_was_decided_meets_the_next_proposal_after_the_page_was_left() {
        let mut draft = draft();
        draft.decide("b", Verdict::Edited("A saved password.".to_owned()));
        draft.decide("c", Verdict::Dropped);
        draft.add("Resolution", "Restarted it.");
        draft.add("Resolution", "");
        let kept = crate::wire::write(&draft.decided()).unwrap();
        let mut again = NoteDraft::resumed(crate::wire::read(&kept).unwrap());
        again.refresh(preview(
            7,
            vec![
                statement("a", "Root cause", "An old password.", true),
                statement("b", "Root cause", "A sync error.", false),
                statement("c", "Resolution", "The cache was cleared.", true),
            ],
        ));
        let texts: Vec<_> = again.lines.iter().filter_map(Line::text).collect();
        assert_eq!(texts, ["A saved password.", "The cache was cleared.", "Restarted it."]);
        assert_eq!((again.undecided(), again.state_version), (0, 7));
    }

    #[test]
    fn nothing_decided_is_nothing_to_keep() {
        assert!(draft().decided().is_empty());
    }

    #[test]
    fn editing_back_to_the_same_words_is_no_edit() {
        let mut draft = draft();
        draft.decide("a", Verdict::Edited("Outlook asks.".to_owned()));
        assert_eq!(draft.lines[0].verdict, Verdict::Untouched);
    }
}
