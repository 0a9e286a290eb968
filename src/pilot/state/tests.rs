//! The reducer, event by event: what a follower's screen shows is what the snapshot would show.

use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::{
    ids::{FactId, FixId, HypothesisId, LaneItemId, MessageId, SessionId, UserId},
    pilot::types::{
        Check, FixOutcome, FixStatus, HypothesisStatus, Maker, MessageStatus, OutcomeProposal, Question, SourceType,
        Support, TurnUsage,
    },
};

mod answers;
mod windows;

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn person() -> Person {
    Person { id: UserId(Uuid::from_u128(1)), name: "Jo Kim".to_owned() }
}

fn message(n: u128, role: Role, text: &str) -> Message {
    Message {
        id: id::<MessageId>(n),
        role,
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        status: MessageStatus::Done,
        author: (role == Role::User).then(person),
        images: Vec::new(),
        attachments: Vec::new(),
        answers: Vec::new(),
        sources: Vec::new(),
        standstill: None,
        created_at: datetime!(2026-03-10 10:42 UTC).into(),
    }
}

fn question(n: u128, answer: Option<&str>) -> Question {
    Question {
        id: id::<LaneItemId>(n),
        text: format!("Question {n}?"),
        why: None,
        options: Vec::new(),
        answer: answer.map(str::to_owned),
        status: if answer.is_some() { ItemStatus::Answered } else { ItemStatus::Open },
        unsent: answer.is_some(),
    }
}

fn check(n: u128) -> Check {
    Check {
        id: id::<LaneItemId>(n),
        label: format!("Check {n}"),
        command: None,
        description: None,
        expect: None,
        result: None,
        output: None,
        status: ItemStatus::Open,
        unsent: false,
    }
}

fn lane(answer: Option<&str>) -> TaskLane {
    TaskLane { questions: vec![question(21, answer)], actions: vec![check(22)] }
}

fn fact(n: u128, text: &str) -> Fact {
    Fact {
        id: id::<FactId>(n),
        text: text.to_owned(),
        source_type: SourceType::EngineerNote,
        source_ref: None,
        support: Support::Confirmed,
        stale: false,
        editable: true,
        quote: None,
        created_by: Maker { id: person().id, name: person().name, ai: false },
        confirmed_by: None,
        confirmed_at: None,
        created_at: datetime!(2026-03-10 10:43 UTC).into(),
    }
}

fn fix(n: u128, status: FixStatus, superseded: bool) -> Fix {
    Fix {
        id: id::<FixId>(n),
        title: format!("Fix {n}"),
        description: String::new(),
        description_html: String::new(),
        confidence: 80,
        evidence: Vec::new(),
        unfounded: true,
        risk: None,
        rollback: None,
        template_id: None,
        script: None,
        language: None,
        status,
        user_decision: None,
        applied_at: None,
        verified_at: None,
        partial_notes: None,
        failure_reason: None,
        ai_outcome_proposal: None,
        created_at: datetime!(2026-03-10 10:44 UTC).into(),
        superseded_at: superseded.then(|| datetime!(2026-03-10 10:50 UTC).into()),
    }
}

fn started() -> Session {
    Session {
        id: id::<SessionId>(7),
        title: "Outlook asks".to_owned(),
        problem: None,
        status: SessionStatus::Open,
        state_version: 1,
        user: person(),
        writable: true,
        can_reopen: true,
        shared_with: Vec::new(),
        ticket: None,
        can_open_ticket: false,
        messages: Vec::new(),
        has_more: false,
        task_lane: TaskLane::default(),
        hypotheses: Vec::new(),
        facts: Vec::new(),
        active_fix: None,
        earlier_fixes: Vec::new(),
        posted: Vec::new(),
        masked_values: 0,
        last_event_id: 0,
        turn: None,
        dropped_markers: Vec::new(),
        archived_at: None,
        created_at: datetime!(2026-03-10 10:40 UTC).into(),
        updated_at: datetime!(2026-03-10 10:40 UTC).into(),
    }
}

