//! `/pilot`: say what is wrong, or take a ticket.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use uuid::Uuid;

use super::{
    attach::{AttachButton, accept_drops, hold_hint, on_paste},
    attachments::Attachments,
    composer::{is_send, leave_empty},
    handed::Handed,
    layout::Sessions,
    outbox::draft_of,
    previews::Previews,
};
use crate::{
    error::AppError,
    pilot::{rpc, types::NewSession},
    ui::{
        browser::{self, File},
        button::{Button, Tone},
        field::keep_in_step,
        load::Problem,
        notices::{Notices, use_notices},
        shortcut::{Kbd, Shortcut},
        view,
        when::dynamic,
    },
};

/// Where the text of the start box is kept.
const PLACE: &str = "fp:draft:new";

/// Starting a session: at most one at a time, and a repeat after a failure is the same one.
#[derive(Debug, Clone, Copy)]
struct Starting {
    busy: RwSignal<bool>,
    error: RwSignal<Option<AppError>>,
    key: StoredValue<Option<String>>,
    notices: Notices,
    sessions: Option<Sessions>,
    handed: Handed,
    go: Callback<(String,)>,
}

impl Starting {
    fn new() -> Self {
        let navigate = use_navigate();
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            key: StoredValue::new(None),
            notices: use_notices(),
            sessions: use_context(),
            handed: Handed::find(),
            go: Callback::new(move |(path,): (String,)| navigate(&path, leptos_router::NavigateOptions::default())),
        }
    }

    /// Begins with a text; where files come with it, the session sends both once it is there.
    fn start(self, new: NewSession, text: String, files: Vec<File>, done: impl FnOnce() + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let key = self.key.get_value().unwrap_or_else(|| Uuid::now_v7().to_string());
        self.key.set_value(Some(key.clone()));
        spawn_local(async move {
            let answer = match files.is_empty() {
                true => rpc::start_session(new, text, key).await,
                false => rpc::create_session(new, key).await.inspect(|id| {
                    browser::keep_draft(&draft_of(*id), &text);
                    self.handed.put(Some(*id), files);
                }),
            };
            match answer {
                // Busy until the page is gone: a second Enter must not begin another.
                Ok(id) => {
                    done();
                    self.notices.signed_in();
                    if let Some(sessions) = self.sessions {
                        sessions.add();
                    }
                    self.go.run((format!("/pilot/{id}"),));
                }
                Err(error) => {
                    let _ = self.busy.try_set(false);
                    if let AppError::Unauthenticated { .. } = error {
                        self.notices.fail(&error);
                    }
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    /// What is to be started is another thing now.
    fn forget(self) {
        self.key.set_value(None);
    }
}

#[component]
pub fn StartPage(#[prop(into)] tickets: ViewFn) -> AnyView {
    view! {
        <Title text="Sessions"/>
        <main id="main">
            <h1 class="visually-hidden">"Sessions"</h1>
            <section class="start" aria-label="New session">
                <h2>"What is wrong?"</h2>
                <StartBox focused=true/>
                {tickets.run()}
            </section>
        </main>
    }
    .into_any()
}

/// Where a problem is described. `/pilot` and the front page have it.
#[component]
pub fn StartBox(
    /// It has the focus when it comes.
    #[prop(optional)]
    focused: bool,
) -> impl IntoView {
    let starting = Starting::new();
    let text = RwSignal::new(String::new());
    let attached = Attachments::new(None, starting.notices);
    let field = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(kept) = browser::recall_draft(PLACE) {
            text.set(kept);
        }
        let left = starting.handed.get(None);
        if !left.is_empty() {
            attached.add(left);
        }
    });
    Effect::new(move |before: Option<()>| {
        attached.list.track();
        // What was left here is taken up first.
        if before.is_some() {
            starting.handed.put(None, attached.held());
            starting.forget();
        }
    });
    field.on_load(move |field| {
        if focused {
            let _ = field.focus();
        }
    });
    let write = move |new: String| {
        browser::keep_draft(PLACE, &new);
        text.set(new);
        starting.forget();
    };
    keep_in_step(field, text.into(), write);
    let hold = Memo::new(move |_| attached.hold());
    let nothing = move || text.with(|text| text.trim().is_empty()) && attached.is_empty();
    let start = move || {
        if hold.get_untracked().is_some() || untrack(nothing) {
            return;
        }
        let words = text.get_untracked().trim().to_owned();
        let new = NewSession { problem: Some(words.clone()).filter(|words| !words.is_empty()), ticket_id: None };
        starting.start(new, words, attached.held(), move || {
            browser::keep_draft(PLACE, "");
            starting.handed.put(None, Vec::new());
        });
    };
    let dropping = accept_drops(attached);
    view! {
        <form
            class="composer"
            aria-label="New session"
            data-drop=move || dropping.get().then_some("")
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                start();
            }
        >
            <Previews attached/>
            <textarea
                node_ref=field
                aria-label="What is wrong?"
                placeholder="Describe the problem as the user did. Paste error messages, logs or a screenshot."
                on:input:target=move |event| write(event.target().value())
                on:paste=move |event| on_paste(&event, attached)
                on:keydown=move |event| {
                    if is_send(&event) {
                        event.prevent_default();
                        start();
                    }
                    leave_empty(&event, text);
                }
            ></textarea>
            <footer>
                <AttachButton attached field/>
                <small>{dynamic(move || hold.get().and_then(hold_hint))}</small>
                <Problem error=starting.error/>
                <span class="end">
                    <Kbd keys=Shortcut::ENTER/>
                    <Button
                        submit=true
                        tone=Tone::Primary
                        busy=starting.busy
                        disabled=Signal::derive(move || nothing() || hold.get().is_some())
                    >
                        "Start"
                    </Button>
                </span>
            </footer>
        </form>
    }
}

/// *Start session* on a ticket.
#[component]
pub fn StartOnTicket(ticket_id: String) -> impl IntoView {
    let starting = Starting::new();
    let start = move || {
        let new = NewSession { problem: None, ticket_id: Some(ticket_id.clone()) };
        starting.start(new, String::new(), Vec::new(), || ());
    };
    view! {
        <Button tone=Tone::Primary busy=starting.busy on_click=start>"Start session"</Button>
        <Problem error=starting.error/>
    }
}
