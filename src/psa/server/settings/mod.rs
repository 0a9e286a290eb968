//! Which ticket system an account works with: the connection, what FlowPilot may do there, and where tickets go.
//!
//! Keys are sealed before they are stored, opened only to make a provider, and belong to the site and company they were entered
//! for: no change sends them elsewhere. Who may change settings is for the caller to decide.

mod check;
mod hooks;
mod statuses;
mod store;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};

use self::check::{Given, Secrets, Wanted};
use super::{
    ConnectWiseKeys, Provider, PsaError,
    registry::{Connected, State},
};
use crate::{
    error::AppError,
    psa::types::{PsaChange, PsaConnection, PsaSettings, PsaTest},
    server::{context::Ctx, crypto::Purpose, db::TenantTx, http_client::quoted::without_key},
};

pub use hooks::{Token, Watching, heard, owner, set_webhooks, watching};
pub use statuses::{choose_status, statuses, wishes};
pub(super) use store::lock;

/// A ticket system that is only tested need not be waited for longer.
const TEST_PATIENCE: Duration = Duration::from_secs(30);

fn purpose(ctx: &Ctx) -> Purpose {
    Purpose { account: ctx.account, name: "psa key" }
}

/// The connection of the account, opened for use; `None`: it works with the local desk.
pub(super) async fn connected(ctx: &Ctx) -> Result<Option<Connected>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    Ok(row.map(|row| Connected {
        provider: row.provider,
        connection: row.connection,
        state: State { connected_at: row.connected_at, revision: row.revision },
        levels: row.wanted.levels,
        wanted: Opening { wanted: row.wanted },
    }))
}

/// Keys that are still sealed.
#[derive(Debug)]
pub(super) struct Opening {
    wanted: Wanted,
}

impl Opening {
    /// Opens the keys.
    pub fn keys(self, ctx: &Ctx) -> Result<ConnectWiseKeys, PsaError> {
        keys(ctx, &self.wanted, None)
    }
}

/// The settings for people: without keys.
pub async fn view(ctx: &Ctx) -> Result<PsaSettings, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let row = store::load(ctx, &mut tx).await?;
    tx.commit().await?;
    let registry = &ctx.platform.psa;
    // Keys that do not open any more are told where they are used, and can be entered again here.
    let desk = registry.of_account(ctx).await.ok();
    let capabilities = desk.as_ref().map(|desk| desk.capabilities()).unwrap_or_default();
    let connection = row.map(|row| PsaConnection {
        site: shown(&row.wanted),
        company: row.wanted.company,
        public_key: row.wanted.public_key,
        key_ends_in: match row.wanted.secrets {
            Secrets::Stored { ends_in, .. } => ends_in,
            Secrets::New { .. } => None,
        },
        levels: row.wanted.levels,
        webhooks: row.webhooks,
        connected_by: row.connected_by,
        connected_at: row.connected_at,
        updated_at: row.updated_at,
    });
    let (provider, label) = match (&desk, &connection) {
        (Some(desk), _) => (desk.name(), desk.label()),
        (None, Some(_)) => ("connectwise", "ConnectWise PSA"),
        (None, None) => ("local_desk", "Local desk"),
    };
    Ok(PsaSettings { provider: provider.to_owned(), label: label.to_owned(), capabilities, connection })
}

/// Without the slash that a parser adds.
fn shown(wanted: &Wanted) -> String {
    wanted.site.as_str().trim_end_matches('/').to_owned()
}

/// Stores a change of the connection, if all of it is well, and says whether it is to another tenant now: then what was chosen for
/// the former one is forgotten. `webhooks` are the business of [`set_webhooks`].
pub async fn save(ctx: &Ctx, tx: &mut TenantTx, change: &PsaChange) -> Result<bool, AppError> {
    store::lock(ctx, tx).await?;
    let stored = store::load(ctx, tx).await?.map(|row| row.wanted);
    let wanted = check::merge(stored.clone(), change, ctx.platform.psa.local_sites())?;
    let (sealed, ends_in) = match &wanted.secrets {
        Secrets::Stored { sealed, ends_in } => (sealed.clone(), ends_in.clone()),
        Secrets::New { .. } => {
            let keys = keys(ctx, &wanted, stored.as_ref())?;
            let (private, client) = (keys.private_key.expose_secret(), keys.client_id.expose_secret());
            // Neither of them has a line break in it.
            let both = SecretString::from(format!("{private}\n{client}"));
            let sealed = ctx.platform.keys.seal(both.expose_secret().as_bytes(), purpose(ctx))?;
            (sealed, check::ends_in(private))
        }
    };
    store::save(ctx, tx, &wanted, &sealed, ends_in.as_deref()).await?;
    if wanted.moved {
        store::forget_choices(ctx, tx, "connectwise").await?;
    } else {
        store::forget_lists(ctx, tx).await?;
    }
    Ok(wanted.moved)
}

