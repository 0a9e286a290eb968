//! How long people of an account stay signed in, who is, and what is kept of it: an owner's business.

use flowpilot::accounts::types::UserRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Person, TestApp, read, text};

const SECURITY: &str = "/accounts/me/security";
const REVOKE: &str = "/accounts/me/security/revoke-sessions";
const LOG: &str = "/accounts/me/audit-log";
const SESSIONS: &str = "/api/v1/ai-sessions";

async fn rpc(browser: &Browser, function: &str, body: Value) -> Answer {
    read(browser.request(Method::POST, &format!("/rpc/accounts/{function}")).json(&body)).await
}

async fn left(browser: &Browser) -> (i64, i64) {
    let left = browser.get("/rpc/accounts/login_ends").await.expect(200);
    (left["idle_seconds"].as_i64().unwrap(), left["absolute_seconds"].as_i64().unwrap())
}

fn fields(refused: &Value) -> Vec<String> {
    refused["errors"].as_array().unwrap().iter().map(|error| text(&error["field"])).collect()
}

async fn actions(owner: &Person) -> Vec<String> {
    let log = owner.get(LOG).await.expect(200);
    log["items"].as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect()
}

#[tokio::test]
async fn an_account_begins_with_the_standard_lifetimes() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let expected = json!({ "preset": "standard", "idle_minutes": 4320, "absolute_minutes": 20160, "sessions": [] });
    assert_eq!(owner.get(SECURITY).await.expect(200), expected);
}

#[tokio::test]
async fn a_preset_brings_its_times_and_custom_ones_are_given() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let strict = owner.patch(SECURITY, json!({ "preset": "strict" })).await.expect(200);
    assert_eq!((&strict["preset"], &strict["idle_minutes"]), (&json!("strict"), &json!(30)));
    let custom = json!({ "preset": "custom", "idle_minutes": 15, "absolute_minutes": 60 });
    let custom = owner.patch(SECURITY, custom).await.expect(200);
    assert_eq!((&custom["preset"], &custom["absolute_minutes"]), (&json!("custom"), &json!(60)));
    let one = owner.patch(SECURITY, json!({ "idle_minutes": 45 })).await.expect(200);
    assert_eq!((&one["idle_minutes"], &one["absolute_minutes"]), (&json!(45), &json!(60)));
    let reset = json!({ "idle_minutes": null, "absolute_minutes": null });
    assert_eq!(owner.patch(SECURITY, reset).await.expect(200)["preset"], "standard");
    assert_eq!(owner.get(SECURITY).await.expect(200)["preset"], "standard");
}

#[tokio::test]
async fn times_out_of_bounds_are_refused_field_by_field() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let cases = [
        (json!({ "idle_minutes": 14 }), vec!["idle_minutes"]),
        (json!({ "idle_minutes": 43_201, "absolute_minutes": 129_600 }), vec!["idle_minutes"]),
        (json!({ "idle_minutes": 15, "absolute_minutes": 59 }), vec!["absolute_minutes"]),
        (json!({ "absolute_minutes": 129_601 }), vec!["absolute_minutes"]),
        (json!({ "idle_minutes": 0, "absolute_minutes": 0 }), vec!["idle_minutes", "absolute_minutes"]),
        (json!({ "idle_minutes": i64::MAX }), vec!["idle_minutes"]),
        // Idle above absolute, also where only one of them changes.
        (json!({ "idle_minutes": 61, "absolute_minutes": 60 }), vec!["idle_minutes"]),
        (json!({ "absolute_minutes": 60 }), vec!["idle_minutes"]),
        (json!({ "preset": "strict", "idle_minutes": 20 }), vec!["preset"]),
    ];
    for (change, wrong) in cases {
        let refused = owner.patch(SECURITY, change.clone()).await.expect(422);
        assert_eq!(fields(&refused), wrong, "{change}: {refused}");
    }
    assert_eq!(owner.get(SECURITY).await.expect(200)["preset"], "standard");
}

#[tokio::test]
async fn what_is_no_change_is_malformed() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    for change in [json!({ "preset": "loose" }), json!({ "idle_minutes": "30" }), json!({ "colour": "blue" })] {
        assert_eq!(owner.patch(SECURITY, change.clone()).await.refused(400), "malformed", "{change}");
    }
    for which in [json!({}), json!({ "scope": "some" })] {
        assert_eq!(owner.post(REVOKE, which.clone()).await.refused(400), "malformed", "{which}");
    }
}

