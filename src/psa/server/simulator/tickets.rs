//! Tickets: found, opened, changed, merged with what they are about. What ConnectWise silently ignores is ignored here.

use serde_json::{Value, json};

use super::{
    ForeignStatus,
    call::Call,
    fields,
    paging::{self, CONFIGURATION},
    reply::{Answer, Reply},
    world::{World, now},
};

const SUMMARY_LIMIT: usize = 100;
/// Texts of a ticket and how long they may be.
const TEXTS: &[(&str, usize)] = &[
    ("summary", SUMMARY_LIMIT),
    ("contactName", 62),
    ("contactPhoneNumber", 20),
    ("contactEmailAddress", 250),
    ("externalXRef", 100),
    ("poNumber", 50),
    ("automaticEmailCc", 1000),
];
/// What can be written as it comes.
const PLAIN: &[&str] = &[
    "severity",
    "impact",
    "requiredDate",
    "budgetHours",
    "automaticEmailContactFlag",
    "automaticEmailResourceFlag",
    "automaticEmailCcFlag",
    "customerUpdatedFlag",
    "parentTicketId",
    "customFields",
    "type",
    "subType",
    "item",
    "team",
    "source",
    "site",
    "serviceLocation",
    "skipCallback",
];
/// What is answered with 200 and changes nothing.
const IGNORED: &[&str] = &["resources", "closedFlag", "closedDate", "closedBy", "actualHours", "hasChildTicket", "id"];
/// Notes that a new ticket brings along, and the flag each gets.
const INITIAL: &[(&str, &str)] = &[
    ("initialDescription", "detailDescriptionFlag"),
    ("initialInternalAnalysis", "internalAnalysisFlag"),
    ("initialResolution", "resolutionFlag"),
];

pub fn list(world: &World, call: &Call) -> Answer {
    paging::list(world.tickets.values(), fields::TICKET, call)
}

pub fn count(world: &World, call: &Call) -> Answer {
    paging::count(world.tickets.values(), fields::TICKET, call)
}

pub fn get(world: &World, call: &Call, id: &str) -> Answer {
    let (_, ticket) = world.ticket(id)?;
    Ok(Reply::json(200, &paging::shown(ticket, call)))
}

pub fn delete(world: &mut World, id: &str) -> Answer {
    let (id, _) = world.ticket(id)?;
    world.tickets.remove(&id);
    world.notes.retain(|_, note| note["ticketId"] != id);
    world.touch(id, "deleted");
    Ok(Reply::nothing())
}

pub fn create(world: &mut World, call: &Call) -> Answer {
    let new = call.body()?;
    for field in ["summary", "company"] {
        if new[field].is_null() || new[field] == "" {
            return Err(Reply::missing("ticket", field));
        }
    }
    let id = world.next_id();
    let mut ticket = json!({
        "id": id,
        "recordType": "ServiceTicket",
        "severity": "Medium",
        "impact": "Medium",
        "closedFlag": false,
        "customerUpdatedFlag": false,
        "hasChildTicket": false,
        "actualHours": 0.0,
        "automaticEmailContactFlag": false,
        "automaticEmailResourceFlag": false,
        "automaticEmailCcFlag": false,
        "_info": { "dateEntered": now(), "enteredBy": world.options.api_member },
    });
    let first = |table: &super::world::Table| table.keys().next().copied();
    let board = if new["board"].is_null() { json!({ "id": first(&world.boards) }) } else { new["board"].clone() };
    set(world, &mut ticket, "board", &board)?;
    if new["status"].is_null() {
        to_default_status(world, &mut ticket);
    }
    if new["priority"].is_null() {
        let usual = world.priorities.values().find(|one| one["defaultFlag"] == true);
        ticket["priority"] = usual.map_or(Value::Null, priority_of);
    }
    for (field, value) in new.as_object().into_iter().flatten() {
        let later = INITIAL.iter().any(|(initial, _)| initial == field);
        if !later && field != "board" && field != "processNotifications" && !value.is_null() {
            set(world, &mut ticket, field, value)?;
        }
    }
    on_its_board(world, &ticket)?;
    world.tickets.insert(id, ticket);
    for (initial, flag) in INITIAL {
        if let Some(text) = new[*initial].as_str().filter(|text| !text.is_empty()) {
            let mut note = json!({ "text": text, "processNotifications": false });
            note[*flag] = json!(true);
            super::notes::insert(world, id, &note)?;
        }
    }
    world.touch(id, "added");
    let made = world.tickets.get(&id).unwrap_or(&Value::Null);
    Ok(Reply::json(201, &paging::shown(made, call)))
}

