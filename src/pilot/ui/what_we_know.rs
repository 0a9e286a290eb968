//! *What we know*: the facts, where each comes from, and what a person can do with them.

use leptos::{prelude::*, task::spawn_local};

use super::{
    items::Conclude,
    message::{me, name_of, person_name},
    own_words::{OwnWords, WordsForm},
    sources::SourceChip,
    surface::{Surface, use_surface},
};
use crate::{
    accounts::types::Me,
    ids::FactId,
    pilot::{
        contradiction::contradictions,
        rpc,
        state::{Mark, PilotDataStoreFields},
        types::{Fact, FactChange, Person, SourceType, Support},
    },
    ui::{
        browser,
        button::{Button, IconButton, Tone},
        each::Each,
        icon::{Glyph, Icon},
        skeleton::Skeleton,
        view,
        when::{When, dynamic},
    },
};

/// A fact longer than so many bytes scrolls in its place, so that it does not push everything else away.
const LONG: usize = 500;
const KNOWN: &str = "Something you know for sure";
const REMOVED: &str = "The fact you edited has been removed. Your words are in the message box.";

#[component]
pub fn WhatWeKnow() -> impl IntoView {
    let surface = use_surface();
    let adding = surface.adding_note;
    let note = OwnWords::new(adding, "adding", surface.id, surface.id.0);
    Effect::new(move |_| {
        if surface.changeable.get_untracked() {
            note.open_again();
        }
    });
    let none = move || surface.state.0.facts().with(Vec::is_empty) && !surface.running.get();
    let facts = Memo::new(move |_| surface.state.0.facts().get());
    let clashes = Memo::new(move |_| surface.state.0.facts().with(|facts| contradictions(facts)));
    view! {
        <section class="section section--known">
            <h3>
                "What we know"
                <When is=move || surface.changeable.get() && !adding.get()>
                    <Button tone=Tone::Quiet small=true id=note.opener() on_click=move || adding.set(true)>"Add note"</Button>
                </When>
            </h3>
            <ul>
                <Each items=facts key=|fact| fact.id children=move |fact| view! { <FactRow fact clashes/> }.into_any()/>
            </ul>
            <When is=none>
                <p class="empty empty--inline">
                    "What is certain gathers here, each with its source. Answer a question, or add what you already know."
                </p>
            </When>
            <When is=move || surface.running.get()><Skeleton lines=2/></When>
            <When is=move || adding.get()><AddNote words=note/></When>
        </section>
    }
}

#[component]
fn AddNote(words: OwnWords) -> impl IntoView {
    let surface = use_surface();
    let add = move |text: String| {
        let mark = surface.state.mark();
        words.save(surface, rpc::add_note(surface.id, text), move |added| {
            if let Some(note) = added {
                surface.state.absorb_fact(mark, note);
            }
        });
    };
    view! {
        <WordsForm words label="Note" placeholder=KNOWN action="Add" hint="A note counts as confirmed." save=add/>
    }
}

#[component]
fn FactRow(fact: Memo<Fact>, clashes: Memo<Vec<(FactId, FactId)>>) -> impl IntoView {
    let surface = use_surface();
    let id = fact.with_untracked(|fact| fact.id);
    let editing = RwSignal::new(false);
    let words = OwnWords::new(editing, "editing", surface.id, id.0);
    Effect::new(move |_| {
        if surface.changeable.get_untracked() {
            words.open_again();
        }
    });
    on_cleanup(move || {
        if surface.has_removed(id) {
            words.rescue_open(surface, REMOVED);
        }
    });
    let class = move || {
        fact.with(|fact| match (fact.stale, fact.support) {
            (true, _) => "fact fact--stale",
            (_, Support::Confirmed) => "fact fact--confirmed",
            (_, Support::Supported) => "fact fact--supported",
            (_, Support::Proposed) => "fact fact--proposed",
        })
    };
    let standing = move || {
        fact.with(|fact| match (fact.stale, fact.support) {
            (true, _) => "Out of date",
            (_, Support::Confirmed) => "Confirmed",
            (_, Support::Supported) => "Supported",
            (_, Support::Proposed) => "Proposed",
        })
    };
    let text = move || match editing.get() {
        true => view! { <EditFact fact words/> }.into_any(),
        false => view! {
            <span class="fact__text" tabindex=move || fact.with(|fact| fact.text.len() > LONG).then_some("0")>
                {dynamic(move || fact.with(|fact| fact.text.clone()))}
            </span>
        }
        .into_any(),
    };
    view! {
        <li class=class id=format!("fact-{id}") tabindex="-1">
            <span class="tick" title=standing>
                <Icon glyph=Glyph::Check/>
                <span class="visually-hidden">{dynamic(standing)}": "</span>
            </span>
            {dynamic(text)}
            <FactOrigin fact/>
            <Clashes fact clashes/>
            <When is=move || surface.changeable.get()><FactActs fact words/></When>
        </li>
    }
}

