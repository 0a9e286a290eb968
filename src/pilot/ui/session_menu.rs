//! What can be done with a whole session: rename, archive, export. The same menu in lists and in the session's head.

use leptos::{lazy, prelude::*};
use send_wrapper::SendWrapper;

use crate::{
    ids::SessionId,
    ui::{
        icon::Glyph,
        menu::{Menu, MenuButton, MenuDownload},
        when::{When, dynamic},
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
}

/// The button with the menu. What is in it is downloaded when it is first opened.
#[component]
pub fn SessionMenu(
    subject: Subject,
    /// Tells this menu from others of the same session on the page.
    place: &'static str,
    #[prop(into)] label: String,
) -> impl IntoView {
    let inside = move || Suspend::new(SendWrapper::new(actions(subject)));
    view! { <Menu id=format!("{place}-{}", subject.id) label children=inside/> }
}

#[lazy]
fn actions(subject: Subject) -> AnyView {
    let Subject { id, writable, archived, rename, archive } = subject;
    let file = move |format: &str| format!("/api/v1/ai-sessions/{id}/export?format={format}");
    let archiving = move || match archived.get() {
        true => {
            view! { <MenuButton glyph=Glyph::Restore on_click=move || archive.run((false,))>"Restore"</MenuButton> }
        }
        false => {
            view! { <MenuButton glyph=Glyph::Archive on_click=move || archive.run((true,))>"Archive"</MenuButton> }
        }
    };
    view! {
        <When is=writable>
            <MenuButton glyph=Glyph::Edit on_click=rename>"Rename"</MenuButton>
            {dynamic(archiving)}
            <hr/>
        </When>
        <MenuDownload glyph=Glyph::Download href=file("markdown")>"Export as Markdown"</MenuDownload>
        <MenuDownload glyph=Glyph::Download href=file("json")>"Export as JSON"</MenuDownload>
    }
    .into_any()
}
