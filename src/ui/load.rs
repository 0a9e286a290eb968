//! Loading, error and empty, once for the whole app.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    button::Button,
    icon::{Glyph, Icon},
    skeleton::Skeleton,
    when::dynamic,
};
use crate::{error::AppError, wire::Wire};

/// Something that a page reads on the server.
pub type Reading<T> = Resource<Result<T, AppError>, Wire>;

/// Reads before the page is sent, and again whenever `source` changes.
pub fn reading<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Reading<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    Resource::new_with_options(source, fetch, true)
}

/// Draws what a reading brings: a skeleton at first, the error with *Try again* if it fails, and the old content while it is
/// fetched anew.
#[component]
pub fn Load<T>(
    from: Reading<T>,
    /// What stands around skeleton and error where the content brings its own frame.
    #[prop(default = |inside| inside)]
    frame: fn(AnyView) -> AnyView,
    #[prop(into)] children: Callback<(T,), AnyView>,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let draw = move |answer: Result<T, AppError>| match answer {
        Ok(value) => children.run((value,)),
        Err(error) => frame(view! { <ErrorPanel error retry=move || from.refetch()/> }.into_any()),
    };
    let on_server = Owner::current_shared_context().is_some_and(|context| !context.is_browser());
    let content = if on_server {
        // Drawn once, when it is there; a closure would be run twice, and a long page with it.
        Suspend::new(async move { draw(from.await) }).into_any()
    } else {
        // Read, not awaited: what is on the screen lives until the new content is here.
        dynamic(move || from.get().map(draw))
    };
    view! { <Transition fallback=move || frame(view! { <Skeleton/> }.into_any())>{content}</Transition> }
}

/// What went wrong, in the place of what should have been there.
#[component]
pub fn ErrorPanel(error: AppError, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    view! {
        <section class="error-panel" role="alert">
            <Icon glyph=Glyph::Alert/>
            <h2>{error.title()}</h2>
            <p>{error.detail()}</p>
            <div class="row">
                {retry.map(|retry| view! { <Button icon=Glyph::Retry on_click=retry>"Try again"</Button> })}
                <a class="btn btn--quiet" href="/sessions">"Go to sessions"</a>
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
