//! How fast the marker parser is, and that its time grows with the text and not faster: `cargo bench --bench markers`.
//!
//! Plain timing of the best of several runs. The column `8x/1x` is the time per byte at eight times the size over
//! the time per byte at the first size: about 1 where time is linear.

use std::hint::black_box;
use std::time::{Duration, Instant};

use flowpilot::pilot::markers::{Parser, neutralise, parse};

const MB: usize = 1_000_000;

fn main() {
    let reply = reply();
    println!("{:<44}{:>9}{:>9}{:>9}{:>9}{:>9}", "MB/s at", "1x", "2x", "4x", "8x", "8x/1x");
    row("prose", MB, &prose(2_000), &whole);
    row("transcript, whole", MB, &reply, &whole);
    row("transcript, chunks of 16 bytes", MB, &reply, &|text| chunked(text, 16));
    row("transcript, char by char", MB / 4, &reply, &|text| chunked(text, 1));
    row("blocks only", MB, BLOCKS, &whole);
    row("neutralise, transcript", MB, &reply, &|text| neutralise(text).len());
    println!();
    for (name, unit) in [
        ("[", "["),
        ("[QUESTIONS]", "[QUESTIONS]"),
        ("[QUESTIONS] and white space", "[QUESTIONS]\n        "),
        ("beginnings of tags", "[QUES [/QUES [SUGGEST_FI "),
        ("nested tags", "[QUESTIONS] [ACTIONS] [PROMOTE] "),
        ("unclosed blocks with prose", "[QUESTIONS] [{\"text\":\"a\"}]\nand then a word "),
        ("blocks with broken quoting", "[QUESTIONS] [{\"text\":\"a}] [/QUESTIONS] word "),
        ("empty blocks", "[QUESTIONS][][/QUESTIONS]"),
        ("white space", " \n"),
    ] {
        row(name, MB / 4, unit, &whole);
        row(&format!("{name}, in chunks of 7"), MB / 4, unit, &|text| chunked(text, 7));
    }
    println!();
    for (name, start, unit) in [
        ("one unclosed block", "[QUESTIONS] [{\"text\":\"", "word "),
        ("one unclosed block of commas", "[QUESTIONS] [", ", "),
        ("one unclosed block of brackets", "[QUESTIONS] ", "[{"),
        ("one open tag, then white space", "[QUESTIONS]", " \n"),
    ] {
        let tail = |text: &str, chunk| {
            let mut parser = Parser::new();
            let mut pieces = parser.push(start).len();
            pieces += pushed(&mut parser, text, chunk);
            pieces + parser.finish().len()
        };
        row(name, MB / 4, unit, &|text| tail(text, usize::MAX));
        row(&format!("{name}, in chunks of 7"), MB / 4, unit, &|text| tail(text, 7));
    }
}

/// One line: the text `unit` repeated to `size` and its multiples, run through `work`.
fn row(name: &str, size: usize, unit: &str, work: &dyn Fn(&str) -> usize) {
    print!("{name:<44}");
    let mut rates = Vec::new();
    for times in [1, 2, 4, 8] {
        let text = unit.repeat((times * size).div_ceil(unit.len()));
        let best = (0..5).map(|_| time(|| work(&text))).min().unwrap_or_default();
        let bytes = u32::try_from(text.len()).map_or(f64::MAX, f64::from);
        let rate = bytes / best.as_secs_f64() / 1e6;
        print!("{rate:>9.0}");
        rates.push(rate);
    }
    println!("{:>9.2}", rates[0] / rates[3]);
}

fn time<T>(work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

fn whole(text: &str) -> usize {
    let parsed = parse(black_box(text));
    parsed.prose.len() + parsed.markers.len() + parsed.dropped.len()
}

fn chunked(text: &str, chunk: usize) -> usize {
    let mut parser = Parser::new();
    pushed(&mut parser, text, chunk) + parser.finish().len()
}

/// Pushes the text in chunks of about this size and counts the pieces.
fn pushed(parser: &mut Parser, text: &str, chunk: usize) -> usize {
    let (mut pieces, mut rest) = (0, text);
    while !rest.is_empty() {
        let end = (chunk.min(rest.len())..).find(|&end| rest.is_char_boundary(end));
        let (head, tail) = rest.split_at(end.unwrap_or(rest.len()));
        pieces += parser.push(head).len();
        rest = tail;
    }
    pieces
}

/// A reply as a model writes it: about 3 kB of prose, then its blocks.
fn reply() -> String {
    format!("{}\n\n{BLOCKS}\n\n{}\n", prose(2_400), prose(600))
}

fn prose(size: usize) -> String {
    "The tunnel is up and routes work, so name resolution is the suspect: `nslookup` answers from the *local* \
     resolver [see above], not from the DC. Let us look at the adapter's metric, as in `Get-NetIPInterface`.\n\n"
        .chars()
        .cycle()
        .take(size)
        .collect()
}

const BLOCKS: &str = r#"[QUESTIONS]
[
  {"text": "While connected, does an internal server answer by IP address?", "why": "By IP but not by name means DNS.", "options": ["Yes, only names fail", "No", "Not sure"]},
  {"text": "Since when?", "options": ["Today", "Since the update [KB5012170]"]}
]
[/QUESTIONS]

[ACTIONS]
```json
[
  {"label": "Ask the DNS server directly", "command": "nslookup fs01.corp.example 10.0.0.10", "expect": "An address from 10.0.0.0/8",},
]
```
[/ACTIONS]

[SUGGEST_FIX]
{"title": "Send internal names through the tunnel", "description": "Add an NRPT rule for corp.example.", "confidence": 72, "evidence": ["0197c1d0-0000-7000-8000-000000000001"], "risk": "Low: affects names below corp.example only.", "rollback": "Remove-DnsClientNrptRule", "script": "Add-DnsClientNrptRule -Namespace '.corp.example' -NameServers '10.0.0.10'\nClear-DnsClientCache", "language": "powershell"}
[/SUGGEST_FIX]"#;
