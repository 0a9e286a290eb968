//! What there is to choose from: boards and what hangs on them, priorities, members, companies, contacts, configurations.

use super::{
    call::Call,
    fields::{self, Fields},
    paging,
    reply::{Answer, Reply},
    world::{Table, World},
};

/// The list behind a path, if it is one.
pub fn table<'w>(world: &'w World, path: &[&str]) -> Option<(&'w Table, Fields)> {
    Some(match path {
        ["service", "boards"] => (&world.boards, fields::BOARD),
        ["service", "priorities"] => (&world.priorities, fields::PRIORITY),
        ["service", "sources"] => (&world.sources, fields::PLAIN),
        ["system", "members"] | ["system", "info", "members"] => (&world.members, fields::MEMBER),
        ["company", "companies"] => (&world.companies, fields::COMPANY),
        ["company", "contacts"] => (&world.contacts, fields::CONTACT),
        ["company", "configurations"] => (&world.configurations, fields::CONFIGURATION),
        ["schedule", "entries"] => (&world.schedule, fields::SCHEDULE),
        ["time", "entries"] => (&world.time, fields::TIME),
        ["time", "workTypes"] => (&world.work_types, fields::PLAIN),
        ["time", "workRoles"] => (&world.work_roles, fields::PLAIN),
        ["system", "callbacks"] => (&world.callbacks, fields::CALLBACK),
        _ => return None,
    })
}

/// The statuses of one board.
pub fn statuses(world: &World, call: &Call, board: &str) -> Answer {
    let id = board.parse::<i64>().ok().filter(|id| world.boards.contains_key(id));
    let id = id.ok_or_else(|| Reply::not_found("Service Board", board))?;
    paging::list(world.statuses.values().filter(|status| status["board"]["id"] == id), fields::STATUS, call)
}

/// One record of a list.
pub fn get(table: &Table, call: &Call, what: &str, id: &str) -> Answer {
    let found = id.parse().ok().and_then(|id: i64| table.get(&id));
    Ok(Reply::json(200, &paging::shown(found.ok_or_else(|| Reply::not_found(what, id))?, call)))
}

/// What a board could have and these have not: types, items, teams.
pub fn nothing(world: &World, call: &Call, board: &str) -> Answer {
    get(&world.boards, call, "Service Board", board)?;
    paging::list(std::iter::empty(), fields::PLAIN, call)
}
