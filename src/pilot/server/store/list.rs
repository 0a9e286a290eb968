//! Lists of sessions: which of them the caller may see, narrowed down by a filter and by words.

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::sessions::ticket_link;
use crate::{
    accounts::types::UserRole,
    ids::{SessionId, Timestamp, UserId},
    pilot::{
        history::Whose,
        types::{Person, SessionFilter, SessionStatus, SessionSummary, Stuck},
    },
    server::{
        context::Ctx,
        db::{SearchTx, TenantTx},
    },
};

/// So many of the newest sessions are looked through for words before the index is asked: what stands in many of them fills a
/// page from these alone, and what does not is rare enough for the index.
pub const NEWEST: i64 = 300;

/// Where a page begins: after this session in the list's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub updated_at: Timestamp,
    pub id: SessionId,
}

/// Which sessions, besides that the caller may see them.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    pub filter: &'a SessionFilter,
    /// Touched from here on.
    pub from: Option<Timestamp>,
    /// Touched before this.
    pub until: Option<Timestamp>,
    pub after: Option<Cursor>,
}

/// What has to stand in them.
#[derive(Debug, Clone, Copy)]
pub enum Saying<'a> {
    Whatever,
    /// All these words, each a `tsquery`; only the [`NEWEST`] sessions are looked at.
    Words(&'a [String]),
    /// It is known already in which it stands.
    In(&'a [Uuid]),
}

#[derive(sqlx::FromRow)]
struct Row {
    id: SessionId,
    title: String,
    status: SessionStatus,
    user_id: UserId,
    user_name: String,
    writable: bool,
    ticket_provider: Option<String>,
    ticket_id: Option<String>,
    ticket_summary: Option<String>,
    ticket_company: Option<String>,
    stuck: Option<Stuck>,
    fix_waiting: bool,
    thinking: bool,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Row> for SessionSummary {
    fn from(row: Row) -> Self {
        let ticket = ticket_link(row.ticket_provider, row.ticket_id, row.ticket_summary, row.ticket_company);
        Self {
            id: row.id,
            title: row.title,
            status: row.status,
            user: Person { id: row.user_id, name: row.user_name },
            writable: row.writable,
            ticket,
            stuck: row.stuck,
            fix_waiting: row.fix_waiting,
            thinking: row.thinking,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            found: None,
        }
    }
}

/// The sessions, last touched first.
pub async fn list(
    ctx: &Ctx,
    tx: &mut TenantTx,
    which: Which<'_>,
    saying: Saying<'_>,
    limit: i64,
) -> Result<Vec<SessionSummary>, sqlx::Error> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
        "select s.id, s.title, s.status, s.user_id, u.name as user_name, s.ticket_provider, s.ticket_id, s.ticket_summary,
                s.ticket_company, s.archived_at, s.created_at, s.updated_at, ",
    );
    query.push_bind(ctx.actor.role != UserRole::Viewer).push(" and (");
    push_whose(&mut query, ctx, Some(Whose::MineOrShared));
    query.push(
        ") as writable,
                (select case when p.external_id is null then 'not_posted' else 'not_verified' end from postings p
                  where p.account_id = s.account_id and p.session_id = s.id and p.closing = s.closing
                    and s.status = 'posting' and p.status = 'failed') as stuck,
                exists (select from suggested_fixes f where f.account_id = s.account_id and f.session_id = s.id
                           and f.superseded_at is null and f.status in ('proposed', 'applied_partial')) as fix_waiting,
                exists (select from turns t where t.account_id = s.account_id and t.session_id = s.id
                           and t.status = 'running') as thinking
           from (select s.* ",
    );
    push_which(&mut query, ctx, which);
    match saying {
        Saying::Whatever => {}
        Saying::Words(_) => {
            query.push(" order by s.updated_at desc, s.id desc limit ").push_bind(NEWEST);
        }
        Saying::In(ids) => {
            query.push(" and s.id = any (").push_bind(ids).push(")");
        }
    }
    query.push(") s join users u on u.account_id = s.account_id and u.id = s.user_id where true");
    if let Saying::Words(words) = saying {
        words.iter().for_each(|word| push_word(&mut query, word));
    }
    query.push(" order by s.updated_at desc, s.id desc limit ").push_bind(limit);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(SessionSummary::from).collect())
}