/// Two turns with everything in them.
fn story() -> Vec<SessionEvent> {
    let hypothesis = Hypothesis {
        id: id::<HypothesisId>(41),
        text: "A stale credential".to_owned(),
        status: HypothesisStatus::Open,
        because: None,
        evidence: Vec::new(),
        decided_by: None,
    };
    let proposal = OutcomeProposal { outcome: FixOutcome::AppliedSuccess, reason: None, notes: None };
    let problem = Problem::from(&crate::error::AppError::internal());
    let delta = |text: &str| SessionEvent::Delta { text: text.to_owned() };
    vec![
        SessionEvent::TurnStarted { turn_id: id(91) },
        SessionEvent::Message(Box::new(message(11, Role::User, "It asks again"))),
        delta("One ques"),
        SessionEvent::TurnReset { reason: "retry".to_owned() },
        delta("Two "),
        delta("questions"),
        SessionEvent::MarkerDropped { name: "ACTIONS".to_owned(), reason: "not closed".to_owned() },
        SessionEvent::Lane(lane(None)),
        SessionEvent::Hypotheses(vec![hypothesis]),
        SessionEvent::Fact(Box::new(fact(31, "Webmail works"))),
        SessionEvent::Fix(Box::new(fix(51, FixStatus::Proposed, false))),
        SessionEvent::Message(Box::new(message(12, Role::Assistant, "Two questions"))),
        SessionEvent::TurnDone { message_id: id(12), state_version: 2, usage: TurnUsage::default(), stopped: false },
        SessionEvent::TicketChanged { id: "48213".to_owned() },
        SessionEvent::Lane(lane(Some("Classic"))),
        SessionEvent::Fact(Box::new(fact(32, "She uses the classic one"))),
        SessionEvent::Session {
            status: SessionStatus::Open,
            title: "Outlook asks again".to_owned(),
            state_version: 4,
            masked_values: 1,
            shared_with: None,
            relinked: None,
            archived: Some(true),
        },
        SessionEvent::OutcomeProposal { fix_id: id(51), proposal: Some(proposal) },
        SessionEvent::FactRemoved { id: id(31) },
        SessionEvent::TurnStarted { turn_id: id(92) },
        delta("Then"),
        SessionEvent::Fix(Box::new(fix(52, FixStatus::Proposed, false))),
        SessionEvent::Fix(Box::new(fix(51, FixStatus::Proposed, true))),
        SessionEvent::TurnFailed { problem },
        SessionEvent::TurnStarted { turn_id: id(93) },
        SessionEvent::TurnDone { message_id: id(12), state_version: 5, usage: TurnUsage::default(), stopped: true },
        SessionEvent::Session {
            status: SessionStatus::Resolved,
            title: "Outlook asks again".to_owned(),
            state_version: 6,
            masked_values: 1,
            shared_with: None,
            relinked: None,
            archived: None,
        },
    ]
}

fn stamped() -> Vec<Stamped> {
    // Ids grow, with gaps.
    (1..).step_by(3).zip(story()).map(|(id, event)| Stamped { id, turn_id: None, event }).collect()
}

fn replayed(events: &[Stamped]) -> PilotData {
    let mut data = PilotData::from(started());
    events.iter().cloned().for_each(|event| apply(&mut data, event));
    data
}

/// What the server would answer at this point.
fn snapshot(data: &PilotData) -> Session {
    let at = datetime!(2026-03-10 10:40 UTC).into();
    let turn = match data.turn.clone() {
        TurnState::Idle => None,
        TurnState::Running(id) => Some(Turn { id, status: TurnStatus::Running, started_at: at, problem: None }),
        TurnState::Failed(problem) => {
            Some(Turn { id: id(99), status: TurnStatus::Failed, started_at: at, problem: Some(problem) })
        }
    };
    Session {
        title: data.head.title.clone(),
        status: data.head.status,
        state_version: data.head.state_version,
        messages: data.messages.clone(),
        task_lane: data.lane.clone(),
        hypotheses: data.hypotheses.clone(),
        facts: data.facts.clone(),
        active_fix: data.fix.clone(),
        posted: data.posted.clone(),
        masked_values: data.head.masked_values,
        last_event_id: data.last_event_id,
        turn,
        dropped_markers: data.dropped.clone(),
        archived_at: data.head.archived.then_some(at),
        ..started()
    }
}

/// What is only of the moment, and not in a snapshot.
fn lasting(mut data: PilotData) -> PilotData {
    data.earlier_fixes.clear();
    data.wants_snapshot = false;
    data.head.ticket_news = 0;
    data.streaming = None;
    data
}

#[test]
fn a_stored_session_replays() {
    let data = replayed(&stamped());
    let texts: Vec<_> = data.messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["It asks again", "Two questions"]);
    assert_eq!(data.lane, lane(Some("Classic")));
    assert_eq!(data.facts.iter().map(|fact| fact.id).collect::<Vec<_>>(), [id(32)]);
    assert_eq!(data.fix.as_ref().map(|fix| fix.id), Some(id(52)));
    assert_eq!(data.earlier_fixes.iter().map(|fix| fix.id).collect::<Vec<_>>(), [id(51)]);
    assert_eq!((data.turn, data.streaming), (TurnState::Idle, None));
    assert_eq!((data.head.status, data.head.state_version), (SessionStatus::Resolved, 6));
    assert!(data.head.archived, "what says nothing of it leaves it as it is");
    assert!(data.wants_snapshot, "what was posted is not in the events");
}

