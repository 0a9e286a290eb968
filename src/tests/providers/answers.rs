//! What every vendor's answer becomes, however it is cut, and what each is sent.

use axum::body::Bytes;
use flowpilot::{
    ai::types::{Action, ChatMessage, ChatRequest, Speaker, Vendor},
    pilot::markers::parse,
};
use futures::{StreamExt, stream};
use serde_json::json;

use super::{
    PATIENT, VENDORS,
    dialects::{Ending, USAGE, answer, beginning, delta, ending},
    error, once, request,
    simulator::{End, Reply, Simulator},
    tell,
};

const PIECES: [&str; 4] = ["Grüße 😀 [QUES", "TIONS][{\"text\":\"Läuft ", "es?\"}]\n[/QUESTIONS", "] fertig"];

#[tokio::test]
async fn an_answer_arrives_whole_with_usage_model_and_prompt_version() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([Reply::events(answer(vendor, &PIECES))]).await;
        let told = tell(&*once(vendor, &simulator, PATIENT), request("Outlook asks for the password")).await;
        assert_eq!(told.text, PIECES.concat(), "{vendor:?}");
        let (usage, by) = told.end.unwrap().unwrap();
        let by = by.unwrap();
        assert_eq!((usage, by.vendor, by.model.as_str()), (USAGE, vendor, "large-model"));
        assert_eq!(by.prompt.len(), 12);
    }
}

#[tokio::test]
async fn no_cut_of_the_bytes_changes_an_answer() {
    for vendor in VENDORS {
        let bytes = Bytes::from(answer(vendor, &PIECES));
        let whole = parse(&PIECES.concat());
        assert_eq!(whole.markers.len(), 1);
        let cut = |at: usize| vec![bytes.slice(..at), bytes.slice(at..)];
        let replies = (1..bytes.len()).map(cut).chain([bytes.chunks(1).map(Bytes::copy_from_slice).collect()]);
        let replies: Vec<_> = replies.map(|parts| Reply::events("").in_parts(parts)).collect();
        let count = replies.len();
        let simulator = Simulator::saying(replies).await;
        let provider = once(vendor, &simulator, PATIENT);
        let told: Vec<_> =
            stream::iter(0..count).map(|_| tell(&*provider, request("hello"))).buffer_unordered(8).collect().await;
        for told in told {
            assert_eq!(told.text, PIECES.concat(), "{vendor:?}");
            assert_eq!(parse(&told.text), whole);
            assert_eq!(told.end.unwrap().unwrap().0, USAGE);
        }
    }
}

