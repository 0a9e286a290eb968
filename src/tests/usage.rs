//! What calls to models cost: recorded call by call, summed up for admins, held within budgets.

use std::time::Duration;

use flowpilot::{
    accounts::types::UserRole,
    ai::{
        server::usage::{self, CallRecord, budget},
        types::{Action, Usage, Vendor, usage::CallOutcome},
    },
    error::AppError,
    ids::SessionId,
    server::{context::Ctx, router::context_of},
};
use serde_json::{Value, json};

use crate::support::{Person, TestApp, text};

const USAGE: &str = "/accounts/me/usage";

fn ctx(app: &TestApp, person: &Person) -> Ctx {
    context_of(&app.platform, person.account, person.user)
}

fn id(session: &str) -> SessionId {
    session.rsplit('/').next().unwrap().parse().unwrap()
}

/// A call that costs 19,000 millionths of a dollar: 1,000 × $2 + 500 × $10 + 20,000 × $0.10 + 4,000 × $2.50 a million.
fn call(session: Option<SessionId>) -> CallRecord<'static> {
    CallRecord {
        session,
        action: Some(Action::Chat),
        vendor: Vendor::Anthropic,
        model: "claude-sonnet-5-5",
        usage: Usage { input_tokens: 1_000, output_tokens: 500, cache_read_tokens: 20_000, cache_write_tokens: 4_000 },
        latency: Duration::from_millis(1_200),
        first_byte: Some(Duration::from_millis(300)),
        outcome: CallOutcome::Done,
        error_code: None,
    }
}

fn failed(session: Option<SessionId>) -> CallRecord<'static> {
    CallRecord {
        usage: Usage::default(),
        outcome: CallOutcome::Failed,
        error_code: Some("rate_limited"),
        first_byte: None,
        ..call(session)
    }
}

fn unpriced() -> CallRecord<'static> {
    CallRecord { vendor: Vendor::Openai, model: "llama-4", ..call(None) }
}

#[tokio::test]
async fn a_period_tells_cost_per_session_and_per_resolved_one_cache_share_and_errors() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let (one, other) = (owner.session_about("VPN drops").await, owner.session_about("No sound").await);
    let ctx = ctx(&app, &owner);
    for record in
        [call(Some(id(&one))), call(Some(id(&one))), call(Some(id(&other))), failed(Some(id(&other))), unpriced()]
    {
        usage::record(&ctx, &record).await.unwrap();
    }
    app.sql(&format!("update ai_sessions set status = 'resolved' where id = '{}'", id(&one))).await;
    let report = owner.get(USAGE).await.expect(200);
    let totals = &report["totals"];
    assert_eq!(
        (&totals["sums"]["calls"], &totals["sums"]["failed"], &totals["sums"]["unpriced"]),
        (&json!(5), &json!(1), &json!(1))
    );
    assert_eq!(totals["sums"]["cost"], 3 * 19_000);
    assert_eq!((&totals["sessions"], &totals["cost_per_session"]), (&json!(2), &json!(28_500)));
    assert_eq!((&totals["resolved_sessions"], &totals["cost_per_resolved_session"]), (&json!(1), &json!(38_000)));
    assert_eq!(
        (&totals["sums"]["input_tokens"], &totals["sums"]["cache_read_tokens"]),
        (&json!(4_000), &json!(80_000))
    );
    assert_eq!(report["errors"], json!([{ "code": "rate_limited", "calls": 1 }]));
    assert_eq!(report["days"].as_array().unwrap().len(), 30);
    assert_eq!(report["days"][29]["sums"]["calls"], 5);
}

