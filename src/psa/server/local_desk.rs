//! The local desk: tickets kept in FlowPilot itself, for shops without a ticket system and for the first run.

use async_trait::async_trait;

use super::{NewNote, Provider, PsaError};
use crate::{
    error::AppError,
    page::Page,
    psa::types::{Ticket, TicketFilter, TicketNote, TicketSummary},
    server::{context::Ctx, db::TenantTx},
};

/// The provider. All its data is in the database.
#[derive(Debug, Default)]
pub struct LocalDesk;

/// A ticket as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket<'a> {
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
pub async fn open_ticket(ctx: &Ctx, tx: &mut TenantTx, new: &NewTicket<'_>) -> Result<i64, sqlx::Error> {
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

#[async_trait]
impl Provider for LocalDesk {
    fn name(&self) -> &'static str {
        "local_desk"
    }

    async fn list(&self, ctx: &Ctx, filter: TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        let limit = i64::from(filter.limit.unwrap_or(50).clamp(1, 100));
        let before = match &filter.cursor {
            None => i64::MAX,
            Some(cursor) => cursor
                .parse()
                .map_err(|_| PsaError::Invalid(AppError::malformed("The cursor is not one that this list gave.")))?,
        };
        let words = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(crate::server::db::like);
        let mut tx = ctx.db().tenant(ctx).await?;
        let mut items = sqlx::query_as!(
            TicketSummary,
            r#"select number::text as "id!", summary, company, contact, status, priority, updated_at,
                      status not in ('resolved', 'closed') as "open!"
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
        let more = i64::try_from(items.len()).is_ok_and(|len| len > limit);
        if more {
            items.pop();
        }
        let next_cursor = items.last().filter(|_| more).map(|last| last.id.clone());
        Ok(Page { items, next_cursor })
    }

    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        let number = number(id)?;
        let mut tx = ctx.db().tenant(ctx).await?;
        let row = sqlx::query!(
            r#"select number, summary, body, company, contact, status, priority, created_at, updated_at
                 from desk_tickets where account_id = $1 and number = $2"#,
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
            summary: TicketSummary {
                id: row.number.to_string(),
                summary: row.summary,
                company: row.company,
                contact: row.contact,
                open: !matches!(row.status.as_str(), "resolved" | "closed"),
                status: row.status,
                priority: row.priority,
                updated_at: row.updated_at.into(),
            },
            body: row.body,
            created_at: row.created_at.into(),
            notes,
        })
    }

    async fn find_note(&self, ctx: &Ctx, ticket: &str, idempotency_key: &str) -> Result<Option<String>, PsaError> {
        let mut tx = ctx.db().tenant(ctx).await?;
        let found = sqlx::query_scalar!(
            r#"select id::text as "id!" from desk_ticket_notes
                where account_id = $1 and ticket_number = $2 and idempotency_key = $3"#,
            ctx.account.0,
            number(ticket)?,
            idempotency_key,
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

    fn resolved_status(&self) -> Result<&'static str, &'static str> {
        Ok("resolved")
    }

    fn escalated_status(&self) -> Result<&'static str, &'static str> {
        Ok("escalated")
    }
}
