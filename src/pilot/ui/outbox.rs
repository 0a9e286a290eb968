//! The message on its way: shown at once, under an id made here, kept with its text until the server has it. A retry uses the
//! same id, so that nothing is said twice.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{attachments::Attachments, handed::Handed, message::me};
use crate::{
    error::{AppError, Conflict},
    ids::{ImageId, MessageId, SessionId, UserId},
    pilot::{
        rpc,
        state::{PilotDataStoreFields, PilotState},
        types::{Image, Message, NewMessage, Role},
    },
    ui::{browser, notices::Notices},
};

/// A message that the server may not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    key: String,
    pub text: String,
    pub images: Vec<Image>,
    pub error: Option<AppError>,
    /// The person's last message before this one.
    after: Option<MessageId>,
}

#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    session: SessionId,
    state: PilotState,
    notices: Notices,
    me: Option<UserId>,
    pub outgoing: RwSignal<Option<Outgoing>>,
    /// What is in the message box.
    pub draft: RwSignal<String>,
    /// What is beside it.
    pub attached: Attachments,
    /// Sent as soon as its images are there.
    pub waiting: RwSignal<bool>,
}

/// Where the draft of a session is kept.
pub fn draft_of(session: SessionId) -> String {
    format!("fp:draft:{session}")
}

impl Outgoing {
    fn image_ids(&self) -> Vec<ImageId> {
        self.images.iter().map(|image| image.id).collect()
    }
}

/// The last turn again, and whether FlowPilot's own flows are to answer it.
#[derive(Debug, Clone, Copy)]
struct Retry {
    built_in: bool,
}

impl Outbox {
    /// An outbox whose draft comes back after a reload.
    pub fn new(state: PilotState, notices: Notices) -> Self {
        let (outgoing, draft) = (RwSignal::new(None), RwSignal::new(String::new()));
        let me = me().map(|me| me.user_id);
        let attached = Attachments::new(Some(state.id()), notices);
        let waiting = RwSignal::new(false);
        let outbox = Self { session: state.id(), state, notices, me, outgoing, draft, attached, waiting };
        let handed = Handed::find();
        Effect::new(move |_| {
            outbox.recall();
            outbox.begin(handed);
        });
        Effect::new(move |before: Option<()>| {
            attached.list.track();
            // What an earlier page kept is taken up first.
            if before.is_some() {
                outbox.keep();
            }
        });
        outbox
    }

    /// The newest message of who looks, with what it says.
    fn last_said(self) -> Option<(MessageId, String, Vec<ImageId>)> {
        let mine = |message: &&Message| {
            message.role == Role::User && message.author.as_ref().map(|author| author.id) == self.me
        };
        let messages = self.state.0.messages();
        messages.with(|messages| {
            let last = messages.iter().rev().find(mine);
            last.map(|message| (message.id, message.text.clone(), message.images.clone()))
        })
    }

    /// The message on its way stands in the conversation already.
    pub fn has_come(self) -> bool {
        let last = self.last_said();
        let came = |outgoing: &Outgoing| {
            last.as_ref().is_some_and(|(id, text, images)| {
                Some(*id) != outgoing.after && *text == outgoing.text && *images == outgoing.image_ids()
            })
        };
        self.outgoing.with(|outgoing| outgoing.as_ref().is_some_and(came))
    }

    fn put(self, text: String, images: Vec<Image>) {
        // What did not get there goes back into the box first.
        if self.outgoing.with_untracked(|outgoing| outgoing.as_ref().is_some_and(|it| it.error.is_some())) {
            self.take_back();
        }
        let key = Uuid::now_v7().to_string();
        let after = untrack(|| self.last_said()).map(|(id, ..)| id);
        self.outgoing.set(Some(Outgoing { key, text, images, error: None, after }));
        self.keep();
    }

    /// Where the message is kept that may not have got there.
    fn place_of_outgoing(self) -> String {
        format!("fp:sent:{}", self.session)
    }

    /// Keeps what is not on the server yet.
    fn keep(self) {
        let on_its_way = self.outgoing.with_untracked(|outgoing| {
            outgoing.as_ref().map(|it| (it.text.clone(), it.images.clone())).unwrap_or_default()
        });
        browser::keep(&self.place_of_outgoing(), &on_its_way.0);
        self.attached.keep(&on_its_way.1);
        browser::keep_draft(&draft_of(self.session), &self.draft.get_untracked());
    }

