//! A way out as it is gone: the note is read, looked over and posted; and what helps where that fails. [`super::ending`] draws it.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{kept_note, note_draft::NoteDraft, surface::Surface};
use crate::{
    error::{AppError, Conflict, Upstream},
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, PostRequest, PostResult},
    },
};

/// Where the dialog is.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Loading,
    Looking,
    Posting,
    Posted(PostResult),
    /// It could not be read or posted.
    Failed {
        error: AppError,
        posting: bool,
    },
}

/// A note on its way out of the session.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    pub kind: ArtifactKind,
    pub surface: Surface,
    pub open: RwSignal<bool>,
    pub draft: RwSignal<NoteDraft>,
    pub step: RwSignal<Step>,
    /// A newer text is being fetched.
    pub refreshing: RwSignal<bool>,
    /// What to say about the state having moved.
    pub moved: RwSignal<bool>,
    /// How often the text was asked for.
    asked: StoredValue<u32>,
    /// Of a post that may have arrived: repeated with the same one.
    key: StoredValue<Option<String>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Ending {
    pub fn new(surface: Surface, kind: ArtifactKind) -> Self {
        let ending = Self {
            kind,
            surface,
            open: surface.ending(kind),
            draft: RwSignal::new(kept_note::recall(surface.id, kind)),
            step: RwSignal::new(Step::Loading),
            refreshing: RwSignal::new(false),
            moved: RwSignal::new(false),
            asked: StoredValue::new(0),
            key: StoredValue::new(None),
            timer: StoredValue::new(None),
        };
        kept_note::keep(surface.id, kind, ending.draft);
        let verified = kept_note::verified(surface);
        Effect::new(move |_| {
            if verified.get() == Some(kind) {
                ending.draft.set(NoteDraft::default());
            }
        });
        let version = Memo::new(move |_| surface.state.0.head().with(|head| head.state_version));
        // Fetched on opening, and half a second after the last change while open.
        Effect::new(move |before: Option<bool>| {
            let (open, version) = (ending.open.get(), version.get());
            if open && before != Some(true) {
                ending.step.set(Step::Loading);
                ending.moved.set(false);
                ending.read();
            } else if open && untrack(|| ending.draft.with(|draft| draft.state_version)) != version {
                // Whoever looks cannot have done it: the dialog is over everything else.
                ending.moved.set(untrack(|| ending.step.get()) == Step::Looking);
                ending.read_soon();
            }
            open
        });
        ending
    }

    fn read_soon(self) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        self.timer.set_value(set_timeout_with_handle(move || self.read(), Duration::from_millis(500)).ok());
    }

    /// The note is out of the hands of who looks: what would be read now is not what is posted.
    fn is_posted(self) -> bool {
        matches!(self.step.try_get_untracked(), None | Some(Step::Posting | Step::Posted(_)))
    }

    /// Asks for the text as it is now.
    pub fn read(self) {
        if self.is_posted() {
            return;
        }
        let asked = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(asked);
        self.refreshing.set(true);
        spawn_local(async move {
            let answer = rpc::preview(self.surface.id, self.kind).await;
            // Answers may come in another order than they were asked for.
            let is_last = self.asked.try_get_value() == Some(asked);
            if is_last {
                let _ = self.refreshing.try_set(false);
            }
            if self.is_posted() {
                return;
            }
            match answer {
                Ok(preview) => {
                    self.surface.notices.signed_in();
                    self.draft.try_update(|draft| draft.refresh(preview));
                    let _ = self.step.try_set(Step::Looking);
                }
                Err(error) if is_last => {
                    let _ = self.step.try_set(Step::Failed { error, posting: false });
                }
                Err(_) => {}
            }
        });
    }

    pub fn post(self) {
        let request = self.draft.with_untracked(|draft| PostRequest {
            markdown: draft.markdown(self.kind),
            state_version: Some(draft.state_version),
            confirm_ungrounded: draft.confirmed(),
        });
        let key = self.key.get_value().unwrap_or_else(|| Uuid::now_v7().to_string());
        self.key.set_value(Some(key.clone()));
        self.step.set(Step::Posting);
        spawn_local(async move {
            let answer = rpc::post_artifact(self.surface.id, self.kind, request, key).await;
            // Only where no answer came back, the next try may be a repeat.
            if !matches!(answer, Err(AppError::Unavailable { .. })) {
                self.key.try_update_value(|key| *key = None);
            }
            match answer {
                Ok(result) => {
                    self.surface.notices.signed_in();
                    let _ = self.step.try_set(Step::Posted(result));
                    self.surface.reload();
                }
                Err(AppError::Conflict { code: Conflict::StateChanged, .. }) => {
                    let _ = self.moved.try_set(true);
                    let _ = self.step.try_set(Step::Looking);
                    self.read();
                }
                Err(AppError::Conflict { code: Conflict::UngroundedStatements, statements, .. }) => {
                    self.draft.try_update(|draft| draft.mark_unfounded(&statements));
                    let _ = self.step.try_set(Step::Looking);
                }
                Err(error) => {
                    if let AppError::Upstream { .. } = error {
                        // The session waits with its note by now.
                        self.surface.reload();
                    }
                    let _ = self.step.try_set(Step::Failed { error, posting: true });
                }
            }
        });
    }

    /// Opens the session again and shows the note anew, with what the person had decided about it.
    pub fn reopen(self) {
        self.key.set_value(None);
        self.step.set(Step::Loading);
        spawn_local(async move {
            match rpc::reopen(self.surface.id).await {
                Ok(()) | Err(AppError::Conflict { code: Conflict::SessionOpen, .. }) => {
                    self.surface.notices.signed_in();
                    self.surface.reload();
                    self.read();
                }
                Err(error) => drop(self.step.try_set(Step::Failed { error, posting: true })),
            }
        });
    }

    /// What helps against `error`.
    pub fn way_on(self, error: &AppError, posting: bool) -> WayOn {
        let can_reopen = self.surface.state.0.head().with_untracked(|head| head.can_reopen);
        match error {
            AppError::Upstream { code: Upstream::PsaRefused, .. } if posting && can_reopen => WayOn::Reopen,
            AppError::Invalid { .. } | AppError::TooLarge { .. } if posting => WayOn::Change,
            _ if posting => WayOn::PostAgain,
            _ => WayOn::ReadAgain,
        }
    }
}

/// What helps where something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOn {
    ReadAgain,
    PostAgain,
    /// It would be refused again as it is; the session is still open.
    Change,
    /// The same, and its note waits.
    Reopen,
}