#[tokio::test]
async fn a_reply_of_markers_alone_is_whole_and_white_space_is_empty() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([
            Reply::events(answer(vendor, &["[QUESTIONS][][/QUESTIONS]"])),
            Reply::events(answer(vendor, &[" \n"])),
            Reply::events(answer(vendor, &[])),
        ])
        .await;
        let provider = once(vendor, &simulator, PATIENT);
        assert!(tell(&*provider, request("hello")).await.end.unwrap().is_ok(), "{vendor:?}");
        for _ in 0..2 {
            assert_eq!(error(tell(&*provider, request("hello")).await).code(), "empty", "{vendor:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_done_needs_no_clean_end() {
    for vendor in VENDORS {
        // The model said why it stopped; then the connection breaks.
        let text = beginning(vendor) + &delta(vendor, "All of it.") + &ending(vendor, Ending::Done);
        let text = text
            .replace("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", "")
            .replace("data: [DONE]\r\n\r\n", "");
        let simulator = Simulator::saying([Reply::events(text).and_then(End::Break)]).await;
        let told = tell(&*once(vendor, &simulator, PATIENT), request("hello")).await;
        assert_eq!((told.text.as_str(), told.end.unwrap().is_ok()), ("All of it.", true), "{vendor:?}");
    }
}

#[tokio::test]
async fn json_is_asked_for_by_schema_and_taken_with_a_fence_around() {
    let input = json!({ "kind": "question", "item": "Does webmail work?", "answer": "yes" });
    for vendor in VENDORS {
        let simulator =
            Simulator::saying([Reply::events(answer(vendor, &["```json\n{\"fa", "ct\": \"Webmail works.\"}\n```"]))])
                .await;
        let answered = once(vendor, &simulator, PATIENT).json(Action::FactSynthesis, input.clone()).await.unwrap();
        assert_eq!((answered.value, answered.usage), (json!({ "fact": "Webmail works." }), USAGE), "{vendor:?}");
        let seen = simulator.seen().remove(0);
        let (model, schema) = match vendor {
            Vendor::Gemini => (json!(seen.path.clone()), &seen.body["generationConfig"]["responseJsonSchema"]),
            Vendor::Openai => (seen.body["model"].clone(), &seen.body["response_format"]["json_schema"]["schema"]),
            Vendor::Anthropic | Vendor::Builtin => {
                (seen.body["model"].clone(), &seen.body["output_config"]["format"]["schema"])
            }
        };
        assert!(model.to_string().contains("small-model"), "the fast tier answers: {model}");
        assert_eq!(schema["required"], json!(["fact"]));
    }
}

#[tokio::test]
async fn each_vendor_gets_its_own_address_key_and_limits() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([Reply::events(answer(vendor, &["ok"]))]).await;
        tell(&*once(vendor, &simulator, PATIENT), request("hello")).await;
        let seen = simulator.seen().remove(0);
        let header = |name: &str| seen.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let (path, key) = match vendor {
            Vendor::Openai => ("/v1/chat/completions", ("authorization", "Bearer a-key")),
            Vendor::Gemini => ("/v1beta/models/large-model:streamGenerateContent?alt=sse", ("x-goog-api-key", "a-key")),
            Vendor::Anthropic | Vendor::Builtin => ("/v1/messages", ("x-api-key", "a-key")),
        };
        assert_eq!((seen.path.as_str(), header(key.0).as_deref()), (path, Some(key.1)));
        let text = seen.body.to_string();
        for sampling in ["temperature", "top_p", "topP", "tool_choice"] {
            assert!(!text.contains(&format!("\"{sampling}\"")), "{vendor:?} sends {sampling}");
        }
        match vendor {
            Vendor::Anthropic => {
                assert_eq!(header("anthropic-version").as_deref(), Some("2026-10-21"));
                assert!(text.matches("cache_control").count() <= 4);
            }
            // A server that is not OpenAI's own reads the old name.
            Vendor::Openai => assert!(seen.body["max_tokens"].is_u64() && seen.body["max_completion_tokens"].is_null()),
            Vendor::Gemini | Vendor::Builtin => assert!(seen.body["generationConfig"]["maxOutputTokens"].is_u64()),
        }
    }
}

#[tokio::test]
async fn the_reminder_stands_behind_the_newest_text_and_in_no_later_call() {
    let say = |speaker, text: &str| ChatMessage { speaker, text: text.to_owned(), images: 0 };
    let mut request = ChatRequest { messages: vec![say(Speaker::User, "opening-words")], ..ChatRequest::default() };
    for vendor in VENDORS {
        request.messages.truncate(1);
        let simulator = Simulator::saying([Reply::events(answer(vendor, &["ok"]))]).await;
        let provider = once(vendor, &simulator, PATIENT);
        tell(&*provider, request.clone()).await;
        request.messages.extend([say(Speaker::Assistant, "ok"), say(Speaker::User, "newest-words")]);
        tell(&*provider, request.clone()).await;
        let seen = simulator.seen();
        let (before, now) = (seen[0].body.to_string(), seen[1].body.to_string());
        for body in [&before, &now] {
            // The prompt itself names the element; the reminder opens and closes it.
            assert_eq!(body.matches("<fp:situation>").count(), 1, "{vendor:?}");
        }
        assert!(now.find("newest-words").unwrap() < now.find("<fp:situation>").unwrap());
        assert!(now.find("<fp:situation>").unwrap() > now.rfind("opening-words").unwrap());
    }
}

#[tokio::test]
async fn a_server_that_knows_no_schema_is_asked_once_more_without() {
    let refusal = json!({ "error": { "message": "Unsupported parameter: 'response_format' of type json_schema" } });
    let refusal = Reply::new(400, "application/json", refusal.to_string());
    let vendor = Vendor::Openai;
    let told = Reply::events(answer(vendor, &["Here: {\"title\": \"VPN down\"}"]));
    let simulator = Simulator::saying([refusal.clone(), told]).await;
    let provider = once(vendor, &simulator, PATIENT);
    let answer = provider.json(Action::Title, json!({ "text": "The VPN is down" })).await.expect("a title");
    assert_eq!(answer.value["title"], "VPN down");
    let forms: Vec<bool> = simulator.seen().iter().map(|seen| seen.body.get("response_format").is_some()).collect();
    assert_eq!(forms, [true, false]);

    let simulator = Simulator::saying([refusal]).await;
    let provider = once(vendor, &simulator, PATIENT);
    let error = provider.json(Action::Title, json!({ "text": "The VPN is down" })).await.expect_err("no title");
    assert_eq!((error.code(), simulator.seen().len()), ("bad_request", 2), "once more, and no more");
}
