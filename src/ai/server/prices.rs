//! What models cost: prices of vendors by token, as they were on one day. A model that is not here has no known price, and its
//! calls no cost: that is shown as unknown, never as free.

use time::{Date, macros::date};

use crate::ai::types::{Usage, Vendor};

/// The day the table was made.
pub const AS_OF: Date = date!(2026 - 11 - 15);

/// Thousandths of a US dollar a million tokens.
#[derive(Debug, Clone, Copy)]
struct Price {
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write: u64,
}

const fn price(input: u64, output: u64, cache_read: u64, cache_write: u64) -> Price {
    Price { input, output, cache_read, cache_write }
}

/// Where the vendor names no price for cached input, it is counted as any other: a cost is rather too high than too low.
const fn plain(input: u64, output: u64) -> Price {
    price(input, output, input, input)
}

/// Anthropic's prompts are written to a cache of five minutes.
fn anthropic(model: &str, sent: u64) -> Option<Price> {
    Some(match model {
        "claude-opus-5-5" => price(4_000, 20_000, 200, 5_000),
        "claude-sonnet-5-5" => price(2_000, 10_000, 100, 2_500),
        "claude-haiku-5-5" if sent <= 100_000 => price(100, 500, 10, 125),
        "claude-haiku-5-5" => price(500, 2_500, 50, 625),
        "claude-fable-5-2" | "claude-fable-5-1" => price(10_000, 50_000, 250, 12_500),
        "claude-opus-5" => price(5_000, 25_000, 500, 6_250),
        "claude-sonnet-5" => price(2_000, 10_000, 200, 2_500),
        "claude-sonnet-4-6" => price(3_000, 15_000, 300, 3_750),
        "claude-haiku-4-5" => price(1_000, 5_000, 100, 1_250),
        _ => return None,
    })
}

fn openai(model: &str) -> Option<Price> {
    Some(match model {
        "gpt-6.1-sol" => plain(2_000, 10_000),
        "gpt-6.1-terra" => plain(1_000, 5_000),
        "gpt-6-luna" => plain(100, 500),
        _ => return None,
    })
}

fn gemini(model: &str, sent: u64, day: Date) -> Option<Price> {
    let until_november = day <= date!(2026 - 11 - 30);
    Some(match model {
        "gemini-3.8-flash" if day <= date!(2026 - 12 - 31) => plain(750, 3_750),
        "gemini-3.8-flash" => plain(1_500, 7_500),
        "gemini-3.5-flash" => plain(1_500, 9_000),
        "gemini-3.5-flash-lite" => plain(300, 2_500),
        "gemini-3.1-pro-preview" if sent <= 200_000 => plain(2_000, 12_000),
        "gemini-3.1-pro-preview" => plain(4_000, 18_000),
        "gemini-4-argon" if until_november => price(2_000, 10_000, 100, 2_000),
        "gemini-4-argon" => price(4_000, 20_000, 200, 4_000),
        "gemini-4-carbon" if until_november => plain(2_000, 10_000),
        "gemini-4-carbon" => plain(4_000, 20_000),
        "gemini-4-neon" => plain(3_000, 15_000),
        _ => return None,
    })
}

/// The model without the date of its snapshot: `claude-haiku-4-5-20251001`.
fn without_date(model: &str) -> &str {
    match model.rsplit_once('-') {
        Some((name, date)) if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => model,
    }
}

/// The name under which a model has its price; Gemini's own lists write `models/gemini-3.8-flash`.
fn plain_name(vendor: Vendor, model: &str) -> &str {
    without_date(if vendor == Vendor::Gemini { model.trim_start_matches("models/") } else { model })
}

/// What a call cost on a day, in millionths of a US dollar, rounded up; `None`: no price is known.
pub fn cost(vendor: Vendor, model: &str, usage: &Usage, day: Date) -> Option<i64> {
    let (model, sent) = (plain_name(vendor, model), usage.sent());
    let price = match vendor {
        Vendor::Builtin => return Some(0),
        Vendor::Anthropic => anthropic(model, sent),
        Vendor::Openai => openai(model),
        Vendor::Gemini => gemini(model, sent, day),
    }?;
    let parts = [
        (usage.input_tokens, price.input),
        (usage.output_tokens, price.output),
        (usage.cache_read_tokens, price.cache_read),
        (usage.cache_write_tokens, price.cache_write),
    ];
    // A dollar a million tokens is a millionth of one a token.
    let thousandths =
        parts.into_iter().fold(0_u64, |sum, (tokens, price)| sum.saturating_add(tokens.saturating_mul(price)));
    i64::try_from(thousandths.div_ceil(1_000)).ok()
}

/// Whether calls of a model have a known cost.
pub fn is_known(vendor: Vendor, model: &str, day: Date) -> bool {
    cost(vendor, model, &Usage::default(), day).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USAGE: Usage =
        Usage { input_tokens: 1_000, output_tokens: 500, cache_read_tokens: 20_000, cache_write_tokens: 4_000 };

    #[test]
    fn a_call_costs_what_its_tokens_cost() {
        // 1,000 × $2 + 500 × $10 + 20,000 × $0.10 + 4,000 × $2.50, a million each
        assert_eq!(cost(Vendor::Anthropic, "claude-sonnet-5-5", &USAGE, AS_OF), Some(2_000 + 5_000 + 2_000 + 10_000));
        assert_eq!(cost(Vendor::Anthropic, "claude-haiku-4-5-20251001", &USAGE, AS_OF), Some(10_500));
        assert_eq!(cost(Vendor::Builtin, "flows", &USAGE, AS_OF), Some(0));
    }

    #[test]
    fn a_model_has_its_price_however_its_vendor_writes_its_name() {
        let cost = |model| cost(Vendor::Gemini, model, &USAGE, AS_OF);
        assert!(cost("gemini-3.8-flash").is_some());
        assert_eq!(cost("models/gemini-3.8-flash"), cost("gemini-3.8-flash"));
    }

    #[test]
    fn a_part_of_a_millionth_counts_as_a_whole_one() {
        let one = Usage { input_tokens: 1, ..Usage::default() };
        assert_eq!(cost(Vendor::Anthropic, "claude-haiku-5-5", &one, AS_OF), Some(1));
    }

    #[test]
    fn a_model_without_a_known_price_has_no_cost() {
        for (vendor, model) in
            [(Vendor::Openai, "llama-4"), (Vendor::Anthropic, "claude-9"), (Vendor::Gemini, "gemini-2.5-pro")]
        {
            assert_eq!(cost(vendor, model, &USAGE, AS_OF), None, "{model}");
        }
    }

    #[test]
    fn long_prompts_and_later_days_have_their_own_price() {
        let long = Usage { input_tokens: 100_001, ..Usage::default() };
        assert_eq!(cost(Vendor::Anthropic, "claude-haiku-5-5", &long, AS_OF), Some(50_001));
        let one = Usage { output_tokens: 1_000_000, ..Usage::default() };
        let argon = |day| cost(Vendor::Gemini, "gemini-4-argon", &one, day);
        assert_eq!(argon(date!(2026 - 11 - 30)), Some(10_000_000));
        assert_eq!(argon(date!(2026 - 12 - 01)), Some(20_000_000));
    }
}