pub fn patch(world: &mut World, call: &Call, id: &str, ignores: bool) -> Answer {
    let operations = call.operations()?;
    let (id, ticket) = world.ticket(id)?;
    let mut ticket = ticket.clone();
    let before = ticket["board"]["id"].clone();
    // The board first: the status may be one of the new one.
    let (boards, others): (Vec<_>, Vec<_>) = operations.iter().partition(|(_, path, _)| path == "board");
    for (op, path, value) in boards.into_iter().chain(others) {
        let value = if op == "remove" { &Value::Null } else { value };
        if path.contains('/') {
            continue;
        }
        set(world, &mut ticket, path, value)?;
    }
    let named = |wanted: &str| operations.iter().any(|(_, path, _)| path == wanted);
    if ticket["board"]["id"] != before && !named("status") {
        to_default_status(world, &mut ticket);
    }
    on_its_board(world, &ticket)?;
    if ignores {
        let old = world.tickets.get(&id).unwrap_or(&Value::Null);
        return Ok(Reply::json(200, &paging::shown(old, call)));
    }
    world.tickets.insert(id, ticket);
    world.touch(id, "updated");
    let changed = world.tickets.get(&id).unwrap_or(&Value::Null);
    Ok(Reply::json(200, &paging::shown(changed, call)))
}

fn priority_of(priority: &Value) -> Value {
    let mut found = World::reference(priority, &["id", "name", "level"]);
    found["sort"] = priority["sortOrder"].clone();
    found
}

fn to_default_status(world: &World, ticket: &mut Value) {
    let of_board = |status: &&Value| status["board"]["id"] == ticket["board"]["id"];
    let usual = world.statuses.values().filter(of_board).find(|status| status["defaultFlag"] == true);
    let usual = usual.cloned();
    if let Some(status) = usual {
        enter(world, ticket, &status);
    }
}

fn enter(world: &World, ticket: &mut Value, status: &Value) {
    let closed = status["closedStatus"] == true;
    ticket["status"] = World::reference(status, &["id", "name"]);
    ticket["status"]["sort"] = status["sortOrder"].clone();
    if ticket["closedFlag"] != closed {
        ticket["closedDate"] = if closed { json!(now()) } else { Value::Null };
        ticket["closedBy"] = if closed { json!(world.options.api_member) } else { Value::Null };
    }
    ticket["closedFlag"] = json!(closed);
}

/// The whole ticket is checked at every change.
fn on_its_board(world: &World, ticket: &Value) -> Result<(), Reply> {
    if ticket["status"].is_null() {
        return Err(Reply::missing("ticket", "status"));
    }
    let known = world.statuses.get(&ticket["status"]["id"].as_i64().unwrap_or_default());
    if known.is_some_and(|status| status["board"]["id"] == ticket["board"]["id"]) {
        return Ok(());
    }
    Err(not_on_board(&ticket["status"], &ticket["board"]))
}

fn not_on_board(status: &Value, board: &Value) -> Reply {
    let (named, field) =
        if status["id"].is_null() { (&status["name"], "status/name") } else { (&status["id"], "status/id") };
    let named = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
    let message = format!("Service Status {named} not found for Service Board {}", board["id"]);
    Reply::invalid("ticket", "NotFound", message, field)
}

