//! What notes, statuses and new tickets promise.

use flowpilot::{
    ids::Timestamp,
    psa::{
        server::{NewNote, PsaError},
        types::NewTicket,
    },
};

use super::{World, note, post};

pub async fn a_note_reads_back_as_it_was_written(world: &dyn World) {
    let ticket = world.ticket("Three kinds of notes").await;
    for (internal, resolution, kind) in
        [(true, false, "internal"), (false, true, "resolution"), (false, false, "discussion")]
    {
        let new = NewNote { internal, resolution, ..note(world, kind, &format!("A note: {kind}")) };
        let id = post(world, &ticket, &new).await;
        let read = world.desk().note(world.ctx(), &ticket, &id).await.unwrap().unwrap();
        assert_eq!((read.id, read.body.as_str()), (id, new.body.as_str()));
        assert_eq!((read.internal, read.kind.as_str()), (internal, kind));
        let whole = world.desk().get(world.ctx(), &ticket).await.unwrap();
        assert!(whole.notes.iter().any(|note| note.body == new.body && note.internal == internal));
        assert!(world.notes(&ticket).await.contains(&(new.body, internal, resolution)), "{kind}");
    }
}

pub async fn a_text_arrives_to_the_letter(world: &dyn World) {
    let ticket = world.ticket("To the letter").await;
    for (n, text) in [
        "## Problem\n\nIt *asks* again.\n\n## Resolution\n- one\n- two",
        "C:\\Users\\dana \"quoted\" 'single' [brackets] 100% <b>bold</b> &amp;",
        "Grüße, 東京, 😀",
        "a very long line ".repeat(300).trim_end(),
    ]
    .into_iter()
    .enumerate()
    {
        let id = post(world, &ticket, &note(world, &format!("letter {n}"), text)).await;
        assert_eq!(world.desk().note(world.ctx(), &ticket, &id).await.unwrap().unwrap().body, text);
    }
}

pub async fn a_note_is_found_by_whoever_posts_it_again(world: &dyn World) {
    let ticket = world.ticket("Posted again").await;
    let new = note(world, "again", "The answer\nof this was lost.");
    let (desk, ctx) = (world.desk(), world.ctx());
    assert_eq!(desk.find_note(ctx, &ticket, &new).await.unwrap(), None);
    let id = desk.add_note(ctx, &ticket, &new).await.unwrap();
    assert_eq!(desk.find_note(ctx, &ticket, &new).await.unwrap(), Some(id));
}

pub async fn another_note_is_not_taken_for_it(world: &dyn World) {
    let (ticket, elsewhere) = (world.ticket("One").await, world.ticket("Two").await);
    let new = note(world, "mine", "What was done");
    let (desk, ctx) = (world.desk(), world.ctx());
    let other = post(world, &ticket, &note(world, "theirs", "What was done, in other words")).await;
    post(world, &elsewhere, &note(world, "elsewhere", "What was done")).await;
    assert_eq!(desk.find_note(ctx, &ticket, &new).await.unwrap(), None);
    // With the same text, and known to be another one.
    let same = post(world, &ticket, &NewNote { idempotency_key: "first".to_owned(), ..new.clone() }).await;
    let second = NewNote { others: vec![other, same.clone()], ..new };
    assert_eq!(desk.find_note(ctx, &ticket, &second).await.unwrap(), None);
    let id = post(world, &ticket, &second).await;
    assert_ne!(id, same);
    assert_eq!(desk.find_note(ctx, &ticket, &second).await.unwrap(), Some(id));
}

pub async fn a_note_of_before_is_not_taken_for_it(world: &dyn World) {
    let ticket = world.ticket("Twice the same").await;
    let old = note(world, "old", "Restarted the spooler.");
    post(world, &ticket, &old).await;
    let since = Timestamp(world.ctx().now().0 + time::Duration::minutes(10));
    let new = NewNote { since, idempotency_key: "new".to_owned(), ..old };
    assert_eq!(world.desk().find_note(world.ctx(), &ticket, &new).await.unwrap(), None);
}

