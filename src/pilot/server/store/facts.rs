//! Rows of `facts`.

use crate::{
    ids::{FactId, LaneItemId, SessionId, Timestamp, UserId},
    pilot::types::{Fact, Person, SourceType, Support},
    server::{context::Ctx, db::TenantTx},
};

/// A fact as the services need it.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: FactId,
    pub text: String,
    pub source_type: SourceType,
    pub source_ref: Option<LaneItemId>,
    pub support: Support,
    pub stale: bool,
    pub quote: Option<String>,
    pub created_by: Option<UserId>,
    pub created_by_name: Option<String>,
    pub confirmed_by: Option<UserId>,
    pub confirmed_by_name: Option<String>,
    pub confirmed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub deleted: bool,
}

impl Row {
    /// Facts from questions and checks are edited at their source.
    pub const fn is_editable(&self) -> bool {
        matches!(self.source_type, SourceType::EngineerNote | SourceType::AiSynthesis)
    }

    pub fn view(&self) -> Fact {
        let person =
            |id: Option<UserId>, name: &Option<String>| id.zip(name.clone()).map(|(id, name)| Person { id, name });
        Fact {
            id: self.id,
            text: self.text.clone(),
            source_type: self.source_type,
            source_ref: self.source_ref,
            support: self.support,
            stale: self.stale,
            editable: self.is_editable(),
            quote: self.quote.clone(),
            created_by: person(self.created_by, &self.created_by_name),
            confirmed_by: person(self.confirmed_by, &self.confirmed_by_name),
            confirmed_at: self.confirmed_at,
            created_at: self.created_at,
        }
    }
}

/// Every fact of the session, oldest first; deleted ones only when asked for.
pub async fn all(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    with_deleted: bool,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select f.id, f.text, f.source_type as "source_type: SourceType", f.source_ref as "source_ref: LaneItemId",
                  f.support as "support: Support", f.stale, f.quote, f.created_by as "created_by: UserId",
                  c.name as "created_by_name?", f.confirmed_by as "confirmed_by: UserId", k.name as "confirmed_by_name?",
                  f.confirmed_at as "confirmed_at: Timestamp", f.created_at, f.deleted_at is not null as "deleted!"
             from facts f
             left join users c on c.account_id = f.account_id and c.id = f.created_by
             left join users k on k.account_id = f.account_id and k.id = f.confirmed_by
            where f.account_id = $1 and f.session_id = $2 and ($3 or f.deleted_at is null)
            order by f.created_at, f.id"#,
        ctx.account.0,
        session.0,
        with_deleted,
    )
    .fetch_all(&mut **tx)
    .await
}

/// One fact of the session, deleted or not.
pub async fn get(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, id: FactId) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select f.id, f.text, f.source_type as "source_type: SourceType", f.source_ref as "source_ref: LaneItemId",
                  f.support as "support: Support", f.stale, f.quote, f.created_by as "created_by: UserId",
                  c.name as "created_by_name?", f.confirmed_by as "confirmed_by: UserId", k.name as "confirmed_by_name?",
                  f.confirmed_at as "confirmed_at: Timestamp", f.created_at, f.deleted_at is not null as "deleted!"
             from facts f
             left join users c on c.account_id = f.account_id and c.id = f.created_by
             left join users k on k.account_id = f.account_id and k.id = f.confirmed_by
            where f.account_id = $1 and f.session_id = $2 and f.id = $3"#,
        ctx.account.0,
        session.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Stores a fact as it is now: a new one is added, a known one changed.
pub async fn save(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, row: &Row) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into facts (account_id, id, session_id, text, source_type, source_ref, support, stale, quote, created_by,
                on_behalf_of, created_at, updated_at, confirmed_by, confirmed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict on constraint facts_pk do update
            set text = excluded.text, support = excluded.support, stale = excluded.stale, quote = excluded.quote,
                updated_at = excluded.updated_at, confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at",
        ctx.account.0,
        row.id.0,
        session.0,
        row.text,
        row.source_type.as_str(),
        row.source_ref.map(|id| id.0),
        row.support.as_str(),
        row.stale,
        row.quote,
        row.created_by.map(|id| id.0),
        ctx.actor.user.0,
        row.created_at.0,
        ctx.now().0,
        row.confirmed_by.map(|id| id.0),
        row.confirmed_at.map(|at| at.0),
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Deletes a fact softly, or takes that back.
pub async fn set_deleted(ctx: &Ctx, tx: &mut TenantTx, id: FactId, deleted: bool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update facts set deleted_at = case when $3 then $4::timestamptz end, deleted_by = case when $3 then $5::uuid end
          where account_id = $1 and id = $2",
        ctx.account.0,
        id.0,
        deleted,
        ctx.now().0,
        ctx.actor.user.0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