/// Changes one field of a ticket.
fn set(world: &World, ticket: &mut Value, field: &str, value: &Value) -> Result<(), Reply> {
    let unknown = |what: &str| Reply::invalid("ticket", "NotFound", format!("{what} {value} not found"), field);
    if let Some((_, limit)) = TEXTS.iter().find(|(text, _)| *text == field) {
        let text = value.as_str().unwrap_or_default();
        if text.chars().count() > *limit {
            return Err(Reply::too_long("ticket", field, *limit));
        }
        if field == "summary" && text.trim().is_empty() {
            return Err(Reply::missing("ticket", "summary"));
        }
        ticket[field] = value.clone();
        return Ok(());
    }
    match field {
        "status" => {
            let here = &ticket["board"]["id"];
            let on_board = world.statuses.iter().filter(|(_, status)| status["board"]["id"] == *here);
            let on_board = on_board.map(|(id, status)| (*id, status.clone())).collect();
            match (World::find(&on_board, value), world.options.foreign_status) {
                (Some(status), _) => enter(world, ticket, status),
                (None, ForeignStatus::Ignored) if World::find(&world.statuses, value).is_some() => {}
                (None, _) => return Err(not_on_board(value, &ticket["board"])),
            }
        }
        "board" => {
            let board = World::find(&world.boards, value).ok_or_else(|| unknown("Service Board"))?;
            ticket["board"] = World::reference(board, &["id", "name"]);
        }
        "priority" => {
            let priority = World::find(&world.priorities, value).ok_or_else(|| unknown("Priority"))?;
            ticket["priority"] = priority_of(priority);
        }
        "company" => {
            let company = World::find(&world.companies, value).ok_or_else(|| unknown("Company"))?;
            ticket["company"] = World::reference(company, &["id", "identifier", "name"]);
        }
        "owner" if value.is_null() => ticket["owner"] = Value::Null,
        "owner" => ticket["owner"] = world.member(value, "ticket")?,
        "contact" if value.is_null() => ticket["contact"] = Value::Null,
        "contact" => {
            let contact = World::find(&world.contacts, value).ok_or_else(|| unknown("Contact"))?;
            let name = super::notes::full_name(contact);
            ticket["contact"] = json!({ "id": contact["id"], "name": name });
            ticket["contactName"] = json!(name);
        }
        field if PLAIN.contains(&field) => ticket[field] = value.clone(),
        field if IGNORED.contains(&field) => {}
        field => {
            let message = format!("{field} is not a property of ticket.");
            return Err(Reply::invalid("ticket", "InvalidProperty", message, field));
        }
    }
    Ok(())
}

/// The configurations of a ticket: references only.
pub fn configurations(world: &World, call: &Call, id: &str) -> Answer {
    let (_, ticket) = world.ticket(id)?;
    let ids = ticket[CONFIGURATION]["id"].as_array().cloned().unwrap_or_default();
    let rows = ids.iter().filter_map(|id| world.configurations.get(&id.as_i64()?));
    let rows: Vec<Value> = rows.map(|one| World::reference(one, &["id", "deviceIdentifier", "_info"])).collect();
    paging::list(rows.iter(), fields::CONFIGURATION, call)
}

pub fn attach(world: &mut World, call: &Call, id: &str) -> Answer {
    let (id, _) = world.ticket(id)?;
    let body = call.body()?;
    if body["id"].is_null() && body["deviceIdentifier"].is_null() {
        return Err(Reply::error(400, "InvalidObject", "id or deviceIdentifier is required."));
    }
    let by_device =
        |one: &&Value| !body["deviceIdentifier"].is_null() && one["deviceIdentifier"] == body["deviceIdentifier"];
    let found = World::find(&world.configurations, &body).or_else(|| world.configurations.values().find(by_device));
    let found = found.ok_or_else(|| Reply::not_found("Configuration", &body["id"]))?;
    let reference = World::reference(found, &["id", "deviceIdentifier", "_info"]);
    link(world, id, reference["id"].as_i64().unwrap_or_default());
    Ok(Reply::json(201, &reference))
}

/// Notes that a ticket is about a configuration.
pub fn link(world: &mut World, ticket: i64, configuration: i64) {
    let Some(ticket) = world.tickets.get_mut(&ticket) else { return };
    let mut ids = ticket[CONFIGURATION]["id"].as_array().cloned().unwrap_or_default();
    if !ids.contains(&json!(configuration)) {
        ids.push(json!(configuration));
    }
    ticket[CONFIGURATION] = json!({ "id": ids });
}
