//! Statuses and members as tests need them.

use flowpilot::psa::types::{Member, TicketStatus};

pub fn status(id: &str, name: &str, board: &str, closed: bool) -> TicketStatus {
    TicketStatus {
        id: id.to_owned(),
        name: name.to_owned(),
        board_id: Some(board.to_owned()),
        closed,
        takes_time: true,
    }
}

pub fn member(id: &str, name: &str, email: &str) -> Member {
    Member { id: id.to_owned(), identifier: id.to_owned(), name: name.to_owned(), emails: vec![email.to_owned()] }
}
