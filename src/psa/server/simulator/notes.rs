//! Notes of tickets, with the tab each stands on, and the list that has those of time entries too.

use serde_json::{Value, json};

use super::{
    Flagless,
    call::Call,
    fields, paging,
    reply::{Answer, Reply},
    world::{World, now},
};

const TABS: [&str; 3] = ["detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"];

pub fn full_name(person: &Value) -> String {
    let part = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}", part("firstName"), part("lastName")).trim().to_owned()
}

fn of(world: &World, ticket: i64) -> impl Iterator<Item = &Value> {
    world.notes.values().filter(move |note| note["ticketId"] == ticket)
}

pub fn list(world: &World, call: &Call, ticket: &str) -> Answer {
    let (ticket, _) = world.ticket(ticket)?;
    paging::list(of(world, ticket), fields::NOTE, call)
}

pub fn count(world: &World, call: &Call, ticket: &str) -> Answer {
    let (ticket, _) = world.ticket(ticket)?;
    paging::count(of(world, ticket), fields::NOTE, call)
}

/// Notes of the ticket and of time entered on it, as one list.
pub fn all(world: &World, call: &Call, ticket: &str) -> Answer {
    let (ticket, record) = world.ticket(ticket)?;
    let reference = json!({ "id": ticket, "summary": record["summary"] });
    let mut rows: Vec<Value> = of(world, ticket).cloned().collect();
    for note in &mut rows {
        note["noteType"] = json!("TicketNote");
    }
    let charged = |entry: &&Value| entry["chargeToId"] == ticket && entry["chargeToType"] == "ServiceTicket";
    let told = |entry: &&Value| entry["notes"].as_str().is_some_and(|text| !text.is_empty());
    rows.extend(world.time.values().filter(charged).filter(told).map(|entry| {
        json!({
            "id": entry["id"],
            "ticketId": ticket,
            "text": entry["notes"],
            "noteType": "TimeEntryNote",
            "detailDescriptionFlag": entry["addToDetailDescriptionFlag"],
            "internalAnalysisFlag": entry["addToInternalAnalysisFlag"],
            "resolutionFlag": entry["addToResolutionFlag"],
            "issueFlag": false,
            "member": entry["member"],
            "dateCreated": entry["_info"]["dateEntered"],
            "createdBy": entry["member"]["identifier"],
            "timeStart": entry["timeStart"],
            "timeEnd": entry["timeEnd"],
            "_info": entry["_info"],
        })
    }));
    for row in &mut rows {
        row["ticket"] = reference.clone();
        row["isMarkdownFlag"] = json!(false);
        row["bundledFlag"] = json!(false);
        row["mergedFlag"] = json!(false);
        row["originalAuthor"] = row["createdBy"].clone();
    }
    paging::list(rows.iter(), fields::ANY_NOTE, call)
}

fn find<'w>(world: &'w World, ticket: i64, note: &str) -> Result<(i64, &'w Value), Reply> {
    let unknown = || Reply::not_found("Note", note);
    let id: i64 = note.parse().map_err(|_| unknown())?;
    world.notes.get(&id).filter(|note| note["ticketId"] == ticket).map(|note| (id, note)).ok_or_else(unknown)
}

pub fn get(world: &World, call: &Call, ticket: &str, note: &str) -> Answer {
    let (ticket, _) = world.ticket(ticket)?;
    Ok(Reply::json(200, &paging::shown(find(world, ticket, note)?.1, call)))
}

pub fn create(world: &mut World, call: &Call, ticket: &str) -> Answer {
    let (ticket, _) = world.ticket(ticket)?;
    let id = insert(world, ticket, &call.body()?)?;
    world.touch(ticket, "updated");
    Ok(Reply::json(201, &paging::shown(world.notes.get(&id).unwrap_or(&Value::Null), call)))
}

/// Checks a note and puts it on the ticket; its id.
pub fn insert(world: &mut World, ticket: i64, new: &Value) -> Result<i64, Reply> {
    let text = checked_text(world, new)?;
    let flag = |name: &str| new[name] == true;
    let mut tabs = TABS.map(flag);
    if tabs == [false; 3] {
        match world.options.flagless {
            Flagless::Refused => return Err(Reply::missing("note", TABS[0])),
            Flagless::Discussion => tabs[0] = true,
        }
    }
    let member = match &new["member"] {
        Value::Null => Value::Null,
        named => world.member(named, "note")?,
    };
    let member = if world.options.notes_as_member { member } else { Value::Null };
    let contact = World::find(&world.contacts, &new["contact"]);
    let contact = contact.map_or(Value::Null, |one| json!({ "id": one["id"], "name": full_name(one) }));
    let notify = new["processNotifications"] != false;
    let mails =
        notify && tabs[0] && world.tickets.get(&ticket).is_some_and(|one| one["automaticEmailContactFlag"] == true);
    world.mails += usize::from(mails);
    let at = now();
    let author = world.options.api_member.clone();
    let note = json!({
        "ticketId": ticket,
        "text": text,
        "detailDescriptionFlag": tabs[0],
        "internalAnalysisFlag": tabs[1],
        "resolutionFlag": tabs[2],
        "issueFlag": flag("issueFlag"),
        "member": member,
        "contact": contact,
        "customerUpdatedFlag": flag("customerUpdatedFlag"),
        "processNotifications": notify,
        "dateCreated": at,
        "createdBy": author,
        "internalFlag": contact.is_null(),
        "externalFlag": !contact.is_null(),
        "_info": { "lastUpdated": at, "updatedBy": author },
    });
    Ok(world.insert(|world| &mut world.notes, note))
}

fn checked_text(world: &World, note: &Value) -> Result<String, Reply> {
    let text = note["text"].as_str().filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Reply::missing("note", "text"))?;
    if text.chars().count() > world.options.longest_note {
        return Err(Reply::too_long("note", "text", world.options.longest_note));
    }
    if world.options.collapses_newlines {
        return Ok(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    Ok(text.to_owned())
}

pub fn patch(world: &mut World, call: &Call, ticket: &str, note: &str) -> Answer {
    let operations = call.operations()?;
    let (ticket, _) = world.ticket(ticket)?;
    let (id, found) = find(world, ticket, note)?;
    let mut note = found.clone();
    for (_, path, value) in operations {
        match path.as_str() {
            "text" => note["text"] = json!(checked_text(world, &json!({ "text": value }))?),
            flag if TABS.contains(&flag) || flag == "issueFlag" => note[flag] = json!(value == true),
            _ => {}
        }
    }
    note["_info"]["lastUpdated"] = json!(now());
    world.notes.insert(id, note);
    world.touch(ticket, "updated");
    Ok(Reply::json(200, &paging::shown(world.notes.get(&id).unwrap_or(&Value::Null), call)))
}

pub fn delete(world: &mut World, ticket: &str, note: &str) -> Answer {
    let (ticket, _) = world.ticket(ticket)?;
    let (id, _) = find(world, ticket, note)?;
    world.notes.remove(&id);
    world.touch(ticket, "updated");
    Ok(Reply::nothing())
}
