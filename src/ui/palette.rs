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

mod list;
mod sections;

use list::{Results, row_id};
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
    /// The line moved to, by its key.
    chosen: RwSignal<Option<u64>>,
    /// The line that Enter takes: the one moved to, or the first one where that is not there.
    active: Memo<Option<u64>>,
    /// The list follows what can be done. While the palette is closed it rests.
    awake: RwSignal<bool>,
    list: NodeRef<html::Div>,
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
    let awake = RwSignal::new(true);
    let all = Memo::new(move |before: Option<&Vec<Section>>| match before {
        Some(before) if !awake.get() => before.clone(),
        _ => {
            let here = [commands.list(), every()].concat();
            sought.with(|words| found.with(|found| sections(words, here, found)))
        }
    });
    let chosen = RwSignal::new(None);
    let active = Memo::new(move |_| {
        let chosen = chosen.get();
        all.with(|all| keys(all).find(|key| chosen == Some(*key)).or_else(|| keys(all).next()))
    });
    let palette = Palette {
        commands,
        sought,
        sources: StoredValue::new(sources),
        found,
        sections: all,
        chosen,
        active,
        awake,
        list: NodeRef::new(),
        timer: StoredValue::new(None),
        go: Callback::new(move |(path,): (String,)| navigate(&path, NavigateOptions::default())),
    };
    palette.ask_as_one_types();
    view! {
        <Dialog
            open=commands.open
            label="Command palette"
            class="palette"
            keep=true
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
            match (was_open, open) {
                (true, true) => once_seen(move || self.catch_up()),
                (true, false) => once_seen(move || self.rest()),
                (false, true) => {
                    self.chosen.set(None);
                    request_animation_frame(move || self.to_top());
                    once_seen(move || self.wake());
                }
                (false, false) => {}
            }
            if open && was_open && before.is_some_and(|(_, before)| before != words) {
                self.ask_soon(if words.is_empty() { Duration::ZERO } else { PAUSE });
            }
            (open, words)
        });
    }

    fn is_open(self) -> bool {
        self.commands.open.try_get_untracked() == Some(true)
    }

    /// What was made ready when it was closed is seen at once; what may have changed since then comes now.
    fn wake(self) {
        if self.is_open() {
            self.catch_up();
            self.found.update(|found| found.iter_mut().for_each(Found::ask_again));
            self.ask_soon(Duration::ZERO);
            spawn_local(self.commands.load());
        }
    }

    /// Draws the list for what is typed and can be done now.
    fn catch_up(self) {
        if self.awake.try_get_untracked() == Some(false) {
            self.awake.set(true);
        }
        let words = self.words();
        if self.sought.try_with_untracked(|sought| *sought != words) == Some(true) {
            self.to_top();
            self.sought.set(words);
        }
    }

    /// Shows the best lines again.
    fn to_top(self) {
        if let Some(list) = self.list.try_get_untracked().flatten().filter(|list| list.scroll_top() != 0) {
            list.set_scroll_top(0);
        }
    }

    /// Makes the list ready for the next time, while nobody waits for it, and then lets it rest.
    fn rest(self) {
        if !self.is_open() {
            let _ = self.sought.try_set(String::new());
            // When it is drawn.
            let sleep = move || {
                if !self.is_open() {
                    let _ = self.awake.try_set(false);
                }
            };
            set_timeout(sleep, Duration::ZERO);
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

    /// Moves to the line that `to` gives for the place now and the number of lines.
    fn step(self, to: impl FnOnce(usize, usize) -> usize) {
        self.catch_up();
        let active = self.active.get_untracked();
        let there = self.sections.with_untracked(|sections| {
            let at = keys(sections).position(|key| active == Some(key)).unwrap_or(0);
            keys(sections).nth(to(at, keys(sections).count()))
        });
        self.chosen.set(there);
        // When the list is drawn.
        request_animation_frame(move || {
            if let Some(row) = there.and_then(|key| browser::find(&format!("#{}", row_id(key)))) {
                browser::reveal(&row);
            }
        });
    }

    fn run_active(self) {
        self.catch_up();
        let active = self.active.get_untracked();
        let command = self.sections.with_untracked(|sections| {
            rows(sections).find(|row| active == Some(row.key)).map(|row| row.command.clone())
        });
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

/// Does it after the next frame, so that what was pressed is seen first.
fn once_seen(work: impl Fn() + Copy + 'static) {
    request_animation_frame(move || set_timeout(work, Duration::ZERO));
}

fn rows(sections: &[Section]) -> impl Iterator<Item = &Row> {
    sections.iter().flat_map(|section| &section.rows)
}

fn keys(sections: &[Section]) -> impl Iterator<Item = u64> {
    rows(sections).map(|row| row.key)
}

#[component]
fn Inside(palette: Palette) -> impl IntoView {
    palette.commands.arrived();
    let close = move || palette.commands.open.set(false);
    let toggle = move |event: KeyboardEvent| {
        if Shortcut::PALETTE.is_pressed(&event) {
            event.prevent_default();
            close();
        }
    };
    let count = Memo::new(move |_| palette.sections.with(|sections| rows(sections).count()));
    // For what the list is drawn: the letter itself waits for nothing.
    let waiting = Memo::new(move |_| {
        palette.sought.with(|words| palette.found.with(|found| found.iter().any(|found| found.is_waiting(words))))
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
                <Field palette expanded=Signal::derive(move || count.get() != 0)/>
                <When is=move || waiting.get()><span class="spinner"></span></When>
                <IconButton glyph=Glyph::Close label="Close" on_click=close/>
            </div>
            <Results palette/>
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
fn Field(palette: Palette, expanded: Signal<bool>) -> impl IntoView {
    let Palette { commands, chosen, .. } = palette;
    let field = NodeRef::<html::Input>::new();
    field.on_load(|field| drop(field.focus()));
    let on_key = move |event: KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => palette.step(|at, count| if at + 1 < count { at + 1 } else { 0 }),
            "ArrowUp" => palette.step(|at, count| at.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Home" => palette.step(|_, _| 0),
            "End" => palette.step(|_, count| count.saturating_sub(1)),
            // 229: some input methods report the key that ends a composition as this.
            "Enter" if event.key_code() != 229 => palette.run_active(),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <input
            node_ref=field
            type="text"
            role="combobox"
            aria-label="Search commands, sessions and tickets"
            aria-autocomplete="list"
            aria-controls="palette-list"
            aria-expanded=move || expanded.get().to_string()
            aria-activedescendant=move || palette.active.get().map(row_id)
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