#[component]
fn EditFact(fact: Memo<Fact>, words: OwnWords) -> impl IntoView {
    let surface = use_surface();
    let me = me();
    let first = fact.with_untracked(|fact| fact.text.clone());
    let was = first.clone();
    let save = move |text: String| {
        let before = fact.get_untracked();
        let (id, mark) = (before.id, surface.state.mark());
        let change = FactChange { text: text.clone(), was: Some(was.clone()) };
        words.open.set(false);
        let shown = vouched(Fact { text, ..before.clone() }, me.clone());
        surface.state.show_fact(shown.clone());
        words.save(surface, rpc::edit_fact(surface.id, id, change), move |edited| match edited {
            Some(edited) => surface.mend(mark, edited),
            // They were removed together with the fact.
            None if surface.has_removed(id) => words.rescue(surface, REMOVED),
            None => {
                surface.state.take_back_fact(&shown, before);
                let _ = words.open.try_set(true);
            }
        });
    };
    view! { <WordsForm words first label="Edit fact" placeholder=KNOWN action="Save" save/> }
}

/// Where a fact comes from and how well it stands; with the step that makes it stand better.
#[component]
fn FactOrigin(fact: Memo<Fact>) -> impl IntoView {
    let surface = use_surface();
    let place = Memo::new(move |_| fact.with(|fact| fact.source_ref).and_then(|source| surface.place(source.0)));
    let chip = move || place.get().map(|place| view! { <SourceChip place/> });
    let said = move || {
        let fact = fact.get();
        let confirmed = fact.confirmed_by.as_ref().map(|by| format!("confirmed by {}", person_name(by)));
        match (fact.source_type, fact.quote) {
            (SourceType::Question | SourceType::DiagnosticCheck, Some(quote)) => view! { <q>{quote}</q> }.into_any(),
            (SourceType::Question | SourceType::DiagnosticCheck, None) => ().into_any(),
            (SourceType::EngineerNote, _) => {
                let by = name_of(fact.created_by.id, &fact.created_by.name);
                let noted = match (fact.created_by.ai, confirmed) {
                    (false, Some(confirmed))
                        if fact.confirmed_by.as_ref().is_some_and(|who| who.id != fact.created_by.id) =>
                    {
                        format!("note by {by}, {confirmed}")
                    }
                    (false, _) => format!("note by {by}"),
                    (true, None) => format!("noted by the AI for {by}"),
                    (true, Some(confirmed)) => format!("noted by the AI for {by}, {confirmed}"),
                };
                view! { <small>{noted}</small> }.into_any()
            }
            (SourceType::AiSynthesis, _) => {
                view! { <small>{confirmed.unwrap_or_else(|| "the AI's inference".to_owned())}</small> }.into_any()
            }
        }
    };
    // What restates an answer is promoted again once that has changed; a person's or the AI's own words can be vouched for.
    let confirmable = move || {
        let open = |fact: &Fact| if fact.stale { fact.editable } else { fact.support == Support::Proposed };
        surface.changeable.get() && fact.with(open)
    };
    let promotable = move || surface.changeable.get() && fact.with(|fact| fact.stale && !fact.editable);
    let again = move || {
        let Fact { source_type, source_ref, .. } = fact.get_untracked();
        source_ref.map(|id| view! { <Conclude id source_type label="Promote again"/> })
    };
    view! {
        <span class="from">
            {dynamic(chip)}
            {dynamic(said)}
            {dynamic(move || fact.with(|fact| fact.stale).then(|| view! { <span class="chip chip--fix">"answer changed"</span> }))}
            <When is=confirmable><Confirm fact/></When>
            <When is=promotable>{again()}</When>
        </span>
    }
}

