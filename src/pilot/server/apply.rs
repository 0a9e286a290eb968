//! What the markers of one turn do to lane, facts, hypotheses and fix: together, in the turn's last transaction, and only
//! ever as proposals. What rests on nothing that exists is dropped, with a word to the engineer.

use std::collections::HashSet;

use sqlx::types::Json;
use uuid::Uuid;

use super::{
    case::Told,
    store::{facts, fixes, hypotheses, lane},
    text,
    write::Write,
};
use crate::{
    error::AppError,
    flows,
    ids::{LaneItemId, TurnId},
    pilot::{
        lane::{Known, Step, merge},
        markers::{
            ActionDraft, Dropped, FixDraft, HypothesisDraft, MarkerName, OutcomeDraft, PromoteDraft, QuestionDraft,
            TurnMarkers, is_hidden, neutralise,
        },
        restate,
        types::{
            CheckResult, Fix, FixOutcome, FixStatus, Hypothesis, HypothesisStatus, ItemKind, ItemStatus,
            OutcomeProposal, SessionEvent, SourceType, Support,
        },
    },
    server::markdown,
};

/// At most this many questions, checks or hypotheses of one block are taken.
const MAX_ITEMS: usize = 40;

/// The turn whose markers are applied.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    pub turn: TurnId,
    /// What the person wrote with this turn; empty when they only sent answers.
    pub person_said: &'a str,
    pub told: &'a Told,
    /// Values that the model was not told and no link may tell.
    pub hidden: &'a [String],
    /// A model answered, not FlowPilot's own flows.
    pub by_model: bool,
}

/// Applies everything and emits the events, in the contract's order: dropped markers, lane, facts, hypotheses, proposal, fix.
pub async fn apply(
    write: &mut Write<'_>,
    of: Of<'_>,
    markers: TurnMarkers,
    dropped: &[Dropped],
) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let items = lane::all(ctx, write.tx(), id).await?;
    let mut work = Work {
        of,
        known: items.clone(),
        items,
        facts: facts::all(ctx, write.tx(), id, true).await?,
        removed: Vec::new(),
        new_facts: Vec::new(),
        notices: dropped.iter().map(|block| (block.name, block.reason.sentence().to_owned())).collect(),
    };
    // Promotions first: an answer that the person gave in the chat marks its question before the new questions come. FlowPilot's
    // own flows also ask what the person's words answer by themselves, so that the answer is in the lane.
    let asked = markers.questions.as_deref().unwrap_or_default();
    let of_new = |draft: &PromoteDraft| {
        !of.by_model && asked.iter().any(|question| draft.source_ref.as_ref() == Some(&question.text))
    };
    let (of_new, of_known): (Vec<_>, Vec<_>) = markers.promotes.into_iter().partition(of_new);
    for promotion in of_known {
        work.promote(write, promotion);
    }
    if let Some(drafts) = &markers.questions {
        work.questions(write, drafts);
    }
    if let Some(drafts) = markers.actions {
        work.checks(write, &drafts);
    }
    for promotion in of_new {
        work.promote(write, promotion);
    }
    work.finish(write, markers.hypotheses, markers.fix, markers.outcome).await
}

struct Work<'a> {
    of: Of<'a>,
    items: Vec<lane::Item>,
    facts: Vec<facts::Row>,
    known: Vec<lane::Item>,
    removed: Vec<LaneItemId>,
    new_facts: Vec<facts::Row>,
    notices: Vec<(MarkerName, String)>,
}

