//! What of a session is kept from models: found in what a turn would say now, by the gateway's own rules. It is stored nowhere.

use uuid::Uuid;

use super::{
    case::{self, Conversation, Told},
    store::sessions,
};
use crate::{
    ai::{
        server::{masking::mask_request, settings, vault},
        types::masked::MaskedValue,
    },
    error::AppError,
    ids::{SessionId, TurnId},
    server::context::Ctx,
};

/// The masked values, as they are met. Who may see the session may see them: they stand in it.
pub async fn values(ctx: &Ctx, id: SessionId) -> Result<Vec<MaskedValue>, AppError> {
    let Some(personal) = settings::of(ctx).await?.masks() else {
        // Nothing goes to a model; but whoever may not see the session is told so all the same.
        let mut tx = ctx.db().tenant(ctx).await?;
        sessions::get(ctx, &mut tx, id).await?.ok_or_else(|| AppError::not_found("session"))?;
        tx.commit().await?;
        return Ok(Vec::new());
    };
    let mut request = case::read(ctx, id, TurnId(Uuid::nil()), Conversation::Words, &mut Told::new()).await?;
    // A long log takes a moment, and others wait for this thread.
    let mut vault = vault(ctx, Some(id), personal);
    let found = tokio::task::spawn_blocking(move || {
        mask_request(&mut vault, &mut request);
        vault.shown()
    });
    found.await.map_err(|_| AppError::internal())
}