#[test]
fn deltas_join_and_a_reset_drops_them() {
    let events = stamped();
    assert_eq!(replayed(&events[..3]).streaming.as_deref(), Some("One ques"));
    assert_eq!(replayed(&events[..4]).streaming.as_deref(), Some(""));
    assert_eq!(replayed(&events[..6]).streaming.as_deref(), Some("Two questions"));
    assert_eq!(replayed(&events[..12]).streaming, None);
}

#[test]
fn a_failed_turn_keeps_what_was_said() {
    let data = replayed(&stamped()[..24]);
    assert_eq!(data.streaming.as_deref(), Some("Then"));
    assert!(matches!(data.turn, TurnState::Failed(_)));
}

#[test]
fn an_event_seen_twice_changes_nothing() {
    let events = stamped();
    for seen in 0..=events.len() {
        let once = replayed(&events[..seen]);
        let again: Vec<_> = events[..seen].iter().chain(&events[..seen]).cloned().collect();
        assert_eq!(replayed(&again), once);
    }
}

#[test]
fn a_snapshot_and_the_events_after_it_are_all_events() {
    let events = stamped();
    let all = lasting(replayed(&events));
    for seen in 0..=events.len() {
        let mut data = PilotData::from(snapshot(&replayed(&events[..seen])));
        events[seen..].iter().cloned().for_each(|event| apply(&mut data, event));
        assert_eq!(lasting(data), all, "from a snapshot after {seen} events");
    }
}

#[test]
fn an_event_touches_what_it_says_it_touches() {
    let mut data = PilotData::from(started());
    for event in stamped() {
        let before = data.clone();
        let sections = touches(&event.event);
        apply(&mut data, event);
        let changed = [
            (Section::Head, before.head != data.head),
            (Section::Messages, before.messages != data.messages),
            (Section::Lane, before.lane != data.lane),
            (Section::Facts, before.facts != data.facts),
            (Section::Hypotheses, before.hypotheses != data.hypotheses),
            (Section::Fix, before.fix != data.fix || before.earlier_fixes != data.earlier_fixes),
            (Section::Turn, before.turn != data.turn),
            (Section::Streaming, before.streaming != data.streaming),
            (Section::Dropped, before.dropped != data.dropped),
            (Section::Snapshot, before.wants_snapshot != data.wants_snapshot),
        ];
        for (section, _) in changed.into_iter().filter(|(_, changed)| *changed) {
            assert!(sections.contains(&section), "{section:?} changed unsaid");
        }
    }
}

#[test]
fn a_lost_stretch_asks_for_the_session_again() {
    let mut data = PilotData::from(Session { last_event_id: 40, ..started() });
    apply(&mut data, Stamped { id: 40, turn_id: None, event: SessionEvent::SnapshotRequired { last_event_id: 40 } });
    assert!(data.wants_snapshot);
    data.refresh(Session { last_event_id: 44, ..started() });
    assert_eq!((data.wants_snapshot, data.last_event_id), (false, 44));
}

#[test]
fn news_of_the_ticket_outlive_a_snapshot_and_may_be_among_what_was_missed() {
    let mut data = PilotData::from(started());
    let news = |id| Stamped { id, turn_id: None, event: SessionEvent::TicketChanged { id: "48213".to_owned() } };
    apply(&mut data, news(1));
    apply(&mut data, news(1));
    assert_eq!((data.head.ticket_news, data.wants_snapshot), (1, false), "the session itself is as it was");
    data.refresh(Session { last_event_id: 2, ..started() });
    assert_eq!(data.head.ticket_news, 1);
    apply(&mut data, Stamped { id: 9, turn_id: None, event: SessionEvent::SnapshotRequired { last_event_id: 9 } });
    data.refresh(Session { last_event_id: 9, ..started() });
    assert_eq!(data.head.ticket_news, 2);
}

#[test]
fn a_snapshot_that_a_reply_has_overtaken_tells_what_events_do_not() {
    let mut data = PilotData::from(started());
    let lane = lane(Some("Classic"));
    apply(&mut data, Stamped { id: 9, turn_id: None, event: SessionEvent::Lane(lane.clone()) });
    let ticket = TicketLink { provider: "local".to_owned(), id: "1015".to_owned(), summary: None, company: None };
    let put_away = Some(datetime!(2026-03-10 10:45 UTC).into());
    data.refresh(Session {
        last_event_id: 8,
        ticket: Some(ticket.clone()),
        writable: false,
        archived_at: put_away,
        ..started()
    });
    assert_eq!((data.head.ticket, data.head.writable), (Some(ticket), false));
    assert_eq!(
        (data.lane, data.last_event_id, data.head.archived),
        (lane, 9, false),
        "of what they do tell, they are right"
    );
}

#[test]
fn the_lane_is_counted() {
    let count = LaneCount::of(&lane(Some("Classic")));
    assert_eq!((count.open_questions, count.open_checks, count.unsent, count.open()), (0, 1, 1, 1));
}
