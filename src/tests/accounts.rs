//! Signing in and staying signed in: set-up, cookies, tokens, where a write may come from.

use flowpilot::{accounts::types::UserRole, error::AppError};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, PASSWORD, TestApp, cookie_of, read, text};

const OWNER: [(&str, &str); 4] =
    [("account_name", "Acme MSP"), ("name", "Olga"), ("email", "olga@example.test"), ("password", PASSWORD)];

const SESSIONS: &str = "/api/v1/ai-sessions";

/// What a server function refused with, and the status it said so under.
#[track_caller]
fn refused(answer: &Answer) -> (u16, String) {
    let error: AppError =
        serde_json::from_value(answer.body.clone()).expect("an error that the browser's half can read");
    assert_eq!(error.status(), answer.status.as_u16(), "{}", answer.body);
    (error.status(), error.code().to_owned())
}

async fn code_for(browser: &Browser) -> String {
    browser.get(SESSIONS).await.refused(401)
}

#[tokio::test]
async fn setting_up_makes_the_first_owner_and_signs_them_in() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    assert_eq!(browser.lands_on("/pilot").await, "/setup");
    assert_eq!(browser.submit("accounts/set_up", &OWNER).await.status, StatusCode::OK);
    let settings = browser.page("/settings").await;
    assert!(settings.contains("olga@example.test") && settings.contains("owner"), "{settings}");
    assert_eq!(browser.lands_on("/setup").await, "/");
}

#[tokio::test]
async fn setting_up_a_second_time_is_refused() {
    let app = TestApp::start().await;
    app.owner_of("Acme MSP").await;
    let answer = app.browser().submit("accounts/set_up", &OWNER).await;
    assert_eq!(refused(&answer), (409, "setup_done".to_owned()));
}

#[tokio::test]
async fn of_two_who_set_up_at_once_one_wins() {
    let app = TestApp::start().await;
    let (mut one, mut other) = (app.browser(), app.browser());
    let rival =
        OWNER.map(|(field, value)| if field == "email" { (field, "rival@example.test") } else { (field, value) });
    let (one, other) = tokio::join!(one.submit("accounts/set_up", &OWNER), other.submit("accounts/set_up", &rival));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {other:?}");
}

#[tokio::test]
async fn set_up_says_which_field_is_wrong() {
    let app = TestApp::start().await;
    for (field, wrong) in [("account_name", " "), ("name", ""), ("email", "olga"), ("password", "short")] {
        let fields = OWNER.map(|(name, value)| if name == field { (name, wrong) } else { (name, value) });
        let answer = app.browser().submit("accounts/set_up", &fields).await;
        assert_eq!(refused(&answer).0, 422);
        assert_eq!(answer.body["errors"][0]["field"], field, "{}", answer.body);
    }
}

#[tokio::test]
async fn signing_in_sets_a_cookie_that_neither_scripts_nor_other_sites_get() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let form = [("email", owner.email.as_str()), ("password", PASSWORD)];
    let request = app.browser().request(Method::POST, "/rpc/accounts/log_in").form(&form);
    let cookie = cookie_of(&request.send().await.unwrap()).expect("a cookie");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=1209600"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let form = [("email", owner.email.as_str()), ("password", PASSWORD)];
    let request = app.browser().request(Method::POST, "/rpc/accounts/log_in").header("x-forwarded-proto", "https");
    let cookie = cookie_of(&request.form(&form).send().await.unwrap()).expect("a cookie");
    assert!(cookie.contains("; Secure"), "{cookie}");
}

#[tokio::test]
async fn an_unknown_e_mail_is_told_like_a_wrong_password() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let mistyped = app.browser().log_in(&owner.email, "not the password").await;
    let unknown = app.browser().log_in("nobody@example.test", "not the password").await;
    assert_eq!(refused(&mistyped), (422, "validation".to_owned()));
    assert_eq!(mistyped, unknown);
}

#[tokio::test]
async fn an_e_mail_is_the_same_in_any_case() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let answer = app.browser().log_in(&format!(" {} ", owner.email.to_uppercase()), PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_disabled_person_cannot_sign_in() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    app.sql(&format!("update users set disabled_at = now() where id = '{}'", owner.user)).await;
    assert_eq!(refused(&app.browser().log_in(&owner.email, PASSWORD).await).0, 422);
}

