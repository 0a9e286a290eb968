//! Resolving: the note is looked over, then posted. Nothing is posted that was not shown.

use std::time::Duration;

use leptos::{lazy, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use uuid::Uuid;

use super::{
    note_draft::NoteDraft,
    statements::Statements,
    surface::{Surface, use_surface},
};
use crate::{
    error::{AppError, Conflict},
    pilot::{
        rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, PostOutcome, PostRequest, PostResult},
    },
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        icon::{Glyph, Icon},
        skeleton::Skeleton,
        when::{When, dynamic},
    },
};

const KIND: ArtifactKind = ArtifactKind::ResolutionNote;

/// Where the dialog is.
#[derive(Debug, Clone, PartialEq)]
enum Step {
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

#[derive(Debug, Clone, Copy)]
struct Resolving {
    surface: Surface,
    draft: RwSignal<NoteDraft>,
    step: RwSignal<Step>,
    /// A newer text is being fetched.
    refreshing: RwSignal<bool>,
    /// What to say about the state having moved.
    moved: RwSignal<bool>,
    /// Of a post that may have arrived: repeated with the same one.
    key: StoredValue<Option<String>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Resolving {
    fn new(surface: Surface) -> Self {
        let resolving = Self {
            surface,
            draft: RwSignal::new(NoteDraft::default()),
            step: RwSignal::new(Step::Loading),
            refreshing: RwSignal::new(false),
            moved: RwSignal::new(false),
            key: StoredValue::new(None),
            timer: StoredValue::new(None),
        };
        let version = Memo::new(move |_| surface.state.0.head().with(|head| head.state_version));
        // Fetched on opening, and half a second after the last change while open.
        Effect::new(move |before: Option<bool>| {
            let (open, version) = (surface.resolving.get(), version.get());
            if open && before != Some(true) {
                resolving.step.set(Step::Loading);
                resolving.moved.set(false);
                resolving.read();
            } else if open && untrack(|| resolving.draft.with(|draft| draft.state_version)) != version {
                resolving.read_soon();
            }
            open
        });
        resolving
    }

    fn read_soon(self) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        self.timer.set_value(set_timeout_with_handle(move || self.read(), Duration::from_millis(500)).ok());
    }

    fn read(self) {
        if matches!(self.step.try_get_untracked(), None | Some(Step::Posting | Step::Posted(_))) {
            return;
        }
        self.refreshing.set(true);
        spawn_local(async move {
            let answer = rpc::preview(self.surface.id, KIND).await;
            let _ = self.refreshing.try_set(false);
            match answer {
                Ok(preview) => {
                    self.surface.notices.signed_in();
                    self.draft.try_update(|draft| draft.refresh(preview));
                    let _ = self.step.try_set(Step::Looking);
                }
                Err(error) => {
                    let _ = self.step.try_set(Step::Failed { error, posting: false });
                }
            }
        });
    }

    fn post(self) {
        let request = self.draft.with_untracked(|draft| PostRequest {
            markdown: draft.markdown(KIND),
            state_version: Some(draft.state_version),
            confirm_ungrounded: draft.confirmed(),
        });
        let key = self.key.get_value().unwrap_or_else(|| Uuid::now_v7().to_string());
        self.key.set_value(Some(key.clone()));
        self.step.set(Step::Posting);
        spawn_local(async move {
            let answer = rpc::post_artifact(self.surface.id, KIND, request, key).await;
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
                    let _ = self.step.try_set(Step::Failed { error, posting: true });
                }
            }
        });
    }
}

/// The dialog. What is in it is downloaded when it is first opened, and never drawn on the server.
#[component]
pub fn ResolveDialog() -> impl IntoView {
    let surface = use_surface();
    let wanted = Memo::new(move |before: Option<&bool>| before == Some(&true) || surface.resolving.get());
    let inside = move || Suspend::new(SendWrapper::new(dialog(surface)));
    view! { <When is=wanted>{inside()}</When> }
}

#[lazy]
fn dialog(surface: Surface) -> AnyView {
    let resolving = Resolving::new(surface);
    view! { <Dialog open=surface.resolving label="Resolution note" children=move || view! { <Inside resolving/> }/> }
        .into_any()
}

#[component]
fn Inside(resolving: Resolving) -> impl IntoView {
    let open = resolving.surface.resolving;
    let target = resolving.surface.state.0.head().with_untracked(|head| match &head.ticket {
        Some(ticket) => format!("to #{} · customer sees it", ticket.id),
        None => "kept here: no ticket is linked".to_owned(),
    });
    let body = move || match resolving.step.get() {
        Step::Loading => view! { <Skeleton lines=8/> }.into_any(),
        Step::Looking => view! { <Looking resolving/> }.into_any(),
        Step::Posting => view! {
            <ol class="steps" aria-live="polite">
                <li data-state="now"><span class="spinner"></span>"Posting the note and reading it back"</li>
            </ol>
        }
        .into_any(),
        Step::Posted(result) => view! { <Posted result/> }.into_any(),
        Step::Failed { error, posting } => view! { <Failed error posting/> }.into_any(),
    };
    view! {
        <div class="note">
            <DialogHead title="Resolution note" open>
                <span class="chip chip--accent">{target}</span>
                <Freshness resolving/>
            </DialogHead>
            <div class="body">{dynamic(body)}</div>
            <footer><NoteFoot resolving/></footer>
        </div>
    }
}

