//! The ticket of a session: linked, taken off, opened from it, and how it stands now. A ticket is read once, when it is linked,
//! and kept as it was then: as context for the AI, never as authority.

pub mod rest;

use uuid::Uuid;

use super::{
    store::{
        postings,
        sessions::{self, LinkedTicket},
    },
    text,
    write::Write,
};
use crate::{
    error::{AppError, Conflict},
    ids::{PostingId, SessionId},
    pilot::types::{TicketLink, TicketState},
    psa::{
        server::Provider,
        types::{Configuration, Listed, NewTicket, Ticket, TicketNote},
    },
    server::context::Ctx,
    tickets,
};

/// So much of a ticket is kept, in characters: of its description, of one note, of all notes, of what it is about.
const DESCRIPTION: usize = 20_000;
const NOTE: usize = 4_000;
const NOTES: usize = 20_000;
const THINGS: usize = 4_000;

/// Reads a ticket with its notes and what it is about.
pub async fn read(ctx: &Ctx, id: &str) -> Result<LinkedTicket, AppError> {
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let ticket = desk.get(ctx, id).await.map_err(|error| match AppError::from(error) {
        AppError::NotFound { .. } => AppError::invalid("ticket_id", there_is_none(id)),
        other => other,
    })?;
    Ok(keep(ctx, &*desk, ticket).await)
}

/// The number is said only where it could be one: what else was sent goes into no text for people.
fn there_is_none(id: &str) -> String {
    let speakable = id.len() <= 40 && id.chars().all(|letter| letter.is_ascii_graphic());
    if speakable { format!("There is no ticket #{id}.") } else { "There is no such ticket.".to_owned() }
}

async fn keep(ctx: &Ctx, desk: &dyn Provider, ticket: Ticket) -> LinkedTicket {
    // What a ticket is about may not be readable; the session starts all the same, and says so.
    let things = match desk.capabilities().configurations {
        true => desk.configurations(ctx, &ticket.summary.id).await,
        false => Ok(Listed::default()),
    };
    let Listed { items: things, hint } =
        things.unwrap_or_else(|error| Listed { items: Vec::new(), hint: Some(AppError::from(error).detail()) });
    LinkedTicket {
        connection: desk.connection().map(str::to_owned),
        hint,
        text: cut(&ticket.body, DESCRIPTION),
        notes: around(&things, &ticket.notes),
        link: TicketLink {
            provider: desk.name().to_owned(),
            id: ticket.summary.id,
            summary: Some(ticket.summary.summary),
            company: Some(ticket.summary.company).filter(|company| !company.is_empty()),
        },
    }
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
    }
}

/// What a ticket is about, and its notes, oldest first; where they are too many, the newest ones.
fn around(things: &[Configuration], notes: &[TicketNote]) -> Option<String> {
    let thing = |thing: &Configuration| {
        let kind = thing.kind.as_deref().map(|kind| format!(" ({kind})")).unwrap_or_default();
        let details =
            thing.details.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ");
        format!("- {}{kind}: {details}", thing.name)
    };
    let things = cut(&things.iter().map(thing).collect::<Vec<_>>().join("\n"), THINGS);
    let note = |note: &TicketNote| {
        let kind = match (note.kind.as_str(), note.internal) {
            ("resolution", _) => "Resolution",
            ("customer", _) => "Customer message",
            (_, true) => "Internal note",
            (_, false) => "Note",
        };
        format!("{kind} by {}, {}:\n{}", note.author, note.created_at.0.date(), cut(&note.body, NOTE))
    };
    let mut room = NOTES;
    let mut kept: Vec<String> = Vec::new();
    for note in notes.iter().rev().map(note) {
        let Some(left) = room.checked_sub(note.chars().count()) else { break };
        room = left;
        kept.push(note);
    }
    let things = (!things.is_empty()).then(|| format!("It is about:\n{things}"));
    let parts: Vec<String> = things.into_iter().chain(kept.into_iter().rev()).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// Links a ticket to the session, in the place of the one before.
pub async fn link(ctx: &Ctx, id: SessionId, ticket: &str) -> Result<(), AppError> {
    let ticket = ticket.trim().trim_start_matches('#');
    // Whoever may not change the session is told so before the ticket system is asked.
    drop(Write::lock_open(ctx, id).await?);
    if ticket.is_empty() {
        return Err(AppError::invalid("ticket_id", "Name the ticket by its number."));
    }
    let linked = read(ctx, ticket).await?;
    set(ctx, id, Some(&linked)).await
}

/// Takes the ticket off the session; nothing where there is none.
pub async fn unlink(ctx: &Ctx, id: SessionId) -> Result<(), AppError> {
    set(ctx, id, None).await
}

async fn set(ctx: &Ctx, id: SessionId, ticket: Option<&LinkedTicket>) -> Result<(), AppError> {
    let write = Write::lock_open(ctx, id).await?;
    put(write, ticket).await
}

async fn put(mut write: Write<'_>, ticket: Option<&LinkedTicket>) -> Result<(), AppError> {
    let (ctx, id) = (write.ctx, write.session.id);
    if ticket.is_none() && write.session.ticket_id.is_none() {
        return Ok(());
    }
    sessions::set_ticket(ctx, write.tx(), id, ticket).await?;
    write.moved();
    write.relinked();
    write.commit().await.map(drop)
}

/// Opens a ticket for a session that has none, and links it. The same key never opens a second one, and is answered as before.
pub async fn open(ctx: &Ctx, id: SessionId, new: NewTicket, key: Option<String>) -> Result<(), AppError> {
    let key = tickets::server::key_of(&format!("{id} {}", text::idempotency_key(key)?));
    let write = Write::lock_open(ctx, id).await?;
    let before = write.session.ticket_id.clone();
    drop(write);
    if let Some(linked) = before {
        if tickets::server::opened(ctx, new, &key).await?.as_ref() == Some(&linked) {
            return Ok(());
        }
        let said = format!("This session is on ticket #{linked} already. Take it off first.");
        return Err(AppError::conflict(Conflict::TicketLinked, said));
    }
    let ticket = tickets::server::create(ctx, new, Some(key)).await?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let opened = keep(ctx, &*desk, ticket).await;
    let write = Write::lock_open(ctx, id).await?;
    match write.session.ticket_id.as_deref() {
        None => put(write, Some(&opened)).await,
        Some(linked) if linked == opened.link.id => Ok(()),
        Some(linked) => {
            let said = format!(
                "Ticket #{} was opened, but this session was linked to #{linked} meanwhile, and stays there. Link the new one instead, or close it in {}.",
                opened.link.id,
                desk.label()
            );
            Err(AppError::conflict(Conflict::TicketLinked, said))
        }
    }
}

/// Ids of the notes that sessions posted on a ticket.
pub async fn posted_on(ctx: &Ctx, desk: &dyn Provider, ticket: &str) -> Result<Vec<String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let notes =
        postings::others_on(ctx, &mut tx, desk.name(), desk.connection(), ticket, PostingId(Uuid::nil())).await?;
    tx.commit().await?;
    Ok(notes)
}