#[tokio::test]
async fn usage_is_told_by_model_and_by_person_the_dearest_first() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    usage::record(&ctx(&app, &owner), &unpriced()).await.unwrap();
    usage::record(&ctx(&app, &engineer), &call(None)).await.unwrap();
    let report = owner.get(USAGE).await.expect(200);
    let names = |list: &str, field: &str| -> Vec<String> {
        report[list].as_array().unwrap().iter().map(|row| text(&row[field])).collect()
    };
    assert_eq!(names("models", "model"), ["claude-sonnet-5-5", "llama-4"]);
    assert_eq!(names("people", "name"), ["Colin Colleague", "Olga Owner"]);
    assert_eq!(
        (&report["models"][1]["sums"]["cost"], &report["models"][1]["sums"]["unpriced"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn a_call_counts_on_the_day_it_was_and_only_in_periods_with_that_day() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    usage::record(&ctx(&app, &owner), &call(None)).await.unwrap();
    app.sql("update ai_calls set created_at = '2026-03-31 23:59:59.999+00'").await;
    let calls = async |from: &str, to: &str| {
        let report = owner.get(&format!("{USAGE}?from={from}&to={to}")).await.expect(200);
        report["totals"]["sums"]["calls"].as_i64().unwrap()
    };
    assert_eq!(calls("2026-03-31", "2026-03-31").await, 1);
    assert_eq!(calls("2026-04-01", "2026-04-30").await, 0);
    assert_eq!(calls("2026-03-01", "2026-03-30").await, 0);
    assert_eq!(owner.get(&format!("{USAGE}?from=x")).await.refused(422), "validation");
}

#[tokio::test]
async fn the_table_for_a_spreadsheet_has_a_line_for_each_day_person_action_and_model() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let ctx = ctx(&app, &owner);
    for record in [call(None), call(None), CallRecord { action: Some(Action::ResolutionNote), ..call(None) }] {
        usage::record(&ctx, &record).await.unwrap();
    }
    let response = owner.request(reqwest::Method::GET, &format!("{USAGE}.csv?days=7")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
    assert!(response.headers()["content-disposition"].to_str().unwrap().contains("flowpilot-usage-"));
    let table = response.text().await.unwrap();
    let rows: Vec<_> = table.lines().skip(1).map(|line| line.split_once(',').unwrap().1).collect();
    let end = "anthropic,claude-sonnet-5-5";
    assert_eq!(
        rows,
        [
            format!("Olga Owner,chat,{end},2,0,2000,1000,40000,8000,0.038000,0,1200"),
            format!("Olga Owner,resolution_note,{end},1,0,1000,500,20000,4000,0.019000,0,1200"),
        ]
    );
}

#[tokio::test]
async fn usage_shows_numbers_to_admins_and_content_to_nobody() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    let session = engineer.session_about("A very private problem").await;
    usage::record(&ctx(&app, &engineer), &call(Some(id(&session)))).await.unwrap();
    let report = owner.get(USAGE).await.expect(200).to_string();
    let table = text(&owner.get(&format!("{USAGE}.csv")).await.expect(200));
    let page = app.browser_of(&owner).await.page("/account/usage").await;
    for shown in [report, table, page] {
        assert!(!shown.contains("private problem") && !shown.contains(&id(&session).to_string()), "{shown}");
    }
    assert_eq!(engineer.get(USAGE).await.refused(403), "forbidden");
    assert_eq!(engineer.get(&format!("{USAGE}.csv")).await.refused(403), "forbidden");
}

#[tokio::test]
async fn another_account_sees_nothing_of_our_usage_and_cannot_bill_our_sessions() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.owner_of("Acme MSP").await, app.owner_of("Rival MSP").await);
    let session = ours.session_about("VPN drops").await;
    usage::record(&ctx(&app, &ours), &call(Some(id(&session)))).await.unwrap();
    let report = theirs.get(USAGE).await.expect(200);
    assert_eq!((&report["totals"]["sums"]["calls"], &report["people"]), (&json!(0), &json!([])));
    assert!(usage::record(&ctx(&app, &theirs), &call(Some(id(&session)))).await.is_err());
    assert_eq!(usage::of_session(&ctx(&app, &theirs), id(&session)).await.unwrap().calls, 0);
}

