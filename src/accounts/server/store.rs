//! All SQL of accounts, people, logins and tokens.

mod audit;
pub mod security;

use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    accounts::types::{AccessToken, Colleague, LoginSession, Me, Preferences, PreferencesChange, UserRole},
    ids::{AccountId, LoginSessionId, Timestamp, TokenId, UserId},
    server::{
        context::Ctx,
        db::{AuthTx, TenantTx},
    },
};

pub use audit::{audit, audit_with, entries};

/// Which account and person an e-mail belongs to.
pub async fn look_up(tx: &mut AuthTx, email: &str) -> Result<Option<(AccountId, UserId)>, sqlx::Error> {
    let row = sqlx::query!("select account_id, user_id from login_directory where email = $1", email)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| (AccountId(row.account_id), UserId(row.user_id))))
}

/// Whether anybody has an account here.
pub async fn anybody(tx: &mut AuthTx) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"select exists (select from login_directory) as "anybody!""#).fetch_one(&mut **tx).await
}

/// One set-up at a time over all nodes, until the transaction ends.
pub async fn lock_set_up(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('flowpilot set-up'))").fetch_one(&mut **tx).await.map(drop)
}

pub async fn insert_account(tx: &mut TenantTx, id: AccountId, name: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("insert into accounts (id, name, created_at) values ($1, $2, $3)", id.0, name, now.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("insert into account_settings (account_id) values ($1)", id.0).execute(&mut **tx).await.map(drop)
}

pub struct NewUser<'a> {
    pub account: AccountId,
    pub id: UserId,
    pub email: &'a str,
    pub name: &'a str,
    pub role: UserRole,
    pub password_hash: &'a str,
    pub now: Timestamp,
}

