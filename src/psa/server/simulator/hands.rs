//! What a test does to the ticket system behind FlowPilot's back, and what it finds there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Asked, Fault, ForeignStatus, Sent, Simulator, callbacks, lock, notes, seed,
    world::{Table, World, moment},
};

impl Simulator {
    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Asked> {
        lock(&self.shared.log).clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        lock(&self.shared.log).clear();
    }

    pub fn fault(&self, fault: impl Into<Fault>) {
        lock(&self.shared.faults).add(fault.into());
    }

    /// A share of all requests (0.0 to 1.0) goes wrong from now on; the seed decides which and how.
    pub fn random(&self, seed: u64, rate: f64) {
        lock(&self.shared.faults).at_random(seed, rate, 0.0);
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        lock(&self.shared.faults).clear();
    }

    fn look<T>(&self, at: impl FnOnce(&World) -> T) -> T {
        at(&lock(&self.shared.world))
    }

    fn change<T>(&self, with: impl FnOnce(&mut World) -> T) -> T {
        with(&mut lock(&self.shared.world))
    }

    /// All tickets as they are stored.
    pub fn tickets(&self) -> Vec<Value> {
        self.look(|world| world.tickets.values().cloned().collect())
    }

    pub fn ticket(&self, id: &str) -> Option<Value> {
        self.look(|world| world.ticket(id).ok().map(|(_, ticket)| ticket.clone()))
    }

    /// The notes of a ticket, oldest first.
    pub fn notes(&self, ticket: &str) -> Vec<Value> {
        let of_ticket = |note: &&Value| is(&note["ticketId"], ticket);
        self.look(|world| world.notes.values().filter(of_ticket).cloned().collect())
    }

    /// The schedule entries of a ticket.
    pub fn schedule(&self, ticket: &str) -> Vec<Value> {
        let of_ticket = |entry: &&Value| is(&entry["objectId"], ticket);
        self.look(|world| world.schedule.values().filter(of_ticket).cloned().collect())
    }

    pub fn time_entries(&self, ticket: &str) -> Vec<Value> {
        let of_ticket = |entry: &&Value| is(&entry["chargeToId"], ticket);
        self.look(|world| world.time.values().filter(of_ticket).cloned().collect())
    }

    pub fn callbacks(&self) -> Vec<Value> {
        self.look(|world| world.callbacks.values().cloned().collect())
    }

    /// Mails that notes sent to contacts.
    pub fn mails(&self) -> usize {
        self.look(|world| world.mails)
    }

    /// Every try to call back so far.
    pub fn called_back(&self) -> Vec<Sent> {
        lock(&self.shared.sent).clone()
    }

    /// What a payload is signed with, as its header carries it.
    pub fn signature(&self, body: &[u8]) -> String {
        callbacks::signature(body)
    }

    /// Notes that stand more than once on their ticket: ticket, text and how often.
    pub fn doubled_notes(&self) -> Vec<(String, String, usize)> {
        let mut found = BTreeMap::new();
        self.look(|world| {
            for note in world.notes.values() {
                let text = note["text"].as_str().unwrap_or_default().to_owned();
                *found.entry((note["ticketId"].to_string(), text)).or_insert(0_usize) += 1;
            }
        });
        found.into_iter().filter(|(_, times)| *times > 1).map(|((ticket, text), times)| (ticket, text, times)).collect()
    }

    /// Opens a ticket of the shop's kind; its number.
    pub fn add_ticket(&self, summary: &str) -> String {
        self.change(|world| {
            let id = world.next_id();
            seed::copy(world, id, summary);
            id.to_string()
        })
    }

    /// Changes fields of a ticket as somebody there would.
    pub fn edit_ticket(&self, id: &str, fields: &Value) {
        self.change(|world| {
            let Ok((id, _)) = world.ticket(id) else { return };
            merge(&mut world.tickets, id, fields);
            world.touch(id, "updated");
        });
    }

    pub fn delete_ticket(&self, id: &str) {
        self.change(|world| {
            if let Ok((id, _)) = world.ticket(id) {
                world.tickets.remove(&id);
            }
        });
    }

    pub fn edit_note(&self, note: &str, fields: &Value) {
        self.change(|world| {
            if let Ok(id) = note.parse() {
                merge(&mut world.notes, id, fields);
            }
        });
    }

    pub fn delete_note(&self, note: &str) {
        self.change(|world| note.parse().ok().and_then(|id: i64| world.notes.remove(&id)));
    }

    /// Somebody there writes a note; its id.
    pub fn add_note(&self, ticket: &str, note: &Value) -> Option<String> {
        self.change(|world| {
            let (id, _) = world.ticket(ticket).ok()?;
            notes::insert(world, id, note).ok().map(|id| id.to_string())
        })
    }

    /// Moves a note in time.
    pub fn date_note(&self, note: &str, at: time::OffsetDateTime) {
        self.edit_note(note, &json!({ "dateCreated": moment(at), "_info": { "lastUpdated": moment(at) } }));
    }

    /// A board has a status more; its id.
    pub fn add_status(&self, board: &str, name: &str) -> String {
        self.change(|world| {
            let board = board.parse::<i64>().ok().and_then(|id| world.boards.get(&id).cloned()).unwrap_or_default();
            let status = json!({
                "name": name, "board": World::reference(&board, &["id", "name"]), "sortOrder": 99,
                "displayOnBoard": true, "inactive": false, "closedStatus": false, "timeEntryNotAllowed": false,
                "defaultFlag": false, "escalationStatus": "NoEscalation", "customerPortalFlag": false,
                "saveTimeAsNote": false,
            });
            world.insert(|world| &mut world.statuses, status).to_string()
        })
    }

    pub fn delete_status(&self, status: &str) {
        self.change(|world| status.parse().ok().and_then(|id: i64| world.statuses.remove(&id)));
    }

    /// Somebody more works there; their id.
    pub fn add_member(&self, identifier: &str, name: [&str; 2], email: &str) -> String {
        self.change(|world| seed::add_member(world, None, identifier, name, email, false)).to_string()
    }

    pub fn foreign_status(&self, what: ForeignStatus) {
        self.change(|world| world.options.foreign_status = what);
    }

    /// The tenant has other keys now.
    pub fn change_keys(&self, public: &str, private: &str) {
        self.change(|world| {
            world.options.public_key = public.to_owned();
            world.options.private_key = private.to_owned();
        });
    }
}

/// Whether a reference is the one to this ticket.
fn is(reference: &Value, ticket: &str) -> bool {
    ticket.parse::<i64>().is_ok_and(|ticket| *reference == ticket)
}

fn merge(table: &mut Table, id: i64, fields: &Value) {
    let Some(record) = table.get_mut(&id) else { return };
    for (name, value) in fields.as_object().into_iter().flatten() {
        record[name.as_str()] = value.clone();
    }
}
