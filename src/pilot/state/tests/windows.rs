//! What newer snapshots and older messages do to a screen that shows a part of its session already.

use super::*;

#[test]
fn what_could_not_be_read_of_a_reply_outlives_a_snapshot_and_ends_with_the_next_turn() {
    let events = stamped();
    let mut data = replayed(&events[..13]);
    let dropped = [DroppedMarker { name: "ACTIONS".to_owned(), reason: "not closed".to_owned() }];
    assert_eq!(data.dropped, dropped);
    data.refresh(snapshot(&data));
    assert_eq!((data.dropped.as_slice(), replayed(&events[..20]).dropped.as_slice()), (&dropped[..], &[][..]));
}

#[test]
fn a_newer_snapshot_keeps_older_messages_that_join_up_with_it() {
    let all: Vec<_> = (1..=6).map(|n| message(n, Role::User, "a")).collect();
    let mut data = PilotData::from(Session { messages: all[..4].to_vec(), has_more: true, ..started() });
    data.refresh(Session { messages: all[2..].to_vec(), has_more: true, ..started() });
    assert_eq!(data.messages, all);
    // A gap between: the older ones go, they can be loaded again.
    data.refresh(Session { messages: vec![message(9, Role::User, "b")], has_more: true, ..started() });
    assert_eq!(data.messages.len(), 1);
}

#[test]
fn older_messages_come_in_once_and_only_before_what_they_were_asked_for() {
    let all: Vec<_> = (1..=6).map(|n| message(n, Role::User, "a")).collect();
    let mut data = PilotData::from(Session { messages: all[4..].to_vec(), has_more: true, ..started() });
    let page = |from: usize, to: usize| all[from..to].to_vec();
    data.prepend(id(5), page(2, 4), true);
    data.prepend(id(5), page(2, 4), true);
    assert_eq!((data.messages.as_slice(), data.has_more), (&all[2..], true));
    // The session was read anew meanwhile, and begins elsewhere: a gap would not be seen.
    data.prepend(id(2), page(0, 1), false);
    assert_eq!((data.messages.as_slice(), data.has_more), (&all[2..], true));
    data.prepend(id(3), page(0, 2), false);
    assert_eq!((data.messages, data.has_more), (all, false));
}
