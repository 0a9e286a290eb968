//! Proving who one is: by password once, by cookie or token with each request.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use time::Duration;

use super::{passwords, secrets::Bearer, store};
use crate::{
    error::{AppError, SignedOut},
    ids::{AccountId, LoginSessionId, TokenId, UserId},
    server::{
        context::{Actor, Credential, Ctx, Platform, now},
        middleware::Auth,
    },
};

/// Name of the login cookie.
pub const COOKIE: &str = "fp_session";
const TOKEN_PREFIX: &str = "fp_";
/// How exactly *last seen* is kept: a write a request would be too much.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// What a browser asks by itself: nobody has done anything, so it keeps no login alive.
const BY_ITSELF: [&str; 2] = ["/live", "/rpc/accounts/login_ends"];

/// Who is behind these headers, asking for this path.
pub async fn authenticate(
    platform: &Arc<Platform>,
    path: &str,
    headers: &HeaderMap,
    request_id: Arc<str>,
) -> Result<Auth, AppError> {
    if let Some(token) = bearer_token(headers) {
        return by_token(platform, token, request_id).await;
    }
    match cookie(headers, COOKIE).and_then(Bearer::decode) {
        Some(bearer) => by_cookie(platform, &bearer, !BY_ITSELF.contains(&path), request_id).await,
        None => Ok(Auth::Nobody(SignedOut::Unauthenticated)),
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

async fn by_token(platform: &Arc<Platform>, token: &str, request_id: Arc<str>) -> Result<Auth, AppError> {
    let nobody = Auth::Nobody(SignedOut::Unauthenticated);
    let Some(bearer) = token.strip_prefix(TOKEN_PREFIX).and_then(Bearer::decode) else { return Ok(nobody) };
    let mut tx = platform.db.for_account(bearer.account).await?;
    let Some(found) = store::token(&mut tx, bearer.account, bearer.id).await? else { return Ok(nobody) };
    let now = now();
    if !bearer.matches(&found.secret_hash) || found.expires_at.is_some_and(|at| at <= now.0) {
        return Ok(nobody);
    }
    if found.last_used_at.is_none_or(|at| now.0 - at > TOUCH_EVERY) {
        store::touch_token(&mut tx, bearer.account, bearer.id, now).await?;
    }
    tx.commit().await?;
    let ctx = Ctx {
        platform: Arc::clone(platform),
        account: bearer.account,
        actor: Actor { user: found.user, role: found.role },
        credential: Credential::Token(TokenId(bearer.id)),
        request_id,
    };
    Ok(Auth::Person(ctx))
}

async fn by_cookie(
    platform: &Arc<Platform>,
    bearer: &Bearer,
    by_a_person: bool,
    request_id: Arc<str>,
) -> Result<Auth, AppError> {
    let mut tx = platform.db.for_account(bearer.account).await?;
    let Some(found) = store::login(&mut tx, bearer.account, bearer.id).await? else {
        return Ok(Auth::Nobody(SignedOut::Unauthenticated));
    };
    let now = now();
    let idle_ends = found.last_seen_at + Duration::minutes(found.idle_minutes.into());
    let ended = if !bearer.matches(&found.secret_hash) || found.revoked {
        Some(SignedOut::Unauthenticated)
    } else if found.expires_at <= now.0 {
        Some(SignedOut::ExpiredAbsolute)
    } else if idle_ends <= now.0 {
        Some(SignedOut::ExpiredIdle)
    } else {
        None
    };
    if let Some(reason) = ended {
        return Ok(Auth::Nobody(reason));
    }
    if by_a_person && now.0 - found.last_seen_at > TOUCH_EVERY {
        store::touch_login(&mut tx, bearer.account, bearer.id, now).await?;
    }
    tx.commit().await?;
    let ctx = Ctx {
        platform: Arc::clone(platform),
        account: bearer.account,
        actor: Actor { user: found.user, role: found.role },
        credential: Credential::Login(LoginSessionId(bearer.id)),
        request_id,
    };
    Ok(Auth::Person(ctx))
}

/// Whether who asked a while ago may still be here: a connection can outlive the login it was opened with.
pub async fn is_still_in(ctx: &Ctx) -> Result<bool, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let still = match ctx.credential {
        Credential::Login(id) => {
            let found = store::login(&mut tx, ctx.account, id.0).await?;
            found.is_some_and(|found| {
                let idle_ends = found.last_seen_at + Duration::minutes(found.idle_minutes.into());
                !found.revoked && now().0 < found.expires_at.min(idle_ends)
            })
        }
        Credential::Token(id) => {
            let found = store::token(&mut tx, ctx.account, id.0).await?;
            found.is_some_and(|found| found.expires_at.is_none_or(|at| now().0 < at))
        }
        Credential::Cli => true,
    };
    tx.commit().await?;
    Ok(still)
}

/// A fresh login: the cookie's value and how long it may live.
pub struct LoggedIn {
    pub cookie: String,
    pub seconds: i64,
}

/// Checks e-mail and password. Who has no account cannot be told from who mistyped.
pub async fn log_in(
    platform: &Platform,
    email: &str,
    password: String,
    address: &str,
    user_agent: Option<&str>,
) -> Result<LoggedIn, AppError> {
    let email = email.trim().to_lowercase();
    platform.floods.login_from(address)?;
    platform.floods.login_as(&email)?;
    let mut auth = platform.db.auth().await?;
    let found = store::look_up(&mut auth, &email).await?;
    auth.commit().await?;
    let wrong = || AppError::invalid("password", "E-mail and password do not match. Check both and try again.");
    let Some((account, user)) = found else {
        passwords::verify(password, None).await?;
        return Err(wrong());
    };
    let mut tx = platform.db.for_account(account).await?;
    let hash = store::password_hash(&mut tx, account, user).await?;
    tx.commit().await?;
    let known = hash.is_some();
    if !passwords::verify(password, hash).await? || !known {
        return Err(wrong());
    }
    start(platform, account, user, user_agent).await
}

/// Signs a person in who has proved who they are.
pub async fn start(
    platform: &Platform,
    account: AccountId,
    user: UserId,
    user_agent: Option<&str>,
) -> Result<LoggedIn, AppError> {
    let now = now();
    let id = LoginSessionId(uuid::Uuid::now_v7());
    let bearer = Bearer::fresh(account, id.0).map_err(|_| AppError::internal())?;
    let mut tx = platform.db.for_account(account).await?;
    let lifetimes = store::security::lifetimes(&mut tx, account).await?;
    let lives = Duration::minutes(lifetimes.absolute_minutes.into());
    let new = store::NewLogin {
        account,
        id,
        user,
        secret_hash: &bearer.hash(),
        idle_minutes: lifetimes.idle_minutes,
        now,
        expires_at: now.0 + lives,
        user_agent: user_agent.map(|agent| agent.get(..300).unwrap_or(agent)),
    };
    store::insert_login(&mut tx, &new).await?;
    store::audit(&mut tx, account, Some(user), "login", None, now).await?;
    tx.commit().await?;
    Ok(LoggedIn { cookie: bearer.encode(), seconds: lives.whole_seconds() })
}
