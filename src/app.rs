//! The page around all pages: the document, the routes, the rail. One line a page; all but the session surface are loaded when
//! first opened.

use std::sync::Arc;

use leptos::{ev::DragEvent, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
    hooks::{use_location, use_query_map},
    path,
};

use crate::{
    accounts::{
        types::Theme,
        ui::{
            AiSettingsPage, LoginEnd, LoginPage, PsaPage, SecurityPage, SettingsPage, SetupPage, SignedIn, UsagePage,
            account_commands, provide_visitor, use_me,
        },
    },
    pilot::ui::{
        HomePage, NewTicketDialog, PickTicketDialog, PilotLayout, SessionPage, SessionsPage, StartOnTicket, StartPage,
        provide_handed, provide_live, provide_touched, session_source,
    },
    tickets::ui::{
        OpenTickets, TicketAction, TicketPage, TicketsPage, new_ticket, pick_ticket, provide_ticket_changes,
        ticket_source,
    },
    ui::{
        browser,
        commands::{Command, Commands, Listing, provide_commands},
        drawer::provide_drawer,
        help::{Help, KeyGroup},
        icon::{Drawings, Glyph, Icon},
        keys,
        notices::{SignedOutBar, ToastStack, provide_notices, use_notices},
        palette::CommandPalette,
        shortcut::{Shortcut, provide_machine},
        split::{self, Split, wasm_split},
        time::provide_clock,
        view,
        when::Later,
    },
};

/// Whether the browser has taken over the page. Until then nothing may look different from what the server rendered.
#[derive(Debug, Clone)]
pub struct Awake(pub ArcRwSignal<bool>);

impl Default for Awake {
    fn default() -> Self {
        Self(ArcRwSignal::new(false))
    }
}

/// The HTML document. The server provides the [`Theme`] of the request as context.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Theme>().unwrap_or(Theme::System);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="dark light"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <Drawings/>
            </body>
        </html>
    }
}

