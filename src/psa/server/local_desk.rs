//! The local desk: tickets kept in FlowPilot itself, for shops without a ticket system and for the first run.

use async_trait::async_trait;

use super::{NewNote, Provider, PsaError};
use crate::{
    error::AppError,
    ids::Timestamp,
    page::Page,
    psa::types::{Capabilities, Ending, Listed, Named, Ticket, TicketFilter, TicketNote, TicketStatus, TicketSummary},
    server::{
        context::Ctx,
        db::{TenantTx, like},
    },
};

/// The statuses, as they are stored.
const STATUSES: [&str; 6] = ["new", "in_progress", "waiting", "resolved", "escalated", "closed"];
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "critical"];

fn is_open(status: &str) -> bool {
    !matches!(status, "resolved" | "closed")
}

fn named(word: &str) -> Named {
    Named { id: word.to_owned(), name: word.replace('_', " ") }
}

/// The provider. All its data is in the database.
#[derive(Debug, Default)]
pub struct LocalDesk;

/// A ticket as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming<'a> {
    pub summary: &'a str,
    pub body: &'a str,
    pub company: &'a str,
    pub contact: Option<&'a str>,
    pub priority: &'a str,
}

fn number(id: &str) -> Result<i64, PsaError> {
    id.parse().map_err(|_| PsaError::NotFound(id.to_owned()))
}

