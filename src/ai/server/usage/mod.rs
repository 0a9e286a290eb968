//! What every call to a model was, and what follows from it: the account's usage, a session's cost, and whether a budget is
//! used up. Numbers only; nothing of what was said is kept here. Who may see usage is for the caller to decide.
//!
//! Tokens are what the vendor counted. Where an answer broke off before that, or its server counts nothing, they are estimated
//! from what was sent and heard (see `Meter` in `call.rs`), so that no budget is blind to it; a row does not say which.

pub mod budget;
mod csv;
mod store;

use std::time::Duration;

use serde::Serialize;
use time::{Date, OffsetDateTime, Time, format_description::BorrowedFormatItem, macros::format_description};

use super::{AiError, prices};
use crate::{
    ai::types::{
        Action, Usage, Vendor,
        usage::{CallOutcome, DayUsage, SessionCost, Sums, UsagePeriod, UsageReport},
    },
    error::AppError,
    ids::SessionId,
    server::context::Ctx,
};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
/// A chart with more bars is no chart.
const MAX_DAYS: i64 = 366;
const USUAL_DAYS: i64 = 30;
/// The action of a call that only tried whether a model answers.
const TEST: &str = "connection_test";

/// One call to a model that has ended, however it did.
#[derive(Debug, Clone)]
pub struct CallRecord<'a> {
    pub session: Option<SessionId>,
    /// `None`: it was only tried whether the model answers.
    pub action: Option<Action>,
    pub vendor: Vendor,
    /// As it was asked for.
    pub model: &'a str,
    /// Input tokens are those that were neither read from a cache nor written to one.
    pub usage: Usage,
    pub latency: Duration,
    pub first_byte: Option<Duration>,
    pub outcome: CallOutcome,
    /// A short word for what went wrong: `rate_limited`, `time_out`, ….
    pub error_code: Option<&'a str>,
}

