//! Server functions of the session surface: context → service → typed result.

use leptos::prelude::*;

use crate::{
    ai::types::usage,
    error::AppError,
    ids::{FactId, FixId, HypothesisId, SessionId, TurnId, UserId},
    pilot::history,
    pilot::types::{
        self, ArtifactKind, Decided, Decision, Fact, FactChange, Fix, FixOutcome, Hypothesis, HypothesisChange,
        LaneChange, Message, NewMessage, NewSession, NewShare, Page, Person, PostRequest, PostResult, Promotion,
        Session, SessionChange, SessionFilter, SessionSummary, Shares, TaskLane,
    },
    wire::{Get, Post},
};

/// The sessions that the caller may see, last touched first.
#[server(endpoint = "pilot/list_sessions", protocol = Get)]
pub async fn list_sessions(#[server(default)] filter: SessionFilter) -> Result<Page<SessionSummary>, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::history::list(&ctx, filter).await
}

/// The companies that one can filter the sessions by.
#[server(endpoint = "pilot/clients", protocol = Get)]
pub async fn clients() -> Result<Vec<String>, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::history::clients(&ctx).await
}

/// What the person comes back to.
#[server(endpoint = "pilot/home", protocol = Get)]
pub async fn home() -> Result<history::Home, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::history::home(&ctx).await
}

/// The start box: makes the session and, with a text, starts its first turn. `key` makes a repeat safe.
#[server(endpoint = "pilot/start_session", protocol = Post)]
pub async fn start_session(new: NewSession, text: String, key: String) -> Result<SessionId, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::turns::start_session(&ctx, new, text, key).await
}

/// The start box with images: makes the session, whose first message follows with them. `key` makes a repeat safe.
#[server(endpoint = "pilot/create_session", protocol = Post)]
pub async fn create_session(new: NewSession, key: String) -> Result<SessionId, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::sessions::create_once(&ctx, new, &key).await
}

/// All of a session, with its newest messages.
#[server(endpoint = "pilot/load_session", protocol = Get)]
pub async fn load_session(id: SessionId) -> Result<Session, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::sessions::get(&ctx, id, None).await
}

/// What a session cost so far.
#[server(endpoint = "pilot/session_cost", protocol = Get)]
pub async fn session_cost(id: SessionId) -> Result<usage::SessionCost, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::sessions::cost(&ctx, id).await
}

/// Up to 50 messages before event `before` (the oldest message one has), oldest first, and whether there are more.
#[server(endpoint = "pilot/older_messages", protocol = Get)]
pub async fn older_messages(id: SessionId, before: crate::ids::MessageId) -> Result<(Vec<Message>, bool), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::sessions::messages_before(&ctx, id, before).await
}

#[server(endpoint = "pilot/change_session", protocol = Post)]
pub async fn change_session(id: SessionId, change: SessionChange) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::sessions::change(&ctx, id, change).await
}

#[server(endpoint = "pilot/reopen", protocol = Post)]
pub async fn reopen(id: SessionId) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::sessions::reopen(&ctx, id).await
}

/// Starts a turn; what it says comes over the live connection. The same key again gives the same turn.
#[server(endpoint = "pilot/send_message", protocol = Post)]
pub async fn send_message(id: SessionId, message: NewMessage, key: String) -> Result<TurnId, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::turns::send(&ctx, id, message, key).await
}

#[server(endpoint = "pilot/stop_turn", protocol = Post)]
pub async fn stop_turn(id: SessionId) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::turns::stop(&ctx, id).await
}

#[server(endpoint = "pilot/save_lane", protocol = Post)]
pub async fn save_lane(id: SessionId, change: LaneChange) -> Result<TaskLane, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::lane::change(&ctx, id, change).await
}

#[server(endpoint = "pilot/add_note", protocol = Post)]
pub async fn add_note(id: SessionId, text: String) -> Result<Fact, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::facts::add_note(&ctx, id, text).await
}

#[server(endpoint = "pilot/edit_fact", protocol = Post)]
pub async fn edit_fact(id: SessionId, fact: FactId, change: FactChange) -> Result<Fact, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::facts::edit(&ctx, id, fact, change).await
}

#[server(endpoint = "pilot/delete_fact", protocol = Post)]
pub async fn delete_fact(id: SessionId, fact: FactId) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::facts::delete(&ctx, id, fact).await
}

#[server(endpoint = "pilot/restore_fact", protocol = Post)]
pub async fn restore_fact(id: SessionId, fact: FactId) -> Result<Fact, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::facts::restore(&ctx, id, fact).await
}

#[server(endpoint = "pilot/confirm_fact", protocol = Post)]
pub async fn confirm_fact(id: SessionId, fact: FactId) -> Result<Fact, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::facts::confirm(&ctx, id, fact).await
}

/// Makes a fact of one answer or result.
#[server(endpoint = "pilot/promote", protocol = Post)]
pub async fn promote(id: SessionId, promotion: Promotion) -> Result<Fact, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::facts::promote(&ctx, id, promotion).await
}

