//! Which request is answered by what.

use super::{
    auth,
    call::Call,
    callbacks,
    faults::Mishap,
    lists, notes, paging,
    reply::{Answer, Reply},
    tickets, work,
    world::World,
};

/// Answers a request of the API; `path` is what comes behind the version.
pub fn answer(world: &mut World, call: &Call, path: &[&str], mishap: Option<&Mishap>) -> Answer {
    match (call.method.as_str(), path) {
        ("GET", ["system", "info"]) if world.options.open_info => auth::system_info(),
        // Whoever calls back reads the key that its payload is signed with.
        ("GET", ["system", "callbackkeys", id]) => callbacks::key(id),
        _ => {
            auth::check(call, &world.options)?;
            if mishap == Some(&Mishap::Forbidden) {
                return Err(Reply::forbidden());
            }
            known(world, call, path, mishap == Some(&Mishap::Ignored))
        }
    }
}

fn known(world: &mut World, call: &Call, path: &[&str], ignores: bool) -> Answer {
    match (call.method.as_str(), path) {
        ("GET", ["system", "info"]) => auth::system_info(),
        ("GET", ["service", "tickets"]) => tickets::list(world, call),
        ("GET", ["service", "tickets", "count"]) => tickets::count(world, call),
        ("POST", ["service", "tickets", "search"]) => tickets::list(world, &searching(call)?),
        ("POST", ["service", "tickets"]) => tickets::create(world, call),
        ("GET", ["service", "tickets", id]) => tickets::get(world, call, id),
        ("PATCH", ["service", "tickets", id]) => tickets::patch(world, call, id, ignores),
        ("DELETE", ["service", "tickets", id]) => tickets::delete(world, id),
        ("GET", ["service", "tickets", id, "notes"]) => notes::list(world, call, id),
        ("GET", ["service", "tickets", id, "notes", "count"]) => notes::count(world, call, id),
        ("POST", ["service", "tickets", id, "notes"]) => notes::create(world, call, id),
        ("GET", ["service", "tickets", id, "notes", note]) => notes::get(world, call, id, note),
        ("PATCH", ["service", "tickets", id, "notes", note]) => notes::patch(world, call, id, note),
        ("DELETE", ["service", "tickets", id, "notes", note]) => notes::delete(world, id, note),
        ("GET", ["service", "tickets", id, "allNotes"]) => notes::all(world, call, id),
        ("GET", ["service", "tickets", id, "configurations"]) => tickets::configurations(world, call, id),
        ("POST", ["service", "tickets", id, "configurations"]) => tickets::attach(world, call, id),
        ("GET", ["service", "tickets", id, kind @ ("timeentries" | "scheduleentries")]) => {
            work::references(world, call, id, kind)
        }
        ("GET", ["service", "boards", board, "statuses"]) => lists::statuses(world, call, board),
        ("GET", ["service", "boards", board, "types" | "subtypes" | "items" | "teams"]) => {
            lists::nothing(world, call, board)
        }
        ("POST", ["schedule", "entries"]) => work::schedule(world, call),
        ("PATCH", ["schedule", "entries", id]) => work::reschedule(world, call, id),
        ("DELETE", ["schedule", "entries", id]) => work::unschedule(world, id),
        ("POST", ["time", "entries"]) => work::enter_time(world, call),
        ("POST", ["system", "callbacks"]) => callbacks::create(world, call),
        ("PATCH", ["system", "callbacks", id]) => callbacks::patch(world, call, id),
        ("PUT", ["system", "callbacks", id]) => callbacks::replace(world, call, id),
        ("DELETE", ["system", "callbacks", id]) => callbacks::delete(world, id),
        ("POST", [of @ .., "search"]) if matches!(of, ["company", "companies" | "configurations" | "contacts"]) => {
            listed(world, &searching(call)?, of)
        }
        ("GET", path) => listed(world, call, path),
        _ => Err(unknown(call)),
    }
}

/// A list, how long it is, or one record of it.
fn listed(world: &World, call: &Call, path: &[&str]) -> Answer {
    if let Some((table, fields)) = lists::table(world, path) {
        return paging::list(table.values(), fields, call);
    }
    let (last, of) = path.split_last().ok_or_else(|| unknown(call))?;
    let (table, fields) = lists::table(world, of).ok_or_else(|| unknown(call))?;
    match *last {
        "count" => paging::count(table.values(), fields, call),
        id => lists::get(table, call, of.last().copied().unwrap_or_default(), id),
    }
}

fn searching(call: &Call) -> Result<Call, Reply> {
    Ok(Call { search: call.body()?, ..call.clone() })
}

fn unknown(call: &Call) -> Reply {
    Reply::error(404, "NotFound", format!("There is no {} /{}.", call.method, call.path.join("/")))
}
