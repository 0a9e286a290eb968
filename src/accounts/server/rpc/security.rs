//! Server functions of the account's security, and of the end of one's own login.

use super::go_out;
use crate::{
    accounts::{
        server::security,
        types::security::{
            AuditEntry, AuditFilter, RevokeScope, Revoked, Security, SecurityChange, SecurityOverview, TimeLeft,
        },
    },
    error::AppError,
    page::Page,
    server::rpc::{ctx, parts},
};

pub async fn rpc_login_ends() -> Result<Option<TimeLeft>, AppError> {
    security::login_ends(&ctx().await?).await
}

pub async fn rpc_load_security() -> Result<SecurityOverview, AppError> {
    security::overview(&ctx().await?).await
}

pub async fn rpc_change_security(change: SecurityChange) -> Result<Security, AppError> {
    security::change(&ctx().await?, &change).await
}

pub async fn rpc_revoke_sessions(scope: RevokeScope) -> Result<Revoked, AppError> {
    let revoked = security::revoke(&ctx().await?, scope).await?;
    if scope == RevokeScope::Everyone {
        go_out(&parts()?.headers);
    }
    Ok(revoked)
}

pub async fn rpc_audit_log(filter: AuditFilter) -> Result<Page<AuditEntry>, AppError> {
    security::history(&ctx().await?, &filter).await
}