/// Records a call of the person of `ctx`, with what it cost at today's prices.
pub async fn record(ctx: &Ctx, call: &CallRecord<'_>) -> Result<(), AppError> {
    let now = ctx.now();
    let cost = prices::cost(call.vendor, call.model, &call.usage, now.0.date());
    let mut tx = ctx.db().tenant(ctx).await?;
    let action = call.action.map_or_else(|| TEST.to_owned(), |action| word(&action));
    store::insert(ctx, &mut tx, call, &action, cost, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The same for a call whose answer does not wait for it.
pub async fn keep(ctx: &Ctx, call: &CallRecord<'_>) {
    if let Err(error) = record(ctx, call).await {
        tracing::error!(ai.vendor = call.vendor.as_str(), error.cause = %error, "A call to a model could not be recorded.");
    }
}

/// How a call is recorded to have ended, and the word for what went wrong; `Err(None)`: nobody waited for the end.
pub const fn ending(outcome: &Result<(), Option<AiError>>) -> (CallOutcome, Option<&'static str>) {
    match outcome {
        Ok(()) => (CallOutcome::Done, None),
        Err(None) => (CallOutcome::Stopped, None),
        Err(Some(error @ AiError::Refused { .. })) => (CallOutcome::Refused, Some(error.code())),
        Err(Some(error)) => (CallOutcome::Failed, Some(error.code())),
    }
}

/// The word that something has in JSON.
fn word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Days from the first to the last, both included, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    pub to: Date,
}

impl Period {
    /// The period that is asked for, as seen from `today`.
    pub fn read(asked: &UsagePeriod, today: Date) -> Result<Self, AppError> {
        let before = |to: Date, days: i64| to.saturating_sub(time::Duration::days(days - 1));
        let to = day("to", asked.to.as_deref())?;
        let from = day("from", asked.from.as_deref())?;
        let period = match (from, to, given(asked.days.as_deref())) {
            (None, None, Some(days)) => {
                let days = days.parse().ok().filter(|days| (1..=MAX_DAYS).contains(days));
                let days = days.ok_or_else(|| AppError::invalid("days", format!("Ask for 1 to {MAX_DAYS} days.")))?;
                Self { from: before(today, days), to: today }
            }
            (from, to, _) => {
                let to = to.unwrap_or(today);
                Self { from: from.unwrap_or_else(|| before(to, USUAL_DAYS)), to }
            }
        };
        if period.from > period.to {
            return Err(AppError::invalid("from", "The first day is after the last one."));
        }
        if period.days() > MAX_DAYS {
            return Err(AppError::invalid("from", format!("Ask for {MAX_DAYS} days at most.")));
        }
        Ok(period)
    }

    fn days(self) -> i64 {
        (self.to - self.from).whole_days() + 1
    }

    fn start(self) -> OffsetDateTime {
        self.from.with_time(Time::MIDNIGHT).assume_utc()
    }

    fn end(self) -> OffsetDateTime {
        self.to.next_day().unwrap_or(self.to).with_time(Time::MIDNIGHT).assume_utc()
    }
}

/// An empty field of a form is none.
fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn day(field: &str, text: Option<&str>) -> Result<Option<Date>, AppError> {
    let read = |text| {
        let day = Date::parse(text, DAY).ok().filter(|day| (2000..=9000).contains(&day.year()));
        day.ok_or_else(|| AppError::invalid(field, "Write the day as 2026-11-26."))
    };
    given(text).map(read).transpose()
}

fn written(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

/// The usage of the account in a period.
pub async fn report(ctx: &Ctx, asked: &UsagePeriod) -> Result<UsageReport, AppError> {
    let period = Period::read(asked, ctx.now().0.date())?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let totals = store::totals(ctx, &mut tx, period).await?;
    let used = store::by_day(ctx, &mut tx, period).await?;
    let models = store::by_model(ctx, &mut tx, period).await?;
    let people = store::by_person(ctx, &mut tx, period).await?;
    let errors = store::errors(ctx, &mut tx, period).await?;
    tx.commit().await?;
    Ok(UsageReport {
        from: written(period.from),
        to: written(period.to),
        prices_of: written(prices::AS_OF),
        totals,
        days: every_day(period, used),
        models,
        people,
        errors,
    })
}

/// Days without a call are days, too.
fn every_day(period: Period, used: Vec<(Date, Sums)>) -> Vec<DayUsage> {
    let mut used = used.into_iter().peekable();
    let mut days = Vec::new();
    let mut next = Some(period.from);
    while let Some(day) = next.filter(|day| *day <= period.to) {
        let sums = used.next_if(|(of, _)| *of == day).map(|(_, sums)| sums).unwrap_or_default();
        days.push(DayUsage { day: written(day), sums });
        next = day.next_day();
    }
    days
}

/// The usage of a period as a table for a spreadsheet: its name, and a line for each day, person, action and model.
pub async fn export(ctx: &Ctx, asked: &UsagePeriod) -> Result<(String, String), AppError> {
    let period = Period::read(asked, ctx.now().0.date())?;
    let mut tx = ctx.db().tenant(ctx).await?;
    let rows = store::lines(ctx, &mut tx, period).await?;
    tx.commit().await?;
    let name = format!("flowpilot-usage-{}-{}.csv", written(period.from), written(period.to));
    Ok((name, csv::table(&rows)))
}

/// What a session cost so far. Whether the caller may see the session is theirs to find out first.
pub async fn of_session(ctx: &Ctx, session: SessionId) -> Result<SessionCost, AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let cost = store::of_session(ctx, &mut tx, session).await?;
    tx.commit().await?;
    Ok(cost)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 26);

    fn asked(from: &str, to: &str, days: &str) -> Result<Period, AppError> {
        let said = |text: &str| Some(text.to_owned());
        Period::read(&UsagePeriod { from: said(from), to: said(to), days: said(days) }, TODAY)
    }

    #[test]
    fn a_period_is_what_was_asked_for_else_the_last_thirty_days() {
        let is = |from, to| Ok(Period { from, to });
        assert_eq!(asked("", "", ""), is(date!(2026 - 10 - 28), TODAY));
        assert_eq!(asked("", "", "7"), is(date!(2026 - 11 - 20), TODAY));
        assert_eq!(asked("2026-11-01", "", "7"), is(date!(2026 - 11 - 01), TODAY));
        assert_eq!(asked("2026-02-01", "2026-02-28", ""), is(date!(2026 - 02 - 01), date!(2026 - 02 - 28)));
    }

    #[test]
    fn a_period_that_makes_no_sense_is_refused_by_field() {
        for (from, to, days, field) in [
            ("2026-11-27", "2026-11-26", "", "from"),
            ("2020-01-01", "2026-11-26", "", "from"),
            ("yesterday", "", "", "from"),
            ("", "2026-02-30", "", "to"),
            ("", "", "0", "days"),
            ("", "", "9999", "days"),
            ("", "", "-3", "days"),
        ] {
            let Err(AppError::Invalid { errors }) = asked(from, to, days) else { panic!("{from} {to} {days}") };
            assert_eq!(errors[0].field, field, "{errors:?}");
        }
    }

    #[test]
    fn days_without_a_call_are_in_the_chart() {
        let period = Period { from: date!(2026 - 11 - 24), to: TODAY };
        let used = vec![(date!(2026 - 11 - 25), Sums { calls: 3, ..Sums::default() })];
        let days = every_day(period, used);
        assert_eq!(days.iter().map(|day| day.sums.calls).collect::<Vec<_>>(), [0, 3, 0]);
        assert_eq!(days[0].day, "2026-11-24");
    }
}
