//! The command palette: one field that finds what can be done here, places to go to, and what the sources know. It knows neither
//! pages nor slices, only their [`Command`]s. Downloaded when it is first opened.

use std::time::Duration;

use leptos::{ev::KeyboardEvent, html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    browser,
    button::IconButton,
    commands::{Command, Commands, Deed, Listing, Source},
    dialog::Dialog,
    icon::{Glyph, Icon},
    load::Problem,
    shortcut::{Kbd, Shortcut},
    view,
    when::{When, dynamic},
};

mod sections;

use sections::{Found, Row, Section, sections};

/// How long one may pause while typing.
const PAUSE: Duration = Duration::from_millis(150);

const UP: Shortcut = Shortcut::plain("↑", "ArrowUp");
const DOWN: Shortcut = Shortcut::plain("↓", "ArrowDown");

#[derive(Clone, Copy)]
struct Palette {
    commands: Commands,
    /// For what the list is drawn: what is typed, a frame later, so that the letter is seen at once.
    sought: RwSignal<String>,
    sources: StoredValue<Vec<Source>>,
    found: RwSignal<Vec<Found>>,
    sections: Memo<Vec<Section>>,
    /// The line moved to; the first one where it is not there.
    chosen: RwSignal<Option<String>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    go: Callback<(String,)>,
}

/// The palette over `commands`, with what can be done on `every` page, and `sources` to search in.
#[component]
pub fn CommandPalette(commands: Commands, every: Listing, sources: Vec<Source>) -> impl IntoView {
    let nothing = |source: &Source| Found {
        name: source.name,
        recent: source.recent,
        answered: None,
        items: Vec::new(),
        recents: Vec::new(),
        error: None,
    };
    let found = RwSignal::new(sources.iter().map(nothing).collect::<Vec<_>>());
    let navigate = use_navigate();
    let sought = RwSignal::new(String::new());
    let all = move |_: Option<&Vec<Section>>| {
        let here = [commands.list(), every()].concat();
        sought.with(|words| found.with(|found| sections(words, here, found)))
    };
    let palette = Palette {
        commands,
        sought,
        sources: StoredValue::new(sources),
        found,
        sections: Memo::new_with_compare(all, |_, _| true),
        chosen: RwSignal::new(None),
        timer: StoredValue::new(None),
        go: Callback::new(move |(path,): (String,)| navigate(&path, NavigateOptions::default())),
    };
    palette.ask_as_one_types();
    view! {
        <Dialog
            open=commands.open
            label="Command palette"
            class="palette"
            children=move || view! { <Inside palette/> }
        />
    }
}

impl Palette {
    fn words(self) -> String {
        self.commands.query.try_with_untracked(|query| query.trim().to_owned()).unwrap_or_default()
    }

    /// Asks at once on opening, later when one pauses.
    fn ask_as_one_types(self) {
        Effect::new(move |before: Option<(bool, String)>| {
            let open = self.commands.open.get();
            let words = self.commands.query.with(|query| query.trim().to_owned());
            let was_open = before.as_ref().is_some_and(|(open, _)| *open);
            if open && was_open {
                request_animation_frame(move || set_timeout(move || self.catch_up(), Duration::ZERO));
            }
            if open && !was_open {
                self.catch_up();
                self.chosen.set(None);
                self.found.update(|found| found.iter_mut().for_each(Found::ask_again));
                spawn_local(self.commands.load());
            }
            if open && (!was_open || before.is_none_or(|(_, before)| before != words)) {
                self.ask_soon(if was_open && !words.is_empty() { PAUSE } else { Duration::ZERO });
            }
            (open, words)
        });
    }

    /// Draws the list for what is typed now.
    fn catch_up(self) {
        let words = self.words();
        if self.sought.try_with_untracked(|sought| *sought != words) == Some(true) {
            self.sought.set(words);
        }
    }