/// Every fix of the session, newest first.
#[server(endpoint = "pilot/fixes", protocol = Get)]
pub async fn fixes(id: SessionId) -> Result<Vec<Fix>, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::fixes::list(&ctx, id).await
}

#[server(endpoint = "pilot/decide_fix", protocol = Post)]
pub async fn decide_fix(id: SessionId, fix: FixId, decision: Decision) -> Result<Decided, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::fixes::decide(&ctx, id, fix, decision, None).await
}

/// *I did this.* Safe to repeat.
#[server(endpoint = "pilot/apply_fix", protocol = Post)]
pub async fn apply_fix(id: SessionId, fix: FixId) -> Result<Fix, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::fixes::apply(&ctx, id, fix).await
}

#[server(endpoint = "pilot/set_outcome", protocol = Post)]
pub async fn set_outcome(
    id: SessionId,
    fix: FixId,
    outcome: FixOutcome,
    notes: Option<String>,
) -> Result<Fix, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::fixes::set_outcome(&ctx, id, fix, outcome, notes).await
}

/// *Not yet*: turns the AI's guess at an outcome down.
#[server(endpoint = "pilot/reject_proposal", protocol = Post)]
pub async fn reject_proposal(id: SessionId, fix: FixId) -> Result<Fix, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::fixes::reject_proposal(&ctx, id, fix).await
}

/// A person's word on a cause: ruled out with the reason, or open again.
#[server(endpoint = "pilot/decide_hypothesis", protocol = Post)]
pub async fn decide_hypothesis(
    id: SessionId,
    hypothesis: HypothesisId,
    change: HypothesisChange,
) -> Result<Hypothesis, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::hypotheses::decide(&ctx, id, hypothesis, change).await
}

/// With whom the session is shared, and with whom it could be.
#[server(endpoint = "pilot/sharing", protocol = Get)]
pub async fn sharing(id: SessionId) -> Result<Shares, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::shares::choices(&ctx, id).await
}

#[server(endpoint = "pilot/add_share", protocol = Post)]
pub async fn add_share(id: SessionId, share: NewShare) -> Result<Person, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::shares::add(&ctx, id, share).await
}

#[server(endpoint = "pilot/remove_share", protocol = Post)]
pub async fn remove_share(id: SessionId, user: UserId) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::shares::remove(&ctx, id, user).await
}

/// What is kept from models.
#[server(endpoint = "pilot/masked_values", protocol = Get)]
pub async fn masked_values(id: SessionId) -> Result<Vec<crate::ai::types::masked::MaskedValue>, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::masked::values(&ctx, id).await
}

/// How the session's ticket stands in the ticket system now.
#[server(endpoint = "pilot/ticket_state", protocol = Get)]
pub async fn ticket_state(id: SessionId) -> Result<Option<types::TicketState>, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::ticket::state(&ctx, id).await
}

/// Links a ticket by its number; an empty one takes it off.
#[server(endpoint = "pilot/link_ticket", protocol = Post)]
pub async fn link_ticket(id: SessionId, ticket: Option<String>) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    match ticket {
        Some(ticket) => crate::pilot::server::ticket::link(&ctx, id, &ticket).await,
        None => crate::pilot::server::ticket::unlink(&ctx, id).await,
    }
}

/// Opens a ticket for the session and links it. The same key never opens a second one.
#[server(endpoint = "pilot/open_ticket", protocol = Post)]
pub async fn open_ticket(id: SessionId, new: crate::psa::types::NewTicket, key: String) -> Result<(), AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::ticket::open(&ctx, id, new, Some(key)).await
}

/// The note or package as it would be posted now; `again`: also by a model that has just failed at it.
#[server(endpoint = "pilot/preview", protocol = Post)]
pub async fn preview(
    id: SessionId,
    kind: ArtifactKind,
    #[server(default)] again: bool,
) -> Result<types::Preview, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::artifacts::preview(&ctx, id, kind, again).await
}

/// *Confirm & post*.
#[server(endpoint = "pilot/post_artifact", protocol = Post)]
pub async fn post_artifact(
    id: SessionId,
    kind: ArtifactKind,
    post: PostRequest,
    key: String,
) -> Result<PostResult, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::posting::post(&ctx, id, kind, post, Some(key)).await
}

/// *Retry now*: the note that did not get through, as it was approved.
#[server(endpoint = "pilot/retry_post", protocol = Post)]
pub async fn retry_post(id: SessionId) -> Result<PostResult, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::deliveries::retry_of(&ctx, id).await
}

/// The time that the session's own clock offers to enter on the ticket.
#[server(endpoint = "pilot/time_offer", protocol = Get)]
pub async fn time_offer(id: SessionId) -> Result<types::TimeOffer, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::time_entry::offer(&ctx, id).await
}

#[server(endpoint = "pilot/add_time", protocol = Post)]
pub async fn add_time(id: SessionId, spent: types::TimeSpent) -> Result<types::TimeOffer, AppError> {
    let ctx = crate::server::rpc::ctx().await?;
    crate::pilot::server::time_entry::add(&ctx, id, &spent).await
}
