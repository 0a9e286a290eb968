//! What goes wrong with models, what is tried again, and what the engineer is told in the end.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use flowpilot::ai::{
    server::{
        AiError, Provider, Waiting,
        choice::Choice,
        model::Patience,
        remote::{Remote, Report, Watch},
    },
    types::{Action, Usage, Vendor},
};
use futures::StreamExt;
use serde_json::json;

use super::{
    IMPATIENT, PATIENT, VENDORS, choice,
    dialects::{self, Ending, Trouble, answer, beginning, delta, ending, error_event, failure},
    error, insistent, once, request,
    simulator::{End, Reply, Simulator},
    tell,
};

fn half(vendor: Vendor) -> String {
    beginning(vendor) + &delta(vendor, "Half of it [QUESTIONS][{\"te")
}

/// About how many tokens that is.
const HALF: u64 = 9;

#[tokio::test]
async fn every_fault_is_told_by_its_cause_and_the_setting_to_change() {
    for vendor in VENDORS {
        let stopped = |how| Reply::events(half(vendor) + &ending(vendor, how));
        let page = || Reply::new(200, "text/html; charset=utf-8", "<!doctype html><title>Welcome</title>");
        let missing = Reply { status: 404, ..page() };
        let mut moved = Reply { status: 302, ..page() };
        moved.headers.push(("location", "http://127.0.0.1:1/".to_owned()));
        let prefix = vendor.prefix();
        for (reply, code, names) in [
            (failure(vendor, Trouble::RateLimited(Some(7))), "rate_limited", "for 7 s".to_owned()),
            (failure(vendor, Trouble::RateLimited(None)), "rate_limited", "Try again later".to_owned()),
            (failure(vendor, Trouble::OutOfCredit), "out_of_credit", "limit".to_owned()),
            (failure(vendor, Trouble::Overloaded), "overloaded", "Try again".to_owned()),
            (failure(vendor, Trouble::ServerError), "overloaded", "Try again".to_owned()),
            (Reply { status: 502, ..page() }, "overloaded", "Try again".to_owned()),
            (failure(vendor, Trouble::BadKey), "bad_key", format!("{prefix}_API_KEY")),
            (failure(vendor, Trouble::UnknownModel), "unknown_model", format!("{prefix}_MODEL_STANDARD")),
            (failure(vendor, Trouble::TooLong), "too_long", "Shorten".to_owned()),
            (page(), "not_an_api", format!("{prefix}_BASE_URL")),
            (missing, "not_an_api", format!("{prefix}_BASE_URL")),
            (moved, "not_an_api", format!("{prefix}_BASE_URL")),
            (Reply::events(half(vendor)), "dropped", "broke".to_owned()),
            (Reply::events(half(vendor)).and_then(End::Break), "dropped", "broke".to_owned()),
            (Reply::events(half(vendor) + &error_event(vendor)), "overloaded", "Try again".to_owned()),
            (Reply::events(half(vendor) + "data: {\"half\": \n\n"), "error_event", "not JSON".to_owned()),
            (
                Reply::events([half(vendor).as_bytes(), b"data: \xff\n\n"].concat()),
                "error_event",
                "not readable".to_owned(),
            ),
            (stopped(Ending::Truncated), "truncated", "longer".to_owned()),
            (stopped(Ending::Refused), "refused", "other words".to_owned()),
        ] {
            let simulator = Simulator::saying([reply]).await;
            let error = error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await);
            assert_eq!(error.code(), code, "{vendor:?}: {error}");
            assert!(error.to_string().contains(&names), "{error}");
            assert!(!error.to_string().contains("a-key"));
        }
    }
}

#[tokio::test]
async fn a_blocked_prompt_and_a_refusal_in_words_are_refusals() {
    let blocked = format!("data: {}\n\n", json!({ "promptFeedback": { "blockReason": "SAFETY" } }));
    let refusal = format!("data: {}\n\n", json!({ "choices": [{ "delta": { "refusal": "I cannot help" } }] }));
    for (vendor, events) in
        [(Vendor::Gemini, blocked), (Vendor::Openai, refusal + &ending(Vendor::Openai, Ending::Done))]
    {
        let simulator = Simulator::saying([Reply::events(events)]).await;
        assert_eq!(error(tell(&*once(vendor, &simulator, PATIENT), request("hello")).await).code(), "refused");
    }
}

#[tokio::test]
async fn silence_is_not_waited_out() {
    for vendor in VENDORS {
        for (reply, waiting) in [
            (Reply::events("").and_then(End::Silent), Waiting::FirstByte),
            (Reply::events("").in_parts(Vec::new()).and_then(End::Hang), Waiting::FirstByte),
            (Reply::events(half(vendor)).and_then(End::Hang), Waiting::MoreBytes),
        ] {
            let mut simulator = Simulator::saying([reply]).await;
            let error = error(tell(&*once(vendor, &simulator, IMPATIENT), request("hello")).await);
            assert_eq!(error, AiError::TimedOut { vendor, waiting });
            simulator.let_go().await;
        }
    }
}

