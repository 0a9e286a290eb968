//! Answers and results are saved as they are typed: gathered for a moment, sent together, kept until the server has them. What
//! could not be saved stays on the screen and in the browser.

use std::{collections::BTreeMap, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{
    error::AppError,
    ids::LaneItemId,
    pilot::{
        rpc,
        state::PilotState,
        types::{AnswerChange, LaneChange, ResultChange},
    },
    ui::{browser, notices::Notices},
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

    /// Output alone is not a result yet: it waits for *Pass* or *Fail*.
    fn is_whole(&self) -> bool {
        match self {
            Self::Answer(_) => true,
            Self::Result(result) => result.result.is_some() || result.output.is_none(),
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
    entries: RwSignal<BTreeMap<LaneItemId, Entry>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Saves {
    /// Takes up again what an earlier page could not save.
    pub fn new(state: PilotState, notices: Notices) -> Self {
        let saves = Self { state, notices, entries: RwSignal::new(BTreeMap::new()), timer: StoredValue::new(None) };
        Effect::new(move |_| {
            let kept = browser::recall(&saves.place()).and_then(|text| serde_json::from_str::<LaneChange>(&text).ok());
            let Some(kept) = kept else { return };
            kept.answers.into_iter().map(Change::Answer).for_each(|change| saves.put(change));
            kept.results.into_iter().map(Change::Result).for_each(|change| saves.put(change));
        });
        saves
    }

    fn place(self) -> String {
        format!("fp:answers:{}", self.state.id())
    }

    fn keep(self) {
        let text = self.entries.with_untracked(|entries| {
            let change = gather(entries.values());
            if entries.is_empty() { String::new() } else { serde_json::to_string(&change).unwrap_or_default() }
        });
        browser::keep(&self.place(), &text);
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
        self.keep();
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
        let Some(sent) = self.entries.try_update(|entries| {
            let due = |entry: &&mut Entry| entry.progress != Progress::Saving && entry.change.is_whole();
            entries
                .values_mut()
                .filter(due)
                .map(|entry| {
                    entry.progress = Progress::Saving;
                    entry.change.clone()
                })
                .collect::<Vec<_>>()
        }) else {
            return false;
        };
        if sent.is_empty() {
            return true;
        }
        let named: Vec<_> = sent.iter().map(Change::id).collect();
        let entries: Vec<_> =
            sent.iter().map(|change| Entry { change: change.clone(), progress: Progress::Saving }).collect();
        let answer = rpc::save_lane(self.state.id(), gather(entries.iter())).await;
        let saved = answer.is_ok();
        match answer {
            Ok(lane) => {
                self.notices.signed_in();
                self.state.absorb_items(lane, &named);
                self.settle(&sent, None);
            }
            Err(error) => {
                if let AppError::Unauthenticated { .. } = error {
                    self.notices.fail(&error);
                }
                self.settle(&sent, Some(&error));
            }
        }
        saved
    }

    /// Gives up a change: the item shows again what the server has.
    pub fn discard(self, id: LaneItemId) {
        self.entries.update(|entries| drop(entries.remove(&id)));
        self.keep();
    }

    /// Marks what was sent, except where something newer has been typed meanwhile.
    fn settle(self, sent: &[Change], error: Option<&AppError>) {
        self.entries.try_update(|entries| {
            for change in sent {
                let Some(entry) = entries.get_mut(&change.id()).filter(|entry| entry.change == *change) else {
                    continue;
                };
                match error {
                    Some(error) => entry.progress = Progress::Failed(error.clone()),
                    None => drop(entries.remove(&change.id())),
                }
            }
        });
        self.keep();
    }
}

fn gather<'a>(entries: impl Iterator<Item = &'a Entry>) -> LaneChange {
    let mut all = LaneChange::default();
    for entry in entries {
        match &entry.change {
            Change::Answer(answer) => all.answers.push(answer.clone()),
            Change::Result(result) => all.results.push(result.clone()),
        }
    }
    all
}
