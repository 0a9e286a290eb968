//! Where tickets go when their session ends, by board: what there is to choose from, and what was chosen.

use futures::{StreamExt, TryStreamExt, stream};

use super::store::{self, Choice};
use crate::{
    error::AppError,
    psa::{
        server::{Provider, PsaError, targets::Wishes},
        types::{BoardStatuses, Ending, Listed, Named, StatusChange, Statuses, TicketStatus},
    },
    server::context::Ctx,
};

/// Boards whose statuses are read at the same time.
const AT_ONCE: usize = 4;

/// Every board with its statuses and choices. The account's own choice is for the caller to add.
pub async fn statuses(ctx: &Ctx, desk: &dyn Provider) -> Result<Statuses, AppError> {
    let boards = desk.boards(ctx).await?;
    let reading = boards.items.into_iter().map(|board| async move {
        let statuses = desk.statuses(ctx, Some(&board.id)).await?;
        Ok::<_, PsaError>((board, statuses))
    });
    let all: Vec<(Named, Listed<TicketStatus>)> = stream::iter(reading).buffered(AT_ONCE).try_collect().await?;
    let hint = boards.hint.or_else(|| all.iter().find_map(|(_, statuses)| statuses.hint.clone()));
    let mut tx = ctx.db().tenant(ctx).await?;
    let choices = store::choices(ctx, &mut tx, desk.name()).await?;
    tx.commit().await?;
    let of_board = |(board, statuses): (Named, Listed<TicketStatus>)| {
        let chosen = choices.iter().find(|choice| choice.board == board.id);
        BoardStatuses {
            statuses: statuses.items,
            resolved_status_id: chosen.and_then(|choice| choice.resolved.clone()),
            escalated_status_id: chosen.and_then(|choice| choice.escalated.clone()),
            board,
        }
    };
    Ok(Statuses { boards: all.into_iter().map(of_board).collect(), hint, ..Statuses::default() })
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
