//! The connection to a ticket system: who may change it, that keys go in and never come out, what levels allow, who calls us.

use flowpilot::{accounts::types::UserRole, server::router::context_of};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::{Answer, FakePsa, Person, TestApp, read, text};

pub const PSA: &str = "/accounts/me/psa";
pub const KEY: &str = "pk-0123456789-abcdefgh";

/// All that a first connection needs.
pub fn connection() -> Value {
    json!({
        "provider": "connectwise", "site": "https://na.myconnectwise.net", "company": "acme", "public_key": "pub1",
        "private_key": KEY, "client_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
    })
}

struct Shop {
    app: TestApp,
    psa: FakePsa,
    owner: Person,
}

impl Shop {
    async fn new() -> Self {
        let psa = FakePsa::new();
        let (app, _) = TestApp::scripted_with(psa.registry()).await;
        let owner = app.owner_of("Acme MSP").await;
        Self { app, psa, owner }
    }

    async fn connected() -> Self {
        let shop = Self::new().await;
        shop.owner.patch(PSA, connection()).await.expect(200);
        shop
    }

    async fn changed(&self, change: Value) -> Answer {
        self.owner.patch(PSA, change).await
    }

    /// The message for a field of a refused change.
    async fn wrong(&self, change: Value, field: &str) -> String {
        let answer = self.changed(change.clone()).await;
        assert_eq!(answer.status.as_u16(), 422, "{change}: {}", answer.body);
        let errors = answer.body["errors"].as_array().unwrap();
        let found = errors.iter().find(|error| error["field"] == field);
        text(&found.unwrap_or_else(|| panic!("{change}: nothing about {field}: {errors:?}"))["message"])
    }
}

#[tokio::test]
async fn on_a_fresh_machine_tickets_are_kept_in_flowpilot_itself() {
    let shop = Shop::new().await;
    let shown = shop.owner.get(PSA).await.expect(200);
    assert_eq!((&shown["provider"], &shown["connection"]), (&json!("local_desk"), &Value::Null));
    let tested = shop.owner.post(&format!("{PSA}/test"), json!({})).await.expect(200);
    assert_eq!(tested["ok"], true);
}

