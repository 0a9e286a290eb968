//! Notes of tickets, and how to know one again.

use serde_json::json;
use time::Duration;
use tokio::time::Instant;

use super::{ConnectWise, call::Call, client::id_of, conditions::Field, number, paging, rights, ticket_number, wire};
use crate::{
    ids::Timestamp,
    psa::{
        server::{NewNote, PsaError},
        types::TicketNote,
    },
    server::context::Ctx,
};

/// So many are read with a ticket.
const NEWEST: u32 = 500;
const PAGE: u32 = 100;
/// Clocks differ by no more.
const SKEW: Duration = Duration::minutes(5);
/// Names that were refused are tried again after this: somebody may have given the permission.
const ALONE: std::time::Duration = std::time::Duration::from_secs(3600);
/// The first note of a ticket is made with it.
const TOGETHER: Duration = Duration::minutes(2);
const FIELDS: &str = "id,text,detailDescriptionFlag,internalAnalysisFlag,resolutionFlag,noteType,member,contact,createdBy,dateCreated,_info";

/// The tabs a note stands on: discussion, internal, resolution.
type Tabs = [bool; 3];

const fn tabs_of(note: &NewNote) -> Tabs {
    // What is internal is on no tab that the customer sees.
    [!note.internal, note.internal, note.resolution && !note.internal]
}

/// Whether two texts are the same note: ConnectWise may write line breaks in its own way, or lose them.
pub fn same_text(one: &str, other: &str) -> bool {
    let letters = |text: &'_ str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    letters(one) == letters(other)
}

fn is_alone(since: Option<Instant>, now: Instant) -> bool {
    since.is_some_and(|since| now.saturating_duration_since(since) < ALONE)
}

fn note_of(note: wire::Note) -> TicketNote {
    let internal = !note.detail_description_flag && !note.resolution_flag;
    let kind = match (note.note_type.as_deref(), note.resolution_flag, internal) {
        (Some("TimeEntryNote"), ..) => "time",
        (_, true, _) => "resolution",
        (_, false, true) => "internal",
        (_, false, false) => "discussion",
    };
    let by =
        [&note.member, &note.contact].into_iter().flatten().map(wire::Reference::label).find(|name| !name.is_empty());
    TicketNote {
        id: note.id.to_string(),
        internal,
        kind: kind.to_owned(),
        author: by.or(note.created_by.clone()).unwrap_or_default(),
        to: None,
        recorded_by: None,
        created_at: note.created().unwrap_or(Timestamp(time::OffsetDateTime::UNIX_EPOCH)),
        body: note.text.unwrap_or_default(),
    }
}

/// What was told of a ticket, oldest first.
#[derive(Debug, Default)]
pub(super) struct Told {
    first: Option<wire::Note>,
    notes: Vec<wire::Note>,
}

impl Told {
    /// How the ticket began, and its notes. ConnectWise keeps the description as the first thing that was said in the discussion;
    /// what is added later stays a note.
    pub(super) fn apart(self, entered: Option<Timestamp>) -> (String, Vec<TicketNote>) {
        let Self { mut first, mut notes } = self;
        let soon = entered.map(|at| at.0 + TOGETHER);
        let begins = |note: &wire::Note| {
            let at_once = soon.zip(note.created()).is_none_or(|(soon, at)| at.0 <= soon);
            at_once && note.detail_description_flag && note.note_type.as_deref() != Some("TimeEntryNote")
        };
        let known = first.take().filter(begins);
        let at = notes.iter().position(|note| known.as_ref().map_or_else(|| begins(note), |first| first.id == note.id));
        let first = at.map(|at| notes.remove(at)).or(known);
        (first.and_then(|note| note.text).unwrap_or_default(), notes.into_iter().map(note_of).collect())
    }
}

impl ConnectWise {
    /// The newest notes of a ticket and, where they are not all, the first thing that was said.
    pub(super) async fn told(&self, ticket: i64) -> Result<Told, PsaError> {
        let of = |what: &str| {
            Call::get(format!("/service/tickets/{ticket}/{what}"), rights::TICKETS).fields(FIELDS).of_ticket(ticket)
        };
        let newest = |what| of(what).order_by("lastUpdated desc").page_size(NEWEST);
        let (mut notes, more) = match paging::page::<wire::Note>(&self.client, &newest("allNotes")).await {
            // Notes of time entries need a permission of their own on some tenants.
            Err(PsaError::Forbidden(_)) => paging::page(&self.client, &newest("notes")).await?,
            other => other?,
        };
        notes.sort_by_key(|note| (note.created(), note.id));
        let mut first = None;
        if more.is_some() {
            let call = of("notes").that(&Field("detailDescriptionFlag").is(true)).order_by("id asc").page_size(1);
            first = paging::page::<wire::Note>(&self.client, &call).await?.0.into_iter().next();
        }
        Ok(Told { first, notes })
    }

