//! What becomes of the task lane when the AI names the open questions or checks anew (P2.1), as rules without I/O.

use crate::ids::LaneItemId;

/// An item of the lane, as far as merging needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: LaneItemId,
    /// Text of the question, label of the check.
    pub text: String,
    /// Answered, skipped or done: a person has dealt with it.
    pub dealt_with: bool,
    /// A fact rests on it.
    pub referenced: bool,
}

/// What to do to the lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The same text again: id, answer and status stay, `draft` gives the rest.
    Keep {
        id: LaneItemId,
        draft: usize,
    },
    Add {
        draft: usize,
    },
    /// Left out, but dealt with or referenced: stays in the lane as done.
    Done {
        id: LaneItemId,
    },
    /// Left out and never answered.
    Remove {
        id: LaneItemId,
    },
}

/// Merges the drafts (texts, in order) into the lane. Repeated drafts count once.
pub fn merge(known: &[Known], drafts: &[&str]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(known.len() + drafts.len());
    let mut seen = Vec::with_capacity(drafts.len());
    for (draft, text) in drafts.iter().enumerate() {
        if seen.contains(text) {
            continue;
        }
        seen.push(text);
        steps.push(match known.iter().find(|item| item.text == *text) {
            Some(item) => Step::Keep { id: item.id, draft },
            None => Step::Add { draft },
        });
    }
    for item in known.iter().filter(|item| !drafts.contains(&item.text.as_str())) {
        let (id, stays) = (item.id, item.dealt_with || item.referenced);
        steps.push(if stays { Step::Done { id } } else { Step::Remove { id } });
    }
    steps
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn item(n: u128, text: &str, dealt_with: bool, referenced: bool) -> Known {
        Known { id: LaneItemId(Uuid::from_u128(n)), text: text.to_owned(), dealt_with, referenced }
    }
    fn id(n: u128) -> LaneItemId {
        LaneItemId(Uuid::from_u128(n))
    }

    #[test]
    fn the_same_text_keeps_its_id() {
        let lane = [item(1, "Which PC?", true, false)];
        assert_eq!(
            merge(&lane, &["Since when?", "Which PC?"]),
            [Step::Add { draft: 0 }, Step::Keep { id: id(1), draft: 1 }]
        );
    }

    #[test]
    fn what_is_left_out_goes_unless_it_was_answered_or_a_fact_points_to_it() {
        let lane = [item(1, "a", false, false), item(2, "b", true, false), item(3, "c", false, true)];
        assert_eq!(merge(&lane, &[]), [Step::Remove { id: id(1) }, Step::Done { id: id(2) }, Step::Done { id: id(3) }]);
    }

    #[test]
    fn a_draft_said_twice_counts_once() {
        assert_eq!(merge(&[], &["a", "a"]), [Step::Add { draft: 0 }]);
    }
}