#[tokio::test]
async fn the_cookie_works_for_server_functions_and_for_reading_over_rest() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    browser.get("/rpc/accounts/logins").await.expect(200);
    browser.get(SESSIONS).await.expect(200);
}

#[tokio::test]
async fn a_write_by_cookie_is_only_taken_from_our_own_pages() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    let own = browser.origin.clone();
    for (from, status) in
        [(Some("https://evil.test"), 403), (Some("null"), 403), (None, 403), (Some(own.as_str()), 201)]
    {
        let request = browser.request_from(from, Method::POST, SESSIONS).json(&json!({ "problem": "x" }));
        assert_eq!(read(request).await.status.as_u16(), status, "{from:?}");
    }
}

#[tokio::test]
async fn a_forged_server_function_call_is_refused_in_words_the_browser_understands() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    let request = browser.request_from(Some("https://evil.test"), Method::POST, "/rpc/accounts/create_token");
    let answer = read(request.json(&json!({ "name": "mine" }))).await;
    assert_eq!(refused(&answer), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn another_site_cannot_sign_a_browser_in() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let request = app.browser().request_from(Some("https://evil.test"), Method::POST, "/rpc/accounts/log_in");
    let response = request.form(&[("email", owner.email.as_str()), ("password", PASSWORD)]).send().await.unwrap();
    assert_eq!((response.status().as_u16(), cookie_of(&response)), (403, None));
}

#[tokio::test]
async fn signing_out_ends_the_login_itself() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let mut browser = app.browser_of(&owner).await;
    let stolen = browser.clone();
    browser.submit("accounts/log_out", &[]).await;
    assert_eq!(browser.cookie, None);
    assert_eq!(code_for(&stolen).await, "unauthenticated");
}

#[tokio::test]
async fn a_login_that_was_idle_for_too_long_says_so() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    app.sql("update login_sessions set last_seen_at = now() - interval '3 days'").await;
    assert_eq!(code_for(&browser).await, "session_expired_idle");
}

#[tokio::test]
async fn a_login_that_is_used_does_not_get_idle() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    app.sql("update login_sessions set last_seen_at = now() - interval '71 hours'").await;
    browser.get(SESSIONS).await.expect(200);
    app.sql("update login_sessions set last_seen_at = last_seen_at - interval '71 hours'").await;
    browser.get(SESSIONS).await.expect(200);
}

#[tokio::test]
async fn a_login_that_reached_its_longest_duration_says_so() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    app.sql("update login_sessions set expires_at = now()").await;
    assert_eq!(code_for(&browser).await, "session_expired_absolute");
}

#[tokio::test]
async fn lifetimes_of_the_account_apply_from_the_next_login() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let before = app.browser_of(&owner).await;
    app.sql("update account_settings set session_idle_minutes = 15").await;
    let after = app.browser_of(&owner).await;
    app.sql("update login_sessions set last_seen_at = now() - interval '16 minutes'").await;
    assert_eq!(code_for(&after).await, "session_expired_idle");
    before.get(SESSIONS).await.expect(200);
}

#[tokio::test]
async fn a_revoked_token_opens_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    let token = browser.get("/rpc/accounts/tokens").await.expect(200)[0]["id"].clone();
    let revoke = browser.request(Method::POST, "/rpc/accounts/revoke_token").json(&json!({ "id": token }));
    assert_eq!(read(revoke).await.status, StatusCode::OK);
    assert_eq!(owner.get("/ai-sessions").await.refused(401), "unauthenticated");
}

#[tokio::test]
async fn the_token_of_a_disabled_person_opens_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    app.sql("update users set disabled_at = now()").await;
    assert_eq!(owner.get("/ai-sessions").await.refused(401), "unauthenticated");
}

#[tokio::test]
async fn a_new_token_is_shown_once_and_works() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    let made =
        read(browser.request(Method::POST, "/rpc/accounts/create_token").json(&json!({ "name": "script" }))).await;
    let token = text(&made.expect(200)["token"]);
    assert!(token.starts_with("fp_"), "{token}");
    read(app.http.get(app.url(SESSIONS)).bearer_auth(&token)).await.expect(200);
    let listed = browser.get("/rpc/accounts/tokens").await.expect(200);
    assert!(!listed.to_string().contains(&token), "{listed}");
}

