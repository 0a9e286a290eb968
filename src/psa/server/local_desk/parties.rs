//! Whose ticket it is: a company and one of its contacts, by id or by name, and how the contact is reached.

use uuid::Uuid;

use super::{changes::Made, people};
use crate::{
    error::AppError,
    psa::server::PsaError,
    server::{context::Ctx, db::TenantTx},
};

/// Whose ticket it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parties {
    pub company: Option<Uuid>,
    pub contact: Option<Uuid>,
}

/// Whose ticket it shall be. Names are made where they are new; an empty one is nobody.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub company_id: Option<&'a str>,
    pub company: Option<&'a str>,
    pub contact_id: Option<&'a str>,
    pub contact: Option<&'a str>,
}

fn wrong(field: &str, said: impl Into<String>) -> PsaError {
    PsaError::Invalid(AppError::invalid(field, said))
}

/// What is said of company and contact, over what there was `before`. A contact belongs to the company, or it is refused.
pub async fn settle(ctx: &Ctx, tx: &mut TenantTx, said: Said<'_>, before: Parties) -> Result<Parties, PsaError> {
    let company = match (said.company_id, said.company) {
        (Some(id), _) => Some(company_by_id(ctx, tx, id).await?),
        (None, Some(name)) => people::company_named(ctx, tx, name).await?,
        (None, None) => before.company,
    };
    let any_company = company.is_none() && said.company.is_none();
    let contact = match (said.contact_id, said.contact) {
        (Some(id), _) => {
            let (contact, name, of) = contact_by_id(ctx, tx, id).await?;
            if any_company {
                return Ok(Parties { company: of, contact: Some(contact) });
            }
            if of != company {
                let said =
                    format!("{name} is no contact of this company. Choose one of its contacts, or another company.");
                return Err(wrong("contact_id", said));
            }
            Some(contact)
        }
        (None, Some(name)) => people::contact_named(ctx, tx, company, name).await?,
        (None, None) => before.contact.filter(|_| company == before.company),
    };
    Ok(Parties { company, contact })
}

async fn company_by_id(ctx: &Ctx, tx: &mut TenantTx, id: &str) -> Result<Uuid, PsaError> {
    let unknown = || wrong("company_id", "There is no such company. Choose one of the list, or name a new one.");
    let id: Uuid = id.parse().map_err(|_| unknown())?;
    sqlx::query_scalar!("select id from desk_companies where account_id = $1 and id = $2", ctx.account.0, id)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or_else(unknown)
}

/// The contact, their name and their company.
async fn contact_by_id(ctx: &Ctx, tx: &mut TenantTx, id: &str) -> Result<(Uuid, String, Option<Uuid>), PsaError> {
    let unknown = || wrong("contact_id", "There is no such contact. Choose one of the company, or name a new one.");
    let id: Uuid = id.parse().map_err(|_| unknown())?;
    sqlx::query!("select id, name, company_id from desk_contacts where account_id = $1 and id = $2", ctx.account.0, id)
        .fetch_optional(&mut **tx)
        .await?
        .map(|row| (row.id, row.name, row.company_id))
        .ok_or_else(unknown)
}

/// Keeps how the contact is reached; what is empty is taken off, what is missing stays. What that changed.
pub async fn reach(
    ctx: &Ctx,
    tx: &mut TenantTx,
    contact: Option<Uuid>,
    email: Option<&str>,
    phone: Option<&str>,
) -> Result<Vec<Made>, PsaError> {
    let said = [("contact_email", email), ("contact_phone", phone)];
    let Some(contact) = contact else {
        return match said.into_iter().find(|(_, value)| value.is_some_and(|value| !value.is_empty())) {
            Some((field, _)) => Err(wrong(field, "The ticket has no contact to keep this for. Name the contact too.")),
            None => Ok(Vec::new()),
        };
    };
    if email.is_none() && phone.is_none() {
        return Ok(Vec::new());
    }
    let before = sqlx::query!(
        "select email, phone from desk_contacts where account_id = $1 and id = $2 for no key update",
        ctx.account.0,
        contact,
    )
    .fetch_one(&mut **tx)
    .await?;
    let kept = |said: Option<&str>, before: &Option<String>| match said {
        Some(text) => Some(text.to_owned()).filter(|text| !text.is_empty()),
        None => before.clone(),
    };
    let now = [kept(email, &before.email), kept(phone, &before.phone)];
    sqlx::query!(
        "update desk_contacts set email = $3, phone = $4 where account_id = $1 and id = $2",
        ctx.account.0,
        contact,
        now[0],
        now[1],
    )
    .execute(&mut **tx)
    .await?;
    let made = said.into_iter().zip([before.email, before.phone].into_iter().zip(now));
    Ok(made.filter(|(_, (was, now))| was != now).map(|((what, _), (was, now))| Made { what, was, now }).collect())
}
