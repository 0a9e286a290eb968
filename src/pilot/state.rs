//! What the session surface shows, as one store and one pure reducer.
//!
//! [`PilotData`] is made from a [`Session`] snapshot; [`apply`] is the only way it changes from events, and is idempotent: an
//! event that was seen before changes nothing. [`PilotState`] is the reactive store around it. It must not know how events arrive.

use reactive_stores::Store;

use crate::{
    ids::{MessageId, SessionId, TurnId},
    pilot::types::{
        DroppedMarker, Fact, Fix, Hypothesis, ItemStatus, Message, Person, Posted, Problem, Role, Session,
        SessionEvent, SessionStatus, Stamped, TaskLane, TicketLink, Turn, TurnStatus,
    },
};

mod store;
#[cfg(test)]
mod tests;

pub use store::{Mark, PilotState};

/// The session itself, without what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub id: SessionId,
    pub title: String,
    pub status: SessionStatus,
    pub state_version: i64,
    pub user: Person,
    pub writable: bool,
    pub can_reopen: bool,
    pub shared_with: Vec<Person>,
    pub archived: bool,
    pub ticket: Option<TicketLink>,
    pub can_open_ticket: bool,
    /// Counts up when the ticket may stand otherwise than when it was last asked for.
    pub ticket_news: u32,
    pub masked_values: i32,
}

impl Head {
    /// Messages, lane, facts and fixes may be changed by who looks.
    pub fn changeable(&self) -> bool {
        self.writable && self.status == SessionStatus::Open
    }

    /// Takes what no event tells.
    fn take_untold(&mut self, newer: Self) {
        self.ticket = newer.ticket;
        self.can_open_ticket = newer.can_open_ticket;
        self.shared_with = newer.shared_with;
        self.writable = newer.writable;
        self.can_reopen = newer.can_reopen;
    }
}

/// The turn as the screen shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TurnState {
    #[default]
    Idle,
    Running(TurnId),
    /// The last turn failed; it can be tried again.
    Failed(Problem),
}

impl TurnState {
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }
}

/// All that the surface shows of a session.
#[derive(Debug, Clone, PartialEq, Store)]
pub struct PilotData {
    pub head: Head,
    /// Oldest first; those before the first are loaded on demand.
    pub messages: Vec<Message>,
    pub has_more: bool,
    pub lane: TaskLane,
    pub facts: Vec<Fact>,
    pub hypotheses: Vec<Hypothesis>,
    pub fix: Option<Fix>,
    /// Fixes that were superseded, newest last.
    pub earlier_fixes: Vec<Fix>,
    pub posted: Vec<Posted>,
    pub turn: TurnState,
    /// The reply so far, while it is being made.
    pub streaming: Option<String>,
    pub dropped: Vec<DroppedMarker>,
    pub last_event_id: i64,
    /// Events alone do not tell all: the session has to be read again.
    pub wants_snapshot: bool,
    /// Some events never came, so the next snapshot is right, and what follows it is to be heard from there.
    pub missed_events: bool,
}

impl From<Session> for PilotData {
    fn from(session: Session) -> Self {
        let turn = turn_state(session.turn);
        Self {
            head: Head {
                id: session.id,
                title: session.title,
                status: session.status,
                state_version: session.state_version,
                user: session.user,
                writable: session.writable,
                can_reopen: session.can_reopen,
                shared_with: session.shared_with,
                archived: session.archived_at.is_some(),
                ticket: session.ticket,
                can_open_ticket: session.can_open_ticket,
                ticket_news: 0,
                masked_values: session.masked_values,
            },
            messages: session.messages,
            has_more: session.has_more,
            lane: session.task_lane,
            facts: session.facts,
            hypotheses: session.hypotheses,
            fix: session.active_fix,
            earlier_fixes: session.earlier_fixes,
            posted: session.posted,
            streaming: turn.is_running().then(String::new),
            turn,
            dropped: session.dropped_markers,
            last_event_id: session.last_event_id,
            wants_snapshot: false,
            missed_events: false,
        }
    }
}

