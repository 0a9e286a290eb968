//! What the model is told of a session: the conversation and everything beside it, read in one short transaction and made safe
//! to stand in a prompt.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::future::join_all;

use super::{
    images,
    store::{facts, fixes, hypotheses, lane, messages, sessions},
};
use crate::{
    ai::types::{
        ChatMessage, ChatRequest, CheckOutcome, FixProgress, Hypothesis, ItemKind as AiItemKind, KnownFact, LaneItem,
        Situation, Speaker, TicketText, TriedFix, pictures::Picture,
    },
    error::AppError,
    ids::{LaneItemId, SessionId, TurnId},
    pilot::{
        markers::neutralise,
        types::{CheckResult, Fix, FixStatus, ItemKind, Message, MessageStatus, Role},
    },
    server::context::Ctx,
};

/// How much of the conversation is read. What of it is told is decided by the gateway, in steps that keep a vendor's cache useful; a
/// limit that slides with each turn would not, so this one is far away.
const HISTORY: i64 = 400;

/// More images than this are not shown at once; then the older ones go until so many are left, in steps for the same reason.
const MOST_PICTURES: usize = 8;
const KEPT_PICTURES: usize = 4;

/// What the model was told of each lane item: the person's words as they were when the turn began.
pub type Told = HashMap<LaneItemId, Option<String>>;

/// How much of the conversation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// For a model.
    Whole,
    /// The same without images.
    Words,
    /// For FlowPilot's own flows: how it began, and what was said last.
    Ends,
}

/// Everything the model is told, read in one short transaction.
pub async fn read(
    ctx: &Ctx,
    id: SessionId,
    turn: TurnId,
    conversation: Conversation,
    told: &mut Told,
) -> Result<ChatRequest, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    let (ticket_text, state) = sessions::ai_context(ctx, &mut tx, id).await?;
    let history = match conversation {
        Conversation::Whole | Conversation::Words => messages::window(ctx, &mut tx, id, None, HISTORY).await?,
        Conversation::Ends => messages::ends(ctx, &mut tx, id).await?,
    };
    let items = lane::all(ctx, &mut tx, id).await?;
    let facts = facts::all(ctx, &mut tx, id, false).await?;
    let causes = hypotheses::all(ctx, &mut tx, id).await?;
    let fixes = fixes::all(ctx, &mut tx, id).await?;
    tx.commit().await?;
    told.extend(items.iter().map(|item| (item.id, item.words())));
    let ticket = row.ticket_id.map(|id| TicketText {
        id,
        summary: safe(row.ticket_summary.unwrap_or_default()),
        text: safe(ticket_text.unwrap_or_default()),
    });
    // What a failed turn had said is not part of the conversation: the person's message is answered anew.
    let answered = |message: &Message| (message.role, message.status) != (Role::Assistant, MessageStatus::Failed);
    let history: Vec<Message> = history.into_iter().filter(answered).collect();
    let pictures = match conversation {
        Conversation::Whole => pictures(ctx, id, &history).await,
        Conversation::Words | Conversation::Ends => Vec::new(),
    };
    Ok(ChatRequest {
        messages: history.iter().map(chat_message).collect(),
        pictures,
        situation: Situation {
            problem: row.problem.map(safe),
            ticket,
            items: items.iter().map(|item| lane_item(item, &facts, turn)).collect(),
            facts: facts
                .iter()
                .map(|fact| KnownFact {
                    id: fact.id.0,
                    text: safe(fact.text.clone()),
                    established: fact.view().is_source(),
                    source_ref: fact.source_ref.map(|id| id.0),
                })
                .collect(),
            hypotheses: causes
                .into_iter()
                .map(|one| Hypothesis { id: one.id.0, text: safe(one.text), status: one.status.to_string() })
                .collect(),
            fixes: fixes.iter().rev().map(tried_fix).collect(),
        },
        state,
    })
}