    pub(super) async fn note_like(&self, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError> {
        let ticket = ticket_number(ticket)?;
        let since = note.since.0 - SKEW;
        let mut call = Call::get(format!("/service/tickets/{ticket}/notes"), rights::TICKETS)
            .fields(FIELDS)
            .order_by("id desc")
            .page_size(PAGE)
            .of_ticket(ticket);
        let mut found = None;
        loop {
            let (rows, next) = paging::page::<wire::Note>(&self.client, &call).await?;
            let young = |row: &&wire::Note| row.created().is_none_or(|at| at.0 >= since);
            let is_it = |row: &&wire::Note| {
                // Whether it stands on the right tab is for the caller to judge: a second one would not put that right.
                let same = same_text(row.text.as_deref().unwrap_or_default(), &note.body);
                same && !note.others.contains(&row.id.to_string())
            };
            // The first of several is the one that was meant.
            found = rows.iter().filter(young).filter(is_it).map(|row| row.id).min().or(found);
            match next {
                Some(next) if rows.last().as_ref().is_some_and(young) => call = call.at(next),
                _ => return Ok(found.map(|id| id.to_string())),
            }
        }
    }

    pub(super) async fn post_note(&self, ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError> {
        let ticket = ticket_number(ticket)?;
        let [discussion, internal, resolution] = tabs_of(note);
        let body = json!({
            "text": note.body,
            "detailDescriptionFlag": discussion,
            "internalAnalysisFlag": internal,
            "resolutionFlag": resolution,
            "processNotifications": !note.internal,
        });
        let author = match &note.author {
            Some(author) if !is_alone(*self.client.alone(), Instant::now()) => self.identifier(ctx, author).await,
            _ => None,
        };
        let call =
            |body| Call::post(format!("/service/tickets/{ticket}/notes"), rights::TICKETS, body).of_ticket(ticket);
        if let Some(identifier) = author {
            let mut signed = body.clone();
            signed["member"] = json!({ "identifier": identifier });
            match self.client.send(&call(signed)).await {
                // The role lets nobody speak for others, or not for them: then it is the API member's note.
                Err(PsaError::Forbidden(_)) => {
                    let posted = id_of(&self.client.send(&call(body)).await?)?;
                    *self.client.alone() = Some(Instant::now());
                    return Ok(posted);
                }
                Err(PsaError::Refused(why)) if why.to_ascii_lowercase().contains("member") => {}
                other => return id_of(&other?),
            }
        }
        id_of(&self.client.send(&call(body)).await?)
    }

    pub(super) async fn read_note(&self, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError> {
        let (Ok(ticket), Some(note)) = (ticket_number(ticket), number(note)) else { return Ok(None) };
        let call = Call::get(format!("/service/tickets/{ticket}/notes/{note}"), rights::TICKETS)
            .fields(FIELDS)
            .of_ticket(ticket);
        match self.client.send(&call).await {
            Ok(answer) => Ok(Some(note_of(answer.json()?))),
            Err(PsaError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_note_is_known_again_whatever_became_of_its_line_breaks(lines in proptest::collection::vec("[a-z ]{0,12}", 1..6)) {
            let sent = lines.join("\n");
            prop_assert!(same_text(&sent, &lines.join("\r\n")), "carriage returns");
            prop_assert!(same_text(&sent, &format!("{}  \n", lines.join(" "))), "spaces for breaks");
            prop_assert!(same_text(&sent, &lines.concat()), "no breaks");
            let other = format!("{}x", sent);
            prop_assert!(!same_text(&sent, &other));
        }
    }

    #[test]
    fn names_that_were_refused_are_tried_again_after_an_hour() {
        let refused = Instant::now();
        let after = |minutes: u64| is_alone(Some(refused), refused + std::time::Duration::from_secs(60 * minutes));
        assert_eq!((is_alone(None, refused), after(0), after(59), after(60)), (false, true, true, false));
    }

    #[test]
    fn a_note_is_as_public_as_its_tabs() {
        let of = |detail, internal, resolution, kind: Option<&str>| {
            let note = note_of(wire::Note {
                detail_description_flag: detail,
                internal_analysis_flag: internal,
                resolution_flag: resolution,
                note_type: kind.map(str::to_owned),
                ..wire::Note::default()
            });
            (note.kind, note.internal)
        };
        assert_eq!(of(true, false, false, None), ("discussion".to_owned(), false));
        assert_eq!(of(true, true, false, Some("TicketNote")), ("discussion".to_owned(), false));
        assert_eq!(of(true, false, true, None), ("resolution".to_owned(), false));
        assert_eq!(of(false, true, false, None), ("internal".to_owned(), true));
        assert_eq!(of(false, true, false, Some("TimeEntryNote")), ("time".to_owned(), true));
    }
}
