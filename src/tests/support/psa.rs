//! A ticket system in memory: two boards, a few members, and whatever goes wrong when a test says so.

mod faults;
mod records;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use axum::http::HeaderMap;
use flowpilot::{
    page::Page,
    psa::{
        server::{Connect, ConnectWiseKeys, NewNote, Provider, PsaError, Registry, local_desk::LocalDesk},
        types::{
            Assignee, Capabilities, Configuration, Listed, Member, Named, NewTicket, NewTimeEntry, Ticket,
            TicketFilter, TicketNote, TicketStatus, TicketSummary, TimeEntry,
        },
    },
    server::context::{Ctx, now},
};
use secrecy::ExposeSecret;
use tokio::sync::Semaphore;

use faults::Held;
pub use faults::{Fault, On};
pub use records::member;
use records::status;

/// What is in it, for tests to look at and to change.
#[derive(Debug)]
pub struct Inside {
    pub tickets: HashMap<String, TicketSummary>,
    pub notes: Vec<(String, TicketNote)>,
    pub authors: Vec<Option<String>>,
    pub times: Vec<(String, TimeEntry)>,
    pub statuses: Vec<TicketStatus>,
    pub members: Vec<Member>,
    /// A board that is not in use any more: neither it nor its statuses are listed.
    pub unlisted: Option<String>,
    /// What is made of a note's text.
    pub writes: fn(&str) -> String,
    pub watched: Vec<String>,
    /// Lists that may not be read (statuses, members, configurations), and why.
    pub hints: HashMap<&'static str, String>,
    pub keys: Vec<ConnectWiseKeys>,
    pub calls: Vec<On>,
    next: u64,
}

#[derive(Debug, Clone)]
pub struct FakePsa {
    inside: Arc<Mutex<Inside>>,
    faults: Arc<Mutex<HashMap<On, VecDeque<Fault>>>>,
    held: Held,
}

impl FakePsa {
    /// Boards 1 (*Help Desk*: New 11, Completed 12, Escalated 13) and 2 (*Projects*: New 21, Completed 22); ticket 700 on board 1.
    pub fn new() -> Self {
        let statuses = vec![
            status("11", "New", "1", false),
            status("12", "Completed", "1", true),
            status("13", "Escalated", "1", false),
            status("21", "New", "2", false),
            status("22", "Completed", "2", true),
        ];
        let inside = Inside {
            tickets: HashMap::new(),
            notes: Vec::new(),
            authors: Vec::new(),
            times: Vec::new(),
            statuses,
            members: vec![member("5", "Jo Doe", "jo@example.test")],
            unlisted: None,
            writes: str::to_owned,
            watched: Vec::new(),
            hints: HashMap::new(),
            keys: Vec::new(),
            calls: Vec::new(),
            next: 9000,
        };
        let fake = Self { inside: Arc::new(Mutex::new(inside)), faults: Arc::default(), held: Arc::default() };
        fake.ticket("700", "1", "Help Desk", "11");
        fake
    }

    /// A registry whose accounts connect to it.
    pub fn registry(&self) -> Registry {
        Registry::new(Arc::new(LocalDesk), Arc::new(self.clone()))
    }

    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub fn ticket(&self, id: &str, board: &str, board_name: &str, status_id: &str) {
        let named = Named { id: board.to_owned(), name: board_name.to_owned() };
        let ticket = TicketSummary {
            id: id.to_owned(),
            summary: "Outlook asks again and again".to_owned(),
            company: "Contoso".to_owned(),
            contact: None,
            status: "New".to_owned(),
            priority: "Normal".to_owned(),
            open: true,
            updated_at: now(),
            board: Some(named),
            status_id: status_id.to_owned(),
            priority_id: None,
            company_id: None,
            assignees: Vec::new(),
        };
        self.inside().tickets.insert(id.to_owned(), ticket);
    }

    /// The next call of this kind that has no other fault before it.
    pub fn will(&self, on: On, fault: Fault) {
        self.faults.lock().unwrap().entry(on).or_default().push_back(fault);
    }

    /// All calls of this kind from now on say what they should not.
    pub fn is_down(&self, on: On) {
        for _ in 0..64 {
            self.will(on, Fault::Says(PsaError::Unavailable("500 Internal Server Error".to_owned())));
        }
    }

    pub fn is_well(&self) {
        self.faults.lock().unwrap().clear();
    }

