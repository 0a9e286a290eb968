//! Answers and results are saved as they are typed: gathered for a moment, sent together, kept until the server has them. What
//! could not be saved stays on the screen and in the browser.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::lock::Mutex;
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use super::outbox::Outbox;
use crate::{
    error::{AppError, FieldError},
    ids::LaneItemId,
    pilot::{
        rpc,
        state::PilotState,
        types::{AnswerChange, LaneChange, ResultChange},
    },
    ui::{browser, notices::Notices},
    wire,
};

/// How long one may pause while typing.
const PAUSE: Duration = Duration::from_millis(400);

/// What one item is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Answer(AnswerChange),
    Result(ResultChange),
}

impl Change {
    const fn id(&self) -> LaneItemId {
        match self {
            Self::Answer(answer) => answer.id,
            Self::Result(result) => result.id,
        }
    }

    /// What was typed.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Answer(answer) => answer.answer.as_ref()?.as_deref(),
            Self::Result(result) => result.output.as_ref()?.as_deref(),
        }
    }
}

/// How far a change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not sent yet.
    Typed,
    Saving,
    Failed(AppError),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub change: Change,
    pub progress: Progress,
}

#[derive(Debug, Clone, Copy)]
pub struct Saves {
    state: PilotState,
    notices: Notices,
    outbox: Outbox,
    entries: RwSignal<BTreeMap<LaneItemId, Entry>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// One call at a time: an older answer must not arrive after a newer one.
    turn: StoredValue<Arc<Mutex<()>>>,
}

impl Saves {
    /// Takes up again what an earlier page could not save.
    pub fn new(state: PilotState, notices: Notices, outbox: Outbox) -> Self {
        let (entries, timer, turn) =
            (RwSignal::new(BTreeMap::new()), StoredValue::new(None), StoredValue::new(Arc::default()));
        let saves = Self { state, notices, outbox, entries, timer, turn };
        Effect::new(move |_| {
            let kept = browser::recall(&saves.place()).and_then(|text| wire::read::<LaneChange>(&text).ok());
            let Some(kept) = kept else { return };
            kept.answers.into_iter().map(Change::Answer).for_each(|change| saves.put(change));
            kept.results.into_iter().map(Change::Result).for_each(|change| saves.put(change));
        });
        // What the line kept from being saved is saved when it is back.
        Effect::new(move |_| {
            let heard = window_event_listener(ev::online, move |_| {
                if untrack(|| saves.failed()) {
                    spawn_local(async move {
                        saves.flush().await;
                    });
                }
            });
            on_cleanup(move || heard.remove());
        });
        saves
    }

    fn place(self) -> String {
        format!("fp:answers:{}", self.state.id())
    }

    fn keep(self) {
        let text = self.entries.try_with_untracked(|entries| {
            let change = gather(entries.values().map(|entry| &entry.change));
            if entries.is_empty() { String::new() } else { wire::write(&change).unwrap_or_default() }
        });
        if let Some(text) = text {
            browser::keep(&self.place(), &text);
        }
    }

    /// Something could not be saved.
    pub fn failed(self) -> bool {
        self.entries.with(|entries| entries.values().any(|entry| matches!(entry.progress, Progress::Failed(_))))
    }

    /// What is on its way for this item.
    pub fn entry(self, id: LaneItemId) -> Option<Entry> {
        self.entries.with(|entries| entries.get(&id).cloned())
    }

    /// Saves soon.
    pub fn put(self, change: Change) {
        self.entries.update(|entries| {
            entries.insert(change.id(), Entry { change, progress: Progress::Typed });
        });
        // The answer is seen before it is written down.
        set_timeout(move || self.keep(), Duration::ZERO);
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let later = move || {
            spawn_local(async move {
                self.flush().await;
            });
        };
        self.timer.set_value(set_timeout_with_handle(later, PAUSE).ok());
    }

