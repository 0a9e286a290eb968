//! Which tickets: those that a filter lets through, and those that belong with another one.

use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{is_open, plain};
use crate::{
    error::AppError,
    ids::Timestamp,
    page::Page,
    psa::{
        server::PsaError,
        types::{TicketFilter, TicketSummary},
    },
    server::{context::Ctx, db::like},
};

/// So many words of a search are looked for.
const WORDS: usize = 8;
const RELATED: i64 = 20;

/// A ticket as it stands in a list.
#[derive(sqlx::FromRow)]
pub struct Row {
    pub number: i64,
    pub summary: String,
    pub status: String,
    pub priority: String,
    pub updated_at: Timestamp,
    pub company_id: Option<Uuid>,
    pub company: Option<String>,
    pub contact: Option<String>,
    pub assignees: Vec<String>,
}

impl Row {
    pub fn summary(self) -> TicketSummary {
        TicketSummary {
            id: self.number.to_string(),
            summary: self.summary,
            open: is_open(&self.status),
            status_id: self.status.clone(),
            status: self.status,
            priority_id: Some(self.priority.clone()),
            priority: self.priority,
            company_id: self.company_id.map(|id| id.to_string()),
            company: self.company.unwrap_or_default(),
            contact: self.contact,
            updated_at: self.updated_at,
            board: None,
            assignees: self.assignees,
        }
    }
}

/// The columns of a [`Row`], for whatever tickets the rest of the query chooses.
pub const ROWS: &str =
    "select t.number, t.summary, t.status, t.priority, t.updated_at, t.company_id, c.name as company,
       p.name as contact,
       array(select u.name from desk_assignees a join users u on u.account_id = a.account_id and u.id = a.user_id
              where a.account_id = t.account_id and a.ticket_number = t.number
              order by a.owner desc, a.assigned_at, u.name) as assignees
  from desk_tickets t
  left join desk_companies c on c.account_id = t.account_id and c.id = t.company_id
  left join desk_contacts p on p.account_id = t.account_id and p.id = t.contact_id
 where t.account_id = ";

/// A status as it is stored, whether it came by its id or by its name.
fn word(status: &str) -> String {
    plain(status).trim().to_lowercase().replace(' ', "_")
}

/// Tickets, newest first.
pub async fn page(ctx: &Ctx, filter: &TicketFilter) -> Result<Page<TicketSummary>, PsaError> {
    // There are no boards here, and what is no id names no company and no person: nothing is on it.
    let ids = [&filter.company, &filter.assignee].map(|id| id.as_deref().filter(|id| *id != "unassigned"));
    let [company, assignee] = ids.map(|id| id.map(Uuid::parse_str).transpose());
    let (Ok(company), Ok(assignee), None) = (company, assignee, &filter.board) else { return Ok(Page::default()) };
    let limit = i64::from(filter.limit.unwrap_or(50).clamp(1, 100));
    let before: Option<i64> = match &filter.cursor {
        None => None,
        Some(cursor) => Some(
            cursor
                .parse()
                .map_err(|_| PsaError::Invalid(AppError::malformed("The cursor is not one that this list gave.")))?,
        ),
    };

    let mut query = QueryBuilder::<Postgres>::new(ROWS);
    query.push_bind(ctx.account.0);
    if let Some(before) = before {
        query.push(" and t.number < ").push_bind(before);
    }
    match filter.status.as_deref().map(word).as_deref() {
        None | Some("") => drop(query.push(" and t.status not in ('resolved', 'closed')")),
        Some("all") => {}
        Some(status) => drop(query.push(" and t.status = ").push_bind(status.to_owned())),
    }
    if let Some(priority) = &filter.priority {
        query.push(" and t.priority = ").push_bind(word(priority));
    }
    if let Some(company) = company {
        query.push(" and t.company_id = ").push_bind(company);
    }
    if filter.assignee.as_deref() == Some("unassigned") {
        query.push(
            " and not exists (select from desk_assignees a where a.account_id = t.account_id and a.ticket_number = t.number)",
        );
    }
    if let Some(assignee) = assignee {
        query
            .push(" and exists (select from desk_assignees a where a.account_id = t.account_id and a.ticket_number = t.number and a.user_id = ")
            .push_bind(assignee)
            .push(")");
    }
    let words = plain(filter.q.as_deref().unwrap_or_default());
    let words: Vec<String> = words.split_whitespace().take(WORDS).map(like).collect();
    if !words.is_empty() {
        query
            .push(" and concat_ws(' ', '#' || t.number, t.summary, c.name, p.name) ilike all (")
            .push_bind(words)
            .push(")");
    }
    query.push(" order by t.number desc limit ").push_bind(limit + 1);

    let mut tx = ctx.db().tenant(ctx).await?;
    let mut rows: Vec<Row> = query.build_query_as().fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let more = i64::try_from(rows.len()).is_ok_and(|len| len > limit);
    if more {
        rows.pop();
    }
    let next_cursor = rows.last().filter(|_| more).map(|last| last.number.to_string());
    Ok(Page { items: rows.into_iter().map(Row::summary).collect(), next_cursor })
}

/// Other tickets of the same contact, then of the same company, newest first.
pub async fn related(ctx: &Ctx, number: i64) -> Result<Vec<TicketSummary>, PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let ticket = sqlx::query!(
        "select company_id, contact_id from desk_tickets where account_id = $1 and number = $2",
        ctx.account.0,
        number,
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or_else(|| PsaError::NotFound(number.to_string()))?;
    let mut query = QueryBuilder::<Postgres>::new(ROWS);
    query.push_bind(ctx.account.0).push(" and t.number <> ").push_bind(number);
    query.push(" and (t.contact_id = ").push_bind(ticket.contact_id);
    query.push(" or t.company_id = ").push_bind(ticket.company_id);
    query.push(") order by coalesce(t.contact_id = ").push_bind(ticket.contact_id);
    query.push(", false) desc, t.number desc limit ").push_bind(RELATED);
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(Row::summary).collect())
}
