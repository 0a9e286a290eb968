//! The one door to the database.
//!
//! Only this file begins transactions. A transaction is opened for an account, for the login look-up or for a cross-tenant
//! job, and each is a type of its own, so that a store function says in its signature what it may see. Role and account are
//! set with the transaction, never on the connection.

use std::{
    io,
    ops::{Deref, DerefMut},
    time::Duration,
};

use secrecy::ExposeSecret;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool, Postgres, Transaction,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::Instant;

use crate::{error::AppError, ids::AccountId, server::config::Database, server::context::Ctx};

/// How long somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks whether it is there at the start.
const PAUSE: Duration = Duration::from_millis(200);

static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Why the database cannot be used, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("DATABASE_URL is not a Postgres address: {0}. It looks like postgres://user:password@host:5432/name.")]
    Url(sqlx::Error),
    #[error("The database cannot be reached: {0}. Check DATABASE_URL and that Postgres is running.")]
    Unreachable(String),
    #[error("Postgres answered, and refused: {0}. Check user, password and database name in DATABASE_URL.")]
    Refused(String),
    #[error(
        "The database's schema is newer than this FlowPilot (it has migration {0}). Start the newer version, or restore a backup from before the update."
    )]
    SchemaNewer(i64),
    #[error("The database could not be brought up to date: {0}")]
    Migrate(MigrateError),
    #[error(
        "The role {role} could read every account's rows ({why}), so FlowPilot will not serve. As a database administrator run: {fix}"
    )]
    RoleBypassesRls { role: String, why: &'static str, fix: String },
    #[error("The database did not answer as expected: {0}")]
    Other(sqlx::Error),
}

/// The pool, and the only ways to a transaction.
#[derive(Debug, Clone)]
pub struct Db {
    pool: PgPool,
}

