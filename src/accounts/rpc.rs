//! Server functions of signing in and of a person's own settings.
//!
//! Login, logout and setup are plain forms, so that they work before (and without) the browser bundle.

use leptos::prelude::*;

use crate::{
    accounts::types::{
        AccessToken, LoginSession, NewAccessToken,
        security::{
            AuditEntry, AuditFilter, RevokeScope, Revoked, Security, SecurityChange, SecurityOverview, TimeLeft,
        },
    },
    ai::types::{
        settings::{AiSettingsChange, AiSettingsView, TestReport},
        usage::{UsagePeriod, UsageReport},
    },
    error::AppError,
    ids::{LoginSessionId, PostingId, TokenId},
    page::Page,
    pilot::types::{Delivery, DeliveryFilter},
    psa::types::{Mapping, MemberChange, PsaChange, PsaSettings, PsaTest, StatusChange, Statuses},
    wire::{Get, Post},
};

/// Makes the first account with its owner and signs them in; goes on to `/pilot`.
#[server(endpoint = "accounts/set_up")]
pub async fn set_up(account_name: String, name: String, email: String, password: String) -> Result<(), AppError> {
    crate::accounts::server::rpc_set_up(account_name, name, email, password).await
}

/// Signs in and goes on to `next` (a path of this site) or `/pilot`.
#[server(endpoint = "accounts/log_in")]
pub async fn log_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    crate::accounts::server::rpc_log_in(email, password, next).await
}

/// Signs out and goes to `/login`.
#[server(endpoint = "accounts/log_out")]
pub async fn log_out() -> Result<(), AppError> {
    crate::accounts::server::rpc_log_out().await
}

/// How long the caller's login still lives. Asking does not keep it alive.
#[server(endpoint = "accounts/login_ends", protocol = Get)]
pub async fn login_ends() -> Result<Option<TimeLeft>, AppError> {
    crate::accounts::server::rpc_login_ends().await
}

/// Keeps the caller's login alive; how long it lives from now on.
#[server(endpoint = "accounts/stay_signed_in", protocol = Post)]
pub async fn stay_signed_in() -> Result<Option<TimeLeft>, AppError> {
    crate::accounts::server::rpc_login_ends().await
}

/// The caller's own tokens, newest first.
#[server(endpoint = "accounts/tokens", protocol = Get)]
pub async fn tokens() -> Result<Vec<AccessToken>, AppError> {
    crate::accounts::server::rpc_tokens().await
}

#[server(endpoint = "accounts/create_token", protocol = Post)]
pub async fn create_token(name: String) -> Result<NewAccessToken, AppError> {
    crate::accounts::server::rpc_create_token(name).await
}

#[server(endpoint = "accounts/revoke_token", protocol = Post)]
pub async fn revoke_token(id: TokenId) -> Result<(), AppError> {
    crate::accounts::server::rpc_revoke_token(id).await
}

/// The caller's own live logins, newest first.
#[server(endpoint = "accounts/logins", protocol = Get)]
pub async fn logins() -> Result<Vec<LoginSession>, AppError> {
    crate::accounts::server::rpc_logins().await
}

/// How long people of the account stay signed in, who is, and what happened; for owners.
#[server(endpoint = "accounts/load_security", protocol = Get)]
pub async fn load_security() -> Result<SecurityOverview, AppError> {
    crate::accounts::server::rpc_load_security().await
}

#[server(endpoint = "accounts/change_security", protocol = Post)]
pub async fn change_security(change: SecurityChange) -> Result<Security, AppError> {
    crate::accounts::server::rpc_change_security(change).await
}

/// Signs out all others, or everyone and goes to `/login`.
#[server(endpoint = "accounts/revoke_sessions", protocol = Post)]
pub async fn revoke_sessions(scope: RevokeScope) -> Result<Revoked, AppError> {
    crate::accounts::server::rpc_revoke_sessions(scope).await
}