/// What the newest sessions that the caller may see are called: title, ticket and company.
pub async fn names(
    ctx: &Ctx,
    tx: &mut TenantTx,
    which: Which<'_>,
    limit: i64,
) -> Result<Vec<(Uuid, String)>, sqlx::Error> {
    let mut query: QueryBuilder<Postgres> =
        QueryBuilder::new("select s.id, concat_ws(' ', s.title, s.ticket_id, s.ticket_summary, s.ticket_company) ");
    push_which(&mut query, ctx, which);
    query.push(" order by s.updated_at desc, s.id desc limit ").push_bind(limit);
    query.build_query_as().fetch_all(&mut **tx).await
}

/// How many sessions there are, [`NEWEST`] at most.
pub async fn count(ctx: &Ctx, tx: &mut TenantTx, which: Which<'_>) -> Result<i64, sqlx::Error> {
    let mut query: QueryBuilder<Postgres> = QueryBuilder::new("select count(*) from (select ");
    push_which(&mut query, ctx, which);
    query.push(" limit ").push_bind(NEWEST).push(") s");
    query.build_query_scalar().fetch_one(&mut **tx).await
}

/// The sessions of the account in which all these words stand, each a `tsquery`; one may stand in the title and another in a message.
pub async fn saying(tx: &mut SearchTx, words: &[String]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(r#"select sessions_saying($1) as "id!""#, words).fetch_all(&mut **tx).await
}

/// The companies whose tickets the sessions that the caller may see are about.
pub async fn clients(ctx: &Ctx, tx: &mut TenantTx) -> Result<Vec<String>, sqlx::Error> {
    let mut query: QueryBuilder<Postgres> =
        QueryBuilder::new("select distinct s.ticket_company from ai_sessions s where s.account_id = ");
    query.push_bind(ctx.account.0).push(" and s.ticket_company <> '' and (");
    push_whose(&mut query, ctx, None);
    query.push(") order by 1 limit 500");
    query.build_query_scalar().fetch_all(&mut **tx).await
}

/// `from … where …`: what the caller may see and asks for. The rule is that of `select_row!` in [`super::sessions`].
fn push_which(query: &mut QueryBuilder<Postgres>, ctx: &Ctx, which: Which<'_>) {
    let Which { filter, from, until, after } = which;
    query.push("from ai_sessions s where s.account_id = ").push_bind(ctx.account.0).push(" and (");
    push_whose(query, ctx, filter.whose);
    query.push(if filter.archived == Some(true) {
        ") and s.archived_at is not null"
    } else {
        ") and s.archived_at is null"
    });
    if let Some(status) = filter.status {
        query.push(" and s.status = ").push_bind(status.as_str());
    }
    if let Some(client) = filter.client.clone().filter(|client| !client.trim().is_empty()) {
        query.push(" and s.ticket_company = ").push_bind(client);
    }
    if let Some(from) = from {
        query.push(" and s.updated_at >= ").push_bind(from.0);
    }
    if let Some(until) = until {
        query.push(" and s.updated_at < ").push_bind(until.0);
    }
    if let Some(after) = after {
        query
            .push(" and (s.updated_at, s.id) < (")
            .push_bind(after.updated_at.0)
            .push(", ")
            .push_bind(after.id.0)
            .push(")");
    }
}

fn push_whose(query: &mut QueryBuilder<Postgres>, ctx: &Ctx, whose: Option<Whose>) {
    let me = ctx.actor.user.0;
    let shared = |query: &mut QueryBuilder<Postgres>| {
        query
            .push("s.id in (select sh.session_id from session_shares sh where sh.account_id = ")
            .push_bind(ctx.account.0);
        query.push(" and sh.user_id = ").push_bind(me).push(")");
    };
    let mine = |query: &mut QueryBuilder<Postgres>| {
        query.push("s.user_id = ").push_bind(me);
    };
    match whose {
        Some(Whose::Mine) => mine(query),
        Some(Whose::Shared) => shared(query),
        Some(Whose::MineOrShared) | None => {
            mine(query);
            query.push(" or ");
            shared(query);
        }
    }
    if whose.is_none() && ctx.actor.role.at_least(UserRole::Engineer) {
        query.push(" or s.status = 'escalated'");
    }
}

/// The word stands anywhere in the session.
fn push_word(query: &mut QueryBuilder<Postgres>, word: &str) {
    let mut places = [
        " and (s.words @@ ",
        " or exists (select from messages m where m.account_id = s.account_id and m.session_id = s.id and m.words @@ ",
        ") or exists (select from facts f where f.account_id = s.account_id and f.session_id = s.id and f.deleted_at is null and f.words @@ ",
    ];
    for place in &mut places {
        query.push(place).push_bind(word.to_owned()).push("::text::tsquery");
    }
    query.push("))");
}
