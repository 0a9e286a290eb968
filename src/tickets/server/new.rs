//! New tickets, also out of a text that somebody pasted.

use std::sync::Arc;

use serde_json::json;

use super::{
    change, desk,
    once::{self, Kind, Try, What},
};
use crate::{
    ai::{
        server::Caller,
        types::{Action, TicketInput, TicketOutput},
    },
    error::AppError,
    pilot::server::text,
    psa::{
        server::Provider,
        types::{Listed, NewTicket, Ticket},
    },
    server::context::Ctx,
    tickets::types::{PastedText, TicketDraft},
};

const SUMMARY: text::Field = text::Field { name: "summary", max: 200 };
const BODY: text::Field = text::Field { name: "body", max: 100_000 };
const NAME: text::Field = text::Field { name: "name", max: 200 };
const PASTED: text::Field = text::Field { name: "text", max: 50_000 };

/// Opens a ticket and gives it as it is then. The same key never opens a second one.
pub async fn create(ctx: &Ctx, new: NewTicket, key: Option<String>) -> Result<Ticket, AppError> {
    let desk = desk(ctx).await?;
    let new = checked(&*desk, new)?;
    let what = what(&*desk, &new, key)?;
    let id = match once::done(ctx, &what).await? {
        Some(opened) => opened,
        None => {
            let once = Try::begin(ctx, &what).await?;
            let (here, there, at_work) = (ctx.clone(), Arc::clone(&desk), once.clone());
            once.run(ctx, async move {
                if let Some(opened) = at_work.kept.clone() {
                    return Ok(opened);
                }
                at_work.may_send()?;
                // It looks by itself whether a ticket of this key is there.
                let opened = there.create(&here, &new, &at_work.key()).await?;
                at_work.keep(&here, &opened).await.map(|()| opened)
            })
            .await?
        }
    };
    Ok(desk.get(ctx, &id).await?)
}

/// The id of the ticket that was opened under this key; 409 where it was another one.
pub async fn opened(ctx: &Ctx, new: NewTicket, key: &str) -> Result<Option<String>, AppError> {
    let desk = desk(ctx).await?;
    once::done(ctx, &what(&*desk, &checked(&*desk, new)?, Some(key.to_owned()))?).await
}

fn what(desk: &dyn Provider, new: &NewTicket, key: Option<String>) -> Result<What, AppError> {
    What::new(Kind::Ticket, desk, "", key, &json!(new))
}

fn checked(desk: &dyn Provider, new: NewTicket) -> Result<NewTicket, AppError> {
    let id = |id: Option<String>| id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
    let name = |name: Option<String>| name.as_deref().map(|name| NAME.optional(name)).transpose().map(Option::flatten);
    let said = |text: Option<String>, read: fn(&str) -> Result<String, AppError>| {
        text.as_deref().map(read).transpose().map(|text| text.filter(|text| !text.is_empty()))
    };
    let new = NewTicket {
        summary: SUMMARY.required(&change::one_line(&new.summary))?,
        body: BODY.optional(&new.body)?.unwrap_or_default(),
        company: name(new.company)?,
        contact: name(new.contact)?,
        company_id: id(new.company_id),
        contact_id: id(new.contact_id),
        contact_email: said(new.contact_email, change::email)?,
        contact_phone: said(new.contact_phone, change::phone)?,
        board_id: id(new.board_id),
        priority_id: id(new.priority_id),
    };
    change::details(desk, new.contact_email.as_deref(), new.contact_phone.as_deref())?;
    Ok(new)
}

/// What a pasted text says of a ticket. Nothing is opened: a person looks it over first.
pub async fn read_text(ctx: &Ctx, pasted: PastedText) -> Result<TicketDraft, AppError> {
    let desk = desk(ctx).await?;
    let input = TicketInput { text: PASTED.required(&pasted.text)? };
    let read = match ask(ctx, &input, false).await {
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(error.code = error.code(), "A model could not read a pasted ticket; it is read by rules.");
            ask(ctx, &input, true).await?
        }
    };
    fill(ctx, &*desk, read).await
}

async fn ask(ctx: &Ctx, input: &TicketInput, built_in: bool) -> Result<TicketOutput, AppError> {
    let caller = Caller { ctx: ctx.clone(), session: None, built_in };
    ctx.platform.ai.json(&caller, Action::TicketParsing, input).await
}

/// Names become records of the ticket system where exactly one has this name.
async fn fill(ctx: &Ctx, desk: &dyn Provider, read: TicketOutput) -> Result<TicketDraft, AppError> {
    let said = |text: Option<String>| text.map(|text| NAME.cut(text.trim())).filter(|text| !text.is_empty());
    let (company, contact) = (said(read.company), said(read.contact));
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let company_id = match &company {
        None => None,
        Some(name) => {
            let found: Listed<_> = desk.companies(ctx, name).await.unwrap_or_default();
            found.items.into_iter().find(|one| same(&one.name, name)).map(|one| one.id)
        }
    };
    let contact_id = match (&company_id, &contact) {
        (Some(company), Some(name)) => {
            let found: Listed<_> = desk.contacts(ctx, company).await.unwrap_or_default();
            found.items.into_iter().find(|one| same(&one.name, name)).map(|one| one.id)
        }
        _ => None,
    };
    let priority_id = match said(read.priority) {
        None => None,
        Some(word) => {
            let found: Listed<_> = desk.priorities(ctx).await.unwrap_or_default();
            found.items.into_iter().find(|one| same(&one.name, &word)).map(|one| one.id)
        }
    };
    Ok(TicketDraft {
        summary: SUMMARY.cut(read.summary.trim()),
        body: BODY.cut(read.description.trim()),
        company_id,
        company,
        contact_id,
        contact,
        priority_id,
    })
}
