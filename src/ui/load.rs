//! Loading, error and empty, once for the whole app.

use std::{marker::PhantomData, sync::Arc};

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{
    button::Button,
    icon::{Glyph, Icon},
    skeleton::Skeleton,
    view,
    when::dynamic,
};
use crate::{
    error::AppError,
    wire::{AsIs, Ask, IN_BROWSER, Question, decode},
};

/// Something that a page reads on the server. It stays JSON until it is drawn: so what waits for it is here once, and what
/// knows a `T` is downloaded with the page that draws it.
pub struct Reading<T> {
    answer: Resource<Answer, AsIs>,
    of: PhantomData<fn() -> T>,
}

type Answer = Result<Arc<str>, AppError>;

impl<T> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reading<T> {}

impl<T> Reading<T> {
    /// Reads again.
    pub fn refetch(self) {
        self.answer.refetch();
    }
}

/// Reads before the page is sent, and again whenever `ask` asks for something else.
pub fn reading<T>(ask: impl Fn() -> Ask<T> + Send + Sync + 'static) -> Reading<T> {
    let ask: Box<dyn Fn() -> Question + Send + Sync> = Box::new(move || ask().question);
    Reading { answer: Resource::new_with_options(ask, Question::put, true), of: PhantomData }
}

/// What helps beside *Try again* where something could not be read.
#[derive(Debug, Clone, Copy)]
pub struct WayOn {
    pub advice: Option<&'static str>,
    /// Another page, and how its link is called.
    pub to: &'static str,
    pub label: &'static str,
}

impl WayOn {
    pub const SESSIONS: Self = Self { advice: None, to: "/sessions", label: "Go to sessions" };
}

/// Draws what a reading brings: a skeleton at first, the error with *Try again* if it fails, and the old content while it is
/// fetched anew.
#[component]
pub fn Load<T>(
    from: Reading<T>,
    /// What stands around skeleton and error where the content brings its own frame.
    #[prop(default = |inside| inside)]
    frame: fn(AnyView) -> AnyView,
    /// What is drawn for an error that need not be told as one.
    #[prop(default = |_| None)]
    instead: fn(&AppError) -> Option<AnyView>,
    /// What helps against an error.
    #[prop(default = |_| WayOn::SESSIONS)]
    way_on: fn(&AppError) -> WayOn,
    /// Reads again what stands beside it, where somebody tries again.
    #[prop(optional, into)]
    beside: Option<Callback<()>>,
    #[prop(into)] children: Callback<(T,), AnyView>,
) -> AnyView
where
    T: DeserializeOwned + 'static,
{
    let draw = Box::new(move |answer: &str| Ok(children.run((decode(answer)?,))));
    loaded(from.answer, draw, Otherwise { frame, instead, way_on, beside })
}

/// Draws an answer, if it can be read.
type Draw = Box<dyn Fn(&str) -> Result<AnyView, AppError> + Send + Sync>;

/// What is drawn until there is an answer, and where there is none; as [`Load`] has it.
#[derive(Clone, Copy)]
struct Otherwise {
    frame: fn(AnyView) -> AnyView,
    instead: fn(&AppError) -> Option<AnyView>,
    way_on: fn(&AppError) -> WayOn,
    beside: Option<Callback<()>>,
}

/// [`Load`] for all types.
fn loaded(from: Resource<Answer, AsIs>, draw: Draw, otherwise: Otherwise) -> AnyView {
    let Otherwise { frame, instead, way_on, beside } = otherwise;
    let retry = move || {
        from.refetch();
        if let Some(beside) = beside {
            beside.run(());
        }
    };
    let draw = move |answer: Answer| match answer.and_then(|answer| draw(&answer)) {
        Ok(content) => content,
        Err(error) => instead(&error)
            .unwrap_or_else(|| frame(view! { <ErrorPanel way_on=way_on(&error) error retry/> }.into_any())),
    };
    let content = if IN_BROWSER {
        // Read, not awaited: what is on the screen lives until the new content is here.
        dynamic(move || from.get().map(&draw))
    } else {
        // Drawn once, when it is there; a closure would be run twice, and a long page with it.
        Suspend::new(async move { draw(from.await) }).into_any()
    };
    view! { <Transition fallback=move || frame(view! { <Skeleton/> })>{content}</Transition> }
}

/// What went wrong, in the place of what should have been there.
#[component]
pub fn ErrorPanel(
    error: AppError,
    #[prop(optional, into)] retry: Option<Callback<()>>,
    #[prop(default = WayOn::SESSIONS)] way_on: WayOn,
) -> impl IntoView {
    let WayOn { advice, to, label } = way_on;
    view! {
        <section class="error-panel" role="alert" data-code=error.code()>
            <Icon glyph=Glyph::Alert/>
            <h2>{error.title()}</h2>
            <p>{error.detail()}</p>
            {advice.map(|advice| view! { <p>{advice}</p> })}
            <div class="row">
                {retry.map(|retry| view! { <Button icon=Glyph::Retry on_click=retry>"Try again"</Button> })}
                <a class="btn btn--quiet" href=to>{label}</a>
            </div>
        </section>
    }
}

/// There is nothing: what will be here and what to do next.
#[component]
pub fn Empty(#[prop(optional)] glyph: Option<Glyph>, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <h2>{title}</h2>
            {children()}
        </div>
    }
}

/// An error in a line, beside what it is about.
#[component]
pub fn Problem(#[prop(into)] error: Signal<Option<AppError>>) -> impl IntoView {
    dynamic(move || {
        error.get().map(|error| {
            view! {
                <div class="notice notice--danger" role="alert">
                    <Icon glyph=Glyph::Alert/>
                    <p>{error.detail()}</p>
                </div>
            }
        })
    })
}