impl Work<'_> {
    fn drop_one(&mut self, name: MarkerName, reason: &str) {
        self.notices.push((name, reason.to_owned()));
    }

    fn promote(&mut self, write: &Write<'_>, draft: PromoteDraft) {
        let Ok(fact) = text::FACT.required(&draft.text) else {
            return self.drop_one(MarkerName::Promote, "A fact was empty or too long.");
        };
        let source = match &draft.source_ref {
            None => None,
            Some(reference) => match self.source(reference, draft.source_type) {
                Some(at) => Some(at),
                None => return self.drop_one(MarkerName::Promote, "A fact named a source that does not exist."),
            },
        };
        let from_item = matches!(draft.source_type, SourceType::Question | SourceType::DiagnosticCheck);
        if from_item && source.is_none() {
            return self.drop_one(MarkerName::Promote, "A fact named no source.");
        }
        if let Some(at) = source
            && from_item
        {
            if self.answered_anew(at) {
                // The fact is about an answer that is not there any more. The next turn hears the new one.
                return;
            }
            self.settle_from_chat(write, at, &fact);
            if !self.of.by_model && self.items.get(at).is_some_and(lane::Item::awaits_result) {
                // What the command printed is kept beside its check; what it means is still asked.
                return;
            }
        }
        let item = source.and_then(|at| self.items.get(at));
        let supported = from_item && item.is_some_and(|item| restates(item, &fact));
        let (source_ref, quote) = (item.map(|item| item.id), item.and_then(lane::Item::words));
        self.add_fact(
            write,
            &draft,
            fact,
            source_ref,
            if supported { Support::Supported } else { Support::Proposed },
            quote,
        );
    }

    fn source(&self, reference: &str, source_type: SourceType) -> Option<usize> {
        let id: Option<Uuid> = reference.trim().parse().ok();
        self.items.iter().position(|item| {
            id.map_or_else(|| !self.of.by_model && item.text == reference, |id| item.id.0 == id)
                && match source_type {
                    SourceType::Question => item.kind == ItemKind::Question,
                    SourceType::DiagnosticCheck => item.kind == ItemKind::Check,
                    SourceType::EngineerNote | SourceType::AiSynthesis => true,
                }
        })
    }

    /// The person changed the answer while the turn ran.
    fn answered_anew(&self, at: usize) -> bool {
        let was_there = |item: &&lane::Item| self.known.iter().any(|known| known.id == item.id);
        let item = self.items.get(at).filter(was_there);
        item.is_some_and(|item| self.of.told.get(&item.id) != Some(&item.words()))
    }

    /// An item that is still open is settled by what the person wrote with this turn, word for word, where the fact restates
    /// just that. The model alone settles nothing, and of what it asked itself a message settles only what it is plainly about: a
    /// *yes* may have been said to something else. FlowPilot's own flows know what they asked last.
    fn settle_from_chat(&mut self, write: &Write<'_>, at: usize, fact: &str) {
        let said = self.of.person_said.trim();
        let Some(item) = self.items.get_mut(at) else { return };
        if item.is_dealt_with() || said.is_empty() || said.chars().nth(text::ANSWER.max).is_some() {
            return;
        }
        let mut settled = item.clone();
        let by_model = self.of.by_model;
        match settled.kind {
            ItemKind::Question => settled.answer = Some(said.to_owned()),
            ItemKind::Check => {
                let before = item.output.as_deref().filter(|output| !output.trim().is_empty());
                if by_model && before.is_some_and(|before| before != said) {
                    return;
                }
                let both = |before: &str| match before.contains(said) {
                    true => before.to_owned(),
                    false => text::OUTPUT.cut(&format!("{before}\n{said}")),
                };
                settled.output = Some(before.map_or_else(|| said.to_owned(), both));
                let told = || flows::server::result_told_by(&item.text, fact);
                let result = item.result.filter(|result| *result != CheckResult::Skipped);
                settled.result = if by_model { result } else { result.or_else(told) };
            }
        }
        let plainly = !by_model || is_plainly_about(said, item) && repeats(&settled, fact);
        let kept = !by_model && settled.kind == ItemKind::Check && settled.result.is_none() && said == fact;
        if !kept && (!plainly || !restates(&settled, fact)) {
            return;
        }
        settled.status = if settled.kind == ItemKind::Check && settled.result.is_none() {
            ItemStatus::Open
        } else {
            ItemStatus::Answered
        };
        settled.answered_at = (settled.status != ItemStatus::Open).then(|| write.ctx.now());
        settled.sent_in_turn = Some(self.of.turn);
        *item = settled;
    }

    /// Adds a fact that is not there yet. What a person made or vouched for stays as it is, and so does what still holds; only
    /// what the AI itself concluded from an answer that has changed since is said anew in its place.
    fn add_fact(
        &mut self,
        write: &Write<'_>,
        draft: &PromoteDraft,
        text: String,
        source_ref: Option<LaneItemId>,
        support: Support,
        quote: Option<String>,
    ) {
        let related = |row: &&facts::Row| match source_ref {
            Some(_) => row.source_ref == source_ref && row.source_type == draft.source_type,
            None => row.source_ref.is_none() && row.text == text,
        };
        // What a person deleted does not come back by itself.
        let same = |row: &&facts::Row| row.text == text && row.quote == quote;
        if self.facts.iter().filter(related).filter(|row| row.deleted).any(|row| same(&row)) {
            return;
        }
        let present: Vec<_> = self.facts.iter().filter(related).filter(|row| !row.deleted).collect();
        // What holds an answer whole says nothing new beside what did so before this turn.
        let is_new = |row: &facts::Row| self.new_facts.iter().any(|new| new.id == row.id);
        let tells_all = |row: &facts::Row| row.support != Support::Proposed && row.quote == quote && !is_new(row);
        let repeats = |row: &facts::Row| {
            let better = row.is_the_ais() && row.support == Support::Proposed && support == Support::Supported;
            let again = row.text == text && !better || support == Support::Supported && tells_all(row);
            !row.stale && again
        };
        if present.iter().any(|row| repeats(row)) {
            return;
        }
        let mends = |row: &&&facts::Row| row.is_the_ais() && (row.stale || row.text == text);
        let (id, created_at) = match present.iter().find(mends) {
            Some(row) => (row.id, row.created_at),
            None => (write.ctx.fresh(), write.ctx.now()),
        };
        let row = facts::Row {
            id,
            text,
            source_type: draft.source_type,
            source_ref,
            support,
            stale: false,
            quote,
            maker: write.ctx.actor.user,
            maker_name: None,
            by_ai: true,
            confirmed_by: None,
            confirmed_by_name: None,
            confirmed_at: None,
            created_at,
            deleted: false,
        };
        self.facts.retain(|known| known.id != row.id);
        self.facts.push(row.clone());
        self.new_facts.retain(|known| known.id != row.id);
        self.new_facts.push(row);
    }

    fn questions(&mut self, write: &Write<'_>, drafts: &[QuestionDraft]) {
        let drafts = drafts.get(..MAX_ITEMS).unwrap_or(drafts);
        let texts: Vec<_> = drafts.iter().map(|draft| draft.text.as_str()).collect();
        self.merge(write, ItemKind::Question, &texts, |item, n| {
            if let Some(draft) = drafts.get(n) {
                item.why.clone_from(&draft.why);
                item.options = Json(draft.options.clone());
            }
        });
    }

    fn checks(&mut self, write: &Write<'_>, drafts: &[ActionDraft]) {
        let drafts = drafts.get(..MAX_ITEMS).unwrap_or(drafts);
        let labels: Vec<_> = drafts.iter().map(|draft| draft.label.as_str()).collect();
        self.merge(write, ItemKind::Check, &labels, |item, n| {
            if let Some(draft) = drafts.get(n) {
                item.command = draft.command.as_deref().map(as_shown);
                item.description.clone_from(&draft.description);
                item.expect.clone_from(&draft.expect);
            }
        });
    }

    fn merge(&mut self, write: &Write<'_>, kind: ItemKind, drafts: &[&str], fill: impl Fn(&mut lane::Item, usize)) {
        let known: Vec<_> = self
            .items
            .iter()
            .filter(|item| item.kind == kind)
            .map(|item| Known {
                id: item.id,
                text: item.text.clone(),
                dealt_with: item.is_dealt_with() || item.output.is_some(),
                referenced: self.facts.iter().any(|fact| !fact.deleted && fact.source_ref == Some(item.id)),
            })
            .collect();
        // Open items stand behind what is done, in the order in which the AI named them.
        let first = self.items.iter().map(|item| item.position).max().unwrap_or(0) + 1;
        for step in merge(&known, drafts) {
            match step {
                Step::Keep { id, draft } => {
                    if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
                        // What a person has answered stays as they read it: a new expectation would turn their result around.
                        if !item.is_dealt_with() {
                            item.position = first.saturating_add(i32::try_from(draft).unwrap_or(i32::MAX));
                            item.status = ItemStatus::Open;
                            fill(item, draft);
                        }
                    }
                }
                Step::Add { draft } => {
                    let mut item = lane::Item {
                        id: write.ctx.fresh(),
                        kind,
                        position: first.saturating_add(i32::try_from(draft).unwrap_or(i32::MAX)),
                        text: drafts.get(draft).copied().unwrap_or_default().to_owned(),
                        why: None,
                        options: Json(Vec::new()),
                        command: None,
                        description: None,
                        expect: None,
                        status: ItemStatus::Open,
                        answer: None,
                        result: None,
                        output: None,
                        sent_in_turn: None,
                        answered_at: None,
                    };
                    fill(&mut item, draft);
                    self.items.push(item);
                }
                Step::Done { id } => {
                    if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
                        item.status = ItemStatus::Done;
                    }
                }
                Step::Remove { id } => {
                    self.items.retain(|item| item.id != id);
                    self.removed.push(id);
                }
            }
        }
    }

    async fn finish(
        mut self,
        write: &mut Write<'_>,
        causes: Option<Vec<HypothesisDraft>>,
        fix: Option<FixDraft>,
        outcome: Option<OutcomeDraft>,
    ) -> Result<(), AppError> {
        let (ctx, id, turn) = (write.ctx, write.session.id, Some(self.of.turn));
        for (name, reason) in std::mem::take(&mut self.notices) {
            write.emit(turn, SessionEvent::MarkerDropped { name: name.as_str().to_owned(), reason });
        }
        let moved = said(&self.items) != said(&self.known);
        if moved || order(&self.items) != order(&self.known) {
            lane::remove(ctx, write.tx(), &self.removed).await?;
            lane::save(ctx, write.tx(), id, &self.items).await?;
            if moved {
                write.moved();
            }
            self.items = lane::all(ctx, write.tx(), id).await?;
            write.emit(turn, SessionEvent::Lane(lane::view(&self.items)));
        }
        if !self.new_facts.is_empty() {
            facts::save(ctx, write.tx(), id, &self.new_facts).await?;
            write.moved();
            // Read back for the names of people.
            let stored = facts::all(ctx, write.tx(), id, false).await?;
            for new in &self.new_facts {
                if let Some(row) = stored.iter().find(|row| row.id == new.id) {
                    write.emit(turn, SessionEvent::Fact(Box::new(row.view())));
                }
            }
        }
        let evidence = self.evidence();
        if let Some(drafts) = causes {
            let known = hypotheses::all(ctx, write.tx(), id).await?;
            let all = merge_causes(write, &known, &drafts, &evidence);
            if all != known {
                hypotheses::replace(ctx, write.tx(), id, &all).await?;
                write.moved();
                write.emit(turn, SessionEvent::Hypotheses(all));
            }
        }
        // It is about the fix that there was when the AI wrote it, not about the one that it suggests beside it.
        if let Some(draft) = outcome {
            propose(write, self.of, draft).await?;
        }
        if let Some(draft) = fix {
            suggest(write, self.of, draft, &evidence).await?;
        }
        Ok(())
    }

    /// What a fix or a cause can rest on: what a person has answered, done, said or confirmed. The AI's own proposals found nothing.
    fn evidence(&self) -> HashSet<Uuid> {
        let items = self.items.iter().filter(|item| item.words().is_some()).map(|item| item.id.0);
        let facts = self.facts.iter().filter(|fact| !fact.deleted && fact.view().is_source());
        items.chain(facts.map(|fact| fact.id.0)).collect()
    }
}

