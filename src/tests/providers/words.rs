//! What vendors say is wrong, in their own words: what is made of it, and what of it is shown.

use std::time::Duration;

use flowpilot::ai::types::Vendor;
use serde_json::{Value, json};

use super::{
    PATIENT, VENDORS,
    dialects::{Ending, Trouble, answer, beginning, delta, ending, error_event, failure},
    error, once, request,
    simulator::{End, Reply, Simulator},
    tell,
};

/// An error as most say it.
fn wrong(message: &str) -> Value {
    json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": null } })
}

#[tokio::test]
async fn the_vendors_own_words_are_shown_and_decide_which_fault_it_is() {
    use Vendor::{Anthropic, Gemini, Openai};
    let memory = "model requires more system memory (5.6 GiB) than is available (3.2 GiB)";
    let unverified = json!({ "error": { "code": "model_not_found",
        "message": "Your organization must be verified to use the model `large-model`." } });
    let missing = json!({ "detail": [{ "type": "missing", "loc": ["body", "messages", 0], "msg": "Field required" }] });
    let flat = json!({ "object": "error", "message": "The model `large-model` does not exist.", "code": 404 });
    let failed = |message: &str| json!({ "error": { "message": message, "status": "FAILED_PRECONDITION" } });
    for (vendor, status, body, code, words) in [
        (Openai, 500, wrong(memory), "overloaded", "It said: “model requires more system memory (5.6 GiB)"),
        (Openai, 503, wrong("Loading model"), "overloaded", "It said: “Loading model”."),
        (Anthropic, 529, wrong("Overloaded."), "overloaded", "It said: “Overloaded”."),
        (Openai, 401, wrong("Your IP address is not authorized."), "not_allowed", "Your IP address is not authorized"),
        (Openai, 401, wrong("You must be a member of an organization"), "not_allowed", "member of an organization"),
        (Openai, 401, wrong("The key a-key has expired"), "bad_key", "It said: “The key [key] has expired”."),
        (Openai, 429, wrong("Request too large: Limit 30000, Requested 45000"), "rate_limited", "Requested 45000”."),
        (Openai, 404, unverified, "not_allowed", "must be verified to use the model"),
        (Openai, 400, json!("the prompt holds no text"), "bad_request", "the prompt holds no text"),
        (Openai, 422, missing, "bad_request", "body.messages.0: Field required"),
        (Openai, 400, json!({ "detail": "No such field." }), "bad_request", "request: No such field."),
        (
            Openai,
            404,
            wrong("Invalid URL (POST /chat/completions)"),
            "wrong_path",
            "ends in /v1. It said: “Invalid URL",
        ),
        (Openai, 404, wrong("File Not Found"), "wrong_path", "OPENAI_BASE_URL"),
        (Openai, 404, json!({ "detail": "Not Found" }), "wrong_path", "OPENAI_BASE_URL"),
        (Openai, 405, json!({ "detail": "Method Not Allowed" }), "wrong_path", "OPENAI_BASE_URL"),
        (Openai, 404, json!("404 page not found"), "wrong_path", "OPENAI_BASE_URL"),
        (Openai, 404, flat, "unknown_model", "OPENAI_MODEL_STANDARD"),
        (
            Openai,
            404,
            wrong("\"large-model\" not found, try pulling it first"),
            "unknown_model",
            "try pulling it first",
        ),
        (Anthropic, 404, wrong("Not Found"), "wrong_path", "ANTHROPIC_BASE_URL"),
        (Gemini, 404, wrong("Method not found."), "wrong_path", "ends in /v1beta"),
        (Gemini, 404, wrong("Invalid URL (POST /models/large-model:stream)"), "wrong_path", "GEMINI_BASE_URL"),
        (Gemini, 400, wrong("Image input modality is not enabled for models/large-model"), "no_vision", "see images"),
        (Gemini, 400, failed("User location is not supported for the API use."), "not_allowed", "User location"),
        (Gemini, 400, failed("Please enable billing on your project."), "out_of_credit", "billing"),
    ] {
        // Some say it in plain words.
        let reply = match body {
            Value::String(text) => Reply::new(status, "text/plain", text),
            body => Reply::new(status, "application/json", body.to_string()),
        };
        let simulator = Simulator::saying([reply]).await;
        let error = error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words) && !error.to_string().contains("a-key"), "{error}");
    }
}

#[tokio::test]
async fn how_long_to_wait_is_read_with_every_status_as_seconds_and_as_a_date() {
    let noon = ("date", "Wed, 21 Oct 2026 12:00:00 GMT");
    for vendor in VENDORS {
        for trouble in [Trouble::RateLimited(None), Trouble::Overloaded, Trouble::ServerError] {
            for (asked, seconds) in [
                ("7", 7),
                ("Wed, 21 Oct 2026 12:00:07 GMT", 7),
                // It is over already.
                ("Wed, 21 Oct 2026 11:59:00 GMT", 0),
            ] {
                let mut reply = failure(vendor, trouble);
                reply.headers.extend([(noon.0, noon.1.to_owned()), ("retry-after", asked.to_owned())]);
                let simulator = Simulator::saying([reply]).await;
                let error = error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await);
                assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)), "{vendor:?} {asked}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn an_error_in_mid_stream_is_told_in_the_vendors_words_too() {
    for (vendor, words) in [
        (Vendor::Anthropic, "It said: “Overloaded”."),
        (Vendor::Openai, "It said: “The server had an error”."),
        (Vendor::Gemini, "It said: “Overloaded”."),
    ] {
        let half = beginning(vendor) + &delta(vendor, "Half");
        let simulator = Simulator::saying([Reply::events(half + &error_event(vendor))]).await;
        let error = error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn an_error_in_mid_stream_without_the_form_of_an_event_is_heard() {
    let vendor = Vendor::Gemini;
    let body = json!({ "error": { "code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED",
        "details": [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s" }] } });
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    for told in [body.to_string(), format!("{pretty}\r\n\r\n"), json!([body]).to_string()] {
        for end in [End::Close, End::Break] {
            let half = beginning(vendor) + &delta(vendor, "Half");
            let simulator = Simulator::saying([Reply::events(half + &told).and_then(end)]).await;
            let error = error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await);
            assert_eq!((error.code(), error.retry_after()), ("rate_limited", Some(Duration::from_secs(7))), "{told}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_told_with_its_explanation() {
    let vendor = Vendor::Anthropic;
    let details = "\"stop_details\":{\"type\":\"refusal\",\"category\":\"cyber\",\"explanation\":\"It may help an attack.\"},\"stop_reason\"";
    let refused = beginning(vendor) + &ending(vendor, Ending::Refused).replace("\"stop_reason\"", details);
    let simulator = Simulator::saying([Reply::events(refused)]).await;
    let error = error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await);
    assert!(error.to_string().contains("(cyber: It may help an attack)"), "{error}");
}

#[tokio::test]
async fn a_new_word_for_why_it_stopped_takes_nothing_back() {
    for vendor in VENDORS {
        let said = answer(vendor, &["All of it."]);
        let said =
            ["\"end_turn\"", "\"stop\"", "\"STOP\""].iter().fold(said, |said, word| said.replace(word, "\"NEW_WORD\""));
        assert!(said.contains("NEW_WORD"));
        let simulator = Simulator::saying([Reply::events(said)]).await;
        let told = tell(&*once(vendor, &simulator, PATIENT), request("hello")).await;
        assert!(told.text == "All of it." && told.end.as_ref().is_some_and(Result::is_ok), "{told:?}");
    }
}
