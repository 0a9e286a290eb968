//! The document as a reader of Markdown takes it: what was written in it forges nothing of its form.

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;
use crate::{ai::types::Source, pilot::types::Standstill};

/// The headings, code blocks, lists, rules and HTML that a reader of the document finds outside of quotes.
fn structure(document: &str) -> Vec<String> {
    let (mut quotes, mut found) = (0_usize, Vec::new());
    for event in Parser::new_ext(document, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::End(pulldown_cmark::TagEnd::BlockQuote(_)) => quotes -= 1,
            Event::Html(html) | Event::InlineHtml(html) => found.push(format!("html {html}")),
            Event::Start(Tag::Image { .. }) => found.push("image".to_owned()),
            Event::Start(tag @ (Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::List(_) | Tag::Table(_)))
                if quotes == 0 =>
            {
                found.push(format!("{tag:?}"));
            }
            Event::Rule if quotes == 0 => found.push("rule".to_owned()),
            _ => {}
        }
    }
    found
}

const HOSTILE: &str = "# Resolution\n## Fake\n\n---\n===\n- item\n+ item\n1. one\n2) two\n    code\n\tcode\n```\nfence\n~~~\n<script>alert(1)</script>\n<!-- open\n</blockquote>\n| a | b |\n|---|---|\n| 1 | 2 |\n[x]: javascript:alert(1)\n![i](http://evil.test/x.png) &lt;b&gt; *em* **b** > q\r# Mac\u{2028}# Separator\n\\\n> out\n";

#[test]
fn a_persons_text_in_a_quote_forges_nothing() {
    let document = quote(&plain(HOSTILE));
    assert_eq!(structure(&document), Vec::<String>::new(), "{document}");
    let inside = document.lines().map(|line| line.trim_start_matches('>').trim_start()).collect::<Vec<_>>().join("\n");
    assert_eq!(structure(&inside), Vec::<String>::new(), "not even inside the quote: {inside}");
}

#[test]
fn a_persons_text_in_a_list_stays_in_its_item() {
    let document = format!("- {}\n  - {}\n", item(HOSTILE, "  "), item(HOSTILE, "    "));
    assert_eq!(structure(&document), ["List(None)", "List(None)"], "{document}");
    assert_eq!(structure(&format!("# {}\n", line(HOSTILE))).len(), 1);
}

#[test]
fn the_ais_markdown_keeps_its_form_and_stays_in_its_quote() {
    let document = quote(&written(HOSTILE));
    assert_eq!(structure(&document), Vec::<String>::new(), "{document}");
    assert_eq!(quote(&written("**Look** at `<Files>`:\n\n- one\n")), "> **Look** at `<Files>`:\n>\n> - one\n");
}

#[test]
fn what_is_verbatim_ends_only_where_it_ends() {
    let script = "Write-Host \"```\"\n````\n# no heading\n";
    let document = code(script, "powershell", "");
    assert_eq!(structure(&document).len(), 1, "{document}");
    assert!(document.starts_with("`````powershell\n") && document.contains(script), "{document}");
}

#[test]
fn what_a_person_typed_reads_as_typed() {
    let typed = "5 * 3 < 16 & C:\\temp_x\n  indented\n\n1. one";
    let mut shown = String::new();
    for event in Parser::new(&quote(&plain(typed))) {
        match event {
            Event::Text(text) => shown.push_str(&text),
            Event::HardBreak | Event::SoftBreak => shown.push('\n'),
            Event::End(pulldown_cmark::TagEnd::Paragraph) => shown.push_str("\n\n"),
            _ => {}
        }
    }
    assert_eq!(shown.replace('\u{a0}', " ").trim_end(), typed);
}

#[test]
fn an_answers_sources_and_summary_are_told_and_forge_nothing() {
    let answer = Message {
        id: uuid::Uuid::from_u128(1).into(),
        role: Role::Assistant,
        text: "See there.".to_owned(),
        html: String::new(),
        status: MessageStatus::Done,
        author: None,
        images: Vec::new(),
        attachments: Vec::new(),
        answers: Vec::new(),
        sources: vec![Source { title: HOSTILE.to_owned(), url: "https://learn.microsoft.com/a_b".to_owned() }],
        standstill: Some(Standstill {
            known: vec![HOSTILE.to_owned()],
            tried: Vec::new(),
            advice: vec!["Call.".to_owned()],
        }),
        created_at: Timestamp(time::OffsetDateTime::UNIX_EPOCH),
    };
    let document = message(&answer);
    assert!(document.contains("https://learn.microsoft.com/a\\_b") && document.contains("- Call."), "{document}");
    assert!(!document.contains("What was tried"), "an empty list has no name: {document}");
    let lists = vec!["List(None)".to_owned(); 3];
    let heading = structure(&document).into_iter().filter(|one| !one.starts_with("Heading")).collect::<Vec<_>>();
    assert_eq!(heading, lists, "{document}");
}