#[tokio::test]
async fn only_an_owner_sees_and_changes_it() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    for role in [UserRole::Admin, UserRole::Engineer, UserRole::L1, UserRole::Viewer] {
        let colleague = app.colleague(&owner, role).await;
        let answers = [
            colleague.get(SECURITY).await,
            colleague.patch(SECURITY, json!({ "preset": "strict" })).await,
            colleague.post(REVOKE, json!({ "scope": "others" })).await,
            colleague.get(LOG).await,
        ];
        for answer in answers {
            assert_eq!(answer.refused(403), "forbidden", "{role}");
        }
    }
    assert_eq!(owner.get(SECURITY).await.expect(200)["preset"], "standard");
}

#[tokio::test]
async fn a_change_applies_at_the_next_login() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let before = app.browser_of(&owner).await;
    owner.patch(SECURITY, json!({ "idle_minutes": 15, "absolute_minutes": 60 })).await.expect(200);
    let after = app.browser_of(&owner).await;
    let (idle, absolute) = left(&after).await;
    assert!((840..=900).contains(&idle) && (3540..=3600).contains(&absolute), "{idle} {absolute}");
    let (idle, absolute) = left(&before).await;
    assert!(idle > 250_000 && absolute > 1_200_000, "{idle} {absolute}");
    app.sql("update login_sessions set last_seen_at = now() - interval '16 minutes'").await;
    assert_eq!(after.get(SESSIONS).await.refused(401), "session_expired_idle");
    before.get(SESSIONS).await.expect(200);
}

#[tokio::test]
async fn asking_how_long_a_login_lives_keeps_no_login_alive_and_staying_does() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    app.sql("update login_sessions set last_seen_at = now() - interval '4316 minutes'").await;
    assert!(left(&browser).await.0 <= 240);
    assert!(left(&browser).await.0 <= 240);
    let stayed = rpc(&browser, "stay_signed_in", json!({})).await.expect(200);
    assert!(stayed["idle_seconds"].as_i64().unwrap() > 259_000, "{stayed}");
    app.sql("update login_sessions set last_seen_at = now() - interval '3 days'").await;
    let late = rpc(&browser, "stay_signed_in", json!({})).await;
    assert_eq!(late.status.as_u16(), 401, "{}", late.body);
}

#[tokio::test]
async fn a_token_has_no_end_to_tell_of() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let request = app.http.get(app.url("/rpc/accounts/login_ends")).bearer_auth(&owner.token);
    assert_eq!(read(request).await.expect(200), Value::Null);
}

#[tokio::test]
async fn an_owner_sees_who_of_the_account_is_signed_in_now() {
    let app = TestApp::start().await;
    let (owner, rival) = (app.owner_of("Acme MSP").await, app.owner_of("Rival MSP").await);
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    let gone = app.colleague(&owner, UserRole::Viewer).await;
    let (ours, _) = (app.browser_of(&owner).await, app.browser_of(&rival).await);
    app.browser_of(&engineer).await;
    let mut left = app.browser_of(&engineer).await;
    left.submit("accounts/log_out", &[]).await;
    app.browser_of(&gone).await;
    app.sql(&format!("update users set disabled_at = now() where id = '{}'", gone.user)).await;
    let seen = ours.get("/api/v1/accounts/me/security").await.expect(200);
    let mut people: Vec<_> = seen["sessions"].as_array().unwrap().iter().collect();
    people.sort_by_key(|login| login["current"] == json!(true));
    let people: Vec<_> = people.iter().map(|login| (text(&login["user_id"]), &login["current"])).collect();
    assert_eq!(people, [(engineer.user.to_string(), &json!(false)), (owner.user.to_string(), &json!(true))], "{seen}");
}

