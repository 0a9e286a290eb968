//! Images in messages: sent once, in their order, by whoever writes in the session.

use flowpilot::pilot::server::images::forget_unsent;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Case, TestApp, follow, in_order, read, read_stream, told};

impl Case {
    /// Says something with images under a key, and reads the turn to its end; the model says that it sees.
    async fn send_images(&self, said: &str, images: &[&str], key: &str) -> Answer {
        self.script.will_say("I see.");
        let request = self.engineer.request(Method::POST, &self.at("messages")).header("idempotency-key", key);
        read(request.json(&json!({ "text": said, "images": images }))).await
    }

    /// The person's messages.
    async fn said(&self) -> Vec<Value> {
        let session = self.look().await;
        let messages = session["messages"].as_array().unwrap().iter();
        messages.filter(|message| message["role"] == "user").cloned().collect()
    }
}

#[tokio::test]
async fn a_message_shows_its_images_in_their_order() {
    let case = Case::new().await;
    let (one, two, three) = (case.image().await, case.image().await, case.image().await);
    case.send_images("Look.", &[&three, &one, &two], "").await;
    let said = case.said().await;
    assert_eq!(said[0]["images"], json!([three, one, two]));
    let attachments = said[0]["attachments"].as_array().unwrap();
    let ids: Vec<_> = attachments.iter().map(|image| &image["id"]).collect();
    assert_eq!(json!(ids), said[0]["images"]);
    assert_eq!(attachments[0]["thumbnail_url"], json!(format!("/api/v1{}/images/{three}/thumbnail", case.path)));
    let events = follow(&case.engineer, &case.path, 0, |event| event.name == "message").await;
    assert_eq!(events.last().unwrap().data, said[0]);
}

#[tokio::test]
async fn a_message_may_be_an_image_alone() {
    let mut case = Case::new().await;
    let image = case.image().await;
    let request = case.engineer.request(Method::POST, &case.at("messages")).json(&json!({ "images": [image] }));
    let stream = tokio::spawn(async move { read_stream(request.send().await.unwrap()).await });
    let call = case.script.called().await;
    let heard = call.request.messages.last().unwrap();
    assert_eq!((heard.text.as_str(), heard.images), ("", 1), "the model is told that there is one");
    call.end();
    in_order(&stream.await.unwrap());
    assert_eq!((&case.said().await[0]["text"], &case.said().await[0]["images"]), (&json!(""), &json!([image])));
}

#[tokio::test]
async fn the_built_in_provider_says_that_it_cannot_see() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    let image = engineer.attach(&session).await;
    let request = engineer.request(Method::POST, &format!("{session}/messages"));
    let events = read_stream(request.json(&json!({ "images": [image] })).send().await.unwrap()).await;
    let said = told(&events);
    assert!(said.contains("cannot look at the image") && said.contains("I read this as"), "{said}");
}

#[tokio::test]
async fn a_message_takes_only_images_that_wait_in_its_session() {
    let case = Case::new().await;
    let other = case.engineer.session_about("Another problem").await;
    let (theirs, ours) = (case.engineer.attach(&other).await, case.image().await);
    let nothing = uuid::Uuid::now_v7().to_string();
    case.send_images("Look.", &[&ours], "").await.expect(200);
    let waiting = case.image().await;
    let before = case.look().await;
    for images in [vec![&*theirs], vec![&*nothing], vec![&*ours], vec![&*waiting, &*theirs], vec![&*waiting, &*waiting]]
    {
        let answer = case.send_images("Look again.", &images, "").await;
        assert!(answer.body["errors"][0]["field"].as_str().unwrap().starts_with("images["), "{}", answer.body);
        assert_eq!(answer.refused(422), "validation", "{images:?}");
    }
    let seven = vec![&*waiting; 7];
    assert_eq!(case.send_images("Look again.", &seven, "").await.refused(422), "validation");
    assert_eq!(case.look().await, before);
    case.send_images("Look again.", &[&waiting], "").await.expect(200);
}

#[tokio::test]
async fn a_repeated_message_with_images_is_one_message() {
    let case = Case::new().await;
    let (one, two) = (case.image().await, case.image().await);
    for _ in 0..2 {
        case.send_images("Look.", &[&one, &two], "k").await.expect(200);
    }
    assert_eq!(case.said().await.len(), 1);
    assert_eq!(case.send_images("Look.", &[&two, &one], "k").await.refused(409), "idempotency_key_reused");
    assert_eq!(case.send_images("Look.", &[], "k").await.refused(409), "idempotency_key_reused");
}

#[tokio::test]
async fn a_failed_message_keeps_its_images_when_it_is_tried_again() {
    let mut case = Case::new().await;
    let image = case.image().await;
    let request = case.engineer.request(Method::POST, &case.at("messages")).json(&json!({ "images": [image] }));
    let stream = tokio::spawn(async move { read_stream(request.send().await.unwrap()).await });
    case.script.called().await.fail("no");
    stream.await.unwrap();
    case.script.will_say("I see.");
    let again = case.engineer.request(Method::POST, &case.at("messages")).json(&json!({ "retry": true }));
    let events = read_stream(again.send().await.unwrap()).await;
    let message = events.iter().find(|event| event.name == "message").unwrap();
    assert_eq!((&message.data["status"], &message.data["images"]), (&json!("done"), &json!([image])));
}

#[tokio::test]
async fn an_image_that_nobody_sent_is_gone_after_a_day() {
    let case = Case::new().await;
    let (old, sent, fresh) = (case.image().await, case.image().await, case.image().await);
    case.send_images("Look.", &[&sent], "").await.expect(200);
    let age = format!("update images set created_at = now() - interval '25 hours' where id <> '{fresh}'");
    case.app.sql(&age).await;
    forget_unsent(&case.app.platform).await.unwrap();
    let status = async |id: &str| {
        let url = json!(format!("/api/v1{}/images/{id}", case.path));
        case.engineer.fetch(&url).await.status
    };
    assert_eq!([status(&old).await, status(&sent).await, status(&fresh).await], [404, 200, 200]);
    for part in ["image", "thumbnail"] {
        let key = format!("{}/{}/{old}/{part}", case.engineer.account, case.id());
        assert_eq!(case.app.platform.files.get(&key).await, Ok(None));
    }
    assert_eq!(case.send_images("Look.", &[&old], "").await.refused(422), "validation");
}
