//! What can be done now, by name, for the command palette. Pages offer their commands while they are shown; slices bring
//! [`Source`]s to search in. The palette itself and the commands are downloaded when it is first opened: what stands here is all
//! that a page needs before that.

use std::{sync::Arc, time::Duration};

use futures::future::LocalBoxFuture;
use leptos::{prelude::*, web_sys::KeyboardEvent};

use super::{icon::Glyph, shortcut::Shortcut};
use crate::error::AppError;

/// What a command does.
#[derive(Clone)]
pub enum Deed {
    /// Goes to a page.
    Go(String),
    /// Opens an address outside of the app's own pages.
    Leave(String),
    Act(Arc<dyn Fn() + Send + Sync>),
}

impl PartialEq for Deed {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Go(one), Self::Go(other)) | (Self::Leave(one), Self::Leave(other)) => one == other,
            (Self::Act(one), Self::Act(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

/// One thing that can be done, or a place to go to.
#[derive(Clone, PartialEq)]
pub struct Command {
    pub title: String,
    /// Quietly behind the title.
    pub beside: String,
    /// Other words it is found by.
    pub also: &'static str,
    pub glyph: Glyph,
    pub keys: Option<Shortcut>,
    pub deed: Deed,
}

impl Command {
    fn new(glyph: Glyph, title: String, deed: Deed) -> Self {
        Self { title, beside: String::new(), also: "", glyph, keys: None, deed }
    }

    /// Goes to a page of the app.
    pub fn go(glyph: Glyph, title: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(glyph, title.into(), Deed::Go(path.into()))
    }

    /// Opens what is not a page of the app.
    pub fn leave(glyph: Glyph, title: impl Into<String>, address: impl Into<String>) -> Self {
        Self::new(glyph, title.into(), Deed::Leave(address.into()))
    }

    /// Does something on the page.
    pub fn act(glyph: Glyph, title: impl Into<String>, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self::new(glyph, title.into(), Deed::Act(Arc::new(act)))
    }

    /// It is found by these words too.
    pub fn also(self, also: &'static str) -> Self {
        Self { also, ..self }
    }

    /// What stands behind the title.
    pub fn beside(self, beside: String) -> Self {
        Self { beside, ..self }
    }

    /// The keys that do the same.
    pub fn keys(self, keys: Shortcut) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// Tells it from the others.
    pub fn id(&self) -> &str {
        match &self.deed {
            Deed::Go(to) | Deed::Leave(to) => to,
            Deed::Act(_) => &self.title,
        }
    }
}

/// What a page can do now. It is asked again whenever what it reads changes.
pub type Listing = Arc<dyn Fn() -> Vec<Command> + Send + Sync>;

/// Something to search in, on the server.
#[derive(Clone, Copy)]
pub struct Source {
    pub name: &'static str,
    /// What stands there before a word is typed; `None`: nothing.
    pub recent: Option<&'static str>,
    pub find: fn(String) -> LocalBoxFuture<'static, Result<Vec<Command>, AppError>>,
}

/// How long the palette may take to come.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// Nothing comes where the download failed; the next time, it is tried again.
type Offer = Arc<dyn Fn() -> LocalBoxFuture<'static, Option<Listing>> + Send + Sync>;

/// The registry, and whether the palette is open. A copy of it is in every page's context.
#[derive(Clone, Copy)]
pub struct Commands {
    pub open: RwSignal<bool>,
    /// What is typed.
    pub query: RwSignal<String>,
    offers: StoredValue<Vec<(usize, Offer)>>,
    loaded: RwSignal<Vec<(usize, Listing)>>,
    count: StoredValue<usize>,
    /// The palette has been downloaded and drawn.
    there: StoredValue<bool>,
}

/// Provides the page's one registry.
pub fn provide_commands() -> Commands {
    let commands = Commands {
        open: RwSignal::new(false),
        query: RwSignal::new(String::new()),
        offers: StoredValue::new(Vec::new()),
        loaded: RwSignal::new(Vec::new()),
        count: StoredValue::new(0),
        there: StoredValue::new(false),
    };
    provide_context(commands);
    commands
}

/// Offers the commands that `load` brings, while the caller is on the screen.
pub fn offer_commands(load: impl Fn() -> LocalBoxFuture<'static, Option<Listing>> + Send + Sync + 'static) {
    if let Some(commands) = use_context::<Commands>() {
        commands.offer(Arc::new(load));
    }
}

impl Commands {
    fn offer(self, offer: Offer) {
        let id = self.count.get_value();
        self.count.set_value(id + 1);
        self.offers.update_value(|offers| offers.push((id, offer)));
        // At once: what a listing reads goes with its page.
        on_cleanup(move || {
            self.offers.try_update_value(|offers| offers.retain(|(other, _)| *other != id));
            self.loaded.try_update(|loaded| loaded.retain(|(other, _)| *other != id));
        });
    }

    /// Loads the commands of what is on the screen.
    pub async fn load(self) {
        let offers = self.offers.try_get_value().unwrap_or_default();
        for (id, offer) in offers {
            let is_known = |loaded: &Vec<(usize, Listing)>| loaded.iter().any(|(known, _)| *known == id);
            if self.loaded.try_with_untracked(is_known) != Some(false) {
                continue;
            }
            let Some(listing) = offer().await else { continue };
            // The page may have gone meanwhile, or have been asked twice.
            let is_there = |offers: &Vec<(usize, Offer)>| offers.iter().any(|(there, _)| *there == id);
            if self.offers.try_with_value(is_there) == Some(true) {
                self.loaded.try_update(|loaded| {
                    if !is_known(loaded) {
                        loaded.push((id, listing));
                    }
                });
            }
        }
    }

    /// What can be done now, as far as it is loaded.
    pub fn list(self) -> Vec<Command> {
        self.loaded.with(|loaded| loaded.iter().flat_map(|(_, listing)| listing()).collect())
    }

    /// Opens the palette.
    pub fn show(self) {
        self.query.set(String::new());
        self.open.set(true);
        // Should it not come, the keys are the page's again.
        let give_up = move || {
            if self.is_coming() {
                self.open.set(false);
            }
        };
        set_timeout(give_up, LONGEST_WAIT);
    }

    /// The palette is drawn: what is typed reaches its field.
    pub fn arrived(self) {
        self.there.set_value(true);
    }

    /// It has been asked for and is not there yet. With every key: the page is not searched for it.
    fn is_coming(self) -> bool {
        self.open.try_get_untracked() == Some(true) && self.there.try_get_value() == Some(false)
    }

    /// What is typed meanwhile is for its field, and for nothing that has the focus.
    pub fn type_ahead(self, event: &KeyboardEvent) {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing());
        if !plain || !self.is_coming() {
            return;
        }
        match event.key().as_str() {
            "Escape" => self.open.set(false),
            "Backspace" => self.query.update(|query| {
                query.pop();
            }),
            key if key.chars().count() == 1 => self.query.update(|query| query.push_str(key)),
            "Enter" => {}
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;

    fn page(owner: &Owner, titles: Signal<Vec<&'static str>>) -> Owner {
        let page = owner.with(Owner::new);
        page.with(|| {
            offer_commands(move || {
                let list =
                    move || titles.get().into_iter().map(|title| Command::act(Glyph::Edit, title, || ())).collect();
                let listing: Listing = Arc::new(list);
                Box::pin(async move { Some(listing) })
            });
        });
        page
    }

    fn titles(commands: Commands) -> Vec<String> {
        commands.list().into_iter().map(|command| command.title).collect()
    }

    #[test]
    fn a_page_offers_its_commands_while_it_is_shown() {
        let app = Owner::new();
        let commands = app.with(provide_commands);
        let first = page(&app, Signal::stored(vec!["Rename session"]));
        let _second = page(&app, Signal::stored(vec!["Add note", "Resolve"]));
        assert_eq!(titles(commands), Vec::<String>::new(), "nothing is loaded before the palette opens");
        block_on(commands.load());
        assert_eq!(titles(commands), ["Rename session", "Add note", "Resolve"]);
        first.cleanup();
        assert_eq!(titles(commands), ["Add note", "Resolve"]);
    }

    #[test]
    fn a_command_is_there_only_while_it_can_act() {
        let app = Owner::new();
        let commands = app.with(provide_commands);
        let can = app.with(|| RwSignal::new(vec!["Resolve"]));
        let _page = page(&app, can.into());
        block_on(commands.load());
        assert_eq!(titles(commands), ["Resolve"]);
        can.set(Vec::new());
        assert_eq!(titles(commands), Vec::<String>::new());
    }

    #[test]
    fn opening_the_palette_again_lists_nothing_twice() {
        let app = Owner::new();
        let commands = app.with(provide_commands);
        let _page = page(&app, Signal::stored(vec!["Resolve"]));
        block_on(async { futures::join!(commands.load(), commands.load()) });
        block_on(commands.load());
        assert_eq!(titles(commands), ["Resolve"]);
    }

    #[test]
    fn a_page_that_goes_while_its_commands_are_loaded_leaves_none() {
        let app = Owner::new();
        let commands = app.with(provide_commands);
        let (send, receive) = futures::channel::oneshot::channel::<()>();
        let receive = StoredValue::new_local(Some(receive));
        let page = app.with(Owner::new);
        page.with(|| {
            offer_commands(move || {
                let receive = receive.try_update_value(Option::take).flatten();
                Box::pin(async move {
                    if let Some(receive) = receive {
                        let _ = receive.await;
                    }
                    let listing: Listing = Arc::new(|| vec![Command::act(Glyph::Edit, "Resolve", || ())]);
                    Some(listing)
                })
            });
        });
        let loading = commands.load();
        block_on(async {
            futures::join!(loading, async {
                page.cleanup();
                let _ = send.send(());
            })
        });
        assert_eq!(titles(commands), Vec::<String>::new());
    }
}