/// A transaction inside one account.
#[derive(Debug)]
pub struct TenantTx(Transaction<'static, Postgres>);
/// The look-up of an e-mail's account, and nothing else.
#[derive(Debug)]
pub struct AuthTx(Transaction<'static, Postgres>);
/// Looking for words inside one account: the ids of what they stand in, and nothing else. Its role's policies are the search
/// (migration 0009), because row-level security would keep any other role from the index.
#[derive(Debug)]
pub struct SearchTx(Transaction<'static, Postgres>);
/// A cross-tenant job looking for work. The jobs are listed in `server/jobs.rs`.
#[derive(Debug)]
pub struct JobsTx(Transaction<'static, Postgres>);

macro_rules! transaction {
    ($($name:ident),*) => {$(
        impl Deref for $name {
            type Target = PgConnection;
            fn deref(&self) -> &PgConnection { &self.0 }
        }
        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut PgConnection { &mut self.0 }
        }
        impl $name {
            /// Makes what was done last. Dropping a transaction undoes it.
            pub async fn commit(self) -> Result<(), sqlx::Error> { self.0.commit().await.map_err(in_doubt) }
        }
    )*};
}
transaction!(TenantTx, AuthTx, SearchTx, JobsTx);

impl Db {
    /// Connects lazily: the first query tells whether the database is there.
    pub fn new(options: PgConnectOptions, config: &Database) -> Self {
        // A transaction pooler gives each transaction another server connection, so prepared statements cannot be kept.
        let options = if config.direct_url.is_some() { options.statement_cache_capacity(0) } else { options };
        let pool = PgPoolOptions::new()
            .max_connections(config.connections)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options.application_name("flowpilot"));
        Self { pool }
    }

    /// Reads a Postgres address.
    pub fn options(url: &secrecy::SecretString) -> Result<PgConnectOptions, DbError> {
        let url = url.expose_secret();
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(DbError::Url(sqlx::Error::Configuration("it does not begin with postgres://".into())));
        }
        url.parse().map_err(DbError::Url)
    }

    /// Opens a transaction for the account of `ctx`.
    pub async fn tenant(&self, ctx: &Ctx) -> Result<TenantTx, sqlx::Error> {
        self.for_account(ctx.account).await
    }

    /// Opens a transaction for an account: where there is no [`Ctx`] yet (sign-in) or no person (jobs, turns).
    pub async fn for_account(&self, account: AccountId) -> Result<TenantTx, sqlx::Error> {
        // The id is a Uuid, so nothing can be injected; one statement saves two round trips a transaction.
        let begin = format!("begin; set local role flowpilot_app; set local app.current_account_id = '{account}'");
        self.begin(begin).await.map(TenantTx)
    }

    /// Opens a transaction that can look up which account an e-mail belongs to.
    pub async fn auth(&self) -> Result<AuthTx, sqlx::Error> {
        self.begin("begin; set local role flowpilot_auth".to_owned()).await.map(AuthTx)
    }

    /// Opens a transaction that can look for words in the account of `ctx`.
    pub async fn search(&self, ctx: &Ctx) -> Result<SearchTx, sqlx::Error> {
        let account = ctx.account;
        let begin = format!("begin; set local role flowpilot_search; set local app.current_account_id = '{account}'");
        self.begin(begin).await.map(SearchTx)
    }

    /// Opens a transaction for a cross-tenant job to find its work.
    pub async fn jobs(&self) -> Result<JobsTx, sqlx::Error> {
        self.begin("begin; set local role flowpilot_jobs".to_owned()).await.map(JobsTx)
    }

    /// In a task of its own: a request that is dropped while the database still answers to `begin` would hand its open
    /// transaction to the next one.
    #[expect(clippy::disallowed_methods, reason = "this is the one door")]
    async fn begin(&self, statement: String) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(statement)).await });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// Brings the schema up to date, under a lock, and stores the bundled flows.
    pub async fn migrate(&self) -> Result<(), DbError> {
        self.reach().await?;
        MIGRATOR.run(&self.pool).await.map_err(|error| match error {
            MigrateError::VersionMissing(version) => DbError::SchemaNewer(version),
            MigrateError::Execute(error) => {
                unreachable(&error).unwrap_or(DbError::Migrate(MigrateError::Execute(error)))
            }
            other => DbError::Migrate(other),
        })
    }

    /// Connects outside of the pool, which would only say that it has waited in vain. Waits as the pool does for a Postgres
    /// that is starting.
    async fn reach(&self) -> Result<(), DbError> {
        let options = self.pool.connect_options();
        let until = Instant::now() + PATIENCE;
        loop {
            match tokio::time::timeout_at(until, PgConnection::connect_with(&options)).await {
                Ok(Ok(connection)) => {
                    // It has served its purpose, however it ends.
                    let _ = connection.close().await;
                    return Ok(());
                }
                Ok(Err(error)) if may_pass(&error) && Instant::now() + PAUSE < until => tokio::time::sleep(PAUSE).await,
                Ok(Err(error)) => return Err(unreachable(&error).unwrap_or(DbError::Other(error))),
                Err(_) => {
                    return Err(DbError::Unreachable(format!("no answer within {} seconds", PATIENCE.as_secs())));
                }
            }
        }
    }

    /// Is the database there?
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query!("select 1 as one").fetch_one(&self.pool).await.map(drop)
    }

    /// Refuses when the role that tenant transactions run as could see past row-level security.
    pub async fn check_roles(&self) -> Result<(), DbError> {
        for role in ["flowpilot_app", "flowpilot_auth", "flowpilot_search", "flowpilot_jobs"] {
            let found = sqlx::query!(
                r#"select r.rolsuper as "superuser!", r.rolbypassrls as "bypass!",
                          exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                   where n.nspname = current_schema() and c.relkind in ('r', 'p')
                                     and pg_has_role(r.oid, c.relowner, 'member')) as "owns!"
                     from pg_roles r where r.rolname = $1"#,
                role
            )
            .fetch_one(&self.pool)
            .await
            .map_err(DbError::Other)?;
            let refuse = |why, fix| Err(DbError::RoleBypassesRls { role: role.to_owned(), why, fix });
            if found.superuser {
                return refuse("it is a superuser", format!("alter role {role} nosuperuser;"));
            }
            if found.bypass {
                return refuse("it has BYPASSRLS", format!("alter role {role} nobypassrls;"));
            }
            if found.owns {
                return refuse(
                    "it is, or is a member of, the owner of the tables",
                    format!("revoke the owning role from {role}, or reassign the tables to the login role;"),
                );
            }
        }
        Ok(())
    }

    /// Remembers the text of every bundled flow, so that sessions keep walking the version they began with.
    pub async fn remember_flows(
        &self,
        flows: &[(String, String, String)],
    ) -> Result<Vec<(String, String)>, sqlx::Error> {
        let (hashes, (slugs, sources)): (Vec<_>, (Vec<_>, Vec<_>)) =
            flows.iter().map(|(hash, slug, source)| (hash.clone(), (slug.clone(), source.clone()))).unzip();
        sqlx::query!(
            "insert into flow_versions (hash, slug, source) select * from unnest($1::text[], $2::text[], $3::text[])
             on conflict do nothing",
            &hashes,
            &slugs,
            &sources
        )
        .execute(&self.pool)
        .await?;
        let older = sqlx::query!("select hash, source from flow_versions where hash <> all ($1)", &hashes)
            .fetch_all(&self.pool)
            .await?;
        Ok(older.into_iter().map(|row| (row.hash, row.source)).collect())
    }

    /// Hands notifications of other nodes over: (channel's payload).
    pub fn pool_for_listening(&self) -> &PgPool {
        &self.pool
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// What goes away by itself while a Postgres starts, or is full for a moment.
fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(cause) => cause.kind() == std::io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(cause) => matches!(cause.code().as_deref(), Some("53300" | "57P03")),
        _ => false,
    }
}

