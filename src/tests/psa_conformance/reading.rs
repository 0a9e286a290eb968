//! What lists and tickets promise.

use std::collections::HashSet;

use flowpilot::psa::{server::PsaError, types::TicketFilter};

use super::{World, found, note, post};

fn about(words: &str) -> TicketFilter {
    TicketFilter { q: Some(words.to_owned()), ..TicketFilter::default() }
}

pub async fn pages_lead_to_the_end_and_no_ticket_comes_twice(world: &dyn World) {
    let mut made = Vec::new();
    for n in 0..7 {
        made.push(world.ticket(&format!("Paging number {n}")).await);
    }
    let all = found(world, &TicketFilter { limit: Some(2), ..TicketFilter::default() }).await;
    let each: HashSet<&String> = all.iter().collect();
    assert_eq!(each.len(), all.len(), "{all:?}");
    assert!(made.iter().all(|id| each.contains(id)), "{made:?} in {all:?}");
}

pub async fn the_newest_ticket_comes_first(world: &dyn World) {
    let older = world.ticket("Order of arrival").await;
    let newer = world.ticket("Order of arrival").await;
    assert_eq!(found(world, &about("Order of arrival")).await, [newer, older]);
}

pub async fn a_closed_ticket_is_listed_only_when_asked_for(world: &dyn World) {
    let ticket = world.ticket("Closing time").await;
    let (desk, ctx) = (world.desk(), world.ctx());
    let board = desk.summary(ctx, &ticket).await.unwrap().board.map(|board| board.id);
    let statuses = desk.statuses(ctx, board.as_deref()).await.unwrap().items;
    let closing = statuses.iter().find(|status| status.closed).unwrap();
    desk.set_status(ctx, &ticket, &closing.id).await.unwrap();
    assert!(!desk.summary(ctx, &ticket).await.unwrap().open);
    assert_eq!(found(world, &about("Closing time")).await, Vec::<String>::new());
    let all = TicketFilter { status: Some("all".to_owned()), ..about("Closing time") };
    assert_eq!(found(world, &all).await, [ticket]);
}

pub async fn words_find_the_tickets_that_have_all_of_them(world: &dyn World) {
    let ticket = world.ticket("Blue projector hums").await;
    world.ticket("Red projector rests").await;
    assert_eq!(found(world, &about("projector hums")).await, [ticket]);
}

pub async fn every_sign_in_a_search_means_itself(world: &dyn World) {
    for sign in
        ["\"quoted\"", "[bracketed]", "back\\slash", "100%", "it's", "a*b", "x&y", "c++", "#7", "(1)", "a/b", "ä€😀"]
    {
        let ticket = world.ticket(&format!("Literally {sign} here")).await;
        let decoy = world.ticket("Literally something here").await;
        assert_eq!(found(world, &about(&format!("Literally {sign}"))).await, [ticket.as_str()], "{sign}");
        world.delete_ticket(&ticket).await;
        world.delete_ticket(&decoy).await;
    }
}

pub async fn no_search_text_breaks_the_list(world: &dyn World) {
    let long = "word ".repeat(1_000);
    for text in
        ["two\nlines", "\u{7}", "\"", "\\", "[", "]", "%", "' or 1=1", "\" or id > 0 or summary = \"", "", " ", &long]
    {
        let listed = world.desk().list(world.ctx(), &about(text)).await;
        assert!(listed.is_ok(), "{text:?}: {listed:?}");
    }
}

pub async fn a_number_finds_its_ticket(world: &dyn World) {
    let ticket = world.ticket("Found by its number").await;
    for text in [ticket.clone(), format!("#{ticket}")] {
        assert!(found(world, &about(&text)).await.contains(&ticket), "{text}");
    }
}

pub async fn a_status_is_filtered_by_its_own_word(world: &dyn World) {
    let (one, two) = (world.ticket("Filtered one").await, world.ticket("Filtered two").await);
    world.desk().set_status(world.ctx(), &one, world.another_status()).await.unwrap();
    let word = world.desk().summary(world.ctx(), &one).await.unwrap().status;
    let filter = TicketFilter { status: Some(word), ..about("Filtered") };
    let ids = found(world, &filter).await;
    assert_eq!((ids.contains(&one), ids.contains(&two)), (true, false));
}

pub async fn priority_and_company_are_filtered(world: &dyn World) {
    let ticket = world.ticket("Narrowed").await;
    let known = world.desk().summary(world.ctx(), &ticket).await.unwrap();
    let others = world.desk().priorities(world.ctx()).await.unwrap().items;
    let other = others.into_iter().map(|one| one.id).find(|id| Some(id) != known.priority_id.as_ref());
    for (filter, expected) in [
        (TicketFilter { priority: known.priority_id.clone(), ..about("Narrowed") }, true),
        (TicketFilter { priority: other, ..about("Narrowed") }, false),
        (TicketFilter { company: known.company_id.clone(), ..about("Narrowed") }, true),
        (TicketFilter { company: Some("987654321".to_owned()), ..about("Narrowed") }, false),
        (TicketFilter { board: known.board.map(|board| board.id), ..about("Narrowed") }, true),
        (TicketFilter { board: Some("987654321".to_owned()), ..about("Narrowed") }, false),
    ] {
        assert_eq!(found(world, &filter).await.contains(&ticket), expected, "{filter:?}");
    }
}

