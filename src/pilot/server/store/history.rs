//! What is shown of many sessions at once: where words stand in them, and what they wait for.

use uuid::Uuid;

use super::sessions::ticket_link;
use crate::{
    ids::{SessionId, Timestamp},
    pilot::{
        history::{Place, Waiting, WaitingFix},
        types::{ArtifactKind, FixOutcome, FixStatus, SessionStatus},
    },
    server::{context::Ctx, db::TenantTx},
};

/// A text of a session in which a word stands.
#[derive(Debug, Clone)]
pub struct Spot {
    pub session: SessionId,
    pub place: Place,
    pub text: String,
}

/// Of each session the problem, and the fact or message in which most of the words stand that the title does not have; of
/// equally good ones a fact, or the newest message.
pub async fn spots(
    ctx: &Ctx,
    tx: &mut TenantTx,
    sessions: &[Uuid],
    words: &[String],
) -> Result<Vec<Spot>, sqlx::Error> {
    sqlx::query_as!(
        Spot,
        r#"with looked as (
               select s.id, s.problem,
                      array(select w from unnest($3::text[]) w where not search_vector(s.account_id, s.title) @@ w::tsquery) as words
                 from ai_sessions s where s.account_id = $1 and s.id = any ($2))
           select l.id as "session!: SessionId", 'problem' as "place!: Place", l.problem as "text!"
             from looked l where l.problem is not null
           union all
           (select distinct on (each.session_id) each.session_id, each.place, each.text
              from (select f.session_id, 'fact' as place, f.text, f.created_at,
                           (select count(*) from unnest(l.words) w where f.words @@ w::tsquery) as said
                      from looked l join facts f on f.account_id = $1 and f.session_id = l.id and f.deleted_at is null
                    union all
                    select m.session_id, 'message', m.text || coalesce((select string_agg(' ' || (a ->> 'answer'), '')
                               from jsonb_array_elements(m.lane_answers) a), ''), m.created_at,
                           (select count(*) from unnest(l.words) w where m.words @@ w::tsquery)
                      from looked l join messages m on m.account_id = $1 and m.session_id = l.id) as each
             where each.said > 0
             order by each.session_id, each.said desc, each.place, each.created_at desc)"#,
        ctx.account.0,
        sessions,
        words,
    )
    .fetch_all(&mut **tx)
    .await
}

struct Row {
    id: SessionId,
    title: String,
    status: SessionStatus,
    updated_at: Timestamp,
    ticket_provider: Option<String>,
    ticket_id: Option<String>,
    ticket_summary: Option<String>,
    ticket_company: Option<String>,
    post: Option<ArtifactKind>,
    post_problem: Option<String>,
    turn_problem: Option<String>,
    fix: Option<String>,
    fix_status: Option<FixStatus>,
    applied: Option<bool>,
    proposal: Option<FixOutcome>,
    unsent: i64,
    open_questions: i64,
    open_checks: i64,
}

impl From<Row> for Waiting {
    fn from(row: Row) -> Self {
        let ticket = ticket_link(row.ticket_provider, row.ticket_id, row.ticket_summary, row.ticket_company);
        let fix = row.fix.zip(row.fix_status).map(|(title, status)| WaitingFix {
            title,
            status,
            applied: row.applied.unwrap_or_default(),
            proposal: row.proposal,
        });
        // What is being posted takes no answers.
        let open = row.status == SessionStatus::Open;
        let only_open = |count| if open { count } else { 0 };
        Self {
            id: row.id,
            title: row.title,
            ticket,
            updated_at: row.updated_at,
            failed_post: row.post.zip(row.post_problem),
            failed_turn: row.turn_problem.filter(|_| open),
            fix: fix.filter(|_| open),
            unsent: only_open(row.unsent),
            open_questions: only_open(row.open_questions),
            open_checks: only_open(row.open_checks),
        }
    }
}

/// The person's own sessions that are not closed and wait for them, last touched first. While a turn runs, nothing does.
pub async fn waiting(ctx: &Ctx, tx: &mut TenantTx, limit: i64) -> Result<Vec<Waiting>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.id, s.title, s.status as "status: SessionStatus", s.updated_at, s.ticket_provider, s.ticket_id, s.ticket_summary, s.ticket_company,
                  p.kind as "post?: ArtifactKind", p.problem ->> 'detail' as "post_problem?",
                  case when t.status = 'failed' then coalesce(t.problem ->> 'detail', '') end as "turn_problem?",
                  f.title as "fix?", f.status as "fix_status?: FixStatus", f.applied_at is not null as "applied?",
                  f.outcome_proposal ->> 'outcome' as "proposal?: FixOutcome",
                  l.unsent as "unsent!", l.open_questions as "open_questions!", l.open_checks as "open_checks!"
             from ai_sessions s
             left join postings p on p.account_id = s.account_id and p.session_id = s.id and p.closing = s.closing
                   and p.status = 'failed'
             left join lateral (select t.status, t.problem from turns t where t.account_id = s.account_id and t.session_id = s.id
                                 order by t.status = 'running' desc, t.started_at desc, t.id desc limit 1) t on true
             left join suggested_fixes f on f.account_id = s.account_id and f.session_id = s.id and f.superseded_at is null
                   and f.status in ('proposed', 'applied_partial')
            cross join lateral (select count(*) filter (where i.answered_at is not null and i.sent_in_turn is null) as unsent,
                                       count(*) filter (where i.status = 'open' and i.kind = 'question') as open_questions,
                                       count(*) filter (where i.status = 'open' and i.kind = 'check') as open_checks
                                  from lane_items i
                                 where i.account_id = s.account_id and i.session_id = s.id and i.removed_at is null) l
            where s.account_id = $1 and s.user_id = $2 and s.archived_at is null and s.status in ('open', 'posting')
              and t.status is distinct from 'running'
              and (p.id is not null or s.status = 'open'
                   and (t.status = 'failed' or f.id is not null or l.unsent + l.open_questions + l.open_checks > 0))
            order by p.id is null, t.status is distinct from 'failed', f.applied_at is null and f.outcome_proposal is null,
                     s.updated_at desc, s.id desc
            limit $3"#,
        ctx.account.0,
        ctx.actor.user.0,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(Waiting::from).collect())
}
