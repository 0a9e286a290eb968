//! What the parts of the session surface share.

use leptos::{prelude::*, task::spawn_local};

use super::{
    changes::{Named, Touched, archive},
    live::Live,
    message::me,
    outbox::Outbox,
    saves::Saves,
};
use crate::{
    error::AppError,
    ids::SessionId,
    pilot::{
        rpc,
        state::{Head, LaneCount, PilotDataStoreFields, PilotState, TurnState},
        types::{ArtifactKind, Fix, FixStatus, Session},
    },
    ui::notices::{Notices, use_notices},
};

/// One session on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Surface {
    pub id: SessionId,
    pub state: PilotState,
    live: Live,
    pub notices: Notices,
    /// Answers and results on their way.
    pub saves: Saves,
    /// The message on its way.
    pub outbox: Outbox,
    /// Messages before those on the screen are on their way.
    pub reading_older: RwSignal<bool>,
    /// The note is open.
    resolving: RwSignal<bool>,
    /// The package is open.
    escalating: RwSignal<bool>,
    /// Before the package: what became of the fix?
    pub asking: RwSignal<bool>,
    /// The script of the fix is open.
    pub script_open: RwSignal<bool>,
    /// The title is being changed.
    pub renaming: RwSignal<bool>,
    /// One is asked whether to leave the session.
    pub leaving: RwSignal<Option<Named>>,
    /// A ticket is being chosen for the session.
    pub linking: RwSignal<bool>,
    /// A ticket is being made out of the session.
    pub new_ticket: RwSignal<bool>,
    /// With whom the session is shared is being looked at.
    pub sharing: RwSignal<bool>,
    /// A note is being written.
    pub adding_note: RwSignal<bool>,
    /// Who looks may change the session now.
    pub changeable: Memo<bool>,
    /// Somebody shared it with who looks.
    pub shared: Memo<bool>,
    /// It is a session of who looks.
    pub mine: bool,
    pub running: Memo<bool>,
    pub count: Memo<LaneCount>,
}

/// The surface that the caller is a part of.
pub fn use_surface() -> Surface {
    expect_context()
}

impl Surface {
    /// Makes the surface of a session, follows it live, and gives it to all parts.
    pub fn provide(session: Session) -> Self {
        let id = session.id;
        let state = PilotState::new(session);
        let notices = use_notices();
        let me = me().map(|me| me.user_id);
        let outbox = Outbox::new(state, notices);
        let surface = Self {
            id,
            state,
            live: expect_context(),
            notices,
            saves: Saves::new(state, notices, outbox),
            outbox,
            reading_older: RwSignal::new(false),
            resolving: RwSignal::new(false),
            escalating: RwSignal::new(false),
            asking: RwSignal::new(false),
            script_open: RwSignal::new(false),
            renaming: RwSignal::new(false),
            leaving: RwSignal::new(None),
            linking: RwSignal::new(false),
            new_ticket: RwSignal::new(false),
            sharing: RwSignal::new(false),
            adding_note: RwSignal::new(false),
            changeable: Memo::new(move |_| state.0.head().with(Head::changeable)),
            shared: Memo::new(move |_| {
                state.0.head().with(|head| head.shared_with.iter().any(|person| Some(person.id) == me))
            }),
            mine: state.0.head().with_untracked(|head| Some(head.user.id) == me),
            running: Memo::new(move |_| state.0.turn().with(TurnState::is_running)),
            count: Memo::new(move |_| state.0.lane().with(LaneCount::of)),
        };
        provide_context(surface);
        surface.live.follow(state);
        Effect::new(move |_| {
            if state.0.wants_snapshot().get() {
                surface.reload();
            }
        });
        surface
    }

    /// Whether the document of this ending is open.
    pub const fn ending(self, kind: ArtifactKind) -> RwSignal<bool> {
        match kind {
            ArtifactKind::ResolutionNote => self.resolving,
            ArtifactKind::EscalationPackage => self.escalating,
        }
    }

    pub fn resolve(self) {
        self.resolving.set(true);
    }

    /// Opens the package; what became of a fix that was applied is asked first.
    pub fn escalate(self) {
        let applied = |fix: &Fix| fix.status == FixStatus::Proposed && fix.applied_at.is_some();
        let unknown = self.state.0.fix().with_untracked(|fix| fix.as_ref().is_some_and(applied));
        if unknown { self.asking.set(true) } else { self.escalating.set(true) }
    }

    /// Asks whether to leave the session.
    pub fn leave(self) {
        let title = self.state.0.head().with_untracked(|head| head.title.clone());
        self.leaving.set(Some(Named { id: self.id, title }));
    }

    /// It has no ticket yet, and who looks may make one.
    pub fn may_open_ticket(self) -> bool {
        self.changeable.get() && self.state.0.head().with(|head| head.ticket.is_none() && head.can_open_ticket)
    }

    /// Archives the session, or takes it back. Should its page have gone meanwhile, the lists are told.
    pub fn archive(self, to: bool, touched: Touched) {
        archive(self.notices, self.id, to, move |archived| {
            if self.state.0.head().try_update(|head| head.archived = archived).is_none() {
                touched.now();
            }
        });
    }

    /// Hears nothing more of the session.
    pub fn let_go(self) {
        self.live.let_go();
    }

    /// Puts both documents away.
    pub fn close_endings(self) {
        self.resolving.set(false);
        self.escalating.set(false);
    }

    /// Runs a call; says what went wrong, else goes on with what came back.
    pub fn call<T: 'static>(
        self,
        call: impl Future<Output = Result<T, AppError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        spawn_local(async move {
            if let Some(value) = self.notices.check(call.await) {
                then(value);
            }
        });
    }

    /// Sends the new answers, if there are any, without words; false when one of them could not be saved.
    pub async fn send_answers(self) -> bool {
        let saved = self.saves.flush().await;
        if saved && self.count.try_get_untracked().is_some_and(|count| count.unsent != 0) {
            self.outbox.say(String::new());
        }
        saved
    }

    /// Reads the session again.
    pub fn reload(self) {
        let live = self.live;
        self.call(rpc::load_session(self.id), move |session| {
            if self.state.refresh(session) {
                live.follow_again();
            }
        });
    }
}