pub async fn the_same_key_makes_one_note(world: &dyn World) {
    let ticket = world.ticket("Once").await;
    let new = note(world, "once", "Only once, please.");
    let (first, second) = (post(world, &ticket, &new).await, post(world, &ticket, &new).await);
    assert_eq!(first, second);
    assert_eq!(world.notes(&ticket).await, [(new.body, true, false)]);
}

pub async fn a_note_that_was_deleted_is_not_there(world: &dyn World) {
    let ticket = world.ticket("Deleted by somebody").await;
    let new = note(world, "deleted", "Somebody deletes this.");
    let id = post(world, &ticket, &new).await;
    world.delete_note(&ticket, &id).await;
    let (desk, ctx) = (world.desk(), world.ctx());
    assert_eq!(desk.note(ctx, &ticket, &id).await.unwrap(), None);
    assert_eq!(desk.find_note(ctx, &ticket, &new).await.unwrap(), None);
    assert_eq!(desk.note(ctx, &ticket, "no such note").await.unwrap(), None);
}

pub async fn a_status_is_where_it_was_sent(world: &dyn World) {
    let ticket = world.ticket("On the move").await;
    let (desk, ctx) = (world.desk(), world.ctx());
    let to = world.another_status();
    for _ in 0..2 {
        desk.set_status(ctx, &ticket, to).await.unwrap();
        assert_eq!(desk.summary(ctx, &ticket).await.unwrap().status_id, to);
        assert_eq!(world.status(&ticket).await, to);
    }
}

pub async fn a_foreign_status_is_refused_and_nothing_moves(world: &dyn World) {
    let ticket = world.ticket("Stays where it is").await;
    let before = world.status(&ticket).await;
    let (desk, ctx) = (world.desk(), world.ctx());
    for status in [world.foreign_status(), "987654", "nonsense", ""] {
        let said = desk.set_status(ctx, &ticket, status).await;
        assert!(matches!(said, Err(PsaError::Refused(_) | PsaError::Invalid(_))), "{status:?}: {said:?}");
        assert_eq!(world.status(&ticket).await, before);
    }
}

pub async fn a_new_ticket_has_what_was_given(world: &dyn World) {
    let (desk, ctx) = (world.desk(), world.ctx());
    let priority = desk.priorities(ctx).await.unwrap().items.pop().unwrap();
    let new = NewTicket { priority_id: Some(priority.id.clone()), ..world.new_ticket("Brand \"new\" [one]").await };
    let id = desk.create(ctx, &new, "given").await.unwrap();
    let made = desk.get(ctx, &id).await.unwrap();
    assert_eq!((made.summary.summary.as_str(), made.body), ("Brand \"new\" [one]", new.body));
    assert_eq!(made.summary.priority_id, Some(priority.id));
    assert!(made.summary.open && !made.summary.company.is_empty());
}

pub async fn the_same_key_opens_one_ticket(world: &dyn World) {
    let (desk, ctx) = (world.desk(), world.ctx());
    let new = world.new_ticket("Opened once").await;
    let first = desk.create(ctx, &new, "a-key").await.unwrap();
    assert_eq!(desk.create(ctx, &new, "a-key").await.unwrap(), first);
    assert_ne!(desk.create(ctx, &new, "another-key").await.unwrap(), first);
}

pub async fn nothing_of_a_summary_that_is_too_long_is_lost(world: &dyn World) {
    let summary = "long ".repeat(200).trim_end().to_owned();
    let new = world.new_ticket(&summary).await;
    match world.desk().create(world.ctx(), &new, "long").await {
        Err(PsaError::Refused(said)) => assert!(!said.is_empty()),
        Err(PsaError::Invalid(_)) => {}
        Err(other) => panic!("{other:?}"),
        Ok(id) => {
            let made = world.desk().get(world.ctx(), &id).await.unwrap();
            assert!(made.summary.summary == summary || made.body.contains(&summary), "{made:?}");
        }
    }
}
