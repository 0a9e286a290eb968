//! How long people stay signed in: a preset, or times of one's own.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use super::span::{Span, SpanField};
use crate::{
    accounts::{
        rpc,
        types::security::{Lifetimes, Preset, SecurityChange, spoken},
    },
    error::{AppError, FieldError},
    ui::{
        button::{Button, Tone},
        notices::use_notices,
        view,
        when::When,
    },
};

/// What is chosen and typed, and what was wrong with it.
#[derive(Debug, Clone, Copy)]
struct Draft {
    preset: RwSignal<Preset>,
    idle: Span,
    absolute: Span,
    errors: RwSignal<Vec<FieldError>>,
}

impl Draft {
    fn of(lifetimes: Lifetimes) -> Self {
        Self {
            preset: RwSignal::new(Preset::of(lifetimes)),
            idle: Span::of(lifetimes.idle_minutes.into()),
            absolute: Span::of(lifetimes.absolute_minutes.into()),
            errors: RwSignal::default(),
        }
    }

    /// The change to send, or what is no number.
    fn change(self) -> Result<SecurityChange, Vec<FieldError>> {
        let preset = self.preset.get_untracked();
        if preset != Preset::Custom {
            return Ok(SecurityChange { preset: Some(Some(preset)), ..SecurityChange::default() });
        }
        match (self.idle.minutes(), self.absolute.minutes()) {
            (Some(idle), Some(absolute)) => Ok(SecurityChange {
                preset: Some(Some(preset)),
                idle_minutes: Some(Some(idle)),
                absolute_minutes: Some(Some(absolute)),
            }),
            (idle, absolute) => {
                let missing = [("idle_minutes", idle), ("absolute_minutes", absolute)].into_iter();
                let missing = missing.filter(|(_, minutes)| minutes.is_none());
                let message = || "Enter a whole number.".to_owned();
                Err(missing.map(|(field, _)| FieldError { field: field.to_owned(), message: message() }).collect())
            }
        }
    }

    fn error_of(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors
                .with(|errors| errors.iter().find(|error| error.field == field).map(|error| error.message.clone()))
        })
    }
}

#[component]
pub fn LifetimesForm(lifetimes: Lifetimes, on_saved: Callback<()>) -> impl IntoView {
    let notices = use_notices();
    let draft = Draft::of(lifetimes);
    let saving = RwSignal::new(false);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        draft.errors.set(Vec::new());
        let change = match draft.change() {
            Ok(change) => change,
            Err(errors) => return draft.errors.set(errors),
        };
        saving.set(true);
        spawn_local(async move {
            match rpc::change_security(change).await {
                Ok(saved) => {
                    notices.signed_in();
                    draft.preset.try_set(saved.preset);
                    notices.say("Saved. It applies from the next sign-in on.");
                    on_saved.run(());
                }
                // What is wrong with a field is said at the field.
                Err(AppError::Invalid { errors }) => drop(draft.errors.try_set(errors)),
                Err(error) => notices.fail(&error),
            }
            saving.try_set(false);
        });
    };
    view! {
        <form class="settings" on:submit=save novalidate>
            <header>
                <div>
                    <h2 id="lifetimes">"How long people stay signed in"</h2>
                    <p>"For everybody of the account. A change applies at the next sign-in."</p>
                </div>
            </header>
            <div class="stack" role="radiogroup" aria-labelledby="lifetimes">
                <Choice draft preset=Preset::Strict label="Strict"/>
                <Choice draft preset=Preset::Standard label="Standard"/>
                <Choice draft preset=Preset::Custom label="Custom"/>
            </div>
            <When is=move || draft.preset.get() == Preset::Custom>
                <div class="form__row">
                    <SpanField
                        id="idle-time"
                        label="Without activity"
                        hint="15 minutes to 30 days."
                        span=draft.idle
                        error=draft.error_of("idle_minutes")
                    />
                    <SpanField
                        id="absolute-time"
                        label="At the longest"
                        hint="1 hour to 90 days."
                        span=draft.absolute
                        error=draft.error_of("absolute_minutes")
                    />
                </div>
            </When>
            <div class="row">
                <Button submit=true tone=Tone::Primary busy=saving>"Save"</Button>
            </div>
        </form>
    }
}

#[component]
fn Choice(draft: Draft, preset: Preset, label: &'static str) -> impl IntoView {
    let what = match preset.lifetimes() {
        Some(Lifetimes { idle_minutes, absolute_minutes }) => format!(
            "Signed out after {} without activity, after {} in any case.",
            spoken(idle_minutes.into()),
            spoken(absolute_minutes.into())
        ),
        None => "Times of your own.".to_owned(),
    };
    let described = format!("preset-{preset}");
    let choose = move |_| {
        // Custom begins with what was chosen before.
        if let (Preset::Custom, Some(lifetimes)) = (preset, draft.preset.get_untracked().lifetimes()) {
            draft.idle.set(lifetimes.idle_minutes.into());
            draft.absolute.set(lifetimes.absolute_minutes.into());
        }
        draft.errors.set(Vec::new());
        draft.preset.set(preset);
    };
    view! {
        <label class="checkbox">
            <input
                type="radio"
                name="preset"
                value=preset.as_str()
                checked=draft.preset.get_untracked() == preset
                prop:checked=move || draft.preset.get() == preset
                aria-label=label
                aria-describedby=described.clone()
                on:change=choose
            />
            <span>{label}</span>
            <small id=described>{what}</small>
        </label>
    }
}
