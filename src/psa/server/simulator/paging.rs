//! Lists: which rows, in which order, which of their fields, and how to go on.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    conditions,
    fields::{Fields, Kind},
    reply::{Answer, Reply},
};

/// Where a ticket keeps the configurations it is about: looked for, never shown.
pub const CONFIGURATION: &str = "~configuration";

const DEFAULT_SIZE: usize = 25;
const LARGEST_SIZE: usize = 1000;

fn malformed(what: &str) -> Reply {
    Reply::error(400, "InvalidParameter", format!("{what} is not valid."))
}

fn number(call: &Call, name: &str, default: usize) -> Result<usize, Reply> {
    match call.parameter(name) {
        None => Ok(default),
        Some(text) => text.parse().ok().filter(|number| *number > 0).ok_or_else(|| malformed(name)),
    }
}

/// The rows that the call's conditions hold for.
fn chosen<'r>(rows: impl Iterator<Item = &'r Value>, fields: Fields, call: &Call) -> Result<Vec<&'r Value>, Reply> {
    let condition = conditions::read(call.filter("conditions").unwrap_or_default(), fields)?;
    let child = |name: &str| call.filter(name).filter(|text| !text.trim().is_empty());
    let rows_of = child("childConditions").map(|text| conditions::read_child(text, fields)).transpose()?;
    let custom = match child("customFieldConditions") {
        None => None,
        Some(text) => match fields.iter().find(|(name, _)| *name == "customFields") {
            Some((_, Kind::Many(inner))) => Some(("customFields".to_owned(), conditions::read(text, inner)?)),
            _ => return Err(Reply::error(400, "ApiFindCondition", "customFields is not a recognized name.")),
        },
    };
    let children: Vec<_> = rows_of.into_iter().chain(custom).collect();
    let has = |record: &Value| {
        children.iter().all(|(name, inner)| {
            record.get(name).and_then(Value::as_array).is_some_and(|rows| rows.iter().any(|row| inner.holds(row)))
        })
    };
    Ok(rows.filter(|record| condition.holds(record) && has(record)).collect())
}

/// How many rows the call's conditions hold for.
pub fn count<'r>(rows: impl Iterator<Item = &'r Value>, fields: Fields, call: &Call) -> Answer {
    Ok(Reply::json(200, &json!({ "count": chosen(rows, fields, call)?.len() })))
}

/// A page of the rows that the call asks for.
pub fn list<'r>(rows: impl Iterator<Item = &'r Value>, fields: Fields, call: &Call) -> Answer {
    let mut rows = chosen(rows, fields, call)?;
    let size = number(call, "pageSize", DEFAULT_SIZE)?.min(LARGEST_SIZE);
    let id = |row: &Value| row["id"].as_i64().unwrap_or_default();
    let forward = call.header("pagination-type").is_some_and(|kind| kind.eq_ignore_ascii_case("forward-only"));
    let (start, links) = if forward {
        rows.sort_by_key(|row| id(row));
        let after = match call.parameter("pageId") {
            None | Some("") => 0,
            Some(text) => text.parse().map_err(|_| malformed("pageId"))?,
        };
        rows.retain(|row| id(row) > after);
        let last = rows.get(size - 1).filter(|_| rows.len() > size).map(|row| id(row).to_string());
        (0, last.map(|last| ("next", call.with_parameter("pageId", &last))).into_iter().collect::<Vec<_>>())
    } else {
        sort(&mut rows, fields, call)?;
        let page = number(call, "page", 1)?;
        let last = rows.len().div_ceil(size).max(1);
        let to = |page: usize| call.with_parameter("page", &page.to_string());
        let mut links = Vec::new();
        if page < last {
            links.push(("next", to(page + 1)));
            links.push(("last", to(last)));
        }
        if page > 1 {
            links.push(("prev", to(page - 1)));
            links.push(("first", to(1)));
        }
        ((page - 1).saturating_mul(size), links)
    };
    let page: Vec<Value> = rows.iter().skip(start).take(size).map(|row| shown(row, call)).collect();
    let reply = Reply::json(200, &Value::Array(page));
    if links.is_empty() {
        return Ok(reply);
    }
    let links: Vec<String> = links.into_iter().map(|(rel, url)| format!("<{url}>; rel=\"{rel}\"")).collect();
    Ok(reply.with("link", &links.join(", ")))
}

fn sort(rows: &mut [&Value], fields: Fields, call: &Call) -> Result<(), Reply> {
    let mut by = Vec::new();
    for part in call.filter("orderBy").unwrap_or("id").split(',').filter(|part| !part.trim().is_empty()) {
        let mut words = part.split_whitespace();
        let (path, _) = conditions::resolve(words.next().unwrap_or_default(), fields)?;
        let down = match words.next().map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(malformed("orderBy")),
        };
        by.push((path, down));
    }
    fn at<'v>(row: &'v Value, path: &[String]) -> &'v Value {
        path.iter().try_fold(row, |at, step| at.get(step)).unwrap_or(&Value::Null)
    }
    rows.sort_by(|one, two| {
        let orders = by.iter().map(|(path, down)| {
            let order = compare(at(one, path), at(two, path));
            if *down { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

fn compare(one: &Value, two: &Value) -> Ordering {
    match (one, two) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::String(one), Value::String(two)) => one.to_lowercase().cmp(&two.to_lowercase()),
        (Value::Bool(one), Value::Bool(two)) => one.cmp(two),
        (one, two) => one.as_f64().partial_cmp(&two.as_f64()).unwrap_or(Ordering::Equal),
    }
}

/// A record as the call wants to see it.
pub fn shown(record: &Value, call: &Call) -> Value {
    let Some(fields) = call.parameter("fields").filter(|fields| !fields.trim().is_empty()) else {
        let mut whole = record.clone();
        if let Some(whole) = whole.as_object_mut() {
            whole.retain(|name, value| !name.starts_with('~') && !value.is_null());
        }
        return whole;
    };
    let mut found = Value::Object(Map::new());
    for field in fields.split(',').map(str::trim).filter(|field| !field.starts_with('~')) {
        let steps: Vec<&str> = field.split('/').collect();
        let Some(value) = steps.iter().try_fold(record, |at, step| at.get(*step)).filter(|value| !value.is_null())
        else {
            continue;
        };
        put(&mut found, &steps, value);
    }
    found
}

fn put(into: &mut Value, steps: &[&str], value: &Value) {
    let (Some((first, rest)), Some(object)) = (steps.split_first(), into.as_object_mut()) else { return };
    if rest.is_empty() {
        object.insert((*first).to_owned(), value.clone());
    } else {
        put(object.entry((*first).to_owned()).or_insert_with(|| Value::Object(Map::new())), rest, value);
    }
}
