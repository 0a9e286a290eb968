//! Personal access tokens for the REST API.

use super::{secrets::Bearer, store};
use crate::{
    accounts::types::{AccessToken, NewAccessToken},
    error::AppError,
    ids::TokenId,
    server::context::Ctx,
};

/// Makes a token for the caller. Its secret is in the answer and nowhere else.
pub async fn create_for(ctx: &Ctx, name: &str) -> Result<NewAccessToken, AppError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(AppError::invalid("name", "Name the token after what uses it: 1 to 80 characters."));
    }
    let details = AccessToken {
        id: ctx.fresh(),
        name: name.to_owned(),
        created_at: ctx.now(),
        expires_at: None,
        last_used_at: None,
    };
    let bearer = Bearer::fresh(ctx.account, details.id.0).map_err(|_| AppError::internal())?;
    let mut tx = ctx.db().tenant(ctx).await?;
    store::insert_token(ctx, &mut tx, &details, &bearer.hash()).await?;
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "token_created", Some(&details.id.to_string()), ctx.now())
        .await?;
    tx.commit().await?;
    Ok(NewAccessToken { token: format!("fp_{}", bearer.encode()), details })
}

pub async fn list(ctx: &Ctx) -> Result<Vec<AccessToken>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let tokens = store::tokens(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(tokens)
}

pub async fn revoke(ctx: &Ctx, id: TokenId) -> Result<(), AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    if !store::revoke_token(ctx, &mut tx, id).await? {
        return Err(AppError::not_found("token"));
    }
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "token_revoked", Some(&id.to_string()), ctx.now()).await?;
    tx.commit().await?;
    Ok(())
}
