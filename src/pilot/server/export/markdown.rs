//! A session as Markdown. What people and the AI wrote stands inside quotes, list items and code blocks, written so that
//! nothing in it can end them: headings, lists and rules of the document are the document's own.

#[cfg(test)]
mod tests;

use std::fmt::Write;

use time::macros::format_description;

use super::Whole;
use crate::{
    ids::{LaneItemId, Timestamp},
    pilot::note,
    pilot::types::{
        Check, CheckResult, Fact, Fix, FixOutcome, FixStatus, Hypothesis, HypothesisStatus, ItemStatus, Message,
        MessageStatus, Posted, Question, Role, SentAnswer, SourceType, Support,
    },
    server::markdown::quotable,
};

/// Everything up to the conversation.
pub fn head(whole: &Whole) -> String {
    let mut out = format!("# {}\n\n", line(&whole.title));
    says(&mut out, "Status", whole.status.to_string());
    says(&mut out, "Engineer", line(&whole.user.name));
    if let Some(ticket) = &whole.ticket {
        let parts = [Some(&ticket.id), ticket.summary.as_ref(), ticket.company.as_ref()];
        says(&mut out, "Ticket", parts.into_iter().flatten().map(|part| line(part)).collect::<Vec<_>>().join(" · "));
    }
    says(&mut out, "Started", stamp(whole.created_at));
    says(&mut out, "Last touched", stamp(whole.updated_at));
    if let Some(at) = whole.archived_at {
        says(&mut out, "Archived", stamp(at));
    }
    says(&mut out, "Session", whole.id.to_string());
    if let Some(problem) = &whole.problem {
        section(&mut out, "Problem", quote(&plain(problem)));
    }
    section(&mut out, "What we know", whole.facts.iter().map(|one| fact(one, whole)).collect());
    section(&mut out, "Hypotheses", whole.hypotheses.iter().map(hypothesis).collect());
    section(&mut out, "Questions", whole.task_lane.questions.iter().map(question).collect());
    section(&mut out, "Diagnostic checks", whole.task_lane.actions.iter().map(check).collect());
    section(&mut out, "Suggested fixes", whole.fixes.iter().map(fix).collect());
    section(&mut out, "Posted notes", whole.posted.iter().map(posted).collect());
    out.push_str("\n## Conversation\n");
    out
}

/// One message of the conversation.
pub fn message(message: &Message) -> String {
    let from = match (message.role, &message.author) {
        (Role::Assistant, _) => "FlowPilot’s answer".to_owned(),
        (Role::User, Some(author)) => format!("From {}", line(&author.name)),
        (Role::User, None) => "From somebody".to_owned(),
    };
    let ended = match message.status {
        MessageStatus::Done => "",
        MessageStatus::Failed => " · failed",
        MessageStatus::Stopped => " · stopped",
    };
    let mut out = format!("\n### {from} · {}{ended}\n\n", stamp(message.created_at));
    if !message.text.is_empty() {
        out.push_str(&quote(&match message.role {
            Role::User => plain(&message.text),
            Role::Assistant => written(&message.text),
        }));
    }
    match message.images.len() {
        0 => {}
        1 => out.push_str("\n1 image was sent with it.\n"),
        n => {
            let _ = writeln!(out, "\n{n} images were sent with it.");
        }
    }
    if !message.answers.is_empty() {
        out.push_str("\nSent from the lane:\n\n");
        out.extend(message.answers.iter().map(sent));
    }
    if !message.sources.is_empty() {
        out.push_str("\nLooked up at Microsoft Learn:\n\n");
        for source in &message.sources {
            says(&mut out, &line(&source.title), line(&source.url));
        }
    }
    if let Some(standstill) = &message.standstill {
        out.push_str("\nThe AI repeated itself, and FlowPilot stopped it.\n");
        list(&mut out, "What we know", &standstill.known);
        list(&mut out, "What was tried", &standstill.tried);
        list(&mut out, "What to do now", &standstill.advice);
    }
    out
}

fn list(out: &mut String, name: &str, texts: &[String]) {
    if !texts.is_empty() {
        let _ = write!(out, "\n{name}:\n\n");
    }
    for text in texts {
        let _ = writeln!(out, "- {}", item(text, "  "));
    }
}

fn says(out: &mut String, name: &str, value: String) {
    let _ = writeln!(out, "- {name}: {value}");
}

fn section(out: &mut String, name: &str, inside: String) {
    if !inside.is_empty() {
        let _ = write!(out, "\n## {name}\n\n{inside}");
    }
}

