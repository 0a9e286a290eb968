//! What the simulated ticket system knows: records as they go over the wire.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::StaticFormatDescription, macros::format_description};

use super::{Options, reply::Reply};

pub type Table = BTreeMap<i64, Value>;

/// Type 4 of a schedule entry: a service ticket.
pub const SERVICE_TICKET: i64 = 4;

const MOMENT: StaticFormatDescription = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// Something that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    pub action: &'static str,
    pub ticket: i64,
}

#[derive(Debug, Default)]
pub struct World {
    pub tickets: Table,
    pub notes: Table,
    pub boards: Table,
    pub statuses: Table,
    pub priorities: Table,
    pub sources: Table,
    pub members: Table,
    pub companies: Table,
    pub contacts: Table,
    pub configurations: Table,
    pub schedule: Table,
    pub time: Table,
    pub work_types: Table,
    pub work_roles: Table,
    pub callbacks: Table,
    /// What happened and was not told yet.
    pub happened: Vec<Happened>,
    /// Mails that public notes sent to contacts.
    pub mails: usize,
    last_id: i64,
    pub options: Options,
}

/// A moment as ConnectWise writes it: whole seconds, UTC.
pub fn moment(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(MOMENT).unwrap_or_default()
}

/// Reads a moment; fractions of a second are refused, as there.
pub fn read_moment(text: &str) -> Option<OffsetDateTime> {
    time::PrimitiveDateTime::parse(text, MOMENT).ok().map(time::PrimitiveDateTime::assume_utc)
}

pub fn now() -> String {
    moment(OffsetDateTime::now_utc())
}

pub fn ago(minutes: i64) -> String {
    moment(OffsetDateTime::now_utc() - Duration::minutes(minutes))
}

impl World {
    pub fn new(options: Options) -> Self {
        Self { last_id: 50_000, options, ..Self::default() }
    }

    pub fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// Adds a record with its `_info`; its id.
    pub fn insert(&mut self, table: fn(&mut Self) -> &mut Table, mut record: Value) -> i64 {
        let id = match record["id"].as_i64() {
            Some(id) => id,
            None => self.next_id(),
        };
        record["id"] = json!(id);
        if record["_info"].is_null() {
            record["_info"] = json!({ "lastUpdated": now(), "updatedBy": self.options.api_member });
        }
        table(self).insert(id, record);
        id
    }

    /// A reference to a record with these of its fields.
    pub fn reference(record: &Value, fields: &[&str]) -> Value {
        let mut found = json!({});
        for field in fields {
            found[*field] = record[*field].clone();
        }
        found
    }

    /// The record that `{"id":n}`, `{"name":"…"}` or `{"identifier":"…"}` means.
    pub fn find<'t>(table: &'t Table, reference: &Value) -> Option<&'t Value> {
        if let Some(id) = reference["id"].as_i64() {
            return table.get(&id);
        }
        ["identifier", "name"].into_iter().find_map(|by| {
            let wanted = reference[by].as_str()?;
            table.values().find(|record| record[by].as_str().is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
        })
    }

    pub fn ticket(&self, id: &str) -> Result<(i64, &Value), Reply> {
        let number = id.parse().map_err(|_| Reply::not_found("Ticket", id))?;
        Ok((number, self.tickets.get(&number).ok_or_else(|| Reply::not_found("Ticket", id))?))
    }

    /// A ticket was changed: it says so, and so does the callback.
    pub fn touch(&mut self, ticket: i64, action: &'static str) {
        let by = self.options.api_member.clone();
        if let Some(record) = self.tickets.get_mut(&ticket) {
            record["_info"]["lastUpdated"] = json!(now());
            record["_info"]["updatedBy"] = json!(by);
        }
        self.happened.push(Happened { action, ticket });
    }

    /// What a ticket derives from other records: who works on it, and how long they did.
    pub fn derive(&mut self, ticket: i64) {
        let on_ticket = |entry: &&Value| entry["objectId"] == ticket && entry["type"]["id"] == SERVICE_TICKET;
        let mut resources: Vec<&str> = Vec::new();
        for entry in self.schedule.values().filter(on_ticket) {
            let member = entry["member"]["identifier"].as_str().unwrap_or_default();
            if !resources.contains(&member) {
                resources.push(member);
            }
        }
        let resources = resources.join(", ");
        let charged = |entry: &&Value| entry["chargeToId"] == ticket && entry["chargeToType"] == "ServiceTicket";
        let hours: f64 = self.time.values().filter(charged).filter_map(|entry| entry["actualHours"].as_f64()).sum();
        if let Some(record) = self.tickets.get_mut(&ticket) {
            record["resources"] = if resources.is_empty() { Value::Null } else { json!(resources) };
            record["actualHours"] = json!(hours);
        }
    }

    pub fn member(&self, reference: &Value, object: &str) -> Result<Value, Reply> {
        let member = Self::find(&self.members, reference)
            .ok_or_else(|| Reply::invalid(object, "NotFound", format!("Member {reference} not found"), "member"))?;
        let name = format!(
            "{} {}",
            member["firstName"].as_str().unwrap_or_default(),
            member["lastName"].as_str().unwrap_or_default()
        );
        let mut found = Self::reference(member, &["id", "identifier"]);
        found["name"] = json!(name);
        Ok(found)
    }
}
