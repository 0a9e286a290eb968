//! The AI settings of an account: who may change them, that keys go in and never come out, and where calls may go.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use flowpilot::{
    accounts::types::UserRole,
    ai::{
        server::{
            AiError, Meter,
            choice::Choice,
            settings::{self, Operator, Probe},
        },
        types::{Tier, Vendor},
    },
    server::router::context_of,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::{Person, TestApp, text};

const AI: &str = "/accounts/me/ai";
const KEY: &str = "sk-ant-0123456789-abcdefgh";

/// The settings as the gateway sees them.
async fn resolved(app: &TestApp, person: &Person) -> settings::AiSettings {
    settings::of(&context_of(&app.platform, person.account, person.user)).await.unwrap()
}

/// Anthropic, with a key.
fn anthropic() -> Value {
    json!({ "primary": { "provider": "anthropic", "key": KEY } })
}

fn key_of(choice: &Choice) -> Option<&str> {
    choice.key.as_ref().map(|key| key.expose_secret())
}

/// The message for a field of a refused change.
async fn refused(person: &Person, change: Value, field: &str) -> String {
    let answer = person.patch(AI, change.clone()).await;
    assert_eq!(answer.status.as_u16(), 422, "{change}: {}", answer.body);
    let errors = answer.body["errors"].as_array().unwrap();
    let found = errors.iter().find(|error| error["field"] == field);
    text(&found.unwrap_or_else(|| panic!("{change}: nothing about {field}: {errors:?}"))["message"])
}

/// An operator with a key for Anthropic and a model in their own network.
fn operator() -> Operator {
    let choice = |vendor, endpoint: Option<&str>, key: Option<&str>, fast: &str, standard: &str| Choice {
        vendor,
        endpoint: endpoint.map(|text| text.parse().unwrap()),
        trusted: true,
        key: key.map(Into::into),
        fast: fast.to_owned(),
        standard: standard.to_owned(),
        window: None,
    };
    Operator {
        chosen: Some(choice(Vendor::Openai, Some("http://10.0.0.7:11434/v1"), None, "small", "large")),
        offered: vec![choice(
            Vendor::Anthropic,
            None,
            Some("the operator's key"),
            "claude-haiku-5-5",
            "claude-opus-5-5",
        )],
        ..Operator::builtin()
    }
}

#[tokio::test]
async fn on_a_fresh_machine_the_built_in_provider_answers() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let shown = owner.get(AI).await.expect(200);
    assert_eq!((&shown["primary"]["provider"], &shown["server"]["provider"]), (&Value::Null, &json!("builtin")));
    let settings = resolved(&app, &owner).await;
    assert_eq!((settings.primary.vendor, settings.fallback.is_none()), (Vendor::Builtin, true));
}

#[tokio::test]
async fn an_accounts_own_choice_wins_over_the_operators() {
    let app = TestApp::with_operator(operator()).await;
    let owner = app.owner_of("Acme MSP").await;
    assert_eq!(resolved(&app, &owner).await.primary.standard, "large");
    owner.patch(AI, anthropic()).await.expect(200);
    let settings = resolved(&app, &owner).await;
    assert_eq!((settings.primary.vendor, key_of(&settings.primary)), (Vendor::Anthropic, Some(KEY)));
    owner.patch(AI, json!({ "primary": { "provider": null } })).await.expect(200);
    assert_eq!(resolved(&app, &owner).await.primary.vendor, Vendor::Openai);
}

#[tokio::test]
async fn without_a_key_of_its_own_an_account_uses_the_operators_at_the_operators_endpoint_only() {
    let app = TestApp::with_operator(operator()).await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, json!({ "primary": { "provider": "anthropic" } })).await.expect(200);
    let primary = resolved(&app, &owner).await.primary;
    assert_eq!((key_of(&primary), primary.standard.as_str()), (Some("the operator's key"), "claude-opus-5-5"));
    let elsewhere = json!({ "primary": { "endpoint": "https://llm.example.com" } });
    assert!(refused(&owner, elsewhere, "primary.key").await.contains("needs a key"));
}