/// The keys of a connection; those that a change leaves out are the stored ones.
fn keys(ctx: &Ctx, wanted: &Wanted, stored: Option<&Wanted>) -> Result<ConnectWiseKeys, PsaError> {
    let open = |of: &Wanted| match &of.secrets {
        Secrets::Stored { sealed, .. } => opened(ctx, sealed),
        Secrets::New { .. } => Err(PsaError::Credentials("Enter its keys at /account/psa.".to_owned())),
    };
    let (private_key, client_id) = match &wanted.secrets {
        Secrets::Stored { .. } => open(wanted)?,
        Secrets::New { private_key: Given::New(private_key), client_id: Given::New(client_id) } => {
            (private_key.clone(), client_id.clone())
        }
        Secrets::New { private_key, client_id } => {
            let former = open(stored.unwrap_or(wanted))?;
            let chosen = |given: &Given, former| match given {
                Given::New(new) => new.clone(),
                Given::Kept => former,
            };
            (chosen(private_key, former.0), chosen(client_id, former.1))
        }
    };
    Ok(ConnectWiseKeys {
        site: wanted.site.clone(),
        company: wanted.company.clone(),
        public_key: wanted.public_key.clone(),
        private_key,
        client_id,
    })
}

fn opened(ctx: &Ctx, sealed: &[u8]) -> Result<(SecretString, SecretString), PsaError> {
    let both = ctx.platform.keys.open_text(sealed, purpose(ctx)).map_err(|error| {
        tracing::error!(error.cause = %error, "Stored keys of a ticket system cannot be opened.");
        PsaError::Credentials(format!(
            "its stored keys cannot be used: {error}. An admin can enter them again at /account/psa."
        ))
    })?;
    let (private_key, client_id) = both.expose_secret().split_once('\n').unwrap_or((both.expose_secret(), ""));
    Ok((private_key.into(), client_id.into()))
}

/// Asks the ticket system of the settings as they would be after `change` for a sign of life. Nothing is stored.
pub async fn test(ctx: &Ctx, change: &PsaChange) -> Result<PsaTest, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let stored = store::load(ctx, &mut tx).await?.map(|row| row.wanted);
    tx.commit().await?;
    let registry = &ctx.platform.psa;
    let nothing = stored.is_none() && *change == PsaChange::default();
    let (desk, private): (Arc<dyn Provider>, Option<SecretString>) = if nothing {
        (registry.of_account(ctx).await?, None)
    } else {
        let wanted = check::merge(stored.clone(), change, registry.local_sites())?;
        let keys = keys(ctx, &wanted, stored.as_ref())?;
        let private = keys.private_key.clone();
        (registry.connect(keys)?, Some(private))
    };
    let started = Instant::now();
    let (ok, said) = match tokio::time::timeout(TEST_PATIENCE, desk.test(ctx)).await {
        Ok(Ok(found)) => (true, found),
        Ok(Err(error)) => (false, AppError::from(error).detail()),
        Err(_) => (false, "No answer within 30 seconds. Check the address of the site.".to_owned()),
    };
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(PsaTest { ok, said: without_key(&said, private.as_ref()), latency_ms })
}

/// Takes the connection away with all that was chosen for it. Sessions keep their notes and links. False: there was none.
pub async fn disconnect(ctx: &Ctx, tx: &mut TenantTx) -> Result<bool, AppError> {
    store::lock(ctx, tx).await?;
    store::forget_choices(ctx, tx, "connectwise").await?;
    Ok(store::delete(ctx, tx).await?)
}
