//! The message on its way: shown at once, under an id made here, kept with its text until the server has it. A retry uses the
//! same id, so that nothing is said twice.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use crate::{
    error::{AppError, Conflict},
    ids::{MessageId, SessionId},
    pilot::{
        rpc,
        state::{PilotDataStoreFields, PilotState},
        types::{NewMessage, Role},
    },
    ui::{browser, notices::Notices},
};

/// A message that the server may not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    key: String,
    pub text: String,
    pub error: Option<AppError>,
    /// The person's last message before this one.
    after: Option<MessageId>,
}

#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    session: SessionId,
    state: PilotState,
    notices: Notices,
    pub outgoing: RwSignal<Option<Outgoing>>,
    /// What is in the message box.
    pub draft: RwSignal<String>,
}

impl Outbox {
    /// An outbox whose draft comes back after a reload.
    pub fn new(state: PilotState, notices: Notices) -> Self {
        let (outgoing, draft) = (RwSignal::new(None), RwSignal::new(String::new()));
        let outbox = Self { session: state.id(), state, notices, outgoing, draft };
        Effect::new(move |_| {
            if let Some(kept) = browser::recall(&outbox.place()) {
                outbox.draft.set(kept);
            }
        });
        // There is one turn at a time: a newer message of a person is the one that was on its way.
        Effect::new(move |_| {
            let last = outbox.last_said();
            if outbox.outgoing.with_untracked(|outgoing| outgoing.as_ref().is_some_and(|it| it.after != last)) {
                outbox.arrived();
            }
        });
        outbox
    }

    fn last_said(self) -> Option<MessageId> {
        let said = |message: &&crate::pilot::types::Message| message.role == Role::User;
        self.state.0.messages().with(|messages| messages.iter().rev().find(said).map(|message| message.id))
    }

    fn put(self, text: String) {
        let key = Uuid::now_v7().to_string();
        self.outgoing.set(Some(Outgoing { key, text, error: None, after: untrack(|| self.last_said()) }));
    }

    fn place(self) -> String {
        format!("fp:draft:{}", self.session)
    }

    /// Keeps what is not on the server yet.
    fn keep(self) {
        let on_its_way = self.outgoing.with_untracked(|outgoing| outgoing.as_ref().map(|it| it.text.clone()));
        let draft = self.draft.get_untracked();
        let all =
            [on_its_way.unwrap_or_default(), draft].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        browser::keep(&self.place(), &all.join("\n\n"));
    }

    /// What is in the box has changed.
    pub fn write(self, text: String) {
        self.draft.set(text);
        self.keep();
    }

    /// Sends what is in the box, with the new answers of the lane.
    pub fn send(self) {
        self.say(self.draft.get_untracked().trim().to_owned());
        self.draft.set(String::new());
        self.keep();
    }

    /// Sends `text`, whatever is in the box.
    pub fn say(self, text: String) {
        self.put(text);
        self.deliver(false);
    }

    /// Tries again what could not be sent, as the same message.
    pub fn resend(self) {
        self.outgoing.update(|outgoing| {
            if let Some(outgoing) = outgoing {
                outgoing.error = None;
            }
        });
        self.deliver(false);
    }

    /// Runs the last, failed turn again.
    pub fn retry_turn(self) {
        self.put(String::new());
        self.deliver(true);
    }

    /// Puts a message that could not be sent back into the box.
    pub fn take_back(self) {
        if let Some(outgoing) = self.outgoing.try_update(Option::take).flatten() {
            self.draft.update(|draft| {
                *draft = format!("{}{}{draft}", outgoing.text, if draft.is_empty() { "" } else { "\n\n" })
            });
            self.keep();
        }
    }

    /// A call is under way.
    pub fn is_sending(self) -> bool {
        self.outgoing.with(|outgoing| outgoing.as_ref().is_some_and(|it| it.error.is_none()))
    }

    fn deliver(self, retry: bool) {
        let Some(Outgoing { key, text, .. }) = self.outgoing.get_untracked() else { return };
        let message = NewMessage { text, images: Vec::new(), retry };
        let shown = !message.text.is_empty();
        spawn_local(async move {
            let answer = rpc::send_message(self.session, message, key.clone()).await;
            match answer {
                Ok(_) => {
                    self.notices.signed_in();
                    // A text is taken off when its event comes, which is at once; this is for when it does not.
                    let patience = if shown { Duration::from_secs(5) } else { Duration::ZERO };
                    set_timeout(
                        move || {
                            if self.is_out(&key) {
                                self.arrived()
                            }
                        },
                        patience,
                    );
                }
                Err(error) if self.is_out(&key) => self.came_back(error, retry),
                Err(_) => {}
            }
        });
    }

    /// It is still this message that is on its way.
    fn is_out(self, key: &str) -> bool {
        let same = |outgoing: &Option<Outgoing>| outgoing.as_ref().is_some_and(|it| it.key == key);
        self.outgoing.try_with_untracked(same).unwrap_or(false)
    }

    /// The server has the message.
    fn arrived(self) {
        if self.outgoing.try_update(Option::take).flatten().is_some() {
            self.keep();
        }
    }

    fn came_back(self, error: AppError, retry: bool) {
        let another_turn = matches!(error, AppError::Conflict { code: Conflict::TurnInProgress, .. });
        if matches!(error, AppError::Unauthenticated { .. }) || retry || another_turn {
            self.notices.fail(&error);
        }
        if retry || another_turn {
            self.take_back();
        } else {
            self.outgoing.update(|outgoing| {
                if let Some(outgoing) = outgoing {
                    outgoing.error = Some(error);
                }
            });
        }
    }
}
