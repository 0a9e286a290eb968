//! The one live connection of the tab: follows the session on the screen, reconnects with growing patience, and asks again from
//! the last event it saw, so that nothing is missed and nothing comes twice.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, closure::Closure, convert::FromWasmAbi},
    web_sys::{Event, MessageEvent, WebSocket, js_sys},
};

use crate::{
    error::AppError,
    ids::SessionId,
    pilot::{
        rpc,
        state::PilotState,
        types::{LiveFrame, LiveRequest},
    },
    ui::{
        notices::{Notices, use_notices},
        view,
        when::dynamic,
    },
    wire,
};

/// After so many tries in vain we ask what is wrong.
const PATIENT: u32 = 2;

/// The server says every 15 seconds that it is there; after so many without a word the connection is dead, as after a sleep.
const LONGEST_SILENCE: f64 = 40_000.0;
/// How often we look.
const LOOK: Duration = Duration::from_secs(10);

/// How the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Not asked for yet.
    Idle,
    Live,
    Reconnecting,
}

/// The tab's connection, in every page's context.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    following: RwSignal<Option<(SessionId, PilotState)>>,
    link: RwSignal<Link>,
}

/// Makes the connection ready; it is opened with the first session that is followed.
pub fn provide_live() {
    let live = Live { following: RwSignal::new(None), link: RwSignal::new(Link::Idle) };
    let notices = use_notices();
    provide_context(live);
    Effect::new(move |_| {
        let connection = Rc::new(Connection {
            live,
            notices,
            socket: RefCell::default(),
            attempts: Cell::default(),
            heard_at: Cell::default(),
        });
        for wake in ["online", "focus"] {
            let connection = Rc::clone(&connection);
            window_event_listener(ev::Custom::<Event>::new(wake), move |_| {
                connection.give_up_the_dead();
                connection.follow();
            });
        }
        let looking = Rc::clone(&connection);
        set_interval(move || looking.give_up_the_dead(), LOOK);
        Effect::new(move |_| {
            live.following.track();
            connection.follow();
        });
    });
}

impl Live {
    /// Follows `state`'s session from its last event on, until the calling page is left.
    pub fn follow(self, state: PilotState) {
        let id = state.id();
        Effect::new(move |_| self.following.set(Some((id, state))));
        on_cleanup(move || {
            if self.following.try_get_untracked().flatten().is_some_and(|(followed, _)| followed == id) {
                self.following.set(None);
            }
        });
    }
}

impl Live {
    /// Follows nothing any more.
    pub fn let_go(self) {
        self.following.set(None);
    }

    /// Asks for the events after what the screen shows now.
    pub fn follow_again(self) {
        self.following.update(|_| ());
    }
}

struct Connection {
    live: Live,
    notices: Notices,
    socket: RefCell<Option<WebSocket>>,
    attempts: Cell<u32>,
    /// When the server last said something, or was asked for a connection, in milliseconds of the browser's clock.
    heard_at: Cell<f64>,
}

impl Connection {
    /// Says what we want to hear; opens the connection if there is none.
    fn follow(self: &Rc<Self>) {
        let wanted = self.live.following.get_untracked();
        let state = self.socket.borrow().as_ref().map(WebSocket::ready_state);
        match (state, wanted) {
            (Some(WebSocket::OPEN), Some((session_id, state))) => {
                self.say(&LiveRequest::Follow { session_id, after: state.last_event_id() });
            }
            (Some(WebSocket::OPEN), None) => self.say(&LiveRequest::Unfollow),
            (None, Some(_)) => self.connect(),
            _ => {}
        }
    }

    fn say(&self, request: &LiveRequest) {
        if let (Some(socket), Ok(text)) = (self.socket.borrow().as_ref(), wire::write(request)) {
            let _ = socket.send_with_str(&text);
        }
    }