#[tokio::test]
async fn a_credential_is_worth_nothing_in_another_account() {
    let app = TestApp::start().await;
    let (acme, rival) = (app.owner_of("Acme MSP").await, app.owner_of("Rival MSP").await);
    // A token is account, id and secret: the rival's account in front of Acme's id and secret.
    let forged = format!("{}{}", &rival.token[..24], &acme.token[24..]);
    let answer = read(app.http.get(app.url(SESSIONS)).bearer_auth(forged)).await;
    assert_eq!(answer.refused(401), "unauthenticated");
}

#[tokio::test]
async fn what_is_no_credential_is_nobody() {
    let app = TestApp::start().await;
    for header in ["Bearer", "Bearer fp_", "Bearer fp_AAAA", "Basic b2xnYTpvbGdh", "Bearer \u{fc}"] {
        let answer = read(app.http.get(app.url(SESSIONS)).header("authorization", header)).await;
        assert_eq!(answer.refused(401), "unauthenticated", "{header}");
    }
    let mut browser = app.browser();
    for cookie in ["fp_session=", "fp_session=AAAA", "fp_session", ";;=;"] {
        browser.cookie = Some(cookie.to_owned());
        assert_eq!(code_for(&browser).await, "unauthenticated", "{cookie}");
    }
}

#[tokio::test]
async fn a_form_without_scripts_leads_on_and_back() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let page = app.url("/login");
    let submit = async |password: &str, next: &str| {
        let form = [("email", owner.email.as_str()), ("password", password), ("next", next)];
        let request = app.browser().request(Method::POST, "/rpc/accounts/log_in").header("accept", "text/html");
        let response = request.header("referer", &page).form(&form).send().await.unwrap();
        let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        (response.status().as_u16(), to)
    };
    assert_eq!(submit(PASSWORD, "/tickets/1001").await, (302, "/tickets/1001".to_owned()));
    for elsewhere in ["//evil.test", "https://evil.test/", "/\\evil.test", "evil"] {
        assert_eq!(submit(PASSWORD, elsewhere).await, (302, "/".to_owned()), "{elsewhere}");
    }
    let (status, to) = submit("wrong password", "/pilot").await;
    assert_eq!(status, 302);
    assert!(to.starts_with(&page) && to.contains("__err="), "{to}");
}

#[tokio::test]
async fn an_owner_sees_only_their_own_logins() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let colleague = app.colleague(&owner, UserRole::Engineer).await;
    app.browser_of(&colleague).await;
    let logins = app.browser_of(&owner).await.get("/rpc/accounts/logins").await.expect(200);
    let current: Vec<&Value> = logins.as_array().unwrap().iter().map(|login| &login["current"]).collect();
    assert_eq!(current, [&json!(true)]);
}

#[tokio::test]
async fn preferences_have_defaults_and_are_changed_key_by_key() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let path = "/accounts/me/preferences";
    let defaults =
        json!({ "templatize_prompt_enabled": true, "cw_resolved_status_id": null, "cw_escalated_status_id": null });
    assert_eq!(owner.get(path).await.expect(200), defaults);
    owner.patch(path, json!({ "templatize_prompt_enabled": false })).await.expect(200);
    let both = owner.patch(path, json!({ "cw_resolved_status_id": "17" })).await.expect(200);
    assert_eq!((&both["templatize_prompt_enabled"], &both["cw_resolved_status_id"]), (&json!(false), &json!("17")));
    let reset = json!({ "templatize_prompt_enabled": null, "cw_resolved_status_id": null });
    assert_eq!(owner.patch(path, reset).await.expect(200), defaults);
    assert_eq!(owner.patch(path, json!({ "colour": "blue" })).await.refused(400), "malformed");
}

#[tokio::test]
async fn an_engineer_chooses_for_daily_work_and_an_admin_for_the_ticket_system() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let path = "/accounts/me/preferences";
    engineer.patch(path, json!({ "templatize_prompt_enabled": false })).await.expect(200);
    assert_eq!(engineer.patch(path, json!({ "cw_resolved_status_id": "17" })).await.refused(403), "forbidden");
}
