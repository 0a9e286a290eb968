//! What assignees, time and devices promise, where the ticket system has them.

use flowpilot::psa::types::{NewTimeEntry, TicketFilter};

use super::{World, found};

/// Who works on the ticket, the owner marked.
async fn on(world: &dyn World, ticket: &str) -> Vec<(String, bool)> {
    let assignees = world.desk().assignees(world.ctx(), ticket).await.unwrap();
    assignees.into_iter().map(|one| (one.member.id, one.owner)).collect()
}

async fn assign(world: &dyn World, ticket: &str, member: &str) {
    world.desk().assign(world.ctx(), ticket, member).await.unwrap();
}

async fn unassign(world: &dyn World, ticket: &str, member: &str) {
    world.desk().unassign(world.ctx(), ticket, member).await.unwrap();
}

pub async fn the_first_assignee_owns_the_ticket_and_the_second_joins(world: &dyn World) {
    let ticket = world.ticket("Two people").await;
    if !world.desk().capabilities().assign {
        return;
    }
    let [one, two] = world.members();
    assert_eq!(on(world, &ticket).await, []);
    assign(world, &ticket, &one).await;
    assign(world, &ticket, &two).await;
    assert_eq!(on(world, &ticket).await, [(one, true), (two, false)]);
    let whole = world.desk().get(world.ctx(), &ticket).await.unwrap();
    assert_eq!((whole.assigned.len(), whole.summary.assignees.len()), (2, 2));
}

pub async fn asking_for_what_already_holds_changes_nothing(world: &dyn World) {
    let ticket = world.ticket("Asked twice").await;
    if !world.desk().capabilities().assign {
        return;
    }
    let [one, two] = world.members();
    unassign(world, &ticket, &two).await;
    for _ in 0..2 {
        assign(world, &ticket, &one).await;
        assign(world, &ticket, &two).await;
    }
    assert_eq!(on(world, &ticket).await, [(one, true), (two, false)]);
}

pub async fn whoever_is_taken_off_is_off(world: &dyn World) {
    let ticket = world.ticket("Taken off").await;
    if !world.desk().capabilities().assign {
        return;
    }
    let [one, two] = world.members();
    assign(world, &ticket, &one).await;
    assign(world, &ticket, &two).await;
    unassign(world, &ticket, &one).await;
    assert_eq!(on(world, &ticket).await, [(two.clone(), false)], "the owner is cleared, the other stays");
    unassign(world, &ticket, &two).await;
    assert_eq!(on(world, &ticket).await, []);
}

pub async fn tickets_are_filtered_by_who_works_on_them(world: &dyn World) {
    let (theirs, nobodys) = (world.ticket("Whose is it").await, world.ticket("Whose is it").await);
    if !world.desk().capabilities().assign {
        return;
    }
    let [one, two] = world.members();
    assign(world, &theirs, &one).await;
    assign(world, &theirs, &two).await;
    for (who, expected) in [(one.as_str(), &theirs), (two.as_str(), &theirs), ("unassigned", &nobodys)] {
        let filter = TicketFilter {
            q: Some("Whose is it".to_owned()),
            assignee: Some(who.to_owned()),
            ..TicketFilter::default()
        };
        assert_eq!(found(world, &filter).await, [expected.as_str()], "{who}");
    }
}

pub async fn time_is_entered_once(world: &dyn World) {
    let ticket = world.ticket("Took a while").await;
    let (desk, ctx) = (world.desk(), world.ctx());
    if !desk.capabilities().time_entries {
        return;
    }
    let started_at = ctx.now();
    let new = NewTimeEntry { started_at, minutes: 25, note: "Re-created the profile.".to_owned() };
    let [member, _] = world.members();
    let first = desk.add_time(ctx, &ticket, &member, &new).await.unwrap();
    assert_eq!(desk.add_time(ctx, &ticket, &member, &new).await.unwrap(), first);
    let entries = desk.time_entries(ctx, &ticket).await.unwrap().items;
    let seen: Vec<_> = entries.iter().map(|entry| (entry.id.as_str(), entry.minutes, entry.note.as_deref())).collect();
    assert_eq!(seen, [(first.as_str(), 25, Some("Re-created the profile."))]);
}

pub async fn a_device_never_brings_its_secrets(world: &dyn World) {
    let Some((ticket, secret)) = world.ticket_with_secret().await else { return };
    let devices = world.desk().configurations(world.ctx(), &ticket).await.unwrap().items;
    assert_eq!(devices.len(), 1);
    assert!(!devices[0].details.is_empty());
    assert!(!format!("{devices:?}").contains(secret));
}
