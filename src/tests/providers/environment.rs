//! What the operator says in the environment.

use clap::Parser;
use flowpilot::{
    ai::types::Vendor,
    server::{
        config::Ai,
        serve::{self, StartError},
    },
};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    ai: Ai,
}

fn config(arguments: &[&str]) -> Ai {
    Line::try_parse_from([&["flowpilot"], arguments].concat()).unwrap().ai
}

#[test]
fn the_environment_chooses_the_provider_and_says_what_is_missing() {
    assert!(serve::operator(&config(&["--ai-provider", "builtin"])).is_ok());
    let chosen =
        serve::operator(&config(&["--ai-provider", "anthropic", "--anthropic-api-key", "k", "--gemini-api-key", "g"]))
            .unwrap();
    assert_eq!(chosen.chosen.map(|choice| choice.vendor), Some(Vendor::Anthropic));
    assert_eq!(chosen.offered.iter().map(|choice| choice.vendor).collect::<Vec<_>>(), [Vendor::Gemini]);
    let refused = |arguments: &[&str]| {
        serve::operator(&config(arguments)).map_err(|error: StartError| error.to_string()).unwrap_err()
    };
    assert!(refused(&["--ai-provider", "anthropic", "--anthropic-api-key", " "]).contains("ANTHROPIC_API_KEY"));
    assert!(refused(&["--ai-provider", "gemini", "--gemini-base-url", "localhost"]).contains("GEMINI_BASE_URL"));
}

#[test]
fn a_server_of_ones_own_needs_no_key_and_is_trusted() {
    let config = config(&[
        "--ai-provider",
        "openai",
        "--openai-base-url",
        "http://localhost:11434/v1",
        "--openai-model-fast",
        "q",
    ]);
    let choice = serve::operators_choice(&config, Vendor::Openai).unwrap();
    assert_eq!((choice.trusted, choice.fast.as_str(), choice.standard.as_str()), (true, "q", "gpt-6.1-sol"));
    assert!(serve::operator(&config).is_ok());
}

#[test]
fn the_operator_says_how_much_a_models_context_window_holds() {
    let window = |tokens: &str| {
        let config = config(&["--openai-api-key", "k", "--openai-context-window", tokens]);
        serve::operators_choice(&config, Vendor::Openai).map(|choice| choice.window).map_err(|error| error.to_string())
    };
    assert_eq!((window("65536"), window(" ")), (Ok(Some(65_536)), Ok(None)), "an empty variable is none");
    for wrong in ["999", "2000001", "0", "64k"] {
        assert!(window(wrong).unwrap_err().contains("OPENAI_CONTEXT_WINDOW"), "{wrong}");
    }
}
