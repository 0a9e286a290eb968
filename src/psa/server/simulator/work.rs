//! Schedule entries, which put people on tickets, and time entries.

use serde_json::{Value, json};
use time::Duration;

use super::{
    call::Call,
    paging,
    reply::{Answer, Reply},
    world::{SERVICE_TICKET, World, moment, now, read_moment},
};

/// What of a time entry is kept as it comes.
const PLAIN: &[&str] = &[
    "hoursDeduct",
    "internalNotes",
    "agreement",
    "locationId",
    "emailContactFlag",
    "emailResourceFlag",
    "emailCcFlag",
];
const TABS: [&str; 3] = ["addToDetailDescriptionFlag", "addToInternalAnalysisFlag", "addToResolutionFlag"];

/// A moment of the body, which may be missing but not malformed.
fn at(object: &str, body: &Value, field: &str) -> Result<Option<time::OffsetDateTime>, Reply> {
    let Some(text) = body[field].as_str() else { return Ok(None) };
    let message = format!("Unsupported format applied to {field}");
    read_moment(text).map(Some).ok_or_else(|| Reply::invalid(object, "InvalidFormat", message, field))
}

fn info(world: &World) -> Value {
    let (at, by) = (now(), &world.options.api_member);
    json!({ "lastUpdated": at, "updatedBy": by, "dateEntered": at, "enteredBy": by })
}

pub fn schedule(world: &mut World, call: &Call) -> Answer {
    let body = call.body()?;
    let ticket = body["objectId"].as_i64().ok_or_else(|| Reply::missing("scheduleEntry", "objectId"))?;
    let of_ticket = body["type"]["id"] == SERVICE_TICKET || body["type"]["identifier"] == "S";
    if !of_ticket {
        return Err(Reply::missing("scheduleEntry", "type"));
    }
    world.ticket(&ticket.to_string())?;
    if body["member"].is_null() {
        return Err(Reply::missing("scheduleEntry", "member"));
    }
    let member = world.member(&body["member"], "scheduleEntry")?;
    let (start, end) = (at("scheduleEntry", &body, "dateStart")?, at("scheduleEntry", &body, "dateEnd")?);
    let hours = start.zip(end).map_or(0.0, |(start, end)| (end - start).as_seconds_f64() / 3600.0);
    let entry = json!({
        "objectId": ticket,
        "name": world.tickets.get(&ticket).map_or(Value::Null, |ticket| ticket["summary"].clone()),
        "member": member,
        "dateStart": start.map(moment),
        "dateEnd": end.map(moment),
        "status": { "id": 2, "name": "Firm" },
        "type": { "id": SERVICE_TICKET, "identifier": "S", "name": "Service Ticket" },
        "doneFlag": false,
        "acknowledgedFlag": false,
        "ownerFlag": false,
        "meetingFlag": false,
        "hours": hours,
        "_info": info(world),
    });
    let id = world.insert(|world| &mut world.schedule, entry);
    world.derive(ticket);
    world.touch(ticket, "updated");
    Ok(Reply::json(201, &paging::shown(world.schedule.get(&id).unwrap_or(&Value::Null), call)))
}

fn scheduled(world: &World, id: &str) -> Result<(i64, Value), Reply> {
    let unknown = || Reply::not_found("Schedule entry", id);
    let number: i64 = id.parse().map_err(|_| unknown())?;
    Ok((number, world.schedule.get(&number).cloned().ok_or_else(unknown)?))
}

pub fn reschedule(world: &mut World, call: &Call, id: &str) -> Answer {
    let operations = call.operations()?;
    let (id, mut entry) = scheduled(world, id)?;
    for (_, path, value) in operations {
        match path.as_str() {
            "doneFlag" => {
                entry["doneFlag"] = json!(value == true);
                entry["closeDate"] = if value == true { json!(now()) } else { Value::Null };
            }
            "dateStart" | "dateEnd" => {
                let body = json!({ "at": value });
                entry[path.as_str()] = json!(at("scheduleEntry", &body, "at")?.map(moment));
            }
            "member" => entry["member"] = world.member(&value, "scheduleEntry")?,
            "member/identifier" => entry["member"] = world.member(&json!({ "identifier": value }), "scheduleEntry")?,
            _ => {}
        }
    }
    let ticket = entry["objectId"].as_i64().unwrap_or_default();
    world.schedule.insert(id, entry);
    world.derive(ticket);
    world.touch(ticket, "updated");
    Ok(Reply::json(200, &paging::shown(world.schedule.get(&id).unwrap_or(&Value::Null), call)))
}

