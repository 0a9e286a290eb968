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

/// More of a problem than this says nothing new about what it is.
const ENOUGH: usize = 2_000;

/// A session for whose problem a model may find a better name.
pub struct Unnamed {
    problem: String,
    /// What it is called so far.
    title: String,
}

/// Names a session after its first message, if nothing else names it.
pub fn name(session: &mut Row, message: &str) -> Option<Unnamed> {
    if session.titled_by != "flowpilot" || session.ticket_id.is_some() {
        return None;
    }
    if session.problem.is_none() && !message.is_empty() {
        session.title = text::title_of(message);
    }
    let problem = session.problem.as_deref().unwrap_or(message).trim();
    (!problem.is_empty() && problem != session.title)
        .then(|| Unnamed { problem: problem.chars().take(ENOUGH).collect(), title: session.title.clone() })
}

/// Asks the model for a name. The session has one, so nobody waits for this, and nothing is lost where it fails.
pub async fn better(caller: &Caller, id: SessionId, unnamed: Unnamed) {
    tokio::select! {
        () = caller.ctx.platform.stopping.cancelled() => {}
        named = ask(caller, id, unnamed) => {
            if let Err(error) = named {
                tracing::info!(session.id = %id, error.code = error.code(), "session.title_failed");
            }
        }
    }
}

async fn ask(caller: &Caller, id: SessionId, unnamed: Unnamed) -> Result<(), AppError> {
    let ctx = &caller.ctx;
    if !ctx.platform.ai.choose(caller).await?.is_model() {
        return Ok(());
    }
    let input = TitleInput { text: unnamed.problem };
    let named: TitleOutput = ctx.platform.ai.json(caller, Action::Title, &input).await?;
    let title = text::title_of(&text::TITLE.required(&named.title)?);
    let mut write = Write::lock(ctx, id).await?;
    // Meanwhile a person may have named it.
    if write.session.titled_by != "flowpilot" || write.session.title != unnamed.title {
        return Ok(());
    }
    write.session.title = title;
    write.commit().await.map(drop)
}
