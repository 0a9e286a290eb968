//! The local desk: tickets with people, companies and time, kept in FlowPilot (P4).

use flowpilot::{
    accounts::types::UserRole,
    psa::{
        server::{Provider, local_desk::LocalDesk},
        types::{NewTicket, NewTimeEntry, TicketFilter},
    },
    server::{context::Ctx, router::context_of},
};

use crate::support::{Person, TestApp};

async fn desk() -> (TestApp, Person, Ctx) {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let ctx = context_of(&app.platform, engineer.account, engineer.user);
    (app, engineer, ctx)
}

fn new(summary: &str, company: &str, contact: Option<&str>) -> NewTicket {
    NewTicket {
        summary: summary.to_owned(),
        company: Some(company.to_owned()),
        contact: contact.map(ToOwned::to_owned),
        ..NewTicket::default()
    }
}

async fn open(ctx: &Ctx, summary: &str, company: &str, contact: Option<&str>) -> String {
    LocalDesk.create(ctx, &new(summary, company, contact), summary).await.unwrap()
}

async fn listed(ctx: &Ctx, filter: TicketFilter) -> Vec<String> {
    LocalDesk.list(ctx, &filter).await.unwrap().items.into_iter().map(|ticket| ticket.summary).collect()
}

#[tokio::test]
async fn the_first_who_is_assigned_owns_the_ticket_and_asking_again_changes_nothing() {
    let (app, engineer, ctx) = desk().await;
    let other = app.colleague(&engineer, UserRole::Engineer).await;
    let ticket = open(&ctx, "Printer", "Contoso", None).await;
    for member in [engineer.user, other.user, engineer.user] {
        LocalDesk.assign(&ctx, &ticket, &member.to_string()).await.unwrap();
    }
    let on_it = LocalDesk.assignees(&ctx, &ticket).await.unwrap();
    let who: Vec<_> = on_it.iter().map(|one| (one.member.id.clone(), one.owner)).collect();
    assert_eq!(who, [(engineer.user.to_string(), true), (other.user.to_string(), false)]);
}

#[tokio::test]
async fn where_the_owner_went_the_next_who_is_assigned_owns_the_ticket() {
    let (app, engineer, ctx) = desk().await;
    let other = app.colleague(&engineer, UserRole::Engineer).await;
    let ticket = open(&ctx, "Printer", "Contoso", None).await;
    let (first, second) = (engineer.user.to_string(), other.user.to_string());
    LocalDesk.assign(&ctx, &ticket, &first).await.unwrap();
    for _ in 0..2 {
        LocalDesk.unassign(&ctx, &ticket, &first).await.unwrap();
    }
    LocalDesk.assign(&ctx, &ticket, &second).await.unwrap();
    let on_it = LocalDesk.assignees(&ctx, &ticket).await.unwrap();
    assert_eq!(on_it.iter().map(|one| (&*one.member.id, one.owner)).collect::<Vec<_>>(), [(&*second, true)]);
}

#[tokio::test]
async fn of_many_who_are_assigned_at_once_one_owns_the_ticket() {
    let (app, engineer, ctx) = desk().await;
    let ticket = open(&ctx, "Printer", "Contoso", None).await;
    let mut people = vec![engineer.user];
    for _ in 0..4 {
        people.push(app.colleague(&engineer, UserRole::Engineer).await.user);
    }
    let members: Vec<_> = people.iter().map(ToString::to_string).collect();
    let all = members.iter().map(|member| LocalDesk.assign(&ctx, &ticket, member));
    assert!(futures::future::join_all(all).await.iter().all(Result::is_ok));
    let on_it = LocalDesk.assignees(&ctx, &ticket).await.unwrap();
    assert_eq!((on_it.len(), on_it.iter().filter(|one| one.owner).count()), (5, 1));
}

#[tokio::test]
async fn a_stranger_of_another_account_cannot_be_assigned() {
    let (app, _, ctx) = desk().await;
    let stranger = app.owner_of("Rival MSP").await;
    let ticket = open(&ctx, "Printer", "Contoso", None).await;
    assert!(LocalDesk.assign(&ctx, &ticket, &stranger.user.to_string()).await.is_err());
}

#[tokio::test]
async fn the_same_key_opens_one_ticket_also_at_the_same_time() {
    let (_app, _, ctx) = desk().await;
    let ticket = new("Printer", "Contoso", None);
    let all = (0..5).map(|_| LocalDesk.create(&ctx, &ticket, "key"));
    let mut numbers: Vec<_> = futures::future::join_all(all).await.into_iter().map(Result::unwrap).collect();
    numbers.dedup();
    assert_eq!(numbers, ["1001"]);
}

