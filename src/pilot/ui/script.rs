//! The script of the suggested fix, to read and to copy: ⌘G, the buttons on card and banner, and `?script` in the address. Looking
//! at it stamps nothing. What the panel shows is downloaded when it is first opened.

use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use super::{
    fix_card::{Confidence, standing},
    surface::{Surface, use_surface},
    ticket::for_ticket,
};
use crate::{
    pilot::{
        state::PilotDataStoreFields,
        types::{Fix, ScriptLanguage},
    },
    ui::{
        button::{Button, Tone},
        copy::CopyButton,
        dialog::{Dialog, DialogHead},
        prose::{Prose, inline},
        shortcut::{Shortcut, on_shortcut},
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
};

/// The key of the address that opens the panel.
const QUERY: &str = "script";

/// Where a fix has a script: shows it.
#[component]
pub fn ScriptButton() -> impl IntoView {
    let surface = use_surface();
    let has_script = move || surface.state.0.fix().with(|fix| fix.as_ref().is_some_and(|fix| fix.script.is_some()));
    view! {
        <When is=has_script>
            <Button tone=Tone::Quiet keys=Shortcut::SCRIPT on_click=move || surface.script_open.set(true)>"Script"</Button>
        </When>
    }
}

/// Opens when asked for.
#[component]
pub fn ScriptPanel() -> impl IntoView {
    let surface = use_surface();
    let open = surface.script_open;
    on_shortcut(Shortcut::SCRIPT, move || open.set(true));
    let query = use_query_map();
    Effect::new(move |_| {
        if query.with(|query| query.get(QUERY).is_some()) {
            open.set(true);
        }
    });
    view! { <Later open load=move || Box::pin(panel(surface))/> }
}

#[wasm_split(session, wasm_split_path = leptos::wasm_split, fallible)]
fn panel(surface: Surface) -> Split<AnyView> {
    let open = surface.script_open;
    forget_in_address(open);
    let toggle = move |event: KeyboardEvent| {
        if Shortcut::SCRIPT.is_pressed(&event) {
            event.prevent_default();
            open.set(false);
        }
    };
    let inside = move || {
        view! { <div class="dialog__panel" on:keydown=toggle><Inside surface/></div> }
    };
    Ok(view! { <Dialog open label="Script of the suggested fix" children=inside/> })
}

/// Closed, it is not opened again by a reload.
fn forget_in_address(open: RwSignal<bool>) {
    let (location, navigate) = (use_location(), use_navigate());
    Effect::new(move |before: Option<bool>| {
        let open = open.get();
        let mut query = location.query.get_untracked();
        if before == Some(true) && !open && query.remove(QUERY).is_some() {
            let here = location.pathname.get_untracked() + &query.to_query_string();
            navigate(&here, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
        open
    });
}

#[component]
fn Inside(surface: Surface) -> impl IntoView {
    let open = surface.script_open;
    let fix = Memo::new(move |_| surface.state.0.fix().get());
    let first = fix.with_untracked(|fix| fix.as_ref().map(|fix| fix.id));
    let another = move || fix.with(|fix| fix.as_ref().map(|fix| fix.id)) != first;
    let script =
        Signal::derive(move || fix.with(|fix| fix.as_ref().and_then(|fix| fix.script.clone())).unwrap_or_default());
    let language = move || {
        let language = fix.with(|fix| fix.as_ref().filter(|fix| fix.script.is_some()).and_then(|fix| fix.language));
        language.map(|language| view! { <span class="chip">{name_of(language)}</span> })
    };
    let ticket = move || fix.with(Option::is_some).then(|| for_ticket(surface));
    let body = move || {
        match fix.get() {
        Some(fix) => view! { <Body fix/> }.into_any(),
        None => view! {
            <p class="empty">"No fix is suggested. It comes when the facts point at one cause; its script can be read here then."</p>
        }
        .into_any(),
    }
    };
    view! {
        <DialogHead title="Script" open>{dynamic(language)}{dynamic(ticket)}</DialogHead>
        <div class="body" tabindex="0" role="group" aria-label="Fix">
            <When is=another>
                <p class="notice notice--warning" role="status">"The suggested fix has changed. This is what is suggested now."</p>
            </When>
            {dynamic(body)}
        </div>
        <When is=move || script.with(|script| !script.is_empty())>
            <footer>
                <small>"Reading and copying it records nothing. Apply the fix in the chat when you run it."</small>
                <span class="end"><CopyButton text=script what="script"/></span>
            </footer>
        </When>
    }
}

#[component]
fn Body(fix: Fix) -> impl IntoView {
    let word = standing(&fix).1;
    let reason = match fix.template_id {
        Some(_) => "This fix has no script: it names a template and brings none of its own.",
        None => "This fix has no script: it is done by hand, step by step.",
    };
    let content = match fix.script {
        Some(script) => view! {
            <div class="code"><pre tabindex="0" role="region" aria-label="Script"><code>{script}</code></pre></div>
        }
        .into_any(),
        None => view! {
            <p>{reason}</p>
            <Prose html=fix.description_html/>
        }
        .into_any(),
    };
    view! {
        <h3>{fix.title}</h3>
        <div class="row">
            <Confidence percent=fix.confidence/>
            <span class="chip">{word}</span>
        </div>
        <dl class="props">
            {fix.risk.map(|risk| view! { <dt>"Risk"</dt><dd>{inline(&risk)}</dd> })}
            {fix.rollback.map(|rollback| view! { <dt>"Way back"</dt><dd>{inline(&rollback)}</dd> })}
        </dl>
        {content}
    }
}

/// A language as its people write it.
const fn name_of(language: ScriptLanguage) -> &'static str {
    match language {
        ScriptLanguage::Powershell => "PowerShell",
        ScriptLanguage::Bash => "Bash",
        ScriptLanguage::Python => "Python",
        ScriptLanguage::Cmd => "Windows cmd",
    }
}
