//! Rows of `lane_items`.

use sqlx::types::Json;

use crate::{
    ids::{LaneItemId, SessionId, Timestamp, TurnId},
    pilot::types::{Check, CheckResult, ItemKind, ItemStatus, Question, TaskLane},
    server::{context::Ctx, db::TenantTx},
};

/// A question or a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: LaneItemId,
    pub kind: ItemKind,
    pub position: i32,
    /// Text of the question, label of the check.
    pub text: String,
    pub why: Option<String>,
    pub options: Json<Vec<String>>,
    pub command: Option<String>,
    pub description: Option<String>,
    pub expect: Option<String>,
    pub status: ItemStatus,
    pub answer: Option<String>,
    pub result: Option<CheckResult>,
    pub output: Option<String>,
    pub sent_in_turn: Option<TurnId>,
    pub answered_at: Option<Timestamp>,
}

impl Item {
    /// A person has answered, skipped or left a result or output.
    pub const fn is_dealt_with(&self) -> bool {
        self.answered_at.is_some()
    }

    /// A person skipped it; also once the AI has left it behind, when its status is *done*.
    pub const fn is_skipped(&self) -> bool {
        self.is_dealt_with() && self.answer.is_none() && matches!(self.result, None | Some(CheckResult::Skipped))
    }

    /// The AI has not been told of the present answer.
    pub const fn is_unsent(&self) -> bool {
        self.is_dealt_with() && self.sent_in_turn.is_none()
    }

    /// A check whose output is there and whose result is not.
    pub fn awaits_result(&self) -> bool {
        self.kind == ItemKind::Check && self.result.is_none() && self.output.is_some()
    }

    /// The person's own words about it: the answer, or what the check printed, or its result.
    pub fn words(&self) -> Option<String> {
        match self.kind {
            ItemKind::Question => self.answer.clone(),
            ItemKind::Check => match (&self.output, self.result) {
                (Some(output), _) if !output.trim().is_empty() => Some(output.clone()),
                (_, Some(result)) if result != CheckResult::Skipped => Some(result.to_string()),
                _ => None,
            },
        }
    }
}

/// The lane as it travels, from its rows in order.
pub fn view(items: &[Item]) -> TaskLane {
    let mut lane = TaskLane::default();
    for item in items {
        match item.kind {
            ItemKind::Question => lane.questions.push(Question {
                id: item.id,
                text: item.text.clone(),
                why: item.why.clone(),
                options: item.options.0.clone(),
                answer: item.answer.clone(),
                status: item.status,
                unsent: item.is_unsent(),
            }),
            ItemKind::Check => lane.actions.push(Check {
                id: item.id,
                label: item.text.clone(),
                command: item.command.clone(),
                description: item.description.clone(),
                expect: item.expect.clone(),
                result: item.result,
                output: item.output.clone(),
                status: item.status,
                unsent: item.is_unsent(),
            }),
        }
    }
    lane
}

