//! Lists that seldom change are read once for all nodes, and one that may not be read says why.

use std::time::{Duration, Instant};

use flowpilot::{
    psa::server::{
        Provider,
        connectwise::{ConnectWise, Options, Patience},
        lists,
        simulator::Mishap,
    },
    server::router::context_of,
};

use super::{Desk, keys, quick, says, why};
use crate::support::eventually;

fn count(desk: &Desk, path: &str) -> usize {
    desk.simulator.requests().iter().filter(|asked| asked.path == path).count()
}

/// Makes all kept lists older than they are.
async fn age(desk: &Desk, by: &str) {
    desk.app.sql(&format!("update psa_lists set fetched_at = fetched_at - interval '{by}'")).await;
}

#[tokio::test]
async fn many_at_once_on_two_nodes_read_a_list_once() {
    let desk = Desk::new().await;
    let other = desk.app.second_node().await;
    let there = context_of(&other.platform, desk.ctx.account, desk.ctx.actor.user);
    let elsewhere = ConnectWise::new(keys(&desk.simulator), quick());
    desk.simulator.fault(Mishap::Slow(Duration::from_millis(200)).on("GET", "/system/members"));
    let here = (0..5).map(|_| desk.connectwise.members(&desk.ctx));
    let far = (0..5).map(|_| elsewhere.members(&there));
    let (here, far) = futures::join!(futures::future::join_all(here), futures::future::join_all(far));
    for list in here.into_iter().chain(far) {
        assert_eq!(list.unwrap().items.len(), 5);
    }
    assert_eq!(count(&desk, "/system/members"), 1);
}

#[tokio::test]
async fn an_old_list_is_shown_at_once_and_read_again_meanwhile() {
    let desk = Desk::new().await;
    desk.connectwise.members(&desk.ctx).await.unwrap();
    desk.simulator.add_member("new", ["New", "Colleague"], "new@acme-msp.example");
    assert_eq!(desk.connectwise.members(&desk.ctx).await.unwrap().items.len(), 5, "fresh for ten minutes");
    age(&desk, "11 minutes").await;
    assert_eq!(desk.connectwise.members(&desk.ctx).await.unwrap().items.len(), 5);
    eventually("the new colleague", async || desk.connectwise.members(&desk.ctx).await.unwrap().items.len() == 6).await;
    assert_eq!(count(&desk, "/system/members"), 2);
}

#[tokio::test]
async fn while_the_ticket_system_is_away_the_old_list_stays() {
    let desk = Desk::new().await;
    desk.connectwise.priorities(&desk.ctx).await.unwrap();
    desk.simulator.fault(Mishap::Html(503).always());
    age(&desk, "20 hours").await;
    for _ in 0..3 {
        assert_eq!(desk.connectwise.priorities(&desk.ctx).await.unwrap().items.len(), 4);
    }
    age(&desk, "5 hours").await;
    desk.app.sql("update psa_lists set refreshing_until = null").await;
    says(&why(desk.connectwise.priorities(&desk.ctx).await), &["HTTP 503"]);
    desk.simulator.heal();
    says(&why(desk.connectwise.priorities(&desk.ctx).await), &["HTTP 503"]);
    desk.app.sql("update psa_lists set refreshing_until = now() - interval '1 second'").await;
    assert_eq!(desk.connectwise.priorities(&desk.ctx).await.unwrap().items.len(), 4, "a failure is kept for a moment");
}

#[tokio::test]
async fn a_list_is_forgotten_with_the_connection() {
    let desk = Desk::new().await;
    desk.connectwise.boards(&desk.ctx).await.unwrap();
    lists::forget(&desk.ctx, "connectwise").await.unwrap();
    desk.connectwise.boards(&desk.ctx).await.unwrap();
    assert_eq!(count(&desk, "/service/boards"), 2);
}

#[tokio::test]
async fn a_list_that_may_not_be_read_is_empty_and_says_which_permission_it_takes() {
    let desk = Desk::new().await;
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/service/boards").forever());
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/service/priorities").forever());
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/company").forever());
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/time/entries").forever());
    let (ctx, connectwise) = (&desk.ctx, &desk.connectwise);
    let boards = connectwise.boards(ctx).await.unwrap();
    assert!(boards.items.is_empty());
    says(&boards.hint.unwrap(), &["Boards cannot be read", "Table Setup", "Security Roles"]);
    says(&connectwise.statuses(ctx, None).await.unwrap().hint.unwrap(), &["Table Setup"]);
    says(&connectwise.priorities(ctx).await.unwrap().hint.unwrap(), &["Priorities"]);
    says(&connectwise.companies(ctx, "x").await.unwrap().hint.unwrap(), &["Company Maintenance"]);
    says(&connectwise.contacts(ctx, "250").await.unwrap().hint.unwrap(), &["Contacts"]);
    says(&connectwise.configurations(ctx, "48213").await.unwrap().hint.unwrap(), &["Configurations"]);
    says(&connectwise.time_entries(ctx, "48213").await.unwrap().hint.unwrap(), &["Time Entry"]);
    desk.simulator.heal();
    age(&desk, "61 seconds").await;
    eventually("boards", async || !connectwise.boards(ctx).await.unwrap().items.is_empty()).await;
}

