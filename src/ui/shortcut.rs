//! Keyboard shortcuts: how they are called on this machine, shown beside what they do, and listened for. A page is rendered with
//! the names of most machines; once awake, a Mac's are shown on a Mac.

use leptos::{ev, prelude::*, web_sys::KeyboardEvent};

use super::browser;

use super::view;

/// One shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    /// With ⌘ on a Mac and Ctrl elsewhere.
    command: bool,
    /// As it is written on the key.
    shown: &'static str,
    /// As the browser calls the key.
    name: &'static str,
}

impl Shortcut {
    pub const PALETTE: Self = Self::command("K", "K");
    pub const SCRIPT: Self = Self::command("G", "G");
    pub const SEND: Self = Self::command("↵", "Enter");
    pub const SEARCH: Self = Self::plain("/", "/");
    pub const UNDO: Self = Self::plain("z", "z");
    pub const HELP: Self = Self::plain("?", "?");
    pub const NEXT: Self = Self::plain("j", "j");
    pub const PREVIOUS: Self = Self::plain("k", "k");
    pub const ENTER: Self = Self::plain("↵", "Enter");
    pub const ESCAPE: Self = Self::plain("Esc", "Escape");

    const fn command(shown: &'static str, name: &'static str) -> Self {
        Self { command: true, shown, name }
    }

    /// A key alone.
    pub const fn plain(shown: &'static str, name: &'static str) -> Self {
        Self { command: false, shown, name }
    }

    /// As people read it: `⌘K` or `Ctrl+K`.
    pub fn shown(self) -> Signal<String> {
        self.said(move |mac| match (self.command, mac) {
            (false, _) => self.shown.to_owned(),
            (true, true) => format!("⌘{}", self.shown),
            (true, false) => format!("Ctrl+{}", self.shown),
        })
    }

    /// For `aria-keyshortcuts`: `Meta+K` or `Control+K`.
    pub fn aria(self) -> Signal<String> {
        self.said(move |mac| match (self.command, mac) {
            (false, _) => self.name.to_owned(),
            (true, true) => format!("Meta+{}", self.name),
            (true, false) => format!("Control+{}", self.name),
        })
    }

    fn said(self, say: impl Fn(bool) -> String + Send + Sync + 'static) -> Signal<String> {
        let mac = use_context::<Machine>().map(|machine| machine.mac);
        Signal::derive(move || say(mac.is_some_and(|mac| mac.get())))
    }

    /// Whether these keys, and no others, are held.
    pub fn is_pressed(self, event: &KeyboardEvent) -> bool {
        let (ctrl, meta) = (event.ctrl_key(), event.meta_key());
        let (command, other) = if browser::is_mac() { (meta, ctrl) } else { (ctrl, meta) };
        let key = event.key();
        // Where the key writes no Latin letter, its place on the keyboard counts.
        let same =
            key.eq_ignore_ascii_case(self.name) || (!key.is_ascii() && event.code() == format!("Key{}", self.name));
        same && command == self.command && !other && !event.alt_key() && !event.shift_key()
    }
}

/// The machine that the page is shown on.
#[derive(Debug, Clone, Copy)]
struct Machine {
    mac: RwSignal<bool>,
}

/// Finds out, as soon as the page is `awake`, how keys are called here.
pub fn provide_machine(awake: Signal<bool>) {
    let mac = RwSignal::new(false);
    provide_context(Machine { mac });
    Effect::new(move |_| {
        if awake.get() && browser::is_mac() {
            mac.set(true);
        }
    });
}

/// Runs `act` when the shortcut is pressed anywhere on the page, except over an open dialog. Only then the browser does not get it.
pub fn on_shortcut(shortcut: Shortcut, act: impl Fn() + Send + Sync + 'static) {
    let act = Callback::new(move |()| act());
    Effect::new(move |_| {
        let listening = window_event_listener(ev::keydown, move |event| {
            let free = !(event.default_prevented() || event.repeat() || event.is_composing());
            if free && shortcut.is_pressed(&event) && browser::find("dialog[open]").is_none() {
                event.prevent_default();
                act.run(());
            }
        });
        on_cleanup(move || listening.remove());
    });
}

/// A shortcut, beside what it does. Screen readers hear it from that one's `aria-keyshortcuts`.
#[component]
pub fn Kbd(keys: Shortcut) -> impl IntoView {
    view! { <kbd class="kbd" aria-hidden="true">{keys.shown()}</kbd> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_is_called_as_on_the_machine_in_front_of_one() {
        Owner::new().with(|| {
            let mac = RwSignal::new(false);
            provide_context(Machine { mac });
            let (palette, send, search) = (Shortcut::PALETTE.shown(), Shortcut::SEND.aria(), Shortcut::SEARCH.shown());
            assert_eq!([palette.get(), send.get(), search.get()], ["Ctrl+K", "Control+Enter", "/"]);
            mac.set(true);
            assert_eq!([palette.get(), send.get(), search.get()], ["⌘K", "Meta+Enter", "/"]);
        });
    }
}