/// Opens a ticket and gives its number. Takes the next free one; two at once wait for each other.
pub async fn open_ticket(ctx: &Ctx, tx: &mut TenantTx, new: &Incoming<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query!("select id from accounts where id = $1 for update", ctx.account.0).fetch_one(&mut **tx).await?;
    sqlx::query_scalar!(
        r#"insert into desk_tickets (account_id, number, summary, body, company, contact, priority, created_at, updated_at)
           select $1, coalesce(max(number), 1000) + 1, $2, $3, $4, $5, $6, $7, $7 from desk_tickets where account_id = $1
           returning number"#,
        ctx.account.0,
        new.summary,
        new.body,
        new.company,
        new.contact,
        new.priority,
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await
}

/// A row of the list.
struct Row {
    number: i64,
    summary: String,
    company: String,
    contact: Option<String>,
    status: String,
    priority: String,
    updated_at: Timestamp,
}

impl Row {
    fn summary(self) -> TicketSummary {
        TicketSummary {
            id: self.number.to_string(),
            summary: self.summary,
            open: is_open(&self.status),
            status_id: self.status.clone(),
            status: self.status,
            priority_id: Some(self.priority.clone()),
            priority: self.priority,
            company_id: Some(self.company.clone()),
            company: self.company,
            contact: self.contact,
            updated_at: self.updated_at,
            board: None,
            assignees: Vec::new(),
        }
    }
}

#[async_trait]
impl Provider for LocalDesk {
    fn name(&self) -> &'static str {
        "local_desk"
    }

    fn label(&self) -> &'static str {
        "Local desk"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    async fn test(&self, _ctx: &Ctx) -> Result<String, PsaError> {
        Ok("Tickets are kept in FlowPilot itself.".to_owned())
    }

    async fn list(&self, ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        let limit = i64::from(filter.limit.unwrap_or(50).clamp(1, 100));
        let before = match &filter.cursor {
            None => i64::MAX,
            Some(cursor) => cursor
                .parse()
                .map_err(|_| PsaError::Invalid(AppError::malformed("The cursor is not one that this list gave.")))?,
        };
        let words = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(like);
        let mut tx = ctx.db().tenant(ctx).await?;
        let mut rows = sqlx::query_as!(
            Row,
            r#"select number, summary, company, contact, status, priority, updated_at
                 from desk_tickets
                where account_id = $1 and number < $2
                  and ($3::text is null and status not in ('resolved', 'closed') or $3 = 'all' or status = $3)
                  and ($4::text is null or number::text || ' ' || summary || ' ' || company || ' ' || coalesce(contact, '') ilike $4)
                order by number desc limit $5"#,
            ctx.account.0,
            before,
            filter.status,
            words,
            limit + 1,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let more = i64::try_from(rows.len()).is_ok_and(|len| len > limit);
        if more {
            rows.pop();
        }
        let next_cursor = rows.last().filter(|_| more).map(|last| last.number.to_string());
        Ok(Page { items: rows.into_iter().map(Row::summary).collect(), next_cursor })
    }

    async fn summary(&self, ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let row = sqlx::query_as!(
            Row,
            r#"select number, summary, company, contact, status, priority, updated_at
                 from desk_tickets where account_id = $1 and number = $2"#,
            ctx.account.0,
            number(id)?,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        row.map(Row::summary).ok_or_else(|| PsaError::NotFound(id.to_owned()))
    }

    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        let number = number(id)?;
        let summary = self.summary(ctx, id).await?;
        let mut tx = ctx.db().tenant(ctx).await?;
        let row = sqlx::query!(
            "select body, created_at from desk_tickets where account_id = $1 and number = $2",
            ctx.account.0,
            number,
        )
        .fetch_optional(&mut *tx)
        .await?
        .ok_or_else(|| PsaError::NotFound(id.to_owned()))?;
        let notes = sqlx::query_as!(
            TicketNote,
            r#"select id::text as "id!", body, internal, kind, author_name as author, created_at
                 from (select * from desk_ticket_notes where account_id = $1 and ticket_number = $2
                        order by created_at desc, id desc limit 500) newest
                order by created_at, id"#,
            ctx.account.0,
            number,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Ticket {
            summary,
            body: row.body,
            created_at: row.created_at.into(),
            notes,
            url: None,
            contact_id: None,
            contact_email: None,
            contact_phone: None,
            assigned: Vec::new(),
        })
    }

    async fn note(&self, ctx: &Ctx, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let found = sqlx::query_as!(
            TicketNote,
            r#"select id::text as "id!", body, internal, kind, author_name as author, created_at
                 from desk_ticket_notes where account_id = $1 and ticket_number = $2 and id::text = $3"#,
            ctx.account.0,
            number(ticket)?,
            note,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn statuses(&self, _ctx: &Ctx, _board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        let status = |word: &str| TicketStatus {
            id: word.to_owned(),
            name: word.replace('_', " "),
            board_id: None,
            closed: !is_open(word),
            takes_time: true,
        };
        Ok(STATUSES.map(status).to_vec().into())
    }

    async fn priorities(&self, _ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        Ok(PRIORITIES.map(named).to_vec().into())
    }

    fn default_status(&self, ending: Ending) -> Option<&'static str> {
        Some(match ending {
            Ending::Resolved => "resolved",
            Ending::Escalated => "escalated",
        })
    }

    async fn find_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let found = sqlx::query_scalar!(
            r#"select id::text as "id!" from desk_ticket_notes
                where account_id = $1 and ticket_number = $2 and idempotency_key = $3"#,
            ctx.account.0,
            number(ticket)?,
            note.idempotency_key,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn add_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let touched = sqlx::query!(
            "update desk_tickets set updated_at = $3 where account_id = $1 and number = $2",
            ctx.account.0,
            number(ticket)?,
            ctx.now().0,
        )
        .execute(&mut *tx)
        .await?;
        if touched.rows_affected() == 0 {
            return Err(PsaError::NotFound(ticket.to_owned()));
        }
        let kind = match (note.resolution, note.internal) {
            (true, _) => "resolution",
            (false, true) => "internal",
            (false, false) => "discussion",
        };
        let id = sqlx::query_scalar!(
            r#"insert into desk_ticket_notes
                   (account_id, id, ticket_number, body, internal, kind, author_id, author_name, idempotency_key, created_at)
               select $1, $2, $3, $4, $5, $6, u.id, u.name, $8, $9 from users u where u.account_id = $1 and u.id = $7
               on conflict on constraint desk_ticket_notes_key_unique do update set idempotency_key = excluded.idempotency_key
               returning id::text as "id!""#,
            ctx.account.0,
            uuid::Uuid::now_v7(),
            number(ticket)?,
            note.body,
            note.internal,
            kind,
            ctx.actor.user.0,
            note.idempotency_key,
            ctx.now().0,
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    async fn set_status(&self, ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let touched = sqlx::query!(
            "update desk_tickets set status = $3, updated_at = $4 where account_id = $1 and number = $2",
            ctx.account.0,
            number(ticket)?,
            status,
            ctx.now().0,
        )
        .execute(&mut *tx)
        .await?;
        if touched.rows_affected() == 0 {
            return Err(PsaError::NotFound(ticket.to_owned()));
        }
        tx.commit().await?;
        Ok(())
    }
}
