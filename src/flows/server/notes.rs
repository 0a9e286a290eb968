//! Resolution notes by the built-in provider: only what is known, each statement with its source, in words for the customer.

use crate::{
    ai::types::{Citation, DraftStatement, FixProgress, NoteInput, NoteOutput, NotedFix, Sourced},
    flows::{format::Fix, library::Library},
};

/// Writes the note.
pub fn resolution(library: &Library, input: &NoteInput) -> NoteOutput {
    let heading = |n: usize| input.sections.get(n).cloned().unwrap_or_default();
    let mut statements = Vec::new();
    let mut add = |section: String, text: String, sources: &[Citation]| {
        statements.push(DraftStatement { section, text, sources: sources.to_vec() });
    };
    if let Some(problem) = input.problem.iter().find(|said| !said.sources.is_empty() && !said.text.trim().is_empty()) {
        add(heading(0), sentence(&told(problem)), &problem.sources);
    }
    for fact in &input.facts {
        add(heading(1), fact.text.clone(), &fact.sources);
    }
    let worked = input.fixes.iter().rev().find(|fix| fix.progress == FixProgress::Worked);
    let partial = input.fixes.iter().rev().find(|fix| fix.progress == FixProgress::Partial);
    if let Some(fix) = worked {
        if let Some(cause) = cause_of(library, fix) {
            let found = input.causes.iter().find(|known| known.text == cause && !known.sources.is_empty());
            let mut sources = found.map(|known| known.sources.clone()).unwrap_or_default();
            sources.extend(fix.sources.iter().cloned());
            add(heading(2), sentence(&cause), &sources);
        }
        let text = own(library, fix)
            .map_or_else(|| format!("This was done and it worked: {}", fix.title), |own| own.resolution.clone());
        add(heading(3), sentence(&text), &fix.sources);
    } else if let Some(fix) = partial {
        add(heading(3), sentence(&format!("This was partly done: {}", fix.title)), &fix.sources);
        if let Some(notes) = &fix.notes {
            add(heading(3), sentence(&format!("What was done and what is left: {}", notes.trim())), &fix.sources);
        }
    }
    NoteOutput { statements }
}

/// The first paragraph of what somebody said, short enough for a note.
fn told(problem: &Sourced) -> String {
    const MAX: usize = 400;
    let text = problem.text.trim();
    let paragraph = text.split("\n\n").next().unwrap_or(text).replace('\n', " — ");
    if paragraph.chars().nth(MAX).is_none() {
        return paragraph;
    }
    let cut: String = paragraph.chars().take(MAX).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head))
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let capital = chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default();
    if capital.ends_with(['.', '!', '?', '…', ':']) { capital } else { format!("{capital}.") }
}

fn own<'l>(library: &'l Library, fix: &NotedFix) -> Option<&'l Fix> {
    library.flows().iter().flat_map(|flow| flow.fixes()).find(|own| own.title == fix.title)
}

fn cause_of(library: &Library, fix: &NotedFix) -> Option<String> {
    library.flows().iter().find_map(|flow| {
        let own = flow.fixes().find(|own| own.title == fix.title)?;
        flow.cause(&own.cause).map(|cause| cause.text.clone())
    })
}