fn turn_state(turn: Option<Turn>) -> TurnState {
    match turn {
        Some(Turn { id, status: TurnStatus::Running, .. }) => TurnState::Running(id),
        Some(Turn { status: TurnStatus::Failed, problem: Some(problem), .. }) => TurnState::Failed(problem),
        _ => TurnState::Idle,
    }
}

impl PilotData {
    /// Takes a newer snapshot; older messages that were loaded before and join up with it stay.
    pub fn refresh(&mut self, session: Session) {
        let mut fresh = Self::from(session);
        if fresh.last_event_id < self.last_event_id && !self.missed_events {
            // An answer that events have overtaken, as every one during a reply: they are right, but do not tell all.
            self.posted = fresh.posted;
            self.head.take_untold(fresh.head);
            self.wants_snapshot = false;
            return;
        }
        fresh.head.ticket_news = self.head.ticket_news + u32::from(self.missed_events);
        if fresh.turn == self.turn {
            fresh.streaming = self.streaming.take();
        }
        let joint =
            fresh.messages.first().and_then(|first| self.messages.iter().position(|known| known.id == first.id));
        if let Some(at) = joint {
            self.messages.truncate(at);
            self.messages.append(&mut fresh.messages);
            fresh.messages = std::mem::take(&mut self.messages);
            fresh.has_more = self.has_more;
        }
        *self = fresh;
    }

    /// Puts messages before the oldest one, if that is still the one that they were asked for.
    pub fn prepend(&mut self, oldest: MessageId, older: Vec<Message>, has_more: bool) {
        if self.messages.first().is_some_and(|first| first.id == oldest) {
            self.messages.splice(..0, older);
            self.has_more = has_more;
        }
    }

    fn put_message(&mut self, message: Message) {
        if message.role == Role::Assistant {
            self.streaming = None;
        }
        put(&mut self.messages, message, |message| message.id);
    }

    fn put_fix(&mut self, fix: Fix) {
        let shown = self.fix.take_if(|shown| shown.id != fix.id || fix.superseded_at.is_some());
        match (shown, fix.superseded_at.is_some()) {
            (Some(shown), true) if shown.id != fix.id => {
                // A later word on a fix that was replaced before.
                self.fix = Some(shown);
                put(&mut self.earlier_fixes, fix, |fix| fix.id);
            }
            (_, true) => put(&mut self.earlier_fixes, fix, |fix| fix.id),
            (Some(replaced), false) => {
                put(&mut self.earlier_fixes, replaced, |fix| fix.id);
                self.fix = Some(fix);
            }
            (None, false) => self.fix = Some(fix),
        }
    }
}

/// Replaces what has the same key, or appends.
fn put<T, K: PartialEq>(all: &mut Vec<T>, new: T, key: impl Fn(&T) -> K) {
    match all.iter_mut().find(|known| key(known) == key(&new)) {
        Some(known) => *known = new,
        None => all.push(new),
    }
}

/// Puts a fact where the server has it: by age.
fn put_fact(all: &mut Vec<Fact>, new: Fact) {
    match all.iter_mut().find(|known| known.id == new.id) {
        Some(known) => *known = new,
        None => {
            let age = |fact: &Fact| (fact.created_at.0, fact.id.0);
            let at = all.partition_point(|known| age(known) <= age(&new));
            all.insert(at, new);
        }
    }
}

