//! Rows of `facts`.

use crate::{
    ids::{FactId, LaneItemId, SessionId, Timestamp, UserId},
    pilot::types::{Fact, Maker, Person, SourceType, Support},
    server::{context::Ctx, db::TenantTx},
};

/// A fact as the services need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: FactId,
    pub text: String,
    pub source_type: SourceType,
    pub source_ref: Option<LaneItemId>,
    pub support: Support,
    pub stale: bool,
    pub quote: Option<String>,
    /// Who made it, or on whose behalf the AI did.
    pub maker: UserId,
    /// Known once it is stored.
    pub maker_name: Option<String>,
    pub by_ai: bool,
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

    /// No person has made it or vouched for it.
    pub const fn is_the_ais(&self) -> bool {
        self.by_ai && self.confirmed_by.is_none()
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
            created_by: Maker { id: self.maker, name: self.maker_name.clone().unwrap_or_default(), ai: self.by_ai },
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
                  f.support as "support: Support", f.stale, f.quote, f.on_behalf_of as "maker: UserId",
                  m.name as "maker_name?", f.created_by is null as "by_ai!", f.confirmed_by as "confirmed_by: UserId", k.name as "confirmed_by_name?",
                  f.confirmed_at as "confirmed_at: Timestamp", f.created_at, f.deleted_at is not null as "deleted!"
             from facts f
             join users m on m.account_id = f.account_id and m.id = f.on_behalf_of
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
                  f.support as "support: Support", f.stale, f.quote, f.on_behalf_of as "maker: UserId",
                  m.name as "maker_name?", f.created_by is null as "by_ai!", f.confirmed_by as "confirmed_by: UserId", k.name as "confirmed_by_name?",
                  f.confirmed_at as "confirmed_at: Timestamp", f.created_at, f.deleted_at is not null as "deleted!"
             from facts f
             join users m on m.account_id = f.account_id and m.id = f.on_behalf_of
             left join users k on k.account_id = f.account_id and k.id = f.confirmed_by
            where f.account_id = $1 and f.session_id = $2 and f.id = $3"#,
        ctx.account.0,
        session.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Stores facts as they are now: new ones are added, known ones changed.
pub async fn save(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, rows: &[Row]) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.0).collect();
    let texts: Vec<_> = rows.iter().map(|row| row.text.clone()).collect();
    let types: Vec<_> = rows.iter().map(|row| row.source_type.as_str().to_owned()).collect();
    let sources: Vec<_> = rows.iter().map(|row| row.source_ref.map(|id| id.0)).collect();
    let supports: Vec<_> = rows.iter().map(|row| row.support.as_str().to_owned()).collect();
    let stale: Vec<_> = rows.iter().map(|row| row.stale).collect();
    let quotes: Vec<_> = rows.iter().map(|row| row.quote.clone()).collect();
    let makers: Vec<_> = rows.iter().map(|row| row.maker.0).collect();
    let by_ai: Vec<_> = rows.iter().map(|row| row.by_ai).collect();
    let created: Vec<_> = rows.iter().map(|row| row.created_at.0).collect();
    let confirmers: Vec<_> = rows.iter().map(|row| row.confirmed_by.map(|id| id.0)).collect();
    let confirmed: Vec<_> = rows.iter().map(|row| row.confirmed_at.map(|at| at.0)).collect();
    sqlx::query!(
        "insert into facts (account_id, session_id, updated_at, id, text, source_type, source_ref, support, stale, quote,
                created_by, on_behalf_of, created_at, confirmed_by, confirmed_at)
         select $1, $2, $3, f.id, f.text, f.source_type, f.source_ref, f.support, f.stale, f.quote,
                case when not f.by_ai then f.maker end, f.maker, f.created, f.confirmer, f.confirmed
           from unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::bool[], $10::text[], $11::uuid[],
                       $12::bool[], $13::timestamptz[], $14::uuid[], $15::timestamptz[])
                as f (id, text, source_type, source_ref, support, stale, quote, maker, by_ai, created, confirmer, confirmed)
         on conflict on constraint facts_pk do update
            set text = excluded.text, support = excluded.support, stale = excluded.stale, quote = excluded.quote,
                created_by = excluded.created_by, on_behalf_of = excluded.on_behalf_of, updated_at = excluded.updated_at,
                confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at",
        ctx.account.0,
        session.0,
        ctx.now().0,
        &ids,
        &texts,
        &types,
        &sources as &[Option<uuid::Uuid>],
        &supports,
        &stale,
        &quotes as &[Option<String>],
        &makers,
        &by_ai,
        &created,
        &confirmers as &[Option<uuid::Uuid>],
        &confirmed as &[Option<time::OffsetDateTime>],
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Marks the facts that rest on these items as stale; gives those that were not.
pub async fn make_stale(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    items: &[LaneItemId],
) -> Result<Vec<FactId>, sqlx::Error> {
    let items: Vec<_> = items.iter().map(|item| item.0).collect();
    sqlx::query_scalar!(
        r#"update facts set stale = true, updated_at = $4
            where account_id = $1 and session_id = $2 and source_ref = any ($3) and not stale returning id as "id: FactId""#,
        ctx.account.0,
        session.0,
        &items,
        ctx.now().0,
    )
    .fetch_all(&mut **tx)
    .await
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