pub fn unschedule(world: &mut World, id: &str) -> Answer {
    let (id, entry) = scheduled(world, id)?;
    world.schedule.remove(&id);
    let ticket = entry["objectId"].as_i64().unwrap_or_default();
    world.derive(ticket);
    world.touch(ticket, "updated");
    Ok(Reply::nothing())
}

/// Entries of a ticket below its own address: references only.
pub fn references(world: &World, call: &Call, ticket: &str, kind: &str) -> Answer {
    let (ticket, _) = world.ticket(ticket)?;
    let (table, owner, fields) = match kind {
        "timeentries" => (&world.time, "chargeToId", super::fields::TIME),
        _ => (&world.schedule, "objectId", super::fields::SCHEDULE),
    };
    let rows = table.values().filter(|entry| entry[owner] == ticket);
    let rows: Vec<Value> = rows.map(|entry| World::reference(entry, &["id", "_info"])).collect();
    paging::list(rows.iter(), fields, call)
}

pub fn enter_time(world: &mut World, call: &Call) -> Answer {
    let body = call.body()?;
    let start = at("timeEntry", &body, "timeStart")?.ok_or_else(|| Reply::missing("timeEntry", "timeStart"))?;
    let end = at("timeEntry", &body, "timeEnd")?;
    let hours = match (end, body["actualHours"].as_f64()) {
        (Some(end), _) if end > start => (end - start).as_seconds_f64() / 3600.0,
        (None, Some(hours)) if hours > 0.0 => hours,
        _ => return Err(Reply::missing("timeEntry", "actualHours")),
    };
    let ticket = body["chargeToId"].as_i64().ok_or_else(|| Reply::missing("timeEntry", "chargeToId"))?;
    if body["chargeToType"] != "ServiceTicket" {
        return Err(Reply::missing("timeEntry", "chargeToType"));
    }
    let (_, charged) = world.ticket(&ticket.to_string())?;
    let status = world.statuses.get(&charged["status"]["id"].as_i64().unwrap_or_default());
    if status.is_some_and(|status| status["timeEntryNotAllowed"] == true) {
        let message = "Time entries are not allowed for the status of this ticket.";
        return Err(Reply::invalid("timeEntry", "InvalidStatus", message, "chargeToId"));
    }
    let member = match &body["member"] {
        Value::Null => world.member(&json!({ "identifier": world.options.api_member }), "timeEntry")?,
        named => world.member(named, "timeEntry")?,
    };
    let work_type = match &body["workType"] {
        Value::Null => world.work_types.values().next(),
        named => Some(World::find(&world.work_types, named).ok_or_else(|| {
            Reply::invalid("timeEntry", "NotFound", format!("Work Type {named} not found"), "workType")
        })?),
    };
    let billable = body["billableOption"].as_str().unwrap_or("Billable");
    if !["Billable", "DoNotBill", "NoCharge", "NoDefault"].contains(&billable) {
        return Err(Reply::invalid("timeEntry", "InvalidValue", "billableOption is not valid.", "billableOption"));
    }
    let end = end.unwrap_or(start + Duration::seconds_f64(hours * 3600.0));
    let mut entry = json!({
        "chargeToId": ticket,
        "chargeToType": "ServiceTicket",
        "member": member,
        "timeStart": moment(start),
        "timeEnd": moment(end),
        "actualHours": hours,
        "workType": work_type.map_or(Value::Null, |one| World::reference(one, &["id", "name"])),
        "billableOption": billable,
        "notes": body["notes"],
        "_info": info(world),
    });
    for field in PLAIN {
        entry[*field] = body[*field].clone();
    }
    for tab in TABS {
        entry[tab] = json!(body[tab] == true);
    }
    let id = world.insert(|world| &mut world.time, entry);
    world.derive(ticket);
    world.touch(ticket, "updated");
    Ok(Reply::json(201, &paging::shown(world.time.get(&id).unwrap_or(&Value::Null), call)))
}