#[tokio::test]
async fn a_key_of_ones_own_goes_to_the_vendor_and_not_to_the_operators_endpoint() {
    let app = TestApp::with_operator(operator()).await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, json!({ "primary": { "provider": "openai" } })).await.expect(200);
    let theirs = resolved(&app, &owner).await.primary;
    assert_eq!((theirs.endpoint.unwrap().as_str(), theirs.trusted), ("http://10.0.0.7:11434/v1", true));
    owner.patch(AI, json!({ "primary": { "key": KEY } })).await.expect(200);
    let own = resolved(&app, &owner).await.primary;
    assert_eq!((own.endpoint, own.trusted, own.standard.as_str()), (None, false, "gpt-6.1-sol"));
}

#[tokio::test]
async fn what_the_operator_offers_is_shown_as_it_is_used_without_its_key() {
    let app = TestApp::with_operator(operator()).await;
    let owner = app.owner_of("Acme MSP").await;
    let shown = owner.get(AI).await.expect(200);
    let offers = shown["server"]["offers"].as_array().expect("offers");
    let of = |vendor: &str| offers.iter().find(|offer| offer["provider"] == vendor).expect(vendor);
    let (anthropic, openai) = (of("anthropic"), of("openai"));
    assert_eq!((&anthropic["endpoint"], &anthropic["model_standard"]), (&Value::Null, &json!("claude-opus-5-5")));
    assert_eq!(
        (&openai["endpoint"], &openai["model_standard"], &openai["context_window"]),
        (&json!("http://10.0.0.7:11434/v1"), &json!("large"), &json!(32_000))
    );
    assert_eq!((&anthropic["has_key"], shown.to_string().contains("the operator's key")), (&json!(true), false));
}

#[tokio::test]
async fn a_key_is_stored_sealed_and_only_its_end_is_ever_shown() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let saved = owner.patch(AI, anthropic()).await.expect(200);
    assert_eq!((&saved["primary"]["has_key"], &saved["primary"]["key_ends_in"]), (&json!(true), &json!("efgh")));
    let shown = owner.get(AI).await.expect(200);
    for answer in [&saved, &shown] {
        assert!(!answer.to_string().contains("0123456789"), "{answer}");
    }
    let dump = "do $$ begin if exists (select from account_ai_settings a where a::text like '%0123456789%'
                    or position('0123456789'::bytea in key_sealed) > 0) then raise 'the key is readable'; end if; end $$";
    app.sql(dump).await;
}

#[tokio::test]
async fn of_a_short_key_nothing_is_shown() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let change = json!({ "primary": { "provider": "anthropic", "key": "short-key" } });
    assert_eq!(owner.patch(AI, change).await.expect(200)["primary"]["key_ends_in"], Value::Null);
}

#[tokio::test]
async fn a_change_without_the_key_keeps_it_and_null_removes_it() {
    let app = TestApp::with_operator(operator()).await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, anthropic()).await.expect(200);
    let change = json!({ "primary": { "model_standard": "claude-opus-5-5" }, "month_budget": 50_000_000 });
    owner.patch(AI, change).await.expect(200);
    let primary = resolved(&app, &owner).await.primary;
    assert_eq!((key_of(&primary), primary.standard.as_str()), (Some(KEY), "claude-opus-5-5"));
    let removed = owner.patch(AI, json!({ "primary": { "key": null } })).await.expect(200);
    assert_eq!(removed["primary"]["has_key"], false);
    assert_eq!(removed["month_budget"], 50_000_000);
}

