//! Live events: one ordered stream a topic (a session), to any number of followers, over any number of nodes.
//!
//! Events are rows that a commit has numbered. A pump a followed topic reads new rows in order of their ids when it is poked, by
//! this process or by a NOTIFY of another. The node that runs a turn also hands over the model's text before it is a row: while
//! such a *run* of reserved ids is open, later rows are held back, so that every follower sees ids rise. The hub knows neither
//! sessions nor what an event says.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::ids::AccountId;

/// A follower that is further behind than this reads what it missed from the source instead.
const FOLLOWER_BUFFER: usize = 1 << 16;
const PAGE: i64 = 500;
const PAGE_LEN: usize = 500;
/// How often an idle pump looks whether anybody still listens, and for what a lost notification may have hidden.
const IDLE_CHECK: Duration = Duration::from_secs(20);

/// What followers follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Topic {
    pub account: AccountId,
    pub id: Uuid,
}

/// One event, ready for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: i64,
    pub turn: Option<Uuid>,
    pub name: Arc<str>,
    /// The payload as JSON text.
    pub data: Arc<str>,
}

/// What the source has from some id on.
#[derive(Debug, Default)]
pub struct Page {
    pub events: Vec<Event>,
    /// Events up to this id are gone; `Some` only when some of what was asked for is among them.
    pub lost_up_to: Option<i64>,
}

/// Where stored events are read.
#[async_trait]
pub trait EventSource: Send + Sync + std::fmt::Debug {
    /// Stored events with an id above `after` and below what an open run has not stored, in order, `limit` at most.
    async fn after(&self, topic: Topic, after: i64, limit: i64) -> Result<Page, sqlx::Error>;

    /// The id up to which everything is stored.
    async fn newest(&self, topic: Topic) -> Result<i64, sqlx::Error>;
}

/// What a follower gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    Event(Event),
    /// Events are gone: read the whole state again; the stream goes on live after this id.
    Lost {
        up_to: i64,
    },
}

enum Command {
    Poke,
    RunOpened { first: i64, done: oneshot::Sender<()> },
    Live(Event),
    Stored { up_to: i64 },
    RunClosed { last: i64 },
    Subscribe(oneshot::Sender<Result<Subscription, sqlx::Error>>),
    Own(Arc<AtomicBool>),
    Disown,
}

struct Subscription {
    live: mpsc::Receiver<Event>,
    /// Events of the open run that are sent, but not stored yet.
    unstored: Vec<Event>,
}

/// All pumps of this process.
#[derive(Debug, Clone)]
pub struct Hub {
    source: Arc<dyn EventSource>,
    notify: mpsc::UnboundedSender<Topic>,
    pumps: Arc<Mutex<HashMap<Topic, mpsc::UnboundedSender<Command>>>>,
}

/// The owning side of a topic while a turn streams: it reserves numbers, followers here see its events at once.
#[derive(Debug)]
pub struct Owner {
    pump: mpsc::UnboundedSender<Command>,
    /// Something else was committed to the topic while a run was open.
    held_back: Arc<AtomicBool>,
}

impl Hub {
    /// A hub over `source`; what is committed here is told to `notify`, for the other nodes.
    pub fn new(source: Arc<dyn EventSource>, notify: mpsc::UnboundedSender<Topic>) -> Self {
        Self { source, notify, pumps: Arc::default() }
    }

    /// This process committed something to this topic: followers here and on other nodes look.
    pub fn committed(&self, topic: Topic) {
        self.poke(topic);
        self.tell_others(topic);
    }

    /// What this process committed has reached its own followers already: those on other nodes look.
    pub fn tell_others(&self, topic: Topic) {
        self.notify.send(topic).ok();
    }

    /// Something was committed to this topic, by whomever.
    pub fn poke(&self, topic: Topic) {
        if let Some(pump) = self.running(topic) {
            pump.send(Command::Poke).ok();
        }
    }

    /// The connection that hears of other nodes' commits was away: everybody looks.
    pub fn poke_all(&self) {
        for pump in self.pumps.lock().unwrap_or_else(PoisonError::into_inner).values() {
            pump.send(Command::Poke).ok();
        }
    }

    /// How many topics are followed here.
    pub fn followed(&self) -> usize {
        self.pumps.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Becomes the owner of a topic's live events. While there is one, its pump stays.
    pub async fn own(&self, topic: Topic) -> Owner {
        loop {
            let (pump, held_back) = (self.running_or_new(topic), Arc::new(AtomicBool::new(false)));
            if pump.send(Command::Own(Arc::clone(&held_back))).is_ok() {
                return Owner { pump, held_back };
            }
            tokio::task::yield_now().await;
        }
    }

    /// Every event of the topic with an id above `after`: first what is stored, then live, in order, each once.
    pub async fn follow(
        &self,
        topic: Topic,
        after: i64,
    ) -> Result<BoxStream<'static, Result<Followed, sqlx::Error>>, sqlx::Error> {
        let subscription = self.subscribe(topic).await?;
        let follower = Follower {
            hub: self.clone(),
            topic,
            last: after,
            ready: VecDeque::new(),
            unstored: subscription.unstored,
            live: subscription.live,
            reading: true,
        };
        Ok(follower.into_stream())
    }