    /// Calls of this kind about the ticket are done, and not answered until what is given back is closed.
    pub fn hold(&self, on: On, ticket: &str) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        self.held.lock().unwrap().insert((on, ticket.to_owned()), Arc::clone(&gate));
        gate
    }

    async fn let_go(&self, on: On, ticket: &str) {
        let gate = self.held.lock().unwrap().get(&(on, ticket.to_owned())).cloned();
        if let Some(gate) = gate {
            // It is closed, never given.
            gate.acquire().await.ok();
        }
    }

    pub fn status_of(&self, ticket: &str) -> String {
        self.inside().tickets[ticket].status_id.clone()
    }

    pub fn notes_on(&self, ticket: &str) -> Vec<TicketNote> {
        self.inside().notes.iter().filter(|(on, _)| on == ticket).map(|(_, note)| note.clone()).collect()
    }

    /// What is listed, unless it may not be read.
    fn listed<T>(&self, name: &str, items: impl FnOnce(&Inside) -> Vec<T>) -> Listed<T> {
        let inside = self.inside();
        match inside.hints.get(name) {
            Some(hint) => Listed { items: Vec::new(), hint: Some(hint.clone()) },
            None => items(&inside).into(),
        }
    }

    /// Does `act` as the fault says; whether it was done, and what is told of it.
    fn doing<T>(&self, on: On, act: impl FnOnce(&mut Inside) -> T) -> Result<Option<T>, PsaError> {
        let fault = self.faults.lock().unwrap().get_mut(&on).and_then(VecDeque::pop_front);
        let mut inside = self.inside();
        inside.calls.push(on);
        match fault {
            None => Ok(Some(act(&mut inside))),
            Some(Fault::Ignores) => Ok(None),
            Some(Fault::Says(error)) => Err(error),
            Some(Fault::DoneBut(error)) => {
                act(&mut inside);
                Err(error)
            }
        }
    }
}

