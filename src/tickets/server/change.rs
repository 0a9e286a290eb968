//! Changing a ticket: its status, and where the ticket system lets us, what it says and whose it is. What was written is read back.

use super::desk;
use crate::{
    error::{AppError, Upstream},
    pilot::{self, server::text},
    psa::{
        server::Provider,
        types::{Ticket, TicketChange},
    },
    server::context::Ctx,
};

const SUMMARY: text::Field = text::Field { name: "summary", max: 200 };
const BODY: text::Field = text::Field { name: "body", max: 100_000 };
const COMPANY: text::Field = text::Field { name: "company", max: 200 };
const CONTACT: text::Field = text::Field { name: "contact", max: 200 };
const EMAIL: text::Field = text::Field { name: "contact_email", max: 254 };
const PHONE: text::Field = text::Field { name: "contact_phone", max: 60 };

/// Changes the ticket and gives it as it is then. What did not take is an error.
pub async fn change(ctx: &Ctx, id: &str, change: TicketChange) -> Result<Ticket, AppError> {
    let desk = desk(ctx).await?;
    let change = plain(change)?;
    let can = desk.capabilities();
    match (change.edits(), change.status_id.as_deref()) {
        (None, None) => return Ok(desk.get(ctx, id).await?),
        (None, Some(status)) => desk.set_status(ctx, id, status).await?,
        (Some(field), _) if !can.edit => return Err(not_here(&*desk, field)),
        (Some(_), _) => {
            details(&*desk, change.contact_email.as_deref(), change.contact_phone.as_deref())?;
            desk.edit(ctx, id, &change).await?;
        }
    }
    // A ticket system tells of what others change, not of this.
    pilot::server::ticket_changed(ctx, desk.name(), id);
    let now = desk.get(ctx, id).await?;
    match change.status_id.filter(|status| now.summary.status_id != *status) {
        Some(_) => Err(AppError::Upstream {
            code: Upstream::PsaStatusNotVerified,
            detail: format!(
                "{} took the change of ticket #{id} and did not make it: the status is still “{}”. A rule of the board may not allow the step; look there.",
                desk.label(),
                now.summary.status.replace('_', " ")
            ),
        }),
        None => Ok(now),
    }
}

fn not_here(desk: &dyn Provider, field: &str) -> AppError {
    let label = desk.label();
    AppError::invalid(field, format!("FlowPilot changes only the status of tickets in {label}. Change the rest there."))
}

/// E-mail and phone of a contact, where the ticket system keeps them from here.
pub fn details(desk: &dyn Provider, email: Option<&str>, phone: Option<&str>) -> Result<(), AppError> {
    let said = [("contact_email", email), ("contact_phone", phone)].into_iter().find(|(_, value)| value.is_some());
    match said {
        Some((field, _)) if !desk.capabilities().contact_details => {
            let label = desk.label();
            Err(AppError::invalid(field, format!("Contacts are kept in {label}. Enter their e-mail and phone there.")))
        }
        _ => Ok(()),
    }
}

/// The change as it is stored: trimmed, of a fitting length, without what says nothing.
fn plain(change: TicketChange) -> Result<TicketChange, AppError> {
    let id = |id: Option<String>| id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    let or_empty = |text: Option<String>, field: text::Field| {
        text.map(|text| field.optional(&text).map(Option::unwrap_or_default)).transpose()
    };
    Ok(TicketChange {
        status_id: id(change.status_id),
        summary: change.summary.map(|summary| SUMMARY.required(&one_line(&summary))).transpose()?,
        body: or_empty(change.body, BODY)?,
        priority_id: id(change.priority_id),
        company_id: id(change.company_id),
        company: or_empty(change.company, COMPANY)?,
        contact_id: id(change.contact_id),
        contact: or_empty(change.contact, CONTACT)?,
        contact_email: change.contact_email.as_deref().map(email).transpose()?,
        contact_phone: change.contact_phone.as_deref().map(phone).transpose()?,
    })
}

/// A summary is one line.
pub fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}

/// An address that a mail can be sent to, or nothing.
pub fn email(text: &str) -> Result<String, AppError> {
    let email = EMAIL.optional(text)?.unwrap_or_default();
    let fits = email.split_once('@').is_some_and(|(name, place)| {
        !name.is_empty() && !place.is_empty() && !place.contains('@') && !email.contains(char::is_whitespace)
    });
    match email.is_empty() || fits {
        true => Ok(email),
        false => Err(AppError::invalid(EMAIL.name, "Enter an e-mail address like name@example.com.")),
    }
}

/// A number that can be called, or nothing.
pub fn phone(text: &str) -> Result<String, AppError> {
    let phone = PHONE.optional(text)?.unwrap_or_default();
    match phone.is_empty() || (phone.contains(|c: char| c.is_ascii_digit()) && !phone.contains('\n')) {
        true => Ok(phone),
        false => Err(AppError::invalid(PHONE.name, "Enter a phone number like +44 20 7946 0018.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_written_to_and_called_is_kept() {
        for (text, kept) in
            [(" jo@x.example ", Some("jo@x.example")), ("", Some("")), ("jo", None), ("a b@c", None), ("a@b@c", None)]
        {
            assert_eq!(email(text).ok().as_deref(), kept, "{text}");
        }
        for (text, kept) in
            [("+1 206 555 0134 ext. 7", Some("+1 206 555 0134 ext. 7")), (" ", Some("")), ("none", None)]
        {
            assert_eq!(phone(text).ok().as_deref(), kept, "{text}");
        }
    }

    #[test]
    fn a_change_that_is_empty_is_told_from_one_that_is_missing() {
        let said =
            TicketChange { company: Some(" ".to_owned()), summary: Some("a\nb".to_owned()), ..TicketChange::default() };
        let plain = plain(said).unwrap();
        assert_eq!((plain.company.as_deref(), plain.contact.as_deref()), (Some(""), None));
        assert_eq!(plain.summary.as_deref(), Some("a b"));
    }
}