/// The items in the lane, in order.
pub async fn all(ctx: &Ctx, tx: &mut TenantTx, session: SessionId) -> Result<Vec<Item>, sqlx::Error> {
    sqlx::query_as!(
        Item,
        r#"select id, kind as "kind: ItemKind", position, text, why, options as "options: Json<Vec<String>>", command, description,
                  expect, status as "status: ItemStatus", answer, result as "result: CheckResult", output,
                  sent_in_turn as "sent_in_turn: TurnId", answered_at as "answered_at: Timestamp"
             from lane_items
            where account_id = $1 and session_id = $2 and removed_at is null
            order by kind desc, position, id"#,
        ctx.account.0,
        session.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Stores items as they are now: new ones are added, known ones changed.
pub async fn save(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, items: &[Item]) -> Result<(), sqlx::Error> {
    if items.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = items.iter().map(|item| item.id.0).collect();
    let kinds: Vec<_> = items.iter().map(|item| item.kind.as_str().to_owned()).collect();
    let positions: Vec<_> = items.iter().map(|item| item.position).collect();
    let texts: Vec<_> = items.iter().map(|item| item.text.clone()).collect();
    let whys: Vec<_> = items.iter().map(|item| item.why.clone()).collect();
    let options: Vec<_> = items.iter().map(|item| serde_json::json!(item.options.0)).collect();
    let commands: Vec<_> = items.iter().map(|item| item.command.clone()).collect();
    let descriptions: Vec<_> = items.iter().map(|item| item.description.clone()).collect();
    let expects: Vec<_> = items.iter().map(|item| item.expect.clone()).collect();
    let statuses: Vec<_> = items.iter().map(|item| item.status.as_str().to_owned()).collect();
    let answers: Vec<_> = items.iter().map(|item| item.answer.clone()).collect();
    let results: Vec<_> = items.iter().map(|item| item.result.map(|result| result.as_str().to_owned())).collect();
    let outputs: Vec<_> = items.iter().map(|item| item.output.clone()).collect();
    let sent: Vec<_> = items.iter().map(|item| item.sent_in_turn.map(|turn| turn.0)).collect();
    let answered: Vec<_> = items.iter().map(|item| item.answered_at.map(|at| at.0)).collect();
    sqlx::query!(
        "insert into lane_items (account_id, session_id, id, kind, position, text, why, options, command, description, expect,
                status, answer, result, output, sent_in_turn, answered_at, answered_by, created_at)
         select $1, $2, i.id, i.kind, i.position, i.text, i.why, i.options, i.command, i.description, i.expect, i.status,
                i.answer, i.result, i.output, i.sent, i.answered, case when i.answered is not null then $18::uuid end, $19
           from unnest($3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::text[],
                       $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::uuid[], $17::timestamptz[])
                as i (id, kind, position, text, why, options, command, description, expect, status, answer, result, output,
                      sent, answered)
         on conflict on constraint lane_items_pk do update
            set position = excluded.position, why = excluded.why, options = excluded.options, command = excluded.command,
                description = excluded.description, expect = excluded.expect, status = excluded.status,
                answer = excluded.answer, result = excluded.result, output = excluded.output,
                sent_in_turn = excluded.sent_in_turn,
                answered_by = case when excluded.answered_at is distinct from lane_items.answered_at
                                   then excluded.answered_by else lane_items.answered_by end,
                answered_at = excluded.answered_at",
        ctx.account.0,
        session.0,
        &ids,
        &kinds,
        &positions,
        &texts,
        &whys as &[Option<String>],
        &options,
        &commands as &[Option<String>],
        &descriptions as &[Option<String>],
        &expects as &[Option<String>],
        &statuses,
        &answers as &[Option<String>],
        &results as &[Option<String>],
        &outputs as &[Option<String>],
        &sent as &[Option<uuid::Uuid>],
        &answered as &[Option<time::OffsetDateTime>],
        ctx.actor.user.0,
        ctx.now().0,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Takes items out of the lane.
pub async fn remove(ctx: &Ctx, tx: &mut TenantTx, ids: &[LaneItemId]) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update lane_items set removed_at = $3 where account_id = $1 and id = any ($2)",
        ctx.account.0,
        &ids,
        ctx.now().0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The turn tells the AI of every new answer. Says whether there is any.
pub async fn mark_sent(ctx: &Ctx, tx: &mut TenantTx, session: SessionId, turn: TurnId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update lane_items set sent_in_turn = $3
          where account_id = $1 and session_id = $2 and removed_at is null and answered_at is not null and sent_in_turn is null",
        ctx.account.0,
        session.0,
        turn.0,
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// The turn failed: what it told counts as new again. Says whether there is any.
pub async fn mark_unsent(ctx: &Ctx, tx: &mut TenantTx, turn: TurnId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update lane_items set sent_in_turn = null where account_id = $1 and sent_in_turn = $2",
        ctx.account.0,
        turn.0
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() > 0)
}
