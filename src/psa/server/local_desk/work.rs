//! The time that tickets took.

use uuid::Uuid;

use super::{tickets::touch, unknown};
use crate::{
    error::AppError,
    psa::{
        server::PsaError,
        types::{NewTimeEntry, TimeEntry},
    },
    server::{context::Ctx, db::violated},
};

const LONGEST: u32 = 1440;

/// Every entry of the ticket, oldest first.
pub async fn all(ctx: &Ctx, ticket: i64) -> Result<Vec<TimeEntry>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let rows = sqlx::query!(
        r#"select e.id::text as "id!", u.name as member, e.started_at, e.minutes, e.note
             from desk_time_entries e join users u on u.account_id = e.account_id and u.id = e.user_id
            where e.account_id = $1 and e.ticket_number = $2 order by e.started_at, e.id limit 500"#,
        ctx.account.0,
        ticket,
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let entries = rows.into_iter().map(|row| TimeEntry {
        id: row.id,
        member: row.member,
        started_at: row.started_at.into(),
        minutes: u32::try_from(row.minutes).unwrap_or_default(),
        note: Some(row.note).filter(|note| !note.is_empty()),
    });
    Ok(entries.collect())
}

/// Enters time; an entry that says the same is there already and is not made again.
pub async fn add(ctx: &Ctx, ticket: i64, member: Uuid, new: &NewTimeEntry) -> Result<String, PsaError> {
    let minutes =
        i32::try_from(new.minutes).ok().filter(|_| (1..=LONGEST).contains(&new.minutes)).ok_or_else(|| {
            PsaError::Invalid(AppError::invalid("minutes", format!("A time entry has 1 to {LONGEST} minutes.")))
        })?;
    let mut tx = ctx.db().tenant(ctx).await?;
    // The row of the ticket is held from here on, so that the same entry sent twice at once is found too.
    touch(ctx, &mut tx, ticket).await?;
    let found = sqlx::query_scalar!(
        r#"select id::text as "id!" from desk_time_entries
            where account_id = $1 and ticket_number = $2 and user_id = $3 and started_at = $4 and minutes = $5 and note = $6"#,
        ctx.account.0,
        ticket,
        member,
        new.started_at.0,
        minutes,
        new.note,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(id) = found {
        return Ok(id);
    }
    let id = sqlx::query_scalar!(
        r#"insert into desk_time_entries (account_id, id, ticket_number, user_id, started_at, minutes, note, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning id::text as "id!""#,
        ctx.account.0,
        Uuid::now_v7(),
        ticket,
        member,
        new.started_at.0,
        minutes,
        new.note,
        ctx.now().0,
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|error| match violated(&error) {
        Some("desk_time_entries_user_fk") => unknown("member"),
        _ => error.into(),
    })?;
    tx.commit().await?;
    Ok(id)
}
