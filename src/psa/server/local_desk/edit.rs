//! Changing what a ticket says: its status, its text, whose it is. All of it or nothing, and who did it is kept.

use uuid::Uuid;

use super::{
    PRIORITIES, STATUSES,
    changes::{self, By, Made},
    parties::{self, Parties, Said},
    tickets::{SUMMARY, touch},
};
use crate::{
    error::AppError,
    psa::{server::PsaError, types::TicketChange},
    server::{context::Ctx, db::TenantTx},
};

/// What can be changed about a ticket, as it stands.
struct State {
    summary: String,
    body: String,
    status: String,
    priority: String,
    company_id: Option<Uuid>,
    company: Option<String>,
    contact_id: Option<Uuid>,
    contact: Option<String>,
}

impl State {
    /// What became of it, in the order in which a ticket is read.
    fn until(self, now: Self) -> Vec<Made> {
        let words = |word: String| Some(word.replace('_', " "));
        let all = [
            ("status", words(self.status), words(now.status)),
            ("summary", Some(self.summary), Some(now.summary)),
            ("description", Some(self.body), Some(now.body)),
            ("priority", words(self.priority), words(now.priority)),
            ("company", self.company, now.company),
            ("contact", self.contact, now.contact),
        ];
        let changed = all.into_iter().filter(|(_, was, now)| was != now);
        changed.map(|(what, was, now)| Made { what, was, now }).collect()
    }
}

/// The ticket, held until the transaction ends.
async fn held(ctx: &Ctx, tx: &mut TenantTx, number: i64) -> Result<State, PsaError> {
    sqlx::query_as!(
        State,
        r#"select t.summary, t.body, t.status, t.priority, t.company_id, c.name as "company?", t.contact_id, p.name as "contact?"
             from desk_tickets t
             left join desk_companies c on c.account_id = t.account_id and c.id = t.company_id
             left join desk_contacts p on p.account_id = t.account_id and p.id = t.contact_id
            where t.account_id = $1 and t.number = $2
              for no key update of t"#,
        ctx.account.0,
        number,
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| PsaError::NotFound(number.to_string()))
}

/// What the desk does not know is refused before anything is read.
fn check(change: &TicketChange) -> Result<(), PsaError> {
    let wrong = |field: &str, said: String| Err(PsaError::Invalid(AppError::invalid(field, said)));
    if let Some(status) = change.status_id.as_deref().filter(|status| !STATUSES.contains(status)) {
        let known = STATUSES.join(", ");
        return wrong("status_id", format!("The local desk has no status “{status}”. It has: {known}."));
    }
    if let Some(priority) = change.priority_id.as_deref().filter(|priority| !PRIORITIES.contains(priority)) {
        let known = PRIORITIES.join(", ");
        return wrong("priority_id", format!("The local desk has no priority “{priority}”. It has: {known}."));
    }
    match change.summary.as_deref().map(|summary| summary.chars().count()) {
        Some(0) => wrong("summary", "The summary is empty.".to_owned()),
        Some(length) if length > SUMMARY => {
            wrong("summary", format!("The summary is too long: {SUMMARY} characters at most."))
        }
        _ => Ok(()),
    }
}

/// Changes the ticket; where it says all that already, nothing is done.
pub async fn edit(ctx: &Ctx, number: i64, change: &TicketChange, by: By) -> Result<(), PsaError> {
    check(change)?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let before = held(ctx, &mut tx, number).await?;
    let said = Said {
        company_id: change.company_id.as_deref(),
        company: change.company.as_deref(),
        contact_id: change.contact_id.as_deref(),
        contact: change.contact.as_deref(),
    };
    let parties = Parties { company: before.company_id, contact: before.contact_id };
    let parties = parties::settle(ctx, &mut tx, said, parties).await?;
    let (email, phone) = (change.contact_email.as_deref(), change.contact_phone.as_deref());
    let reach = parties::reach(ctx, &mut tx, parties.contact, email, phone).await?;
    sqlx::query!(
        "update desk_tickets
            set summary = coalesce($3, summary), body = coalesce($4, body), status = coalesce($5, status),
                priority = coalesce($6, priority), company_id = $7, contact_id = $8
          where account_id = $1 and number = $2",
        ctx.account.0,
        number,
        change.summary,
        change.body,
        change.status_id,
        change.priority_id,
        parties.company,
        parties.contact,
    )
    .execute(&mut *tx)
    .await?;
    let mut made = before.until(held(ctx, &mut tx, number).await?);
    made.extend(reach);
    if !made.is_empty() {
        touch(ctx, &mut tx, number).await?;
        changes::record(ctx, &mut tx, number, by, &made).await?;
    }
    tx.commit().await?;
    Ok(())
}
