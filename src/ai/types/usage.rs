//! What calls to models were and cost, as it travels: numbers, never content. Money is in millionths of a US dollar.

use serde::{Deserialize, Serialize};

use super::{Usage, Vendor};
use crate::{ids::UserId, words};

words! {
    /// How a call ended.
    CallOutcome {
        Done = "done",
        /// A person stopped it.
        Stopped = "stopped",
        /// The model declined to answer.
        Refused = "refused",
        Failed = "failed",
    }
}

/// The days that are asked for; without any the last thirty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "ssr", into_params(parameter_in = Query))]
#[serde(default)]
pub struct UsagePeriod {
    /// The first day, `2026-11-01`
    pub from: Option<String>,
    /// The last day
    pub to: Option<String>,
    /// So many days up to today, in place of the two
    pub days: Option<String>,
}

/// Numbers of many calls together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Sums {
    pub calls: i64,
    pub failed: i64,
    pub cost: i64,
    /// Calls whose price is not known; their cost is in no sum.
    pub unpriced: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
}

impl Sums {
    /// How much of what was sent came from the provider's cache: 0–100.
    pub fn cache_share(&self) -> Option<i64> {
        let sent = self.input_tokens + self.cache_read_tokens + self.cache_write_tokens;
        (sent > 0).then(|| self.cache_read_tokens * 100 / sent)
    }

    /// The cost, if any of it is known.
    pub const fn known_cost(&self) -> Option<i64> {
        if self.unpriced == self.calls && self.calls > 0 { None } else { Some(self.cost) }
    }
}

/// All of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UsageTotals {
    pub sums: Sums,
    pub sessions: i64,
    /// What a session cost on average.
    pub cost_per_session: Option<i64>,
    pub resolved_sessions: i64,
    /// What a session that is resolved now cost on average.
    pub cost_per_resolved_session: Option<i64>,
    /// Half of the calls took longer.
    pub median_latency_ms: Option<i64>,
    /// One call in twenty took longer.
    pub p95_latency_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DayUsage {
    /// `2026-11-26`, UTC
    pub day: String,
    pub sums: Sums,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ModelUsage {
    pub provider: String,
    pub model: String,
    pub average_latency_ms: i64,
    pub sums: Sums,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PersonUsage {
    pub user_id: UserId,
    pub name: String,
    pub sessions: i64,
    pub sums: Sums,
}

/// What went wrong, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ErrorUsage {
    pub code: String,
    pub calls: i64,
}

/// The usage of an account in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct UsageReport {
    pub from: String,
    pub to: String,
    /// The day of the prices that costs were made of.
    pub prices_of: String,
    pub totals: UsageTotals,
    /// Every day of the period, oldest first.
    pub days: Vec<DayUsage>,
    /// The dearest first.
    pub models: Vec<ModelUsage>,
    pub people: Vec<PersonUsage>,
    pub errors: Vec<ErrorUsage>,
}

/// What a session cost so far; `null` where no paid model was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct SessionCost {
    pub cost: Option<i64>,
    pub calls: i64,
}

impl Usage {
    /// All that was sent, wherever the provider took it from.
    pub const fn sent(&self) -> u64 {
        self.input_tokens.saturating_add(self.cache_read_tokens).saturating_add(self.cache_write_tokens)
    }
}

impl Vendor {
    /// The name of the vendor that a row names.
    pub fn label_of(word: &str) -> String {
        let known = Self::ALL.into_iter().find(|vendor| vendor.as_str() == word);
        known.map_or_else(|| word.to_owned(), |vendor| vendor.label().to_owned())
    }
}

/// Money for people: cents, and below a cent as many digits as say something.
pub fn dollars(millionths: i64) -> String {
    let (sign, amount) =
        if millionths < 0 { ("-", millionths.unsigned_abs()) } else { ("", millionths.unsigned_abs()) };
    let (whole, rest) = (amount / 1_000_000, amount % 1_000_000);
    if amount > 0 && amount < 10_000 {
        let digits = format!("{rest:06}");
        let digits = digits.trim_end_matches('0');
        return format!("{sign}$0.{digits}");
    }
    let cents = (rest + 5_000) / 10_000;
    let (whole, cents) = if cents == 100 { (whole + 1, 0) } else { (whole, cents) };
    format!("{sign}${}.{cents:02}", grouped(whole))
}

/// A count with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Dollars as a person types them, in millionths: `50`, `0.25`, `1,000.50`.
pub fn read_dollars(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches('$').replace(',', "");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() && rest.is_empty() || !digits(whole) || !digits(rest) || whole.len() > 9 || rest.len() > 6 {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let rest: i64 = format!("{rest:0<6}").parse().ok()?;
    Some(whole * 1_000_000 + rest)
}

/// Millionths as they stand in a field: no sign, no thousands, no zeros that say nothing.
pub fn plain_dollars(millionths: i64) -> String {
    let (whole, rest) = (millionths / 1_000_000, millionths % 1_000_000);
    let digits = format!("{rest:06}");
    match digits.trim_end_matches('0') {
        "" => whole.to_string(),
        digits if digits.len() < 2 => format!("{whole}.{digits}0"),
        digits => format!("{whole}.{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_in_cents_and_below_one_as_exactly_as_it_is_known() {
        let told = [0, 1, 4_200, 10_000, 419_999, 999_999, 1_234_567_890_000].map(dollars);
        assert_eq!(told, ["$0.00", "$0.000001", "$0.0042", "$0.01", "$0.42", "$1.00", "$1,234,567.89"]);
    }

    #[test]
    fn money_is_read_as_people_type_it_and_reads_back() {
        for (typed, millionths) in
            [("50", 50_000_000), (" $1,000.50 ", 1_000_500_000), ("0.25", 250_000), (".5", 500_000), ("0", 0)]
        {
            assert_eq!(read_dollars(typed), Some(millionths), "{typed}");
            assert_eq!(read_dollars(&plain_dollars(millionths)), Some(millionths), "{typed}");
        }
        for wrong in ["", ".", "-1", "5 EUR", "1.2.3", "1e9", "9999999999", "0.0000001"] {
            assert_eq!(read_dollars(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_cache_share_is_of_all_that_was_sent() {
        let sums = Sums { input_tokens: 40, cache_read_tokens: 900, cache_write_tokens: 60, ..Sums::default() };
        assert_eq!(sums.cache_share(), Some(90));
        assert_eq!(Sums::default().cache_share(), None);
    }
}