#[tokio::test]
async fn a_company_is_one_whatever_its_case() {
    let (_app, _, ctx) = desk().await;
    open(&ctx, "One", "Contoso", Some("Jenny")).await;
    open(&ctx, "Two", " contoso ", Some("JENNY")).await;
    let companies = LocalDesk.companies(&ctx, "tos").await.unwrap().items;
    assert_eq!(companies.iter().map(|one| &*one.name).collect::<Vec<_>>(), ["Contoso"]);
    let contacts = LocalDesk.contacts(&ctx, &companies[0].id).await.unwrap().items;
    assert_eq!(contacts.len(), 1);
}

#[tokio::test]
async fn related_are_tickets_of_the_contact_first_then_of_the_company() {
    let (_app, _, ctx) = desk().await;
    let ticket = open(&ctx, "This", "Contoso", Some("Jenny")).await;
    open(&ctx, "Hers", "Contoso", Some("Jenny")).await;
    open(&ctx, "Theirs", "Contoso", Some("Reception")).await;
    open(&ctx, "Elsewhere", "Fabrikam", Some("Jenny")).await;
    let summary = LocalDesk.summary(&ctx, &ticket).await.unwrap();
    let related = LocalDesk.related(&ctx, &summary).await.unwrap().items;
    assert_eq!(related.iter().map(|one| &*one.summary).collect::<Vec<_>>(), ["Hers", "Theirs"]);
}

#[tokio::test]
async fn the_same_time_entered_twice_is_one_entry() {
    let (_app, engineer, ctx) = desk().await;
    let ticket = open(&ctx, "Printer", "Contoso", None).await;
    let entry = NewTimeEntry { started_at: ctx.now(), minutes: 25, note: "Driver".to_owned() };
    let me = engineer.user.to_string();
    let first = LocalDesk.add_time(&ctx, &ticket, &me, &entry).await.unwrap();
    assert_eq!(LocalDesk.add_time(&ctx, &ticket, &me, &entry).await.unwrap(), first);
    let all = LocalDesk.time_entries(&ctx, &ticket).await.unwrap().items;
    assert_eq!(all.iter().map(|one| (one.minutes, one.note.as_deref())).collect::<Vec<_>>(), [(25, Some("Driver"))]);
}

#[tokio::test]
async fn every_filter_narrows_the_list() {
    let (_app, engineer, ctx) = desk().await;
    let printer = open(&ctx, "Printer dead", "Contoso", Some("Jenny")).await;
    open(&ctx, "VPN drops", "Fabrikam", None).await;
    LocalDesk.assign(&ctx, &printer, &engineer.user.to_string()).await.unwrap();
    LocalDesk.set_status(&ctx, &printer, "in_progress").await.unwrap();
    let company = LocalDesk.companies(&ctx, "Contoso").await.unwrap().items[0].id.clone();
    let some = |text: &str| Some(text.to_owned());
    let none = TicketFilter::default;
    for filter in [
        TicketFilter { q: some("dead jenny"), ..none() },
        TicketFilter { q: some("#1001"), ..none() },
        TicketFilter { status: some("in progress"), ..none() },
        TicketFilter { status: some("in_progress"), ..none() },
        TicketFilter { company: Some(company), ..none() },
        TicketFilter { assignee: Some(engineer.user.to_string()), ..none() },
    ] {
        assert_eq!(listed(&ctx, filter.clone()).await, ["Printer dead"], "{filter:?}");
    }
    let unassigned = TicketFilter { assignee: some("unassigned"), ..none() };
    assert_eq!(listed(&ctx, unassigned).await, ["VPN drops"]);
    for filter in [
        TicketFilter { priority: some("critical"), ..none() },
        TicketFilter { board: some("1"), ..none() },
        TicketFilter { company: some("no id"), ..none() },
        TicketFilter { q: some("100% _"), ..none() },
    ] {
        assert_eq!(listed(&ctx, filter.clone()).await, Vec::<String>::new(), "{filter:?}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let (_app, _, ctx) = desk().await;
    for n in 0..5 {
        open(&ctx, &format!("Ticket {n}"), "Contoso", None).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let filter = TicketFilter { limit: Some(2), cursor, ..TicketFilter::default() };
        let page = LocalDesk.list(&ctx, &filter).await.unwrap();
        seen.extend(page.items.into_iter().map(|ticket| ticket.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["1005", "1004", "1003", "1002", "1001"]);
}
