//! Images, as models that can see get them, and what is said where a model cannot.

use base64::{Engine, prelude::BASE64_STANDARD};
use flowpilot::ai::{server::settings::Operator, types::Vendor};
use image::{GenericImageView, ImageFormat};
use serde_json::{Value, json};

use super::{
    VENDORS, choice,
    dialects::answer,
    simulator::{Reply, Seen, Simulator},
};
use crate::support::{Person, TestApp, encoded, png, text};

const REPLY: [&str; 1] = ["I see it."];

async fn engineer(vendor: Vendor, simulator: &Simulator) -> (TestApp, Person, String) {
    let operator = Operator { chosen: Some(choice(vendor, simulator)), ..Operator::builtin() };
    let app = TestApp::with_operator(operator).await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password").await;
    (app, engineer, session)
}

/// Sends a message with an image; what the turn ended with.
async fn show(engineer: &Person, session: &str, kind: &str, file: Vec<u8>) -> (String, Value) {
    let image = engineer.upload(session, kind, file).await.expect(201);
    let events = engineer.send(session, json!({ "text": "Look at this.", "images": [image["id"]] })).await;
    let last = events.last().unwrap();
    (last.name.clone(), last.data.clone())
}

/// The images of a request: what they are and their bytes.
fn images(vendor: Vendor, seen: &Seen) -> Vec<(String, Vec<u8>)> {
    let messages = &seen.body[if vendor == Vendor::Gemini { "contents" } else { "messages" }];
    let parts = messages.as_array().unwrap().iter();
    let parts =
        parts.flat_map(|one| one["content"].as_array().or(one["parts"].as_array()).cloned().unwrap_or_default());
    let image = |part: Value| {
        let (kind, data) = match vendor {
            Vendor::Anthropic => (&part["source"]["media_type"], &part["source"]["data"]),
            Vendor::Gemini => (&part["inlineData"]["mimeType"], &part["inlineData"]["data"]),
            _ => {
                let url = part["image_url"]["url"].as_str()?.strip_prefix("data:")?;
                let (kind, data) = url.split_once(";base64,")?;
                return Some((kind.to_owned(), BASE64_STANDARD.decode(data).unwrap()));
            }
        };
        Some((kind.as_str()?.to_owned(), BASE64_STANDARD.decode(data.as_str()?).unwrap()))
    };
    parts.filter_map(image).collect()
}

/// The person's first message, as it was sent.
fn first(vendor: Vendor, seen: &Seen) -> Value {
    match vendor {
        Vendor::Anthropic => {
            let mut content = seen.body["messages"][0]["content"].as_array().unwrap()[..2].to_vec();
            // The mark moves on, the bytes before it stay.
            content[1].as_object_mut().unwrap().remove("cache_control");
            json!(content)
        }
        Vendor::Gemini => json!(seen.body["contents"][0]["parts"].as_array().unwrap()[..2]),
        _ => json!(seen.body["messages"][1]["content"][0]),
    }
}

#[tokio::test]
async fn a_model_sees_the_image_and_it_stays_where_it_came() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([Reply::events(answer(vendor, &REPLY))]).await;
        let (_app, engineer, session) = engineer(vendor, &simulator).await;
        let picture = png(40, 20);
        assert_eq!(show(&engineer, &session, "image/png", picture).await.0, "turn_done");
        engineer.say(&session, "And now?").await;
        let seen = simulator.seen();
        let shown = images(vendor, &seen[0]);
        assert_eq!((shown.len(), shown[0].0.as_str()), (1, "image/png"), "{vendor:?}");
        assert_eq!(image::load_from_memory(&shown[0].1).unwrap().dimensions(), (40, 20));
        assert_eq!(images(vendor, &seen[1]), shown, "the next turn begins with the same");
        assert_eq!(first(vendor, &seen[0]), first(vendor, &seen[1]));
        assert!(seen[0].body.to_string().contains("1 image was attached. It stands above."));
    }
}