/// What happened in the account, newest first; for owners.
#[server(endpoint = "accounts/audit_log", protocol = Get)]
pub async fn audit_log(#[server(default)] filter: AuditFilter) -> Result<Page<AuditEntry>, AppError> {
    crate::accounts::server::rpc_audit_log(filter).await
}

#[server(endpoint = "accounts/revoke_login", protocol = Post)]
pub async fn revoke_login(id: LoginSessionId) -> Result<(), AppError> {
    crate::accounts::server::rpc_revoke_login(id).await
}

/// Which AI answers; for admins.
#[server(endpoint = "accounts/ai_settings", protocol = Get)]
pub async fn ai_settings() -> Result<AiSettingsView, AppError> {
    crate::accounts::server::rpc_ai_settings().await
}

#[server(endpoint = "accounts/change_ai_settings", protocol = Post)]
pub async fn change_ai_settings(change: AiSettingsChange) -> Result<AiSettingsView, AppError> {
    crate::accounts::server::rpc_change_ai_settings(change).await
}

/// Calls each model of the settings as they would be after a change.
#[server(endpoint = "accounts/test_ai_settings", protocol = Post)]
pub async fn test_ai_settings(change: AiSettingsChange) -> Result<TestReport, AppError> {
    crate::accounts::server::rpc_test_ai_settings(change).await
}

/// What calls to models were and cost; for admins.
#[server(endpoint = "accounts/usage", protocol = Get)]
pub async fn usage(#[server(default)] period: UsagePeriod) -> Result<UsageReport, AppError> {
    crate::accounts::server::rpc_usage(period).await
}

/// Which ticket system the account works with; for admins, as all below.
#[server(endpoint = "accounts/load_psa", protocol = Get)]
pub async fn load_psa() -> Result<PsaSettings, AppError> {
    crate::accounts::server::rpc_load_psa().await
}

#[server(endpoint = "accounts/change_psa", protocol = Post)]
pub async fn change_psa(change: PsaChange) -> Result<PsaSettings, AppError> {
    crate::accounts::server::rpc_change_psa(change).await
}

/// Asks the ticket system for a sign of life, with the settings as they would be after a change.
#[server(endpoint = "accounts/test_psa", protocol = Post)]
pub async fn test_psa(change: PsaChange) -> Result<PsaTest, AppError> {
    crate::accounts::server::rpc_test_psa(change).await
}

#[server(endpoint = "accounts/disconnect_psa", protocol = Post)]
pub async fn disconnect_psa() -> Result<PsaSettings, AppError> {
    crate::accounts::server::rpc_disconnect_psa().await
}

#[server(endpoint = "accounts/psa_members", protocol = Get)]
pub async fn psa_members() -> Result<Mapping, AppError> {
    crate::accounts::server::rpc_psa_members().await
}

/// Says who a member is: nobody with an inner `null`; with an outer one, whoever has their e-mail address.
#[server(endpoint = "accounts/map_member", protocol = Post)]
pub async fn map_member(member: String, change: Option<MemberChange>) -> Result<Mapping, AppError> {
    crate::accounts::server::rpc_map_member(member, change).await
}

#[server(endpoint = "accounts/psa_statuses", protocol = Get)]
pub async fn psa_statuses() -> Result<Statuses, AppError> {
    crate::accounts::server::rpc_psa_statuses().await
}

#[server(endpoint = "accounts/choose_status", protocol = Post)]
pub async fn choose_status(change: StatusChange) -> Result<Statuses, AppError> {
    crate::accounts::server::rpc_choose_status(change).await
}

/// Notes on their way to the ticket system.
#[server(endpoint = "accounts/psa_posts", protocol = Get)]
pub async fn psa_posts(#[server(default)] filter: DeliveryFilter) -> Result<Page<Delivery>, AppError> {
    crate::accounts::server::rpc_psa_posts(filter).await
}

#[server(endpoint = "accounts/retry_post", protocol = Post)]
pub async fn retry_post(id: PostingId) -> Result<Delivery, AppError> {
    crate::accounts::server::rpc_retry_post(id).await
}
