//! What of a session is kept from models: found in what a turn would say now, by the gateway's own rules. It is stored nowhere.

use uuid::Uuid;

use super::case::{self, Told};
use crate::{
    ai::{
        server::masking::{Personal, Vault, mask_request},
        types::masked::{MaskedKind, MaskedValue},
    },
    error::AppError,
    ids::{SessionId, TurnId},
    server::context::Ctx,
};

/// The masked values, as they are met. Who may see the session may see them: they stand in it.
pub async fn values(ctx: &Ctx, id: SessionId) -> Result<Vec<MaskedValue>, AppError> {
    let mut request = case::read(ctx, id, TurnId(Uuid::nil()), &mut Told::new()).await?;
    // A long log takes a moment, and others wait for this thread.
    let found = tokio::task::spawn_blocking(move || {
        let mut vault = Vault::new(id.0, Personal::default());
        mask_request(&mut vault, &mut request);
        vault.values()
    });
    let values = found.await.map_err(|_| AppError::internal())?;
    Ok(values.into_iter().filter(|value| value.kind != MaskedKind::LookAlike).collect())
}
