//! The ticket system calls us: under an address that cannot be guessed, of which only a hash is kept. What a call says is never
//! believed: it only makes us look.

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{check, store};
use crate::{
    error::AppError,
    ids::{AccountId, UserId},
    psa::server::PsaError,
    server::context::Ctx,
};

const SECRET_BYTES: usize = 32;

/// The end of the address: whose it is, and what proves that it was us who gave it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub account: AccountId,
    secret: String,
}

impl Token {
    /// Reads the end of an address; `None`: we never gave it out.
    pub fn read(text: &str) -> Option<Self> {
        let (account, secret) = text.split_once('.')?;
        let account = AccountId(Uuid::try_parse(account).ok()?);
        Some(Self { account, secret: secret.to_owned() })
    }

    fn fresh(account: AccountId) -> Result<Self, AppError> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| {
            tracing::error!(error.cause = %error, "The system gives no randomness.");
            AppError::internal()
        })?;
        Ok(Self { account, secret: URL_SAFE_NO_PAD.encode(bytes) })
    }

    fn text(&self) -> String {
        format!("{}.{}", self.account.0.simple(), self.secret)
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.secret).to_vec()
    }
}

/// Asks the ticket system to call us there, or no more.
pub async fn set_webhooks(ctx: &Ctx, origin: Option<&str>) -> Result<(), AppError> {
    let origin = origin.map(|text| check::origin(text, ctx.platform.psa.local_sites())).transpose()?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    if row.is_none() {
        return Err(AppError::invalid("webhooks", "Connect a ticket system first."));
    }
    let Some(origin) = origin else {
        unwatch(ctx).await;
        return keep(ctx, None).await;
    };
    let token = Token::fresh(ctx.account)?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let address = format!("{}/hooks/psa/{}", origin.as_str().trim_end_matches('/'), token.text());
    // Of two at once the newer one counts; calls of the other find nobody.
    unwatch(ctx).await;
    let id = desk.watch(ctx, &address).await?;
    let hash = token.hash();
    let origin = origin.as_str().trim_end_matches('/');
    keep(ctx, Some(store::Hook { id: &id, token_hash: &hash, origin })).await
}

async fn keep(ctx: &Ctx, hook: Option<store::Hook<'_>>) -> Result<(), AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    store::set_webhook(ctx, &mut tx, hook).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the request back, as far as the ticket system can be reached.
pub(super) async fn unwatch(ctx: &Ctx) {
    let taken_back = async {
        let mut tx = ctx.db().tenant(ctx).await?;
        let id = store::load(ctx, &mut tx).await?.and_then(|row| row.webhook_id);
        tx.commit().await?;
        match id {
            Some(id) => ctx.platform.psa.of_account(ctx).await?.unwatch(ctx, &id).await,
            None => Ok(()),
        }
    };
    if let Err(error) = taken_back.await {
        tracing::warn!(error.cause = %error, "A ticket system could not be told to call no more.");
    }
}

/// Whose connection the token is of; `None`: of none.
pub async fn owner(ctx: &Ctx, token: &Token) -> Result<Option<UserId>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(row.and_then(|row| {
        let same = row.webhook_token_hash?.ct_eq(&token.hash());
        bool::from(same).then_some(row.connected_by)
    }))
}

/// What a call is about: the ticket system's name and a ticket's id, if it is about one.
pub async fn heard(ctx: &Ctx, headers: &HeaderMap, body: &[u8]) -> Result<Option<(&'static str, String)>, PsaError> {
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let ticket = desk.heard(ctx, headers, body).await?;
    let mut tx = ctx.db().tenant(ctx).await?;
    store::heard(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(ticket.map(|ticket| (desk.name(), ticket)))
}