/// All pages. `awake` turns true when the browser has taken over what the server rendered.
#[component]
pub fn App(#[prop(optional)] awake: Awake) -> impl IntoView {
    provide_meta_context();
    provide_visitor();
    provide_clock(awake.0.clone().into());
    provide_machine(awake.0.clone().into());
    // For style sheets and tests: from here on, controls do something.
    Effect::new(move |_| {
        if awake.0.get() {
            let _ = document().document_element().map(|html| html.set_attribute("data-hydrated", ""));
        }
    });
    provide_notices();
    provide_live();
    provide_touched();
    provide_handed();
    provide_ticket_changes();
    provide_context(NewTicketDialog(new_ticket));
    provide_context(PickTicketDialog(pick_ticket));
    provide_context(TicketAction(|ticket_id| view! { <StartOnTicket ticket_id/> }.into_any()));
    view! {
        <Title formatter=|title: String| if title.is_empty() { "FlowPilot".to_owned() } else { format!("{title} · FlowPilot") }/>
        <Router>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=Shell ssr=SsrMode::Async>
                    <Route path=path!("") view={Lazy::<HomePage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("sessions") view={Lazy::<SessionsPage>::new()} ssr=SsrMode::Async/>
                    <ParentRoute path=path!("pilot") view=PilotLayout ssr=SsrMode::Async>
                        <Route path=path!("") view={Lazy::<Start>::new()} ssr=SsrMode::Async/>
                        <Route path=path!(":id") view=SessionPage ssr=SsrMode::Async/>
                    </ParentRoute>
                    <ParentRoute path=path!("tickets") view={Lazy::<TicketsPage>::new()} ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!(":id") view={Lazy::<TicketPage>::new()} ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("settings") view={Lazy::<SettingsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("account/ai") view={Lazy::<AiSettingsPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("account/usage") view={Lazy::<UsagePage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("account/psa") view={Lazy::<PsaPage>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("account/security") view={Lazy::<SecurityPage>::new()} ssr=SsrMode::Async/>
                </ParentRoute>
                <Route path=path!("login") view={Lazy::<LoginPage>::new()} ssr=SsrMode::Async/>
                <Route path=path!("setup") view={Lazy::<SetupPage>::new()} ssr=SsrMode::Async/>
            </Routes>
        </Router>
        <ToastStack/>
    }
}

/// Where the start box meets the tickets.
struct Start;

impl LazyRoute for Start {
    fn data() -> Self {
        Self
    }

    async fn view(page: Self) -> AnyView {
        split::page("start", draw(page)).await
    }

    async fn preload() {
        split::ahead(code).await;
    }
}

#[wasm_split(start, wasm_split_path = leptos::wasm_split, fallible, preload(code))]
fn draw(_page: Start) -> Split<AnyView> {
    Ok(view! { <StartPage tickets=|| view! { <OpenTickets/> }/> })
}

/// The frame of all pages for who is signed in.
#[component]
fn Shell() -> AnyView {
    view! {
        <SignedIn>
            <Frame/>
        </SignedIn>
    }
    .into_any()
}

/// All keys that exist.
const KEYS: &[KeyGroup] = &[
    (
        "Everywhere",
        &[
            (&[Shortcut::PALETTE], "Search and commands"),
            (&[Shortcut::SEARCH], "Go to the search of the page"),
            (&[Shortcut::UNDO], "Take back what was just done"),
            (&[Shortcut::HELP], "This help"),
            (&[Shortcut::ESCAPE], "Close what is open, leave an empty message box"),
        ],
    ),
    (
        "In a session",
        &[
            (&[Shortcut::ENTER, Shortcut::SEND], "Send the message"),
            (&[Shortcut::plain("⇧↵", "Shift+Enter")], "New line in the message"),
            (&[Shortcut::SEND], "Send answers, save a note, from the task lane"),
            (&[Shortcut::SCRIPT], "Script of the suggested fix"),
        ],
    ),
    ("In lists", &[(&[Shortcut::NEXT], "Down"), (&[Shortcut::PREVIOUS], "Up"), (&[Shortcut::ENTER], "Open")]),
    (
        "In search and commands",
        &[
            (&[Shortcut::plain("↓", "ArrowDown"), Shortcut::plain("↑", "ArrowUp")], "Down and up"),
            (&[Shortcut::plain("Home", "Home"), Shortcut::plain("End", "End")], "First and last"),
            (&[Shortcut::ENTER], "Open or do"),
        ],
    ),
    (
        "On the edge of the task lane",
        &[
            (&[Shortcut::plain("←", "ArrowLeft"), Shortcut::plain("→", "ArrowRight")], "Wider and narrower"),
            (&[Shortcut::plain("Home", "Home")], "As it was"),
        ],
    ),
];
const KEYS_NOTE: &str =
    "Single keys rest while you type. Resolve has no key on purpose: the note is looked over before it goes out.";

#[wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible)]
fn help_dialog(open: RwSignal<bool>) -> Split<AnyView> {
    Ok(view! { <Help open groups=KEYS note=KEYS_NOTE/> })
}

/// The palette, put together: here the slices bring what is searched in.
#[wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible)]
fn palette(commands: Commands, help: RwSignal<bool>) -> Split<AnyView> {
    let (notices, role) = (use_notices(), use_me().map(|me| me.role));
    let every: Listing = Arc::new(move || {
        let mut every = places();
        every.extend(account_commands(notices, role));
        every.push(
            Command::act(Glyph::Help, "Keyboard help", move || help.set(true))
                .keys(Shortcut::HELP)
                .also("shortcuts keys"),
        );
        every
    });
    Ok(view! { <CommandPalette commands every sources=vec![session_source(), ticket_source()]/> })
}

/// Where one can go.
fn places() -> Vec<Command> {
    vec![
        Command::go(Glyph::Add, "New session", "/pilot?new").also("start problem"),
        Command::go(Glyph::Home, "Home", "/").also("dashboard start"),
        Command::go(Glyph::Sessions, "Sessions", "/sessions").also("history search archive"),
        Command::go(Glyph::Ticket, "Tickets", "/tickets").also("desk"),
        Command::go(Glyph::Settings, "Settings", "/settings").also("tokens logins profile password preferences"),
        Command::leave(Glyph::Info, "API documentation", "/api/v1/docs").also("rest openapi"),
    ]
}

#[component]
fn Frame() -> impl IntoView {
    let drawer = provide_drawer();
    let commands = provide_commands();
    let help = RwSignal::new(false);
    keys::listen(commands, help);
    let path = use_location().pathname;
    let query = use_query_map();
    let class = move || match path.get().trim_end_matches('/') {
        "/pilot" => "app app--home",
        path if path.starts_with("/pilot/") => "app",
        _ => "app app--page",
    };
    view! {
        <a class="btn btn--primary skip-link" href="#main">"Skip to content"</a>
        <div
            class=class
            data-drawer=move || drawer.get().then_some("open")
            data-view=move || query.with(|query| query.get("new").map(|_| "new"))
            on:keydown:capture=move |event| commands.type_ahead(&event)
            on:dragover=keep_page
            on:drop=keep_page
        >
            <SignedOutBar/>
            <LoginEnd/>
            <Rail commands help/>
            <Outlet/>
        </div>
        <Later
            open=commands.open
            load=move || {
                Box::pin(async move {
                    let palette = palette(commands, help).await;
                    if palette.is_err() {
                        commands.open.set(false);
                    }
                    palette
                })
            }
        />
        <Later open=help load=move || Box::pin(help_dialog(help))/>
    }
}

/// A file that is dropped beside where it should go is not opened in the place of the page.
fn keep_page(event: DragEvent) {
    if browser::carries(&event, "Files") {
        event.prevent_default();
    }
}

#[component]
fn Rail(commands: Commands, help: RwSignal<bool>) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <span class="logo" aria-hidden="true">"FP"</span>
            <RailButton
                label="Search and commands"
                glyph=Glyph::Search
                keys=Shortcut::PALETTE
                on_press=move |()| commands.show()
            />
            <RailLink to="/" label="Home" glyph=Glyph::Home/>
            <RailLink to="/pilot?new" label="New session" glyph=Glyph::Add/>
            <RailLink to="/sessions" below="/pilot" label="Sessions" glyph=Glyph::Sessions/>
            <RailLink to="/tickets" label="Tickets" glyph=Glyph::Ticket/>
            <span class="spacer"></span>
            <RailButton
                class="hide-s"
                label="Keyboard help"
                glyph=Glyph::Help
                keys=Shortcut::HELP
                on_press=move |()| help.set(true)
            />
            <RailLink to="/settings" below="/account" label="Settings" glyph=Glyph::Settings/>
        </nav>
    }
}

#[component]
fn RailLink(
    to: &'static str,
    label: &'static str,
    glyph: Glyph,
    /// Pages that belong to it and are elsewhere.
    #[prop(optional)]
    below: Option<&'static str>,
) -> impl IntoView {
    let path = use_location().pathname;
    let is_here = move |path: &String| match to {
        "/" => path == to,
        _ => path.starts_with(to) || below.is_some_and(|below| path.starts_with(below)),
    };
    let current = move || path.with(is_here).then_some("page");
    view! {
        <a class="tooltip tooltip--side" href=to data-tip=label aria-label=label aria-current=current>
            <Icon glyph/>
        </a>
    }
}

#[component]
fn RailButton(
    label: &'static str,
    glyph: Glyph,
    keys: Shortcut,
    #[prop(optional)] class: &'static str,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let shown = keys.shown();
    view! {
        <button
            class=format!("tooltip tooltip--side {class}")
            type="button"
            data-tip=move || format!("{label} ({})", shown.get())
            aria-label=label
            aria-keyshortcuts=keys.aria()
            on:click=move |_| on_press.run(())
        >
            <Icon glyph/>
        </button>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <main class="auth" id="main">
            <section class="error-panel">
                <Icon glyph=Glyph::Alert/>
                <h1>"There is nothing here"</h1>
                <p>"The address may be mistyped, or what was here is gone."</p>
                <a class="btn btn--primary" href="/sessions">"Go to sessions"</a>
            </section>
        </main>
    }
}
