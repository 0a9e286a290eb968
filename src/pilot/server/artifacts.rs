//! The documents a session ends with: generated as structured statements, each source checked, cached by state version.

use std::collections::HashSet;

use super::{
    case::{progress, safe},
    store::{artifacts, facts, fixes, hypotheses, lane, messages, sessions},
};
use crate::{
    ai::{
        server::{Caller, Edition},
        types::{Action, Cause, Citation, ItemKind as AiItemKind, NoteInput, NoteOutput, NotedFix, OpenItem, Sourced},
    },
    error::AppError,
    flows,
    ids::{MessageId, SessionId},
    pilot::{
        note::{sections, to_markdown},
        types::{
            ArtifactKind, CheckResult, Fix, FixStatus, ItemKind, ItemStatus, MessageStatus, Preview, Role, Source,
            SourceKind, Statement,
        },
    },
    server::context::Ctx,
};

/// As many messages of people are told.
const SAID: i64 = 20;

/// Messages, oldest first, and what is of interest of each.
type Said<T> = Vec<(MessageId, T)>;

/// Everything a document may be written from, as it was at one state version.
struct Case {
    state_version: i64,
    input: NoteInput,
    /// What may be cited.
    sources: HashSet<Source>,
}

/// The document as it would be posted now. Unchanged state costs no model call, on any node; where a model failed at it a moment
/// ago, only `again` asks one.
pub async fn preview(ctx: &Ctx, id: SessionId, kind: ArtifactKind, again: bool) -> Result<Preview, AppError> {
    let case = match read(ctx, id, kind).await? {
        Read::Cached(preview) => return Ok(preview),
        Read::Case(case) => case,
    };
    let action = match kind {
        ArtifactKind::ResolutionNote => Action::ResolutionNote,
        ArtifactKind::EscalationPackage => Action::EscalationPackage,
    };
    let edition = Some(Edition { state_version: case.state_version, again });
    let given = ctx.platform.ai.json_in_any_case(&Caller::of(ctx, id), action, &case.input, edition).await?;
    let output: NoteOutput = given.value;
    let statements = checked(kind, output, &case);
    let (version, stands_in) = (case.state_version, given.stand_in.is_some());
    let mut tx = ctx.db().tenant(ctx).await?;
    artifacts::insert(ctx, &mut tx, id, kind, version, stands_in, &statements).await?;
    // Where another node was faster, everybody shows what it stored.
    let statements = artifacts::get(ctx, &mut tx, id, kind, version, stands_in).await?.unwrap_or(statements);
    tx.commit().await?;
    Ok(Preview { stand_in: given.stand_in, ..shown(kind, statements, version, false) })
}

/// What may have been shown of the session as it is now, to compare what is approved with: the model's document, and the one that
/// stood in for it. Neither is written anew while one of them is there.
pub async fn shown_before(ctx: &Ctx, id: SessionId, kind: ArtifactKind) -> Result<Vec<Preview>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = sessions::lock(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let mut previews = Vec::new();
    for stand_in in [false, true] {
        let found = artifacts::get(ctx, &mut tx, id, kind, row.state_version, stand_in).await?;
        previews.extend(found.map(|statements| shown(kind, statements, row.state_version, true)));
    }
    tx.commit().await?;
    if previews.is_empty() {
        previews.push(preview(ctx, id, kind, false).await?);
    }
    Ok(previews)
}

fn shown(kind: ArtifactKind, statements: Vec<Statement>, state_version: i64, from_cache: bool) -> Preview {
    let markdown = to_markdown(kind, &statements);
    Preview { statements, markdown, state_version, from_cache, stand_in: None }
}

enum Read {
    Cached(Preview),
    Case(Box<Case>),
}

