//! Who works on a ticket, when, and for how long.

use serde_json::json;

use super::{
    ConnectWise,
    call::Call,
    client::id_of,
    conditions::{Condition, Field, moment},
    fault, listed,
    notes::same_text,
    number, paging,
    patch::{Patch, reference},
    rights, ticket_number, wire,
};
use crate::{
    error::AppError,
    psa::{
        server::PsaError,
        types::{Assignee, Configuration, Listed, NewTimeEntry, ScheduleEntry, TimeEntry},
    },
    server::context::Ctx,
};

/// The type of schedule entries that are service tickets.
const OF_TICKET: i64 = 4;
const ENTRIES: &str = "/schedule/entries";
const TIMES: &str = "/time/entries";
const NEWEST: u32 = 200;
const MOST_DEVICES: usize = 100;
const AT_WORK: &str = "id,owner/id,owner/identifier,owner/name,resources";

/// Who works on a ticket.
struct AtWork {
    owner: Option<i64>,
    there: Vec<Assignee>,
    /// The entries behind that, or why the role may not read them.
    entries: Result<Vec<wire::Entry>, String>,
}

fn member_number(id: &str) -> Result<i64, PsaError> {
    let unknown = || {
        PsaError::Invalid(AppError::invalid("member", "This is not a member of ConnectWise. Choose one from the list."))
    };
    number(id).ok_or_else(unknown)
}

fn minutes_of(entry: &wire::Entry) -> u32 {
    let minutes = (entry.actual_hours.unwrap_or_default() * 60.0).round().clamp(0.0, 525_600.0);
    // Through its decimal text: no cast can go wrong.
    format!("{minutes:.0}").parse().unwrap_or_default()
}

/// The schedule of a ticket as it is shown, with the permission that is missing where it may not be read.
pub(super) fn scheduled(ticket: i64, entries: Result<Vec<wire::Entry>, String>) -> Listed<ScheduleEntry> {
    let entry = |row: wire::Entry| ScheduleEntry {
        id: row.id.to_string(),
        member: row.member.named(),
        starts_at: row.date_start,
        ends_at: row.date_end,
        done: row.done_flag,
    };
    match entries {
        Ok(rows) => Listed { items: rows.into_iter().map(entry).collect(), hint: None },
        Err(_) => Listed { items: Vec::new(), hint: Some(fault::hint(&ConnectWise::entries_call(ticket))) },
    }
}

impl ConnectWise {
    fn entries_call(ticket: i64) -> Call {
        let of = Condition::all([Field("type/id").is(OF_TICKET), Field("objectId").is(ticket)]);
        Call::get(ENTRIES, rights::SCHEDULE)
            .that(&of)
            .fields("id,member/id,member/identifier,member/name,dateStart,dateEnd,doneFlag")
    }

    /// The schedule of a ticket.
    pub(super) async fn entries(&self, ticket: i64) -> Result<Vec<wire::Entry>, PsaError> {
        paging::all(&self.client, Self::entries_call(ticket)).await
    }

    /// The same, or why the role may not read the schedule.
    pub(super) async fn entries_if_allowed(&self, ticket: i64) -> Result<Result<Vec<wire::Entry>, String>, PsaError> {
        match self.entries(ticket).await {
            Err(PsaError::Forbidden(why)) => Ok(Err(why)),
            other => other.map(Ok),
        }
    }

    async fn at_work(&self, ctx: &Ctx, ticket: i64) -> Result<AtWork, PsaError> {
        let (owned, entries) = futures::join!(self.read_ticket(ticket, AT_WORK), self.entries_if_allowed(ticket));
        let (ticket, entries) = (owned?, entries?);
        let there = self.assigned(ctx, &ticket, entries.as_deref().ok()).await;
        Ok(AtWork { owner: ticket.owner.and_then(|owner| owner.id), there, entries })
    }

