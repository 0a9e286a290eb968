//! Server functions of the tickets page.

use leptos::prelude::*;

use crate::{
    error::AppError,
    ids::ViewId,
    psa::types::{Contact, Listed, Named, NewTicket, NewTimeEntry, Ticket, TicketFilter, TicketNote, TimeEntry},
    tickets::types::{
        Choices, NewTicketNote, NewView, PastedText, SavedView, TicketChange, TicketDetail, TicketDraft, TicketList,
    },
    wire::{Get, Post},
};

/// Tickets, newest first.
#[server(endpoint = "tickets/list", protocol = Get)]
pub async fn list_tickets(#[server(default)] filter: TicketFilter) -> Result<TicketList, AppError> {
    crate::tickets::server::list(&crate::server::rpc::ctx().await?, filter).await
}

/// All that one can choose from, with the statuses of one board or of all.
#[server(endpoint = "tickets/choices", protocol = Get)]
pub async fn ticket_choices(#[server(default)] board: Option<String>) -> Result<Choices, AppError> {
    crate::tickets::server::choices::all(&crate::server::rpc::ctx().await?, board).await
}

/// The names of statuses: of one board, or of all.
#[server(endpoint = "tickets/statuses", protocol = Get)]
pub async fn status_names(#[server(default)] board: Option<String>) -> Result<Listed<String>, AppError> {
    crate::tickets::server::choices::status_names(&crate::server::rpc::ctx().await?, board).await
}

/// Companies with these words in their name.
#[server(endpoint = "tickets/companies", protocol = Get)]
pub async fn find_companies(q: String) -> Result<Listed<Named>, AppError> {
    crate::tickets::server::choices::companies(&crate::server::rpc::ctx().await?, &q).await
}

/// The contacts of a company.
#[server(endpoint = "tickets/contacts", protocol = Get)]
pub async fn find_contacts(company: String) -> Result<Listed<Contact>, AppError> {
    crate::tickets::server::choices::contacts(&crate::server::rpc::ctx().await?, &company).await
}

/// One ticket with its notes, what surrounds it, and which sessions there are on it.
#[server(endpoint = "tickets/get", protocol = Get)]
pub async fn get_ticket(id: String) -> Result<TicketDetail, AppError> {
    crate::tickets::server::detail(&crate::server::rpc::ctx().await?, &id).await
}

/// Opens a ticket. The same key never opens a second one.
#[server(endpoint = "tickets/create", protocol = Post)]
pub async fn create_ticket(new: NewTicket, key: String) -> Result<Ticket, AppError> {
    crate::tickets::server::create(&crate::server::rpc::ctx().await?, new, Some(key)).await
}

/// Reads a ticket out of a pasted text. Nothing is opened.
#[server(endpoint = "tickets/read_text", protocol = Post)]
pub async fn read_text(pasted: PastedText) -> Result<TicketDraft, AppError> {
    crate::tickets::server::new::read_text(&crate::server::rpc::ctx().await?, pasted).await
}

/// Changes the ticket, and reads it back.
#[server(endpoint = "tickets/change", protocol = Post)]
pub async fn change_ticket(id: String, change: TicketChange) -> Result<Ticket, AppError> {
    crate::tickets::server::change::change(&crate::server::rpc::ctx().await?, &id, change).await
}

#[server(endpoint = "tickets/assign", protocol = Post)]
pub async fn assign(id: String, member: String) -> Result<Ticket, AppError> {
    crate::tickets::server::work::assign(&crate::server::rpc::ctx().await?, &id, &member).await
}

#[server(endpoint = "tickets/unassign", protocol = Post)]
pub async fn unassign(id: String, member: String) -> Result<Ticket, AppError> {
    crate::tickets::server::work::unassign(&crate::server::rpc::ctx().await?, &id, &member).await
}

/// The same key never adds a second note.
#[server(endpoint = "tickets/add_note", protocol = Post)]
pub async fn add_note(id: String, note: NewTicketNote, key: String) -> Result<TicketNote, AppError> {
    crate::tickets::server::work::add_note(&crate::server::rpc::ctx().await?, &id, note, Some(key)).await
}

/// Enters time in the caller's name; all entries then.
#[server(endpoint = "tickets/add_time", protocol = Post)]
pub async fn add_time(id: String, entry: NewTimeEntry) -> Result<Listed<TimeEntry>, AppError> {
    crate::tickets::server::work::add_time(&crate::server::rpc::ctx().await?, &id, entry, None).await
}

#[server(endpoint = "tickets/save_view", protocol = Post)]
pub async fn save_view(new: NewView) -> Result<SavedView, AppError> {
    crate::tickets::server::views::save(&crate::server::rpc::ctx().await?, new).await
}

#[server(endpoint = "tickets/delete_view", protocol = Post)]
pub async fn delete_view(id: ViewId) -> Result<(), AppError> {
    crate::tickets::server::views::delete(&crate::server::rpc::ctx().await?, id).await
}