    fn ask_soon(self, pause: Duration) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        self.timer.set_value(set_timeout_with_handle(move || self.ask(), pause).ok());
    }

    fn ask(self) {
        let words = self.words();
        for (n, source) in self.sources.try_get_value().unwrap_or_default().into_iter().enumerate() {
            if words.is_empty() && source.recent.is_none() {
                continue;
            }
            let words = words.clone();
            spawn_local(async move {
                let answer = (source.find)(words.clone()).await;
                // Stale: something else is typed by now.
                if self.words() != words {
                    return;
                }
                self.found.try_update(|found| {
                    let Some(found) = found.get_mut(n) else { return };
                    let (items, error) = match answer {
                        Ok(items) => (items, None),
                        Err(error) => (Vec::new(), Some(error)),
                    };
                    found.error = error;
                    match words.is_empty() {
                        true => found.recents = items,
                        false => found.items = items,
                    }
                    found.answered = Some(words);
                });
            });
        }
    }

    /// The place of the line moved to, counted over all sections.
    fn active(self) -> Memo<usize> {
        Memo::new(move |_| {
            let chosen = self.chosen.get();
            let is_chosen = |row: &Row| chosen.as_deref() == Some(row.command.id());
            self.sections.with(|sections| rows(sections).position(is_chosen).unwrap_or(0))
        })
    }

    /// Moves to the line that `to` gives for the place now and the number of lines.
    fn step(self, active: Memo<usize>, to: impl FnOnce(usize, usize) -> usize) {
        self.catch_up();
        let id = self.sections.with_untracked(|sections| {
            let count = rows(sections).count();
            let there = to(active.get_untracked(), count);
            rows(sections).nth(there).map(|row| row.command.id().to_owned())
        });
        self.chosen.set(id);
    }

    fn run_active(self, active: Memo<usize>) {
        self.catch_up();
        let at = active.get_untracked();
        let command = self.sections.with_untracked(|sections| rows(sections).nth(at).map(|row| row.command.clone()));
        if let Some(command) = command {
            self.run(command);
        }
    }

    /// Closes first: what a command does to the focus must stay.
    fn run(self, command: Command) {
        self.commands.open.set(false);
        set_timeout(
            move || match command.deed {
                Deed::Go(path) => self.go.run((path,)),
                Deed::Leave(address) => drop(window().location().set_href(&address)),
                Deed::Act(act) => act(),
            },
            Duration::ZERO,
        );
    }
}

fn rows(sections: &[Section]) -> impl Iterator<Item = &Row> {
    sections.iter().flat_map(|section| &section.rows)
}

#[component]
fn Inside(palette: Palette) -> impl IntoView {
    let active = palette.active();
    let close = move || palette.commands.open.set(false);
    let toggle = move |event: KeyboardEvent| {
        if Shortcut::PALETTE.is_pressed(&event) {
            event.prevent_default();
            close();
        }
    };
    let count = Memo::new(move |_| palette.sections.with(|sections| rows(sections).count()));
    let words = move || palette.commands.query.with(|query| query.trim().to_owned());
    let waiting = Memo::new(move |_| {
        let words = words();
        palette.found.with(|found| found.iter().any(|found| found.is_waiting(&words)))
    });
    let said = move || match (waiting.get(), count.get()) {
        (true, 0) => "Searching".to_owned(),
        (true, _) => String::new(),
        (false, 0) => "Nothing fits".to_owned(),
        (false, 1) => "1 result".to_owned(),
        (false, count) => format!("{count} results"),
    };
    let error = Memo::new(move |_| palette.found.with(|found| found.iter().find_map(|found| found.error.clone())));
    view! {
        <div class="palette__panel" on:keydown=toggle>
            <div class="palette__head">
                <Icon glyph=Glyph::Search/>
                <Field palette active expanded=Signal::derive(move || count.get() != 0)/>
                <When is=move || waiting.get()><span class="spinner"></span></When>
                <IconButton glyph=Glyph::Close label="Close" on_click=close/>
            </div>
            <Results palette active/>
            <When is=move || count.get() == 0 && !waiting.get() && error.get().is_none()>
                <p class="empty">"Nothing fits. Try fewer letters, a company, or a ticket's number."</p>
            </When>
            <Problem error/>
            <p class="visually-hidden" role="status">{dynamic(said)}</p>
            <footer class="key-hints" aria-hidden="true">
                <span><Kbd keys=UP/><Kbd keys=DOWN/>"move"</span>
                <span><Kbd keys=Shortcut::ENTER/>"open"</span>
                <span><Kbd keys=Shortcut::ESCAPE/>"close"</span>
            </footer>
        </div>
    }
}

