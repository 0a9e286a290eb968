//! Which status a ticket goes to when its session ends: the board's own choice, else the account's, else what the provider says.

use super::{Provider, PsaError};
use crate::{
    psa::types::{Ending, Named, TicketStatus},
    server::context::Ctx,
};

/// What was chosen, by status id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// For the ticket's board.
    pub board: Option<String>,
    /// For the account: one of any board, whose namesake on the ticket's board will do.
    pub account: Option<String>,
}

/// A status to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: String,
    pub name: String,
}

/// Where the ticket goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    To(Target),
    /// It keeps its status, for this reason.
    Stays(String),
    /// What was chosen is not there any more.
    Gone(String),
}

/// A status may be chosen under this address.
const WHERE: &str = "An admin can choose one at /account/psa.";

/// Finds the status for a ticket of `board`.
pub async fn of_ending(
    ctx: &Ctx,
    desk: &dyn Provider,
    ending: Ending,
    board: Option<&Named>,
    wishes: &Wishes,
) -> Result<Course, PsaError> {
    let provider = desk.default_status(ending);
    if wishes.board.is_none() && wishes.account.is_none() && provider.is_none() {
        return Ok(Course::Stays(none_chosen(ending, board)));
    }
    let here = desk.statuses(ctx, board.map(|board| board.id.as_str())).await?;
    // Where the list may not be read, no ticket can be moved either: a status of another board may be ignored silently.
    if let (true, Some(hint)) = (here.items.is_empty(), &here.hint) {
        return Ok(Course::Gone(hint.clone()));
    }
    // Boards that are not in use any more, and those of projects, are not listed, and nor are their statuses.
    let unlisted = match board {
        Some(board) if here.items.is_empty() && here.hint.is_none() => {
            let boards = desk.boards(ctx).await?;
            boards.hint.is_none() && boards.items.iter().all(|listed| listed.id != board.id)
        }
        _ => false,
    };
    // Whoever chose a status there knew it.
    let blind = unlisted && wishes.board.is_some();
    let find = |id: &str| {
        let found = here.items.iter().find(|status| status.id == id);
        let known = found.map(|status| Target { id: status.id.clone(), name: status.name.clone() });
        known.or_else(|| blind.then(|| Target { id: id.to_owned(), name: id.to_owned() }))
    };
    if let Some(chosen) = &wishes.board {
        return Ok(find(chosen).map_or_else(|| Course::Gone(gone(ending, board)), Course::To));
    }
    let mut lost = false;
    if let Some(chosen) = &wishes.account {
        if let Some(target) = find(chosen) {
            return Ok(Course::To(target));
        }
        let (name, all_read) = name_of(ctx, desk, chosen).await?;
        // Where all boards are one list, a name is chosen.
        let same = |other: &str| name.as_deref().unwrap_or(chosen).eq_ignore_ascii_case(other);
        if let Some(found) = here.items.iter().find(|status| same(&status.name)) {
            return Ok(Course::To(Target { id: found.id.clone(), name: found.name.clone() }));
        }
        lost = name.is_none() && all_read;
    }
    Ok(match provider.and_then(find) {
        Some(target) => Course::To(target),
        None if lost => Course::Gone(gone(ending, None)),
        None if unlisted => Course::Stays(not_listed(board)),
        None => Course::Stays(none_chosen(ending, board)),
    })
}

/// The name of a status, whichever board it is on, and whether all of them could be looked at.
async fn name_of(ctx: &Ctx, desk: &dyn Provider, status: &str) -> Result<(Option<String>, bool), PsaError> {
    let boards = desk.boards(ctx).await?;
    let mut all_read = boards.hint.is_none();
    for board in boards.items {
        let listed = desk.statuses(ctx, Some(&board.id)).await?;
        all_read &= listed.hint.is_none();
        let is_it = |one: &TicketStatus| one.id == status || one.name.eq_ignore_ascii_case(status);
        if let Some(found) = listed.items.into_iter().find(is_it) {
            return Ok((Some(found.name), all_read));
        }
    }
    Ok((None, all_read))
}

const fn of_what(ending: Ending) -> &'static str {
    match ending {
        Ending::Resolved => "resolved",
        Ending::Escalated => "escalated",
    }
}

fn of_board(board: Option<&Named>) -> String {
    board.map(|board| format!(" of the board “{}”", board.name)).unwrap_or_default()
}

fn none_chosen(ending: Ending, board: Option<&Named>) -> String {
    let (what, board) = (of_what(ending), of_board(board));
    format!("No status is chosen for {what} tickets{board}, so the ticket keeps its own. {WHERE}")
}

fn not_listed(board: Option<&Named>) -> String {
    let board = of_board(board);
    format!("The statuses{board} are not listed, because it is inactive or for projects, so the ticket keeps its own.")
}

/// What is said of a chosen status that is not there.
pub fn gone(ending: Ending, board: Option<&Named>) -> String {
    let (what, board) = (of_what(ending), of_board(board));
    format!("The status chosen for {what} tickets{board} is not there any more. {WHERE}")
}