/// What the lane says, whatever the order.
fn said(items: &[lane::Item]) -> Vec<lane::Item> {
    let mut said: Vec<_> = items.iter().map(|item| lane::Item { position: 0, ..item.clone() }).collect();
    said.sort_by_key(|item| item.id);
    said
}

/// The order of the lane, whatever it says.
fn order(items: &[lane::Item]) -> Vec<LaneItemId> {
    let mut order: Vec<_> = items.iter().map(|item| (item.position, item.id)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, id)| id).collect()
}

/// Whether a fact says what the person said, in their words, or what the flow says follows from them.
pub fn restates(item: &lane::Item, fact: &str) -> bool {
    flows::server::own_fact(&item.text, item.kind, item.answer.as_deref(), item.result, fact) || repeats(item, fact)
}

/// Whether a fact holds the person's own words, and nothing beside them and what they were asked.
fn repeats(item: &lane::Item, fact: &str) -> bool {
    let around: Vec<&str> = [Some(item.text.as_str()), item.expect.as_deref()].into_iter().flatten().collect();
    item.words().is_some_and(|words| restate::restates(&neutralise(&words), &around, fact))
}

/// Whether a message can only be the answer to this question, or what this check printed.
fn is_plainly_about(said: &str, item: &lane::Item) -> bool {
    let (shared, all) = restate::shared(said, &item.text);
    match item.kind {
        ItemKind::Question => restate::is_most(shared, all),
        ItemKind::Check => {
            let (in_command, _) = restate::shared(said, item.command.as_deref().unwrap_or_default());
            // Several lines are an output; then it has to be this one's.
            restate::is_most(shared, all) || (said.lines().nth(1).is_some() && shared + in_command > 0)
        }
    }
}

