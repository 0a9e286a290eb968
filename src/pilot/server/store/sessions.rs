//! Rows of `ai_sessions`.

use crate::{
    accounts::types::UserRole,
    ids::{SessionId, Timestamp, UserId},
    pilot::types::{NewSession, Person, SessionStatus, TicketLink},
    server::{context::Ctx, db::TenantTx},
};

/// A session as its writers need it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: SessionId,
    pub user_id: UserId,
    pub user_name: String,
    pub title: String,
    pub titled_by: String,
    pub problem: Option<String>,
    pub status: SessionStatus,
    pub closing: i32,
    pub state_version: i64,
    pub last_event_id: i64,
    pub ticket_provider: Option<String>,
    pub ticket_id: Option<String>,
    /// Which tenant the ticket is of.
    pub ticket_connection: Option<String>,
    /// What could not be read of it.
    pub ticket_hint: Option<String>,
    pub ticket_summary: Option<String>,
    pub ticket_company: Option<String>,
    /// Values that models were told placeholders for at the last turn.
    pub masked_values: i32,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The caller may change it.
    pub writable: bool,
}

impl Row {
    pub fn ticket(&self) -> Option<TicketLink> {
        ticket_link(
            self.ticket_provider.clone(),
            self.ticket_id.clone(),
            self.ticket_summary.clone(),
            self.ticket_company.clone(),
        )
    }

    pub fn person(&self) -> Person {
        Person { id: self.user_id, name: self.user_name.clone() }
    }
}

/// The linked ticket of a row; a link has a provider and an id.
pub fn ticket_link(
    provider: Option<String>,
    id: Option<String>,
    summary: Option<String>,
    company: Option<String>,
) -> Option<TicketLink> {
    Some(TicketLink { provider: provider?, id: id?, summary, company })
}

/// What of a ticket a session keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedTicket {
    pub link: TicketLink,
    /// Its description.
    pub text: String,
    /// What else there is: notes, also internal ones, and what it is about.
    pub notes: Option<String>,
    /// Which tenant it is of.
    pub connection: Option<String>,
    /// What could not be read of it, and why.
    pub hint: Option<String>,
}

/// A session sees its user, whom it is shared with, and once escalated engineers and up.
/// Its user writes, and whom it is shared with; a viewer never does.
macro_rules! select_row {
    ($end:literal, $ctx:expr, $id:expr) => {
        sqlx::query_as!(
            Row,
            r#"select s.id, s.user_id, u.name as user_name, s.title, s.titled_by, s.problem,
                      s.status as "status: SessionStatus", s.closing, s.state_version, s.last_event_id,
                      s.ticket_provider, s.ticket_id, s.ticket_connection, s.ticket_hint, s.ticket_summary, s.ticket_company, s.masked_values,
                      s.archived_at as "archived_at: Timestamp", s.created_at, s.updated_at,
                      ($4 <> 'viewer' and (s.user_id = $3 or sh.user_id is not null)) as "writable!"
                 from ai_sessions s
                 join users u on u.account_id = s.account_id and u.id = s.user_id
                 left join session_shares sh on sh.account_id = s.account_id and sh.session_id = s.id and sh.user_id = $3
                where s.account_id = $1 and s.id = $2
                  and (s.user_id = $3 or sh.user_id is not null
                       or (s.status = 'escalated' and $4 in ('engineer', 'admin', 'owner')))"#
                + $end,
            $ctx.account.0,
            $id.0,
            $ctx.actor.user.0,
            $ctx.actor.role.as_str(),
        )
    };
}

/// The session, if the caller may see it.
pub async fn get(ctx: &Ctx, tx: &mut TenantTx, id: SessionId) -> Result<Option<Row>, sqlx::Error> {
    select_row!("", ctx, id).fetch_optional(&mut **tx).await
}

/// The same, locked until the transaction ends.
pub async fn lock(ctx: &Ctx, tx: &mut TenantTx, id: SessionId) -> Result<Option<Row>, sqlx::Error> {
    select_row!(" for no key update of s", ctx, id).fetch_optional(&mut **tx).await
}

