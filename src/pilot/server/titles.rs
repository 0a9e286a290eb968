//! What a session is called until a person says otherwise: the first line of the problem at once, and soon a name by the model
//! where the problem is longer than a title.

use super::{store::sessions::Row, text, write::Write};
use crate::{
    ai::{
        server::Caller,
        types::{Action, TitleInput, TitleOutput},
    },
    error::AppError,
    ids::SessionId,
};

/// Names a session after its first message, if nothing else names it. What comes back is the problem, where a model may find a
/// better name for it.
pub fn name(session: &mut Row, message: &str) -> Option<String> {
    if session.titled_by != "flowpilot" || session.ticket_id.is_some() {
        return None;
    }
    if session.problem.is_none() && !message.is_empty() {
        session.title = text::title_of(message);
    }
    let problem = session.problem.as_deref().unwrap_or(message).trim();
    (!problem.is_empty() && problem != session.title).then(|| problem.to_owned())
}

/// Asks the model for a name. The session has one, so nobody waits for this, and nothing is lost where it fails.
pub fn ask_for_better(caller: Caller, id: SessionId, problem: String) {
    let work = caller.ctx.platform.work.clone();
    work.spawn(async move {
        if let Err(error) = better(&caller, id, problem).await {
            tracing::info!(session.id = %id, error.code = error.code(), "session.title_failed");
        }
    });
}

async fn better(caller: &Caller, id: SessionId, problem: String) -> Result<(), AppError> {
    let ctx = &caller.ctx;
    if !ctx.platform.ai.choose(caller).await?.is_model() {
        return Ok(());
    }
    let first = text::title_of(&problem);
    let named: TitleOutput = ctx.platform.ai.json(caller, Action::Title, &TitleInput { text: problem }).await?;
    let title = text::title_of(&text::TITLE.required(&named.title)?);
    let mut write = Write::lock(ctx, id).await?;
    // Meanwhile a person may have named it.
    if write.session.titled_by != "flowpilot" || write.session.title != first {
        return Ok(());
    }
    write.session.title = title;
    write.commit().await.map(drop)
}
