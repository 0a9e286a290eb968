//! The ticket system calls us: under an address that cannot be guessed, of which only a hash is kept. What a call says is never
//! believed: it only makes us look.

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{check, store};
use crate::{
    error::AppError,
    ids::{AccountId, UserId},
    psa::server::{Provider, PsaError},
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
        let watching = watching(ctx).await;
        keep(ctx, None, None).await?;
        if let Some(watching) = watching {
            watching.end(ctx).await;
        }
        return Ok(());
    };
    let token = Token::fresh(ctx.account)?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let address = format!("{}/hooks/psa/{}", origin.as_str().trim_end_matches('/'), token.text());
    // The former request stays until the new one is kept. Of two at once the newer one counts, and takes back the other.
    let id = desk.watch(ctx, &address).await?;
    let hash = token.hash();
    let origin = origin.as_str().trim_end_matches('/');
    let kept = keep(ctx, desk.connection(), Some(store::Hook { id: &id, token_hash: &hash, origin })).await;
    let (over, outcome) = match kept {
        Ok(former) => (former.filter(|former| *former != id), Ok(())),
        Err(error) => (Some(id), Err(error)),
    };
    if let Some(id) = over {
        Watching { desk, id }.end(ctx).await;
    }
    outcome
}

/// Keeps who calls us, and gives the id of the request that it replaces. `connection`: the tenant that was asked.
async fn keep(ctx: &Ctx, connection: Option<&str>, hook: Option<store::Hook<'_>>) -> Result<Option<String>, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    store::lock(ctx, &mut tx).await?;
    let row = store::load(ctx, &mut tx).await?;
    let same = row.as_ref().is_some_and(|row| Some(row.connection.as_str()) == connection);
    if hook.is_some() && !same {
        return Err(AppError::invalid("webhooks", "The connection was changed at the same moment. Try again."));
    }
    store::set_webhook(ctx, &mut tx, hook).await?;
    tx.commit().await?;
    Ok(row.and_then(|row| row.webhook_id))
}

/// A ticket system that was asked to call us.
#[derive(Debug)]
pub struct Watching {
    desk: Arc<dyn Provider>,
    id: String,
}

impl Watching {
    /// Tells it to stop, as far as it can be reached; calls that come all the same find nobody.
    pub async fn end(self, ctx: &Ctx) {
        if let Err(error) = self.desk.unwatch(ctx, &self.id).await {
            tracing::warn!(error.cause = %error, "A ticket system could not be told to call no more.");
        }
    }
}

/// Who calls us now: to be told to stop once the connection is another one.
pub async fn watching(ctx: &Ctx) -> Option<Watching> {
    let found = async {
        let mut tx = ctx.db().tenant(ctx).await?;
        let id = store::load(ctx, &mut tx).await?.and_then(|row| row.webhook_id);
        tx.commit().await?;
        let Some(id) = id else { return Ok(None) };
        Ok::<_, PsaError>(Some(Watching { desk: ctx.platform.psa.of_account(ctx).await?, id }))
    };
    found.await.unwrap_or_else(|error| {
        tracing::warn!(error.cause = %error, "A ticket system cannot be told to call no more.");
        None
    })
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
