//! Pages as the server sends them: to whom, and that they are made of what was read once.

use std::collections::BTreeSet;

use crate::support::TestApp;

#[tokio::test]
async fn before_anybody_exists_every_page_leads_to_the_set_up() {
    let app = TestApp::start().await;
    for page in ["/", "/login", "/pilot", "/tickets/1"] {
        assert_eq!(app.browser().lands_on(page).await, "/setup", "{page}");
    }
    assert!(app.browser().page("/setup").await.contains("Set up FlowPilot"));
}

#[tokio::test]
async fn nobody_is_led_to_the_login_and_back() {
    let app = TestApp::start().await;
    app.owner_of("Acme MSP").await;
    assert_eq!(app.browser().lands_on("/tickets?q=vpn").await, "/login?next=%2Ftickets%3Fq%3Dvpn");
    assert_eq!(app.browser().lands_on("/setup").await, "/login");
    assert!(app.browser().page("/login").await.contains("Sign in"));
}

#[tokio::test]
async fn whoever_was_idle_for_too_long_is_told_on_the_login_page() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    app.sql("update login_sessions set last_seen_at = now() - interval '4 days'").await;
    let login = browser.lands_on("/pilot").await;
    assert_eq!(login, "/login?next=%2Fpilot&why=session_expired_idle");
    assert!(app.browser().page(&login).await.contains("after a time without activity"));
}

/// What the page hands to the browser's half, one text for each reading.
fn readings(page: &str) -> Vec<&str> {
    let starts = page.match_indices("__RESOLVED_RESOURCES[").map(|(at, _)| &page[at..]);
    starts.filter_map(|rest| rest.split_once("] = ")?.1.split("\";").next()).collect()
}

/// A thing that is read twice can differ between the two readings. Then what was rendered is not what the browser's half is
/// handed, and it cannot take over the page.
#[tokio::test]
async fn a_page_reads_each_thing_once() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let session = owner.session_about("Outlook asks for the password again and again").await;
    let browser = app.browser_of(&owner).await;
    let id = session.rsplit('/').next().unwrap();
    let session = format!("/pilot/{id}");
    let pages = [
        ("/", 2),
        ("/sessions", 3),
        ("/pilot", 3),
        (session.as_str(), 3),
        ("/tickets", 3),
        ("/settings", 3),
        ("/account/ai", 2),
        ("/account/usage", 2),
        ("/account/security", 2),
    ];
    for (path, things) in pages {
        let page = browser.page(path).await;
        let read = readings(&page);
        let different: BTreeSet<_> = read.iter().collect();
        assert_eq!((read.len(), different.len()), (things, things), "{path}: {read:#?}");
    }
}