/// What is run is what was read: without characters that show a script otherwise than it is.
fn as_shown(script: &str) -> String {
    script.chars().filter(|c| !is_hidden(*c)).collect()
}

fn known_only(ids: &[String], evidence: &HashSet<Uuid>) -> Vec<Uuid> {
    let mut found: Vec<Uuid> = Vec::with_capacity(ids.len());
    for id in ids.iter().filter_map(|id| id.trim().parse().ok()).filter(|id| evidence.contains(id)) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn merge_causes(
    write: &Write<'_>,
    known: &[Hypothesis],
    drafts: &[HypothesisDraft],
    evidence: &HashSet<Uuid>,
) -> Vec<Hypothesis> {
    let mut all: Vec<Hypothesis> = Vec::with_capacity(drafts.len());
    for draft in drafts.iter().take(MAX_ITEMS) {
        if all.iter().any(|one| one.text == draft.text) {
            continue;
        }
        let before = known.iter().find(|one| one.text == draft.text);
        let evidence = known_only(&draft.evidence, evidence);
        all.push(match before {
            Some(before) if stands(before, &evidence) => before.clone(),
            _ => Hypothesis {
                id: before.map_or_else(|| write.ctx.fresh(), |one| one.id),
                text: draft.text.clone(),
                status: draft.status,
                because: draft.because.clone(),
                evidence,
                decided_by: None,
            },
        });
    }
    // What a person ruled out stays to be read, whatever the AI leaves out.
    let ruled_out = |one: &&Hypothesis| one.decided_by.is_some() && one.status == HypothesisStatus::RuledOut;
    let left_out: Vec<_> =
        known.iter().filter(ruled_out).filter(|one| all.iter().all(|new| new.id != one.id)).collect();
    all.extend(left_out.into_iter().cloned());
    all
}

/// A person's word holds: ruled out until a person reopens it; reopened until something speaks that was not known then.
fn stands(cause: &Hypothesis, evidence: &[Uuid]) -> bool {
    cause.decided_by.is_some()
        && (cause.status == HypothesisStatus::RuledOut || evidence.iter().all(|id| cause.evidence.contains(id)))
}

async fn suggest(write: &mut Write<'_>, of: Of<'_>, draft: FixDraft, evidence: &HashSet<Uuid>) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    if let Some(mut old) = fixes::active(ctx, write.tx(), id).await? {
        old.superseded_at = Some(ctx.now());
        fixes::update(ctx, write.tx(), &old).await?;
        write.emit(Some(of.turn), SessionEvent::Fix(Box::new(old)));
    }
    let evidence = known_only(&draft.evidence, evidence);
    let fix = Fix {
        id: ctx.fresh(),
        description_html: markdown::to_html_without(&draft.description, of.hidden),
        title: text::TITLE.cut(&draft.title),
        description: text::plain(&draft.description),
        confidence: i16::from(draft.confidence.min(100)),
        unfounded: evidence.is_empty(),
        evidence,
        risk: draft.risk,
        rollback: draft.rollback,
        template_id: None,
        script: draft.script.as_deref().map(as_shown),
        language: draft.language,
        status: FixStatus::Proposed,
        user_decision: None,
        applied_at: None,
        verified_at: None,
        partial_notes: None,
        failure_reason: None,
        ai_outcome_proposal: None,
        created_at: ctx.now(),
        superseded_at: None,
    };
    fixes::insert(ctx, write.tx(), id, &fix, draft.parameters.as_ref()).await?;
    fixes::step(ctx, write.tx(), id, fix.id, "suggested", None, false).await?;
    write.moved();
    write.emit(Some(of.turn), SessionEvent::Fix(Box::new(fix)));
    Ok(())
}