/// The reducer: what the screen shows after `stamped`.
pub fn apply(data: &mut PilotData, stamped: Stamped) {
    if let SessionEvent::SnapshotRequired { .. } = stamped.event {
        data.wants_snapshot = true;
        data.missed_events = true;
        return;
    }
    if stamped.id <= data.last_event_id {
        return;
    }
    data.last_event_id = stamped.id;
    match stamped.event {
        SessionEvent::TurnStarted { turn_id } => {
            data.turn = TurnState::Running(turn_id);
            data.streaming = Some(String::new());
            data.dropped.clear();
        }
        SessionEvent::Message(message) => data.put_message(*message),
        SessionEvent::Delta { text } => data.streaming.get_or_insert_default().push_str(&text),
        SessionEvent::TurnReset { .. } => data.streaming = Some(String::new()),
        SessionEvent::Lane(lane) => data.lane = lane,
        SessionEvent::Fact(fact) => put_fact(&mut data.facts, *fact),
        SessionEvent::FactRemoved { id } => data.facts.retain(|fact| fact.id != id),
        SessionEvent::Hypotheses(hypotheses) => data.hypotheses = hypotheses,
        SessionEvent::Fix(fix) => data.put_fix(*fix),
        SessionEvent::OutcomeProposal { fix_id, proposal } => {
            if let Some(fix) = data.fix.as_mut().filter(|fix| fix.id == fix_id) {
                fix.ai_outcome_proposal = proposal;
            }
        }
        SessionEvent::MarkerDropped { name, reason } => data.dropped.push(DroppedMarker { name, reason }),
        SessionEvent::Session { status, title, state_version, masked_values, shared_with, relinked, archived } => {
            // What was posted and which ticket it is about are not in the events; nor is whether who looks may still do so.
            let status_moved = status != data.head.status || status == SessionStatus::Posting;
            data.wants_snapshot |= status_moved || shared_with.is_some() || relinked == Some(true);
            data.head.masked_values = masked_values;
            data.head.status = status;
            data.head.title = title;
            data.head.archived = archived.unwrap_or(data.head.archived);
            data.head.state_version = state_version;
        }
        SessionEvent::TicketChanged { .. } => data.head.ticket_news += 1,
        SessionEvent::TurnDone { state_version, .. } => {
            data.turn = TurnState::Idle;
            data.streaming = None;
            data.head.state_version = state_version;
        }
        SessionEvent::TurnFailed { problem } => {
            data.turn = TurnState::Failed(problem);
            // What was said until then stays to be read.
            data.streaming = data.streaming.take().filter(|text| !text.is_empty());
        }
        SessionEvent::SnapshotRequired { .. } => {}
    }
}

/// A part of the screen that is drawn by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Head,
    Messages,
    Lane,
    Facts,
    Hypotheses,
    Fix,
    Turn,
    Streaming,
    Dropped,
    Snapshot,
}

/// What [`apply`] may change for this event.
pub const fn touches(event: &SessionEvent) -> &'static [Section] {
    match event {
        SessionEvent::TurnStarted { .. } => &[Section::Turn, Section::Streaming, Section::Dropped],
        SessionEvent::Message(_) => &[Section::Messages, Section::Streaming],
        SessionEvent::Delta { .. } | SessionEvent::TurnReset { .. } => &[Section::Streaming],
        SessionEvent::Lane(_) => &[Section::Lane],
        SessionEvent::Fact(_) | SessionEvent::FactRemoved { .. } => &[Section::Facts],
        SessionEvent::Hypotheses(_) => &[Section::Hypotheses],
        SessionEvent::Fix(_) | SessionEvent::OutcomeProposal { .. } => &[Section::Fix],
        SessionEvent::MarkerDropped { .. } => &[Section::Dropped],
        SessionEvent::Session { .. } => &[Section::Head, Section::Snapshot],
        SessionEvent::TicketChanged { .. } => &[Section::Head],
        SessionEvent::TurnDone { .. } => &[Section::Turn, Section::Streaming, Section::Head],
        SessionEvent::TurnFailed { .. } => &[Section::Turn, Section::Streaming],
        SessionEvent::SnapshotRequired { .. } => &[Section::Snapshot],
    }
}

/// Numbers of the lane's header and buttons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneCount {
    pub open_questions: usize,
    pub open_checks: usize,
    /// Answers and results that the AI has not been told of.
    pub unsent: usize,
}

impl LaneCount {
    pub fn of(lane: &TaskLane) -> Self {
        let open = ItemStatus::Open;
        Self {
            open_questions: lane.questions.iter().filter(|question| question.status == open).count(),
            open_checks: lane.actions.iter().filter(|check| check.status == open).count(),
            unsent: lane.questions.iter().filter(|question| question.unsent).count()
                + lane.actions.iter().filter(|check| check.unsent).count(),
        }
    }

    pub const fn open(self) -> usize {
        self.open_questions + self.open_checks
    }
}