async fn read(ctx: &Ctx, id: SessionId, kind: ArtifactKind) -> Result<Read, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    // The row is held while the rest is read: one document never mixes two versions.
    let row = sessions::lock(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    if let Some(statements) = artifacts::get(ctx, &mut tx, id, kind, row.state_version, false).await? {
        tx.commit().await?;
        return Ok(Read::Cached(shown(kind, statements, row.state_version, true)));
    }
    let ticket_text = sessions::ticket_text(ctx, &mut tx, id).await?;
    let said = messages::first_of_people(ctx, &mut tx, id, SAID).await?;
    let course = match said.last() {
        Some((last, _)) => messages::between(ctx, &mut tx, id, None, *last, SAID + 1).await?,
        None => Vec::new(),
    };
    let items = lane::all(ctx, &mut tx, id).await?;
    let facts: Vec<_> =
        facts::all(ctx, &mut tx, id, false).await?.into_iter().filter(|fact| fact.view().is_source()).collect();
    let causes = hypotheses::all(ctx, &mut tx, id).await?;
    let mut fixes = fixes::all(ctx, &mut tx, id).await?;
    let kept = match kind {
        ArtifactKind::ResolutionNote => None,
        ArtifactKind::EscalationPackage => sessions::ai_context(ctx, &mut tx, id).await?.1,
    };
    tx.commit().await?;
    fixes.reverse();

    let mut problem: Vec<Sourced> = Vec::new();
    if let Some(ticket) = row.ticket() {
        let text = [ticket.summary.unwrap_or_default(), ticket_text.unwrap_or_default()].join("\n");
        problem.push(Sourced { text: safe(text), sources: vec![cite(SourceKind::Ticket, ticket.id)] });
    }
    let answered = course.iter().position(|one| one.role == Role::Assistant && one.status == MessageStatus::Done);
    let opening: Vec<_> = course.iter().take(answered.unwrap_or(course.len())).map(|one| one.id).collect();
    let first: Vec<_> = said.first().map(|(message, _)| cite(SourceKind::Message, message)).into_iter().collect();
    let alone = problem.is_empty() && row.problem.is_none();
    let (told, since) = before_answer(said, &opening, alone);
    let mut said = told.into_iter().peekable();
    if let Some(stated) = row.problem {
        // The problem statement is its author's; the first message, where they say it, is what can be cited for it.
        // Mostly the two are the same words, which are told once.
        said.next_if(|(_, text)| text.trim() == stated.trim());
        problem.push(Sourced { text: safe(stated), sources: first });
    }
    let said_by = |(message, text): (MessageId, String)| Sourced {
        text: safe(text),
        sources: vec![cite(SourceKind::Message, message)],
    };
    problem.extend(said.map(said_by));
    let said: Vec<_> = since.into_iter().map(said_by).collect();

    let answered = |item: &&lane::Item| item.words().is_some();
    // What is left to do is for the next engineer; a customer's note tells what was done.
    let open: Vec<_> = match kind {
        ArtifactKind::ResolutionNote => Vec::new(),
        ArtifactKind::EscalationPackage => items.iter().filter(|item| item.status == ItemStatus::Open).collect(),
    };
    let evidence = |ids: &[uuid::Uuid]| -> Vec<Citation> {
        ids.iter()
            .filter_map(|id| {
                let item = items.iter().filter(answered).find(|item| item.id.0 == *id);
                let fact = facts
                    .iter()
                    .find(|fact| fact.id.0 == *id || item.is_some_and(|item| fact.source_ref == Some(item.id)));
                match (fact, item) {
                    (Some(fact), _) => Some(cite(SourceKind::Fact, fact.id)),
                    (None, Some(item)) => Some(cite(item_kind(item), item.id)),
                    (None, None) => None,
                }
            })
            .collect()
    };
    let handover = kept.and_then(|kept| flows::server::handover(&kept)).map(|next| {
        // A question that was put again says more than at first.
        let item = items.iter().filter(answered).find(|item| item.text.starts_with(&next.after));
        let fix = fixes.iter().find(|fix| fix.title == next.after).map(|fix| cite(SourceKind::Fix, fix.id));
        let sources = item.map_or_else(|| fix.into_iter().collect(), |item| evidence(&[item.id.0]));
        Sourced { text: next.text, sources }
    });
    let input = NoteInput {
        sections: sections(kind).iter().map(|heading| (*heading).to_owned()).collect(),
        facts: facts
            .iter()
            .map(|fact| Sourced { text: safe(fact.text.clone()), sources: vec![cite(SourceKind::Fact, fact.id)] })
            .collect(),
        checks: items.iter().filter(answered).filter(|item| item.kind == ItemKind::Check).map(noted_check).collect(),
        open: open.iter().map(|item| open_item(item)).collect(),
        causes: causes
            .iter()
            .map(|cause| Cause {
                text: safe(cause.text.clone()),
                status: cause.status.to_string(),
                because: cause.because.clone().map(safe),
                sources: evidence(&cause.evidence),
            })
            .collect(),
        fixes: fixes
            .iter()
            .filter(|fix| fix.status != FixStatus::Proposed || fix.applied_at.is_some())
            .map(noted_fix)
            .collect(),
        problem,
        said,
        handover,
    };
    let mut sources: HashSet<Source> = HashSet::new();
    let told = input.problem.iter().chain(&input.said).chain(&input.handover).flat_map(|one| &one.sources);
    let cited = told.chain(input.fixes.iter().flat_map(|fix| &fix.sources));
    sources.extend(cited.filter_map(source));
    sources.extend(facts.iter().map(|fact| Source { kind: SourceKind::Fact, id: fact.id.to_string() }));
    sources.extend(items.iter().filter(answered).map(|item| Source { kind: item_kind(item), id: item.id.to_string() }));
    sources.extend(open.iter().map(|item| Source { kind: item_kind(item), id: item.id.to_string() }));
    Ok(Read::Case(Box::new(Case { state_version: row.state_version, input, sources })))
}

/// What people said, parted where the first answer came: what they tell later is no problem, but what became of it. Where nothing
/// else tells the problem, their first words do.
fn before_answer<T>(mut said: Said<T>, opening: &[MessageId], alone: bool) -> (Said<T>, Said<T>) {
    let told = said.iter().take_while(|(id, _)| opening.contains(id)).count();
    let since = said.split_off(told.max(usize::from(alone)).min(said.len()));
    (said, since)
}