#[tokio::test]
async fn what_is_large_or_of_a_rare_kind_is_shown_as_a_smaller_jpeg() {
    let vendor = Vendor::Openai;
    let simulator = Simulator::saying([Reply::events(answer(vendor, &REPLY))]).await;
    let (_app, engineer, session) = engineer(vendor, &simulator).await;
    show(&engineer, &session, "image/png", png(3136, 100)).await;
    show(&engineer, &session, "image/gif", encoded(64, 64, ImageFormat::Gif)).await;
    let shown = images(vendor, &simulator.seen()[1]);
    let sizes: Vec<_> = shown
        .iter()
        .map(|(kind, bytes)| {
            (kind.as_str(), image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap().dimensions())
        })
        .collect();
    assert_eq!(sizes, [("image/jpeg", (1568, 50)), ("image/jpeg", (64, 64))]);
}

#[tokio::test]
async fn only_the_newest_images_are_shown() {
    let vendor = Vendor::Gemini;
    let simulator = Simulator::saying([Reply::events(answer(vendor, &REPLY))]).await;
    let (_app, engineer, session) = engineer(vendor, &simulator).await;
    for n in 0..9_u32 {
        show(&engineer, &session, "image/png", png(10 + n, 10)).await;
    }
    let counts: Vec<_> = simulator.seen().iter().map(|seen| images(vendor, seen).len()).collect();
    assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7, 8, 4]);
    let newest = image::load_from_memory(&images(vendor, &simulator.seen()[8])[3].1).unwrap().dimensions();
    assert_eq!(newest, (18, 10));
    assert!(simulator.seen()[8].body.to_string().contains("You cannot see it."));
}

#[tokio::test]
async fn a_model_that_cannot_see_says_so_and_the_next_message_goes_on_without() {
    for (vendor, status, words) in [
        (Vendor::Openai, 400, "Invalid content type. image_url is only supported by certain models."),
        (Vendor::Openai, 500, "image input is not supported - hint: you may need to provide the mmproj"),
        (Vendor::Openai, 400, "large-model is not a multimodal model"),
        (Vendor::Anthropic, 400, "This model does not support image input"),
        (Vendor::Gemini, 400, "Image input modality is not supported for this model"),
    ] {
        let simulator = Simulator::answering(move |seen| match images(vendor, seen).len() {
            0 => Reply::events(answer(vendor, &REPLY)),
            _ => Reply::new(status, "application/json", json!({ "error": { "message": words } }).to_string()),
        })
        .await;
        let (_app, engineer, session) = engineer(vendor, &simulator).await;
        let (ended, data) = show(&engineer, &session, "image/png", png(8, 8)).await;
        let detail = text(&data["problem"]["detail"]);
        assert_eq!(ended, "turn_failed", "{words}");
        assert!(detail.contains("“large-model”") && detail.contains("cannot see images"), "{detail}");
        assert!(detail.contains("without") && detail.contains("AI settings"), "{detail}");
        assert_eq!(engineer.say(&session, "It says 0x800.").await.last().unwrap().name, "turn_done", "{words}");
    }
}

#[tokio::test]
async fn images_of_before_do_not_stop_a_model_that_cannot_see() {
    let vendor = Vendor::Openai;
    let simulator = Simulator::answering(move |seen| {
        let shown = images(vendor, seen).len();
        let later = seen.body.to_string().contains("And now?");
        match shown > 0 && later {
            false => Reply::events(answer(vendor, &REPLY)),
            true => {
                let error = json!({ "error": { "message": "this model does not support images" } });
                Reply::new(400, "application/json", error.to_string())
            }
        }
    })
    .await;
    let (_app, engineer, session) = engineer(vendor, &simulator).await;
    show(&engineer, &session, "image/png", png(8, 8)).await;
    assert_eq!(engineer.say(&session, "And now?").await.last().unwrap().name, "turn_done");
    let counts: Vec<_> = simulator.seen().iter().map(|seen| images(vendor, seen).len()).collect();
    assert_eq!(counts, [1, 1, 0]);
}