/// The same, whoever asks: for the server's own steps.
pub async fn lock_any(ctx: &Ctx, tx: &mut TenantTx, id: SessionId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select s.id, s.user_id, u.name as user_name, s.title, s.titled_by, s.problem,
                  s.status as "status: SessionStatus", s.closing, s.state_version, s.last_event_id,
                  s.ticket_provider, s.ticket_id, s.ticket_connection, s.ticket_hint, s.ticket_summary, s.ticket_company, s.masked_values,
                  s.archived_at as "archived_at: Timestamp", s.created_at, s.updated_at, true as "writable!"
             from ai_sessions s join users u on u.account_id = s.account_id and u.id = s.user_id
            where s.account_id = $1 and s.id = $2 for no key update of s"#,
        ctx.account.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Writes what [`lock`] read and the service changed.
pub async fn write_back(ctx: &Ctx, tx: &mut TenantTx, row: &Row) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ai_sessions set title = $3, titled_by = $4, problem = $5, status = $6, closing = $7, state_version = $8,
                last_event_id = $9, archived_at = $10, updated_at = $11, masked_values = $12
          where account_id = $1 and id = $2",
        ctx.account.0,
        row.id.0,
        row.title,
        row.titled_by,
        row.problem,
        row.status.as_str(),
        row.closing,
        row.state_version,
        row.last_event_id,
        row.archived_at.map(|at| at.0),
        row.updated_at.0,
        row.masked_values,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn insert(
    ctx: &Ctx,
    tx: &mut TenantTx,
    id: SessionId,
    title: &str,
    new: &NewSession,
    ticket: Option<&LinkedTicket>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into ai_sessions (account_id, id, user_id, title, problem, ticket_provider, ticket_id, ticket_summary,
                ticket_company, ticket_text, ticket_notes, created_at, updated_at, ticket_connection, ticket_hint)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)
         on conflict on constraint ai_sessions_pk do nothing",
        ctx.account.0,
        id.0,
        ctx.actor.user.0,
        title,
        new.problem,
        ticket.map(|ticket| ticket.link.provider.as_str()),
        ticket.map(|ticket| ticket.link.id.as_str()),
        ticket.and_then(|ticket| ticket.link.summary.as_deref()),
        ticket.and_then(|ticket| ticket.link.company.as_deref()),
        ticket.map(|ticket| ticket.text.as_str()),
        ticket.and_then(|ticket| ticket.notes.as_deref()),
        ctx.now().0,
        ticket.and_then(|ticket| ticket.connection.as_deref()),
        ticket.and_then(|ticket| ticket.hint.as_deref()),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Links a ticket in the place of the one before, or none.
pub async fn set_ticket(
    ctx: &Ctx,
    tx: &mut TenantTx,
    id: SessionId,
    ticket: Option<&LinkedTicket>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ai_sessions set ticket_provider = $3, ticket_id = $4, ticket_summary = $5, ticket_company = $6,
                ticket_text = $7, ticket_notes = $8, ticket_connection = $9, ticket_hint = $10
          where account_id = $1 and id = $2",
        ctx.account.0,
        id.0,
        ticket.map(|ticket| ticket.link.provider.as_str()),
        ticket.map(|ticket| ticket.link.id.as_str()),
        ticket.and_then(|ticket| ticket.link.summary.as_deref()),
        ticket.and_then(|ticket| ticket.link.company.as_deref()),
        ticket.map(|ticket| ticket.text.as_str()),
        ticket.and_then(|ticket| ticket.notes.as_deref()),
        ticket.and_then(|ticket| ticket.connection.as_deref()),
        ticket.and_then(|ticket| ticket.hint.as_deref()),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The description of the linked ticket. Its notes may be internal: nothing that a customer reads is made from them.
pub async fn ticket_text(ctx: &Ctx, tx: &mut TenantTx, id: SessionId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("select ticket_text from ai_sessions where account_id = $1 and id = $2", ctx.account.0, id.0)
        .fetch_one(&mut **tx)
        .await
}

/// What the AI needs of a session beyond the conversation: (ticket's text with its notes, what the provider kept).
pub async fn ai_context(
    ctx: &Ctx,
    tx: &mut TenantTx,
    id: SessionId,
) -> Result<(Option<String>, Option<serde_json::Value>), sqlx::Error> {
    sqlx::query!(
        "select nullif(concat_ws(e'\n\n', ticket_text, ticket_notes), '') as ticket_text, provider_state
           from ai_sessions where account_id = $1 and id = $2",
        ctx.account.0,
        id.0
    )
    .fetch_one(&mut **tx)
    .await
    .map(|row| (row.ticket_text, row.provider_state))
}

/// Keeps what the provider wants to see again with the next turn.
pub async fn keep_provider_state(
    ctx: &Ctx,
    tx: &mut TenantTx,
    id: SessionId,
    state: Option<&serde_json::Value>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update ai_sessions set provider_state = $3 where account_id = $1 and id = $2",
        ctx.account.0,
        id.0,
        state
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A session on a ticket, as colleagues may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnTicket {
    pub id: SessionId,
    pub user_name: String,
    pub status: SessionStatus,
    pub visible: bool,
}

/// Sessions that are on one of these tickets (ticket system, number), and not put away.
pub async fn on_tickets(
    ctx: &Ctx,
    tx: &mut TenantTx,
    providers: &[String],
    tickets: &[String],
) -> Result<Vec<SessionId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select s.id as "id: SessionId"
             from unnest($2::text[], $3::text[]) as t (provider, ticket)
             join ai_sessions s on s.account_id = $1 and s.ticket_provider = t.provider and s.ticket_id = t.ticket
            where s.archived_at is null"#,
        ctx.account.0,
        providers,
        tickets,
    )
    .fetch_all(&mut **tx)
    .await
}

/// All sessions on a ticket of this provider and tenant.
pub async fn on_ticket(
    ctx: &Ctx,
    tx: &mut TenantTx,
    (provider, connection): (&str, Option<&str>),
    ticket: &str,
) -> Result<Vec<OnTicket>, sqlx::Error> {
    let engineer = ctx.actor.role.at_least(UserRole::Engineer);
    sqlx::query_as!(
        OnTicket,
        r#"select s.id, u.name as user_name, s.status as "status: SessionStatus",
                  (s.user_id = $4 or (s.status = 'escalated' and $5)
                   or exists (select from session_shares sh where sh.account_id = s.account_id and sh.session_id = s.id
                                 and sh.user_id = $4)) as "visible!"
             from ai_sessions s join users u on u.account_id = s.account_id and u.id = s.user_id
            where s.account_id = $1 and s.ticket_provider = $2 and s.ticket_id = $3
              and s.ticket_connection is not distinct from $6
            order by s.created_at desc limit 50"#,
        ctx.account.0,
        provider,
        ticket,
        ctx.actor.user.0,
        engineer,
        connection,
    )
    .fetch_all(&mut **tx)
    .await
}
