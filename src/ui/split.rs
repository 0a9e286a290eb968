//! Code that is downloaded when it is first needed. What belongs together has one name and comes in one go; the name is the first
//! word of `#[wasm_split(name, wasm_split_path = leptos::wasm_split, fallible)]`.
//!
//! Not Leptos' `#[lazy]` and `#[lazy_route]`: with those a download that fails, as while the laptop wakes up, ends the whole app.

use futures::future::pending;
use leptos::{prelude::*, wasm_split::SplitLoaderError};

use super::{load::ErrorPanel, notices::Notices, view};
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

/// A page whose code comes under this name.
pub async fn page(name: &'static str, page: impl Future<Output = Split<AnyView>>) -> AnyView {
    if !IN_BROWSER {
        leptos::prefetch_lazy_fn_on_server(name);
    }
    let taking_over = Owner::current_shared_context().is_some_and(|page| page.during_hydration());
    match page.await {
        Ok(page) => page,
        // What the server drew stays; it can be read, and its links work.
        Err(_) if IN_BROWSER && taking_over => pending().await,
        Err(_) => {
            let again = |()| drop(window().location().reload());
            view! {
                <main class="page" id="main">
                    <div class="page__body"><ErrorPanel error=missing() retry=again/></div>
                </main>
            }
        }
    }
}

/// Downloads the code of a page ahead; whether that went well is told when it is drawn.
pub async fn ahead(code: impl Future<Output = Split<()>>) {
    let _ = code.await;
}
