//! How long people of an account stay signed in, who is, and what happened: an owner's business. And, for everybody, how long
//! their own login still lives.

use serde_json::json;
use time::Duration;
use uuid::Uuid;

use super::store;
use crate::{
    accounts::types::{
        UserRole,
        security::{
            AuditEntry, AuditFilter, Lifetimes, Preset, RevokeScope, Revoked, Security, SecurityChange,
            SecurityOverview, TimeLeft,
        },
    },
    error::AppError,
    ids::LoginSessionId,
    page::Page,
    server::{
        context::{Credential, Ctx},
        db::TenantTx,
    },
};

fn require_owner(ctx: &Ctx) -> Result<(), AppError> {
    let owners = "Only an owner of the account sees and changes how long people stay signed in. Ask an owner if this must change.";
    ctx.require(UserRole::Owner).map_err(|_| AppError::forbidden(owners))
}

/// The login that asks; a token or the command line is none.
fn own_login(ctx: &Ctx) -> Option<LoginSessionId> {
    match ctx.credential {
        Credential::Login(id) => Some(id),
        Credential::Token(_) | Credential::Cli => None,
    }
}

pub async fn get(ctx: &Ctx) -> Result<Security, AppError> {
    require_owner(ctx)?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let lifetimes = store::security::lifetimes(&mut tx, ctx.account).await?;
    let security = with_sessions(ctx, &mut tx, lifetimes).await?;
    tx.commit().await?;
    Ok(security)
}

async fn with_sessions(ctx: &Ctx, tx: &mut TenantTx, lifetimes: Lifetimes) -> Result<Security, AppError> {
    let sessions = store::security::live_logins(ctx, tx, own_login(ctx)).await?;
    Ok(Security { preset: Preset::of(lifetimes), lifetimes, sessions })
}

/// Everything on the page.
pub async fn overview(ctx: &Ctx) -> Result<SecurityOverview, AppError> {
    let security = get(ctx).await?;
    Ok(SecurityOverview { security, history: history(ctx, &AuditFilter::default()).await? })
}

/// Changes how long the next logins live. Those that there are keep what they began with.
pub async fn change(ctx: &Ctx, change: &SecurityChange) -> Result<Security, AppError> {
    require_owner(ctx)?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let before = store::security::lock_lifetimes(ctx, &mut tx).await?;
    let after = changed(before, change)?;
    if after != before {
        store::security::set_lifetimes(ctx, &mut tx, after).await?;
        let details = json!({ "preset": Preset::of(after), "from": before, "to": after });
        store::audit_with(ctx, &mut tx, "login_lifetimes_changed", details).await?;
    }
    let security = with_sessions(ctx, &mut tx, after).await?;
    tx.commit().await?;
    Ok(security)
}

fn changed(before: Lifetimes, change: &SecurityChange) -> Result<Lifetimes, AppError> {
    let preset = change.preset.map(|preset| preset.unwrap_or(Preset::Standard));
    let (idle, absolute) = (change.idle_minutes, change.absolute_minutes);
    if let Some(lifetimes) = preset.and_then(Preset::lifetimes) {
        if idle.is_some() || absolute.is_some() {
            let both = "A preset brings its own times. Leave them out, or choose custom.";
            return Err(AppError::invalid("preset", both));
        }
        return Ok(lifetimes);
    }
    let minutes = |said: Option<Option<i64>>, before: i32, default: i32| match said {
        Some(minutes) => minutes.unwrap_or(default.into()),
        None => before.into(),
    };
    let idle = minutes(idle, before.idle_minutes, Lifetimes::STANDARD.idle_minutes);
    let absolute = minutes(absolute, before.absolute_minutes, Lifetimes::STANDARD.absolute_minutes);
    Lifetimes::checked(idle, absolute).map_err(|errors| AppError::Invalid { errors })
}

/// Signs people of the account out, wherever they are. Tokens are not logins: they stay.
pub async fn revoke(ctx: &Ctx, scope: RevokeScope) -> Result<Revoked, AppError> {
    require_owner(ctx)?;
    let spared = match scope {
        RevokeScope::Others => own_login(ctx),
        RevokeScope::Everyone => None,
    };
    let mut tx = ctx.db().tenant(ctx).await?;
    let revoked = store::security::revoke_logins(ctx, &mut tx, spared).await?;
    store::audit_with(ctx, &mut tx, "logins_revoked", json!({ "scope": scope, "count": revoked })).await?;
    tx.commit().await?;
    Ok(Revoked { revoked })
}

/// What happened in the account, newest first.
pub async fn history(ctx: &Ctx, filter: &AuditFilter) -> Result<Page<AuditEntry>, AppError> {
    require_owner(ctx)?;
    let limit = filter.limit.unwrap_or(30).clamp(1, 100);
    let before = match filter.cursor.as_deref() {
        Some(cursor) => {
            let lost = |_| AppError::invalid("cursor", "This is no cursor of the log. Start again without one.");
            Some(cursor.parse::<Uuid>().map_err(lost)?)
        }
        None => None,
    };
    let mut tx = ctx.db().tenant(ctx).await?;
    let mut items = store::entries(ctx, &mut tx, before, limit + 1).await?;
    tx.commit().await?;
    let asked = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > asked;
    items.truncate(asked);
    let next_cursor = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Page { items, next_cursor })
}

/// How long the caller's login will live if they do nothing; a token does not end by itself.
pub async fn login_ends(ctx: &Ctx) -> Result<Option<TimeLeft>, AppError> {
    let Some(id) = own_login(ctx) else { return Ok(None) };
    let mut tx = ctx.db().tenant(ctx).await?;
    let login = store::login(&mut tx, ctx.account, id.0).await?;
    tx.commit().await?;
    let now = ctx.now().0;
    Ok(login.map(|login| TimeLeft {
        idle_seconds: (login.last_seen_at + Duration::minutes(login.idle_minutes.into()) - now).whole_seconds(),
        absolute_seconds: (login.expires_at - now).whole_seconds(),
    }))
}
