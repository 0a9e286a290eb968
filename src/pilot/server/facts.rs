//! Facts by people: notes, promotions, confirmations, edits, deletions.

use super::{
    apply::restates,
    case::safe,
    store::{facts, lane},
    text,
    write::Write,
};
use crate::{
    ai::{
        server::Caller,
        types::{Action, CheckOutcome, FactInput, FactOutput, ItemKind as AiItemKind},
    },
    error::{AppError, Conflict},
    flows::server::conclude,
    ids::{FactId, SessionId},
    pilot::types::{CheckResult, Fact, FactChange, ItemKind, Promotion, SessionEvent, SourceType, Support},
    server::context::Ctx,
};

/// All facts that are not deleted, oldest first.
pub async fn list(ctx: &Ctx, id: SessionId) -> Result<Vec<Fact>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    super::store::sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let rows = facts::all(ctx, &mut tx, id, false).await?;
    tx.commit().await?;
    Ok(rows.iter().map(facts::Row::view).collect())
}

/// A note by hand: confirmed, because a person wrote it.
pub async fn add_note(ctx: &Ctx, id: SessionId, text: String) -> Result<Fact, AppError> {
    let text = text::FACT.required(&text)?;
    let mut write = Write::lock_open(ctx, id).await?;
    let fact = note(&mut write, text).await?;
    finish(write, fact).await
}

/// Adds a confirmed note to a write that is under way.
pub async fn note(write: &mut Write<'_>, text: String) -> Result<FactId, AppError> {
    let ctx = write.ctx;
    let row = facts::Row {
        id: ctx.fresh(),
        text,
        source_type: SourceType::EngineerNote,
        source_ref: None,
        support: Support::Confirmed,
        stale: false,
        quote: None,
        maker: ctx.actor.user,
        maker_name: None,
        by_ai: false,
        confirmed_by: Some(ctx.actor.user),
        confirmed_by_name: None,
        confirmed_at: Some(ctx.now()),
        created_at: ctx.now(),
        deleted: false,
    };
    store(write, &row).await?;
    Ok(row.id)
}

/// Takes a fact out in a write that is under way; nothing where it is gone already.
pub async fn remove(write: &mut Write<'_>, fact: FactId) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    if facts::get(ctx, write.tx(), id, fact).await?.is_some_and(|row| !row.deleted) {
        facts::set_deleted(ctx, write.tx(), fact, true).await?;
        write.moved();
        write.emit(None, SessionEvent::FactRemoved { id: fact });
    }
    Ok(())
}