/// Where one types. It keeps the focus while the arrows move in the list.
#[component]
fn Field(palette: Palette, active: Memo<usize>, expanded: Signal<bool>) -> impl IntoView {
    let Palette { commands, chosen, .. } = palette;
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| drop(field.focus()));
    let on_key = move |event: KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => palette.step(active, |at, count| if at + 1 < count { at + 1 } else { 0 }),
            "ArrowUp" => palette.step(active, |at, count| at.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Home" => palette.step(active, |_, _| 0),
            "End" => palette.step(active, |_, count| count.saturating_sub(1)),
            // 229: some input methods report the key that ends a composition as this.
            "Enter" if event.key_code() != 229 => palette.run_active(active),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move |_| {
        let at = active.get();
        // When the list is drawn.
        request_animation_frame(move || {
            if let Some(row) = browser::find(&format!("#{}", row_id(at))) {
                browser::reveal(&row);
            }
        });
    });
    view! {
        <input
            node_ref=field
            type="text"
            role="combobox"
            aria-label="Search commands, sessions and tickets"
            aria-autocomplete="list"
            aria-controls="palette-list"
            aria-expanded=move || expanded.get().to_string()
            aria-activedescendant=move || expanded.get().then(|| row_id(active.get()))
            placeholder="Search commands, sessions and tickets"
            autocomplete="off"
            spellcheck="false"
            maxlength="200"
            autofocus
            prop:value=commands.query
            on:input:target=move |event| {
                chosen.set(None);
                commands.query.set(event.target().value());
            }
            on:keydown=on_key
        />
    }
}

fn row_id(at: usize) -> String {
    format!("palette-{at}")
}

#[component]
fn Results(palette: Palette, active: Memo<usize>) -> impl IntoView {
    let list = move || {
        let all = palette.sections.get();
        let mut at = 0;
        let section = |section: Section| {
            let head = format!("palette-{}", section.name.replace(' ', "-"));
            let (name, first) = (head.clone(), at);
            at += section.rows.len();
            let lines = section.rows.into_iter().zip(first..);
            let lines = lines.map(|(row, at)| view! { <Line row at palette active/> }.into_any()).collect_view();
            let waiting = section.waiting && at == first;
            view! {
                <ul role="group" aria-labelledby=name>
                    <li role="presentation" class="palette__name" id=head>{section.name}</li>
                    {lines}
                    {waiting.then(|| view! { <li role="presentation"><span class="skeleton"><span></span></span></li> })}
                </ul>
            }
            .into_any()
        };
        let sections = all.into_iter().map(section).collect_view();
        view! { <div class="palette__list" role="listbox" id="palette-list" aria-label="Results">{sections}</div> }
    };
    dynamic(list)
}

#[component]
fn Line(row: Row, at: usize, palette: Palette, active: Memo<usize>) -> impl IntoView {
    let Row { command, title } = row;
    let id = command.id().to_owned();
    let title = title.into_iter().map(|(run, typed)| match typed {
        true => view! { <mark>{run}</mark> }.into_any(),
        false => run.into_any(),
    });
    let point = move |_| {
        if active.get_untracked() != at {
            palette.chosen.set(Some(id.clone()));
        }
    };
    let (glyph, keys, beside) = (command.glyph, command.keys, command.beside.clone());
    view! {
        <li
            role="option"
            id=row_id(at)
            aria-selected=move || (active.get() == at).to_string()
            aria-keyshortcuts=keys.map(Shortcut::aria)
            on:mousemove=point
            // The field keeps the focus.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| palette.run(command.clone())
        >
            <Icon glyph/>
            <span>{title.collect_view()}</span>
            <small>{beside}</small>
            {keys.map(|keys| view! { <Kbd keys/> })}
        </li>
    }
}
