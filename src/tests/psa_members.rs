//! Who of the ticket system is who here, and where tickets go: what an admin sees and chooses.

use flowpilot::accounts::types::UserRole;
use serde_json::{Value, json};

use crate::{
    psa_settings::{PSA, connection},
    support::{FakePsa, Person, TestApp, member, soon, text},
};

const MEMBERS: &str = "/accounts/me/psa/members";
const STATUSES: &str = "/accounts/me/psa/statuses";

struct Shop {
    app: TestApp,
    psa: FakePsa,
    owner: Person,
    engineer: Person,
}

impl Shop {
    async fn new() -> Self {
        let psa = FakePsa::new();
        let (app, _) = TestApp::scripted_with(psa.registry()).await;
        let owner = app.owner_of("Acme MSP").await;
        let engineer = app.colleague(&owner, UserRole::Engineer).await;
        owner.patch(PSA, connection()).await.expect(200);
        let shouted = engineer.email.to_uppercase();
        psa.inside().members.push(member("6", "Colin Colleague", &shouted));
        Self { app, psa, owner, engineer }
    }

    /// Who a member is, and how that was found.
    async fn who(&self, id: &str) -> (Value, Value) {
        let mapping = self.owner.get(MEMBERS).await.expect(200);
        let members = mapping["members"].as_array().unwrap().clone();
        let found = members.into_iter().find(|one| one["member"]["id"] == id).unwrap();
        (found["user_id"].clone(), found["mapped_by"].clone())
    }

    async fn map(&self, id: &str, user: Value) {
        self.owner.put(&format!("{MEMBERS}/{id}"), json!({ "user_id": user })).await.expect(200);
    }
}

#[tokio::test]
async fn members_are_found_by_their_address_and_everybody_is_listed() {
    let shop = Shop::new().await;
    assert_eq!(shop.who("6").await, (json!(shop.engineer.user), json!("email")));
    assert_eq!(shop.who("5").await, (Value::Null, Value::Null));
    let mapping = shop.owner.get(MEMBERS).await.expect(200);
    assert_eq!(mapping["users"].as_array().unwrap().len(), 2);
    assert_eq!(mapping["without_member"], json!([shop.owner.user]));
}

#[tokio::test]
async fn what_somebody_says_by_hand_wins_and_can_be_taken_back() {
    let shop = Shop::new().await;
    shop.map("5", json!(shop.engineer.user)).await;
    assert_eq!(shop.who("5").await, (json!(shop.engineer.user), json!("hand")));
    // One user is one member.
    assert_eq!(shop.who("6").await, (Value::Null, Value::Null));
    shop.owner.delete(&format!("{MEMBERS}/5")).await.expect(204);
    assert_eq!(shop.who("6").await, (json!(shop.engineer.user), json!("email")));
    assert_eq!(shop.owner.delete(&format!("{MEMBERS}/5")).await.refused(404), "not_found");
}

#[tokio::test]
async fn two_who_map_one_user_at_once_leave_them_one_member() {
    let shop = Shop::new().await;
    // Another admin is not done yet.
    let mut other = shop.app.beside().await;
    let theirs = "select id from accounts for no key update;
        insert into psa_members (account_id, provider, member_id, user_id, mapped_by, mapped_at)
            select account_id, 'connectwise', '5', id, id, now() from users where role = 'engineer'";
    sqlx::raw_sql(theirs).execute(&mut other).await.unwrap();
    let (owner, user) = (shop.owner.clone(), shop.engineer.user);
    let mapping = tokio::spawn(async move { owner.put(&format!("{MEMBERS}/6"), json!({ "user_id": user })).await });
    shop.app.somebody_waits().await;
    sqlx::raw_sql("commit").execute(&mut other).await.unwrap();
    soon("the answer", mapping).await.unwrap().expect(200);
    assert_eq!(shop.who("6").await, (json!(shop.engineer.user), json!("hand")));
    assert_eq!(shop.who("5").await, (Value::Null, Value::Null));
}

#[tokio::test]
async fn a_member_can_be_nobody_whatever_their_address() {
    let shop = Shop::new().await;
    shop.map("6", Value::Null).await;
    assert_eq!(shop.who("6").await, (Value::Null, json!("hand")));
}

#[tokio::test]
async fn a_user_who_becomes_another_member_is_no_longer_the_former() {
    let shop = Shop::new().await;
    shop.map("5", json!(shop.owner.user)).await;
    shop.map("6", json!(shop.owner.user)).await;
    assert_eq!(shop.who("6").await, (json!(shop.owner.user), json!("hand")));
    assert_eq!(shop.who("5").await, (Value::Null, Value::Null));
}

#[tokio::test]
async fn nobody_is_mapped_to_whom_there_is_not() {
    let shop = Shop::new().await;
    let somebody = json!({ "user_id": uuid::Uuid::now_v7() });
    assert_eq!(shop.owner.put(&format!("{MEMBERS}/5"), somebody).await.refused(422), "validation");
    let nobody = json!({ "user_id": null });
    assert_eq!(shop.owner.put(&format!("{MEMBERS}/99"), nobody).await.refused(404), "not_found");
}

#[tokio::test]
async fn boards_choose_statuses_of_their_own_only() {
    let shop = Shop::new().await;
    let chosen = json!({ "board_id": "1", "resolved_status_id": "12" });
    let statuses = shop.owner.put(STATUSES, chosen).await.expect(200);
    assert_eq!(statuses["boards"][0]["resolved_status_id"], "12");
    assert_eq!(statuses["boards"][0]["statuses"].as_array().unwrap().len(), 3);
    let foreign = json!({ "board_id": "1", "escalated_status_id": "21" });
    assert_eq!(shop.owner.put(STATUSES, foreign).await.refused(422), "validation");
    // What is left out stays, null takes it away.
    let other = json!({ "board_id": "1", "escalated_status_id": "13" });
    assert_eq!(shop.owner.put(STATUSES, other).await.expect(200)["boards"][0]["resolved_status_id"], "12");
    let none = json!({ "board_id": "1", "resolved_status_id": null });
    assert_eq!(shop.owner.put(STATUSES, none).await.expect(200)["boards"][0]["resolved_status_id"], Value::Null);
}

#[tokio::test]
async fn the_accounts_own_choice_is_its_preference() {
    let shop = Shop::new().await;
    shop.owner.put(STATUSES, json!({ "resolved_status_id": "12" })).await.expect(200);
    let preferences = shop.owner.get("/accounts/me/preferences").await.expect(200);
    assert_eq!(text(&preferences["cw_resolved_status_id"]), "12");
    shop.owner.patch("/accounts/me/preferences", json!({ "cw_escalated_status_id": "13" })).await.expect(200);
    let statuses = shop.owner.get(STATUSES).await.expect(200);
    assert_eq!((&statuses["resolved_status_id"], &statuses["escalated_status_id"]), (&json!("12"), &json!("13")));
}

#[tokio::test]
async fn what_was_chosen_for_one_company_does_not_outlive_it() {
    let shop = Shop::new().await;
    shop.map("5", json!(shop.owner.user)).await;
    shop.owner.put(STATUSES, json!({ "board_id": "1", "resolved_status_id": "12" })).await.expect(200);
    let mut moved = connection();
    moved["company"] = json!("other");
    shop.owner.patch(PSA, moved).await.expect(200);
    assert_eq!(shop.who("5").await, (Value::Null, Value::Null));
    let statuses = shop.owner.get(STATUSES).await.expect(200);
    assert_eq!(statuses["boards"][0]["resolved_status_id"], Value::Null);
    assert!(!shop.psa.inside().keys.is_empty());
}
