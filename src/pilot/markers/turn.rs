//! The markers of one turn, taken together.

use super::{ActionDraft, FixDraft, HypothesisDraft, Marker, OutcomeDraft, Parsed, PromoteDraft, QuestionDraft};

/// What a turn asks for. `None` changes nothing, an empty list clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TurnMarkers {
    pub questions: Option<Vec<QuestionDraft>>,
    pub actions: Option<Vec<ActionDraft>>,
    pub hypotheses: Option<Vec<HypothesisDraft>>,
    /// Facts are only ever added, so that none means nothing.
    pub promotes: Vec<PromoteDraft>,
    pub fix: Option<FixDraft>,
    pub outcome: Option<OutcomeDraft>,
}

impl TurnMarkers {
    /// Adds the next marker of the turn: lists of one name count together, of the others the last one wins.
    pub fn add(&mut self, marker: Marker) {
        match marker {
            Marker::Questions(items) => self.questions.get_or_insert_default().extend(items),
            Marker::Actions(items) => self.actions.get_or_insert_default().extend(items),
            Marker::Hypotheses(items) => self.hypotheses.get_or_insert_default().extend(items),
            Marker::Promote(items) => self.promotes.extend(items),
            Marker::SuggestFix(fix) => self.fix = Some(*fix),
            Marker::FixOutcome(outcome) => self.outcome = Some(outcome),
        }
    }
}

impl FromIterator<Marker> for TurnMarkers {
    fn from_iter<I: IntoIterator<Item = Marker>>(markers: I) -> Self {
        let mut turn = Self::default();
        markers.into_iter().for_each(|marker| turn.add(marker));
        turn
    }
}

impl From<Parsed> for TurnMarkers {
    fn from(parsed: Parsed) -> Self {
        parsed.markers.into_iter().collect()
    }
}
