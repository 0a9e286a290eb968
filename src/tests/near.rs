//! A search for what is only nearly said: sessions by words that are mistyped or half remembered.

use flowpilot::accounts::types::UserRole;
use reqwest::Method;
use serde_json::Value;

use crate::{
    history::{many, search, titles, told},
    support::{Case, Person, TestApp, read, text},
};

#[tokio::test]
async fn sessions_called_something_like_it_follow_those_that_say_it() {
    let case = Case::new().await;
    let engineer = &case.engineer;
    told(engineer, "Printer is offline", "The toner is low.").await;
    told(engineer, "Scanner", "It stands beside the printer that is offline.").await;
    let near = async |words: &str| titles(engineer, &[("q", words), ("near", "true")]).await;
    assert_eq!(near("offlien printr").await, ["Printer is offline"], "mistyped, in another order");
    assert_eq!(near("prntr").await, ["Printer is offline"], "letters left out");
    assert_eq!(near("pritner toner").await, Vec::<String>::new(), "each word has to be there");
    assert_eq!(search(engineer, "prntr").await, Vec::<String>::new(), "only where it is asked for");
    told(engineer, "Printre is slow", "Since Monday.").await;
    assert_eq!(near("printer").await, ["Scanner", "Printer is offline", "Printre is slow"]);
    for nothing in ["  ", "…"] {
        assert_eq!(near(nothing).await, titles(engineer, &[("q", nothing)]).await, "{nothing:?}");
    }
}

#[tokio::test]
async fn what_is_nearly_meant_is_looked_for_only_among_what_one_may_see_and_asked_for() {
    let case = Case::new().await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Engineer).await;
    let stranger = case.app.owner_of("Rival MSP").await;
    let near = async |person: &Person, more: &[(&str, &str)]| {
        let query = [&[("q", "pasword outlok"), ("near", "true")][..], more].concat();
        titles(person, &query).await.len()
    };
    assert_eq!(near(&case.engineer, &[]).await, 1);
    assert_eq!(near(&case.engineer, &[("status", "resolved")]).await, 0);
    assert_eq!(near(&colleague, &[]).await, 0);
    assert_eq!(near(&stranger, &[]).await, 0);
    case.share_with(&colleague).await;
    assert_eq!(near(&colleague, &[]).await, 1, "what is shared");
}

#[tokio::test]
async fn what_is_nearly_meant_fills_the_first_page_and_no_other() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    many(&app, &engineer, "Outlook", 3, 0).await;
    many(&app, &engineer, "Outlock", 3, 60).await;
    let page = async |limit: &str, cursor: Option<&str>| {
        let query = [("q", "outlook"), ("near", "true"), ("limit", limit), ("cursor", cursor.unwrap_or_default())];
        let query = &query[..if cursor.is_some() { 4 } else { 3 }];
        read(engineer.request(Method::GET, "/ai-sessions").query(query)).await.expect(200)
    };
    let all = page("5", None).await;
    let all: Vec<_> = all["items"].as_array().unwrap().iter().map(|item| text(&item["title"])).collect();
    assert_eq!(all, ["Outlook 1", "Outlook 2", "Outlook 3", "Outlock 1", "Outlock 2"]);
    let first = page("2", None).await;
    let second = page("2", first["next_cursor"].as_str()).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["next_cursor"], Value::Null);
}
