//! The page around all pages: the document, the routes, the rail. One line a page; all but the session surface are loaded when
//! first opened.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
    hooks::{use_location, use_query_map},
    lazy_route, path,
};

use crate::{
    accounts::{
        types::Theme,
        ui::{LoginPage, SettingsPage, SetupPage, SignedIn, provide_visitor},
    },
    pilot::ui::{
        HomePage, PilotLayout, SessionPage, SessionsPage, StartOnTicket, StartPage, provide_live, provide_touched,
    },
    tickets::ui::{OpenTickets, TicketAction, TicketPage, TicketsPage},
    ui::{
        drawer::provide_drawer,
        icon::{Glyph, Icon},
        keys::{Key, Keys},
        notices::{SignedOutBar, ToastStack, provide_notices},
        time::provide_clock,
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
    // For style sheets and tests: from here on, controls do something.
    Effect::new(move |_| {
        if awake.0.get() {
            let _ = document().document_element().map(|html| html.set_attribute("data-hydrated", ""));
        }
    });
    provide_notices();
    provide_live();
    provide_touched();
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

#[lazy_route]
impl LazyRoute for Start {
    fn data() -> Self {
        Self
    }

    fn view(_page: Self) -> AnyView {
        view! { <StartPage tickets=|| view! { <OpenTickets/> }/> }.into_any()
    }
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
const KEYS: &[Key] = &[
    ("/", "Go to the search"),
    ("j k", "Down and up in a list"),
    ("↵", "Open; in the message box: send"),
    ("⇧↵", "New line in the message box"),
    ("⌘↵ Ctrl+↵", "Send"),
    ("Esc", "Close"),
    ("?", "This help"),
];

#[component]
fn Frame() -> impl IntoView {
    let drawer = provide_drawer();
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
        >
            <SignedOutBar/>
            <Rail/>
            <Outlet/>
        </div>
        <Keys keys=KEYS help=RwSignal::new(false)/>
    }
}

#[component]
fn Rail() -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <span class="logo" aria-hidden="true">"FP"</span>
            <RailLink to="/" label="Home" glyph=Glyph::Home/>
            <RailLink to="/pilot?new" label="New session" glyph=Glyph::Add/>
            <RailLink to="/sessions" below="/pilot" label="Sessions" glyph=Glyph::Sessions/>
            <RailLink to="/tickets" label="Tickets" glyph=Glyph::Ticket/>
            <span class="spacer"></span>
            <RailLink to="/settings" label="Settings" glyph=Glyph::Settings/>
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