const fn item_kind(item: &lane::Item) -> SourceKind {
    match item.kind {
        ItemKind::Question => SourceKind::Answer,
        ItemKind::Check => SourceKind::Check,
    }
}

fn cite(kind: SourceKind, id: impl ToString) -> Citation {
    Citation { kind: kind.to_string(), id: id.to_string() }
}

fn source(citation: &Citation) -> Option<Source> {
    Some(Source { kind: citation.kind.parse().ok()?, id: citation.id.clone() })
}

fn open_item(item: &lane::Item) -> OpenItem {
    let kind = match item.kind {
        ItemKind::Question => AiItemKind::Question,
        ItemKind::Check => AiItemKind::Check,
    };
    OpenItem { kind, text: item.text.clone(), sources: vec![cite(item_kind(item), item.id)] }
}

fn noted_check(item: &lane::Item) -> Sourced {
    let result = match item.result {
        Some(CheckResult::Pass) => "as expected",
        Some(CheckResult::Fail) => "not as expected",
        Some(CheckResult::Skipped) | None => "done",
    };
    let text = match item.text.trim_end() {
        asks if asks.ends_with('?') => format!("{asks} Result: {result}."),
        label => format!("{label}: {result}."),
    };
    let printed = item.output.as_deref().and_then(excerpt).map(safe);
    let text = printed.map_or_else(|| text.clone(), |printed| format!("{text} Output: `{printed}`"));
    Sourced { text, sources: vec![cite(SourceKind::Check, item.id)] }
}

/// The beginning of what a check printed, on one line, so that it can stand as code in a list.
fn excerpt(output: &str) -> Option<String> {
    const LONGEST: usize = 300;
    let lines = output.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let whole = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ⏎ ").replace('`', "'");
    let cut = whole.char_indices().nth(LONGEST).and_then(|(at, _)| whole.get(..at));
    let shown = cut.map_or_else(|| whole.clone(), |cut| format!("{}…", cut.trim_end()));
    (!shown.is_empty()).then_some(shown)
}

fn noted_fix(fix: &Fix) -> NotedFix {
    NotedFix {
        title: safe(fix.title.clone()),
        description: safe(fix.description.clone()),
        progress: progress(fix),
        notes: fix.partial_notes.clone().or_else(|| fix.failure_reason.clone()).map(safe),
        sources: vec![cite(SourceKind::Fix, fix.id)],
    }
}

/// The statements under known headings, with the sources that exist; one without any is flagged.
fn checked(kind: ArtifactKind, output: NoteOutput, case: &Case) -> Vec<Statement> {
    let headings = sections(kind);
    let drafts = output.statements.into_iter().filter(|draft| !draft.text.trim().is_empty());
    let mut statements: Vec<Statement> = drafts
        .map(|draft| {
            let mut sources: Vec<Source> = Vec::new();
            for found in draft.sources.iter().filter_map(source).filter(|found| case.sources.contains(found)) {
                if !sources.contains(&found) {
                    sources.push(found);
                }
            }
            let known = headings.iter().find(|heading| **heading == draft.section);
            let section = known.or(headings.first()).copied().unwrap_or_default().to_owned();
            Statement {
                id: String::new(),
                section,
                text: draft.text.trim().to_owned(),
                grounded: !sources.is_empty(),
                sources,
            }
        })
        .collect();
    let place = |statement: &Statement| headings.iter().position(|heading| *heading == statement.section);
    statements.sort_by_key(place);
    for (n, statement) in statements.iter_mut().enumerate() {
        statement.id = format!("s{}", n + 1);
    }
    statements
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_problem_is_what_people_said_before_the_first_answer() {
        let [first, more, thanks] = [1, 2, 3].map(|n| MessageId::from(Uuid::from_u128(n)));
        let said = vec![(first, "Outlook asks."), (more, "Only hers."), (thanks, "It works now, thank you.")];
        let parted = |opening: &[MessageId], alone| {
            let (told, since) = before_answer(said.clone(), opening, alone);
            (told.len(), since.len())
        };
        assert_eq!(parted(&[first, more], false), (2, 1));
        assert_eq!(parted(&[first, more, thanks], false), (3, 0));
        // Where FlowPilot began, from a ticket or from nothing.
        assert_eq!(parted(&[], false), (0, 3));
        assert_eq!(parted(&[], true), (1, 2));
        assert_eq!(before_answer(Vec::<(MessageId, String)>::new(), &[], true), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_a_check_printed_is_told_in_brief_as_code() {
        assert_eq!(excerpt(" \n\n"), None);
        let printed = "FullName          GB\n--------          --\n\nD:\\a`b.log    41.2\n";
        assert_eq!(excerpt(printed).as_deref(), Some("FullName GB ⏎ -------- -- ⏎ D:\\a'b.log 41.2"));
        let long = excerpt(&"ä ".repeat(500)).unwrap_or_default();
        assert!(long.ends_with("ä…") && long.chars().count() <= 301, "{long}");
    }
}
