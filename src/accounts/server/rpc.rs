//! The server side of [`crate::accounts::rpc`]: cookies and redirects around the services.

mod psa;
mod security;

use std::sync::Arc;

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};
use leptos::prelude::use_context;

use super::{ai, login, people, store, tokens};
use crate::{
    accounts::types::{AccessToken, LoginSession, NewAccessToken, UserRole},
    ai::types::{
        settings::{AiSettingsChange, AiSettingsView, TestReport},
        usage::{UsagePeriod, UsageReport},
    },
    error::AppError,
    ids::{LoginSessionId, TokenId},
    server::{
        context::{Credential, Ctx, Platform},
        middleware::Auth,
        rpc::{ctx, header as add_header, parts},
    },
};

pub use psa::*;
pub use security::*;

fn platform() -> Result<Arc<Platform>, AppError> {
    use_context::<Arc<Platform>>().ok_or_else(AppError::internal)
}

pub async fn rpc_set_up(account_name: String, name: String, email: String, password: String) -> Result<(), AppError> {
    let (platform, parts) = (platform()?, parts()?);
    let owner = people::NewPerson { email, name, role: UserRole::Owner, password };
    let made = async {
        platform.floods.login_from(&address(&parts))?;
        let (account, user) = people::set_up(&platform, &account_name, owner).await?;
        login::start(&platform, account, user, agent(&parts.headers)).await
    };
    go_in(made.await?, &parts.headers, None);
    Ok(())
}

pub async fn rpc_log_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let (platform, parts) = (platform()?, parts()?);
    let done = login::log_in(&platform, &email, password, &address(&parts), agent(&parts.headers)).await?;
    go_in(done, &parts.headers, next);
    Ok(())
}

fn go_in(done: login::LoggedIn, headers: &HeaderMap, next: Option<String>) {
    add_header(header::SET_COOKIE, &cookie(&done.cookie, done.seconds, headers));
    // Only ever to a page of this site: "//host" and "/\host" would lead elsewhere.
    let next = next.filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
    leptos_axum::redirect(next.as_deref().unwrap_or("/"));
}

fn cookie(value: &str, seconds: i64, headers: &HeaderMap) -> String {
    let secure = if headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https") { "; Secure" } else { "" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", login::COOKIE)
}

fn address(parts: &Parts) -> String {
    let socket = parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>();
    socket.map(|info| info.0.ip().to_string()).unwrap_or_default()
}

fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok())
}

pub async fn rpc_log_out() -> Result<(), AppError> {
    let parts = parts()?;
    if let Some(Auth::Person(ctx)) = parts.extensions.get::<Auth>()
        && let Credential::Login(id) = ctx.credential
    {
        let mut tx = ctx.db().tenant(ctx).await?;
        store::revoke_login(ctx, &mut tx, id).await?;
        tx.commit().await?;
    }
    go_out(&parts.headers);
    Ok(())
}

fn go_out(headers: &HeaderMap) {
    add_header(header::SET_COOKIE, &cookie("", 0, headers));
    leptos_axum::redirect("/login");
}

pub async fn rpc_tokens() -> Result<Vec<AccessToken>, AppError> {
    tokens::list(&ctx().await?).await
}

pub async fn rpc_create_token(name: String) -> Result<NewAccessToken, AppError> {
    tokens::create_for(&ctx().await?, &name).await
}

pub async fn rpc_revoke_token(id: TokenId) -> Result<(), AppError> {
    tokens::revoke(&ctx().await?, id).await
}

pub async fn rpc_logins() -> Result<Vec<LoginSession>, AppError> {
    let ctx: Ctx = ctx().await?;
    let current = match ctx.credential {
        Credential::Login(id) => Some(id),
        Credential::Token(_) | Credential::Cli => None,
    };
    let mut tx = ctx.db().tenant(&ctx).await?;
    let logins = store::logins(&ctx, &mut tx, current).await?;
    tx.commit().await?;
    Ok(logins)
}

pub async fn rpc_revoke_login(id: LoginSessionId) -> Result<(), AppError> {
    let ctx = ctx().await?;
    let mut tx = ctx.db().tenant(&ctx).await?;
    if !store::revoke_login(&ctx, &mut tx, id).await? {
        return Err(AppError::not_found("login"));
    }
    store::audit(&mut tx, ctx.account, Some(ctx.actor.user), "login_revoked", None, ctx.now()).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn rpc_ai_settings() -> Result<AiSettingsView, AppError> {
    ai::get(&ctx().await?).await
}

pub async fn rpc_change_ai_settings(change: AiSettingsChange) -> Result<AiSettingsView, AppError> {
    ai::change(&ctx().await?, &change).await
}

pub async fn rpc_test_ai_settings(change: AiSettingsChange) -> Result<TestReport, AppError> {
    ai::test(&ctx().await?, &change).await
}

pub async fn rpc_usage(period: UsagePeriod) -> Result<UsageReport, AppError> {
    ai::usage(&ctx().await?, &period).await
}