    /// The events of the topic from now on, after `opening`, which the caller has just committed itself.
    pub async fn follow_from(
        &self,
        topic: Topic,
        opening: Vec<Event>,
    ) -> Result<BoxStream<'static, Result<Followed, sqlx::Error>>, sqlx::Error> {
        let subscription = self.subscribe(topic).await?;
        let follower = Follower {
            hub: self.clone(),
            topic,
            last: opening.first().map_or(0, |event| event.id - 1),
            ready: opening.into_iter().map(Followed::Event).collect(),
            unstored: Vec::new(),
            live: subscription.live,
            reading: false,
        };
        Ok(follower.into_stream())
    }

    fn running(&self, topic: Topic) -> Option<mpsc::UnboundedSender<Command>> {
        self.pumps.lock().unwrap_or_else(PoisonError::into_inner).get(&topic).cloned()
    }

    fn running_or_new(&self, topic: Topic) -> mpsc::UnboundedSender<Command> {
        let mut pumps = self.pumps.lock().unwrap_or_else(PoisonError::into_inner);
        pumps
            .entry(topic)
            .or_insert_with(|| {
                let (send, receive) = mpsc::unbounded_channel();
                tokio::spawn(Pump::new(self.clone(), topic).run(receive));
                send
            })
            .clone()
    }

    async fn subscribe(&self, topic: Topic) -> Result<Subscription, sqlx::Error> {
        loop {
            let (send, receive) = oneshot::channel();
            // A pump that is just ending does not answer; the next round makes a new one.
            if self.running_or_new(topic).send(Command::Subscribe(send)).is_ok()
                && let Ok(subscription) = receive.await
            {
                return subscription;
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Owner {
    /// Ids from `first` on are reserved for live events. Returns when followers here have all that came before.
    pub async fn run_opened(&self, first: i64) {
        let (done, seen) = oneshot::channel();
        if self.pump.send(Command::RunOpened { first, done }).is_ok() {
            seen.await.ok();
        }
    }

    /// Sends an event of the open run before it is stored.
    pub fn live(&self, event: Event) {
        self.pump.send(Command::Live(event)).ok();
    }

    /// Events of the open run up to this id are stored.
    pub fn stored(&self, up_to: i64) {
        self.pump.send(Command::Stored { up_to }).ok();
    }

    /// All of the run is stored, with ids up to `last`, used or not; what was held back behind it may go.
    pub fn run_closed(&self, last: i64) {
        self.pump.send(Command::RunClosed { last }).ok();
    }

    /// Whether something has been held back behind the run since this was last asked.
    pub fn holds_back(&self) -> bool {
        self.held_back.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.pump.send(Command::Disown).ok();
    }
}

struct Pump {
    hub: Hub,
    topic: Topic,
    followers: Vec<mpsc::Sender<Event>>,
    /// Up to this id followers have everything; `None` while there are none.
    last: Option<i64>,
    owners: usize,
    run_open: bool,
    /// Somebody else committed something since the last run was closed: it may wait behind the next one.
    poked: bool,
    /// The same for the owner.
    held_back: Arc<AtomicBool>,
    unstored: Vec<Event>,
}

impl Pump {
    fn new(hub: Hub, topic: Topic) -> Self {
        Self {
            hub,
            topic,
            followers: Vec::new(),
            last: None,
            owners: 0,
            run_open: false,
            poked: false,
            held_back: Arc::default(),
            unstored: Vec::new(),
        }
    }

    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        loop {
            let command = match tokio::time::timeout(IDLE_CHECK, commands.recv()).await {
                Ok(Some(command)) => command,
                Ok(None) => return,
                Err(_) if self.may_end(&mut commands) => return,
                Err(_) => Command::Poke,
            };
            match command {
                Command::Poke if self.run_open => self.hold_back(),
                Command::Poke => {
                    // A run may be open already and its word still on the way here: what lies behind it is not read then.
                    if self.owners > 0 {
                        self.hold_back();
                    }
                    self.catch_up(i64::MAX).await;
                }
                Command::Own(held_back) => {
                    self.owners += 1;
                    self.held_back = held_back;
                }
                Command::Disown => {
                    self.owners = self.owners.saturating_sub(1);
                    self.run_open = false;
                    self.unstored.clear();
                    self.catch_up(i64::MAX).await;
                }
                Command::RunOpened { first, done } => {
                    // Ids without a gap: nobody else committed anything in between.
                    if self.last.is_none_or(|last| last + 1 < first) {
                        self.catch_up(first).await;
                    }
                    self.run_open = true;
                    self.unstored.clear();
                    done.send(()).ok();
                }
                Command::Live(event) => {
                    self.last = self.last.map(|_| event.id);
                    self.unstored.push(event.clone());
                    self.send(event);
                }
                Command::Stored { up_to } => {
                    let stored = self.unstored.partition_point(|event| event.id <= up_to);
                    self.unstored.drain(..stored);
                }
                Command::RunClosed { last } => {
                    self.run_open = false;
                    self.unstored.clear();
                    self.last = self.last.map(|sent| sent.max(last));
                    if std::mem::take(&mut self.poked) {
                        self.catch_up(i64::MAX).await;
                    }
                }
                Command::Subscribe(reply) => self.subscribe(reply).await,
            }
        }
    }

    fn hold_back(&mut self) {
        self.poked = true;
        self.held_back.store(true, Ordering::Relaxed);
    }

    async fn subscribe(&mut self, reply: oneshot::Sender<Result<Subscription, sqlx::Error>>) {
        let (follower, live) = mpsc::channel(FOLLOWER_BUFFER);
        if self.last.is_none() {
            // The first follower: what is stored by now it reads for itself, from here on it is told.
            match self.hub.source.newest(self.topic).await {
                Ok(newest) => self.last = Some(self.unstored.last().map_or(newest, |event| event.id.max(newest))),
                Err(error) => {
                    reply.send(Err(error)).ok();
                    return;
                }
            }
        }
        self.followers.push(follower);
        reply.send(Ok(Subscription { live, unstored: self.unstored.clone() })).ok();
    }

    fn send(&mut self, event: Event) {
        // Whoever is gone, or too far behind, is let go; the latter comes back and reads what it missed.
        self.followers.retain(|follower| follower.try_send(event.clone()).is_ok());
    }

    fn nobody(&mut self) -> bool {
        self.followers.retain(|follower| !follower.is_closed());
        self.followers.is_empty()
    }

    /// Ends when nobody listens. Under the lock, so that nobody can be given a pump that is about to go.
    fn may_end(&mut self, commands: &mut mpsc::UnboundedReceiver<Command>) -> bool {
        let nobody = self.nobody();
        let mut pumps = self.hub.pumps.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = nobody && self.owners == 0 && commands.is_empty();
        if idle {
            pumps.remove(&self.topic);
            commands.close();
        }
        idle
    }

    /// Sends stored events below `limit` that were not sent yet.
    async fn catch_up(&mut self, limit: i64) {
        if self.nobody() {
            self.last = None;
        }
        while let Some(after) = self.last {
            let page = match self.hub.source.after(self.topic, after, PAGE).await {
                Ok(page) => page,
                Err(error) => {
                    // What came next would leave a gap: followers are let go, come back, and read for themselves.
                    tracing::warn!(error.cause = %error, "Events could not be read; followers read for themselves.");
                    self.followers.clear();
                    self.last = None;
                    return;
                }
            };
            let whole = page.events.len() < PAGE_LEN;
            for event in page.events.into_iter().take_while(|event| event.id < limit) {
                self.last = Some(event.id);
                self.send(event);
            }
            if whole || self.last == Some(after) {
                return;
            }
        }
    }
}

/// One follower's way from stored events to live ones.
struct Follower {
    hub: Hub,
    topic: Topic,
    last: i64,
    ready: VecDeque<Followed>,
    unstored: Vec<Event>,
    live: mpsc::Receiver<Event>,
    reading: bool,
}

impl Follower {
    fn into_stream(self) -> BoxStream<'static, Result<Followed, sqlx::Error>> {
        stream::unfold(self, |mut follower| async move { follower.next().await.map(|item| (item, follower)) }).boxed()
    }

    async fn next(&mut self) -> Option<Result<Followed, sqlx::Error>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                match &item {
                    Followed::Event(event) if event.id <= self.last => continue,
                    Followed::Event(event) => self.last = event.id,
                    Followed::Lost { up_to } => self.last = *up_to,
                }
                return Some(Ok(item));
            }
            if self.reading {
                if let Err(error) = self.read().await {
                    return Some(Err(error));
                }
                continue;
            }
            match self.live.recv().await {
                Some(event) => self.ready.push_back(Followed::Event(event)),
                // Let go for being too slow: come back, and read what was missed.
                None => match self.hub.subscribe(self.topic).await {
                    Ok(subscription) => {
                        self.live = subscription.live;
                        self.unstored = subscription.unstored;
                        self.reading = true;
                    }
                    Err(error) => return Some(Err(error)),
                },
            }
        }
    }

    async fn read(&mut self) -> Result<(), sqlx::Error> {
        let page = self.hub.source.after(self.topic, self.last, PAGE).await?;
        if let Some(up_to) = page.lost_up_to {
            self.ready.push_back(Followed::Lost { up_to });
            return Ok(());
        }
        if page.events.len() < PAGE_LEN {
            self.reading = false;
            self.ready.extend(page.events.into_iter().map(Followed::Event));
            self.ready.extend(std::mem::take(&mut self.unstored).into_iter().map(Followed::Event));
        } else {
            self.ready.extend(page.events.into_iter().map(Followed::Event));
        }
        Ok(())
    }
}
