//! What the app has to say beside the page: toasts with *Undo*, and that one has been signed out.

use std::time::Duration;

use leptos::prelude::*;

use super::{
    browser,
    button::{Button, IconButton, Tone},
    each::Each,
    icon::{Glyph, Icon},
    shortcut::Shortcut,
    view,
    when::dynamic,
};
use crate::error::AppError;

#[derive(Debug, Clone)]
struct Toast {
    id: u64,
    text: String,
    is_error: bool,
    action: Option<(&'static str, Callback<()>)>,
}

/// A toast does not change.
impl PartialEq for Toast {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// Where components say things. A copy of it is in every page's context.
#[derive(Debug, Clone, Copy)]
pub struct Notices {
    toasts: RwSignal<Vec<Toast>>,
    count: StoredValue<u64>,
    /// Why the server no longer knows who we are.
    signed_out: RwSignal<Option<String>>,
}

/// Provides [`Notices`] to everything below.
pub fn provide_notices() -> Notices {
    let notices =
        Notices { toasts: RwSignal::new(Vec::new()), count: StoredValue::new(0), signed_out: RwSignal::new(None) };
    provide_context(notices);
    notices
}

/// The nearest [`Notices`]; where there are none, what is said is not heard.
pub fn use_notices() -> Notices {
    use_context().unwrap_or_else(provide_notices)
}

impl Notices {
    /// Says something that needs no answer.
    pub fn say(self, text: impl Into<String>) {
        self.push(text.into(), false, None, 5);
    }

    /// Says what was done and offers the way back.
    pub fn offer(self, text: impl Into<String>, label: &'static str, action: impl Into<Callback<()>>) {
        self.push(text.into(), false, Some((label, action.into())), 10);
    }

    /// Says what went wrong. A lost login stays on the screen until it is mended; nothing typed is touched.
    pub fn fail(self, error: &AppError) {
        match error {
            AppError::Unauthenticated { .. } => self.signed_out.set(Some(error.detail())),
            _ => self.push(error.detail(), true, None, 10),
        }
    }

    /// A call went through: whoever was signed out is back.
    pub fn signed_in(self) {
        if self.signed_out.try_get_untracked().flatten().is_some() {
            self.signed_out.set(None);
        }
    }

    /// Looks at the answer to a call, says what went wrong, and gives the value.
    pub fn check<T>(self, answer: Result<T, AppError>) -> Option<T> {
        match answer {
            Ok(value) => {
                self.signed_in();
                Some(value)
            }
            Err(error) => {
                self.fail(&error);
                None
            }
        }
    }

    fn push(self, text: String, is_error: bool, action: Option<(&'static str, Callback<()>)>, seconds: u64) {
        let Some(id) = self.count.try_update_value(|count| {
            *count += 1;
            *count
        }) else {
            return;
        };
        self.toasts.update(|toasts| {
            // The same words with a way back are about another thing.
            toasts.retain(|toast| toast.action.is_some() || toast.text != text);
            toasts.push(Toast { id, text, is_error, action });
        });
        set_timeout(move || self.expire(id), Duration::from_secs(seconds));
    }

    /// Closes it, unless somebody is just about to press something there.
    fn expire(self, id: u64) {
        match browser::find(".toast-stack:is(:hover, :focus-within)") {
            Some(_) => set_timeout(move || self.expire(id), Duration::from_secs(3)),
            None => self.close(id),
        }
    }

    /// Takes the way back that was offered last.
    pub fn undo(self) {
        let last = self
            .toasts
            .with_untracked(|toasts| toasts.iter().rev().find_map(|toast| Some((toast.id, toast.action.as_ref()?.1))));
        if let Some((id, action)) = last {
            self.close(id);
            action.run(());
        }
    }

    fn close(self, id: u64) {
        self.toasts.try_update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// The toasts, in a corner; screen readers hear them.
#[component]
pub fn ToastStack() -> impl IntoView {
    let notices = use_notices();
    let toast = move |toast: Memo<Toast>| {
        let toast = toast.get_untracked();
        let id = toast.id;
        let glyph = if toast.is_error { Glyph::Alert } else { Glyph::Info };
        let action = toast.action.map(|(label, action)| {
            let run = move || {
                notices.close(id);
                action.run(());
            };
            view! { <Button tone=Tone::Quiet small=true keys=Shortcut::UNDO on_click=run>{label}</Button> }
        });
        browser::hand_focus_over(".toast", ".toast button, #main".to_owned());
        view! {
            <div class=if toast.is_error { "toast toast--danger" } else { "toast" }>
                <Icon glyph/>
                <p>{toast.text}</p>
                {action}
                <IconButton small=true glyph=Glyph::Close label="Close message" on_click=move || notices.close(id)/>
            </div>
        }
    };
    view! {
        <div class="toast-stack" role="status" aria-live="polite">
            <Each items=Memo::new(move |_| notices.toasts.get()) key=|toast: &Toast| toast.id children=toast/>
        </div>
    }
}

/// Over the page while nobody is signed in any more. The sign-in opens beside, so that what was typed stays.
#[component]
pub fn SignedOutBar() -> impl IntoView {
    let notices = use_notices();
    dynamic(move || {
        notices.signed_out.get().map(|why| {
            view! {
                <div class="offline-bar" role="alert">
                    <strong>{why}</strong>
                    <small>"What you typed is still here; carry on once you are signed in."</small>
                    <a class="link" href="/login" target="_blank" rel="noopener">"Sign in again"</a>
                    <IconButton
                        small=true
                        glyph=Glyph::Close
                        label="Close message"
                        on_click=move || notices.signed_out.set(None)
                    />
                </div>
            }
        })
    })
}