/// What an error says of the way to the database, if it is about that and not about a statement.
fn unreachable(error: &sqlx::Error) -> Option<DbError> {
    match error {
        sqlx::Error::Io(cause) => Some(DbError::Unreachable(cause.to_string())),
        sqlx::Error::PoolTimedOut => Some(DbError::Unreachable(error.to_string())),
        sqlx::Error::Database(cause) => {
            // Class 28 is authorisation, 3D an unknown database, 57P the server going away.
            let code = cause.code()?;
            let about = |class: &str| code.starts_with(class);
            let said = || cause.message().trim_end_matches('.').to_owned();
            match about("28") || about("3D") {
                true => Some(DbError::Refused(said())),
                false => about("57P").then(|| DbError::Unreachable(said())),
            }
        }
        _ => None,
    }
}

/// The name of the constraint that a write ran into, if that was it.
pub fn violated(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}

/// The way to the database broke while it was committing: what was done may be there or not.
#[derive(Debug, thiserror::Error)]
#[error("while committing: {0}")]
struct InDoubt(sqlx::Error);

fn in_doubt(error: sqlx::Error) -> sqlx::Error {
    match unreachable(&error) {
        Some(_) => sqlx::Error::Io(io::Error::other(InDoubt(error))),
        None => error,
    }
}

impl From<sqlx::Error> for AppError {
    /// Logs the cause; what travels says only whether trying again makes sense.
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::not_found("record"),
            sqlx::Error::Io(cause) if cause.get_ref().is_some_and(|cause| cause.is::<InDoubt>()) => {
                tracing::error!(error.cause = %error, "The database went away in a commit.");
                Self::Unavailable {
                    detail: "The database went away while this was being saved, so it may be saved or not. Look before you send it again; with the same Idempotency-Key a message is never sent twice.".to_owned(),
                }
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                tracing::error!(error.cause = %error, "The database cannot be reached.");
                unavailable()
            }
            // A zero byte: Postgres keeps none in a text.
            sqlx::Error::Database(cause) if cause.code().is_some_and(|code| code == "22021") => {
                Self::malformed("There is a character in the request that no text can have, as in binary data.")
            }
            sqlx::Error::Database(cause)
                if cause.code().is_some_and(|code| code.starts_with("57P") || code == "53300") =>
            {
                tracing::error!(error.cause = %error, "The database is going away or full.");
                unavailable()
            }
            _ => {
                tracing::error!(error.cause = %error, "A query failed.");
                Self::internal()
            }
        }
    }
}

fn unavailable() -> AppError {
    AppError::Unavailable {
        detail: "The database cannot be reached right now. Nothing was lost; try again in a moment.".to_owned(),
    }
}

/// A search text as an `ilike` pattern: its words may stand apart, its own wildcards are plain text.
pub fn like(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(if c.is_whitespace() { '%' } else { c });
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_broke_in_a_commit_is_not_said_to_be_lost() {
        let broken = || sqlx::Error::Io(io::ErrorKind::UnexpectedEof.into());
        let said = |error| AppError::from(error).detail();
        assert!(said(broken()).contains("Nothing was lost"));
        assert!(said(in_doubt(broken())).contains("may be saved or not"));
        assert!(!said(in_doubt(sqlx::Error::RowNotFound)).contains("may be saved"));
    }
}
