//! Tickets are found by what people filter and type, and every filter reaches ConnectWise.

use flowpilot::psa::{
    server::{Provider, simulator},
    types::TicketFilter,
};

use super::{Desk, says, why};

fn ids(page: &flowpilot::page::Page<flowpilot::psa::types::TicketSummary>) -> Vec<&str> {
    page.items.iter().map(|ticket| ticket.id.as_str()).collect()
}

async fn found(desk: &Desk, filter: TicketFilter) -> Vec<String> {
    let page = desk.connectwise.list(&desk.ctx, &filter).await.unwrap();
    ids(&page).into_iter().map(str::to_owned).collect()
}

fn typed(q: &str) -> TicketFilter {
    TicketFilter { q: Some(q.to_owned()), ..TicketFilter::default() }
}

#[tokio::test]
async fn a_page_of_the_list_is_one_call_with_warm_lists() {
    let desk = Desk::new().await;
    desk.warm().await;
    let page = desk.connectwise.list(&desk.ctx, &TicketFilter::default()).await.unwrap();
    let asked = desk.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].parameter("fields").is_some(), "whole tickets have 150 fields");
    assert_eq!(asked[0].parameter("conditions"), Some("closedFlag=false"));
    let mut newest_first = ids(&page);
    newest_first.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(ids(&page), newest_first);
    assert!(page.items.iter().all(|ticket| ticket.open));
    let vpn = page.items.iter().find(|ticket| ticket.id == "48214").unwrap();
    assert_eq!(vpn.assignees, ["John Doe", "Anna Smith"], "the owner first, everybody once, by name");
    assert_eq!((vpn.company.as_str(), vpn.status.as_str()), ("Contoso Health", "In Progress"));
}

#[tokio::test]
async fn every_filter_that_is_set_is_sent() {
    let desk = Desk::new().await;
    desk.warm().await;
    let all = |filter: TicketFilter| TicketFilter { status: Some("all".to_owned()), ..filter };
    let set = |field: &str, value: &str| {
        let value = Some(value.to_owned());
        match field {
            "board" => TicketFilter { board: value, ..all(TicketFilter::default()) },
            "priority" => TicketFilter { priority: value, ..all(TicketFilter::default()) },
            "company" => TicketFilter { company: value, ..all(TicketFilter::default()) },
            "assignee" => TicketFilter { assignee: value, ..all(TicketFilter::default()) },
            _ => TicketFilter { status: value, ..TicketFilter::default() },
        }
    };
    for (field, value, expected) in [
        ("board", "2", vec!["48224", "48219", "48218"]),
        ("priority", "6", vec!["48218"]),
        ("company", "253", vec!["48221", "48215"]),
        ("assignee", "12", vec!["48214"]),
        ("assignee", "13", vec!["48214"]),
        ("assignee", "15", vec![]),
        ("status", "20", vec!["48222"]),
        ("status", "Closed", vec!["48222"]),
        ("status", "in progress", vec!["48219", "48214"]),
    ] {
        assert_eq!(found(&desk, set(field, value)).await, expected, "{field}={value}");
    }
    let unassigned = found(&desk, set("assignee", "unassigned")).await;
    assert!(unassigned.len() == 11 && !unassigned.contains(&"48214".to_owned()), "{unassigned:?}");
    let both = TicketFilter { board: Some("1".to_owned()), q: Some("outlook".to_owned()), ..TicketFilter::default() };
    assert_eq!(found(&desk, both).await, ["48213"], "the closed one and the one that only tells of Outlook are others");
    let sent = desk.asked().pop().unwrap();
    says(sent.parameter("conditions").unwrap(), &["board/id=1", "closedFlag=false", "summary contains"]);
}

#[tokio::test]
async fn a_member_whose_name_begins_like_another_is_another() {
    let desk = Desk::new().await;
    let longer = desk.simulator.add_member("asmithers", ["Al", "Smithers"], "al@acme-msp.example");
    desk.warm().await;
    let filter = TicketFilter { assignee: Some(longer), ..TicketFilter::default() };
    assert!(found(&desk, filter).await.is_empty());
}

