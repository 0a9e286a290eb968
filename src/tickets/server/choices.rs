//! What the ticket system offers to choose from. A list that may not be read comes empty, with why.

use futures::join;

use super::{desk, or_hint, people, views};
use crate::{
    error::AppError,
    psa::types::{Contact, Listed, Member, Named, TicketStatus},
    server::context::Ctx,
    tickets::types::{Choices, Desk},
};

/// All that the page needs, in one answer.
pub async fn all(ctx: &Ctx, board: Option<String>) -> Result<Choices, AppError> {
    let desk = desk(ctx).await?;
    let can = desk.capabilities();
    let board = board.filter(|board| !board.trim().is_empty());
    let boards = async { if can.boards { desk.boards(ctx).await } else { Ok(Listed::default()) } };
    let (boards, statuses, priorities, (members, me), views) = join!(
        boards,
        desk.statuses(ctx, board.as_deref()),
        desk.priorities(ctx),
        people(ctx, &*desk),
        views::list(ctx),
    );
    let named = |member: Member| Named { id: member.id, name: member.name };
    Ok(Choices {
        desk: Desk { provider: desk.name().to_owned(), label: desk.label().to_owned(), can },
        boards: or_hint(boards),
        statuses: names(or_hint(statuses)),
        priorities: or_hint(priorities),
        members: Listed { items: members.items.into_iter().map(named).collect(), hint: members.hint },
        me,
        views: views?,
        board,
    })
}

/// The names of statuses: of one board, or of all.
pub async fn status_names(ctx: &Ctx, board: Option<String>) -> Result<Listed<String>, AppError> {
    let desk = desk(ctx).await?;
    let board = board.filter(|board| !board.trim().is_empty());
    Ok(names(or_hint(desk.statuses(ctx, board.as_deref()).await)))
}

/// Each name once.
fn names(statuses: Listed<TicketStatus>) -> Listed<String> {
    let mut items: Vec<String> = Vec::new();
    for status in statuses.items {
        if !items.contains(&status.name) {
            items.push(status.name);
        }
    }
    Listed { items, hint: statuses.hint }
}

pub async fn boards(ctx: &Ctx) -> Result<Listed<Named>, AppError> {
    Ok(desk(ctx).await?.boards(ctx).await?)
}

/// The statuses of one board; 404 where there is no such board.
pub async fn statuses_of(ctx: &Ctx, board: &str) -> Result<Listed<TicketStatus>, AppError> {
    let desk = desk(ctx).await?;
    let boards = desk.boards(ctx).await?;
    // Where the boards may not be read, the ticket system itself knows whether there is this one.
    if boards.hint.is_none() && boards.items.iter().all(|one| one.id != board) {
        return Err(AppError::not_found("board"));
    }
    Ok(desk.statuses(ctx, Some(board)).await?)
}

pub async fn statuses(ctx: &Ctx) -> Result<Listed<TicketStatus>, AppError> {
    Ok(desk(ctx).await?.statuses(ctx, None).await?)
}

pub async fn priorities(ctx: &Ctx) -> Result<Listed<Named>, AppError> {
    Ok(desk(ctx).await?.priorities(ctx).await?)
}

pub async fn members(ctx: &Ctx) -> Result<Listed<Member>, AppError> {
    Ok(desk(ctx).await?.members(ctx).await?)
}

/// Companies with these words in their name.
pub async fn companies(ctx: &Ctx, words: &str) -> Result<Listed<Named>, AppError> {
    Ok(desk(ctx).await?.companies(ctx, words.trim()).await?)
}

pub async fn contacts(ctx: &Ctx, company: &str) -> Result<Listed<Contact>, AppError> {
    Ok(desk(ctx).await?.contacts(ctx, company).await?)
}
