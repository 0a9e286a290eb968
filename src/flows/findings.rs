//! What a walk has found out: how each cause stands, on which evidence, and how much a fix can be trusted.

use uuid::Uuid;

use super::format::{Cause, Fix, Flow};
use super::state::State;
use super::walk::{Passage, Rest, Walk, outcome};
use crate::ai::types::{FixProgress, Situation};

/// How a cause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    Supported,
    RuledOut,
}

impl Standing {
    /// The marker's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Supported => "supported",
            Self::RuledOut => "ruled_out",
        }
    }
}

/// One cause and what speaks about it.
#[derive(Debug, Clone)]
pub struct Finding<'l> {
    pub cause: &'l Cause,
    pub standing: Standing,
    pub because: Option<String>,
    /// Lane items.
    pub evidence: Vec<Uuid>,
}

/// Everything a walk has found out.
pub struct Findings<'l> {
    /// Answered items the walk did not pass, then those it passed.
    pub passages: Vec<Passage<'l>>,
    pub causes: Vec<Finding<'l>>,
}

impl<'l> Findings<'l> {
    pub fn of(walk: &Walk<'l>, state: &State, situation: &Situation) -> Self {
        let mut passages = walk.aside(state, situation);
        passages.extend(walk.told());
        let open = |cause| Finding { cause, standing: Standing::Open, because: None, evidence: Vec::new() };
        let causes = walk.causes().into_iter().map(open).collect();
        let mut findings = Self { passages, causes };
        for passage in findings.passages.clone() {
            findings.weigh(&passage);
        }
        findings.weigh_fixes(walk, state, situation);
        // of the flows that led here only what is settled still matters
        let own = |finding: &Finding<'_>| {
            walk.flow().is_some_and(|flow| flow.causes.iter().any(|cause| cause.text == finding.cause.text))
        };
        findings.causes.retain(|finding| own(finding) || finding.standing == Standing::RuledOut);
        findings
    }

    fn finding(&mut self, flow: &Flow, cause: &str) -> Option<&mut Finding<'l>> {
        let text = &flow.cause(cause)?.text;
        self.causes.iter_mut().find(|finding| finding.cause.text == *text)
    }

    /// What an answer says of the causes. The later answer is the more exact one, so it has the last word.
    fn weigh(&mut self, passage: &Passage<'l>) {
        let branch = passage.told.branch;
        let supported = branch.supports.iter().map(|cause| (cause, Standing::Supported));
        let ruled_out = branch.rules_out.iter().map(|cause| (cause, Standing::RuledOut));
        for (cause, standing) in supported.chain(ruled_out).filter(|_| passage.told.how.is_firm()) {
            let Some(finding) = self.finding(passage.flow, cause) else {
                continue;
            };
            if finding.standing != standing {
                finding.evidence.clear();
            }
            finding.standing = standing;
            finding.because = branch.fact.clone().or_else(|| branch.so.clone());
            finding.evidence.extend(passage.told.item);
        }
    }

    /// What the outcomes of fixes say, those of a way left since included.
    fn weigh_fixes(&mut self, walk: &Walk<'l>, state: &State, situation: &Situation) {
        for flow in &walk.flows {
            for fix in flow.fixes() {
                let title = &fix.title;
                match outcome(fix, state, situation) {
                    Some(FixProgress::Failed) => {
                        let because = format!("“{title}” did not help.");
                        self.judge(flow, fix, Standing::RuledOut, Some(because));
                    }
                    Some(FixProgress::Partial) => {
                        let because = format!("“{title}” helped in part.");
                        self.judge(flow, fix, Standing::Supported, Some(because));
                    }
                    Some(FixProgress::Worked) => {
                        let because = format!("“{title}” worked.");
                        // what helps against what was found proves no cause
                        let against = self.finding(flow, &fix.cause).map(|finding| finding.standing);
                        let refuted = against == Some(Standing::RuledOut);
                        let standing = if refuted { Standing::Open } else { Standing::Supported };
                        self.judge(flow, fix, standing, Some(because));
                    }
                    Some(FixProgress::Dismissed | FixProgress::Proposed | FixProgress::Applied) | None => {}
                }
            }
        }
        if let (Rest::Propose(fix) | Rest::Await(fix), Some(flow)) = (walk.rest, walk.flow()) {
            // a second way to treat the same cause opens it again
            let refuted = self.finding(flow, &fix.cause);
            if refuted.is_some_and(|finding| finding.standing == Standing::RuledOut) {
                self.judge(flow, fix, Standing::Open, None);
            }
        }
    }

    fn judge(&mut self, flow: &Flow, fix: &Fix, standing: Standing, because: Option<String>) {
        if let Some(finding) = self.finding(flow, &fix.cause) {
            finding.standing = standing;
            finding.because = because;
            if standing != Standing::Supported {
                finding.evidence.clear();
            }
        }
    }

    /// Lane items that speak for a fix: those that single its cause out, else all that say something.
    pub fn evidence_for(&self, flow: &Flow, fix: &Fix) -> Vec<Uuid> {
        let firm = || self.passages.iter().filter(|passage| passage.told.how.is_firm());
        let cause = flow.cause(&fix.cause).map(|cause| cause.text.as_str());
        let names = |passage: &&Passage<'_>, causes: &[String]| {
            causes.iter().any(|id| passage.flow.cause(id).map(|other| other.text.as_str()) == cause)
        };
        let telling = firm().filter(|passage| {
            let branch = passage.told.branch;
            names(passage, &branch.supports) || (!branch.rules_out.is_empty() && !names(passage, &branch.rules_out))
        });
        let ids: Vec<Uuid> = telling.filter_map(|passage| passage.told.item).collect();
        if ids.is_empty() { firm().filter_map(|passage| passage.told.item).collect() } else { ids }
    }

    /// The fix's own confidence, less for each step that had to be taken without an answer.
    pub fn confidence_in(&self, walk: &Walk<'_>, fix: &Fix) -> u8 {
        let unsure = walk.told().filter(|passage| !passage.told.how.is_firm()).count();
        let lowered = (0..unsure).fold(u32::from(fix.confidence), |confidence, _| confidence * 85 / 100);
        u8::try_from(lowered).unwrap_or(fix.confidence)
    }

    /// Whether answers or results speak for a cause, and not only that its fix helped.
    pub fn proves(&self, cause: &str) -> bool {
        let speaks = |finding: &Finding<'_>| finding.standing == Standing::Supported && !finding.evidence.is_empty();
        self.causes.iter().any(|finding| finding.cause.text == cause && speaks(finding))
    }

    /// Whether the last answer or result that speaks of a cause speaks against it.
    pub fn refutes(&self, cause: &str) -> bool {
        let names = |passage: &Passage<'_>, causes: &[String]| {
            causes.iter().any(|id| passage.flow.cause(id).is_some_and(|other| other.text == cause))
        };
        let firm = self.passages.iter().rev().filter(|passage| passage.told.how.is_firm());
        let mut telling = firm.filter_map(|passage| {
            let branch = passage.told.branch;
            let against = names(passage, &branch.rules_out);
            (against || names(passage, &branch.supports)).then_some(against)
        });
        telling.next().unwrap_or_default()
    }

    pub fn ruled_out(&self) -> Vec<&'l str> {
        self.that_are(Standing::RuledOut)
    }

    pub fn supported(&self) -> Vec<&'l str> {
        self.that_are(Standing::Supported)
    }

    fn that_are(&self, standing: Standing) -> Vec<&'l str> {
        let causes = self.causes.iter().filter(|finding| finding.standing == standing);
        causes.map(|finding| finding.cause.text.as_str()).collect()
    }

    /// The facts found, in order, each once.
    pub fn facts(&self) -> Vec<&'l str> {
        let mut facts: Vec<&str> = Vec::new();
        for fact in self.passages.iter().filter_map(|passage| passage.told.branch.fact.as_deref()) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        facts
    }
}