#[tokio::test]
async fn a_filter_that_is_no_id_is_refused_before_the_call() {
    let desk = Desk::new().await;
    for odd in ["1 or id>0", "-1", "x", "01"] {
        let filter = TicketFilter { board: Some(odd.to_owned()), ..TicketFilter::default() };
        says(&why(desk.connectwise.list(&desk.ctx, &filter).await), &["does not know this board"]);
    }
    let filter = TicketFilter { cursor: Some("1) or (id>0".to_owned()), ..TicketFilter::default() };
    says(&why(desk.connectwise.list(&desk.ctx, &filter).await), &["cursor"]);
    assert_eq!(desk.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn words_are_found_in_number_summary_company_and_contact_whatever_they_are_made_of() {
    let desk = Desk::new().await;
    for (text, expected) in [
        ("48213", vec!["48213"]),
        ("#48213", vec!["48213"]),
        ("printer offline", vec!["48215"]),
        ("offline   PRINTER\n3rd", vec!["48215"]),
        ("northwind", vec!["48224", "48220", "48216"]),
        ("okafor vpn", vec!["48214"]),
        ("O'Brien", vec!["48221", "48215"]),
        ("\"Quick\" [UK]", vec!["48221", "48215"]),
        ("[UK", vec!["48221", "48215"]),
        ("100%", vec!["48221", "48215"]),
        ("\" or id>0 or summary=\"", vec![]),
        ("\\", vec![]),
        ("] or [", vec!["48215"]),
        ("(", vec![]),
        ("quick\u{0}\u{7}", vec!["48221", "48215"]),
        ("&=+*/%20", vec![]),
        ("日本", vec![]),
    ] {
        assert_eq!(found(&desk, typed(text)).await, expected, "{text:?}");
    }
    assert_eq!(found(&desk, typed(" \n ")).await.len(), 11, "nothing typed is no filter");
}

#[tokio::test]
async fn a_long_search_gets_through() {
    let desk = Desk::new().await;
    desk.warm().await;
    let text = ["printer", &"ö".repeat(400), &"x".repeat(300)].join(" ");
    assert!(found(&desk, typed(&text)).await.is_empty());
    assert_eq!(desk.calls(), ["POST /service/tickets/search"]);
}

#[tokio::test]
async fn leafing_through_reaches_each_ticket_once_even_while_new_ones_come_in() {
    let desk = Desk::of(simulator::Options { tickets: 130, ..simulator::Options::default() }).await;
    let mut filter = TicketFilter { status: Some("all".to_owned()), limit: Some(40), ..TicketFilter::default() };
    let mut seen = Vec::new();
    loop {
        let page = desk.connectwise.list(&desk.ctx, &filter).await.unwrap();
        assert!(page.items.len() <= 40);
        seen.extend(page.items.into_iter().map(|ticket| ticket.id));
        desk.simulator.add_ticket("Something new");
        match page.next_cursor {
            Some(cursor) => filter.cursor = Some(cursor),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    // What comes in with a higher number is newer than what was shown; numbers of the simulator's new ones lie between.
    assert_eq!(count, seen.len(), "no ticket twice");
    for number in (48_213..48_225).chain(100_000..100_130) {
        assert!(seen.contains(&number.to_string()), "{number} was missed");
    }
}

#[tokio::test]
async fn a_member_whose_login_has_a_wildcard_in_it_is_found_in_the_schedule_and_nobody_else() {
    let desk = Desk::new().await;
    let mut members = Vec::new();
    for login in ["a_lee", "a%b", "a*c", "axlee"] {
        members.push(desk.simulator.add_member(login, ["Ann", login], &format!("{}@acme-msp.example", members.len())));
    }
    desk.warm().await;
    for (ticket, member) in [("48213", &members[0]), ("48215", &members[1]), ("48216", &members[2])] {
        desk.connectwise.assign(&desk.ctx, ticket, "13").await.unwrap();
        desk.connectwise.assign(&desk.ctx, ticket, member).await.unwrap();
    }
    let of = |member: &String| TicketFilter { assignee: Some(member.clone()), ..TicketFilter::default() };
    for (member, expected) in members.iter().zip([vec!["48213"], vec!["48215"], vec!["48216"], vec![]]) {
        assert_eq!(found(&desk, of(member)).await, expected);
    }
    let sent = desk.asked();
    assert!(sent.iter().any(|one| one.parameter("conditions").is_some_and(|all| all.contains("a[_]lee"))));
}
