//! Moving a ticket to a status of its own board.

use super::{
    ConnectWise,
    call::Call,
    number,
    patch::{Patch, reference},
    rights, ticket_number,
};
use crate::{
    error::AppError,
    psa::{
        server::PsaError,
        types::{TicketStatus, TicketSummary},
    },
    server::context::Ctx,
};

impl ConnectWise {
    /// Whether the ticket's board has the status now. What is kept of the board is forgotten where it has not.
    pub(super) async fn has_status(&self, ctx: &Ctx, ticket: &TicketSummary, status: &str) -> Result<bool, PsaError> {
        let Some(board) = ticket.board.as_ref().and_then(|board| number(&board.id)) else { return Ok(true) };
        let fresh = self.statuses_of(board).await?;
        if has(&fresh.items, status) {
            return Ok(true);
        }
        match fresh.hint {
            Some(hint) => Err(PsaError::Forbidden(hint)),
            None => {
                let (offered, kept) = self.statuses_on(ctx, board).await?;
                if kept {
                    self.forget_statuses_unless(ctx, &offered.items, &fresh.items).await?;
                }
                Ok(false)
            }
        }
    }

    /// ConnectWise refuses a status of another board on some builds and silently ignores it on others: it is not asked to.
    pub(super) async fn move_ticket(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError> {
        let id = ticket_number(ticket)?;
        let now = self.read_ticket(id, "id,board/id,board/name,status/id").await?;
        if now.status.id().as_deref() == Some(status) {
            return Ok(());
        }
        let (board, name) = (now.board.id.unwrap_or_default(), now.board.label());
        let wanted = number(status).ok_or_else(|| unknown(status, &name, &[]))?;
        let (offered, kept) = self.statuses_on(ctx, board).await?;
        if !has(&offered.items, status) {
            // Perhaps it is new.
            let fresh = if kept { self.statuses_of(board).await? } else { offered.clone() };
            if let (Some(hint), true) = (&fresh.hint, fresh.items.is_empty()) {
                return Err(PsaError::Forbidden(hint.clone()));
            }
            self.forget_statuses_unless(ctx, &offered.items, &fresh.items).await?;
            if !has(&fresh.items, status) {
                return Err(unknown(status, &name, &fresh.items));
            }
        }
        let patch = Patch::default().replace("status", reference(wanted));
        let call = Call::patch(format!("/service/tickets/{id}"), rights::TICKETS, &patch).of_ticket(id);
        match self.client.send(&call).await {
            // Perhaps it was there until a moment ago.
            Err(PsaError::Refused(why)) => {
                let fresh = self.statuses_of(board).await?.items;
                if has(&fresh, status) {
                    let name =
                        fresh.iter().find(|one| one.id == status).map(|one| one.name.as_str()).unwrap_or_default();
                    return Err(PsaError::Refused(format!(
                        "{why} The status “{name}” was not taken. For ended sessions another one can be chosen under Settings > Ticket system."
                    )));
                }
                self.forget_statuses_unless(ctx, if kept { &offered.items } else { &fresh }, &fresh).await?;
                Err(unknown(status, &name, &fresh))
            }
            other => other.map(|_| ()),
        }
    }
}

fn has(statuses: &[TicketStatus], id: &str) -> bool {
    statuses.iter().any(|status| status.id == id)
}

fn unknown(status: &str, board: &str, there: &[TicketStatus]) -> PsaError {
    let names: Vec<&str> = there.iter().map(|status| status.name.as_str()).collect();
    let choices = if names.is_empty() { String::new() } else { format!(" (it has: {})", names.join(", ")) };
    PsaError::Invalid(AppError::invalid(
        "status_id",
        format!(
            "The status with the id {status} is none of the ticket's board {board}{choices}. Choose one of this board; for ended sessions under Settings > Ticket system."
        ),
    ))
}