/// Makes a fact of one answer or result: of the text given, or of what can conservatively be concluded.
pub async fn promote(ctx: &Ctx, id: SessionId, promotion: Promotion) -> Result<Fact, AppError> {
    let kind = match promotion.source_type {
        SourceType::Question => ItemKind::Question,
        SourceType::DiagnosticCheck => ItemKind::Check,
        SourceType::EngineerNote | SourceType::AiSynthesis => {
            return Err(AppError::invalid(
                "source_type",
                "Only answers (question) and results (diagnostic_check) are promoted.",
            ));
        }
    };
    let given = promotion.text.as_deref().map(|text| text::FACT.required(text)).transpose()?;
    let item = answered_item(&mut Write::lock_open(ctx, id).await?, &promotion, kind).await?;
    let text = match given {
        Some(text) => text,
        // No transaction is open while the model thinks.
        None => synthesise(ctx, id, &item).await?,
    };
    let mut write = Write::lock_open(ctx, id).await?;
    let now = answered_item(&mut write, &promotion, kind).await?;
    if now.words() != item.words() {
        return Err(AppError::conflict(Conflict::StateChanged, "The answer was changed meanwhile. Promote it again."));
    }
    let same = |fact: &facts::Row| fact.source_ref == Some(item.id) && fact.source_type == promotion.source_type;
    // What a colleague vouched for is theirs to say anew: another text beside it is another fact.
    let theirs = |fact: &facts::Row| {
        fact.by_ai && !fact.stale && fact.text != text && fact.confirmed_by.is_some_and(|by| by != ctx.actor.user)
    };
    // Of several facts the person's own is said anew, else the one that says so already, else one that holds no more.
    let nearest = |fact: &facts::Row| (!fact.by_ai, fact.text == text, fact.stale);
    let known = facts::all(ctx, write.tx(), id, false)
        .await?
        .into_iter()
        .filter(|fact| same(fact) && !theirs(fact))
        .max_by_key(nearest);
    let before = known.clone();
    let mut row = known.unwrap_or_else(|| facts::Row {
        id: ctx.fresh(),
        text: String::new(),
        source_type: promotion.source_type,
        source_ref: Some(item.id),
        support: Support::Supported,
        stale: false,
        quote: None,
        maker: ctx.actor.user,
        maker_name: None,
        by_ai: false,
        confirmed_by: None,
        confirmed_by_name: None,
        confirmed_at: None,
        created_at: ctx.now(),
        deleted: false,
    });
    // Who vouched for it vouched for what it said then; now it is the word of who promotes it.
    if row.stale || row.text != text || row.support == Support::Proposed {
        row.support = Support::Supported;
        (row.confirmed_by, row.confirmed_at) = (None, None);
        (row.maker, row.by_ai) = (ctx.actor.user, false);
    }
    row.text = text;
    row.stale = false;
    row.quote = item.words();
    if before.as_ref() != Some(&row) {
        store(&mut write, &row).await?;
    }
    finish(write, row.id).await
}

async fn answered_item(write: &mut Write<'_>, promotion: &Promotion, kind: ItemKind) -> Result<lane::Item, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let item = lane::all(ctx, write.tx(), id)
        .await?
        .into_iter()
        .find(|item| item.id == promotion.source_ref && item.kind == kind)
        .ok_or_else(|| AppError::invalid("source_ref", format!("There is no such {kind} in this session's lane.")))?;
    if item.words().is_none() {
        return Err(AppError::invalid(
            "source_ref",
            "It has no answer or result yet, so there is nothing to conclude.",
        ));
    }
    Ok(item)
}

/// What can be concluded, in words that are a person's own or a flow's: of a model's only what adds nothing to them.
async fn synthesise(ctx: &Ctx, id: SessionId, item: &lane::Item) -> Result<String, AppError> {
    let input = FactInput {
        kind: match item.kind {
            ItemKind::Question => AiItemKind::Question,
            ItemKind::Check => AiItemKind::Check,
        },
        item: item.text.clone(),
        expect: item.expect.clone(),
        answer: item.answer.clone().map(safe),
        result: item.result.map(|result| match result {
            CheckResult::Pass => CheckOutcome::Pass,
            CheckResult::Fail => CheckOutcome::Fail,
            CheckResult::Skipped => CheckOutcome::Skipped,
        }),
        output: item.output.clone().map(safe),
    };
    let given = ctx.platform.ai.json_in_any_case(&Caller::of(ctx, id), Action::FactSynthesis, &input, None).await?;
    let output: FactOutput = given.value;
    let restated = |fact: String| if restates(item, fact.trim()) { Some(fact) } else { conclude(&input) };
    let fact = output.fact.and_then(restated).ok_or_else(|| {
        AppError::invalid(
            "text",
            "Nothing can be concluded from this answer. Write the fact in your own words instead.",
        )
    })?;
    text::FACT.required(&fact)
}

/// A person vouches for a fact.
pub async fn confirm(ctx: &Ctx, id: SessionId, fact: FactId) -> Result<Fact, AppError> {
    let mut write = Write::lock_open(ctx, id).await?;
    let mut row = present(&mut write, fact).await?;
    // What restates an answer that was changed stays stale until it is promoted again.
    let mends = row.stale && row.is_editable();
    if row.support != Support::Confirmed || mends {
        row.support = Support::Confirmed;
        row.stale &= !mends;
        row.confirmed_by = Some(ctx.actor.user);
        row.confirmed_at = Some(ctx.now());
        store(&mut write, &row).await?;
    }
    finish(write, fact).await
}

