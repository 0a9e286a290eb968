//! What can be done with a whole session: rename, archive, leave, export. The same menu in lists and in the session's head.

use leptos::prelude::*;

use crate::{
    ai::types::usage::dollars,
    ids::SessionId,
    pilot::rpc,
    ui::{
        icon::Glyph,
        menu::{Menu, MenuButton, MenuDownload, Openings},
        split::{Split, wasm_split},
        view,
        when::{Later, When, dynamic},
    },
};

/// The session that the menu is about, and who does what is chosen.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub id: SessionId,
    /// Who looks may rename and archive it.
    pub writable: Signal<bool>,
    pub archived: Signal<bool>,
    pub rename: Callback<()>,
    /// Archive it, or take it back.
    pub archive: Callback<(bool,)>,
    /// Somebody shared it with who looks.
    pub shared: Signal<bool>,
    pub leave: Callback<()>,
}

/// The button with the menu. What is in it is downloaded when it is first opened.
#[component]
pub fn SessionMenu(
    subject: Subject,
    /// Tells this menu from others of the same session on the page.
    place: &'static str,
    #[prop(into)] label: String,
) -> impl IntoView {
    // In a list each row would ask.
    let cost_of = move || (place == "head").then(use_context::<Openings>).flatten();
    let inside = move || {
        let openings = use_context::<Openings>();
        let open = Signal::derive(move || openings.is_some_and(|openings| openings.0.get() != 0));
        view! { <Later open load=move || Box::pin(actions(subject, cost_of()))/> }
    };
    view! { <Menu id=format!("{place}-{}", subject.id) label children=inside/> }
}

#[wasm_split(session, wasm_split_path = leptos::wasm_split, fallible)]
fn actions(subject: Subject, openings: Option<Openings>) -> Split<AnyView> {
    let Subject { id, writable, archived, rename, archive, shared, leave } = subject;
    let file = move |format: &str| format!("/api/v1/ai-sessions/{id}/export?format={format}");
    let archiving = move || match archived.get() {
        true => {
            view! { <MenuButton glyph=Glyph::Restore on_click=move || archive.run((false,))>"Restore"</MenuButton> }
        }
        false => {
            view! { <MenuButton glyph=Glyph::Archive on_click=move || archive.run((true,))>"Archive"</MenuButton> }
        }
    };
    Ok(view! {
        <When is=writable>
            <MenuButton glyph=Glyph::Edit on_click=rename>"Rename"</MenuButton>
            {dynamic(archiving)}
        </When>
        <When is=shared>
            <MenuButton glyph=Glyph::SignOut on_click=leave>"Leave session"</MenuButton>
        </When>
        <When is=move || writable.get() || shared.get()><hr/></When>
        <MenuDownload glyph=Glyph::Download href=file("markdown")>"Export as Markdown"</MenuDownload>
        <MenuDownload glyph=Glyph::Download href=file("json")>"Export as JSON"</MenuDownload>
        {openings.map(|openings| view! { <Cost id openings/> })}
    })
}

/// What the session cost, asked anew whenever the menu opens; nothing where no paid model was asked.
#[component]
fn Cost(id: SessionId, openings: Openings) -> impl IntoView {
    let cost = LocalResource::new(move || {
        openings.0.track();
        rpc::session_cost(id)
    });
    let told = move || {
        let cost = cost.get().and_then(Result::ok).filter(|cost| cost.calls > 0)?;
        let amount = cost.cost.map_or_else(|| "cost not known".to_owned(), dollars);
        Some(view! {
            <hr/>
            <p class="menu__note">"This session: "{amount}</p>
        })
    };
    dynamic(told)
}
