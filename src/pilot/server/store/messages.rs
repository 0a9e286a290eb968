//! Rows of `messages`.

use sqlx::types::Json;

use super::images;
use crate::{
    ai::types::Source,
    ids::{MessageId, SessionId, Timestamp, UserId},
    pilot::types::{Image, Message, MessageStatus, Person, Role, SentAnswer, Standstill},
    server::{context::Ctx, db::TenantTx},
};

/// A message about to be stored.
#[derive(Debug, Clone)]
pub struct NewMessageRow<'a> {
    pub message: &'a Message,
    /// The id of its event: its place in the conversation.
    pub position: i64,
    /// Which version of the prompts a model answered.
    pub prompt: Option<&'a str>,
    /// What a model asked for, as it is compared, and how often in a row it repeated what was there.
    pub asked: &'a [String],
    pub repeats: i16,
}

/// An answer as it is compared with the next one.
#[derive(Debug, Clone)]
pub struct Answered {
    pub text: String,
    pub asked: Vec<String>,
    pub repeats: i16,
    pub created_at: Timestamp,
}

struct Row {
    id: MessageId,
    role: Role,
    text: String,
    html: String,
    status: MessageStatus,
    author_id: Option<UserId>,
    author_name: Option<String>,
    lane_answers: Json<Vec<SentAnswer>>,
    sources: Json<Vec<Source>>,
    standstill: Option<Json<Standstill>>,
    images: Json<Vec<images::Row>>,
    created_at: Timestamp,
}

impl Row {
    fn view(self, session: SessionId) -> Message {
        let attachments: Vec<Image> = self.images.0.into_iter().map(|image| image.view(session)).collect();
        Message {
            id: self.id,
            role: self.role,
            text: self.text,
            html: self.html,
            status: self.status,
            author: self.author_id.zip(self.author_name).map(|(id, name)| Person { id, name }),
            images: attachments.iter().map(|image| image.id).collect(),
            attachments,
            answers: self.lane_answers.0,
            sources: self.sources.0,
            standstill: self.standstill.map(|standstill| standstill.0),
            created_at: self.created_at,
        }
    }
}

/// A message with its images, in one query however many there are.
macro_rules! select_message {
    ($end:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select m.id, m.role as "role: Role", m.text, m.html, m.status as "status: MessageStatus",
                      m.author_id as "author_id: UserId", u.name as "author_name?",
                      m.lane_answers as "lane_answers: Json<Vec<SentAnswer>>",
                      m.sources as "sources: Json<Vec<Source>>", m.standstill as "standstill: Json<Standstill>",
                      array_to_json(array(
                          select json_build_object('id', i.id, 'content_type', i.content_type, 'width', i.width,
                                                   'height', i.height, 'bytes', i.bytes)
                            from images i where i.account_id = m.account_id and i.message_id = m.id
                           order by i.position)) as "images!: Json<Vec<images::Row>>",
                      m.created_at
                 from messages m left join users u on u.account_id = m.account_id and u.id = m.author_id
                where m.account_id = $1 and m.session_id = $2 "#
                + $end,
            $($argument),+
        )
    };
}

pub async fn insert(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    new: &NewMessageRow<'_>,
) -> Result<(), sqlx::Error> {
    let message = new.message;
    sqlx::query!(
        "insert into messages (account_id, id, session_id, position, role, text, html, status, author_id, lane_answers, created_at, prompt_version,
                sources, standstill, asked, repeats)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        ctx.account.0,
        message.id.0,
        session.0,
        new.position,
        message.role.as_str(),
        message.text,
        message.html,
        message.status.as_str(),
        message.author.as_ref().map(|author| author.id.0),
        Json(&message.answers) as _,
        message.created_at.0,
        new.prompt,
        Json(&message.sources) as _,
        message.standstill.as_ref().map(Json) as _,
        new.asked,
        new.repeats,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn set_status(ctx: &Ctx, tx: &mut TenantTx, id: MessageId, status: MessageStatus) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update messages set status = $3 where account_id = $1 and id = $2",
        ctx.account.0,
        id.0,
        status.as_str()
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The newest `limit` messages before `before` (all when `None`), oldest first.
pub async fn window(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    before: Option<MessageId>,
    limit: i64,
) -> Result<Vec<Message>, sqlx::Error> {
    let mut rows = select_message!(
        "and ($3::uuid is null or m.position < (select b.position from messages b
                  where b.account_id = $1 and b.session_id = $2 and b.id = $3))
         order by m.position desc limit $4",
        ctx.account.0,
        session.0,
        before.map(|id| id.0),
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.reverse();
    Ok(rows.into_iter().map(|row| row.view(session)).collect())
}

/// The first message of a person that says something, and the newest message of all, oldest first.
pub async fn ends(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Message>, sqlx::Error> {
    let rows = select_message!(
        "and (m.position = (select max(l.position) from messages l where l.account_id = $1 and l.session_id = $2)
              or m.position = (select min(f.position) from messages f
                    where f.account_id = $1 and f.session_id = $2 and f.role = 'user' and f.text <> ''))
         order by m.position",
        ctx.account.0,
        session.0,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.view(session)).collect())
}

/// The newest whole answers, the newest first.
pub async fn answered(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    limit: i64,
) -> Result<Vec<Answered>, sqlx::Error> {
    sqlx::query_as!(
        Answered,
        r#"select text, asked, repeats, created_at as "created_at: Timestamp" from messages
          where account_id = $1 and session_id = $2 and role = 'assistant' and status = 'done'
          order by position desc limit $3"#,
        ctx.account.0,
        session.0,
        limit,
    )
    .fetch_all(&mut **tx)
    .await
}

/// The first `limit` messages after `after` (from the beginning when `None`) up to `last`, oldest first.
pub async fn between(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    after: Option<MessageId>,
    last: MessageId,
    limit: i64,
) -> Result<Vec<Message>, sqlx::Error> {
    let rows = select_message!(
        "and ($3::uuid is null or m.position > (select a.position from messages a
                  where a.account_id = $1 and a.session_id = $2 and a.id = $3))
         and m.position <= (select l.position from messages l
                  where l.account_id = $1 and l.session_id = $2 and l.id = $4)
         order by m.position limit $5",
        ctx.account.0,
        session.0,
        after.map(|id| id.0),
        last.0,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.view(session)).collect())
}

/// One message of the session.
pub async fn get(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    id: MessageId,
) -> Result<Option<Message>, sqlx::Error> {
    let row = select_message!("and m.id = $3", ctx.account.0, session.0, id.0).fetch_optional(&mut **tx).await?;
    Ok(row.map(|row| row.view(session)))
}

/// The earliest messages written by people that say something, oldest first.
pub async fn first_of_people(
    ctx: &Ctx,
    tx: &mut TenantTx,
    session: SessionId,
    limit: i64,
) -> Result<Vec<(MessageId, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id as "id: MessageId", text from messages
            where account_id = $1 and session_id = $2 and role = 'user' and text <> ''
            order by position limit $3"#,
        ctx.account.0,
        session.0,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.text)).collect())
}

/// A colleague's name.
pub async fn name_of(ctx: &Ctx, tx: &mut TenantTx, user: UserId) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!("select name from users where account_id = $1 and id = $2", ctx.account.0, user.0)
        .fetch_one(&mut **tx)
        .await
}
