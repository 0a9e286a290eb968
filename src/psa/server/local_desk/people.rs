//! The people around tickets: companies and their contacts, the members of the desk, and who works on what.

use uuid::Uuid;

use super::{
    changes::{self, By, Made},
    plain,
    tickets::touch,
    unknown,
};
use crate::{
    psa::{
        server::PsaError,
        types::{Assignee, Contact, Member, Named},
    },
    server::{
        context::Ctx,
        db::{TenantTx, like, violated},
    },
};

/// As much of a name as is kept.
const NAME: usize = 200;

fn name(text: &str) -> Option<String> {
    let name: String = text.trim().chars().take(NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// The company of this name, whatever its case, made where it is new; none for an empty name.
pub async fn company_named(ctx: &Ctx, tx: &mut TenantTx, text: &str) -> Result<Option<Uuid>, sqlx::Error> {
    let Some(name) = name(text) else { return Ok(None) };
    sqlx::query_scalar!(
        "insert into desk_companies (account_id, id, name, created_at) values ($1, $2, $3, $4)
         on conflict (account_id, lower(name)) do update set name = desk_companies.name
         returning id",
        ctx.account.0,
        Uuid::now_v7(),
        name,
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await
    .map(Some)
}

/// The contact of this name at the company, made where it is new; none for an empty name.
pub async fn contact_named(
    ctx: &Ctx,
    tx: &mut TenantTx,
    company: Option<Uuid>,
    text: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    let Some(name) = name(text) else { return Ok(None) };
    sqlx::query_scalar!(
        "insert into desk_contacts (account_id, id, company_id, name, created_at) values ($1, $2, $3, $4, $5)
         on conflict (account_id, company_id, lower(name)) do update set name = desk_contacts.name
         returning id",
        ctx.account.0,
        Uuid::now_v7(),
        company,
        name,
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await
    .map(Some)
}

/// Companies with these words in their name, by name.
pub async fn companies(ctx: &Ctx, words: &str) -> Result<Vec<Named>, PsaError> {
    let words: Vec<String> = plain(words).split_whitespace().take(8).map(like).collect();
    let mut tx = ctx.db().tenant(ctx).await?;
    let found = sqlx::query_as!(
        Named,
        r#"select id::text as "id!", name from desk_companies
            where account_id = $1 and name ilike all ($2) order by lower(name) limit 50"#,
        ctx.account.0,
        &words,
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

pub async fn contacts(ctx: &Ctx, company: Uuid) -> Result<Vec<Contact>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let known = sqlx::query!("select id from desk_companies where account_id = $1 and id = $2", ctx.account.0, company)
        .fetch_optional(&mut *tx)
        .await?;
    let found = sqlx::query_as!(
        Contact,
        r#"select id::text as "id!", name, email, phone from desk_contacts
            where account_id = $1 and company_id = $2 order by lower(name) limit 200"#,
        ctx.account.0,
        company,
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    if known.is_some() { Ok(found) } else { Err(unknown("company")) }
}

/// Everybody of the account who can still sign in.
pub async fn members(ctx: &Ctx) -> Result<Vec<Member>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let rows = sqlx::query!(
        r#"select id::text as "id!", name, email from users
            where account_id = $1 and disabled_at is null order by lower(name), id"#,
        ctx.account.0,
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let members = rows.into_iter().map(|row| Member {
        id: row.id,
        name: row.name,
        identifier: row.email.clone(),
        emails: vec![row.email],
    });
    Ok(members.collect())
}

/// Who works on the ticket: the owner first.
pub async fn assignees(ctx: &Ctx, ticket: i64) -> Result<Vec<Assignee>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let found = assignees_in(ctx, &mut tx, ticket).await?;
    tx.commit().await?;
    Ok(found)
}

pub async fn assignees_in(ctx: &Ctx, tx: &mut TenantTx, ticket: i64) -> Result<Vec<Assignee>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select u.id::text as "id!", u.name, a.owner from desk_assignees a
             join users u on u.account_id = a.account_id and u.id = a.user_id
            where a.account_id = $1 and a.ticket_number = $2 order by a.owner desc, a.assigned_at, u.name"#,
        ctx.account.0,
        ticket,
    )
    .fetch_all(&mut **tx)
    .await?;
    let one = |id, name, owner| Assignee { member: Named { id, name }, owner };
    Ok(rows.into_iter().map(|row| one(row.id, row.name, row.owner)).collect())
}

/// Puts somebody on the ticket: as its owner where it has none.
pub async fn assign(ctx: &Ctx, ticket: i64, member: Uuid, by: By) -> Result<(), PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    hold(ctx, &mut tx, ticket).await?;
    let added = sqlx::query!(
        "insert into desk_assignees (account_id, ticket_number, user_id, owner, assigned_by, assigned_at)
         values ($1, $2, $3,
                 not exists (select from desk_assignees where account_id = $1 and ticket_number = $2 and owner), $4, $5)
         on conflict on constraint desk_assignees_pk do nothing",
        ctx.account.0,
        ticket,
        member,
        ctx.actor.user.0,
        ctx.now().0,
    )
    .execute(&mut *tx)
    .await
    .map_err(|error| match violated(&error) {
        Some("desk_assignees_user_fk") => unknown("member"),
        _ => error.into(),
    })?;
    if added.rows_affected() != 0 {
        let made = Made { what: "assigned", was: None, now: name_of(ctx, &mut tx, member).await? };
        changes::record(ctx, &mut tx, ticket, by, &[made]).await?;
        touch(ctx, &mut tx, ticket).await?;
    }
    tx.commit().await?;
    Ok(())
}

pub async fn unassign(ctx: &Ctx, ticket: i64, member: Uuid) -> Result<(), PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    hold(ctx, &mut tx, ticket).await?;
    let gone = sqlx::query!(
        "delete from desk_assignees where account_id = $1 and ticket_number = $2 and user_id = $3",
        ctx.account.0,
        ticket,
        member,
    )
    .execute(&mut *tx)
    .await?;
    if gone.rows_affected() != 0 {
        let made = Made { what: "unassigned", was: name_of(ctx, &mut tx, member).await?, now: None };
        changes::record(ctx, &mut tx, ticket, By::Asker, &[made]).await?;
        touch(ctx, &mut tx, ticket).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn name_of(ctx: &Ctx, tx: &mut TenantTx, member: Uuid) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("select name from users where account_id = $1 and id = $2", ctx.account.0, member)
        .fetch_optional(&mut **tx)
        .await
}

/// Two who are assigned at once do so one after the other: only the first becomes the owner.
async fn hold(ctx: &Ctx, tx: &mut TenantTx, ticket: i64) -> Result<(), PsaError> {
    sqlx::query!(
        "select number from desk_tickets where account_id = $1 and number = $2 for no key update",
        ctx.account.0,
        ticket,
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(drop)
    .ok_or_else(|| PsaError::NotFound(ticket.to_string()))
}