fn sent(answer: &SentAnswer) -> String {
    let said = answer.answer.as_deref().map_or_else(|| "skipped".to_owned(), |answer| item(answer, "    "));
    format!("- {}\n  - {said}\n", item(&answer.label, "  "))
}

fn fact(fact: &Fact, whole: &Whole) -> String {
    let mut out = format!("- {}\n", item(&fact.text, "  "));
    let support = match (fact.support, &fact.confirmed_by, fact.confirmed_at) {
        (Support::Confirmed, Some(by), Some(at)) => format!("confirmed by {}, {}", line(&by.name), stamp(at)),
        (support, ..) => support.to_string(),
    };
    let _ = writeln!(out, "  - Support: {support}");
    if fact.stale {
        out.push_str("  - Stale: what it rests on has changed since\n");
    }
    let of = fact.source_ref.and_then(|id| label(whole, id)).map(|label| format!("“{}”", item(label, "    ")));
    let source = match (fact.source_type, of) {
        (SourceType::Question, Some(question)) => format!("answer to {question}"),
        (SourceType::Question, None) => "answer".to_owned(),
        (SourceType::DiagnosticCheck, Some(check)) => format!("result of {check}"),
        (SourceType::DiagnosticCheck, None) => "result of a check".to_owned(),
        (SourceType::EngineerNote, _) => "note".to_owned(),
        (SourceType::AiSynthesis, _) => "conclusion of the AI".to_owned(),
    };
    let by = match fact.created_by.ai {
        true => format!("FlowPilot for {}", line(&fact.created_by.name)),
        false => line(&fact.created_by.name),
    };
    let _ = writeln!(out, "  - Source: {source}, by {by}");
    if let Some(quote) = &fact.quote {
        let _ = writeln!(out, "  - Said: “{}”", item(quote, "    "));
    }
    out
}

/// The question or check that a fact comes from, while it is in the lane.
fn label(whole: &Whole, id: LaneItemId) -> Option<&str> {
    let questions = whole.task_lane.questions.iter().map(|question| (question.id, &question.text));
    let checks = whole.task_lane.actions.iter().map(|check| (check.id, &check.label));
    questions.chain(checks).find(|(known, _)| *known == id).map(|(_, label)| label.as_str())
}

fn hypothesis(hypothesis: &Hypothesis) -> String {
    let status = match hypothesis.status {
        HypothesisStatus::Open => "open",
        HypothesisStatus::Supported => "supported",
        HypothesisStatus::RuledOut => "ruled out",
    };
    let mut out = format!("- {}\n  - Status: {status}\n", item(&hypothesis.text, "  "));
    if let Some(because) = &hypothesis.because {
        let _ = writeln!(out, "  - Because: {}", item(because, "    "));
    }
    out
}

fn question(question: &Question) -> String {
    let answer = match &question.answer {
        Some(answer) => format!("Answer: {}", item(answer, "    ")),
        None if question.is_skipped() => "skipped".to_owned(),
        None => "open".to_owned(),
    };
    format!("- {}\n  - {answer}\n", item(&question.text, "  "))
}

fn check(check: &Check) -> String {
    let mut out = format!("- {}\n", item(&check.label, "  "));
    let result = match (check.result, check.status) {
        (Some(CheckResult::Pass), _) => "pass",
        (Some(CheckResult::Fail), _) => "fail",
        (Some(CheckResult::Skipped), _) | (None, ItemStatus::Skipped) => "skipped",
        (None, _) => "open",
    };
    if let Some(expect) = &check.expect {
        let _ = writeln!(out, "  - Expected: {}", item(expect, "    "));
    }
    let _ = writeln!(out, "  - Result: {result}");
    for (name, text) in [("Command", &check.command), ("Output", &check.output)] {
        if let Some(text) = text {
            let _ = write!(out, "  - {name}:\n\n{}", code(text, "", "    "));
        }
    }
    out
}