    pub(super) async fn who(&self, ctx: &Ctx, ticket: &str) -> Result<Vec<Assignee>, PsaError> {
        Ok(self.at_work(ctx, ticket_number(ticket)?).await?.there)
    }

    /// The first becomes the owner, everybody else gets an entry in the schedule. `resources` is derived from those there and
    /// never written.
    pub(super) async fn put_on(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        let (id, who) = (ticket_number(ticket)?, member_number(member)?);
        let there = self.at_work(ctx, id).await?.there;
        if there.iter().any(|one| one.member.id == member) {
            return Ok(());
        }
        if there.is_empty() {
            return self.own(id, Patch::default().replace("owner", reference(who)), Some(who)).await;
        }
        let body = json!({
            "objectId": id,
            "type": { "id": OF_TICKET },
            "member": reference(who),
            "allowScheduleConflictsFlag": true,
        });
        let made = self.client.send(&Call::post(ENTRIES, rights::SCHEDULE, body).of_ticket(id)).await;
        match made {
            // Whether it arrived can be seen.
            Err(PsaError::Unknown(why)) => {
                let arrived =
                    self.entries(id).await.is_ok_and(|entries| entries.iter().any(|one| one.member.id == Some(who)));
                if arrived { Ok(()) } else { Err(PsaError::Unknown(why)) }
            }
            other => other.map(|_| ()),
        }
    }

    /// Changes the owner and sees whether it is as wanted.
    async fn own(&self, ticket: i64, patch: Patch, wanted: Option<i64>) -> Result<(), PsaError> {
        let call = Call::patch(format!("/service/tickets/{ticket}"), rights::TICKETS, &patch).of_ticket(ticket);
        let now: wire::Ticket = self.client.send(&call).await?.json()?;
        if now.owner.and_then(|owner| owner.id) == wanted {
            return Ok(());
        }
        Err(PsaError::Refused(format!(
            "it said yes and left the owner of ticket #{ticket} as it was. A workflow rule of the board may forbid the change."
        )))
    }

    pub(super) async fn take_off(&self, ctx: &Ctx, ticket: &str, member: &str) -> Result<(), PsaError> {
        let (id, who) = (ticket_number(ticket)?, member_number(member)?);
        let AtWork { owner, there, entries } = self.at_work(ctx, id).await?;
        let owns = owner == Some(who);
        match entries {
            Ok(entries) => {
                for entry in entries.iter().filter(|entry| entry.member.id == Some(who)) {
                    self.client.send(&Call::delete(format!("{ENTRIES}/{}", entry.id), rights::SCHEDULE)).await?;
                }
            }
            // Only the schedule has them.
            Err(why) if !owns && there.iter().any(|one| one.member.id == member) => {
                return Err(PsaError::Forbidden(why));
            }
            Err(_) => {}
        }
        if owns {
            self.own(id, Patch::default().remove("owner"), None).await?;
        }
        Ok(())
    }

    pub(super) async fn schedule_of(&self, ticket: &str) -> Result<Listed<ScheduleEntry>, PsaError> {
        let id = ticket_number(ticket)?;
        Ok(scheduled(id, self.entries_if_allowed(id).await?))
    }

    fn times_call(ticket: i64) -> Call {
        let of = Condition::all([Field("chargeToId").is(ticket), Field("chargeToType").is("ServiceTicket")]);
        Call::get(TIMES, rights::TIME)
            .that(&of)
            .order_by("timeStart desc")
            .fields("id,member/id,member/identifier,member/name,timeStart,actualHours,notes")
            .page_size(NEWEST)
    }

    pub(super) async fn times_of(&self, ticket: &str) -> Result<Listed<TimeEntry>, PsaError> {
        let call = Self::times_call(ticket_number(ticket)?);
        let rows = listed(&call, paging::page::<wire::Entry>(&self.client, &call).await.map(|(rows, _)| rows))?;
        let entry = |row: wire::Entry| {
            Some(TimeEntry {
                id: row.id.to_string(),
                member: row.member.label(),
                started_at: row.time_start?,
                minutes: minutes_of(&row),
                note: row.notes.filter(|note| !note.trim().is_empty()),
            })
        };
        Ok(Listed { items: rows.items.into_iter().filter_map(entry).collect(), hint: rows.hint })
    }