    /// After a reload: the draft, and what was on its way unless it got there.
    fn recall(self) {
        self.state.0.messages().with_untracked(|messages| self.attached.recall(messages));
        let said = untrack(|| self.last_said()).map(|(_, text, _)| text);
        let sent = browser::recall(&self.place_of_outgoing()).filter(|sent| said.as_ref() != Some(sent));
        let kept: Vec<_> = [sent, browser::recall_draft(&draft_of(self.session))].into_iter().flatten().collect();
        if !kept.is_empty() {
            self.draft.set(kept.join("\n\n"));
            self.keep();
        }
    }

    /// Sends what the start box left here, as soon as its images are there.
    fn begin(self, handed: Handed) {
        let files = handed.get(Some(self.session));
        if files.is_empty() {
            return;
        }
        spawn_local(async move {
            self.attached.attach(files).await;
            // Not without them.
            let there = self.attached.list.try_with_untracked(|list| !list.is_empty()) == Some(true);
            if there {
                handed.put(Some(self.session), Vec::new());
            }
            let _ = self.waiting.try_set(there);
        });
    }

    /// Adds to what is in the box.
    pub fn add(self, text: &str) {
        self.draft.update(|draft| {
            if !draft.is_empty() {
                draft.push_str("\n\n");
            }
            draft.push_str(text);
        });
        self.keep();
    }

    /// What is in the box has changed.
    pub fn write(self, text: String) {
        self.draft.set(text);
        self.keep();
    }

    /// Sends what is in the box and beside it, with the new answers of the lane.
    pub fn send(self) {
        let text = self.draft.get_untracked().trim().to_owned();
        let images = self.attached.take();
        self.draft.set(String::new());
        self.put(text, images);
        self.deliver(None);
    }

    /// Sends `text`, whatever is in the box.
    pub fn say(self, text: String) {
        self.put(text, Vec::new());
        self.deliver(None);
    }

    /// Tries again what could not be sent, as the same message.
    pub fn resend(self) {
        self.outgoing.update(|outgoing| {
            if let Some(outgoing) = outgoing {
                outgoing.error = None;
            }
        });
        self.deliver(None);
    }

    /// Runs the last, failed turn again; with `built_in` FlowPilot's own flows answer.
    pub fn retry_turn(self, built_in: bool) {
        self.put(String::new(), Vec::new());
        self.deliver(Some(Retry { built_in }));
    }

    /// Puts a message that could not be sent back into the box.
    pub fn take_back(self) {
        if let Some(outgoing) = self.outgoing.try_update(Option::take).flatten() {
            self.draft.update(|draft| {
                *draft = format!("{}{}{draft}", outgoing.text, if draft.is_empty() { "" } else { "\n\n" })
            });
            self.attached.put_back(outgoing.images);
            self.keep();
        }
    }

    /// A message is on its way.
    pub fn is_sending(self) -> bool {
        self.outgoing.with(|outgoing| outgoing.as_ref().is_some_and(|it| it.error.is_none())) && !self.has_come()
    }

    fn deliver(self, again: Option<Retry>) {
        let Some(outgoing) = self.outgoing.get_untracked() else { return };
        let retry = again.is_some();
        let built_in = again.is_some_and(|again| again.built_in);
        let message = NewMessage { images: outgoing.image_ids(), text: outgoing.text, retry, built_in };
        let key = outgoing.key;
        spawn_local(async move {
            let answer = rpc::send_message(self.session, message, key.clone()).await;
            match answer {
                Ok(_) => {
                    self.notices.signed_in();
                    // It stays on the screen until its event comes, which is at once; this is for when it does not.
                    if untrack(|| self.has_come()) || retry {
                        return self.arrived();
                    }
                    set_timeout(
                        move || {
                            if self.is_out(&key) {
                                self.arrived()
                            }
                        },
                        Duration::from_secs(5),
                    );
                }
                // Its answer was lost, not the message.
                Err(_) if self.is_out(&key) && untrack(|| self.has_come()) => self.arrived(),
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
