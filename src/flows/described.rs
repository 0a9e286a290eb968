//! What the description of a problem tells already. Whoever writes "Teams, the mic is dead" is not asked what fails in the
//! call: the question goes into the lane with those words as its answer, where they can be changed.
//!
//! Only words that a flow's author expects of a description count (`described`), and only a person's: a ticket says what
//! somebody else wrote.

use super::answers::read_answer;
use super::complaint::is_well;
use super::format::{Node, Question};
use super::hear::fact_of;
use super::lane::{Heard, hear};
use super::promote::{plain_answer, source_type};
use super::reply::{Promotion, Source};
use super::state::{Said, SaidWhat};
use super::turn::Turn;
use super::walk::Rest;
use super::words::{find, first_of, is_negated, is_negator, words};
use super::yes_no::GUESSES;
use crate::ai::types::{ItemKind, Speaker};

/// Words. A longer description is a story, in which an option's words may be about something else.
const LONGEST: usize = 40;
/// Questions that one description answers, at most.
const MOST: usize = 4;

impl<'r> Turn<'r> {
    /// Passes the questions that the newest message answers by itself. Never to the end: a fix needs an answer to rest on.
    pub(super) fn hear_description(&mut self) {
        let Some(newest) = self.request.messages.last().filter(|message| message.speaker == Speaker::User) else {
            return;
        };
        let message = newest.text.trim();
        let mut taken = Vec::new();
        while taken.len() < MOST
            && let Some((node, question, answer)) = self.next_described(message)
        {
            let said = Said { item: None, what: SaidWhat::Words(message.to_owned()) };
            self.state.said.insert(question.text.clone(), said);
            if !matches!(self.walk().rest, Rest::Ask { .. }) {
                self.state.said.remove(&question.text);
                break;
            }
            taken.push(format!("“{}”", question.answers.get(answer).map_or("", |answer| &answer.option)));
            let fact = fact_of(question, message).unwrap_or_else(|| plain_answer(&question.text, message));
            self.promotions.push(Promotion {
                text: fact,
                source_type: source_type(ItemKind::Question),
                source: Source::Asked(question.text.clone()),
            });
            self.described.push(node);
        }
        if !taken.is_empty() {
            let taken = taken.join(" and ");
            self.notes.push(format!("Your words tell already: {taken}. Change that in the lane if it is wrong."));
        }
    }

    /// The first question not asked yet that the message answers.
    fn next_described(&self, message: &str) -> Option<(&'r Node, &'r Question, usize)> {
        let open = self.walk().open(&self.state, self.situation());
        open.into_iter().find_map(|(node, _)| {
            let Node::Question(question) = node else { return None };
            let is_new = matches!(hear(node, self.situation(), &self.state), Heard::Nothing { item: None });
            answer_in(question, message).filter(|_| is_new).map(|answer| (node, question, answer))
        })
    }
}

/// The answer that a description gives in words its author expected, and in no other's.
fn answer_in(question: &Question, text: &str) -> Option<usize> {
    let said = words(text);
    if said.len() > LONGEST || first_of(&said, &["except", "apart from", "besides", "other than"]).is_some() {
        return None;
    }
    let told: Vec<Vec<String>> = text
        .split_inclusive(['?', '!', ';', '\n'])
        .filter(|part| !part.trim_end().ends_with('?'))
        .map(words)
        .filter(|part| first_of(part, GUESSES).is_none())
        .collect();
    let tells = |phrase: &String| told.iter().any(|part| says(part, &words(phrase)));
    let mut answers = question.answers.iter().enumerate().filter(|(_, answer)| answer.described.iter().any(tells));
    let (at, _) = answers.next()?;
    // The session reads the same words as the answer later on.
    let agreed = read_answer(question, text).is_some_and(|(read, _)| read == at);
    (agreed && answers.next().is_none()).then_some(at)
}

/// Whether the phrase stands there, and is neither turned round nor named to say that it is well: "the camera works, but
/// nobody hears her".
fn says(text: &[String], phrase: &[String]) -> bool {
    let Some(at) = find(text, phrase) else { return false };
    let behind: Vec<String> = text.iter().skip(at + phrase.len()).take(3).cloned().collect();
    let mut before = text.iter().take(at).rev().take(3);
    // "webmail works not"
    let turned = is_well(phrase) && behind.first().is_some_and(|word| is_negator(word));
    let negated = turned || before.any(|word| is_negator(word));
    // "all users can print"
    let able = behind.first().is_some_and(|word| matches!(word.as_str(), "can" | "still"));
    !able && !is_well(&behind) && (!negated || is_negated(phrase))
}
