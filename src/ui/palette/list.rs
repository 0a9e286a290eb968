//! The list of the palette. Its lines stay from one letter to the next; only what is another in them is drawn again.

use leptos::prelude::*;

use super::{
    Palette,
    sections::{Row, Section, key_of},
};
use crate::ui::{
    each::Each,
    icon::Icon,
    shortcut::{Kbd, Shortcut},
    view,
    when::{When, dynamic},
};

pub fn row_id(key: u64) -> String {
    format!("palette-{key}")
}

#[component]
pub fn Results(palette: Palette) -> impl IntoView {
    let group = move |section| view! { <Group section palette/> }.into_any();
    view! {
        <div class="palette__list" role="listbox" id="palette-list" aria-label="Results" node_ref=palette.list>
            <Each items=palette.sections key=|section| key_of(section.name) children=group/>
        </div>
    }
}

#[component]
fn Group(section: Memo<Section>, palette: Palette) -> impl IntoView {
    let name = section.with_untracked(|section| section.name);
    let head = format!("palette-{}", name.replace(' ', "-"));
    let labelled_by = head.clone();
    let rows = Memo::new(move |_| section.with(|section| section.rows.clone()));
    let waiting = move || section.with(|section| section.waiting && section.rows.is_empty());
    let line = move |row| view! { <Line row palette/> }.into_any();
    view! {
        <ul role="group" aria-labelledby=labelled_by>
            <li role="presentation" class="palette__name" id=head>{name}</li>
            <Each items=rows key=|row| row.key children=line/>
            <When is=waiting><li role="presentation"><span class="skeleton"><span></span></span></li></When>
        </ul>
    }
}

#[component]
fn Line(row: Memo<Row>, palette: Palette) -> impl IntoView {
    let Row { key, command, .. } = row.get_untracked();
    let title = Memo::new(move |_| row.with(|row| row.title.clone()));
    let beside = Memo::new(move |_| row.with(|row| row.command.beside.clone()));
    let active = Memo::new(move |_| palette.active.get() == Some(key));
    let runs = move |(run, typed): (String, bool)| match typed {
        true => view! { <mark>{run}</mark> }.into_any(),
        false => run.into_any(),
    };
    let point = move |_| {
        if !active.get_untracked() {
            palette.chosen.set(Some(key));
        }
    };
    let (glyph, keys) = (command.glyph, command.keys);
    view! {
        <li
            role="option"
            id=row_id(key)
            aria-selected=move || active.get().to_string()
            aria-keyshortcuts=keys.map(Shortcut::aria)
            on:mousemove=point
            // The field keeps the focus.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| palette.run(row.with_untracked(|row| row.command.clone()))
        >
            <Icon glyph/>
            <span>{dynamic(move || title.get().into_iter().map(runs).collect_view())}</span>
            <small>{dynamic(move || beside.get())}</small>
            {keys.map(|keys| view! { <Kbd keys/> })}
        </li>
    }
}