/// Adds a person; the e-mail must be free over all accounts (`login_directory_pk`).
pub async fn insert_user(tx: &mut TenantTx, new: &NewUser<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into users (account_id, id, email, name, role, password_hash, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
        new.account.0,
        new.id.0,
        new.email,
        new.name,
        new.role.as_str(),
        new.password_hash,
        new.now.0,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into login_directory (email, account_id, user_id) values ($1, $2, $3)",
        new.email,
        new.account.0,
        new.id.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The password hash of a person who is not disabled.
pub async fn password_hash(tx: &mut TenantTx, account: AccountId, id: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select password_hash from users where account_id = $1 and id = $2 and disabled_at is null",
        account.0,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await
}

/// What the account has chosen.
pub async fn preferences(ctx: &Ctx, tx: &mut TenantTx) -> Result<Preferences, sqlx::Error> {
    let found = sqlx::query_scalar!(
        r#"select preferences as "preferences: Json<Preferences>" from account_settings where account_id = $1"#,
        ctx.account.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(|found| found.0).unwrap_or_default())
}

/// Merges a change into them, key by key.
pub async fn change_preferences(
    ctx: &Ctx,
    tx: &mut TenantTx,
    change: &PreferencesChange,
) -> Result<Preferences, sqlx::Error> {
    sqlx::query_scalar!(
        r#"insert into account_settings (account_id, preferences) values ($1, jsonb_strip_nulls($2))
           on conflict on constraint account_settings_pk do update
              set preferences = jsonb_strip_nulls(account_settings.preferences || $2)
           returning preferences as "preferences: Json<Preferences>""#,
        ctx.account.0,
        Json(change) as _,
    )
    .fetch_one(&mut **tx)
    .await
    .map(|stored| stored.0)
}

pub struct NewLogin<'a> {
    pub account: AccountId,
    pub id: LoginSessionId,
    pub user: UserId,
    pub secret_hash: &'a [u8],
    pub idle_minutes: i32,
    pub now: Timestamp,
    pub expires_at: OffsetDateTime,
    pub user_agent: Option<&'a str>,
}

pub async fn insert_login(tx: &mut TenantTx, new: &NewLogin<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into login_sessions (account_id, id, user_id, secret_hash, idle_minutes, created_at, last_seen_at, expires_at, user_agent)
         values ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
        new.account.0,
        new.id.0,
        new.user.0,
        new.secret_hash,
        new.idle_minutes,
        new.now.0,
        new.expires_at,
        new.user_agent,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A login as each request needs it.
pub struct Login {
    pub user: UserId,
    pub role: UserRole,
    pub secret_hash: Vec<u8>,
    pub idle_minutes: i32,
    pub last_seen_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub revoked: bool,
}

pub async fn login(tx: &mut TenantTx, account: AccountId, id: Uuid) -> Result<Option<Login>, sqlx::Error> {
    sqlx::query_as!(
        Login,
        r#"select l.user_id as user, u.role as "role: UserRole", l.secret_hash, l.idle_minutes, l.last_seen_at, l.expires_at,
                  (l.revoked_at is not null or u.disabled_at is not null) as "revoked!"
             from login_sessions l join users u on u.account_id = l.account_id and u.id = l.user_id
            where l.account_id = $1 and l.id = $2"#,
        account.0,
        id,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn touch_login(tx: &mut TenantTx, account: AccountId, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("update login_sessions set last_seen_at = $3 where account_id = $1 and id = $2", account.0, id, now.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

pub async fn revoke_login(ctx: &Ctx, tx: &mut TenantTx, id: LoginSessionId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update login_sessions set revoked_at = $4 where account_id = $1 and user_id = $2 and id = $3 and revoked_at is null",
        ctx.account.0,
        ctx.actor.user.0,
        id.0,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}

pub async fn logins(
    ctx: &Ctx,
    tx: &mut TenantTx,
    current: Option<LoginSessionId>,
) -> Result<Vec<LoginSession>, sqlx::Error> {
    sqlx::query_as!(
        LoginSession,
        r#"select id, created_at, last_seen_at, user_agent, coalesce(id = $3, false) as "current!"
             from login_sessions
            where account_id = $1 and user_id = $2 and revoked_at is null and expires_at > now()
              and last_seen_at + make_interval(mins => idle_minutes) > now()
            order by last_seen_at desc limit 100"#,
        ctx.account.0,
        ctx.actor.user.0,
        current.map(|id| id.0),
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn me(ctx: &Ctx, tx: &mut TenantTx) -> Result<Option<Me>, sqlx::Error> {
    sqlx::query_as!(
        Me,
        r#"select a.id as account_id, a.name as account_name, u.id as user_id, u.name, u.email, u.role as "role: UserRole"
             from users u join accounts a on a.id = u.account_id where u.account_id = $1 and u.id = $2"#,
        ctx.account.0,
        ctx.actor.user.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// A token as each request needs it.
pub struct Token {
    pub user: UserId,
    pub role: UserRole,
    pub secret_hash: Vec<u8>,
    pub expires_at: Option<OffsetDateTime>,
    pub last_used_at: Option<OffsetDateTime>,
}

/// A token that was not revoked, of a person who is not disabled.
pub async fn token(tx: &mut TenantTx, account: AccountId, id: Uuid) -> Result<Option<Token>, sqlx::Error> {
    sqlx::query_as!(
        Token,
        r#"select t.user_id as user, u.role as "role: UserRole", t.secret_hash, t.expires_at, t.last_used_at
             from access_tokens t join users u on u.account_id = t.account_id and u.id = t.user_id
            where t.account_id = $1 and t.id = $2 and t.revoked_at is null and u.disabled_at is null"#,
        account.0,
        id,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn touch_token(tx: &mut TenantTx, account: AccountId, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("update access_tokens set last_used_at = $3 where account_id = $1 and id = $2", account.0, id, now.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

pub async fn insert_token(
    ctx: &Ctx,
    tx: &mut TenantTx,
    token: &AccessToken,
    secret_hash: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into access_tokens (account_id, id, user_id, name, secret_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        ctx.account.0,
        token.id.0,
        ctx.actor.user.0,
        token.name,
        secret_hash,
        token.created_at.0,
        token.expires_at.map(|at| at.0),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn tokens(ctx: &Ctx, tx: &mut TenantTx) -> Result<Vec<AccessToken>, sqlx::Error> {
    sqlx::query_as!(
        AccessToken,
        r#"select id, name, created_at, expires_at as "expires_at: Timestamp", last_used_at as "last_used_at: Timestamp"
             from access_tokens where account_id = $1 and user_id = $2 and revoked_at is null order by created_at desc, id desc"#,
        ctx.account.0,
        ctx.actor.user.0,
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn revoke_token(ctx: &Ctx, tx: &mut TenantTx, id: TokenId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update access_tokens set revoked_at = $4 where account_id = $1 and user_id = $2 and id = $3 and revoked_at is null",
        ctx.account.0,
        ctx.actor.user.0,
        id.0,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// The colleague with this id or e-mail address, as far as colleagues need to know.
pub async fn colleague(
    ctx: &Ctx,
    tx: &mut TenantTx,
    id: Option<UserId>,
    email: Option<&str>,
) -> Result<Option<Colleague>, sqlx::Error> {
    sqlx::query_as!(
        Colleague,
        r#"select id, name, email, role as "role: UserRole" from users
            where account_id = $1 and disabled_at is null and (id = $2 or email = lower($3))"#,
        ctx.account.0,
        id.map(|id| id.0),
        email,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Everybody of the account but the caller, by name.
pub async fn colleagues(ctx: &Ctx, tx: &mut TenantTx) -> Result<Vec<Colleague>, sqlx::Error> {
    sqlx::query_as!(
        Colleague,
        r#"select id, name, email, role as "role: UserRole" from users
            where account_id = $1 and id <> $2 and disabled_at is null order by lower(name), id limit 500"#,
        ctx.account.0,
        ctx.actor.user.0,
    )
    .fetch_all(&mut **tx)
    .await
}
