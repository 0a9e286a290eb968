//! Something that comes from the ticket system, asked for once the page is there.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    error::AppError,
    ui::{load::ErrorPanel, skeleton::Skeleton, view, when::dynamic},
};

/// What was answered, if it was yet.
pub type Answer<T> = RwSignal<Option<Result<T, AppError>>>;

/// Asks in the browser, and gives how to ask again.
pub fn fetched<T, F>(ask: fn() -> F) -> (Answer<T>, Callback<()>)
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + 'static,
{
    let answer: Answer<T> = RwSignal::new(None);
    let load = Callback::new(move |()| {
        answer.set(None);
        spawn_local(async move {
            let got = ask().await;
            answer.try_set(Some(got));
        });
    });
    Effect::new(move |_| load.run(()));
    (answer, load)
}

/// A skeleton, what went wrong with *Try again*, or what came.
pub fn shown<T>(answer: Answer<T>, load: Callback<()>, draw: fn(T) -> AnyView) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    dynamic(move || match answer.get() {
        None => view! { <Skeleton lines=3/> }.into_any(),
        Some(Ok(value)) => draw(value),
        Some(Err(error)) => view! { <ErrorPanel error retry=load/> }.into_any(),
    })
}
