//! One ticket: opened and read.

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{
    PRIORITIES,
    changes::{self, By},
    list::{ROWS, Row},
    notes,
    parties::{self, Parties, Said},
    people,
};
use crate::{
    error::AppError,
    ids::Timestamp,
    psa::{
        server::PsaError,
        types::{Listed, NewTicket, Ticket, TicketSummary},
    },
    server::{context::Ctx, db::TenantTx},
};

/// The longest summary that is kept.
pub const SUMMARY: usize = 200;

/// A ticket as it comes in: company and contact by their names, which are made where they are new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming<'a> {
    pub summary: &'a str,
    pub body: &'a str,
    pub company: &'a str,
    pub contact: Option<&'a str>,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub priority: &'a str,
    /// When it came in; missing: now.
    pub at: Option<Timestamp>,
    /// It is there to try things on: nobody opened it.
    pub sample: bool,
}

/// Opens a ticket and gives its number.
pub async fn open_ticket(ctx: &Ctx, tx: &mut TenantTx, new: &Incoming<'_>) -> Result<i64, PsaError> {
    lock_numbers(ctx, tx).await?;
    let company = people::company_named(ctx, tx, new.company).await?;
    let contact = people::contact_named(ctx, tx, company, new.contact.unwrap_or_default()).await?;
    parties::reach(ctx, tx, contact, new.email, new.phone).await?;
    let (at, by) = (new.at.unwrap_or_else(|| ctx.now()), if new.sample { By::Sample } else { By::Asker });
    let Incoming { summary, body, priority, .. } = *new;
    Ok(insert(ctx, tx, &NewRow { summary, body, priority, company, contact, key: None, at, by }).await?)
}

/// Two tickets opened at once wait for each other, so that no number is given twice.
async fn lock_numbers(ctx: &Ctx, tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from accounts where id = $1 for no key update", ctx.account.0)
        .fetch_one(&mut **tx)
        .await
        .map(drop)
}

struct NewRow<'a> {
    summary: &'a str,
    body: &'a str,
    priority: &'a str,
    company: Option<Uuid>,
    contact: Option<Uuid>,
    key: Option<&'a str>,
    at: Timestamp,
    by: By,
}

async fn insert(ctx: &Ctx, tx: &mut TenantTx, new: &NewRow<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"insert into desk_tickets (account_id, number, summary, body, priority, company_id, contact_id, idempotency_key,
                  created_at, updated_at, opened_by, sample)
           select $1, coalesce(max(number), 1000) + 1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10
             from desk_tickets where account_id = $1
           returning number"#,
        ctx.account.0,
        new.summary,
        new.body,
        new.priority,
        new.company,
        new.contact,
        new.key,
        new.at.0,
        new.by.id(ctx),
        new.by == By::Sample,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Opens a ticket; the one that was opened under the same key where there is one.
pub async fn create(ctx: &Ctx, new: &NewTicket, key: &str) -> Result<i64, PsaError> {
    let wrong = |field: &str, said: String| PsaError::Invalid(AppError::invalid(field, said));
    let priority = new.priority_id.as_deref().unwrap_or("normal");
    if !PRIORITIES.contains(&priority) {
        return Err(wrong(
            "priority_id",
            format!("The local desk has no priority “{priority}”. Choose one of its list."),
        ));
    }
    if new.summary.chars().count() > SUMMARY {
        return Err(wrong("summary", format!("The summary is too long: {SUMMARY} characters at most.")));
    }
    if new.board_id.is_some() {
        return Err(wrong("board_id", "The local desk has no boards. Leave the board out.".to_owned()));
    }

    let mut tx = ctx.db().tenant(ctx).await?;
    lock_numbers(ctx, &mut tx).await?;
    let opened = sqlx::query_scalar!(
        "select number from desk_tickets where account_id = $1 and idempotency_key = $2",
        ctx.account.0,
        key,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(number) = opened {
        return Ok(number);
    }
    let said = Said {
        company_id: new.company_id.as_deref(),
        company: new.company.as_deref(),
        contact_id: new.contact_id.as_deref(),
        contact: new.contact.as_deref(),
    };
    let Parties { company, contact } = parties::settle(ctx, &mut tx, said, Parties::default()).await?;
    let (email, phone) = (new.contact_email.as_deref(), new.contact_phone.as_deref());
    let mut made = parties::reach(ctx, &mut tx, contact, email, phone).await?;
    // What nobody knew before belongs to the new ticket itself.
    made.retain(|made| made.was.is_some());
    let (summary, body, at, by) = (&*new.summary, &*new.body, ctx.now(), By::Asker);
    let row = NewRow { summary, body, priority, company, contact, key: Some(key), at, by };
    let number = insert(ctx, &mut tx, &row).await?;
    changes::record(ctx, &mut tx, number, by, &made).await?;
    tx.commit().await?;
    Ok(number)
}

/// A ticket without its notes.
pub async fn summary(ctx: &Ctx, number: i64) -> Result<TicketSummary, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = row(ctx, &mut tx, number).await?;
    tx.commit().await?;
    row.map(Row::summary).ok_or_else(|| PsaError::NotFound(number.to_string()))
}

async fn row(ctx: &Ctx, tx: &mut TenantTx, number: i64) -> Result<Option<Row>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(ROWS);
    query.push_bind(ctx.account.0).push(" and t.number = ").push_bind(number);
    query.build_query_as().fetch_optional(&mut **tx).await
}

/// A ticket whole.
pub async fn get(ctx: &Ctx, number: i64) -> Result<Ticket, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let missing = || PsaError::NotFound(number.to_string());
    let summary = row(ctx, &mut tx, number).await?.ok_or_else(missing)?.summary();
    let rest = sqlx::query!(
        r#"select t.body, t.created_at, p.id as "contact_id?", p.email as "email?", p.phone as "phone?",
                  case when t.sample then 'Sample data' else u.name end as opened_by
             from desk_tickets t
             left join desk_contacts p on p.account_id = t.account_id and p.id = t.contact_id
             left join users u on u.account_id = t.account_id and u.id = t.opened_by
            where t.account_id = $1 and t.number = $2"#,
        ctx.account.0,
        number,
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or_else(missing)?;
    let notes = notes::newest(ctx, &mut tx, number).await?;
    let changes = changes::newest(ctx, &mut tx, number).await?;
    let assigned = people::assignees_in(ctx, &mut tx, number).await?;
    tx.commit().await?;
    Ok(Ticket {
        summary,
        body: rest.body,
        created_at: rest.created_at.into(),
        notes,
        url: None,
        contact_id: rest.contact_id.map(|id| id.to_string()),
        contact_email: rest.email,
        contact_phone: rest.phone,
        assigned,
        schedule: Listed::default(),
        opened_by: rest.opened_by,
        changes,
    })
}

/// Something about the ticket changed just now. An error where there is none of this number.
pub async fn touch(ctx: &Ctx, tx: &mut TenantTx, number: i64) -> Result<(), PsaError> {
    let touched = sqlx::query!(
        "update desk_tickets set updated_at = $3 where account_id = $1 and number = $2",
        ctx.account.0,
        number,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await?;
    if touched.rows_affected() == 0 { Err(PsaError::NotFound(number.to_string())) } else { Ok(()) }
}