#[tokio::test]
async fn a_stored_key_cannot_be_sent_to_another_endpoint_or_provider() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, anthropic()).await.expect(200);
    for elsewhere in [
        json!({ "primary": { "endpoint": "https://evil.example.com" } }),
        json!({ "primary": { "provider": "openai", "endpoint": "https://evil.example.com", "model_standard": "m" } }),
        json!({ "primary": { "provider": "gemini" } }),
    ] {
        assert!(refused(&owner, elsewhere.clone(), "primary.key").await.contains("belongs to"), "{elsewhere}");
        let tested = owner.post(&format!("{AI}/test"), elsewhere).await;
        assert_eq!(tested.refused(422), "validation");
    }
    let with_key = json!({ "primary": { "endpoint": "https://llm.example.com", "key": KEY } });
    owner.patch(AI, with_key).await.expect(200);
    let primary = resolved(&app, &owner).await.primary;
    assert!(!primary.trusted && primary.endpoint.unwrap().as_str() == "https://llm.example.com/");
}

#[tokio::test]
async fn an_endpoint_inside_the_servers_network_is_refused_unless_it_is_the_operators_own() {
    let app = TestApp::with_operator(operator()).await;
    let owner = app.owner_of("Acme MSP").await;
    let at =
        |endpoint: &str| json!({ "primary": { "provider": "openai", "endpoint": endpoint, "model_standard": "m" } });
    for inside in
        ["http://localhost:11434/v1", "https://169.254.169.254/", "https://[::1]/v1", "https://10.0.0.7:11434/v1"]
    {
        assert!(refused(&owner, at(inside), "primary.endpoint").await.contains("own network"), "{inside}");
    }
    assert!(refused(&owner, at("http://api.example.com/v1"), "primary.endpoint").await.contains("https"));
    assert!(refused(&owner, at("example"), "primary.endpoint").await.contains("not an address"));
    owner.patch(AI, at("http://10.0.0.7:11434/v1")).await.expect(200);
    assert!(resolved(&app, &owner).await.primary.trusted);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_field_and_all_at_once() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let change = json!({
        "primary": { "provider": "clippy" },
        "fallback": { "provider": "openai", "endpoint": "https://llm.example.com/v1" },
        "month_budget": -1,
    });
    assert!(refused(&owner, change.clone(), "primary.provider").await.contains("builtin, anthropic, openai, gemini"));
    assert!(refused(&owner, change.clone(), "fallback.model_standard").await.contains("Name the model"));
    assert!(refused(&owner, change, "month_budget").await.contains("$0"));
    for (change, field) in [
        (json!({ "primary": { "provider": "anthropic" } }), "primary.key"),
        (json!({ "primary": { "provider": "anthropic", "key": " " } }), "primary.key"),
        (json!({ "primary": { "provider": "anthropic", "key": "two words" } }), "primary.key"),
        (json!({ "primary": { "provider": "anthropic", "key": KEY, "model_fast": "a b" } }), "primary.model_fast"),
        (json!({ "primary": { "key": KEY } }), "primary.key"),
        (json!({ "fallback": { "provider": "builtin", "endpoint": "https://x.example" } }), "fallback.endpoint"),
    ] {
        refused(&owner, change, field).await;
    }
    assert_eq!(owner.get(AI).await.expect(200)["updated_at"], Value::Null);
    assert_eq!(owner.patch(AI, json!({ "primary": { "api_key": "x" } })).await.refused(400), "malformed");
}

#[tokio::test]
async fn admins_change_settings_and_nobody_below_sees_them() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let admin = app.colleague(&owner, UserRole::Admin).await;
    admin.patch(AI, anthropic()).await.expect(200);
    assert_eq!(owner.get(AI).await.expect(200)["updated_by"], admin.user.to_string());
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    assert_eq!(engineer.get(AI).await.refused(403), "forbidden");
    assert_eq!(engineer.patch(AI, json!({})).await.refused(403), "forbidden");
    assert_eq!(engineer.post(&format!("{AI}/test"), json!({})).await.refused(403), "forbidden");
}

