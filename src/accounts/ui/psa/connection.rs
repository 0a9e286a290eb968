//! Connecting to a ticket system: address, company and keys, a test with its real answer. Keys are written and never read.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    accounts::{rpc, types::Visitor, ui::ai::line::Line},
    ai::types::settings::field_error,
    error::AppError,
    psa::types::{PsaChange, PsaSettings, PsaTest},
    ui::{
        browser,
        button::{Button, Tone},
        icon::{Glyph, Icon},
        load::Problem,
        notices::use_notices,
        time::Stamp,
        view,
        when::{When, dynamic},
    },
    wire::{self, WriteOnly},
};

/// The connection as it is being typed.
#[derive(Debug, Clone, Copy)]
struct Draft {
    site: RwSignal<String>,
    company: RwSignal<String>,
    public_key: RwSignal<String>,
    private_key: RwSignal<String>,
    client_id: RwSignal<String>,
    error: RwSignal<Option<AppError>>,
}

impl Draft {
    fn of(saved: &PsaSettings) -> Self {
        let [site, company, public_key] = Self::stored(saved).map(RwSignal::new);
        let secret = || RwSignal::new(String::new());
        Self { site, company, public_key, private_key: secret(), client_id: secret(), error: RwSignal::new(None) }
    }

    /// What is kept in this tab until it is stored: no secrets.
    const fn words(self) -> [RwSignal<String>; 3] {
        [self.site, self.company, self.public_key]
    }

    /// Takes up what was typed before the page was read again, and keeps what is typed from now on.
    fn keep(self, saved: RwSignal<PsaSettings>) {
        let place = format!("fp:psa:{}", use_context::<Visitor>().map(Visitor::whose).unwrap_or_default());
        Effect::new(move |began: Option<()>| {
            let typed = self.words().map(|word| word.get());
            let stored = saved.with(Self::stored);
            if began.is_none() {
                let kept = browser::recall_in_tab(&place).and_then(|kept| wire::read::<[String; 3]>(&kept).ok());
                for (word, kept) in self.words().into_iter().zip(kept.into_iter().flatten()) {
                    word.set(kept);
                }
            } else if typed == stored {
                browser::keep_in_tab(&place, "");
            } else {
                browser::keep_in_tab(&place, &wire::write(&typed).unwrap_or_default());
            }
        });
    }

    fn stored(saved: &PsaSettings) -> [String; 3] {
        let of = saved.connection.as_ref();
        of.map(|of| [of.site.clone(), of.company.clone(), of.public_key.clone()]).unwrap_or_default()
    }

    /// What is typed; an empty key is the stored one.
    fn change(self) -> PsaChange {
        let typed = |text: RwSignal<String>| Some(text.get_untracked().trim().to_owned());
        let key = |text: RwSignal<String>| typed(text).filter(|text| !text.is_empty()).map(WriteOnly);
        PsaChange {
            provider: Some("connectwise".to_owned()),
            site: typed(self.site),
            company: typed(self.company),
            public_key: typed(self.public_key),
            private_key: key(self.private_key),
            client_id: key(self.client_id),
            ..PsaChange::default()
        }
    }

    fn error_of(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| field_error(error.as_ref(), field)))
    }
}