/// Stores what the AI thinks became of the active fix, for the engineer to decide.
async fn propose(write: &mut Write<'_>, of: Of<'_>, draft: OutcomeDraft) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    // What was applied in part cannot be dismissed any more.
    let fits = |fix: &Fix| {
        !fix.status.is_final() && (fix.status == FixStatus::Proposed || draft.outcome != FixOutcome::Dismissed)
    };
    let active = fixes::active(ctx, write.tx(), id).await?.filter(fits);
    let Some(mut fix) = active else {
        let reason = "The AI proposed an outcome, but no fix waits for one.".to_owned();
        write.emit(
            Some(of.turn),
            SessionEvent::MarkerDropped { name: MarkerName::FixOutcome.as_str().to_owned(), reason },
        );
        return Ok(());
    };
    let proposal = OutcomeProposal { outcome: draft.outcome, reason: draft.reason, notes: draft.notes };
    fix.ai_outcome_proposal = Some(proposal.clone());
    fixes::update(ctx, write.tx(), &fix).await?;
    fixes::step(ctx, write.tx(), id, fix.id, "outcome_proposed", Some(proposal.outcome.as_str()), false).await?;
    write.moved();
    write.emit(Some(of.turn), SessionEvent::OutcomeProposal { fix_id: fix.id, proposal: Some(proposal) });
    Ok(())
}
