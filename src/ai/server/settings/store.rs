//! All SQL of the AI settings.

use url::Url;

use super::check::{Key, Wanted};
use crate::{
    ai::types::{Vendor, settings::Masked},
    ids::{Timestamp, UserId},
    server::{context::Ctx, db::TenantTx},
};

/// The settings as they are stored; the default where an account chose nothing.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub primary: Wanted,
    pub fallback: Wanted,
    pub month_budget: Option<i64>,
    pub session_budget: Option<i64>,
    pub mcp: bool,
    pub mask: Masked,
    pub updated_by: Option<UserId>,
    pub updated_at: Option<Timestamp>,
}

/// One change at a time, also before there is a row.
pub async fn lock(ctx: &Ctx, tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from accounts where id = $1 for no key update", ctx.account.0)
        .fetch_one(&mut **tx)
        .await
        .map(drop)
}

pub async fn load(ctx: &Ctx, tx: &mut TenantTx) -> Result<Row, sqlx::Error> {
    let found = sqlx::query!(
        "select provider, endpoint, key_sealed, key_ends_in, model_fast, model_standard, fallback_provider,
                fallback_endpoint, fallback_key_sealed, fallback_key_ends_in, fallback_model_fast, fallback_model_standard,
                context_window, fallback_context_window, month_budget, session_budget, mcp, mask_names, mask_emails,
                mask_ip_addresses, mask_host_names, updated_by, updated_at
           from account_ai_settings where account_id = $1",
        ctx.account.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = found else { return Ok(Row::default()) };
    Ok(Row {
        primary: Wanted {
            vendor: vendor(row.provider),
            endpoint: address(row.endpoint),
            key: key(row.key_sealed, row.key_ends_in),
            fast: row.model_fast,
            standard: row.model_standard,
            window: row.context_window,
        },
        fallback: Wanted {
            vendor: vendor(row.fallback_provider),
            endpoint: address(row.fallback_endpoint),
            key: key(row.fallback_key_sealed, row.fallback_key_ends_in),
            fast: row.fallback_model_fast,
            standard: row.fallback_model_standard,
            window: row.fallback_context_window,
        },
        month_budget: row.month_budget,
        session_budget: row.session_budget,
        mcp: row.mcp,
        mask: Masked {
            names: row.mask_names,
            emails: row.mask_emails,
            ip_addresses: row.mask_ip_addresses,
            host_names: row.mask_host_names,
        },
        updated_by: Some(UserId(row.updated_by)),
        updated_at: Some(Timestamp(row.updated_at)),
    })
}

/// A vendor that only a newer version knows is as good as none.
fn vendor(word: Option<String>) -> Option<Vendor> {
    let word = word?;
    let known = Vendor::ALL.into_iter().find(|vendor| vendor.as_str() == word);
    if known.is_none() {
        tracing::warn!(ai.vendor = word, "An account chose an AI provider that this version does not know.");
    }
    known
}

fn address(text: Option<String>) -> Option<Url> {
    text.and_then(|text| Url::parse(&text).ok())
}

fn key(sealed: Option<Vec<u8>>, ends_in: Option<String>) -> Key {
    sealed.map_or(Key::None, |sealed| Key::Stored { sealed, ends_in })
}

/// The columns of a stored key.
fn columns(key: &Key) -> (Option<&[u8]>, Option<&str>) {
    match key {
        Key::Stored { sealed, ends_in } => (Some(sealed), ends_in.as_deref()),
        // One that is not sealed yet is never stored.
        Key::None | Key::New(_) => (None, None),
    }
}

pub async fn save(ctx: &Ctx, tx: &mut TenantTx, row: &Row) -> Result<(), sqlx::Error> {
    let (primary, fallback) = (&row.primary, &row.fallback);
    let (key, key_ends_in) = columns(&primary.key);
    let (fallback_key, fallback_key_ends_in) = columns(&fallback.key);
    sqlx::query!(
        "insert into account_ai_settings (account_id, provider, endpoint, key_sealed, key_ends_in, model_fast, model_standard,
                fallback_provider, fallback_endpoint, fallback_key_sealed, fallback_key_ends_in, fallback_model_fast,
                fallback_model_standard, month_budget, session_budget, mcp, mask_names, mask_emails, mask_ip_addresses,
                mask_host_names, updated_by, updated_at, context_window, fallback_context_window)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
         on conflict on constraint account_ai_settings_pk do update set
                provider = excluded.provider, endpoint = excluded.endpoint, key_sealed = excluded.key_sealed,
                key_ends_in = excluded.key_ends_in, model_fast = excluded.model_fast,
                model_standard = excluded.model_standard, fallback_provider = excluded.fallback_provider,
                fallback_endpoint = excluded.fallback_endpoint, fallback_key_sealed = excluded.fallback_key_sealed,
                fallback_key_ends_in = excluded.fallback_key_ends_in, fallback_model_fast = excluded.fallback_model_fast,
                fallback_model_standard = excluded.fallback_model_standard, month_budget = excluded.month_budget,
                session_budget = excluded.session_budget, mcp = excluded.mcp, mask_names = excluded.mask_names,
                mask_emails = excluded.mask_emails, mask_ip_addresses = excluded.mask_ip_addresses,
                mask_host_names = excluded.mask_host_names, updated_by = excluded.updated_by,
                updated_at = excluded.updated_at, context_window = excluded.context_window,
                fallback_context_window = excluded.fallback_context_window",
        ctx.account.0,
        primary.vendor.map(Vendor::as_str),
        primary.endpoint.as_ref().map(Url::as_str),
        key,
        key_ends_in,
        primary.fast,
        primary.standard,
        fallback.vendor.map(Vendor::as_str),
        fallback.endpoint.as_ref().map(Url::as_str),
        fallback_key,
        fallback_key_ends_in,
        fallback.fast,
        fallback.standard,
        row.month_budget,
        row.session_budget,
        row.mcp,
        row.mask.names,
        row.mask.emails,
        row.mask.ip_addresses,
        row.mask.host_names,
        ctx.actor.user.0,
        ctx.now().0,
        primary.window,
        fallback.window,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