    /// Saves now what has been typed or has failed; false when something could not be saved.
    pub async fn flush(self) -> bool {
        let Some(turn) = self.turn.try_get_value() else { return false };
        let _turn = turn.lock().await;
        self.entries.try_update(|entries| {
            let failed = entries.values_mut().filter(|entry| matches!(entry.progress, Progress::Failed(_)));
            failed.for_each(|entry| entry.progress = Progress::Typed);
        });
        loop {
            let typed = self.entries.try_update(|entries| {
                let typed = entries.values_mut().filter(|entry| entry.progress == Progress::Typed);
                typed
                    .map(|entry| {
                        entry.progress = Progress::Saving;
                        entry.change.clone()
                    })
                    .collect::<Vec<_>>()
            });
            match typed {
                None => return false,
                Some(typed) if typed.is_empty() => break,
                Some(typed) => self.save(typed).await,
            }
        }
        self.entries.try_with_untracked(BTreeMap::is_empty).unwrap_or(false)
    }

    async fn save(self, sent: Vec<Change>) {
        let change = gather(&sent);
        match rpc::save_lane(self.state.id(), change).await {
            Ok(lane) => {
                self.notices.signed_in();
                let named: Vec<_> = sent.iter().map(Change::id).collect();
                self.state.absorb_items(lane, &named);
                sent.iter().for_each(|change| self.settle(change, None));
            }
            Err(AppError::Invalid { errors }) => self.refused(&sent, errors),
            // One of them is too long, and the others need not wait for it to be shortened.
            Err(AppError::TooLarge { .. }) if sent.len() > 1 => {
                for change in sent {
                    Box::pin(self.save(vec![change])).await;
                }
            }
            Err(error) => {
                if let AppError::Unauthenticated { .. } = error {
                    self.notices.fail(&error);
                }
                sent.iter().for_each(|change| self.settle(change, Some(Progress::Failed(error.clone()))));
            }
        }
    }

    /// Some were refused, and so none was saved: the others are tried again without them. What was typed for an item that is no
    /// longer in the lane goes into the message box.
    fn refused(self, sent: &[Change], errors: Vec<FieldError>) {
        let places = places(sent);
        let mut named = false;
        for error in errors {
            let Some(change) = places.iter().find(|(place, _)| error.field.starts_with(place)).map(|(_, at)| *at)
            else {
                continue;
            };
            named = true;
            if error.field.ends_with("].id") {
                self.discard(change.id());
                if let Some(text) = change.text() {
                    self.outbox.add(text);
                    self.notices.say("What you answered is no longer asked. Your words are in the message box.");
                }
            } else {
                self.settle(change, Some(Progress::Failed(AppError::Invalid { errors: vec![error] })));
            }
        }
        let rest = if named { Progress::Typed } else { Progress::Failed(AppError::Invalid { errors: Vec::new() }) };
        self.entries.try_update(|entries| {
            let saving = entries.values_mut().filter(|entry| entry.progress == Progress::Saving);
            saving.for_each(|entry| entry.progress = rest.clone());
        });
        self.keep();
    }

    /// Gives up a change: the item shows again what the server has.
    pub fn discard(self, id: LaneItemId) {
        self.entries.update(|entries| drop(entries.remove(&id)));
        self.keep();
    }

    /// Marks what was sent, except where something newer has been typed meanwhile. `None`: it is saved.
    fn settle(self, sent: &Change, progress: Option<Progress>) {
        self.entries.try_update(|entries| {
            let Some(entry) = entries.get_mut(&sent.id()).filter(|entry| entry.change == *sent) else { return };
            match progress {
                Some(progress) => entry.progress = progress,
                None => drop(entries.remove(&sent.id())),
            }
        });
        self.keep();
    }
}

fn gather<'a>(changes: impl IntoIterator<Item = &'a Change>) -> LaneChange {
    let mut all = LaneChange::default();
    for change in changes {
        match change {
            Change::Answer(answer) => all.answers.push(answer.clone()),
            Change::Result(result) => all.results.push(result.clone()),
        }
    }
    all
}

/// Where each change stands in what [`gather`] makes of them, as the server names it.
fn places(changes: &[Change]) -> Vec<(String, &Change)> {
    let (mut answers, mut results) = (0.., 0..);
    let place = |change: &Change| match change {
        Change::Answer(_) => format!("answers[{}]", answers.next().unwrap_or(0_usize)),
        Change::Result(_) => format!("results[{}]", results.next().unwrap_or(0_usize)),
    };
    changes.iter().map(place).zip(changes).collect()
}