#[tokio::test]
async fn members_come_from_the_lighter_list_where_the_role_sees_no_more() {
    let desk = Desk::new().await;
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/system/members").forever());
    let members = desk.connectwise.members(&desk.ctx).await.unwrap();
    assert_eq!(members.items.len(), 5, "nobody who left: {members:?}");
    says(&members.hint.unwrap(), &["Member Maintenance"]);
}

#[tokio::test]
async fn a_list_is_read_to_its_end() {
    let desk = Desk::new().await;
    for n in 0..1_050 {
        desk.simulator.add_member(&format!("m{n}"), ["M", &n.to_string()], &format!("m{n}@acme-msp.example"));
    }
    assert_eq!(desk.connectwise.members(&desk.ctx).await.unwrap().items.len(), 1_055);
    assert_eq!(count(&desk, "/system/members"), 2);
}

#[tokio::test]
async fn boards_are_those_that_are_in_use_and_statuses_are_theirs_or_one_list_by_name() {
    let desk = Desk::new().await;
    let (ctx, connectwise) = (&desk.ctx, &desk.connectwise);
    let boards: Vec<_> = connectwise.boards(ctx).await.unwrap().items.into_iter().map(|board| board.name).collect();
    assert_eq!(boards, ["Help Desk", "Network"]);
    let of_network = connectwise.statuses(ctx, Some("2")).await.unwrap().items;
    let ids: Vec<_> = of_network.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["26", "27", "28", "29"]);
    let of_help_desk = connectwise.statuses(ctx, Some("1")).await.unwrap().items;
    let closed = of_help_desk.iter().find(|one| one.name == "Closed").unwrap();
    assert!(closed.closed && !closed.takes_time);
    let all = connectwise.statuses(ctx, None).await.unwrap().items;
    let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["New", "In Progress", "Waiting on Customer", "Completed", "Closed", "Escalated", "Scheduled"]);
    assert!(all.iter().all(|one| one.id == one.name && one.board_id.is_none()));
    assert_eq!(count(&desk, "/service/boards/1/statuses"), 1);
}

#[tokio::test]
async fn companies_and_contacts_are_found_whatever_they_are_called() {
    let desk = Desk::new().await;
    let (ctx, connectwise) = (&desk.ctx, &desk.connectwise);
    for (words, expected) in [("\"quick\" [UK", 1), ("fabri", 1), ("CONTOSO", 1), ("gone", 0), ("", 4), ("100% o'b", 1)]
    {
        assert_eq!(connectwise.companies(ctx, words).await.unwrap().items.len(), expected, "{words}");
    }
    let contacts = connectwise.contacts(ctx, "250").await.unwrap().items;
    assert_eq!(contacts.len(), 2);
    assert_eq!(contacts[0].email.as_deref(), Some("dana.holt@fabrikam.example"));
    assert!(connectwise.contacts(ctx, "250 or id>0").await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_first_reading_that_hangs_is_waited_for_once_and_not_by_one_after_the_other() {
    let desk = Desk::new().await;
    let patience = Patience { answer: Duration::from_millis(400), tries: 1, ..quick().patience };
    let impatient = ConnectWise::new(keys(&desk.simulator), Options { trusted: true, patience });
    desk.simulator.fault(Mishap::Slow(Duration::from_secs(2)).on("GET", "/system/members").forever());
    let began = Instant::now();
    for list in futures::future::join_all((0..10).map(|_| impatient.members(&desk.ctx))).await {
        says(&why(list), &["did not answer in time"]);
    }
    says(&why(impatient.members(&desk.ctx).await), &["did not answer in time"]);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    desk.simulator.heal();
    desk.app.sql("update psa_lists set refreshing_until = now() - interval '1 second'").await;
    assert_eq!(impatient.members(&desk.ctx).await.unwrap().items.len(), 5);
}