#[tokio::test]
async fn a_session_knows_its_own_cost_and_the_built_in_provider_costs_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let session = owner.session_about("VPN drops").await;
    let ctx = ctx(&app, &owner);
    let builtin = CallRecord { vendor: Vendor::Builtin, model: "flows", ..call(Some(id(&session))) };
    usage::record(&ctx, &builtin).await.unwrap();
    assert_eq!(owner.get(&format!("{session}/cost")).await.expect(200), json!({ "cost": null, "calls": 0 }));
    usage::record(&ctx, &call(Some(id(&session)))).await.unwrap();
    assert_eq!(owner.get(&format!("{session}/cost")).await.expect(200), json!({ "cost": 19_000, "calls": 1 }));
}

#[tokio::test]
async fn a_call_outlives_its_session() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let session = owner.session_about("VPN drops").await;
    usage::record(&ctx(&app, &owner), &call(Some(id(&session)))).await.unwrap();
    app.sql(&format!("delete from ai_sessions where id = '{}'", id(&session))).await;
    let report = owner.get(USAGE).await.expect(200);
    assert_eq!((&report["totals"]["sums"]["cost"], &report["totals"]["sessions"]), (&json!(19_000), &json!(0)));
}

async fn with_budgets(month: Value, session: Value) -> (TestApp, Person, SessionId) {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let change = json!({ "month_budget": month, "session_budget": session });
    owner.patch("/accounts/me/ai", change).await.expect(200);
    let session = owner.session_about("VPN drops").await;
    (app, owner, id(&session))
}

#[tokio::test]
async fn without_a_budget_nothing_is_ever_used_up() {
    let (app, owner, session) = with_budgets(Value::Null, Value::Null).await;
    let ctx = ctx(&app, &owner);
    usage::record(&ctx, &call(Some(session))).await.unwrap();
    assert_eq!(budget::check(&ctx, Some(session)).await.unwrap(), None);
}

#[tokio::test]
async fn a_months_budget_holds_for_every_session_of_the_account_until_the_month_is_over() {
    let (app, owner, session) = with_budgets(json!(20_000), Value::Null).await;
    let ctx = ctx(&app, &owner);
    usage::record(&ctx, &call(Some(session))).await.unwrap();
    assert_eq!(budget::check(&ctx, None).await.unwrap(), None, "there is a little left");
    usage::record(&ctx, &call(Some(session))).await.unwrap();
    let reached = budget::check(&ctx, None).await.unwrap().expect("a budget that is used up");
    assert_eq!((reached.limit, reached.spent), (20_000, 38_000));
    assert!(AppError::from(reached).detail().contains("/account/ai"));
    app.sql("update ai_calls set created_at = created_at - interval '32 days'").await;
    assert_eq!(budget::check(&ctx, None).await.unwrap(), None);
}

#[tokio::test]
async fn a_sessions_budget_holds_for_that_session_only() {
    let (app, owner, session) = with_budgets(Value::Null, json!(19_000)).await;
    let ctx = ctx(&app, &owner);
    usage::record(&ctx, &call(Some(session))).await.unwrap();
    let reached = budget::check(&ctx, Some(session)).await.unwrap().expect("a budget that is used up");
    assert_eq!(reached.budget, budget::Budget::Session);
    let other = id(&owner.session_about("No sound").await);
    assert_eq!(budget::check(&ctx, Some(other)).await.unwrap(), None);
    owner.patch("/accounts/me/ai", json!({ "session_budget": 1_000_000 })).await.expect(200);
    assert_eq!(budget::check(&ctx, Some(session)).await.unwrap(), None, "an admin raised it");
}

#[tokio::test]
async fn the_usage_page_has_tiles_a_chart_and_tables_and_says_when_there_is_nothing() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let browser = app.browser_of(&owner).await;
    assert!(browser.page("/account/usage").await.contains("No calls in this period"));
    usage::record(&ctx(&app, &owner), &call(None)).await.unwrap();
    usage::record(&ctx(&app, &owner), &unpriced()).await.unwrap();
    let page = browser.page("/account/usage?days=7").await;
    for part in ["$0.02", "claude-sonnet-5-5", "llama-4", "—", "Olga Owner", "usage.csv?from=", "role=\"img\""] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