#[component]
fn Freshness(resolving: Resolving) -> impl IntoView {
    view! {
        <When is=move || resolving.refreshing.get()>
            <span class="save-state" data-state="saving" role="status"><span class="spinner"></span>"Refreshing"</span>
        </When>
    }
}

#[component]
fn Looking(resolving: Resolving) -> impl IntoView {
    view! {
        <When is=move || resolving.moved.get()>
            <div class="notice notice--warning" role="alert">
                <Icon glyph=Glyph::Alert/>
                <p>"The session changed since you looked. This is the note as it is now; read it again before you post."</p>
            </div>
        </When>
        <Statements kind=KIND draft=resolving.draft/>
    }
}

#[component]
fn Posted(result: PostResult) -> impl IntoView {
    let said = match result.outcome {
        PostOutcome::Resolved => "The note is in the ticket, and the session is resolved.",
        PostOutcome::ResolvedLocal => "The session is resolved. No ticket is linked, so the note stays here.",
        PostOutcome::Escalated | PostOutcome::EscalatedLocal => "The session is escalated.",
        PostOutcome::Posting => "This takes a little longer. It goes on without you; the session says when it is done.",
    };
    let verified =
        (result.status_verified == Some(true)).then_some("The ticket's new status was read back and is right.");
    let (glyph, state) = match result.outcome {
        PostOutcome::Posting => (Glyph::Info, "now"),
        PostOutcome::Resolved | PostOutcome::ResolvedLocal | PostOutcome::Escalated | PostOutcome::EscalatedLocal => {
            (Glyph::Check, "done")
        }
    };
    view! {
        <ol class="steps" role="status">
            <li data-state=state><Icon glyph/>{said}</li>
            {verified.map(|said| view! { <li data-state="done"><Icon glyph=Glyph::Check/>{said}</li> })}
            {result.status_transition_skipped_reason.map(|why| view! { <li><Icon glyph=Glyph::Info/>{why}</li> })}
        </ol>
    }
}

#[component]
fn Failed(error: AppError, posting: bool) -> impl IntoView {
    let calm = posting.then_some(" Posting again does only what is missing; the note is never posted twice.");
    view! {
        <div class="notice notice--danger" role="alert">
            <Icon glyph=Glyph::Alert/>
            <p><strong>{error.title()}</strong>". "{error.detail()}{calm}</p>
        </div>
    }
}

#[component]
fn NoteFoot(resolving: Resolving) -> impl IntoView {
    let Resolving { surface, draft, step, refreshing, .. } = resolving;
    let undecided = Memo::new(move |_| draft.with(NoteDraft::undecided));
    let hint = move || match undecided.get() {
        0 => "What you change is recorded as your own words.".to_owned(),
        1 => "One statement has no source: keep, edit or drop it first.".to_owned(),
        n => format!("{n} statements have no source: keep, edit or drop them first."),
    };
    let close = move || surface.resolving.set(false);
    let kind = Memo::new(move |_| std::mem::discriminant(&step.get()));
    dynamic(move || {
        let _ = kind.get();
        match step.get_untracked() {
            Step::Loading | Step::Posting => {
                view! { <span class="end"><Button on_click=close>"Close"</Button></span> }.into_any()
            }
            Step::Looking => view! {
                <small>{dynamic(hint)}</small>
                <span class="end">
                    <Button on_click=close>"Cancel"</Button>
                    <Button
                        tone=Tone::Primary
                        disabled=Signal::derive(move || undecided.get() != 0 || refreshing.get())
                        on_click=move || resolving.post()
                    >
                        "Confirm & post"
                    </Button>
                </span>
            }
            .into_any(),
            Step::Posted(_) => {
                view! { <span class="end"><Button tone=Tone::Primary on_click=close>"Done"</Button></span> }.into_any()
            }
            Step::Failed { posting, .. } => view! {
                <span class="end">
                    <Button on_click=close>"Close"</Button>
                    {match posting {
                        true => view! { <Button tone=Tone::Primary on_click=move || resolving.post()>"Post again"</Button> },
                        false => view! { <Button tone=Tone::Primary on_click=move || resolving.read()>"Try again"</Button> },
                    }}
                </span>
            }
            .into_any(),
        }
    })
}