    /// The same time of the same member, where it is entered already.
    async fn entered(&self, ticket: i64, member: i64, new: &NewTimeEntry) -> Result<Option<String>, PsaError> {
        let (rows, _) = paging::page::<wire::Entry>(&self.client, &Self::times_call(ticket)).await?;
        let same = |row: &&wire::Entry| {
            row.member.id == Some(member)
                && row.time_start.is_some_and(|at| at.0.unix_timestamp() == new.started_at.0.unix_timestamp())
                // Hours are kept with two decimals there.
                && minutes_of(row).abs_diff(new.minutes) <= 1
                && same_text(row.notes.as_deref().unwrap_or_default(), &new.note)
        };
        Ok(rows.iter().find(same).map(|row| row.id.to_string()))
    }

    pub(super) async fn enter_time(&self, ticket: &str, member: &str, new: &NewTimeEntry) -> Result<String, PsaError> {
        let (id, who) = (ticket_number(ticket)?, member_number(member)?);
        if !(1..=1440).contains(&new.minutes) {
            return Err(PsaError::Invalid(AppError::invalid("minutes", "Enter between 1 minute and 24 hours.")));
        }
        if let Some(entry) = self.entered(id, who, new).await? {
            return Ok(entry);
        }
        let body = json!({
            "chargeToId": id,
            "chargeToType": "ServiceTicket",
            "member": reference(who),
            "timeStart": moment(new.started_at),
            "actualHours": f64::from(new.minutes) / 60.0,
            "notes": new.note,
            "addToDetailDescriptionFlag": false,
            "addToInternalAnalysisFlag": true,
            "addToResolutionFlag": false,
            "emailContactFlag": false,
            "emailResourceFlag": false,
            "emailCcFlag": false,
        });
        let made = self.client.send(&Call::post(TIMES, rights::TIME, body).of_ticket(id)).await;
        match made.and_then(|answer| id_of(&answer)) {
            // Whether it arrived can be seen.
            Err(PsaError::Unknown(why)) => match self.entered(id, who, new).await {
                Ok(Some(entry)) => Ok(entry),
                Ok(None) | Err(_) => Err(PsaError::Unknown(why)),
            },
            other => other,
        }
    }

    /// What the ticket is about: references first, then what is known of each. Their `questions` may hold passwords and are not
    /// asked for.
    pub(super) async fn devices_of(&self, ticket: &str) -> Result<Listed<Configuration>, PsaError> {
        let id = ticket_number(ticket)?;
        let call =
            Call::get(format!("/service/tickets/{id}/configurations"), rights::DEVICES).fields("id").of_ticket(id);
        let references = listed(&call, paging::all::<wire::Reference>(&self.client, call.clone()).await)?;
        let ids: Vec<i64> = references.items.iter().filter_map(|one| one.id).take(MOST_DEVICES).collect();
        if ids.is_empty() {
            return Ok(Listed { items: Vec::new(), hint: references.hint });
        }
        let call = Call::get("/company/configurations", rights::DEVICES).that(&Field("id").one_of(&ids)).fields(
            "id,name,deviceIdentifier,type/id,type/name,serialNumber,modelNumber,tagNumber,ipAddress,osType,osInfo,lastLoginName",
        );
        let devices = listed(&call, paging::all::<wire::Device>(&self.client, call.clone()).await)?;
        let device = |one: wire::Device| Configuration {
            id: one.id.to_string(),
            details: one.details(),
            name: one.name.or(one.device_identifier).unwrap_or_else(|| one.id.to_string()),
            kind: one.kind.map(|kind| kind.label()),
        };
        Ok(Listed { items: devices.items.into_iter().map(device).collect(), hint: devices.hint })
    }
}
