//! Desks that begin with a chosen flow and then hear as the product does, and the library's questions and checks by name.

use std::sync::LazyLock;

use super::desk::Desk;
use super::{Always, all_flows};
use crate::ai::types::{CheckOutcome, ItemKind};
use crate::flows::answers::read_answer;
use crate::flows::format::{Check, Flow, Question};
use crate::flows::matching::Index;
use crate::flows::start::{FlowMatch, Matcher};

/// Begins with one flow, whatever is written; from then on finds flows as the product does.
pub struct Begun(pub &'static str);

impl Matcher for Begun {
    fn matches(&self, text: &str) -> Vec<FlowMatch> {
        static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(all_flows().flows()));
        if text == "go" { Always(self.0.to_owned()).matches(text) } else { INDEX.matches(text) }
    }
}

pub fn flow(slug: &str) -> &'static Flow {
    all_flows().by_slug(slug).unwrap()
}

pub fn check(slug: &str, id: &str) -> &'static Check {
    flow(slug).checks().find(|check| check.id == id).unwrap_or_else(|| panic!("{slug} has no check {id}"))
}

pub fn question(slug: &str, id: &str) -> &'static Question {
    flow(slug).questions().find(|question| question.id == id).unwrap_or_else(|| panic!("{slug} has no question {id}"))
}

pub fn read(question: &Question, text: &str) -> String {
    read_answer(question, text).map_or_else(|| "?".to_owned(), |(at, _)| question.answers[at].option.clone())
}

/// Walks by this option and failed checks until it is there.
pub fn walked<'m>(matcher: &'m Begun, option: &str, there: impl Fn(&mut Desk<'m>) -> bool) -> Desk<'m> {
    let mut desk = Desk::new(all_flows(), matcher);
    desk.say("go");
    while !there(&mut desk) {
        assert!(desk.turns < 12 && !desk.open().is_empty(), "{}: {}", matcher.0, desk.prose);
        for item in desk.open() {
            match item.kind {
                ItemKind::Question => {
                    desk.answer(&item.text, if item.text.contains("first lockout") { "2" } else { option })
                }
                ItemKind::Check => desk.result(&item.text, CheckOutcome::Fail),
            }
        }
        desk.say("");
    }
    desk
}

/// Until the lane asks for something with these words.
pub fn desk_at<'m>(matcher: &'m Begun, text: &str) -> Desk<'m> {
    walked(matcher, "1", |desk| desk.texts().iter().any(|open| open.contains(text)))
}

pub fn desk_at_fix<'m>(matcher: &'m Begun) -> Desk<'m> {
    walked(matcher, if matcher.0 == "phishing-reported" { "2" } else { "1" }, |desk| desk.active().is_some())
}
