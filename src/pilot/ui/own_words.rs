//! A textarea in its place in the lane, and what is typed there: kept in this browser until it is saved or given up, whether the
//! form is closed meanwhile or the page left.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use uuid::Uuid;

use super::surface::Surface;
use crate::{
    error::AppError,
    ids::SessionId,
    ui::{
        browser,
        button::{Button, Tone},
        shortcut::Shortcut,
        view,
    },
};

/// What somebody writes about one thing of a session.
#[derive(Debug, Clone, Copy)]
pub struct OwnWords {
    /// The form is there.
    pub open: RwSignal<bool>,
    /// They are on their way to the server.
    pub busy: RwSignal<bool>,
    typed: RwSignal<String>,
    /// The page opened the form, nobody asked for it.
    by_itself: StoredValue<bool>,
    /// What is being done, the session, and what it is done to.
    place: (&'static str, SessionId, Uuid),
}

impl OwnWords {
    pub fn new(open: RwSignal<bool>, doing: &'static str, session: SessionId, about: Uuid) -> Self {
        let (busy, typed, by_itself) = (RwSignal::new(false), RwSignal::new(String::new()), StoredValue::new(false));
        Self { open, busy, typed, by_itself, place: (doing, session, about) }
    }

    /// The id of the button that opens the form, by which the focus finds back to it.
    pub fn opener(self) -> String {
        let (doing, _, about) = self.place;
        format!("{doing}-{about}")
    }

    /// The form, or what was pressed in its place, is gone.
    pub fn refocus(self) {
        let back = [format!("#{}", self.opener()), ".lane__body".to_owned(), ".composer textarea".to_owned()];
        browser::refocus(None, back.to_vec());
    }

    fn keep(self, text: &str) {
        let (doing, session, about) = self.place;
        browser::keep_draft(&format!("fp:{doing}:{session}:{about}"), text);
    }

    /// What was typed and neither saved nor given up.
    pub fn kept(self) -> Option<String> {
        let (doing, session, about) = self.place;
        let typed = self.typed.try_get_untracked().filter(|typed| !typed.is_empty());
        typed.or_else(|| browser::recall_draft(&format!("fp:{doing}:{session}:{about}")))
    }

    pub fn write(self, text: String) {
        self.keep(&text);
        let _ = self.typed.try_set(text);
    }

    /// Opens the form if an earlier page kept something for it; the focus stays where it is.
    pub fn open_again(self) {
        if self.kept().is_some() {
            self.by_itself.set_value(true);
            self.open.set(true);
        }
    }

    /// They are saved or given up.
    pub fn forget(self) {
        self.write(String::new());
        let _ = self.open.try_set(false);
    }

    /// Saves them. They are forgotten once that is done, and stay when it was refused, which is said.
    pub fn save<T: 'static>(
        self,
        surface: Surface,
        call: impl Future<Output = Result<T, AppError>> + 'static,
        then: impl FnOnce(Option<T>) + 'static,
    ) {
        self.busy.set(true);
        spawn_local(async move {
            let saved = surface.notices.check(call.await);
            // The page may be gone by now.
            let _ = self.busy.try_set(false);
            if saved.is_some() {
                self.forget();
            }
            then(saved);
        });
    }

    /// What they are about is gone: they go into the message box.
    pub fn rescue(self, surface: Surface, said: &'static str) {
        if let Some(text) = self.kept().filter(|text| !text.trim().is_empty()) {
            surface.outbox.add(text.trim());
            surface.notices.say(said);
        }
        self.forget();
    }

    /// The same, if they are being written just now.
    pub fn rescue_open(self, surface: Surface, said: &'static str) {
        if self.open.get_untracked() && !self.busy.get_untracked() {
            self.rescue(surface, said);
        }
    }
}

/// *Escape* closes it and keeps what is typed for the next time; *Cancel* gives that up.
#[component]
pub fn WordsForm(
    words: OwnWords,
    /// What stands there where nothing is kept.
    #[prop(optional, into)]
    first: String,
    label: &'static str,
    placeholder: &'static str,
    action: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(into)] save: Callback<(String,)>,
) -> impl IntoView {
    let OwnWords { open, busy, by_itself, .. } = words;
    let field = NodeRef::<html::Textarea>::new();
    // Asking for it once more leads to it, too.
    Effect::new(move |_| {
        let (open, Some(field)) = (open.get(), field.get()) else { return };
        if by_itself.get_value() {
            by_itself.set_value(false);
        } else if open {
            let _ = field.focus();
        }
    });
    // However it was closed, but not where the page is left.
    on_cleanup(move || {
        if open.try_get_untracked() == Some(false) {
            words.refocus();
        }
    });
    let submit = move || {
        let text = field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
        if !text.is_empty() && !busy.get_untracked() {
            save.run((text,));
        }
    };
    view! {
        <form
            class="inline-form"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                submit();
            }
        >
            <textarea
                class="field"
                node_ref=field
                required
                aria-label=label
                placeholder=placeholder
                readonly=move || busy.get()
                prop:value=words.kept().unwrap_or(first)
                on:input:target=move |event| words.write(event.target().value())
                on:keydown=move |event| match event.key().as_str() {
                    "Enter" if (event.ctrl_key() || event.meta_key()) && !event.is_composing() => {
                        // It is not the lane's answers that are to be sent.
                        event.stop_propagation();
                        submit();
                    }
                    "Escape" if !event.is_composing() => {
                        event.stop_propagation();
                        open.set(false);
                    }
                    _ => {}
                }
            ></textarea>
            <footer>
                <small>{hint}</small>
                <Button tone=Tone::Quiet small=true on_click=move || words.forget()>"Cancel"</Button>
                <Button tone=Tone::Primary small=true submit=true keys=Shortcut::SEND busy>{action}</Button>
            </footer>
        </form>
    }
}