#[tokio::test]
async fn another_account_has_settings_of_its_own_and_cannot_open_our_key() {
    let app = TestApp::start().await;
    let (ours, theirs) = (app.owner_of("Acme MSP").await, app.owner_of("Rival MSP").await);
    ours.patch(AI, anthropic()).await.expect(200);
    theirs
        .patch(AI, json!({ "primary": { "provider": "anthropic", "key": "sk-of-the-rivals-0000" } }))
        .await
        .expect(200);
    assert_eq!(theirs.get(AI).await.expect(200)["primary"]["key_ends_in"], "0000");
    // Even somebody who can write the database cannot make one account use another's key.
    app.sql(&format!(
        "update account_ai_settings set key_sealed = (select key_sealed from account_ai_settings where account_id = '{}')
          where account_id = '{}'",
        ours.account, theirs.account
    ))
    .await;
    let opened = settings::of(&context_of(&app.platform, theirs.account, theirs.user)).await;
    assert!(opened.unwrap_err().detail().contains("/account/ai"));
}

#[tokio::test]
async fn with_another_secret_key_the_stored_one_is_not_lost_and_a_call_says_what_to_do() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, anthropic()).await.expect(200);
    let new = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=";
    let changed = app.with_other_key(new).await;
    let error = settings::of(&context_of(&changed.platform, owner.account, owner.user)).await.unwrap_err();
    assert!(error.detail().contains("FLOWPILOT_SECRET_KEY"), "{error}");
    assert_eq!(owner.on(&changed).get(AI).await.expect(200)["primary"]["has_key"], true);
    let both = app.with_other_key(&format!("{new},MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")).await;
    assert_eq!(key_of(&resolved(&both, &owner).await.primary), Some(KEY));
}

