//! The reactive store around [`PilotData`]: events, snapshots and the answers to writes go in, and only the [`Section`]s that
//! they touch are woken.

use leptos::prelude::{GetUntracked, Notify, ReadUntracked, Write};
use reactive_stores::Store;

use super::{PilotData, PilotDataStoreFields, Section, apply, put, put_fact, touches};
use crate::{
    ids::{FactId, LaneItemId, MessageId, SessionId},
    pilot::types::{Fact, Fix, Hypothesis, Message, Session, Stamped, TaskLane},
};

/// The store of one session's screen.
#[derive(Debug, Clone, Copy)]
pub struct PilotState(pub Store<PilotData>);

/// The last event that was heard when something began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(i64);

impl PilotState {
    pub fn new(session: Session) -> Self {
        Self(Store::new(session.into()))
    }

    /// Which session it is.
    pub fn id(self) -> SessionId {
        self.0.head().read_untracked().id
    }

    /// Follow events from here.
    pub fn last_event_id(self) -> i64 {
        self.0.last_event_id().get_untracked()
    }

    /// Takes an event and wakes what it touched.
    pub fn apply(self, stamped: Stamped) {
        let sections = touches(&stamped.event);
        let Some(mut data) = self.0.try_write_untracked() else { return };
        apply(&mut data, stamped);
        drop(data);
        sections.iter().for_each(|section| self.wake(*section));
    }

    /// Takes a newer snapshot and wakes everything. True: events were missed, so they have to be heard again from there.
    pub fn refresh(self, session: Session) -> bool {
        let Some(mut data) = self.0.try_write_untracked() else { return false };
        let missed = data.missed_events;
        data.refresh(session);
        drop(data);
        self.0.notify();
        missed
    }

    /// Takes the messages before the oldest one.
    pub fn prepend(self, oldest: MessageId, older: Vec<Message>, has_more: bool) {
        if let Some(mut data) = self.0.try_write_untracked() {
            data.prepend(oldest, older, has_more);
        }
        self.wake(Section::Messages);
        self.0.has_more().notify();
    }

    /// What has been heard when a write begins.
    pub fn mark(self) -> Mark {
        Mark(self.last_event_id())
    }

    /// Nothing has been heard since. Otherwise the answer to the write may be older than what is shown, and its own event has come
    /// or comes in a moment.
    pub fn is_at(self, mark: Mark) -> bool {
        self.0.last_event_id().try_get_untracked() == Some(mark.0)
    }

    /// Shows a fact as it is going to be.
    pub fn show_fact(self, fact: Fact) {
        if let Some(mut data) = self.0.try_write_untracked() {
            put_fact(&mut data.facts, fact);
        }
        self.wake(Section::Facts);
    }

    /// Takes a fact from the answer to a write that began at `mark`.
    pub fn absorb_fact(self, mark: Mark, fact: Fact) {
        if self.is_at(mark) {
            self.show_fact(fact);
        }
    }

    /// What was shown was refused: shows what was there before, unless something else has come by now.
    pub fn take_back_fact(self, shown: &Fact, before: Fact) {
        if let Some(mut data) = self.0.try_write_untracked()
            && let Some(fact) = data.facts.iter_mut().find(|fact| *fact == shown)
        {
            *fact = before;
        }
        self.wake(Section::Facts);
    }

    /// Takes a fact off the screen; gives it back for *Undo* and for a refusal.
    pub fn remove_fact(self, id: FactId) -> Option<Fact> {
        let removed = self.0.try_write_untracked().and_then(|mut data| {
            let at = data.facts.iter().position(|fact| fact.id == id)?;
            Some(data.facts.remove(at))
        });
        self.wake(Section::Facts);
        removed
    }

    /// Takes a fix from the answer to a write that began at `mark`; one that was replaced meanwhile does not come back.
    pub fn absorb_fix(self, mark: Mark, fix: Fix) {
        if self.is_at(mark)
            && let Some(mut data) = self.0.try_write_untracked()
            && data.fix.as_ref().is_none_or(|shown| shown.id == fix.id)
        {
            data.put_fix(fix);
        }
        self.wake(Section::Fix);
    }

    /// Takes a cause from the answer to a write that began at `mark`.
    pub fn absorb_hypothesis(self, mark: Mark, hypothesis: Hypothesis) {
        if self.is_at(mark)
            && let Some(mut data) = self.0.try_write_untracked()
        {
            put(&mut data.hypotheses, hypothesis, |hypothesis| hypothesis.id);
        }
        self.wake(Section::Hypotheses);
    }

    /// Takes the named items from the answer to a write; others may be ahead of it.
    pub fn absorb_items(self, lane: TaskLane, named: &[LaneItemId]) {
        if let Some(mut data) = self.0.try_write_untracked() {
            for question in lane.questions.into_iter().filter(|question| named.contains(&question.id)) {
                put(&mut data.lane.questions, question, |question| question.id);
            }
            for check in lane.actions.into_iter().filter(|check| named.contains(&check.id)) {
                put(&mut data.lane.actions, check, |check| check.id);
            }
        }
        self.wake(Section::Lane);
    }

    fn wake(self, section: Section) {
        match section {
            Section::Head => self.0.head().notify(),
            Section::Messages => self.0.messages().notify(),
            Section::Lane => self.0.lane().notify(),
            Section::Facts => self.0.facts().notify(),
            Section::Hypotheses => self.0.hypotheses().notify(),
            Section::Fix => {
                self.0.fix().notify();
                self.0.earlier_fixes().notify();
            }
            Section::Turn => self.0.turn().notify(),
            Section::Streaming => self.0.streaming().notify(),
            Section::Dropped => self.0.dropped().notify(),
            Section::Snapshot => self.0.wants_snapshot().notify(),
        }
    }
}
