//! The same with real models, where the environment has a key: what the simulators play is what the vendors do.

use flowpilot::{
    ai::{
        server::{Provider, choice::Choice, remote::Remote},
        types::{Action, Tier, Vendor},
    },
    pilot::markers::parse,
};
use serde_json::json;

use super::{VENDORS, request, tell};

fn variable(vendor: Vendor, name: &str) -> Option<String> {
    std::env::var(format!("{}_{name}", vendor.prefix())).ok().filter(|value| !value.is_empty())
}

#[tokio::test]
async fn live_models_answer_as_the_simulated_ones_do() {
    for vendor in VENDORS {
        let Some(key) = variable(vendor, "API_KEY") else {
            println!("{} has no key in the environment: skipped.", vendor.as_str());
            continue;
        };
        let choice = Choice {
            vendor,
            endpoint: variable(vendor, "BASE_URL").map(|url| url.parse().unwrap()),
            trusted: true,
            key: Some(key.into()),
            fast: variable(vendor, "MODEL_FAST").unwrap_or_else(|| vendor.model(Tier::Fast).to_owned()),
            standard: variable(vendor, "MODEL_STANDARD").unwrap_or_else(|| vendor.model(Tier::Standard).to_owned()),
            window: None,
        };
        let remote = Remote::new(&choice).unwrap();
        let told =
            tell(&remote, request("Outlook keeps asking for the password on one PC. Ask me what you need to know."))
                .await;
        let (usage, _) = told.end.unwrap().unwrap();
        assert!(
            usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens > 500 && usage.output_tokens > 0
        );
        let said = parse(&told.text);
        assert!(!said.markers.is_empty() && said.dropped.is_empty(), "{}", told.text);
        let input = json!({ "kind": "question", "item": "Does webmail work?", "answer": "Yes, without a problem" });
        let fact = remote.json(Action::FactSynthesis, input).await.unwrap().value;
        assert!(fact["fact"].as_str().unwrap().to_lowercase().contains("webmail"), "{fact}");
    }
}
