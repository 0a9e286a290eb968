//! What becomes of decisions about a note when a newer text is proposed.

use super::*;
use crate::pilot::types::{Source, SourceKind};

fn statement(id: &str, section: &str, text: &str, grounded: bool) -> Statement {
    Statement { id: id.to_owned(), section: section.to_owned(), text: text.to_owned(), sources: Vec::new(), grounded }
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
fn an_edited_statement_is_known_by_what_it_rests_on_where_its_number_and_text_have_changed() {
    let of = |id: &str, text: &str, fact: &str| Statement {
        sources: vec![Source { kind: SourceKind::Fact, id: fact.to_owned() }],
        ..statement(id, "What we confirmed", text, true)
    };
    let mut draft = NoteDraft::default();
    draft.refresh(preview(1, vec![of("s2", "Webmail works.", "1"), of("s3", "Two PCs.", "2")]));
    draft.decide("s2", Verdict::Edited("Webmail is fine.".to_owned()));
    let changed =
        vec![of("s2", "It began on Monday.", "3"), of("s3", "Webmail works again.", "1"), of("s4", "Two PCs.", "2")];
    draft.refresh(preview(2, changed));
    let texts: Vec<_> = draft.lines.iter().filter_map(Line::text).collect();
    assert_eq!(texts, ["It began on Monday.", "Webmail is fine.", "Two PCs."]);
    assert_eq!(draft.lines[1].newer.as_deref(), Some("Webmail works again."));
    // Where it is gone, its number says nothing.
    draft.refresh(preview(3, vec![of("s3", "It is her laptop.", "4")]));
    assert_eq!(draft.lines[0].text(), Some("It is her laptop."));
    assert!(draft.lines[1].is_own());
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

/// A package as the server numbers it: through all its sections.
fn package(state_version: i64, told: &[(&str, &str)]) -> Preview {
    let numbered = told.iter().enumerate();
    let statements = numbered.map(|(n, (section, text))| statement(&format!("s{}", n + 1), section, text, true));
    preview(state_version, statements.collect())
}

const PROBLEM: (&str, &str) = ("Problem", "Outlook asks.");
const FACT: (&str, &str) = ("What we've confirmed", "Webmail works.");
const FIX: (&str, &str) = ("What we've tried", "Clear the cache: it did not work.");
const OTHER_FIX: (&str, &str) = ("What we've tried", "Restart it: it did not work.");
const CAUSE: (&str, &str) = ("Current hypothesis", "Still possible: a sync error.");

fn posted(draft: &NoteDraft) -> Vec<(&str, &str)> {
    draft.lines.iter().filter_map(|line| Some((line.statement.section.as_str(), line.text()?))).collect()
}

#[test]
fn decisions_stay_with_their_statements_where_a_new_one_moves_all_ids() {
    let mut draft = NoteDraft::default();
    draft.refresh(package(1, &[PROBLEM, FIX, OTHER_FIX, CAUSE]));
    draft.decide("s2", Verdict::Edited("Cleared it twice.".to_owned()));
    draft.decide("s4", Verdict::Dropped);
    let kept = crate::wire::write(&draft.decided()).unwrap();
    let mut again = NoteDraft::resumed(crate::wire::read(&kept).unwrap());
    for draft in [&mut draft, &mut again] {
        draft.refresh(package(2, &[PROBLEM, FACT, FIX, OTHER_FIX, CAUSE]));
        assert_eq!(posted(draft), [PROBLEM, FACT, ("What we've tried", "Cleared it twice."), OTHER_FIX]);
        assert!(draft.lines.iter().all(|line| line.newer.is_none()));
    }
}

#[test]
fn an_id_carries_neither_a_drop_nor_a_vouch() {
    let mut draft = NoteDraft::default();
    draft.refresh(package(1, &[PROBLEM, FIX, OTHER_FIX]));
    draft.decide("s2", Verdict::Dropped);
    draft.decide("s3", Verdict::Kept);
    let new = [("What we've tried", "Reset the profile: it worked."), ("What we've tried", "Reboot: it worked.")];
    draft.refresh(package(2, &[PROBLEM, new[0], new[1]]));
    assert_eq!(posted(&draft), [PROBLEM, new[0], new[1]]);
    assert_eq!(draft.confirmed(), Vec::<String>::new());
}

#[test]
fn own_words_that_lost_their_statement_keep_to_their_section_and_share_no_id() {
    let mut draft = NoteDraft::default();
    draft.refresh(package(1, &[PROBLEM, FIX, CAUSE]));
    draft.decide("s2", Verdict::Edited("Cleared it twice.".to_owned()));
    draft.add("What we've tried", "Asked a colleague.");
    draft.refresh(package(2, &[PROBLEM, CAUSE]));
    let own = ["Cleared it twice.", "Asked a colleague."].map(|text| ("What we've tried", text));
    assert_eq!(posted(&draft), [PROBLEM, CAUSE, own[0], own[1]]);
    let ids: std::collections::HashSet<_> = draft.lines.iter().map(|line| &line.statement.id).collect();
    assert_eq!(ids.len(), 4);
    draft.refresh(package(3, &[PROBLEM, FIX, CAUSE]));
    assert_eq!(posted(&draft), [PROBLEM, own[0], own[1], CAUSE]);
}

#[test]
fn a_row_stays_with_its_statement_while_ids_move() {
    let mut draft = NoteDraft::default();
    draft.refresh(package(1, &[PROBLEM, FIX, CAUSE]));
    let row_of = |draft: &NoteDraft, text: &str| {
        draft.lines.iter().find(|line| line.statement.text == text).map(|line| line.row)
    };
    let before = [FIX, CAUSE].map(|(_, text)| row_of(&draft, text));
    draft.refresh(package(2, &[PROBLEM, FACT, FIX, CAUSE]));
    assert_eq!([FIX, CAUSE].map(|(_, text)| row_of(&draft, text)), before);
    let rows: std::collections::HashSet<_> = draft.lines.iter().map(|line| line.row).collect();
    assert_eq!(rows.len(), 4);
}

#[test]
fn an_older_proposal_that_comes_late_changes_nothing() {
    let mut draft = NoteDraft::default();
    draft.refresh(package(2, &[PROBLEM, FIX]));
    draft.refresh(package(1, &[PROBLEM, CAUSE]));
    assert_eq!((posted(&draft), draft.state_version), (vec![PROBLEM, FIX], 2));
}

#[test]
fn own_words_that_were_emptied_are_nothing_to_post() {
    let mut draft = draft();
    draft.add("Resolution", "Restarted it.");
    draft.decide("mine-1", Verdict::Edited(String::new()));
    assert!(draft.empty(ArtifactKind::ResolutionNote).contains(&"Resolution"));
}

#[test]
fn own_words_that_another_note_does_not_say_are_told_apart() {
    let mut draft = draft();
    draft.decide("b", Verdict::Edited("A saved password.\nTwo, in fact.".to_owned()));
    let posted = draft.markdown(ArtifactKind::ResolutionNote);
    draft.add("Resolution", "Restarted it.");
    draft.decide("c", Verdict::Dropped);
    assert_eq!(draft.words_beside(&posted), [("Resolution".to_owned(), "Restarted it.".to_owned())]);
}
