//! What became of a note that was posted, in the dialog that it was posted from.

use leptos::prelude::*;

use crate::{
    pilot::types::{PostOutcome, PostResult},
    ui::{
        icon::{Glyph, Icon},
        view,
    },
};

#[component]
pub fn Posted(result: PostResult) -> impl IntoView {
    let said = match result.outcome {
        PostOutcome::Resolved => "The note is in the ticket, and the session is resolved.",
        PostOutcome::ResolvedLocal => "The session is resolved. No ticket is linked, so the note stays here.",
        PostOutcome::Escalated => "The package is in the ticket as an internal note, and the session is escalated.",
        PostOutcome::EscalatedLocal => "The session is escalated. No ticket is linked, so the package stays here.",
        PostOutcome::Posting => "This takes a little longer. It goes on without you; the session says when it is done.",
    };
    let verified =
        (result.status_verified == Some(true)).then_some("The ticket's new status was read back and is right.");
    let (glyph, state) = match result.outcome {
        PostOutcome::Posting => (Glyph::Info, "now"),
        PostOutcome::Resolved | PostOutcome::ResolvedLocal | PostOutcome::Escalated | PostOutcome::EscalatedLocal => {
            (Glyph::Check, "done")
        }
    };
    view! {
        <div role="status">
            <ol class="steps">
                <li data-state=state><Icon glyph/>{said}</li>
                {verified.map(|said| view! { <li data-state="done"><Icon glyph=Glyph::Check/>{said}</li> })}
                {result.status_transition_skipped_reason.map(|why| view! { <li><Icon glyph=Glyph::Info/>{why}</li> })}
            </ol>
        </div>
    }
}
