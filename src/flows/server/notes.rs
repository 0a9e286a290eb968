//! Resolution notes and escalation packages by the built-in provider: only what is known, each statement with its source; the
//! note in words for the customer, the package in words for the next engineer.

use crate::{
    ai::types::{Cause, Citation, DraftStatement, FixProgress, ItemKind, NoteInput, NoteOutput, NotedFix, Sourced},
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

/// Writes the package.
pub fn escalation(input: &NoteInput) -> NoteOutput {
    let heading = |n: usize| input.sections.get(n).cloned().unwrap_or_default();
    let mut statements = Vec::new();
    let mut add = |section: usize, text: String, sources: &[Citation]| {
        statements.push(DraftStatement { section: heading(section), text: sentence(&text), sources: sources.to_vec() });
    };
    let told_by = input.problem.iter().filter(|said| !said.sources.is_empty() && !said.text.trim().is_empty());
    let told_by: Vec<_> = told_by.collect();
    for said in told_by.iter().take(2) {
        add(0, told(said), &said.sources);
    }
    for fact in &input.facts {
        add(1, fact.text.clone(), &fact.sources);
    }
    for check in &input.checks {
        add(2, check.text.clone(), &check.sources);
    }
    for fix in &input.fixes {
        add(2, tried(fix), &fix.sources);
    }
    // A cause without evidence is thought of because of the problem as it was told.
    let told_sources = told_by.first().map(|said| said.sources.clone()).unwrap_or_default();
    let rests_on = |cause: &Cause| if cause.sources.is_empty() { told_sources.clone() } else { cause.sources.clone() };
    for (status, lead) in [("supported", "Most likely"), ("open", "Still possible"), ("ruled_out", "Ruled out")] {
        for cause in input.causes.iter().filter(|cause| cause.status == status) {
            let because = cause.because.as_deref().map(|because| format!(", because: {}", because.trim()));
            let text = format!("{lead}: {}{}", cause.text.trim_end_matches('.'), because.unwrap_or_default());
            add(3, text, &rests_on(cause));
        }
    }
    for fix in input.fixes.iter().filter(|fix| fix.progress == FixProgress::Partial) {
        add(4, format!("Finish “{}”, which was only partly done", fix.title), &fix.sources);
    }
    for item in &input.open {
        let lead = match item.kind {
            ItemKind::Question => "Ask",
            ItemKind::Check => "Check",
        };
        add(4, format!("{lead}: {}", item.text), &item.sources);
    }
    if input.open.is_empty() {
        for cause in input.causes.iter().filter(|cause| cause.status != "ruled_out") {
            add(4, format!("Look into whether this is it: {}", cause.text), &rests_on(cause));
        }
    }
    NoteOutput { statements }
}

/// A fix and what became of it.
fn tried(fix: &NotedFix) -> String {
    let title = fix.title.trim_end_matches('.');
    let notes = fix.notes.as_deref().map(|notes| format!(" {}", sentence(notes))).unwrap_or_default();
    match fix.progress {
        FixProgress::Worked => format!("{title}: it worked.{notes}"),
        FixProgress::Failed => format!("{title}: it did not work.{notes}"),
        FixProgress::Partial => format!("{title}: partly done.{notes}"),
        FixProgress::Applied => format!("{title}: done, whether it worked is not known."),
        FixProgress::Dismissed => format!("{title}: proposed and not done."),
        FixProgress::Proposed => format!("{title}: proposed, not done yet."),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_say_after_the_first_answer_is_not_told_as_the_problem() {
        let said = |text: &str, id: &str| Sourced {
            text: text.to_owned(),
            sources: vec![Citation { kind: "message".to_owned(), id: id.to_owned() }],
        };
        let sections = ["Problem", "Confirmed", "Tried", "Hypothesis", "Next steps"];
        let input = NoteInput {
            sections: sections.map(str::to_owned).to_vec(),
            problem: vec![said("Outlook asks for the password", "1")],
            said: vec![said("It works now, thank you.", "2")],
            facts: Vec::new(),
            checks: Vec::new(),
            open: Vec::new(),
            causes: Vec::new(),
            fixes: Vec::new(),
        };
        let told: Vec<_> = escalation(&input).statements.into_iter().map(|one| (one.section, one.text)).collect();
        assert_eq!(told, [("Problem".to_owned(), "Outlook asks for the password.".to_owned())]);
    }
}
