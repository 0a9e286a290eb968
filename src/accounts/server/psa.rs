//! The ticket system of an account: an admin's business. What the settings mean is the gateway's.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use uuid::Uuid;

use super::{preferences, store};
use crate::{
    accounts::types::{PreferencesChange, UserRole},
    error::AppError,
    ids::{PostingId, UserId},
    page::Page,
    pilot::{
        self,
        types::{Delivery, DeliveryFilter},
    },
    psa::{
        server::{PsaError, members, settings},
        types::{Mapping, PsaChange, PsaSettings, PsaTest, StatusChange, Statuses},
    },
    server::{
        context::{Actor, Credential, Ctx, Platform},
        db::TenantTx,
    },
};

pub async fn get(ctx: &Ctx) -> Result<PsaSettings, AppError> {
    ctx.require(UserRole::Admin)?;
    settings::view(ctx).await
}

/// Connects, or changes the connection.
pub async fn change(ctx: &Ctx, change: &PsaChange) -> Result<PsaSettings, AppError> {
    ctx.require(UserRole::Admin)?;
    let hooks_only = PsaChange { webhooks: change.webhooks.clone(), ..PsaChange::default() } == *change;
    if !(hooks_only && change.webhooks.is_some()) {
        let former = settings::watching(ctx).await;
        let mut tx = ctx.db().tenant(ctx).await?;
        let moved = settings::save(ctx, &mut tx, change).await?;
        if moved {
            forget_statuses(ctx, &mut tx).await?;
        }
        store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "psa_settings_changed", None, ctx.now()).await?;
        tx.commit().await?;
        if let Some(former) = former.filter(|_| moved) {
            former.end(ctx).await;
        }
    }
    if let Some(origin) = &change.webhooks {
        settings::set_webhooks(ctx, origin.as_deref()).await?;
        audit(ctx, if origin.is_some() { "psa_webhooks_on" } else { "psa_webhooks_off" }).await?;
    }
    settings::view(ctx).await
}

/// Those that the account chose for all boards are of one company.
async fn forget_statuses(ctx: &Ctx, tx: &mut TenantTx) -> Result<(), AppError> {
    let none = PreferencesChange {
        cw_resolved_status_id: Some(None),
        cw_escalated_status_id: Some(None),
        ..PreferencesChange::default()
    };
    store::change_preferences(ctx, tx, &none).await?;
    Ok(())
}

async fn audit(ctx: &Ctx, action: &str) -> Result<(), AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), action, None, ctx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Back to the local desk. Sessions keep their notes and links; without a connection there is nothing to do.
pub async fn disconnect(ctx: &Ctx) -> Result<(), AppError> {
    ctx.require(UserRole::Admin)?;
    let former = settings::watching(ctx).await;
    let mut tx = ctx.db().tenant(ctx).await?;
    if !settings::disconnect(ctx, &mut tx).await? {
        return Ok(());
    }
    forget_statuses(ctx, &mut tx).await?;
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "psa_disconnected", None, ctx.now()).await?;
    tx.commit().await?;
    ctx.platform.psa.forget(ctx.account);
    if let Some(former) = former {
        former.end(ctx).await;
    }
    Ok(())
}

/// Tries the settings as they would be after a change.
pub async fn test(ctx: &Ctx, change: &PsaChange) -> Result<PsaTest, AppError> {
    ctx.require(UserRole::Admin)?;
    settings::test(ctx, change).await
}

pub async fn mapping(ctx: &Ctx) -> Result<Mapping, AppError> {
    ctx.require(UserRole::Admin)?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    Ok(members::mapping(ctx, &*desk).await?)
}

/// Says who a member is; `None`: nobody.
pub async fn map(ctx: &Ctx, member: &str, user: Option<UserId>) -> Result<Mapping, AppError> {
    ctx.require(UserRole::Admin)?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    members::map(ctx, &*desk, member, user).await?;
    audit(ctx, "psa_members_changed").await?;
    Ok(members::mapping(ctx, &*desk).await?)
}

/// Goes back to the e-mail address.
pub async fn unmap(ctx: &Ctx, member: &str) -> Result<(), AppError> {
    ctx.require(UserRole::Admin)?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    members::unmap(ctx, &*desk, member).await?;
    audit(ctx, "psa_members_changed").await
}

pub async fn statuses(ctx: &Ctx) -> Result<Statuses, AppError> {
    ctx.require(UserRole::Admin)?;
    let desk = ctx.platform.psa.of_account(ctx).await?;
    let found = settings::statuses(ctx, &*desk).await?;
    // Those of the preferences are ConnectWise's, as their name says.
    let own = match desk.name() {
        "connectwise" => preferences::get(ctx).await?,
        _ => Default::default(),
    };
    Ok(Statuses {
        resolved_status_id: own.cw_resolved_status_id,
        escalated_status_id: own.cw_escalated_status_id,
        ..found
    })
}

/// Chooses where tickets of a board go, or of all boards that chose nothing: that one is the account's preference.
pub async fn choose_status(ctx: &Ctx, change: &StatusChange) -> Result<Statuses, AppError> {
    ctx.require(UserRole::Admin)?;
    if let Some(board) = &change.board_id {
        let desk = ctx.platform.psa.of_account(ctx).await?;
        settings::choose_status(ctx, &*desk, board, change).await?;
        audit(ctx, "psa_statuses_changed").await?;
    } else if change.resolved_status_id.is_some() || change.escalated_status_id.is_some() {
        let preference = PreferencesChange {
            cw_resolved_status_id: change.resolved_status_id.clone(),
            cw_escalated_status_id: change.escalated_status_id.clone(),
            ..PreferencesChange::default()
        };
        preferences::change(ctx, &preference).await?;
    }
    statuses(ctx).await
}

pub async fn posts(ctx: &Ctx, filter: &DeliveryFilter) -> Result<Page<Delivery>, AppError> {
    pilot::server::posts(ctx, filter).await
}

pub async fn retry_post(ctx: &Ctx, id: PostingId) -> Result<Delivery, AppError> {
    pilot::server::retry_post(ctx, id).await
}

/// A call of a ticket system. Nothing in it is believed but that a ticket may have changed, and that is looked at.
pub async fn hook(
    State(platform): State<Arc<Platform>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, AppError> {
    let nobody = || AppError::not_found("address");
    let token = settings::Token::read(&token).ok_or_else(nobody)?;
    let ctx = |user| Ctx {
        platform: Arc::clone(&platform),
        account: token.account,
        actor: Actor { user, role: UserRole::Viewer },
        credential: Credential::Cli,
        request_id: Uuid::now_v7().to_string().into(),
    };
    let owner = settings::owner(&ctx(UserId(Uuid::nil())), &token).await?.ok_or_else(nobody)?;
    let ctx = ctx(owner);
    let about = settings::heard(&ctx, &headers, &body).await.map_err(|error| match error {
        PsaError::Forbidden(_) | PsaError::Refused(_) => {
            AppError::forbidden("This call is not signed as it should be.")
        }
        other => other.into(),
    })?;
    if let Some((provider, ticket)) = about {
        pilot::server::ticket_changed(&ctx, provider, &ticket);
    }
    Ok(StatusCode::NO_CONTENT)
}