#[tokio::test]
async fn what_only_keeps_a_connection_open_is_silence() {
    for vendor in VENDORS {
        for (reply, waiting) in
            [(Reply::events(""), Waiting::FirstByte), (Reply::events(half(vendor)), Waiting::MoreBytes)]
        {
            let mut simulator = Simulator::saying([reply.and_then(End::Drip(": ping\n\n"))]).await;
            let error = error(tell(&*once(vendor, &simulator, IMPATIENT), request("hello")).await);
            assert_eq!(error, AiError::TimedOut { vendor, waiting });
            simulator.let_go().await;
        }
    }
}

#[tokio::test]
async fn signs_of_life_without_a_word_are_not_waited_for_for_ever() {
    let vendor = Vendor::Anthropic;
    let ping = End::Drip("event: ping\ndata: {\"type\": \"ping\"}\n\n");
    let mut simulator = Simulator::saying([Reply::events(half(vendor)).and_then(ping)]).await;
    let patience = Patience { word: Duration::from_millis(300), ..PATIENT };
    let error = error(tell(&*once(vendor, &simulator, patience), request("hello")).await);
    assert_eq!(error, AiError::TimedOut { vendor, waiting: Waiting::MoreBytes });
    simulator.let_go().await;
}

#[tokio::test]
async fn whoever_stops_listening_ends_the_upstream_call() {
    for vendor in VENDORS {
        let mut simulator = Simulator::saying([Reply::events(half(vendor)).and_then(End::Hang)]).await;
        let provider = insistent(once(vendor, &simulator, PATIENT), None);
        let mut stream = provider.chat(request("hello")).await.unwrap();
        stream.next().await.unwrap().unwrap();
        drop(stream);
        simulator.let_go().await;

        let mut simulator = Simulator::saying([Reply::events("").and_then(End::Silent)]).await;
        let provider = insistent(once(vendor, &simulator, PATIENT), None);
        let mut stream = provider.chat(request("hello")).await.unwrap();
        assert!(
            tokio::time::timeout(Duration::from_millis(200), stream.next()).await.is_err(),
            "it waits for the first word"
        );
        drop(stream);
        simulator.let_go().await;
    }
}

