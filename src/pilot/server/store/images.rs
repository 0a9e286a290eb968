//! Rows of `images`.

use serde::Deserialize;

use crate::{
    ids::{AccountId, ImageId, MessageId, SessionId},
    pilot::types::{Image, ImageType},
    server::{
        context::Ctx,
        db::{JobsTx, TenantTx},
    },
};

/// How long an image waits to be sent, in days.
const WAITS_DAYS: i32 = 1;

/// An image about to be stored.
#[derive(Debug, Clone, Copy)]
pub struct NewImage {
    pub id: ImageId,
    pub kind: ImageType,
    pub small_kind: ImageType,
    pub width: u32,
    pub height: u32,
    pub bytes: usize,
}

/// What is kept of an image, as a row or as an object in a message's list.
#[derive(Debug, Clone, Deserialize)]
pub struct Row {
    pub id: ImageId,
    pub content_type: ImageType,
    pub width: i32,
    pub height: i32,
    pub bytes: i64,
}

impl Row {
    pub fn view(self, session: SessionId) -> Image {
        let url = format!("/api/v1/ai-sessions/{session}/images/{}", self.id);
        Image {
            id: self.id,
            content_type: self.content_type,
            width: u32::try_from(self.width).unwrap_or_default(),
            height: u32::try_from(self.height).unwrap_or_default(),
            bytes: u64::try_from(self.bytes).unwrap_or_default(),
            thumbnail_url: format!("{url}/thumbnail"),
            url,
        }
    }
}

pub async fn insert(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, new: &NewImage) -> Result<Image, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"insert into images (account_id, id, session_id, uploaded_by, content_type, thumbnail_type, width, height, bytes, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           returning id, content_type as "content_type: ImageType", width, height, bytes"#,
        ctx.account.0,
        new.id.0,
        session.0,
        ctx.actor.user.0,
        new.kind.as_str(),
        new.small_kind.as_str(),
        i32::try_from(new.width).unwrap_or(i32::MAX),
        i32::try_from(new.height).unwrap_or(i32::MAX),
        i64::try_from(new.bytes).unwrap_or(i64::MAX),
        ctx.now().0,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.view(session))
}

/// Its files are there.
pub async fn set_stored(ctx: &Ctx, tx: &mut TenantTx, id: ImageId) -> Result<(), sqlx::Error> {
    sqlx::query!("update images set stored_at = $3 where account_id = $1 and id = $2", ctx.account.0, id.0, ctx.now().0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// What an image of the session and its thumbnail are.
pub async fn kinds(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    id: ImageId,
) -> Result<Option<(ImageType, ImageType)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select content_type as "content_type: ImageType", thumbnail_type as "thumbnail_type: ImageType" from images
            where account_id = $1 and session_id = $2 and id = $3 and stored_at is not null"#,
        ctx.account.0,
        session.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.content_type, row.thumbnail_type)))
}

/// Those of the images that are the session's and wait to be sent, held until the transaction ends.
pub async fn unsent(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    ids: &[ImageId],
) -> Result<Vec<Image>, sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, content_type as "content_type: ImageType", width, height, bytes from images
            where account_id = $1 and session_id = $2 and id = any ($3) and message_id is null and stored_at is not null
              for update"#,
        ctx.account.0,
        session.0,
        &ids,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.view(session)).collect())
}

/// Makes images part of a message, in this order.
pub async fn attach(ctx: &Ctx, tx: &mut TenantTx, message: MessageId, ids: &[ImageId]) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update images set message_id = $2, position = listed.position
           from unnest($3::uuid[]) with ordinality as listed (id, position)
          where account_id = $1 and images.id = listed.id",
        ctx.account.0,
        message.0,
        &ids,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Images over all accounts that were made so long ago and are in no message.
pub async fn never_sent(tx: &mut JobsTx) -> Result<Vec<(AccountId, ImageId)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select account_id as "account: AccountId", id as "id: ImageId" from images
            where message_id is null and created_at < now() - make_interval(days => $1)
            order by created_at limit 500"#,
        WAITS_DAYS,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.account, row.id)).collect())
}

/// From here on an image that was not sent cannot be; its session.
pub async fn let_go(account: AccountId, tx: &mut TenantTx, id: ImageId) -> Result<Option<SessionId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"update images set stored_at = null where account_id = $1 and id = $2 and message_id is null
           returning session_id as "session: SessionId""#,
        account.0,
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

pub async fn delete(account: AccountId, tx: &mut TenantTx, id: ImageId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from images where account_id = $1 and id = $2 and message_id is null and stored_at is null",
        account.0,
        id.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