#[tokio::test]
async fn a_connected_account_works_with_its_own_ticket_system_and_others_do_not() {
    let shop = Shop::connected().await;
    let listed = shop.owner.get("/tickets").await.expect(200);
    assert_eq!(listed["items"][0]["id"], "700");
    let rival = shop.app.owner_of("Rival MSP").await;
    assert_eq!(rival.get("/tickets").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn keys_are_stored_sealed_and_only_an_end_is_ever_shown() {
    let shop = Shop::new().await;
    let saved = shop.changed(connection()).await.expect(200);
    let shown = shop.owner.get(PSA).await.expect(200);
    assert_eq!(saved["connection"]["key_ends_in"], "efgh");
    for answer in [&saved, &shown] {
        let all = answer.to_string();
        assert!(!all.contains("0123456789") && !all.contains("469f"), "{all}");
    }
    shop.app
        .sql("do $$ begin if exists (select from account_psa a where a::text like '%0123456789%'
                or position('0123456789'::bytea in secrets_sealed) > 0) then raise 'the key is readable'; end if; end $$")
        .await;
    // They open for the provider.
    shop.owner.get("/tickets").await.expect(200);
    assert_eq!(shop.psa.inside().keys.last().unwrap().private_key.expose_secret(), KEY);
}

#[tokio::test]
async fn stored_keys_cannot_be_sent_to_another_site_or_company() {
    let shop = Shop::connected().await;
    for change in [json!({ "site": "https://evil.example.com" }), json!({ "company": "other" })] {
        assert!(shop.wrong(change.clone(), "private_key").await.contains("belongs to the former"), "{change}");
        assert!(shop.wrong(change.clone(), "client_id").await.contains("belongs to the former"), "{change}");
        assert_eq!(shop.owner.post(&format!("{PSA}/test"), change).await.refused(422), "validation");
    }
    assert!(shop.wrong(json!({ "public_key": "pub2" }), "private_key").await.contains("former public key"));
    let whole = json!({ "site": "eu.myconnectwise.net", "private_key": KEY, "client_id": "c2" });
    let moved = shop.changed(whole).await.expect(200);
    assert_eq!(moved["connection"]["site"], "https://eu.myconnectwise.net");
}

#[tokio::test]
async fn a_new_key_alone_keeps_the_client_id() {
    let shop = Shop::connected().await;
    shop.changed(json!({ "private_key": "pk-another-key-9999" })).await.expect(200);
    shop.owner.get("/tickets").await.expect(200);
    let keys = shop.psa.inside().keys.last().unwrap().clone();
    assert_eq!(keys.private_key.expose_secret(), "pk-another-key-9999");
    assert_eq!(keys.client_id.expose_secret(), "0f8fad5b-d9cb-469f-a165-70867728950e");
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_said_by_field_and_all_at_once() {
    let shop = Shop::new().await;
    let nothing = json!({ "provider": "connectwise" });
    for field in ["site", "company", "public_key", "private_key", "client_id"] {
        shop.wrong(nothing.clone(), field).await;
    }
    let with = |field: &str, value: &str| {
        let mut change = connection();
        change[field] = json!(value);
        change
    };
    for (field, value, said) in [
        ("provider", "spreadsheet", "connectwise"),
        ("site", "http://na.myconnectwise.net", "https"),
        ("site", "https://localhost:8443", "own network"),
        ("site", "https://10.0.0.7", "own network"),
        ("site", "https://psa.internal", "own network"),
        ("site", "https://a:b@na.myconnectwise.net", "fields of their own"),
        ("company", "a+b", "sign-in"),
        ("private_key", "two words", "no key"),
    ] {
        let message = shop.wrong(with(field, value), field).await;
        assert!(message.contains(said), "{field} {value}: {message}");
    }
    assert_eq!(shop.owner.get(PSA).await.expect(200)["connection"], Value::Null);
    assert_eq!(shop.changed(json!({ "api_key": "x" })).await.refused(400), "malformed");
}

#[tokio::test]
async fn a_site_on_this_machine_is_for_demos_only() {
    let psa = FakePsa::new();
    let (app, _) = TestApp::scripted_with(psa.registry().with_local_sites(true)).await;
    let owner = app.owner_of("Acme MSP").await;
    let mut change = connection();
    change["site"] = json!("http://127.0.0.1:9999");
    assert_eq!(owner.patch(PSA, change).await.expect(200)["connection"]["site"], "http://127.0.0.1:9999");
}

#[tokio::test]
async fn a_test_tells_the_real_error_without_the_key_and_stores_nothing() {
    let shop = Shop::new().await;
    let mut change = connection();
    change["private_key"] = json!("the-wrong-key-0000");
    let tested = shop.owner.post(&format!("{PSA}/test"), change).await.expect(200);
    let said = text(&tested["said"]);
    assert!(tested["ok"] == false && said.contains("401 Unauthorized"), "{tested}");
    assert!(!said.contains("the-wrong-key"), "{said}");
    assert_eq!(shop.owner.post(&format!("{PSA}/test"), connection()).await.expect(200)["ok"], true);
    assert_eq!(shop.owner.get(PSA).await.expect(200)["connection"], Value::Null);
}

#[tokio::test]
async fn admins_change_the_connection_and_nobody_below_sees_it() {
    let shop = Shop::new().await;
    let admin = shop.app.colleague(&shop.owner, UserRole::Admin).await;
    admin.patch(PSA, connection()).await.expect(200);
    let engineer = shop.app.colleague(&shop.owner, UserRole::Engineer).await;
    assert_eq!(engineer.get(PSA).await.refused(403), "forbidden");
    assert_eq!(engineer.delete(PSA).await.refused(403), "forbidden");
}

#[tokio::test]
async fn what_the_account_does_not_let_us_do_is_refused_by_us() {
    let shop = Shop::connected().await;
    shop.changed(json!({ "levels": { "tickets": "none", "companies": "none" } })).await.expect(200);
    let nothing = shop.owner.get("/tickets").await.expect(200);
    assert_eq!(nothing["items"], json!([]));
    assert!(text(&nothing["hint"]).contains("/account/psa"), "{nothing}");
    let mine = shop.owner.get("/tickets?assignee=mine").await.expect(200);
    assert!(text(&mine["hint"]).contains("read tickets"), "{mine}");
    let desk = {
        let ctx = context_of(&shop.app.platform, shop.owner.account, shop.owner.user);
        let desk = shop.app.platform.psa.of_account(&ctx).await.unwrap();
        (desk.companies(&ctx, "").await.unwrap(), desk.set_status(&ctx, "700", "12").await.is_err())
    };
    assert!(desk.0.items.is_empty() && desk.0.hint.unwrap().contains("/account/psa") && desk.1);
    shop.changed(json!({ "levels": { "tickets": "read" } })).await.expect(200);
    shop.owner.get("/tickets/700").await.expect(200);
    assert_eq!(shop.psa.status_of("700"), "11");
}

#[tokio::test]
async fn a_change_on_one_node_is_known_on_all() {
    let shop = Shop::connected().await;
    let other = shop.app.node_with(shop.psa.registry()).await;
    shop.owner.on(&other).get("/tickets").await.expect(200);
    shop.changed(json!({ "levels": { "tickets": "none" } })).await.expect(200);
    assert_eq!(shop.owner.on(&other).get("/tickets").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn sessions_keep_their_links_when_the_account_disconnects() {
    let shop = Shop::connected().await;
    let session = shop.owner.post("/ai-sessions", json!({ "ticket_id": "700" })).await.expect(201);
    shop.owner.delete(PSA).await.expect(204);
    assert_eq!(shop.owner.get(PSA).await.expect(200)["provider"], "local_desk");
    let kept = shop.owner.get(&format!("/ai-sessions/{}", text(&session["id"]))).await.expect(200);
    assert_eq!((&kept["ticket"]["provider"], &kept["ticket"]["id"]), (&json!("connectwise"), &json!("700")));
    shop.owner.delete(PSA).await.expect(204);
}

#[tokio::test]
async fn with_another_secret_key_the_settings_can_still_be_opened_and_mended() {
    let shop = Shop::connected().await;
    let changed = shop.app.with_other_key("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=").await;
    let owner = shop.owner.on(&changed);
    assert_eq!(owner.get(PSA).await.expect(200)["connection"]["company"], "acme");
    let both = json!({ "private_key": KEY, "client_id": "c2" });
    owner.patch(PSA, both).await.expect(200);
    owner.get("/tickets").await.expect(200);
}

#[tokio::test]
async fn a_call_of_the_ticket_system_is_believed_only_with_its_secret_address_and_signature() {
    let shop = Shop::connected().await;
    let on = shop.changed(json!({ "webhooks": "https://flowpilot.example.com" })).await.expect(200);
    assert_eq!(on["connection"]["webhooks"]["heard_at"], Value::Null);
    let address = shop.psa.inside().watched[0].clone();
    let path = address.strip_prefix("https://flowpilot.example.com").unwrap().to_owned();
    assert!(!on.to_string().contains(&path), "the address is secret: {on}");
    let call = async |path: &str, signature: &str| {
        let body = r#"{"Action":"updated","ID":700,"Type":"ticket"}"#;
        let request = shop.app.http.post(shop.app.url(path)).header("x-content-signature", signature).body(body);
        read(request).await.status.as_u16()
    };
    let heard = async || shop.owner.get(PSA).await.expect(200)["connection"]["webhooks"]["heard_at"].clone();
    assert_eq!(call(&format!("{path}x"), "signed").await, 404);
    assert_eq!(call("/hooks/psa/nobody", "signed").await, 404);
    assert_eq!(call(&path, "forged").await, 403);
    assert_eq!(heard().await, Value::Null);
    assert_eq!(call(&format!("{path}?recordId=700&action=updated"), "signed").await, 204);
    assert!(heard().await.is_string());
    shop.changed(json!({ "webhooks": null })).await.expect(200);
    assert!(shop.psa.inside().watched.is_empty());
    assert_eq!(call(&path, "signed").await, 404);
}

#[tokio::test]
async fn the_page_shows_the_connection_and_never_its_keys() {
    let shop = Shop::connected().await;
    let page = shop.app.browser_of(&shop.owner).await.page("/account/psa").await;
    for shown in ["na.myconnectwise.net", "ends in efgh", "Test connection", "What FlowPilot may do", "Disconnect"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("0123456789") && !page.contains("469f"));
    let engineer = shop.app.colleague(&shop.owner, UserRole::Engineer).await;
    let page = shop.app.browser_of(&engineer).await.page("/account/psa").await;
    assert!(page.contains("This needs the role admin") && !page.contains("efgh"));
}
