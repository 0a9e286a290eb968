//! Resolution notes and escalation packages by the built-in provider: only what is known, each statement with its source; the
//! note in words for the customer, the package in words for the next engineer.

use crate::{
    ai::types::{Cause, Citation, DraftStatement, FixProgress, ItemKind, NoteInput, NoteOutput, NotedFix, Sourced},
    flows::{
        format::Fix,
        library::Library,
        promote::unknown,
        talk::{Said, about_fix},
    },
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
    // That somebody does not know is no news for the customer.
    for fact in input.facts.iter().filter(|fact| unknown(&fact.text).is_none()) {
        add(heading(1), fact.text.clone(), &fact.sources);
    }
    let worked = input.fixes.iter().rev().find(|fix| fix.progress == FixProgress::Worked);
    let partial = input.fixes.iter().rev().find(|fix| fix.progress == FixProgress::Partial);
    if let Some(fix) = worked {
        if let Some(cause) = cause_of(library, fix) {
            // A fix may help although nothing speaks for its cause, or something against it: then no cause is claimed.
            let proven =
                |known: &&Cause| known.text == cause && known.status == "supported" && !known.sources.is_empty();
            if let Some(known) = input.causes.iter().find(proven) {
                let sources: Vec<_> = known.sources.iter().chain(&fix.sources).cloned().collect();
                add(heading(2), sentence(&cause), &sources);
            } else {
                let text = format!("The cause was not confirmed; this resolved it: {}", fix.title);
                add(heading(2), sentence(&text), &fix.sources);
            }
        }
        let text = own(library, fix)
            .map_or_else(|| format!("This was done and it worked: {}", fix.title), |own| own.resolution.clone());
        add(heading(3), sentence(&text), &fix.sources);
        if let Some(said) = input.said.iter().rev().find(|said| about_fix(&said.text, true).is_some())
            && tells_how_it_worked(&said.text)
        {
            add(heading(3), sentence(&format!("Reported: {}", told(said))), &said.sources);
        }
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
    for fact in input.facts.iter().filter(|fact| unknown(&fact.text).is_none()) {
        add(1, fact.text.clone(), &fact.sources);
    }
    for check in &input.checks {
        add(2, check.text.clone(), &check.sources);
    }
    let (turned_down, done): (Vec<_>, Vec<_>) =
        input.fixes.iter().partition(|fix| fix.progress == FixProgress::Dismissed);
    for fix in done {
        add(2, tried(fix), &fix.sources);
    }
    // A cause that nothing speaks for or against is thought of because of the problem as it was told.
    let told_sources = told_by.first().map(|said| said.sources.clone()).unwrap_or_default();
    let rests_on = |cause: &Cause| match cause.status == "open" && cause.sources.is_empty() {
        true => told_sources.clone(),
        false => cause.sources.clone(),
    };
    let supported = || input.causes.iter().filter(|cause| cause.status == "supported");
    let most = supported().map(|cause| cause.sources.len()).max();
    let likeliest = supported().find(|cause| Some(cause.sources.len()) == most);
    for (status, lead) in [("supported", "Also likely"), ("open", "Still possible"), ("ruled_out", "Ruled out")] {
        let mut causes: Vec<&Cause> = input.causes.iter().filter(|cause| cause.status == status).collect();
        causes.sort_by_key(|cause| likeliest != Some(*cause));
        for cause in causes {
            let lead = if likeliest == Some(cause) { "Most likely" } else { lead };
            let because = cause.because.as_deref().map(|because| format!(", because: {}", because.trim()));
            let text = format!("{lead}: {}{}", cause.text.trim_end_matches('.'), because.unwrap_or_default());
            add(3, text, &rests_on(cause));
        }
    }
    if let Some(next) = &input.handover {
        // What led there counts; where that was skipped, the problem as it was told.
        add(4, next.text.clone(), if next.sources.is_empty() { &told_sources } else { &next.sources });
    }
    for fix in input.fixes.iter().filter(|fix| fix.progress == FixProgress::Partial) {
        add(4, format!("Finish “{}”, which was only partly done", fix.title), &fix.sources);
    }
    for fact in &input.facts {
        if let Some(question) = unknown(&fact.text) {
            add(4, format!("Find out: {question}"), &fact.sources);
        }
    }
    for item in &input.open {
        let lead = match item.kind {
            ItemKind::Question => "Ask",
            ItemKind::Check => "Check",
        };
        add(4, format!("{lead}: {}", item.text), &item.sources);
    }
    for fix in turned_down {
        add(4, tried(fix), &fix.sources);
    }
    if input.open.is_empty() && input.handover.is_none() {
        for cause in input.causes.iter().filter(|cause| cause.status != "ruled_out") {
            add(4, format!("Look into whether this is it: {}", cause.text), &rests_on(cause));
        }
    }
    NoteOutput { statements }
}

/// Whether somebody who writes that it works also says what they did; "it works now, thank you" does not.
fn tells_how_it_worked(text: &str) -> bool {
    const FEWEST: usize = 8;
    about_fix(text, true) == Some(Said::Worked) && text.split_whitespace().count() >= FEWEST
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
        FixProgress::Dismissed => format!("{title}: not tried, the suggestion was turned down."),
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
    use crate::flows::promote::plain_answer;

    fn of(kind: &str, id: &str) -> Vec<Citation> {
        vec![Citation { kind: kind.to_owned(), id: id.to_owned() }]
    }

    fn said(text: &str, id: &str) -> Sourced {
        Sourced { text: text.to_owned(), sources: of("message", id) }
    }

    fn cause(text: &str, status: &str, sources: Vec<Citation>) -> Cause {
        Cause { text: text.to_owned(), status: status.to_owned(), because: None, sources }
    }

    fn input(sections: [&str; 5]) -> NoteInput {
        NoteInput {
            sections: sections.map(str::to_owned).to_vec(),
            problem: vec![said("Outlook asks for the password", "1")],
            said: Vec::new(),
            facts: Vec::new(),
            checks: Vec::new(),
            open: Vec::new(),
            causes: Vec::new(),
            fixes: Vec::new(),
            handover: None,
        }
    }

    fn package() -> NoteInput {
        input(["Problem", "Confirmed", "Tried", "Hypothesis", "Next steps"])
    }

    /// What the document says in one section.
    fn told_in(section: &str, output: NoteOutput) -> Vec<String> {
        output.statements.into_iter().filter(|one| one.section == section).map(|one| one.text).collect()
    }

    #[test]
    fn only_a_cause_that_something_speaks_for_is_the_root_cause() {
        let library = Library::embedded();
        let flow = library.by_slug("no-ip-address").unwrap();
        let fix = flow.fixes().find(|fix| fix.id == "fix-automatic").unwrap();
        let text = flow.cause(&fix.cause).unwrap().text.clone();
        let mut note = input(["Problem", "Confirmed", "Root cause", "Resolution", ""]);
        note.fixes.push(NotedFix {
            title: fix.title.clone(),
            description: String::new(),
            progress: FixProgress::Worked,
            notes: None,
            sources: of("fix", "9"),
        });
        let unproven = format!("The cause was not confirmed; this resolved it: {}.", fix.title);
        for (status, sources, told) in [
            ("supported", of("fact", "5"), format!("{text}.")),
            ("supported", Vec::new(), unproven.clone()),
            ("open", of("fact", "5"), unproven.clone()),
            ("ruled_out", of("fact", "5"), unproven.clone()),
        ] {
            note.causes = vec![cause(&text, status, sources)];
            assert_eq!(told_in("Root cause", resolution(&library, &note)), [told], "{status}");
        }
        note.said = vec![said("It still fails", "3"), said("it works now, thank you", "4")];
        assert_eq!(told_in("Resolution", resolution(&library, &note)), std::slice::from_ref(&fix.resolution));
        let words = "hosts file had an old line for vpn.fabrikam.com, removed it, works now";
        note.said.push(said(words, "5"));
        let told = told_in("Resolution", resolution(&library, &note));
        assert_eq!(told, [fix.resolution.clone(), format!("Reported: {words}.")]);
        note.said.push(said("it came back, still not working for them in the office", "6"));
        assert_eq!(told_in("Resolution", resolution(&library, &note)), std::slice::from_ref(&fix.resolution));
    }

    #[test]
    fn what_nobody_knew_is_left_to_find_out() {
        let mut package = package();
        package.facts = vec![
            Sourced { text: plain_answer("Does webmail work?", "not sure"), sources: of("fact", "1") },
            Sourced { text: plain_answer("Since when?", "Monday"), sources: of("fact", "2") },
        ];
        let told = "Asked “Since when?”, the answer was: Monday.";
        assert_eq!(told_in("Confirmed", escalation(&package)), [told]);
        assert_eq!(told_in("Next steps", escalation(&package)), ["Find out: Does webmail work?"]);
        assert_eq!(told_in("Confirmed", resolution(&Library::embedded(), &package)), [told.trim_end_matches('.')]);
    }

    #[test]
    fn one_cause_is_the_most_likely() {
        let mut package = package();
        let two = [of("fact", "1"), of("fact", "2")].concat();
        package.causes = vec![
            cause("Logs grow", "supported", of("fact", "1")),
            cause("Snapshots", "supported", two),
            cause("Users' files", "open", Vec::new()),
        ];
        let told = told_in("Hypothesis", escalation(&package));
        assert_eq!(told, ["Most likely: Snapshots.", "Also likely: Logs grow.", "Still possible: Users' files."]);
    }

    #[test]
    fn what_is_said_for_or_against_a_cause_needs_a_source_of_its_own() {
        let mut package = package();
        package.causes = ["supported", "open", "ruled_out"].map(|status| cause(status, status, Vec::new())).to_vec();
        let hypothesis = |one: &DraftStatement| one.section == "Hypothesis";
        let told = escalation(&package).statements.into_iter().filter(hypothesis);
        let founded: Vec<_> = told.filter(|one| !one.sources.is_empty()).map(|one| one.text).collect();
        assert_eq!(founded, ["Still possible: open."]);
    }

    #[test]
    fn a_fix_that_was_turned_down_was_not_tried() {
        let mut package = package();
        let fix = |title: &str, progress| NotedFix {
            title: title.to_owned(),
            description: String::new(),
            progress,
            notes: None,
            sources: of("fix", title),
        };
        package.fixes = vec![fix("Clear the cache", FixProgress::Dismissed), fix("Restart", FixProgress::Failed)];
        let output = escalation(&package);
        assert_eq!(told_in("Tried", output.clone()), ["Restart: it did not work."]);
        let left = "Clear the cache: not tried, the suggestion was turned down.";
        assert_eq!(told_in("Next steps", output), [left]);
    }

    #[test]
    fn the_next_steps_begin_with_the_escalation() {
        let mut package = package();
        package.causes = vec![cause("Snapshots", "open", Vec::new())];
        assert_eq!(told_in("Next steps", escalation(&package)), ["Look into whether this is it: Snapshots."]);
        let text = "Escalate to: Infrastructure team. Give sizes and the growth per week.";
        for (sources, grounds) in [(of("fix", "9"), of("fix", "9")), (Vec::new(), of("message", "1"))] {
            package.handover = Some(Sourced { text: text.to_owned(), sources });
            let steps: Vec<_> =
                escalation(&package).statements.into_iter().filter(|one| one.section == "Next steps").collect();
            assert_eq!(steps.len(), 1);
            assert_eq!((steps[0].text.as_str(), &steps[0].sources), (text, &grounds));
        }
    }

    #[test]
    fn what_people_say_after_the_first_answer_is_not_told_as_the_problem() {
        let input = NoteInput { said: vec![said("It works now, thank you.", "2")], ..package() };
        let told: Vec<_> = escalation(&input).statements.into_iter().map(|one| (one.section, one.text)).collect();
        assert_eq!(told, [("Problem".to_owned(), "Outlook asks for the password.".to_owned())]);
    }
}
