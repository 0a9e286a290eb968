//! What was said about the ticket on the screen and what was done to it, in the order of time, as in a thread of mails.

use leptos::prelude::*;

use crate::{
    psa::types::{ChangeMade, Ticket, TicketNote},
    ui::{time::Stamp, view},
};

/// One line of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Note(TicketNote),
    Change(ChangeMade),
}

/// Notes and changes, oldest first.
pub fn entries(ticket: &Ticket) -> Vec<Entry> {
    let notes = ticket.notes.iter().map(|note| (note.created_at, Entry::Note(note.clone())));
    let changes = ticket.changes.iter().map(|change| (change.at, Entry::Change(change.clone())));
    let mut all: Vec<_> = notes.chain(changes).collect();
    all.sort_by_key(|(at, _)| at.0);
    all.into_iter().map(|(_, entry)| entry).collect()
}

pub fn draw(entry: Entry) -> AnyView {
    match entry {
        Entry::Note(note) => view! { <Note note/> }.into_any(),
        Entry::Change(change) => view! { <Change change/> }.into_any(),
    }
}

#[component]
fn Change(change: ChangeMade) -> impl IntoView {
    let said = format!("{} {}", change.by, change.said());
    let before = change.was.filter(|was| change.what == "description" && !was.is_empty()).map(|was| {
        view! {
            <details>
                <summary>"What it said before"</summary>
                {paragraphs(&was)}
            </details>
        }
    });
    view! {
        <div class="ticket-change">
            <p>{said}" "<small><Stamp at=change.at.0/></small></p>
            {before}
        </div>
    }
}

#[component]
fn Note(note: TicketNote) -> impl IntoView {
    let theirs = note.kind == "customer";
    let class = match (theirs, note.internal) {
        (true, _) => "ticket-note ticket-note--customer",
        (false, true) => "ticket-note ticket-note--internal",
        (false, false) => "ticket-note",
    };
    let to = (!note.internal && !theirs && note.kind != "time").then(|| {
        let to = note.to.unwrap_or_else(|| "the customer".to_owned());
        view! { <span><span class="muted">"to "</span>{to}</span> }
    });
    let chip = match (theirs, note.internal, note.kind.as_str()) {
        (true, ..) => Some(view! { <span class="chip chip--accent">"from the customer"</span> }.into_any()),
        (false, true, _) => Some(view! { <span class="chip chip--fix">"internal"</span> }.into_any()),
        (false, false, "resolution") => Some(view! { <span class="chip chip--known">"resolution"</span> }.into_any()),
        _ => None,
    };
    let by = note.recorded_by.map(|by| view! { <small class="muted">"written down by "{by}</small> });
    view! {
        <article class=class>
            <header>
                {note.author}
                {to}
                <small><Stamp at=note.created_at.0/></small>
                {chip}
                {by}
            </header>
            {told(&note.body)}
        </article>
    }
}

/// A note as it was typed; FlowPilot's own documents by their headings and lists.
fn told(text: &str) -> AnyView {
    if !text.starts_with("## ") {
        return paragraphs(text);
    }
    let part = |part: Part| match part {
        Part::Heading(text) => view! { <h4>{text}</h4> }.into_any(),
        Part::Items(items) => {
            let items: Vec<_> = items.into_iter().map(|item| view! { <li>{item}</li> }.into_any()).collect();
            view! { <ul>{items}</ul> }.into_any()
        }
        Part::Said(text) => view! { <div>{text}</div> }.into_any(),
    };
    let parts = parts(text).into_iter().map(part).collect_view();
    view! { <div class="prose prose--plain">{parts}</div> }.into_any()
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Heading(String),
    Items(Vec<String>),
    Said(String),
}

/// Only what such a document is written in: what its items say stays to the letter, for it is full of paths and commands.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            parts.push(Part::Heading(heading.to_owned()));
            continue;
        }
        match (line.strip_prefix("- "), line.strip_prefix("  "), parts.last_mut()) {
            (Some(item), _, Some(Part::Items(items))) => items.push(item.to_owned()),
            (Some(item), ..) => parts.push(Part::Items(vec![item.to_owned()])),
            (None, Some(more), Some(Part::Items(items))) => {
                if let Some(item) = items.last_mut() {
                    item.push('\n');
                    item.push_str(more);
                }
            }
            _ if line.trim().is_empty() => {}
            _ => {
                let leaning = line.strip_prefix('_').and_then(|line| line.strip_suffix('_'));
                parts.push(Part::Said(leaning.unwrap_or(line).to_owned()));
            }
        }
    }
    parts
}

/// A text as it was typed, what it quotes set apart.
pub fn paragraphs(text: &str) -> AnyView {
    let block = |(quoted, text): (bool, String)| match quoted {
        true => view! { <blockquote>{text}</blockquote> }.into_any(),
        false => view! { <div>{text}</div> }.into_any(),
    };
    let blocks = blocks(text).into_iter().map(block).collect_view();
    view! { <div class="prose prose--plain">{blocks}</div> }.into_any()
}

/// Lines that begin with `>` are quoted, without that sign; others are said. Empty lines around both fall away.
fn blocks(text: &str) -> Vec<(bool, String)> {
    let mut all: Vec<(bool, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let quoted = line.strip_prefix('>').map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
        let line = quoted.unwrap_or(line);
        match all.last_mut().filter(|(was_quoted, _)| *was_quoted == quoted.is_some()) {
            Some((_, lines)) => lines.push(line),
            None => all.push((quoted.is_some(), vec![line])),
        }
    }
    let whole = all.into_iter().map(|(quoted, lines)| (quoted, lines.join("\n").trim_matches('\n').to_owned()));
    whole.filter(|(_, text)| !text.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_set_apart_and_lines_stay_lines() {
        let said = |text: &str| (false, text.to_owned());
        let quoted = |text: &str| (true, text.to_owned());
        let text = "Yes,\nboth.\n\n> Is it on?\n>> Earlier\n> Really?\n\n  indented\n";
        assert_eq!(blocks(text), [said("Yes,\nboth."), quoted("Is it on?\n> Earlier\nReally?"), said("  indented")]);
        assert_eq!(blocks("\n \n"), []);
    }

    #[test]
    fn a_document_has_headings_and_lists_and_its_words_stay() {
        let text = "## Problem\n\n- Runs `a*b*`\n  and more\n- Two\n\n## Resolution\n\n_Nothing recorded._\n";
        assert_eq!(
            parts(text),
            [
                Part::Heading("Problem".to_owned()),
                Part::Items(vec!["Runs `a*b*`\nand more".to_owned(), "Two".to_owned()]),
                Part::Heading("Resolution".to_owned()),
                Part::Said("Nothing recorded.".to_owned()),
            ]
        );
    }
}
