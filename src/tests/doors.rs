//! What stands before every handler: limits on floods, and the headers that keep a page to itself.

use flowpilot::server::config::Limits;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::support::TestApp;

fn retry_after(response: &Response) -> u64 {
    response.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn more_writes_a_minute_than_allowed_have_to_wait() {
    let app = TestApp::with_limits(Limits { turns_per_minute: 0, writes_per_minute: 3 }).await;
    let engineer = app.engineer().await;
    for _ in 0..3 {
        engineer.post("/ai-sessions", json!({})).await.expect(201);
    }
    let response = engineer.request(Method::POST, "/ai-sessions").json(&json!({})).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=60).contains(&retry_after(&response)), "{:?}", response.headers());
    engineer.get("/ai-sessions").await.expect(200);
}

#[tokio::test]
async fn a_flood_of_one_person_does_not_slow_another() {
    let app = TestApp::with_limits(Limits { turns_per_minute: 0, writes_per_minute: 1 }).await;
    let (one, other) = (app.engineer().await, app.engineer().await);
    one.post("/ai-sessions", json!({})).await.expect(201);
    one.post("/ai-sessions", json!({})).await.expect(429);
    other.post("/ai-sessions", json!({})).await.expect(201);
}

#[tokio::test]
async fn more_turns_a_minute_than_allowed_have_to_wait() {
    let app = TestApp::with_limits(Limits { turns_per_minute: 2, writes_per_minute: 0 }).await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    engineer.say(&session, "It keeps asking.").await;
    engineer.say(&session, "Still.").await;
    let request = engineer.request(Method::POST, &format!("{session}/messages")).json(&json!({ "text": "And again." }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(retry_after(&response) > 0);
    assert_eq!(engineer.look(&session).await["messages"].as_array().unwrap().len(), 4, "the message was not taken");
}

#[tokio::test]
async fn guessing_a_password_gets_slow() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(app.browser().log_in(&owner.email, "a guess at it").await.status.as_u16());
    }
    assert_eq!((statuses.first(), statuses.last()), (Some(&422), Some(&429)), "{statuses:?}");
}

#[tokio::test]
async fn a_slowed_login_says_when_to_try_again() {
    let app = TestApp::start().await;
    let form = [("email", "olga@example.test"), ("password", "a guess at it")];
    let attempt =
        async || app.browser().request(Method::POST, "/rpc/accounts/log_in").form(&form).send().await.unwrap();
    let mut last = attempt().await;
    while last.status() == StatusCode::UNPROCESSABLE_ENTITY {
        last = attempt().await;
    }
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(retry_after(&last) > 0);
}

#[tokio::test]
async fn the_login_page_runs_only_scripts_that_carry_its_nonce() {
    let app = TestApp::start().await;
    app.owner_of("Acme MSP").await;
    let response = app.http.get(app.url("/login")).header("accept", "text/html").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("unsafe-inline") && policy.contains("'wasm-unsafe-eval'"), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let page = response.text().await.unwrap();
    let scripts: Vec<_> = page.match_indices("<script").map(|(at, _)| page[at..].split('>').next().unwrap()).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
    }
}

#[tokio::test]
async fn every_page_load_has_a_nonce_of_its_own() {
    let app = TestApp::start().await;
    app.owner_of("Acme MSP").await;
    let policy = async || {
        let response = app.http.get(app.url("/login")).send().await.unwrap();
        response.headers()["content-security-policy"].to_str().unwrap().to_owned()
    };
    assert_ne!(policy().await, policy().await);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_to_itself() {
    let app = TestApp::start().await;
    for path in ["/login", "/healthz", "/api/v1/ai-sessions", "/api/v1/docs", "/no/such/page", "/pkg/none.js"] {
        let response = app.http.get(app.url(path)).send().await.unwrap();
        let headers = response.headers();
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")]
        {
            assert_eq!(headers.get(name).map(|found| found.to_str().unwrap()), Some(value), "{name} of {path}");
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn old_addresses_lead_to_the_new_ones_for_good() {
    let app = TestApp::start().await;
    for (old, new) in [("/assistant", "/pilot"), ("/assistant/0199", "/pilot/0199")] {
        let response = app.http.get(app.url(old)).send().await.unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["location"]), (308, &new.parse().unwrap()));
    }
}

#[tokio::test]
async fn health_needs_nobody_and_readiness_needs_the_database() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.http.get(app.url(path)).send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    app.platform.db.close().await;
    assert_eq!(app.http.get(app.url("/healthz")).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(app.http.get(app.url("/readyz")).send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn without_its_database_the_api_says_so_and_loses_nothing() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    app.platform.db.close().await;
    assert_eq!(engineer.post("/ai-sessions", json!({})).await.refused(503), "unavailable");
}