impl Connect for FakePsa {
    fn connect(&self, keys: ConnectWiseKeys, _trusted: bool) -> Result<Arc<dyn Provider>, PsaError> {
        self.inside().keys.push(keys);
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Provider for FakePsa {
    fn name(&self) -> &'static str {
        "connectwise"
    }

    fn label(&self) -> &'static str {
        "ConnectWise PSA"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            boards: true,
            act_as_member: true,
            time_entries: true,
            enter_time: true,
            change: true,
            notes: true,
            webhooks: true,
            configurations: true,
            ..Capabilities::default()
        }
    }

    async fn test(&self, _ctx: &Ctx) -> Result<String, PsaError> {
        let key = self.inside().keys.last().map(|keys| keys.private_key.expose_secret().to_owned()).unwrap_or_default();
        let wrong = PsaError::Credentials(format!("401 Unauthorized: {key} is not known."));
        if key.contains("wrong") {
            return Err(wrong);
        }
        self.doing(On::Test, |_| ()).map(|_| "Connected to v2026.4.".to_owned())
    }

    async fn list(&self, _ctx: &Ctx, _filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
        Ok(Page { items: self.inside().tickets.values().cloned().collect(), next_cursor: None })
    }

    async fn get(&self, ctx: &Ctx, id: &str) -> Result<Ticket, PsaError> {
        let summary = self.summary(ctx, id).await?;
        Ok(Ticket {
            summary,
            body: "Since Monday.".to_owned(),
            created_at: now(),
            notes: self.notes_on(id),
            url: None,
            contact_id: None,
            contact_email: None,
            contact_phone: None,
            assigned: Vec::new(),
            schedule: Listed::default(),
            opened_by: None,
            changes: Vec::new(),
        })
    }

    async fn summary(&self, _ctx: &Ctx, id: &str) -> Result<TicketSummary, PsaError> {
        let found = self.doing(On::Summary, |inside| inside.tickets.get(id).cloned())?;
        self.let_go(On::Summary, id).await;
        found.flatten().ok_or_else(|| PsaError::NotFound(id.to_owned()))
    }

    async fn create(&self, _ctx: &Ctx, _new: &NewTicket, _key: &str) -> Result<String, PsaError> {
        Err(PsaError::Unsupported("new tickets"))
    }

    async fn find_note(&self, _ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<Option<String>, PsaError> {
        let inside = self.inside();
        let body = (inside.writes)(&note.body);
        let same = |(on, found): &&(String, TicketNote)| {
            on == ticket && found.body == body && found.created_at >= note.since && !note.others.contains(&found.id)
        };
        Ok(inside.notes.iter().find(same).map(|(_, found)| found.id.clone()))
    }

    async fn add_note(&self, _ctx: &Ctx, ticket: &str, note: &NewNote) -> Result<String, PsaError> {
        let added = self.doing(On::AddNote, |inside| {
            inside.next += 1;
            let id = inside.next.to_string();
            let kind = match (note.resolution, note.internal) {
                (true, _) => "resolution",
                (_, true) => "internal",
                (_, false) => "discussion",
            };
            let added = TicketNote {
                id: id.clone(),
                body: (inside.writes)(&note.body),
                internal: note.internal,
                kind: kind.to_owned(),
                author: note.author.clone().unwrap_or_default(),
                to: None,
                recorded_by: None,
                created_at: now(),
            };
            inside.authors.push(note.author.clone());
            inside.notes.push((ticket.to_owned(), added));
            id
        });
        self.let_go(On::AddNote, ticket).await;
        Ok(added?.unwrap_or_else(|| "1".to_owned()))
    }

    async fn note(&self, _ctx: &Ctx, ticket: &str, note: &str) -> Result<Option<TicketNote>, PsaError> {
        Ok(self.notes_on(ticket).into_iter().find(|found| found.id == note))
    }

    async fn set_status(&self, _ctx: &Ctx, ticket: &str, status: &str) -> Result<(), PsaError> {
        self.doing(On::SetStatus, |inside| {
            let name = inside.statuses.iter().find(|one| one.id == status).map(|one| one.name.clone());
            if let (Some(ticket), Some(name)) = (inside.tickets.get_mut(ticket), name) {
                ticket.status_id = status.to_owned();
                ticket.status = name;
            }
        })?;
        self.let_go(On::SetStatus, ticket).await;
        Ok(())
    }

    async fn boards(&self, _ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        let named = |id: &str, name: &str| Named { id: id.to_owned(), name: name.to_owned() };
        let boards = vec![named("1", "Help Desk"), named("2", "Projects")];
        let unlisted = self.inside().unlisted.clone();
        Ok(boards.into_iter().filter(|board| Some(&board.id) != unlisted.as_ref()).collect::<Vec<_>>().into())
    }

    async fn status_is_there(&self, _ctx: &Ctx, ticket: &TicketSummary, status: &str) -> Result<bool, PsaError> {
        let board = ticket.board.as_ref().map(|board| board.id.clone());
        Ok(self.inside().statuses.iter().any(|one| one.id == status && one.board_id == board))
    }

    async fn statuses(&self, _ctx: &Ctx, board: Option<&str>) -> Result<Listed<TicketStatus>, PsaError> {
        // Over all boards it is one list by name.
        let Some(board) = board else { return Ok(Listed::default()) };
        let listed = self.inside().unlisted.as_deref() != Some(board);
        let of_board = |status: &&TicketStatus| listed && status.board_id.as_deref() == Some(board);
        Ok(self.listed("statuses", |inside| inside.statuses.iter().filter(of_board).cloned().collect()))
    }

    async fn priorities(&self, _ctx: &Ctx) -> Result<Listed<Named>, PsaError> {
        Ok(Listed::default())
    }

    async fn members(&self, _ctx: &Ctx) -> Result<Listed<Member>, PsaError> {
        if let Some(done) = self.doing(On::Members, |_| ())? {
            let () = done;
        }
        Ok(self.listed("members", |inside| inside.members.clone()))
    }

    async fn companies(&self, _ctx: &Ctx, _words: &str) -> Result<Listed<Named>, PsaError> {
        Ok(vec![Named { id: "250".to_owned(), name: "Contoso".to_owned() }].into())
    }

    async fn configurations(&self, _ctx: &Ctx, _ticket: &str) -> Result<Listed<Configuration>, PsaError> {
        Ok(self.listed("configurations", |_| Vec::new()))
    }

    async fn related(&self, _ctx: &Ctx, _ticket: &TicketSummary) -> Result<Listed<TicketSummary>, PsaError> {
        Ok(Listed::default())
    }

    async fn assignees(&self, _ctx: &Ctx, _ticket: &str) -> Result<Vec<Assignee>, PsaError> {
        Ok(Vec::new())
    }

    async fn add_time(&self, _ctx: &Ctx, ticket: &str, member: &str, new: &NewTimeEntry) -> Result<String, PsaError> {
        self.doing(On::LookForTime, |_| ())?;
        let same = |(on, found): &&(String, TimeEntry)| {
            on == ticket && found.started_at == new.started_at && found.minutes == new.minutes && found.member == member
        };
        if let Some((_, found)) = self.inside().times.iter().find(same) {
            return Ok(found.id.clone());
        }
        let added = self.doing(On::AddTime, |inside| {
            inside.next += 1;
            let id = inside.next.to_string();
            let entry = TimeEntry {
                id: id.clone(),
                member: member.to_owned(),
                started_at: new.started_at,
                minutes: new.minutes,
                note: Some(new.note.clone()),
            };
            inside.times.push((ticket.to_owned(), entry));
            id
        })?;
        Ok(added.unwrap_or_else(|| "1".to_owned()))
    }

    async fn watch(&self, _ctx: &Ctx, address: &str) -> Result<String, PsaError> {
        self.doing(On::Watch, |inside| inside.watched.push(address.to_owned()))?;
        Ok(address.to_owned())
    }

    async fn unwatch(&self, _ctx: &Ctx, id: &str) -> Result<(), PsaError> {
        self.inside().watched.retain(|address| address != id);
        Ok(())
    }

    async fn heard(&self, _ctx: &Ctx, headers: &HeaderMap, body: &[u8]) -> Result<Option<String>, PsaError> {
        if headers.get("x-content-signature").is_none_or(|value| value != "signed") {
            return Err(PsaError::Forbidden("The signature is wrong.".to_owned()));
        }
        let said: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        Ok(said["ID"].as_i64().map(|id| id.to_string()))
    }
}
