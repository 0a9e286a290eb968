//! The two ways out: the note or the package is looked over, then posted. Nothing is posted that was not shown.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{
    kept_note,
    note_draft::NoteDraft,
    posted::Posted,
    statements::Statements,
    surface::{Surface, use_surface},
    time_offer::TimeOffering,
};
use crate::{
    error::{AppError, Conflict, Upstream},
    pilot::{
        note, rpc,
        state::PilotDataStoreFields,
        types::{ArtifactKind, PostOutcome, PostRequest, PostResult},
    },
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        icon::{Glyph, Icon},
        skeleton::Skeleton,
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
};

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
struct Ending {
    kind: ArtifactKind,
    surface: Surface,
    open: RwSignal<bool>,
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

impl Ending {
    fn new(surface: Surface, kind: ArtifactKind) -> Self {
        let ending = Self {
            kind,
            surface,
            open: surface.ending(kind),
            draft: RwSignal::new(kept_note::recall(surface.id, kind)),
            step: RwSignal::new(Step::Loading),
            refreshing: RwSignal::new(false),
            moved: RwSignal::new(false),
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

    fn read(self) {
        if matches!(self.step.try_get_untracked(), None | Some(Step::Posting | Step::Posted(_))) {
            return;
        }
        self.refreshing.set(true);
        spawn_local(async move {
            let answer = rpc::preview(self.surface.id, self.kind).await;
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
    fn reopen(self) {
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
    fn way_on(self, error: &AppError, posting: bool) -> WayOn {
        let can_reopen = self.surface.state.0.head().with_untracked(|head| head.can_reopen);
        match error {
            AppError::Upstream { code: Upstream::PsaRefused, .. } if posting && can_reopen => WayOn::Reopen,
            AppError::Invalid { .. } | AppError::TooLarge { .. } if posting => WayOn::Change,
            _ if posting => WayOn::PostAgain,
            _ => WayOn::ReadAgain,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayOn {
    ReadAgain,
    PostAgain,
    /// It would be refused again as it is; the session is still open.
    Change,
    /// The same, and its note waits.
    Reopen,
}

/// The dialog. What is in it is downloaded when it is first opened, and never drawn on the server.
#[component]
pub fn EndingDialog(kind: ArtifactKind) -> impl IntoView {
    let surface = use_surface();
    view! { <Later open=surface.ending(kind) load=move || Box::pin(dialog(surface, kind))/> }
}

const fn title(kind: ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::ResolutionNote => "Resolution note",
        ArtifactKind::EscalationPackage => "Escalation package",
    }
}

#[wasm_split(ending, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(surface: Surface, kind: ArtifactKind) -> Split<AnyView> {
    let ending = Ending::new(surface, kind);
    Ok(view! { <Dialog open=ending.open label=title(kind) children=move || view! { <Inside ending/> }/> })
}

#[component]
fn Inside(ending: Ending) -> impl IntoView {
    let Ending { kind, open, .. } = ending;
    let target = ending.surface.state.0.head().with_untracked(|head| match &head.ticket {
        Some(ticket) if kind == ArtifactKind::ResolutionNote => format!("to #{} · customer sees it", ticket.id),
        Some(ticket) => format!("to #{} · internal", ticket.id),
        None => "kept here: no ticket is linked".to_owned(),
    });
    let body = move || match ending.step.get() {
        Step::Loading => view! { <Skeleton lines=8/> }.into_any(),
        Step::Looking => view! { <Looking ending/> }.into_any(),
        Step::Posting => view! {
            <ol class="steps" aria-live="polite">
                <li data-state="now"><span class="spinner"></span>"Posting the note and reading it back"</li>
            </ol>
        }
        .into_any(),
        Step::Posted(result) => {
            let on_ticket = matches!(result.outcome, PostOutcome::Resolved | PostOutcome::Escalated);
            view! {
                <Posted result/>
                {on_ticket.then(|| view! { <TimeOffering surface=ending.surface/> })}
            }
            .into_any()
        }
        Step::Failed { error, posting } => {
            let way_on = ending.way_on(&error, posting);
            view! { <Failed error way_on/> }.into_any()
        }
    };
    view! {
        <div class="note">
            <DialogHead title=title(kind) open>
                <span class="chip chip--accent">{target}</span>
                <Freshness ending/>
            </DialogHead>
            <div class="body">{dynamic(body)}</div>
            <footer><NoteFoot ending/></footer>
        </div>
    }
}

#[component]
fn Freshness(ending: Ending) -> impl IntoView {
    view! {
        <When is=move || ending.refreshing.get()>
            <span class="save-state" data-state="saving" role="status"><span class="spinner"></span>"Refreshing"</span>
        </When>
    }
}

#[component]
fn Looking(ending: Ending) -> impl IntoView {
    view! {
        <When is=move || ending.moved.get()>
            <div class="notice notice--warning" role="alert">
                <Icon glyph=Glyph::Alert/>
                <p>"The session changed since you looked. This is the text as it is now; read it again before you post."</p>
            </div>
        </When>
        {dynamic(move || ending.draft.with(|draft| draft.stand_in.clone()).map(|why| view! { <StandIn why/> }))}
        <Statements kind=ending.kind draft=ending.draft/>
    }
}

#[component]
fn StandIn(why: String) -> impl IntoView {
    view! {
        <div class="notice" role="status">
            <Icon glyph=Glyph::Info/>
            <p>"Written by the built-in assistant: "{why}</p>
        </div>
    }
}

#[component]
fn Failed(error: AppError, way_on: WayOn) -> impl IntoView {
    let calm = (way_on == WayOn::PostAgain)
        .then_some(" Posting again does only what is missing; the note is never posted twice.");
    let title = if way_on == WayOn::Reopen { "Not posted" } else { error.title() };
    view! {
        <div class="notice notice--danger" role="alert">
            <Icon glyph=Glyph::Alert/>
            <p><strong>{title}</strong>". "{error.detail()}{calm}</p>
        </div>
    }
}

#[component]
fn NoteFoot(ending: Ending) -> impl IntoView {
    let Ending { kind, open, draft, step, refreshing, .. } = ending;
    let undecided = Memo::new(move |_| draft.with(NoteDraft::undecided));
    let untried = Memo::new(move |_| {
        kind == ArtifactKind::EscalationPackage && draft.with(|draft| draft.empty(kind).contains(&note::TRIED))
    });
    let missed = Memo::new(move |_| draft.with(|draft| draft.empty(kind).len()));
    let hint = move || match undecided.get() {
        0 if untried.get() => "Say what you tried, or that nothing was tried.".to_owned(),
        0 if missed.get() != 0 => "Something is missing that a reader will look for; you can post anyway.".to_owned(),
        0 => "What you change is recorded as your own words.".to_owned(),
        1 => "One statement has no source: keep, edit or drop it first.".to_owned(),
        n => format!("{n} statements have no source: keep, edit or drop them first."),
    };
    let close = move || open.set(false);
    let which = Memo::new(move |_| std::mem::discriminant(&step.get()));
    dynamic(move || {
        let _ = which.get();
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
                        disabled=Signal::derive(move || undecided.get() != 0 || untried.get() || refreshing.get())
                        on_click=move || ending.post()
                    >
                        "Confirm & post"
                    </Button>
                </span>
            }
            .into_any(),
            Step::Posted(_) => {
                view! { <span class="end"><Button tone=Tone::Primary on_click=close>"Done"</Button></span> }.into_any()
            }
            Step::Failed { error, posting } => {
                let way_on = match ending.way_on(&error, posting) {
                    WayOn::ReadAgain => {
                        view! { <Button tone=Tone::Primary on_click=move || ending.read()>"Try again"</Button> }
                            .into_any()
                    }
                    WayOn::PostAgain => {
                        view! { <Button tone=Tone::Primary on_click=move || ending.post()>"Post again"</Button> }
                            .into_any()
                    }
                    WayOn::Change => {
                        view! { <Button tone=Tone::Primary on_click=move || ending.read()>"Change the note"</Button> }
                            .into_any()
                    }
                    WayOn::Reopen => view! {
                        <Button on_click=move || ending.post()>"Post again"</Button>
                        <Button tone=Tone::Primary on_click=move || ending.reopen()>"Reopen and change"</Button>
                    }
                    .into_any(),
                };
                view! {
                    <span class="end">
                        <Button on_click=close>"Close"</Button>
                        {way_on}
                    </span>
                }
                .into_any()
            }
        }
    })
}