/// A probe that notes what it was to try, and says what the test wants.
#[derive(Debug, Default)]
struct Notes {
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Probe for Notes {
    async fn probe(&self, choice: &Choice, tier: Tier, _: &Meter) -> Result<(), AiError> {
        self.asked.lock().unwrap().push(format!("{} {}", choice.vendor.as_str(), choice.model(tier)));
        match choice.vendor {
            Vendor::Anthropic => Err(AiError::Unavailable("401 authentication_error".to_owned())),
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn testing_the_connection_calls_every_model_as_it_would_be_and_shows_the_real_error() {
    let notes = Arc::new(Notes::default());
    let probe: Arc<dyn Probe> = notes.clone();
    let app = TestApp::with_operator(Operator { probe, ..Operator::builtin() }).await;
    let owner = app.owner_of("Acme MSP").await;
    let local = json!({ "provider": "openai", "endpoint": "https://llm.example.com/v1", "model_standard": "llama" });
    let change = json!({ "primary": { "provider": "anthropic", "key": KEY }, "fallback": local });
    let report = owner.post(&format!("{AI}/test"), change).await.expect(200);
    assert_eq!(report["ok"], false);
    let tried = report["tried"].as_array().unwrap();
    let failed = text(&tried[0]["error"]);
    assert!(failed.contains("401 authentication_error"), "{failed}");
    assert_eq!(
        (&tried[2]["fallback"], &tried[2]["ok"], &tried[2]["model"]),
        (&json!(true), &json!(true), &json!("llama"))
    );
    let mut asked = notes.asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["anthropic claude-haiku-5-5", "anthropic claude-sonnet-5-5", "openai llama"]);
    assert_eq!(owner.get(AI).await.expect(200)["primary"]["provider"], Value::Null, "a test stores nothing");
    let used = owner.get("/accounts/me/usage").await.expect(200);
    assert_eq!((&used["totals"]["sums"]["calls"], &used["totals"]["sums"]["failed"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn the_built_in_provider_always_answers_a_test() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let works = owner.post(&format!("{AI}/test"), json!({})).await.expect(200);
    assert_eq!((&works["ok"], &works["tried"][0]["provider"]), (&json!(true), &json!("builtin")));
}

#[tokio::test]
async fn the_page_shows_what_is_stored_and_never_the_key() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, anthropic()).await.expect(200);
    let page = app.browser_of(&owner).await.page("/account/ai").await;
    assert!(page.contains("ends in") && page.contains("efgh") && page.contains("Test connection"), "{page}");
    assert!(!page.contains("0123456789"));
    let engineer = app.colleague(&owner, UserRole::Engineer).await;
    let page = app.browser_of(&engineer).await.page("/account/ai").await;
    assert!(page.contains("This needs the role admin") && !page.contains("efgh"));
}

#[tokio::test]
async fn an_account_says_how_much_its_models_take_in() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let window = |tokens: Value| json!({ "primary": { "context_window": tokens } });
    assert!(refused(&owner, window(json!(8_000)), "primary.context_window").await.contains("Choose a provider"));
    owner.patch(AI, anthropic()).await.expect(200);
    for wrong in [0, 999, 2_000_001, -1] {
        assert!(refused(&owner, window(json!(wrong)), "primary.context_window").await.contains("1,000"), "{wrong}");
    }
    let saved = owner.patch(AI, window(json!(65_536))).await.expect(200);
    assert_eq!(saved["primary"]["context_window"], 65_536);
    assert_eq!(resolved(&app, &owner).await.primary.window, Some(65_536));
    assert!(app.browser_of(&owner).await.page("/account/ai").await.contains("65,536"));
    // What is true of one provider's models says nothing of another's.
    let other = json!({ "primary": { "provider": "gemini", "key": KEY } });
    assert_eq!(owner.patch(AI, other).await.expect(200)["primary"]["context_window"], Value::Null);
    owner.patch(AI, window(json!(65_536))).await.expect(200);
    assert_eq!(owner.patch(AI, window(Value::Null)).await.expect(200)["primary"]["context_window"], Value::Null);
}

#[tokio::test]
async fn the_operators_context_window_holds_for_the_operators_models_until_the_account_says_another() {
    let mut operator = operator();
    operator.offered[0].window = Some(50_000);
    let app = TestApp::with_operator(operator).await;
    let owner = app.owner_of("Acme MSP").await;
    owner.patch(AI, json!({ "primary": { "provider": "anthropic" } })).await.expect(200);
    assert_eq!(resolved(&app, &owner).await.primary.window, Some(50_000));
    assert!(app.browser_of(&owner).await.page("/account/ai").await.contains("50,000"));
    owner.patch(AI, json!({ "primary": { "context_window": 65_536 } })).await.expect(200);
    assert_eq!(resolved(&app, &owner).await.primary.window, Some(65_536));
    let elsewhere = json!({ "provider": "anthropic", "endpoint": "https://llm.example.com", "key": KEY });
    owner.patch(AI, json!({ "primary": { "provider": null } })).await.expect(200);
    owner.patch(AI, json!({ "primary": elsewhere })).await.expect(200);
    assert_eq!(resolved(&app, &owner).await.primary.window, None, "another server is another matter");
}

#[tokio::test]
async fn a_model_without_a_known_price_is_named_beside_the_budgets() {
    let app = TestApp::start().await;
    let owner = app.owner_of("Acme MSP").await;
    let known = |settings: &Value, slot: &str, tier: &str| settings[slot]["called"][tier]["price_known"].clone();
    let shown = owner.get(AI).await.expect(200);
    assert_eq!(known(&shown, "primary", "standard"), true, "FlowPilot's own flows cost nothing");
    assert_eq!(shown["fallback"]["called"], Value::Null);
    let local = json!({ "provider": "openai", "endpoint": "https://llm.example.com/v1", "model_standard": "llama-4" });
    let change = json!({ "primary": { "provider": "anthropic", "key": KEY }, "fallback": local });
    let saved = owner.patch(AI, change).await.expect(200);
    assert_eq!((known(&saved, "primary", "fast"), known(&saved, "fallback", "fast")), (json!(true), json!(false)));
    assert_eq!(saved["fallback"]["called"]["standard"]["model"], "llama-4");
    let page = app.browser_of(&owner).await.page("/account/ai").await;
    assert!(page.contains("No price is known for") && page.contains("no budget stops them"), "{page}");
    owner.patch(AI, json!({ "fallback": { "provider": null } })).await.expect(200);
    assert!(!app.browser_of(&owner).await.page("/account/ai").await.contains("No price is known"));
}