/// The facts that this one contradicts. Which is right is for a person to say.
#[component]
fn Clashes(fact: Memo<Fact>, clashes: Memo<Vec<(FactId, FactId)>>) -> impl IntoView {
    let surface = use_surface();
    let ids = move || {
        let id = fact.with(|fact| fact.id);
        let other = |&(one, two): &(FactId, FactId)| match id {
            _ if id == one => Some(two.0),
            _ if id == two => Some(one.0),
            _ => None,
        };
        clashes.with(|all| all.iter().filter_map(other).collect::<Vec<_>>())
    };
    dynamic(move || {
        let places: Vec<_> = ids().into_iter().filter_map(|id| surface.place(id)).collect();
        (!places.is_empty()).then(|| {
            view! {
                <span class="from">
                    <span class="chip chip--danger"><Icon glyph=Glyph::Alert/>"contradicts"</span>
                    {places.into_iter().map(|place| view! { <SourceChip place/> }.into_any()).collect_view()}
                </span>
            }
        })
    })
}

/// As the server will have it once who looks has vouched for it.
fn vouched(fact: Fact, me: Option<Me>) -> Fact {
    let confirmed_by = me.map(|me| Person { id: me.user_id, name: me.name });
    Fact { support: Support::Confirmed, stale: fact.stale && !fact.editable, confirmed_by, ..fact }
}

impl Surface {
    /// The fact has been taken off this screen, and the screen is still there.
    fn has_removed(self, id: FactId) -> bool {
        let facts = self.state.0.facts();
        facts.try_with_untracked(|facts| facts.iter().all(|fact| fact.id != id)).unwrap_or_default()
    }

    /// Takes a fact, unless it was removed meanwhile.
    fn mend(self, mark: Mark, fact: Fact) {
        if !self.has_removed(fact.id) {
            self.state.absorb_fact(mark, fact);
        }
    }
}

#[component]
fn Confirm(fact: Memo<Fact>) -> impl IntoView {
    let surface = use_surface();
    let me = me();
    let confirm = move || {
        let before = fact.get_untracked();
        let (id, mark) = (before.id, surface.state.mark());
        let shown = vouched(before.clone(), me.clone());
        surface.state.show_fact(shown.clone());
        // No button: a second Enter must not press one unseen.
        browser::refocus(None, vec![format!("#fact-{id}")]);
        spawn_local(async move {
            match surface.notices.check(rpc::confirm_fact(surface.id, id).await) {
                Some(confirmed) => surface.mend(mark, confirmed),
                None => surface.state.take_back_fact(&shown, before),
            }
        });
    };
    view! { <Button small=true on_click=confirm>"Confirm"</Button> }
}

#[component]
fn FactActs(fact: Memo<Fact>, words: OwnWords) -> impl IntoView {
    let surface = use_surface();
    let named = Memo::new(move |_| fact.with(|fact| (fact.text.clone(), fact.editable)));
    let delete = move || {
        let id = fact.with_untracked(|fact| fact.id);
        let mark = surface.state.mark();
        let Some(removed) = surface.state.remove_fact(id) else { return };
        browser::refocus(None, vec![".section--known > h3 button".to_owned(), ".lane__body".to_owned()]);
        let undo = move || {
            let mark = surface.state.mark();
            surface.call(rpc::restore_fact(surface.id, id), move |fact| surface.state.absorb_fact(mark, fact));
        };
        spawn_local(async move {
            match surface.notices.check(rpc::delete_fact(surface.id, id).await) {
                Some(()) => surface.notices.offer("Fact removed.", "Undo", undo),
                None if surface.state.is_at(mark) => surface.state.show_fact(removed),
                // It may be another one by now, or gone.
                None => surface.reload(),
            }
        });
    };
    let acts = move || {
        let (text, editable) = named.get();
        let edit = editable.then(|| {
            let label = format!("Edit: {text}");
            view! { <IconButton small=true glyph=Glyph::Edit id=words.opener() label on_click=move || words.open.set(true)/> }
        });
        view! {
            {edit}
            <IconButton small=true glyph=Glyph::Delete label=format!("Remove: {text}") on_click=delete/>
        }
    };
    // Hidden and not taken away while one writes: to remove what has the focus is dear, and the form has yet to be drawn.
    view! { <span class="fact__acts" hidden=words.open>{dynamic(acts)}</span> }
}
