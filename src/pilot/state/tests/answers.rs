//! Answers to writes beside the events that tell of the same.

use leptos::prelude::{Owner, WithUntracked as _};

use super::*;

#[test]
fn an_answer_older_than_what_was_heard_meanwhile_is_not_taken() {
    let owner = Owner::new();
    owner.set();
    let state = PilotState::new(started());
    let text = || state.0.facts().with_untracked(|facts| facts[0].text.clone());
    let mark = state.mark();
    state.apply(Stamped {
        id: state.last_event_id() + 1,
        turn_id: None,
        event: SessionEvent::Fact(Box::new(fact(1, "theirs"))),
    });
    state.absorb_fact(mark, fact(1, "mine"));
    assert_eq!(text(), "theirs");
    state.absorb_fact(state.mark(), fact(1, "mine"));
    assert_eq!(text(), "mine");
    state.take_back_fact(&fact(1, "another"), fact(1, "before"));
    assert_eq!(text(), "mine");
    state.take_back_fact(&fact(1, "mine"), fact(1, "before"));
    assert_eq!(text(), "before");
}

#[test]
fn a_fact_that_comes_back_stands_where_it_stood() {
    let mut data = PilotData::from(Session { facts: vec![fact(1, "a"), fact(3, "c")], ..started() });
    let event = SessionEvent::Fact(Box::new(fact(2, "b")));
    let id = data.last_event_id + 1;
    apply(&mut data, Stamped { id, turn_id: None, event });
    assert_eq!(data.facts.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}