/// Whether the account's ticket system takes new tickets from here.
pub async fn can_be_opened(ctx: &Ctx) -> bool {
    ctx.platform.psa.of_account(ctx).await.is_ok_and(|desk| desk.capabilities().create_tickets)
}

/// How the session's ticket stands in the ticket system now; where that cannot be told, why.
pub async fn state(ctx: &Ctx, id: SessionId) -> Result<Option<TicketState>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
    tx.commit().await?;
    let Some(link) = row.ticket() else { return Ok(None) };
    let connection = row.ticket_connection.as_deref();
    let used = ctx.platform.psa.of_account(ctx).await;
    let here = used.as_ref().is_ok_and(|desk| desk.name() == link.provider && desk.connection() == connection);
    let desk = if here { used } else { ctx.platform.psa.by_name(ctx, &link.provider, connection).await };
    let asked = match desk {
        Ok(desk) => desk.summary(ctx, &link.id).await,
        Err(error) => Err(error),
    };
    Ok(Some(match asked {
        Ok(now) => TicketState {
            id: now.id,
            status: Some(now.status),
            open: now.open,
            company: Some(now.company).filter(|company| !company.is_empty()).or(link.company),
            here,
            problem: None,
            hint: row.ticket_hint,
        },
        Err(error) => TicketState {
            id: link.id,
            status: None,
            open: true,
            company: link.company,
            here,
            problem: Some(AppError::from(error).detail()),
            hint: row.ticket_hint,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(n: usize, body: &str) -> TicketNote {
        TicketNote {
            id: n.to_string(),
            body: body.to_owned(),
            internal: n.is_multiple_of(2),
            kind: "discussion".to_owned(),
            author: "Mo".to_owned(),
            to: None,
            recorded_by: None,
            created_at: crate::ids::Timestamp(time::OffsetDateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn of_many_notes_the_newest_are_kept_in_their_order() {
        let notes: Vec<_> = (0..20).map(|n| note(n, &format!("{n} {}", "x".repeat(3000)))).collect();
        let kept = around(&[], &notes).unwrap();
        assert!(kept.chars().count() <= NOTES + 200, "{}", kept.chars().count());
        assert!(kept.contains("\n19 x") && !kept.contains("\n0 x"));
        assert!(kept.find("\n18 x") < kept.find("\n19 x"));
    }

    #[test]
    fn only_what_could_be_a_number_is_said_back() {
        assert_eq!(there_is_none("4711"), "There is no ticket #4711.");
        for sent in ["\u{0}", "1\n2", "\u{202e}4711", "7".repeat(41).as_str()] {
            assert_eq!(there_is_none(sent), "There is no such ticket.", "{sent:?}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_says_so() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü", 2), "äö…");
    }
}
