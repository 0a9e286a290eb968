//! Who did what to a ticket: one row a change, written in the transaction that makes it, and never changed afterwards.

use uuid::Uuid;

use crate::{
    psa::types::ChangeMade,
    server::{context::Ctx, db::TenantTx},
};

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The person who asks.
    Asker,
    /// Nobody: it comes with the samples.
    Sample,
}

impl By {
    pub fn id(self, ctx: &Ctx) -> Option<Uuid> {
        (self == Self::Asker).then_some(ctx.actor.user.0)
    }
}

/// What is changed, from what to what, as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub what: &'static str,
    pub was: Option<String>,
    pub now: Option<String>,
}

pub async fn record(ctx: &Ctx, tx: &mut TenantTx, ticket: i64, by: By, made: &[Made]) -> Result<(), sqlx::Error> {
    for Made { what, was, now } in made {
        sqlx::query!(
            "insert into desk_changes (account_id, id, ticket_number, actor_id, what, was, now, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            ctx.account.0,
            Uuid::now_v7(),
            ticket,
            by.id(ctx),
            *what,
            was.as_deref(),
            now.as_deref(),
            ctx.now().0,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// The newest 500, oldest first. A description before is told by its beginning.
pub async fn newest(ctx: &Ctx, tx: &mut TenantTx, ticket: i64) -> Result<Vec<ChangeMade>, sqlx::Error> {
    sqlx::query_as!(
        ChangeMade,
        r#"select c.id::text as "id!", c.what as "what!", left(c.was, 2000) as was,
                  case when c.what <> 'description' then c.now end as now, coalesce(u.name, 'Sample data') as "by!", c.at as "at!"
             from (select * from desk_changes where account_id = $1 and ticket_number = $2
                    order by at desc, id desc limit 500) c
             left join users u on u.account_id = c.account_id and u.id = c.actor_id
            order by c.at, c.id"#,
        ctx.account.0,
        ticket,
    )
    .fetch_all(&mut **tx)
    .await
}
