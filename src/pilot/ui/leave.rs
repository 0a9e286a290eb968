//! The way off a session that somebody shared. Only who shared it can bring one back, so it is asked first.

use leptos::{prelude::*, task::spawn_local};

use super::{changes::Named, message::me};
use crate::{
    ids::SessionId,
    pilot::rpc,
    ui::{
        button::{Button, Tone},
        dialog::{Dialog, DialogHead},
        notices::use_notices,
        split::{Split, wasm_split},
        view,
        when::Later,
    },
};

/// Asks before one leaves the session that `asked` names, and tells when that is done. Downloaded when it is first asked.
#[component]
pub fn LeaveDialog(
    asked: RwSignal<Option<Named>>,
    /// One is off it now.
    #[prop(into)]
    left: Callback<(SessionId,)>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asked.with(Option::is_some)));
    Effect::new(move |_| {
        // Only where there is something to forget: a set that changes nothing still wakes the effect above.
        if !open.get() && asked.with_untracked(Option::is_some) {
            asked.set(None);
        }
    });
    view! { <Later open load=move || Box::pin(dialog(asked, open, left))/> }
}

#[wasm_split(session, wasm_split_path = leptos::wasm_split, fallible)]
fn dialog(asked: RwSignal<Option<Named>>, open: RwSignal<bool>, left: Callback<(SessionId,)>) -> Split<AnyView> {
    let (notices, me) = (use_notices(), me());
    let leave = move |named: Named| {
        open.set(false);
        let Some(me) = me.as_ref().map(|me| me.user_id) else { return };
        spawn_local(async move {
            if notices.check(rpc::remove_share(named.id, me).await).is_some() {
                notices.say(format!("You left “{}”.", named.title));
                let _ = left.try_run((named.id,));
            }
        });
    };
    let inside = move || {
        let leave = leave.clone();
        asked.get().map(|named| {
            let title = format!("Leave “{}”?", named.title);
            view! {
                <div class="dialog__panel">
                    <DialogHead title open/>
                    <div class="body"><p>"You are taken off this session. Who shared it can share it with you again."</p></div>
                    <footer>
                        <Button on_click=move || open.set(false)>"Cancel"</Button>
                        <Button tone=Tone::Danger on_click=move || leave(named.clone())>"Leave session"</Button>
                    </footer>
                </div>
            }
        })
    };
    Ok(view! { <Dialog open label="Leave session" class="dialog--s dialog--confirm" children=inside/> })
}
