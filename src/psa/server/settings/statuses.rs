//! Where tickets go when their session ends, by board: what there is to choose from, and what was chosen.

use super::store::{self, Choice};
use crate::{
    error::AppError,
    psa::{
        server::{Provider, PsaError, targets::Wishes},
        types::{BoardStatuses, Ending, StatusChange, Statuses},
    },
    server::context::Ctx,
};

/// Every board with its statuses and choices. The account's own choice is for the caller to add.
pub async fn statuses(ctx: &Ctx, desk: &dyn Provider) -> Result<Statuses, AppError> {
    let boards = desk.boards(ctx).await?;
    let all = desk.statuses(ctx, None).await?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let choices = store::choices(ctx, &mut tx, desk.name()).await?;
    tx.commit().await?;
    let of_board = |board: crate::psa::types::Named| {
        let chosen = choices.iter().find(|choice| choice.board == board.id);
        let own = all.items.iter().filter(|status| status.board_id.as_deref() == Some(&board.id));
        BoardStatuses {
            statuses: own.cloned().collect(),
            resolved_status_id: chosen.and_then(|choice| choice.resolved.clone()),
            escalated_status_id: chosen.and_then(|choice| choice.escalated.clone()),
            board,
        }
    };
    Ok(Statuses {
        boards: boards.items.into_iter().map(of_board).collect(),
        hint: boards.hint.or(all.hint),
        ..Statuses::default()
    })
}

/// Chooses statuses of one board.
pub async fn choose_status(ctx: &Ctx, desk: &dyn Provider, board: &str, change: &StatusChange) -> Result<(), AppError> {
    let known = desk.statuses(ctx, Some(board)).await?.items;
    if known.is_empty() {
        return Err(AppError::invalid("board_id", "There is no such board, or its statuses may not be read."));
    }
    for (field, said) in
        [("resolved_status_id", &change.resolved_status_id), ("escalated_status_id", &change.escalated_status_id)]
    {
        if let Some(Some(id)) = said
            && !known.iter().any(|status| status.id == *id)
        {
            return Err(AppError::invalid(field, "The board has no such status. Choose one of its own."));
        }
    }
    let mut tx = ctx.db().tenant(ctx).await?;
    store::lock(ctx, &mut tx).await?;
    let before = store::choices(ctx, &mut tx, desk.name()).await?.into_iter().find(|choice| choice.board == board);
    let (resolved, escalated) = before.map(|choice| (choice.resolved, choice.escalated)).unwrap_or_default();
    let choice = Choice {
        board: board.to_owned(),
        resolved: change.resolved_status_id.clone().unwrap_or(resolved),
        escalated: change.escalated_status_id.clone().unwrap_or(escalated),
    };
    store::choose(ctx, &mut tx, desk.name(), &choice).await?;
    tx.commit().await?;
    Ok(())
}

/// What was chosen for an ending on a board, beside what the account chose for all of them.
pub async fn wishes(
    ctx: &Ctx,
    provider: &str,
    board: Option<&str>,
    ending: Ending,
    account: Option<String>,
) -> Result<Wishes, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let wishes = store::wishes(ctx, &mut tx, provider, board, ending, account).await?;
    tx.commit().await?;
    Ok(wishes)
}