#[tokio::test]
async fn all_others_are_signed_out_and_nobody_of_another_account() {
    let app = TestApp::start().await;
    let (owner, rival) = (app.owner_of("Acme MSP").await, app.owner_of("Rival MSP").await);
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    let (here, elsewhere) = (app.browser_of(&owner).await, app.browser_of(&owner).await);
    let (theirs, foreign) = (app.browser_of(&engineer).await, app.browser_of(&rival).await);
    let done = read(
        here.request(Method::POST, "/api/v1/accounts/me/security/revoke-sessions").json(&json!({ "scope": "others" })),
    )
    .await;
    assert_eq!(done.expect(200), json!({ "revoked": 2 }));
    for out in [&elsewhere, &theirs] {
        assert_eq!(out.get(SESSIONS).await.refused(401), "unauthenticated");
    }
    here.get(SESSIONS).await.expect(200);
    foreign.get(SESSIONS).await.expect(200);
    // Tokens are revoked by themselves.
    engineer.get("/ai-sessions").await.expect(200);
}

#[tokio::test]
async fn everyone_is_everyone_and_the_browser_forgets_its_cookie() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    let (here, theirs) = (app.browser_of(&owner).await, app.browser_of(&engineer).await);
    let request = here.request(Method::POST, "/rpc/accounts/revoke_sessions").json(&json!({ "scope": "everyone" }));
    let response = request.send().await.unwrap();
    let cookie = crate::support::cookie_of(&response).expect("a cookie");
    assert!(cookie.starts_with("fp_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    for out in [&here, &theirs] {
        assert_eq!(out.get(SESSIONS).await.refused(401), "unauthenticated");
    }
    app.browser_of(&owner).await.get(SESSIONS).await.expect(200);
}

#[tokio::test]
async fn with_a_token_all_others_are_all_logins() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    assert_eq!(owner.post(REVOKE, json!({ "scope": "others" })).await.expect(200), json!({ "revoked": 1 }));
    assert_eq!(browser.get(SESSIONS).await.refused(401), "unauthenticated");
    assert_eq!(owner.post(REVOKE, json!({ "scope": "everyone" })).await.expect(200), json!({ "revoked": 0 }));
}

#[tokio::test]
async fn the_log_tells_who_did_what_newest_first() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    let made = rpc(&browser, "create_token", json!({ "name": "laptop" })).await.expect(200);
    rpc(&browser, "revoke_token", json!({ "id": made["details"]["id"] })).await.expect(200);
    owner.patch(SECURITY, json!({ "preset": "strict" })).await.expect(200);
    // Nothing changes: nothing happened.
    owner.patch(SECURITY, json!({ "preset": "strict" })).await.expect(200);
    owner.post(REVOKE, json!({ "scope": "others" })).await.expect(200);
    let newest = actions(&owner).await;
    assert_eq!(
        newest[..5],
        ["logins_revoked", "login_lifetimes_changed", "token_revoked", "token_created", "login"],
        "{newest:?}"
    );
    let log = owner.get(LOG).await.expect(200);
    let change = &log["items"][1];
    assert_eq!((&change["actor"], &change["details"]["to"]["idle_minutes"]), (&json!("Olga Owner"), &json!(30)));
    assert_eq!(log["items"][2]["subject"], "laptop");
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_holds_nothing_of_another_account() {
    let app = TestApp::start().await;
    let (owner, rival) = (app.owner_of("Acme MSP").await, app.owner_of("Rival MSP").await);
    rival.patch(SECURITY, json!({ "preset": "strict" })).await.expect(200);
    owner.patch("/accounts/me/preferences", json!({ "templatize_prompt_enabled": false })).await.expect(200);
    let whole = actions(&owner).await;
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = owner.get(&format!("{LOG}?limit=1{cursor}")).await.expect(200);
        found.extend(page["items"].as_array().unwrap().iter().map(|entry| text(&entry["action"])));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, whole);
    assert_eq!(found, ["preferences_changed", "token_created", "account_created"]);
    assert_eq!(fields(&owner.get(&format!("{LOG}?cursor=x")).await.expect(422)), ["cursor"]);
}

#[tokio::test]
async fn the_page_is_an_owners_and_others_are_told_whom_to_ask() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let admin = app.colleague(&owner, UserRole::Admin).await;
    let page = app.browser_of(&owner).await.page("/account/security").await;
    assert!(page.contains("How long people stay signed in") && page.contains("Olga Owner"), "{page}");
    let page = app.browser_of(&admin).await.page("/account/security").await;
    assert!(page.contains("Not allowed") && page.contains("Ask an owner"), "{page}");
    assert!(!page.contains("Olga Owner"), "{page}");
}