#[tokio::test]
async fn what_was_half_said_is_taken_back_before_it_is_said_again() {
    for vendor in VENDORS {
        for broken in [
            Reply::events(half(vendor)).and_then(End::Break),
            Reply::events(half(vendor) + &error_event(vendor)),
            Reply::events(half(vendor) + &ending(vendor, Ending::Truncated)),
        ] {
            let simulator = Simulator::saying([broken, Reply::events(answer(vendor, &["All ", "of it."]))]).await;
            let told = tell(&insistent(once(vendor, &simulator, PATIENT), None), request("hello")).await;
            assert_eq!((told.text.as_str(), told.resets), ("All of it.", 1), "{vendor:?}");
            assert_eq!(simulator.seen().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_fault_before_the_first_word_is_repeated_and_each_time_said_to_be() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([
            failure(vendor, Trouble::RateLimited(Some(0))),
            failure(vendor, Trouble::Overloaded),
            Reply::events(answer(vendor, &["Here."])),
        ])
        .await;
        let told = tell(&insistent(once(vendor, &simulator, PATIENT), None), request("hello")).await;
        assert_eq!((told.text.as_str(), told.resets, simulator.seen().len()), ("Here.", 2, 3));
        let bodies: Vec<_> = simulator.seen().into_iter().map(|seen| seen.bytes).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "a repeated call is the same to the byte");
    }
}

#[tokio::test]
async fn tries_are_bounded_and_senseless_ones_are_not_made() {
    for vendor in VENDORS {
        for (reply, tries) in [
            (failure(vendor, Trouble::Overloaded), 3),
            (failure(vendor, Trouble::RateLimited(Some(3600))), 1),
            (Reply::events(answer(vendor, &[])), 2),
            (failure(vendor, Trouble::BadKey), 1),
            (failure(vendor, Trouble::OutOfCredit), 1),
            (failure(vendor, Trouble::TooLong), 1),
            (Reply::events(beginning(vendor) + &ending(vendor, Ending::Refused)), 1),
        ] {
            let simulator = Simulator::saying([reply]).await;
            let failed = error(tell(&insistent(once(vendor, &simulator, PATIENT), None), request("hello")).await);
            assert_eq!(simulator.seen().len(), tries, "{vendor:?}: {failed}");
        }
    }
}

#[tokio::test]
async fn the_fallback_stands_in_and_its_failure_is_told_with_the_first() {
    for vendor in VENDORS {
        let other = if vendor == Vendor::Openai { Vendor::Anthropic } else { Vendor::Openai };
        let first = Simulator::saying([Reply::events(half(vendor)).and_then(End::Break)]).await;
        let second =
            Simulator::saying([Reply::events(answer(other, &["I stand in."])), failure(other, Trouble::BadKey)]).await;
        let provider = insistent(once(vendor, &first, PATIENT), Some(once(other, &second, PATIENT)));
        let told = tell(&provider, request("hello")).await;
        assert_eq!((told.text.as_str(), told.resets, first.seen().len()), ("I stand in.", 3, 3));
        assert_eq!(told.end.unwrap().unwrap().1.unwrap().vendor, other, "it is known who answered");
        let failed = error(tell(&provider, request("hello")).await);
        assert!(failed.to_string().contains("broke") && failed.to_string().contains(other.prefix()), "{failed}");
    }
}

#[tokio::test]
async fn invalid_json_is_asked_for_once_more() {
    let input = json!({ "text": "vpn down" });
    for vendor in VENDORS {
        let simulator = Simulator::saying([
            Reply::events(answer(vendor, &["{\"title\": \"VP"])),
            Reply::events(answer(vendor, &["{\"title\": \"VPN down\"}"])),
            Reply::events(answer(vendor, &["{\"name\": 1}"])),
        ])
        .await;
        let provider = insistent(once(vendor, &simulator, PATIENT), None);
        assert_eq!(provider.json(Action::Title, input.clone()).await.unwrap().value, json!({ "title": "VPN down" }));
        assert_eq!(provider.json(Action::Title, input.clone()).await.unwrap_err().code(), "invalid_json");
        assert_eq!(simulator.seen().len(), 4);
    }
}

#[tokio::test]
async fn a_message_over_the_window_is_not_sent() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([Reply::events(answer(vendor, &["ok"]))]).await;
        let told = tell(&*once(vendor, &simulator, PATIENT), request(&"word ".repeat(200_000))).await;
        assert_eq!((error(told), simulator.seen().len()), (AiError::TooLong { vendor }, 0));
    }
}

#[tokio::test]
async fn what_a_model_takes_in_is_what_the_account_says_of_it() {
    let vendor = Vendor::Openai;
    let simulator = Simulator::saying([Reply::events(answer(vendor, &["ok"]))]).await;
    let log = request(&"word ".repeat(15_000));
    let at = |window| Remote::new(&Choice { window, ..choice(vendor, &simulator) }).unwrap();
    let refused = error(tell(&at(None), log.clone()).await).to_string();
    assert!(refused.contains("“Context window (tokens)”") && refused.contains("of the OpenAI"), "{refused}");
    assert_eq!(tell(&at(Some(128_000)), log).await.text, "ok");
    for vendor in VENDORS {
        let small = Remote::new(&Choice { window: Some(1_000), ..choice(vendor, &simulator) }).unwrap();
        assert_eq!(error(tell(&small, request("hello")).await), AiError::TooLong { vendor });
    }
}

#[tokio::test]
async fn an_accounts_endpoint_on_a_private_address_is_never_called() {
    for vendor in VENDORS {
        let simulator = Simulator::saying([Reply::events(answer(vendor, &["secret"]))]).await;
        // As a literal address, and as a name that leads there.
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let endpoint = dialects::endpoint(vendor, &simulator.url("http", host));
            let choice = flowpilot::ai::server::choice::Choice {
                endpoint: Some(endpoint),
                trusted: false,
                ..choice(vendor, &simulator)
            };
            let failed = error(tell(&Remote::new(&choice).unwrap(), request("hello")).await);
            assert_eq!(failed.code(), "private_address", "{failed}");
            assert!(failed.to_string().contains(&format!("{}_BASE_URL", vendor.prefix())), "{failed}");
        }
        assert_eq!(simulator.seen().len(), 0);
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_said_with_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let simulator = Simulator::saying([Reply::events("")]).await;
    let endpoint = Some(format!("http://{address}").parse().unwrap());
    let choice = flowpilot::ai::server::choice::Choice { endpoint, ..choice(Vendor::Anthropic, &simulator) };
    let failed = error(tell(&Remote::new(&choice).unwrap(), request("hello")).await);
    assert_eq!(failed.code(), "unavailable");
    let failed = failed.to_string();
    assert!(failed.starts_with(&format!("Anthropic cannot be reached at http://{address}")), "{failed}");
    assert!(failed.contains("refused") && failed.contains("ANTHROPIC_BASE_URL"), "{failed}");
}