fn fix(fix: &Fix) -> String {
    let mut out = format!("### {}\n\n", line(&fix.title));
    let outcome = match fix.status {
        FixStatus::Proposed if fix.applied_at.is_some() => "applied, not known yet",
        FixStatus::Proposed => "not applied",
        FixStatus::AppliedSuccess => "worked",
        FixStatus::AppliedFailed => "did not work",
        FixStatus::AppliedPartial => "worked in part",
        FixStatus::Dismissed => "dismissed",
    };
    says(&mut out, "Outcome", outcome.to_owned());
    for (name, notes) in [("What is left", &fix.partial_notes), ("Why it failed", &fix.failure_reason)] {
        if let Some(notes) = notes {
            says(&mut out, name, item(notes, "  "));
        }
    }
    if let Some(proposal) = &fix.ai_outcome_proposal {
        let guess = match proposal.outcome {
            FixOutcome::AppliedSuccess => "it worked",
            FixOutcome::AppliedFailed => "it did not work",
            FixOutcome::AppliedPartial => "it worked in part",
            FixOutcome::Dismissed => "it is off the table",
        };
        says(&mut out, "The AI’s guess, not confirmed", guess.to_owned());
    }
    says(&mut out, "Suggested", stamp(fix.created_at));
    for (name, at) in [("Applied", fix.applied_at), ("Known since", fix.verified_at), ("Superseded", fix.superseded_at)]
    {
        if let Some(at) = at {
            says(&mut out, name, stamp(at));
        }
    }
    says(
        &mut out,
        "Confidence",
        format!("{} %{}", fix.confidence, if fix.unfounded { ", nothing stands behind it" } else { "" }),
    );
    for (name, text) in [("Risk", &fix.risk), ("Way back", &fix.rollback)] {
        if let Some(text) = text {
            says(&mut out, name, item(text, "  "));
        }
    }
    let _ = write!(out, "\n{}\n", quote(&written(&fix.description)));
    if let Some(script) = &fix.script {
        let _ = writeln!(out, "{}", code(script, fix.language.map_or("", |language| language.as_str()), ""));
    }
    out
}

fn posted(posted: &Posted) -> String {
    let name = note::title(posted.kind);
    let state = match (&posted.problem, posted.done) {
        (_, true) => "posted",
        (Some(_), false) => "could not be posted",
        (None, false) => "on its way",
    };
    let mut out = format!("### {name} · {state}\n\n- By: {}\n", line(&posted.posted_by.name));
    says(&mut out, "At", stamp(posted.created_at));
    if let Some(id) = &posted.external_id {
        says(&mut out, "Note in the ticket", line(id));
    }
    if let Some(reason) = &posted.status_transition_skipped_reason {
        says(&mut out, "Status not moved", item(reason, "  "));
    }
    if let Some(problem) = &posted.problem {
        says(&mut out, "Problem", item(&problem.detail, "  "));
    }
    let _ = write!(out, "\n{}\n", quote(&written(&posted.markdown)));
    out
}

fn stamp(at: Timestamp) -> String {
    at.0.format(format_description!("[year]-[month]-[day] [hour]:[minute] UTC")).unwrap_or_default()
}

/// Every text in quotes stands behind a mark on each of its lines, so that none of them ends the quote.
fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("> {line}").trim_end());
    }
    out
}

/// A text verbatim, between fences longer than any in it.
fn code(text: &str, language: &str, indent: &str) -> String {
    let text = lines(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{indent}{fence}{language}\n");
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("{indent}{line}").trim_end());
    }
    let _ = writeln!(out, "{indent}{fence}");
    out
}

/// A text that is Markdown, as its writer meant it, but without a way into the document around it.
fn written(text: &str) -> String {
    let text = lines(text);
    quotable(&text).unwrap_or_else(|| plain(&text))
}

/// A plain text on one line.
fn line(text: &str) -> String {
    plain(&lines(text).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A plain text in a list: its lines stay in the item.
fn item(text: &str, indent: &str) -> String {
    let kept: Vec<_> = plain(text).lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect();
    kept.join(&format!("\n{indent}"))
}

/// A plain text as Markdown that shows it as typed: what would mean something is escaped, line breaks and indents stay.
fn plain(text: &str) -> String {
    let text = lines(text);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut all = text.trim_end().lines().peekable();
    while let Some(line) = all.next() {
        let said = line.trim_start();
        for space in line.chars().take_while(|c| c.is_whitespace()) {
            out.push_str(if space == '\t' { "&nbsp;&nbsp;&nbsp;&nbsp;" } else { "&nbsp;" });
        }
        escape(said.trim_end(), &mut out);
        // A line that goes on in the next one, unless a paragraph ends here.
        if !said.is_empty() && all.peek().is_some_and(|next| !next.trim().is_empty()) {
            out.push('\\');
        }
        out.push('\n');
    }
    out.pop();
    out
}

fn escape(line: &str, out: &mut String) {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = line.len() - numbered.len();
    for (at, c) in line.char_indices() {
        let always = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$');
        let first = at == 0 && matches!(c, '#' | '-' | '+' | '=' | ':');
        let after_number = at == number && number > 0 && matches!(c, '.' | ')');
        if always || first || after_number {
            out.push('\\');
        }
        out.push(c);
    }
}

/// One kind of line ending, and no other control characters.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}