/// The images that a model is shown: the newest, each where it came. Those of a message that failed are shown only while it is
/// tried again: what a model could not see shall not stand in the way of the next message.
async fn pictures(ctx: &Ctx, id: SessionId, history: &[Message]) -> Vec<Picture> {
    let newest = history.len().saturating_sub(1);
    let shown = |(at, message): &(usize, &Message)| message.status != MessageStatus::Failed || *at == newest;
    let with: Vec<_> =
        history.iter().enumerate().filter(|(_, one)| !one.attachments.is_empty()).filter(shown).collect();
    let counts: Vec<usize> = with.iter().map(|(_, message)| message.attachments.len()).collect();
    let shown = with.into_iter().skip(first_shown(&counts));
    let shown = shown.flat_map(|(at, message)| message.attachments.iter().map(move |image| (at, image)));
    let pictures = shown.map(|(at, image)| async move {
        let (kind, bytes) = images::sight(ctx, id, image)
            .await
            // The model is told that there is one it cannot see.
            .inspect_err(|error| tracing::warn!(image.id = %image.id, error.cause = %error, "An image could not be shown to a model."))
            .ok()??;
        Some(Picture { message: at, media_type: kind.as_str(), base64: BASE64_STANDARD.encode(&bytes).into() })
    });
    join_all(pictures).await.into_iter().flatten().collect()
}

/// The first message whose images are shown, read from the beginning as the conversation grew.
fn first_shown(counts: &[usize]) -> usize {
    let (mut start, mut total) = (0, 0);
    for (at, count) in counts.iter().enumerate() {
        total += count;
        if total > MOST_PICTURES {
            while total > KEPT_PICTURES && start < at {
                total -= counts[start];
                start += 1;
            }
        }
    }
    start
}

fn chat_message(message: &Message) -> ChatMessage {
    let speaker = match message.role {
        Role::User => Speaker::User,
        Role::Assistant => Speaker::Assistant,
    };
    ChatMessage { speaker, text: safe(message.text.clone()), images: message.images.len() }
}

/// Text that is not the model's own, and the model's own when it comes back, as it may stand in a prompt (P2.1).
pub(super) fn safe(text: String) -> String {
    neutralise(&text).into_owned()
}

fn lane_item(item: &lane::Item, facts: &[facts::Row], turn: TurnId) -> LaneItem {
    LaneItem {
        id: item.id.0,
        kind: match item.kind {
            ItemKind::Question => AiItemKind::Question,
            ItemKind::Check => AiItemKind::Check,
        },
        text: safe(item.text.clone()),
        answer: item.answer.clone().map(safe),
        result: item.result.map(|result| match result {
            CheckResult::Pass => CheckOutcome::Pass,
            CheckResult::Fail => CheckOutcome::Fail,
            CheckResult::Skipped => CheckOutcome::Skipped,
        }),
        output: item.output.clone().map(safe),
        skipped: item.is_skipped(),
        fresh: item.sent_in_turn == Some(turn),
        promoted: facts.iter().any(|fact| fact.source_ref == Some(item.id) && !fact.stale),
    }
}

/// How far a fix got, in the gateway's words.
pub fn progress(fix: &Fix) -> FixProgress {
    match (fix.status, fix.applied_at) {
        (FixStatus::Proposed, None) => FixProgress::Proposed,
        (FixStatus::Proposed, Some(_)) => FixProgress::Applied,
        (FixStatus::AppliedSuccess, _) => FixProgress::Worked,
        (FixStatus::AppliedFailed, _) => FixProgress::Failed,
        (FixStatus::AppliedPartial, _) => FixProgress::Partial,
        (FixStatus::Dismissed, _) => FixProgress::Dismissed,
    }
}

fn tried_fix(fix: &Fix) -> TriedFix {
    TriedFix {
        id: fix.id.0,
        title: safe(fix.title.clone()),
        progress: progress(fix),
        notes: match fix.status {
            FixStatus::AppliedFailed => fix.failure_reason.clone(),
            _ => fix.partial_notes.clone().or_else(|| fix.failure_reason.clone()),
        }
        .map(safe),
        active: fix.superseded_at.is_none(),
    }
}
