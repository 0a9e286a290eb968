//! Code that is downloaded when it is first needed. What belongs together has one name and comes in one go; the name is the first
//! word of `#[wasm_split(name, wasm_split_path = leptos::wasm_split, fallible)]`.
//!
//! Not Leptos' `#[lazy]` and `#[lazy_route]`: with those a download that fails, as while the laptop wakes up, ends the whole app.

use std::time::Duration;

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use super::{browser, load::ErrorPanel, notices::Notices, view};
use crate::{error::AppError, wire::IN_BROWSER};

pub use leptos::wasm_split::wasm_split;

/// What downloaded code gives, if it could be downloaded.
pub type Split<T> = Result<T, SplitLoaderError>;

fn missing() -> AppError {
    AppError::Unavailable {
        detail: "This part of FlowPilot could not be loaded. Check the connection and try again; reload the page if that does not help."
            .to_owned(),
    }
}

/// Says that code could not be downloaded.
pub fn tell<T>(notices: Notices, got: Split<T>) -> Option<T> {
    notices.check(got.map_err(|_| missing()))
}

/// Downloads again and again until it works: for what nobody asked for, or cannot go on without.
pub async fn patiently<T, F: Future<Output = Split<T>>>(download: impl Fn() -> F) -> Split<T> {
    let mut wait = Duration::from_secs(1);
    loop {
        let got = download().await;
        if got.is_ok() {
            return got;
        }
        browser::pause(wait).await;
        wait = (wait * 2).min(Duration::from_secs(30));
    }
}

/// Downloads the code of a page ahead of [`page`]. A page that the server drew stands as it is until then, to be read. Of another, it is
/// told when it is to be drawn.
pub async fn ahead<F: Future<Output = Split<()>>>(download: impl Fn() -> F) {
    let _ = if Owner::current_shared_context().is_some_and(|page| page.during_hydration()) {
        patiently(download).await
    } else {
        download().await
    };
}

/// A page whose code comes under this name.
pub async fn page(name: &'static str, page: impl Future<Output = Split<AnyView>>) -> AnyView {
    if !IN_BROWSER {
        leptos::prefetch_lazy_fn_on_server(name);
    }
    page.await.unwrap_or_else(|_| {
        let again = |()| drop(window().location().reload());
        view! {
            <main class="page" id="main">
                <div class="page__body"><ErrorPanel error=missing() retry=again/></div>
            </main>
        }
    })
}
