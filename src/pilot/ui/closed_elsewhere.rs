//! In the place of a note whose session was closed meanwhile: by whom, what one had written, and the way back.

use leptos::prelude::*;

use super::{
    message::me,
    way_out::{Closed, Ending, Step},
};
use crate::{
    pilot::types::SessionStatus,
    ui::{
        button::{Button, Tone},
        copy::CopyButton,
        icon::{Glyph, Icon},
        view,
        when::{When, dynamic},
    },
};

#[component]
pub fn ClosedElsewhere(ending: Ending, closed: Closed) -> impl IntoView {
    let said = said(&closed);
    let posted = closed.last.map(|last| last.markdown).unwrap_or_default();
    let words = Memo::new(move |_| ending.draft.with(|draft| draft.words_beside(&posted)));
    let copied = Signal::derive(move || {
        words.with(|words| words.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n\n"))
    });
    let listed = move || {
        let section = |(heading, text): (String, String)| {
            view! {
                <section>
                    <h3>{heading}</h3>
                    <div class="prose prose--plain">{text}</div>
                </section>
            }
            .into_any()
        };
        words.get().into_iter().map(section).collect_view()
    };
    view! {
        <div class="notice notice--warning" role="alert">
            <Icon glyph=Glyph::Alert/>
            <p>{said}</p>
        </div>
        <When is=move || words.with(|words| !words.is_empty())>
            <p>"What you wrote is not in that note, and stays here:"</p>
            {dynamic(listed)}
            <div class="row"><CopyButton text=copied what="your words"/></div>
        </When>
    }
}

fn said(closed: &Closed) -> String {
    let by = closed.last.as_ref().map(|last| match me().is_some_and(|me| me.user_id == last.posted_by.id) {
        true => "you, in another window".to_owned(),
        false => last.posted_by.name.clone(),
    });
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    let stuck = closed.last.as_ref().is_some_and(|last| last.stuck().is_some());
    match closed.status {
        SessionStatus::Posting if stuck => {
            format!("A note was posted{by} and did not get through. It waits for someone.")
        }
        SessionStatus::Posting => format!("A note is being posted{by}. Nothing was posted from here."),
        SessionStatus::Escalated => format!("This session was escalated{by}. Nothing was posted from here."),
        SessionStatus::Resolved | SessionStatus::Open => {
            format!("This session was resolved{by}. Nothing was posted from here.")
        }
    }
}

/// The ways out of the dialog.
#[component]
pub fn ClosedFoot(ending: Ending, can_reopen: bool) -> impl IntoView {
    let busy = Signal::derive(move || ending.step.get() == Step::Loading);
    view! {
        <span class="end">
            <Button on_click=move || ending.open.set(false)>"Close"</Button>
            {can_reopen
                .then(|| view! { <Button tone=Tone::Primary busy on_click=move || ending.reopen()>"Reopen"</Button> })}
        </span>
    }
}
