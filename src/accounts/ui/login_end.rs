//! Five minutes before a login ends its person is told: they can stay signed in, or, where it has lived as long as it may,
//! sign in now. What is open on the page stays.

use std::{pin::Pin, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};

use crate::{
    accounts::{
        rpc,
        types::security::{NOTICE_SECONDS, TimeLeft},
    },
    error::AppError,
    ui::{
        button::{Button, Tone},
        icon::{Glyph, Icon},
        notices::use_notices,
        split::{self, Split, wasm_split},
        view,
        when::{Later, dynamic},
    },
};

/// A page that was just loaded has other things to do.
const FIRST_LOOK: Duration = Duration::from_secs(30);
/// While the notice is shown, another tab may have stayed signed in. Without an answer, the server may be back.
const LOOK_AGAIN: i64 = 30;
/// Timers of browsers know no longer wait than some weeks.
const LONGEST_WAIT: i64 = 24 * 60 * 60;

/// Watches over the login of the page, from a while after it was loaded.
#[component]
pub fn LoginEnd() -> impl IntoView {
    let due = RwSignal::new(false);
    Effect::new(move |_| {
        let wake = move || {
            due.try_set(true);
        };
        set_timeout(wake, FIRST_LOOK);
    });
    view! { <Later open=due load=|| Box::pin(split::patiently(watch))/> }
}

#[wasm_split(login_end, wasm_split_path = leptos::wasm_split, fallible)]
fn watch() -> Split<AnyView> {
    Ok(view! { <Notice/> })
}

/// What is about to end the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Nothing was done for a while.
    Idle,
    /// It has lived as long as it may; staying would not help.
    Absolute,
}

/// What to show, and after how many seconds to look again.
fn judge(left: TimeLeft) -> (Option<Ending>, i64) {
    let soonest = left.idle_seconds.min(left.absolute_seconds);
    let ending = match left {
        TimeLeft { absolute_seconds: ..=NOTICE_SECONDS, .. } => Some(Ending::Absolute),
        TimeLeft { idle_seconds: ..=NOTICE_SECONDS, .. } => Some(Ending::Idle),
        TimeLeft { .. } => None,
    };
    match ending {
        Some(_) => (ending, (soonest + 1).clamp(1, LOOK_AGAIN)),
        None => (None, (soonest - NOTICE_SECONDS).clamp(1, LONGEST_WAIT)),
    }
}

#[derive(Debug, Clone, Copy)]
struct Watch {
    ending: RwSignal<Option<Ending>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    over: StoredValue<bool>,
}

impl Watch {
    fn take(self, left: TimeLeft) {
        let (ending, seconds) = judge(left);
        if self.ending.try_get_untracked() != Some(ending) {
            self.ending.try_set(ending);
        }
        self.look_in(seconds);
    }

    fn look_in(self, seconds: i64) {
        if self.over.try_get_value() != Some(false) {
            return;
        }
        self.rest();
        let wait = Duration::from_secs(seconds.unsigned_abs());
        let look = move || spawn_local(self.look());
        self.timer.try_set_value(set_timeout_with_handle(look, wait).ok());
    }

    fn rest(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    fn look(self) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async move {
            match rpc::login_ends().await {
                Ok(Some(left)) => self.take(left),
                Ok(None) => {}
                Err(error) => {
                    // What was said comes true; signed in again elsewhere, the page goes on.
                    if matches!(error, AppError::Unauthenticated { .. }) {
                        self.ending.try_set(None);
                    }
                    self.look_in(LOOK_AGAIN);
                }
            }
        })
    }
}

#[component]
fn Notice() -> impl IntoView {
    let notices = use_notices();
    let watch = Watch { ending: RwSignal::new(None), timer: StoredValue::new(None), over: StoredValue::new(false) };
    let busy = RwSignal::new(false);
    Effect::new(move |_| spawn_local(watch.look()));
    on_cleanup(move || {
        watch.over.try_set_value(true);
        watch.rest();
    });
    let stay = move || {
        busy.set(true);
        spawn_local(async move {
            if let Some(Some(left)) = notices.check(rpc::stay_signed_in().await) {
                watch.take(left);
            }
            busy.try_set(false);
        });
    };
    dynamic(move || {
        let (why, what) = match watch.ending.get()? {
            Ending::Idle => (
                "Your sign-in ends in less than 5 minutes, because nothing was done for a while.",
                view! { <Button small=true tone=Tone::Primary busy on_click=stay>"Stay signed in"</Button> }.into_any(),
            ),
            Ending::Absolute => (
                "Your sign-in ends in less than 5 minutes: it has nearly reached its longest duration.",
                view! { <a class="btn btn--s btn--primary" href="/login" target="_blank" rel="noopener">"Sign in now"</a> }
                    .into_any(),
            ),
        };
        Some(view! {
            <div class="offline-bar login-end" role="alert">
                <Icon glyph=Glyph::Alert/>
                <p>{why}</p>
                {what}
            </div>
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(idle_seconds: i64, absolute_seconds: i64) -> (Option<Ending>, i64) {
        judge(TimeLeft { idle_seconds, absolute_seconds })
    }

    #[test]
    fn the_notice_comes_five_minutes_before_the_end() {
        assert_eq!(judged(900, 3600), (None, 600));
        assert_eq!(judged(300, 3600), (Some(Ending::Idle), 30));
        assert_eq!(judged(3600, 300), (Some(Ending::Absolute), 30));
    }

    #[test]
    fn staying_is_not_offered_where_it_would_not_help() {
        assert_eq!(judged(10, 200), (Some(Ending::Absolute), 11));
    }

    #[test]
    fn the_end_is_looked_at_just_after_it() {
        assert_eq!(judged(4, 3600), (Some(Ending::Idle), 5));
        assert_eq!(judged(-3, 3600), (Some(Ending::Idle), 1));
    }

    #[test]
    fn a_long_wait_is_cut() {
        assert_eq!(judged(2_592_000, 7_776_000), (None, LONGEST_WAIT));
    }
}