    fn connect(self: &Rc<Self>) {
        let location = window().location();
        let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
        let Ok(socket) = WebSocket::new(&format!("{scheme}://{}/live", location.host().unwrap_or_default())) else {
            return self.retry();
        };
        let on_open = self.on(|this, _: Event| {
            this.attempts.set(0);
            this.heard_at.set(js_sys::Date::now());
            this.live.link.set(Link::Live);
            this.follow();
        });
        let on_message = self.on(|this, event: MessageEvent| {
            this.heard_at.set(js_sys::Date::now());
            if let Some(frame) = event.data().as_string().and_then(|text| LiveFrame::read(&text)) {
                this.hear(frame);
            }
        });
        let on_close = self.on(|this, _: Event| {
            this.socket.take();
            this.retry();
        });
        socket.set_onopen(Some(&on_open));
        socket.set_onmessage(Some(&on_message));
        socket.set_onclose(Some(&on_close));
        self.heard_at.set(js_sys::Date::now());
        self.socket.replace(Some(socket));
    }

    /// A connection can be dead without a word, as after the laptop slept, or never come about: it is made anew.
    fn give_up_the_dead(self: &Rc<Self>) {
        if self.socket.borrow().is_none() || js_sys::Date::now() - self.heard_at.get() < LONGEST_SILENCE {
            return;
        }
        if let Some(socket) = self.socket.take() {
            // Its end may be told much later, or never.
            socket.set_onclose(None);
            socket.set_onopen(None);
            socket.set_onmessage(None);
            let _ = socket.close();
        }
        self.retry();
    }

    fn on<E: FromWasmAbi + 'static>(self: &Rc<Self>, act: impl Fn(&Rc<Self>, E) + 'static) -> js_sys::Function {
        let this = Rc::clone(self);
        Closure::<dyn Fn(E)>::new(move |event| act(&this, event)).into_js_value().unchecked_into()
    }

    /// Tries again, later each time, up to half a minute; never all tabs at once.
    fn retry(self: &Rc<Self>) {
        self.live.link.set(Link::Reconnecting);
        let attempts = self.attempts.get();
        self.attempts.set(attempts + 1);
        if attempts == PATIENT {
            self.ask_why();
        }
        let patience = Duration::from_millis(400) * 2_u32.pow(attempts.min(6));
        let this = Rc::clone(self);
        set_timeout(move || this.follow(), patience.mul_f64(0.5 + js_sys::Math::random()));
    }

    /// The connection is refused without a word to somebody who is not signed in any more; an ordinary call says it.
    fn ask_why(&self) {
        let Some((id, _)) = self.live.following.get_untracked() else { return };
        let notices = self.notices;
        spawn_local(async move {
            if let Err(error @ AppError::Unauthenticated { .. }) = rpc::load_session(id).await {
                notices.fail(&error);
            }
        });
    }

    fn hear(&self, frame: LiveFrame) {
        match (frame, self.live.following.get_untracked()) {
            (LiveFrame::Event { session_id, stamped }, Some((followed, state))) if session_id == followed => {
                state.apply(*stamped);
            }
            (LiveFrame::Refused { error: AppError::NotFound { .. }, .. }, _) => {
                self.notices.say("This session is not shared with you any more. Copy what you still need from here.");
            }
            (LiveFrame::Refused { error, .. }, _) => self.notices.fail(&error),
            _ => {}
        }
    }
}

/// Says how the connection is.
#[component]
pub fn LiveIndicator() -> impl IntoView {
    let live = expect_context::<Live>();
    let state = move || match live.link.get() {
        Link::Reconnecting => Some("reconnecting"),
        Link::Idle | Link::Live => None,
    };
    let text = move || match live.link.get() {
        Link::Idle => view! { <span class="visually-hidden">"Connecting"</span> }.into_any(),
        Link::Live => view! { <span class="visually-hidden">"Connected: changes arrive live"</span> }.into_any(),
        Link::Reconnecting => "Reconnecting…".into_any(),
    };
    view! {
        <span class="live" role="status" data-state=state>
            <span class="dot"></span>
            {dynamic(text)}
        </span>
    }
}
