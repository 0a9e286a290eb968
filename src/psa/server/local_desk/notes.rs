//! Notes of a ticket: what the customer reads, what stays inside, and how it was resolved.

use uuid::Uuid;

use super::tickets::touch;
use crate::{
    psa::{
        server::{NewNote, PsaError},
        types::TicketNote,
    },
    server::{context::Ctx, db::TenantTx},
};

/// The newest 500, oldest first.
pub async fn newest(ctx: &Ctx, tx: &mut TenantTx, ticket: i64) -> Result<Vec<TicketNote>, sqlx::Error> {
    sqlx::query_as!(
        TicketNote,
        r#"select id::text as "id!", body, internal, kind, author_name as author, to_name as "to",
                  case when kind = 'customer' then (select u.name from users u where u.account_id = $1 and u.id = author_id) end
                      as recorded_by,
                  created_at
             from (select * from desk_ticket_notes where account_id = $1 and ticket_number = $2
                    order by created_at desc, id desc limit 500) newest
            order by created_at, id"#,
        ctx.account.0,
        ticket,
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn one(ctx: &Ctx, ticket: i64, note: &str) -> Result<Option<TicketNote>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let found = sqlx::query_as!(
        TicketNote,
        r#"select id::text as "id!", body, internal, kind, author_name as author, to_name as "to",
                  case when kind = 'customer' then (select u.name from users u where u.account_id = $1 and u.id = author_id) end
                      as recorded_by,
                  created_at
             from desk_ticket_notes where account_id = $1 and ticket_number = $2 and id::text = $3"#,
        ctx.account.0,
        ticket,
        note,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

pub async fn find(ctx: &Ctx, ticket: i64, note: &NewNote) -> Result<Option<String>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let found = sqlx::query_scalar!(
        r#"select id::text as "id!" from desk_ticket_notes
            where account_id = $1 and ticket_number = $2 and idempotency_key = $3"#,
        ctx.account.0,
        ticket,
        note.idempotency_key,
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

/// Adds a note in the name of its author, or else of who asks; what the customer said, in theirs.
pub async fn add(ctx: &Ctx, ticket: i64, note: &NewNote) -> Result<String, PsaError> {
    let author = note.author.as_deref().and_then(|id| id.parse::<Uuid>().ok()).unwrap_or(ctx.actor.user.0);
    let mut tx = ctx.db().tenant(ctx).await?;
    touch(ctx, &mut tx, ticket).await?;
    let kind = match (note.from_customer, note.resolution, note.internal) {
        (true, ..) => "customer",
        (false, true, _) => "resolution",
        (false, false, true) => "internal",
        (false, false, false) => "discussion",
    };
    let id = sqlx::query_scalar!(
        r#"insert into desk_ticket_notes
               (account_id, id, ticket_number, body, internal, kind, author_id, author_name, to_name, idempotency_key, created_at)
           select $1, $2, $3, $4, $5, $6, u.id,
                  case when $10 then coalesce(p.name, c.name, 'The customer') else u.name end,
                  case when not $5 and not $10 then p.name end, $8, $9
             from users u
             join desk_tickets t on t.account_id = u.account_id and t.number = $3
             left join desk_companies c on c.account_id = t.account_id and c.id = t.company_id
             left join desk_contacts p on p.account_id = t.account_id and p.id = t.contact_id
            where u.account_id = $1 and u.id = $7
           on conflict on constraint desk_ticket_notes_key_unique do update set idempotency_key = excluded.idempotency_key
           returning id::text as "id!""#,
        ctx.account.0,
        Uuid::now_v7(),
        ticket,
        note.body,
        note.internal,
        kind,
        author,
        note.idempotency_key,
        ctx.now().0,
        note.from_customer,
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}