#[derive(Debug, Default)]
struct Book(Mutex<Vec<Report>>);

impl Watch for Book {
    fn ended(&self, report: Report) {
        self.0.lock().unwrap().push(report);
    }
}

#[tokio::test]
async fn every_call_is_reported_whether_it_ends_fails_or_is_left() {
    let vendor = Vendor::Anthropic;
    let simulator = Simulator::saying([
        Reply::events(half(vendor) + &ending(vendor, Ending::Truncated)),
        Reply::events(answer(vendor, &["ok"])),
        Reply::events(half(vendor)).and_then(End::Hang),
    ])
    .await;
    let book = Arc::new(Book::default());
    let remote = Remote::new(&choice(vendor, &simulator)).unwrap().watched(book.clone());
    let provider = insistent(Arc::new(remote), None);
    tell(&provider, request("hello")).await;
    let mut left = provider.chat(request("hello")).await.unwrap();
    left.next().await.unwrap().unwrap();
    drop(left);
    let reports = book.0.lock().unwrap();
    let ends: Vec<_> =
        reports.iter().map(|report| report.outcome.as_ref().map_err(|e| e.as_ref().map(AiError::code))).collect();
    assert_eq!(ends, [Err(Some("truncated")), Ok(&()), Err(None)]);
    assert_eq!((reports[0].usage, reports[1].usage), (dialects::USAGE, dialects::USAGE), "what failed was used too");
}

#[tokio::test]
async fn what_was_used_is_recorded_however_a_call_ends_and_each_attempt_once() {
    let vendor = Vendor::Anthropic;
    let simulator = Simulator::saying([
        Reply::events(half(vendor)).and_then(End::Break),
        Reply::events(half(vendor) + &error_event(vendor)),
        Reply::events(answer(vendor, &["ok"])),
        Reply::events(half(vendor)).and_then(End::Hang),
    ])
    .await;
    let book = Arc::new(Book::default());
    let remote = Remote::new(&choice(vendor, &simulator)).unwrap().watched(book.clone());
    let provider = insistent(Arc::new(remote), None);
    assert_eq!(tell(&provider, request("hello")).await.text, "ok");
    let mut left = provider.chat(request("hello")).await.unwrap();
    left.next().await.unwrap().unwrap();
    drop(left);
    let used: Vec<_> = book.0.lock().unwrap().iter().map(|report| report.usage).collect();
    // Its first event counts one token, and what it said since is estimated.
    let begun = Usage { output_tokens: 1 + HALF, ..dialects::USAGE };
    assert_eq!(used, [begun, begun, dialects::USAGE, begun]);
}

#[tokio::test]
async fn what_no_vendor_counted_is_estimated_where_an_answer_had_begun() {
    for vendor in [Vendor::Openai, Vendor::Gemini] {
        let simulator = Simulator::saying([
            Reply::events(half(vendor)).and_then(End::Break),
            Reply::events(half(vendor) + &error_event(vendor)),
            Reply::events(answer(vendor, &["ok"])),
            Reply::events(half(vendor)).and_then(End::Hang),
            Reply::events(error_event(vendor)),
            failure(vendor, Trouble::BadKey),
        ])
        .await;
        let book = Arc::new(Book::default());
        let remote = Remote::new(&choice(vendor, &simulator)).unwrap().watched(book.clone());
        let provider = insistent(Arc::new(remote), None);
        assert_eq!(tell(&provider, request("hello")).await.text, "ok");
        let mut left = provider.chat(request("hello")).await.unwrap();
        left.next().await.unwrap().unwrap();
        drop(left);
        error(tell(&provider, request("hello")).await);
        let used: Vec<_> = book.0.lock().unwrap().iter().map(|report| report.usage).collect();
        let begun = Usage { output_tokens: HALF, input_tokens: used[0].input_tokens, ..Usage::default() };
        assert!((1_000..20_000).contains(&begun.input_tokens), "the prompt is sent whole: {}", begun.input_tokens);
        let nothing = Usage::default();
        assert_eq!(used, [begun, begun, dialects::USAGE, begun, nothing, nothing], "{vendor:?}");
    }
}

#[tokio::test]
async fn a_server_that_counts_nothing_at_all_is_estimated_too() {
    let vendor = Vendor::Openai;
    let stop = "data: {\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}\n\ndata: [DONE]\n\n";
    let simulator = Simulator::saying([Reply::events(half(vendor) + stop)]).await;
    let (usage, _) = tell(&*once(vendor, &simulator, PATIENT), request("hello")).await.end.unwrap().unwrap();
    assert!(usage.input_tokens > 1_000 && usage.output_tokens == HALF, "{usage:?}");
}
