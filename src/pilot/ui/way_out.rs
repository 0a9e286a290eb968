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
        types::{ArtifactKind, PostRequest, PostResult, Posted, SessionStatus},
    },
    ui::browser,
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

/// What the dialog shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    Step(Step),
    Closed(Box<Closed>),
}

/// How the session was closed elsewhere: by somebody else, or in another tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    pub status: SessionStatus,
    /// What it was closed with, where that is known yet.
    pub last: Option<Posted>,
    pub can_reopen: bool,
}

impl Closed {
    fn of(surface: Surface) -> Option<Self> {
        let data = surface.state.0;
        let (status, mine) = data.head().with(|head| (head.status, head.can_reopen));
        if status == SessionStatus::Open {
            return None;
        }
        // The news that it is closed comes before the note.
        let known = !data.wants_snapshot().get();
        let last = data.posted().with(|posted| posted.last().cloned()).filter(|_| known);
        let over = status != SessionStatus::Posting || last.as_ref().and_then(Posted::stuck).is_some();
        Some(Self { status, last, can_reopen: mine && over })
    }
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
    /// The session was closed, and not by what was posted from here.
    pub closed: Memo<Option<Closed>>,
    /// What was posted from here closes the session.
    ours: RwSignal<bool>,
    /// How often the text was asked for.
    asked: StoredValue<u32>,
    /// Of a post that may have arrived: repeated with the same one.
    key: StoredValue<Option<String>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Ending {
    pub fn new(surface: Surface, kind: ArtifactKind) -> Self {
        let ours = RwSignal::new(false);
        let closed = Memo::new(move |_| Closed::of(surface).filter(|_| !ours.get()));
        let ending = Self {
            closed,
            ours,
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
            if verified.get() == Some(kind) && ours.get_untracked() {
                ending.draft.set(NoteDraft::default());
            }
        });
        let reopened = Memo::new(move |_| surface.state.0.head().with(|head| head.status == SessionStatus::Open));
        Effect::new(move |_| {
            if reopened.get() {
                ours.set(false);
            }
        });
        // Another tab of the same person may have emptied what is kept for both.
        Effect::new(move |_| {
            let posted = closed.with(|closed| Some(closed.as_ref()?.last.as_ref()?.markdown.clone()));
            if let Some(posted) = posted.filter(|_| ending.open.get_untracked()) {
                ending.draft.with_untracked(|draft| {
                    if !draft.words_beside(&posted).is_empty() {
                        kept_note::keep_now(surface.id, kind, draft);
                    }
                });
            }
        });
        let version = Memo::new(move |_| surface.state.0.head().with(|head| head.state_version));
        // Fetched on opening, and half a second after the last change while open.
        Effect::new(move |before: Option<bool>| {
            let (open, version) = (ending.open.get(), version.get());
            if open && before != Some(true) {
                ending.step.set(Step::Loading);
                ending.moved.set(false);
                ending.read(false);
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
        self.timer.set_value(set_timeout_with_handle(move || self.read(false), Duration::from_millis(500)).ok());
    }

    /// The note is out of the hands of who looks: what would be read now is not what is posted.
    fn is_posted(self) -> bool {
        matches!(self.step.try_get_untracked(), None | Some(Step::Posting | Step::Posted(_)))
    }

    /// Asks a model that could not write the text once more. The button that does it may go with its notice.
    pub fn try_again(self) {
        if self.refreshing.get_untracked() {
            return;
        }
        if let Some(title) = browser::find("dialog[open] h2") {
            let _ = title.focus();
        }
        self.read(true);
    }

    /// Asks for the text as it is now; `again`: also a model that has just failed at it.
    pub fn read(self, again: bool) {
        if self.is_posted() {
            return;
        }
        let asked = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(asked);
        self.refreshing.set(true);
        spawn_local(async move {
            let answer = rpc::preview(self.surface.id, self.kind, again).await;
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
        self.ours.set(true);
        self.draft.with_untracked(|draft| kept_note::posting(self.surface.id, self.kind, draft));
        spawn_local(async move {
            let answer = rpc::post_artifact(self.surface.id, self.kind, request, key).await;
            // Where it may have arrived, or waits with the session, the session is closed by it.
            if !matches!(
                answer,
                Ok(_) | Err(AppError::Upstream { .. } | AppError::Unavailable { .. } | AppError::Internal { .. })
            ) {
                let _ = self.ours.try_set(false);
                kept_note::not_posted(self.surface.id, self.kind);
            }
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
                    self.read(false);
                }
                Err(AppError::Conflict { code: Conflict::UngroundedStatements, statements, .. }) => {
                    self.draft.try_update(|draft| draft.mark_unfounded(&statements));
                    let _ = self.step.try_set(Step::Looking);
                }
                Err(error) => {
                    if let AppError::Upstream { .. } | AppError::Conflict { code: Conflict::SessionNotOpen, .. } = error
                    {
                        // The session waits with its note by now, or was closed by somebody else.
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
                    kept_note::not_posted(self.surface.id, self.kind);
                    self.surface.notices.signed_in();
                    self.surface.reload();
                    self.read(false);
                }
                Err(error) => {
                    // What is said of a session that somebody else closed says nothing of it.
                    if self.closed.try_get_untracked().flatten().is_some() {
                        self.surface.notices.fail(&error);
                        self.surface.reload();
                    }
                    let _ = self.step.try_set(Step::Failed { error, posting: true });
                }
            }
        });
    }

    /// What is to be seen.
    pub fn shown(self) -> Shown {
        match (self.step.get(), self.closed.get()) {
            (Step::Loading | Step::Looking | Step::Failed { .. }, Some(closed)) => Shown::Closed(Box::new(closed)),
            (step, _) => Shown::Step(step),
        }
    }

    /// What helps against `error`.
    pub fn way_on(self, error: &AppError, posting: bool) -> WayOn {
        let can_reopen = self.surface.state.0.head().with_untracked(|head| head.can_reopen);
        match error {
            AppError::Upstream { code: Upstream::PsaRefused, .. } if posting && can_reopen => WayOn::Reopen,
            AppError::Invalid { .. } | AppError::TooLarge { .. } if posting => WayOn::Change,
            // Whether somebody closed it is told by the session, once it is read again.
            AppError::Conflict { code: Conflict::SessionNotOpen, .. } => WayOn::ReadAgain,
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
