//! All SQL of the connection and of what an admin chose for it.

use url::Url;

use super::check::{Secrets, Wanted};
use crate::{
    ids::{Timestamp, UserId},
    psa::{
        server::targets::Wishes,
        types::{Ending, Level, Levels, Webhooks},
    },
    server::{context::Ctx, db::TenantTx},
};

/// The row of an account that is connected.
#[derive(Debug, Clone)]
pub struct Row {
    pub provider: String,
    /// Which tenant it is.
    pub connection: String,
    pub wanted: Wanted,
    pub webhook_id: Option<String>,
    pub webhook_token_hash: Option<Vec<u8>>,
    pub webhooks: Option<Webhooks>,
    /// Raised with every change.
    pub revision: i64,
    pub connected_by: UserId,
    pub connected_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One change at a time, also before there is a row.
pub async fn lock(ctx: &Ctx, tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from accounts where id = $1 for no key update", ctx.account.0)
        .fetch_one(&mut **tx)
        .await
        .map(drop)
}

pub async fn load(ctx: &Ctx, tx: &mut TenantTx) -> Result<Option<Row>, sqlx::Error> {
    let found = sqlx::query!(
        r#"select provider, connection, site, company, public_key, secrets_sealed, key_ends_in, level_tickets as "level_tickets: Level",
                  level_time as "level_time: Level", level_companies as "level_companies: Level",
                  level_configurations as "level_configurations: Level", webhook_id, webhook_token_hash, webhook_origin,
                  webhook_heard_at, revision, connected_by, connected_at, updated_at
             from account_psa where account_id = $1"#,
        ctx.account.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let site = Url::parse(&row.site).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let wanted = Wanted {
        site,
        company: row.company,
        public_key: row.public_key,
        secrets: Secrets::Stored { sealed: row.secrets_sealed, ends_in: row.key_ends_in },
        levels: Levels {
            tickets: row.level_tickets,
            time: row.level_time,
            companies: row.level_companies,
            configurations: row.level_configurations,
        },
        moved: false,
    };
    let heard_at = row.webhook_heard_at.map(Timestamp);
    Ok(Some(Row {
        provider: row.provider,
        connection: row.connection,
        wanted,
        webhook_id: row.webhook_id,
        webhook_token_hash: row.webhook_token_hash,
        webhooks: row.webhook_origin.map(|origin| Webhooks { origin, heard_at }),
        revision: row.revision,
        connected_by: UserId(row.connected_by),
        connected_at: Timestamp(row.connected_at),
        updated_at: Timestamp(row.updated_at),
    }))
}

/// Stores a connection whose keys are sealed.
pub async fn save(
    ctx: &Ctx,
    tx: &mut TenantTx,
    wanted: &Wanted,
    sealed: &[u8],
    ends_in: Option<&str>,
) -> Result<(), sqlx::Error> {
    let levels = wanted.levels;
    sqlx::query!(
        "insert into account_psa (account_id, provider, site, company, public_key, secrets_sealed, key_ends_in, level_tickets,
                level_time, level_companies, level_configurations, connected_by, connected_at, updated_at, connection)
         values ($1, 'connectwise', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13)
         on conflict on constraint account_psa_pk do update set
                connection = excluded.connection, site = excluded.site, company = excluded.company, public_key = excluded.public_key,
                secrets_sealed = excluded.secrets_sealed, key_ends_in = excluded.key_ends_in,
                level_tickets = excluded.level_tickets, level_time = excluded.level_time,
                level_companies = excluded.level_companies, level_configurations = excluded.level_configurations,
                revision = account_psa.revision + 1, updated_at = excluded.updated_at",
        ctx.account.0,
        wanted.site.as_str(),
        wanted.company,
        wanted.public_key,
        sealed,
        ends_in,
        levels.tickets.as_str(),
        levels.time.as_str(),
        levels.companies.as_str(),
        levels.configurations.as_str(),
        ctx.actor.user.0,
        ctx.now().0,
        wanted.connection(),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Forgets what belongs to one site and company: lists that were read, who is who, where tickets go, and who calls us.
pub async fn forget_choices(ctx: &Ctx, tx: &mut TenantTx, provider: &str) -> Result<(), sqlx::Error> {
    forget_lists(ctx, tx).await?;
    sqlx::query!("delete from psa_members where account_id = $1 and provider = $2", ctx.account.0, provider)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from psa_board_statuses where account_id = $1 and provider = $2", ctx.account.0, provider)
        .execute(&mut **tx)
        .await?;
    set_webhook(ctx, tx, None).await
}

/// Lists are read anew when they are asked for next.
pub async fn forget_lists(ctx: &Ctx, tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from psa_lists where account_id = $1", ctx.account.0).execute(&mut **tx).await.map(drop)
}

pub async fn delete(ctx: &Ctx, tx: &mut TenantTx) -> Result<bool, sqlx::Error> {
    sqlx::query!("delete from account_psa where account_id = $1", ctx.account.0)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// Who calls us: the request's id there, the hash of the token, and where we are called.
#[derive(Debug, Clone, Copy)]
pub struct Hook<'a> {
    pub id: &'a str,
    pub token_hash: &'a [u8],
    pub origin: &'a str,
}

pub async fn set_webhook(ctx: &Ctx, tx: &mut TenantTx, hook: Option<Hook<'_>>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update account_psa set webhook_id = $2, webhook_token_hash = $3, webhook_origin = $4, webhook_heard_at = null,
                updated_at = $5
          where account_id = $1",
        ctx.account.0,
        hook.map(|hook| hook.id),
        hook.map(|hook| hook.token_hash),
        hook.map(|hook| hook.origin),
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Notes that the ticket system called; a storm of calls is noted once a few seconds.
pub async fn heard(ctx: &Ctx, tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update account_psa set webhook_heard_at = $2
          where account_id = $1 and (webhook_heard_at is null or webhook_heard_at + interval '5 seconds' < $2)",
        ctx.account.0,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// What was chosen for one board: its resolved and its escalated status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub board: String,
    pub resolved: Option<String>,
    pub escalated: Option<String>,
}

pub async fn choices(ctx: &Ctx, tx: &mut TenantTx, provider: &str) -> Result<Vec<Choice>, sqlx::Error> {
    sqlx::query_as!(
        Choice,
        "select board_id as board, resolved_status_id as resolved, escalated_status_id as escalated
           from psa_board_statuses where account_id = $1 and provider = $2",
        ctx.account.0,
        provider,
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn choose(ctx: &Ctx, tx: &mut TenantTx, provider: &str, choice: &Choice) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into psa_board_statuses (account_id, provider, board_id, resolved_status_id, escalated_status_id)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint psa_board_statuses_pk do update set
                resolved_status_id = excluded.resolved_status_id, escalated_status_id = excluded.escalated_status_id",
        ctx.account.0,
        provider,
        choice.board,
        choice.resolved,
        choice.escalated,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// What was chosen for an ending on a board.
pub async fn wishes(
    ctx: &Ctx,
    tx: &mut TenantTx,
    provider: &str,
    board: Option<&str>,
    ending: Ending,
    account: Option<String>,
) -> Result<Wishes, sqlx::Error> {
    let Some(board) = board else { return Ok(Wishes { board: None, account }) };
    let found = choices(ctx, tx, provider).await?.into_iter().find(|choice| choice.board == board);
    let own = found.and_then(|choice| match ending {
        Ending::Resolved => choice.resolved,
        Ending::Escalated => choice.escalated,
    });
    Ok(Wishes { board: own, account })
}
