//! Usage as a table for a spreadsheet.

use std::fmt::Write;

use crate::ai::types::usage::Sums;

/// One line: what somebody's calls to one model for one purpose were on one day.
#[derive(Debug, Clone)]
pub struct Line {
    pub day: String,
    pub person: String,
    pub action: String,
    pub provider: String,
    pub model: String,
    pub average_latency_ms: i64,
    pub sums: Sums,
}

const HEAD: &str = "day,person,action,provider,model,calls,failed,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,cost_usd,calls_without_price,average_latency_ms\r\n";

/// The table, as RFC 4180 has it.
pub fn table(lines: &[Line]) -> String {
    let mut text = HEAD.to_owned();
    for line in lines {
        let Sums { calls, failed, cost, unpriced, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens } =
            line.sums;
        let words =
            [&line.day, &line.person, &line.action, &line.provider, &line.model].map(|word| cell(word)).join(",");
        let _ = write!(
            text,
            "{words},{calls},{failed},{input_tokens},{output_tokens},{cache_read_tokens},{cache_write_tokens},{}.{:06},{unpriced},{}\r\n",
            cost / 1_000_000,
            cost % 1_000_000,
            line.average_latency_ms,
        );
    }
    text
}

/// A text in a cell. What a spreadsheet would run as a formula stays a text.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_cell_or_become_a_formula() {
        let line = Line {
            day: "2026-11-26".to_owned(),
            person: "Doe, \"Jo\"".to_owned(),
            action: "chat".to_owned(),
            provider: "openai".to_owned(),
            model: "=HYPERLINK(\"https://x.test\")".to_owned(),
            average_latency_ms: 812,
            sums: Sums { calls: 2, cost: 1_234_005, ..Sums::default() },
        };
        let text = table(&[line]);
        let row = text.lines().nth(1).unwrap();
        assert_eq!(
            row,
            "2026-11-26,\"Doe, \"\"Jo\"\"\",chat,openai,\"'=HYPERLINK(\"\"https://x.test\"\")\",2,0,0,0,0,0,1.234005,0,812"
        );
        assert_eq!(text.lines().next().unwrap().split(',').count(), 14);
    }
}
