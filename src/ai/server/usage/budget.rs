//! Budgets: what an account, or one session, may spend on models. Asked before a call to a paid model; a call that began within
//! the budget is finished, whatever it costs.

use time::{Month, OffsetDateTime, Time};

use super::store;
use crate::{
    ai::types::usage::dollars,
    error::{AppError, Conflict},
    ids::SessionId,
    server::context::Ctx,
};

/// Which of the two is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Of the account, in the calendar month (UTC).
    Month(Month),
    Session,
}

/// A budget that is used up. Nothing is lost by it: the message stays, and the built-in provider can carry on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetReached {
    pub budget: Budget,
    /// Millionths of a US dollar.
    pub limit: i64,
    pub spent: i64,
}

impl BudgetReached {
    /// Which budget, how much, who can raise it, and what to do until then.
    pub fn message(&self) -> String {
        let which = match self.budget {
            Budget::Month(month) => format!("The AI budget for {month}"),
            Budget::Session => "The AI budget of this session".to_owned(),
        };
        format!(
            "{which} is used up: {} of {} spent. An admin can raise it at /account/ai. Until then the built-in assistant can carry on; nothing is lost.",
            dollars(self.spent),
            dollars(self.limit),
        )
    }
}

impl From<BudgetReached> for AppError {
    fn from(reached: BudgetReached) -> Self {
        Self::conflict(Conflict::BudgetReached, reached.message())
    }
}

/// The budget that a further call would go over, if any. The built-in provider costs nothing and need not ask.
pub async fn check(ctx: &Ctx, session: Option<SessionId>) -> Result<Option<BudgetReached>, AppError> {
    let now = ctx.now().0;
    let mut tx = ctx.db().tenant(ctx).await?;
    let spent = store::spent(ctx, &mut tx, session, month_began(now)).await?;
    tx.commit().await?;
    let over = |budget, limit: Option<i64>, spent: i64| {
        limit.filter(|limit| spent >= *limit).map(|limit| BudgetReached { budget, limit, spent })
    };
    let Some(spent) = spent else { return Ok(None) };
    let of_session = session.and_then(|_| over(Budget::Session, spent.session_limit, spent.session));
    Ok(over(Budget::Month(now.month()), spent.month_limit, spent.month).or(of_session))
}

fn month_began(now: OffsetDateTime) -> OffsetDateTime {
    now.replace_day(1).unwrap_or(now).replace_time(Time::MIDNIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_which_budget_how_much_and_who_can_raise_it() {
        let reached = BudgetReached { budget: Budget::Month(Month::November), limit: 50_000_000, spent: 50_120_000 };
        let said = AppError::from(reached).detail();
        for part in ["November", "$50.12 of $50.00", "An admin", "/account/ai", "built-in"] {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(AppError::from(reached).code(), "ai_budget_reached");
    }
}