pub async fn a_ticket_comes_with_its_text_and_its_notes_oldest_first(world: &dyn World) {
    let new = world.new_ticket("With all it has").await;
    let ticket = world.desk().create(world.ctx(), &new, "whole").await.unwrap();
    for n in 1..4 {
        post(world, &ticket, &note(world, &format!("key {n}"), &format!("Note {n}"))).await;
    }
    let whole = world.desk().get(world.ctx(), &ticket).await.unwrap();
    assert_eq!((whole.summary.summary.as_str(), whole.body.as_str()), ("With all it has", new.body.as_str()));
    let bodies: Vec<&str> =
        whole.notes.iter().map(|note| note.body.as_str()).filter(|body| *body != new.body).collect();
    assert_eq!(bodies, ["Note 1", "Note 2", "Note 3"]);
}

pub async fn a_summary_says_what_the_list_says(world: &dyn World) {
    let ticket = world.ticket("The same twice").await;
    let listed = world.desk().list(world.ctx(), &about("The same twice")).await.unwrap().items;
    assert_eq!(listed, [world.desk().summary(world.ctx(), &ticket).await.unwrap()]);
    assert_eq!(listed[0], world.desk().get(world.ctx(), &ticket).await.unwrap().summary);
}

pub async fn what_is_not_there_is_not_found(world: &dyn World) {
    let gone = world.ticket("Deleted meanwhile").await;
    world.delete_ticket(&gone).await;
    let (desk, ctx) = (world.desk(), world.ctx());
    for id in [gone.as_str(), "99999999", "abc", "1 or id > 0", "", "99999999999999999999"] {
        let new = note(world, "nowhere", "Nowhere");
        let said = [
            desk.get(ctx, id).await.map(drop),
            desk.summary(ctx, id).await.map(drop),
            desk.add_note(ctx, id, &new).await.map(drop),
            desk.set_status(ctx, id, world.another_status()).await,
        ];
        for (n, said) in said.into_iter().enumerate() {
            assert!(matches!(said, Err(PsaError::NotFound(_))), "{id:?}, call {n}: {said:?}");
        }
    }
}

pub async fn every_list_is_there_and_names_nothing_twice(world: &dyn World) {
    let (desk, ctx) = (world.desk(), world.ctx());
    let members = desk.members(ctx).await.unwrap().items;
    assert!(world.members().iter().all(|id| members.iter().any(|member| member.id == *id)));
    let ids = |named: Vec<flowpilot::psa::types::Named>| named.into_iter().map(|one| one.id).collect::<Vec<_>>();
    for (what, ids, needed) in [
        ("boards", ids(desk.boards(ctx).await.unwrap().items), desk.capabilities().boards),
        ("priorities", ids(desk.priorities(ctx).await.unwrap().items), true),
        ("statuses", desk.statuses(ctx, None).await.unwrap().items.into_iter().map(|one| one.name).collect(), true),
        ("members", members.into_iter().map(|one| one.id).collect(), true),
    ] {
        let each: HashSet<&String> = ids.iter().collect();
        assert_eq!(each.len(), ids.len(), "{what}: {ids:?}");
        assert_eq!(ids.is_empty(), !needed, "{what}");
    }
}

pub async fn companies_are_found_by_their_words(world: &dyn World) {
    let ticket = world.ticket("Whose company").await;
    let company = world.desk().summary(world.ctx(), &ticket).await.unwrap().company;
    let (desk, ctx) = (world.desk(), world.ctx());
    let word = company.split_whitespace().next().unwrap().to_lowercase();
    let named = desk.companies(ctx, &word).await.unwrap().items;
    assert!(named.iter().any(|one| one.name == company), "{company} in {named:?}");
    assert_eq!(desk.companies(ctx, "nobody \"has\" [this] name%").await.unwrap().items, []);
}

pub async fn related_tickets_are_others_of_the_same_customer(world: &dyn World) {
    let (one, two) = (world.ticket("Related one").await, world.ticket("Related two").await);
    if !world.desk().capabilities().related {
        return;
    }
    let ticket = world.desk().summary(world.ctx(), &one).await.unwrap();
    let related = world.desk().related(world.ctx(), &ticket).await.unwrap().items;
    let ids: Vec<&String> = related.iter().map(|one| &one.id).collect();
    assert_eq!((ids.contains(&&one), ids.contains(&&two)), (false, true), "{ids:?}");
    assert!(ids.len() <= 20);
}

pub async fn the_connection_can_be_tested(world: &dyn World) {
    assert!(!world.desk().test(world.ctx()).await.unwrap().is_empty());
}
