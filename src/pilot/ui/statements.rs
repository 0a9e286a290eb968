//! The note on the screen: section by section, statement by statement, each with its sources.

use leptos::prelude::*;

use super::{
    note_draft::{Line, NoteDraft, Verdict},
    sources::SourceChip,
    surface::use_surface,
};
use crate::{
    pilot::{note, types::ArtifactKind},
    ui::{
        browser,
        button::{Button, IconButton, Tone},
        each::Each,
        icon::{Glyph, Icon},
        shortcut::Shortcut,
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn Statements(kind: ArtifactKind, draft: RwSignal<NoteDraft>) -> impl IntoView {
    note::sections(kind).iter().map(|heading| view! { <Section heading draft/> }.into_any()).collect_view()
}

#[component]
fn Section(heading: &'static str, draft: RwSignal<NoteDraft>) -> impl IntoView {
    let lines = Memo::new(move |_| {
        draft.with(|draft| {
            draft.lines.iter().filter(|line| line.statement.section == heading).cloned().collect::<Vec<_>>()
        })
    });
    let told = move || lines.with(|lines| lines.iter().any(|line| line.text().is_some()));
    let add = move || draft.update(|draft| draft.add(heading, ""));
    let tried = move || draft.update(|draft| draft.add(heading, note::NOTHING_TRIED));
    view! {
        <section>
            <h3>{heading}</h3>
            <Each items=lines key=|line| line.row children=move |line| view! { <StatementRow line draft/> }.into_any()/>
            <When is=move || !told()>
                <p class="missed">
                    <Icon glyph=Glyph::Info/>
                    {note::missed(heading)}
                </p>
            </When>
            <div class="row">
                <Button small=true tone=Tone::Quiet icon=Glyph::Add on_click=add>"Add in your words"</Button>
                <When is=move || heading == note::TRIED && !told()>
                    <Button small=true on_click=tried>"Nothing was tried"</Button>
                </When>
            </div>
        </section>
    }
}

#[component]
fn StatementRow(line: Memo<Line>, draft: RwSignal<NoteDraft>) -> impl IntoView {
    let editing = RwSignal::new(line.with_untracked(|line| line.is_own() && line.text().is_none()));
    let field = NodeRef::<leptos::html::Textarea>::new();
    // Each time that it is there anew.
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let class = move || {
        line.with(|line| match &line.verdict {
            Verdict::Dropped => "statement statement--dropped",
            Verdict::Edited(_) => "statement statement--edited",
            Verdict::Kept => "statement statement--kept",
            Verdict::Untouched if line.is_undecided() => "statement statement--unfounded",
            Verdict::Untouched => "statement",
        })
    };
    let shown = move || {
        line.with(|line| match &line.verdict {
            Verdict::Edited(text) => text.clone(),
            Verdict::Untouched | Verdict::Kept | Verdict::Dropped => line.statement.text.clone(),
        })
    };
    let row = line.with_untracked(|line| line.row);
    // What was pressed is drawn anew, or gone with its statement.
    let refocus = move || {
        browser::refocus(None, vec![format!("#statement-{row} > .src > button"), "dialog[open] h2".to_owned()]);
    };
    // A newer text may have given it another one.
    let id = move || line.with_untracked(|line| line.statement.id.clone());
    let decide = move |verdict: Verdict| {
        let id = id();
        draft.update(|draft| draft.decide(&id, verdict));
        refocus();
    };
    let take_newer = move || {
        let id = id();
        draft.update(|draft| draft.take_newer(&id));
        refocus();
    };
    let keep_mine = move || {
        let id = id();
        draft.update(|draft| draft.keep_mine(&id));
        refocus();
    };
    let edited = move || {
        on_cleanup(refocus);
        view! {
            <textarea
                class="field"
                node_ref=field
                aria-label="Statement"
                prop:value=shown
                on:input:target=move |event| decide(Verdict::Edited(event.target().value()))
                on:keydown=move |event| {
                    if Shortcut::SEND.is_pressed(&event) {
                        event.prevent_default();
                        editing.set(false);
                    }
                }
            ></textarea>
        }
        .into_any()
    };
    let body = move || match editing.get() {
        true => edited(),
        false => view! { <span>{dynamic(shown)}</span> }.into_any(),
    };
    let newer = move || {
        line.with(|line| line.newer.clone()).map(|text| {
            view! {
                <span class="newer">
                    <span>"Newer text: "{text}</span>
                    <Button small=true on_click=take_newer>"Take it"</Button>
                    <Button small=true tone=Tone::Quiet on_click=keep_mine>"Keep mine"</Button>
                </span>
            }
        })
    };
    view! {
        <div class=class id=format!("statement-{row}")>
            {dynamic(body)}
            <span class="src">
                <Sources line/>
                <StatementActs line editing decide/>
            </span>
            {dynamic(newer)}
        </div>
    }
}

/// What the statement rests on, or in whose words it is.
#[component]
fn Sources(line: Memo<Line>) -> impl IntoView {
    let surface = use_surface();
    dynamic(move || {
        let Line { statement, verdict, .. } = line.get();
        match verdict {
            Verdict::Edited(_) => return view! { <span class="chip">"your words"</span> }.into_any(),
            Verdict::Kept => return view! { <span class="chip">"kept by you"</span> }.into_any(),
            Verdict::Dropped => return view! { <span class="chip">"dropped"</span> }.into_any(),
            Verdict::Untouched if !statement.grounded => {
                return view! { <span class="chip chip--fix">"no source"</span> }.into_any();
            }
            Verdict::Untouched => {}
        }
        let places = statement.sources.iter().filter_map(|source| untrack(|| surface.source_place(source)));
        let close = move || surface.close_endings();
        places.map(|place| view! { <SourceChip place on_go=close/> }).collect_view().into_any()
    })
}

#[component]
fn StatementActs(
    line: Memo<Line>,
    editing: RwSignal<bool>,
    decide: impl Fn(Verdict) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let edit = move || editing.set(true);
    let done = move || {
        view! { <Button small=true tone=Tone::Quiet keys=Shortcut::SEND on_click=move || editing.set(false)>"Done"</Button> }
    };
    let undo = move || {
        editing.set(false);
        decide(Verdict::Untouched);
    };
    dynamic(move || {
        let (undecided, verdict) = line.with(|line| (line.is_undecided(), line.verdict.clone()));
        match verdict {
            Verdict::Untouched if editing.get() => done().into_any(),
            Verdict::Untouched => view! {
                {undecided.then(|| view! { <Button small=true on_click=move || decide(Verdict::Kept)>"Keep"</Button> })}
                {undecided.then(|| view! { <Button small=true on_click=move || decide(Verdict::Dropped)>"Drop"</Button> })}
                <IconButton small=true glyph=Glyph::Edit label="Edit statement" on_click=edit/>
                {(!undecided)
                    .then(|| view! { <IconButton small=true glyph=Glyph::Delete label="Drop statement" on_click=move || decide(Verdict::Dropped)/> })}
            }
            .into_any(),
            Verdict::Kept | Verdict::Dropped => {
                view! { <Button small=true tone=Tone::Quiet on_click=undo>"Undo"</Button> }.into_any()
            }
            // One's own words may come from an earlier page, to be gone on with.
            Verdict::Edited(_) => {
                let back = match line.with(Line::is_own) {
                    true => view! { <IconButton small=true glyph=Glyph::Delete label="Remove statement" on_click=undo/> },
                    false => view! { <Button small=true tone=Tone::Quiet on_click=undo>"Undo"</Button> },
                };
                let go_on = match editing.get() {
                    true => done().into_any(),
                    false => view! { <IconButton small=true glyph=Glyph::Edit label="Edit statement" on_click=edit/> }.into_any(),
                };
                view! {
                    {go_on}
                    {back}
                }
                .into_any()
            }
        }
    })
}
