//! What the form of the AI settings shows and sends.

use super::*;
use crate::ai::types::settings::ServerChoice;

/// What the form does where this is stored, on a server whose operator set up these.
fn with_form<T>(primary: Connection, offers: Vec<Offer>, act: impl FnOnce(Draft) -> T) -> T {
    let server = ServerChoice { offers, ..ServerChoice::default() };
    Owner::new().with(|| act(Draft::of(AiSettingsView { primary, server, ..AiSettingsView::default() })))
}

fn anthropic() -> Connection {
    Connection {
        provider: Some(Vendor::Anthropic),
        endpoint: Some("https://llm.example.com/".to_owned()),
        has_key: true,
        model_standard: Some("claude-opus-5-5".to_owned()),
        context_window: Some(65_536),
        ..Connection::default()
    }
}

fn offer(endpoint: Option<&str>) -> Offer {
    Offer {
        provider: Vendor::Anthropic,
        endpoint: endpoint.map(str::to_owned),
        has_key: true,
        model_fast: "small".to_owned(),
        model_standard: "large".to_owned(),
        context_window: Some(200_000),
    }
}

#[test]
fn another_provider_is_sent_nothing_of_the_one_before() {
    let change = with_form(anthropic(), Vec::new(), |draft| {
        draft.primary.choose("openai".to_owned());
        draft.primary.key.set("sk-new".to_owned());
        draft.change().map(|change| change.primary)
    });
    let expected = ConnectionChange {
        provider: Some(Some("openai".to_owned())),
        endpoint: Some(None),
        key: Some(Some(WriteOnly("sk-new".to_owned()))),
        model_fast: Some(None),
        model_standard: Some(None),
        context_window: Some(None),
    };
    assert_eq!(change, Ok(expected));
}

#[test]
fn what_is_stored_and_what_was_typed_for_a_provider_comes_back_with_it() {
    let (gemini, back) = with_form(anthropic(), Vec::new(), |draft| {
        let primary = draft.primary;
        primary.standard.set("claude-sonnet-5-5".to_owned());
        primary.choose("gemini".to_owned());
        primary.key.set("for-gemini".to_owned());
        primary.choose("anthropic".to_owned());
        let back = draft.change().map(|change| change.primary);
        primary.choose("gemini".to_owned());
        (draft.change().map(|change| change.primary.key), back)
    });
    let expected = ConnectionChange {
        provider: Some(Some("anthropic".to_owned())),
        endpoint: Some(Some("https://llm.example.com/".to_owned())),
        key: None,
        model_fast: Some(None),
        model_standard: Some(Some("claude-sonnet-5-5".to_owned())),
        context_window: Some(Some(65_536)),
    };
    assert_eq!((back, gemini), (Ok(expected), Ok(Some(Some(WriteOnly("for-gemini".to_owned()))))));
}

#[test]
fn where_nothing_of_ones_own_is_typed_the_form_shows_what_the_server_uses() {
    let chosen = Connection { provider: Some(Vendor::Anthropic), ..Connection::default() };
    let shown = with_form(chosen, vec![offer(Some("http://10.0.0.7/v1"))], |draft| {
        let usual = || {
            let offer = draft.offer(draft.primary);
            let model = draft.primary.usual_model(offer.as_ref(), Tier::Standard);
            (offer.and_then(|offer| offer.endpoint), model)
        };
        let nothing = usual();
        draft.primary.key.set("sk-own".to_owned());
        let own_key = usual();
        draft.primary.endpoint.set("http://10.0.0.7/v1".to_owned());
        [nothing, own_key, usual()]
    });
    let theirs = (Some("http://10.0.0.7/v1".to_owned()), "large".to_owned());
    assert_eq!(shown, [theirs.clone(), (None, "claude-sonnet-5-5".to_owned()), theirs]);
}

#[test]
fn a_key_of_ones_own_at_the_vendor_goes_with_the_operators_models_of_the_vendor() {
    let used = with_form(anthropic(), vec![offer(None)], |draft| {
        draft.primary.endpoint.set(String::new());
        draft.offer(draft.primary)
    });
    assert_eq!(used, Some(offer(None)));
}

#[test]
fn a_count_is_read_as_it_is_shown_and_as_people_write_it() {
    for (count, shown) in [(999, "999"), (1_000, "1,000"), (32_000, "32,000"), (2_000_000, "2,000,000")] {
        assert_eq!((grouped(count).as_str(), read_count(shown)), (shown, Some(count)));
    }
    assert_eq!((read_count("32 000"), read_count("32000"), read_count("32k")), (Some(32_000), Some(32_000), None));
}