#[component]
pub fn ConnectionForm(saved: RwSignal<PsaSettings>) -> impl IntoView {
    let notices = use_notices();
    let draft = saved.with_untracked(Draft::of);
    draft.keep(saved);
    let (saving, testing) = (RwSignal::new(false), RwSignal::new(false));
    let report = RwSignal::new(None::<PsaTest>);
    let refuse = move |error: AppError| match error {
        error @ AppError::Invalid { .. } => {
            draft.error.set(Some(error));
            browser::go_to_wrong_field();
        }
        other => notices.fail(&other),
    };
    // What does not work is only kept where one insists: the account would be without tickets.
    let refused = RwSignal::new(false);
    let keep = move |anyway: bool| {
        draft.error.set(None);
        report.set(None);
        refused.set(false);
        saving.set(true);
        spawn_local(async move {
            if !anyway {
                match rpc::test_psa(draft.change()).await {
                    Ok(found) => {
                        let works = found.ok;
                        report.set(Some(found));
                        if !works {
                            refused.set(true);
                            saving.set(false);
                            return;
                        }
                    }
                    Err(error) => {
                        refuse(error);
                        saving.set(false);
                        return;
                    }
                }
            }
            match rpc::change_psa(draft.change()).await {
                Ok(stored) => {
                    notices.signed_in();
                    draft.private_key.set(String::new());
                    draft.client_id.set(String::new());
                    for (word, stored) in draft.words().into_iter().zip(Draft::stored(&stored)) {
                        word.set(stored);
                    }
                    saved.set(stored);
                    notices.say("The connection is saved.");
                }
                Err(error) => refuse(error),
            }
            saving.set(false);
        });
    };
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        keep(false);
    };
    let test = move || {
        draft.error.set(None);
        report.set(None);
        refused.set(false);
        testing.set(true);
        spawn_local(async move {
            match rpc::test_psa(draft.change()).await {
                Ok(found) => report.set(Some(found)),
                Err(error) => refuse(error),
            }
            testing.set(false);
        });
    };
    let key_hint = move || {
        saved.with(|saved| {
            let connection = saved.connection.as_ref()?;
            let end = connection.key_ends_in.as_ref().map(|end| format!(" (ends in {end})")).unwrap_or_default();
            Some(format!("A key is stored{end}. Leave this empty to keep it."))
        })
    };
    let id_hint = move || {
        saved.with(|saved| saved.connection.is_some()).then(|| "One is stored. Leave this empty to keep it.".to_owned())
    };
    let connected = Signal::derive(move || saved.with(|saved| saved.connection.is_some()));
    view! {
        <form class="settings form account-form" on:submit=save novalidate>
            <header>
                <div>
                    <h2>"ConnectWise PSA"</h2>
                    <p>{dynamic(move || standing(&saved.get()))}</p>
                </div>
            </header>
            <Line id="site" label="Site" kind="url" value=draft.site
                placeholder=Signal::derive(|| "https://na.myconnectwise.net".to_owned())
                hint=Signal::derive(|| Some("Where people open it in a browser.".to_owned()))
                error=draft.error_of("site")/>
            <div class="form__row">
                <Line id="company" label="Company id" value=draft.company error=draft.error_of("company")/>
                <Line id="public-key" label="Public key" value=draft.public_key error=draft.error_of("public_key")/>
            </div>
            <div class="form__row">
                <Line id="private-key" label="Private key" kind="password" value=draft.private_key
                    hint=Signal::derive(key_hint) error=draft.error_of("private_key")/>
                <Line id="client-id" label="Client id" kind="password" value=draft.client_id
                    hint=Signal::derive(id_hint) error=draft.error_of("client_id")/>
            </div>
            <Problem error=draft.error/>
            <Report report testing/>
            <When is=refused>
                <div class="row">
                    <p>"Nothing was saved."</p>
                    <Button busy=saving on_click=move || keep(true)>"Save anyway"</Button>
                </div>
            </When>
            <div class="row">
                <Button submit=true tone=Tone::Primary busy=saving>
                    {dynamic(move || if connected.get() { "Save" } else { "Connect" })}
                </Button>
                <Button busy=testing on_click=test>"Test connection"</Button>
                <small class="muted">"A test also tries what is not saved yet, and stores nothing."</small>
            </div>
        </form>
    }
}

/// What the account works with today.
fn standing(saved: &PsaSettings) -> AnyView {
    match &saved.connection {
        None => "Not connected: tickets are kept in FlowPilot itself. Keys come from an API member in ConnectWise PSA."
            .into_any(),
        Some(connection) => {
            let (site, company) = (connection.site.clone(), connection.company.clone());
            let since = connection.connected_at.0;
            view! { {format!("Connected to {site} as {company} since ")}<Stamp at=since/>"." }.into_any()
        }
    }
}

#[component]
fn Report(report: RwSignal<Option<PsaTest>>, #[prop(into)] testing: Signal<bool>) -> impl IntoView {
    let found = move || {
        report.get().map(|PsaTest { ok, said, latency_ms }| {
            let (class, glyph, title) = match ok {
                true => ("notice notice--success", Glyph::Check, format!("It answered in {latency_ms} ms.")),
                false => ("notice notice--danger", Glyph::Fail, "It does not work.".to_owned()),
            };
            view! {
                <div class=class>
                    <Icon glyph/>
                    <div>
                        <p><strong>{title}</strong></p>
                        <p>{said}</p>
                    </div>
                </div>
            }
        })
    };
    view! {
        <div role="status" aria-live="polite">
            <When is=testing><p class="muted">"Asking the ticket system…"</p></When>
            {dynamic(found)}
        </div>
    }
}