/// Rewrites a note or synthesis; a person wrote it now, so it is confirmed.
pub async fn edit(ctx: &Ctx, id: SessionId, fact: FactId, change: FactChange) -> Result<Fact, AppError> {
    let text = text::FACT.required(&change.text)?;
    let mut write = Write::lock_open(ctx, id).await?;
    let mut row = present(&mut write, fact).await?;
    if !row.is_editable() {
        return Err(AppError::forbidden(
            "This fact restates an answer or a result. Change that instead, and promote it again.",
        ));
    }
    if row.text != text && change.was.is_some_and(|was| was.trim() != row.text) {
        let now: String = row.text.chars().take(200).collect();
        return Err(AppError::conflict(
            Conflict::StateChanged,
            format!("Meanwhile somebody else changed this fact to “{now}”. Save again to put your words in its place."),
        ));
    }
    if row.text != text || row.stale {
        row.text = text;
        row.stale = false;
        row.support = Support::Confirmed;
        row.confirmed_by = Some(ctx.actor.user);
        row.confirmed_at = Some(ctx.now());
        store(&mut write, &row).await?;
    }
    finish(write, fact).await
}

/// Deletes softly; [`restore`] takes it back. Deleting what is deleted is fine.
pub async fn delete(ctx: &Ctx, id: SessionId, fact: FactId) -> Result<(), AppError> {
    let mut write = Write::lock_open(ctx, id).await?;
    let row = facts::get(ctx, write.tx(), id, fact).await?.ok_or_else(|| AppError::not_found("fact"))?;
    if row.deleted {
        return Ok(());
    }
    remove(&mut write, fact).await?;
    write.commit().await.map(drop)
}

/// Takes a deletion back; restoring what is there is fine.
pub async fn restore(ctx: &Ctx, id: SessionId, fact: FactId) -> Result<Fact, AppError> {
    let mut write = Write::lock_open(ctx, id).await?;
    let row = facts::get(ctx, write.tx(), id, fact).await?.ok_or_else(|| AppError::not_found("fact"))?;
    if row.deleted {
        // A person's click makes one fact of an answer, and nothing is said twice.
        let again = |other: &facts::Row| {
            other.source_ref.is_some()
                && other.source_ref == row.source_ref
                && (other.text == row.text || !(other.by_ai || row.by_ai))
        };
        if facts::all(ctx, write.tx(), id, false).await?.iter().any(again) {
            return Err(AppError::conflict(
                Conflict::StateChanged,
                "Meanwhile there is another fact from the same answer. Remove that one first.",
            ));
        }
        facts::set_deleted(ctx, write.tx(), fact, false).await?;
        write.moved();
        write.emit(None, SessionEvent::Fact(Box::new(row.view())));
    }
    finish(write, fact).await
}

async fn present(write: &mut Write<'_>, fact: FactId) -> Result<facts::Row, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let row = facts::get(ctx, write.tx(), id, fact).await?.ok_or_else(|| AppError::not_found("fact"))?;
    if row.deleted {
        return Err(AppError::conflict(Conflict::FactDeleted, "This fact was deleted. Restore it first."));
    }
    Ok(row)
}

async fn store(write: &mut Write<'_>, row: &facts::Row) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    facts::save(ctx, write.tx(), id, std::slice::from_ref(row)).await?;
    write.moved();
    // Read back for the names of people.
    if let Some(stored) = facts::get(ctx, write.tx(), id, row.id).await? {
        write.emit(None, SessionEvent::Fact(Box::new(stored.view())));
    }
    Ok(())
}

async fn finish(mut write: Write<'_>, fact: FactId) -> Result<Fact, AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    let row = facts::get(ctx, write.tx(), id, fact).await?.ok_or_else(|| AppError::not_found("fact"))?;
    write.commit().await?;
    Ok(row.view())
}
