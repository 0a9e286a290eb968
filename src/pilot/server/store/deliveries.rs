//! Postings as who looks after the account sees them: states and reasons, no texts.

use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    ids::{PostingId, SessionId, Timestamp, UserId},
    pilot::types::{ArtifactKind, Delivery, DeliveryState, Person, Problem},
    server::{context::Ctx, db::TenantTx},
};

/// A posting with a ticket.
#[derive(Debug)]
pub struct Row {
    pub id: PostingId,
    pub session_id: SessionId,
    pub kind: ArtifactKind,
    pub status: String,
    pub ticket_provider: String,
    pub ticket_connection: Option<String>,
    pub ticket_id: String,
    pub external_id: Option<String>,
    pub target_status: Option<String>,
    pub target_name: Option<String>,
    pub skipped_reason: Option<String>,
    pub problem: Option<Json<Problem>>,
    pub posted_by: UserId,
    pub posted_by_name: String,
    pub next_attempt_at: Timestamp,
    pub claimed: bool,
    /// Its session waits for it.
    pub current: bool,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl Row {
    /// Where it goes on from in a list.
    pub fn cursor(&self) -> String {
        format!("{}.{}", u8::from(self.status != "done"), self.id)
    }

    /// `here`: its ticket is in the ticket system that the account uses now.
    pub fn view(self, here: bool) -> Delivery {
        let state = match (self.status.as_str(), self.current, self.external_id.is_some()) {
            ("done", _, _) => DeliveryState::Verified,
            (_, false, _) => DeliveryState::Dropped,
            ("failed", _, _) => DeliveryState::Failed,
            (_, _, true) => DeliveryState::Posted,
            _ => DeliveryState::Waiting,
        };
        let waits = self.current && self.status == "queued" && !self.claimed;
        Delivery {
            here,
            id: self.id,
            kind: self.kind,
            state,
            ticket_provider: self.ticket_provider,
            ticket_id: self.ticket_id,
            external_id: self.external_id,
            target_status: self.target_name.or(self.target_status),
            skipped_reason: self.skipped_reason,
            can_retry: self.current && self.problem.is_some() && !self.claimed,
            problem: self.problem.map(|problem| problem.0),
            posted_by: Person { id: self.posted_by, name: self.posted_by_name },
            next_attempt_at: waits.then_some(self.next_attempt_at),
            created_at: self.created_at,
            finished_at: self.finished_at,
        }
    }
}

macro_rules! select_rows {
    ($end:literal, $($arg:expr),*) => {
        sqlx::query_as!(
            Row,
            r#"select p.id, p.session_id, p.kind as "kind: ArtifactKind", p.status, p.ticket_provider as "ticket_provider!",
                      p.ticket_connection, p.ticket_id as "ticket_id!", p.external_id, p.target_status, p.target_name, p.skipped_reason,
                      p.problem as "problem: Json<Problem>", p.posted_by, u.name as posted_by_name, p.next_attempt_at,
                      coalesce(p.claimed_until > now(), false) as "claimed!",
                      (s.closing = p.closing and s.status = 'posting') as "current!", p.created_at,
                      p.finished_at as "finished_at: Timestamp"
                 from postings p
                 join users u on u.account_id = p.account_id and u.id = p.posted_by
                 join ai_sessions s on s.account_id = p.account_id and s.id = p.session_id
                where p.account_id = $1 and p.ticket_id is not null and "# + $end,
            $($arg),*
        )
    };
}

/// What is not done first, then the newest; after a row of the list, if one is named.
pub async fn list(
    ctx: &Ctx,
    tx: &mut TenantTx,
    after: Option<(bool, Uuid)>,
    limit: i64,
) -> Result<Vec<Row>, sqlx::Error> {
    let (open, id) = after.unwrap_or((true, Uuid::max()));
    select_rows!(
        "(p.status <> 'done', p.id) < ($2, $3) order by (p.status <> 'done') desc, p.id desc limit $4",
        ctx.account.0,
        open,
        id,
        limit
    )
    .fetch_all(&mut **tx)
    .await
}

pub async fn get(ctx: &Ctx, tx: &mut TenantTx, id: PostingId) -> Result<Option<Row>, sqlx::Error> {
    select_rows!("p.id = $2", ctx.account.0, id.0).fetch_optional(&mut **tx).await
}
