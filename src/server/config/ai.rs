//! Which AI answers where an account chose none, and the models that the operator pays for.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::ai::{
    server::{choice::Choice, settings::Operator},
    types::{Tier, Vendor},
};

/// Which AI answers.
#[derive(Debug, Clone, Args)]
pub struct Ai {
    /// The AI provider of accounts that chose none: `builtin`, `anthropic`, `openai` (or a compatible server) or `gemini`
    #[arg(long, env = "AI_PROVIDER", default_value = "builtin", value_parser = ["builtin", "anthropic", "openai", "gemini"], value_name = "NAME")]
    pub ai_provider: String,
    /// The key for Anthropic
    #[arg(long, env = "ANTHROPIC_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub anthropic_api_key: Option<SecretString>,
    /// Where it is [default: https://api.anthropic.com]
    #[arg(long, env = "ANTHROPIC_BASE_URL", value_name = "URL")]
    pub anthropic_base_url: Option<String>,
    /// Its model for small things [default: claude-haiku-5-5]
    #[arg(long, env = "ANTHROPIC_MODEL_FAST", value_name = "NAME")]
    pub anthropic_model_fast: Option<String>,
    /// Its model for everything else [default: claude-sonnet-5-5]
    #[arg(long, env = "ANTHROPIC_MODEL_STANDARD", value_name = "NAME")]
    pub anthropic_model_standard: Option<String>,
    /// The key for OpenAI, or a compatible server
    #[arg(long, env = "OPENAI_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub openai_api_key: Option<SecretString>,
    /// Where it is [default: https://api.openai.com/v1]
    #[arg(long, env = "OPENAI_BASE_URL", value_name = "URL")]
    pub openai_base_url: Option<String>,
    /// Its model for small things [default: gpt-6-luna]
    #[arg(long, env = "OPENAI_MODEL_FAST", value_name = "NAME")]
    pub openai_model_fast: Option<String>,
    /// Its model for everything else [default: gpt-6.1-sol]
    #[arg(long, env = "OPENAI_MODEL_STANDARD", value_name = "NAME")]
    pub openai_model_standard: Option<String>,
    /// The key for Gemini
    #[arg(long, env = "GEMINI_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub gemini_api_key: Option<SecretString>,
    /// Where it is [default: https://generativelanguage.googleapis.com/v1beta]
    #[arg(long, env = "GEMINI_BASE_URL", value_name = "URL")]
    pub gemini_base_url: Option<String>,
    /// Its model for small things [default: gemini-3.5-flash-lite]
    #[arg(long, env = "GEMINI_MODEL_FAST", value_name = "NAME")]
    pub gemini_model_fast: Option<String>,
    /// Its model for everything else [default: gemini-3.8-flash]
    #[arg(long, env = "GEMINI_MODEL_STANDARD", value_name = "NAME")]
    pub gemini_model_standard: Option<String>,
}

impl Ai {
    /// The provider of accounts that chose none; nothing where that is FlowPilot's own. What is missing is said with its name.
    pub fn choice(&self) -> Result<Option<Choice>, String> {
        let vendor = match self.ai_provider.as_str() {
            "anthropic" => Vendor::Anthropic,
            "openai" => Vendor::Openai,
            "gemini" => Vendor::Gemini,
            _ => return Ok(None),
        };
        let choice = self.of(vendor)?;
        if choice.key.is_none() && choice.endpoint.is_none() {
            let prefix = vendor.prefix();
            return Err(format!(
                "AI_PROVIDER is {}, but there is no key for it. Set {prefix}_API_KEY, or {prefix}_BASE_URL where a server of your own needs none.",
                self.ai_provider
            ));
        }
        Ok(Some(choice))
    }

    /// All that the environment offers: the provider of accounts that chose none, and those an account may choose without a key of
    /// its own.
    pub fn operator(&self) -> Result<Operator, String> {
        let chosen = self.choice()?;
        let mut offered = Vec::new();
        for vendor in [Vendor::Anthropic, Vendor::Openai, Vendor::Gemini] {
            let choice = self.of(vendor)?;
            let is_chosen = chosen.as_ref().is_some_and(|chosen| chosen.vendor == vendor);
            if !is_chosen && (choice.key.is_some() || choice.endpoint.is_some()) {
                offered.push(choice);
            }
        }
        Ok(Operator { chosen, offered, ..Operator::builtin() })
    }

    /// What the environment says of a vendor, whichever is the default one. Variables that are set but empty count as unset.
    pub fn of(&self, vendor: Vendor) -> Result<Choice, String> {
        let (key, endpoint, fast, standard) = match vendor {
            Vendor::Builtin => (&None, &None, &None, &None),
            Vendor::Anthropic => (
                &self.anthropic_api_key,
                &self.anthropic_base_url,
                &self.anthropic_model_fast,
                &self.anthropic_model_standard,
            ),
            Vendor::Openai => {
                (&self.openai_api_key, &self.openai_base_url, &self.openai_model_fast, &self.openai_model_standard)
            }
            Vendor::Gemini => {
                (&self.gemini_api_key, &self.gemini_base_url, &self.gemini_model_fast, &self.gemini_model_standard)
            }
        };
        let text =
            |value: &Option<String>| value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(String::from);
        let endpoint = text(endpoint).map(|url| {
            Url::parse(&url).ok().filter(|url| ["http", "https"].contains(&url.scheme())).ok_or_else(|| {
                format!("{}_BASE_URL is not an address: it has to begin with http:// or https://.", vendor.prefix())
            })
        });
        Ok(Choice {
            vendor,
            endpoint: endpoint.transpose()?,
            trusted: true,
            key: key.clone().filter(|key| !key.expose_secret().trim().is_empty()),
            fast: text(fast).unwrap_or_else(|| vendor.model(Tier::Fast).to_owned()),
            standard: text(standard).unwrap_or_else(|| vendor.model(Tier::Standard).to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        ai: Ai,
    }

    fn choice(arguments: &[&str]) -> Result<Option<Choice>, String> {
        let line: Line =
            clap::Parser::try_parse_from([&["flowpilot"], arguments].concat()).map_err(|e| e.to_string())?;
        line.ai.choice()
    }

    #[test]
    fn the_environment_chooses_the_provider_and_says_what_is_missing() {
        assert!(choice(&["--ai-provider", "builtin"]).is_ok_and(|choice| choice.is_none()));
        let missing = choice(&["--ai-provider", "anthropic", "--anthropic-api-key", " "]).err().unwrap_or_default();
        assert!(missing.contains("ANTHROPIC_API_KEY"), "{missing}");
        let local =
            ["--ai-provider", "openai", "--openai-base-url", "http://localhost:11434/v1", "--openai-model-fast", "q"];
        let local = choice(&local).ok().flatten().map(|choice| (choice.trusted, choice.fast, choice.standard));
        assert_eq!(local, Some((true, "q".to_owned(), "gpt-6.1-sol".to_owned())));
        let wrong = choice(&["--ai-provider", "gemini", "--gemini-base-url", "localhost"]).err().unwrap_or_default();
        assert!(wrong.contains("GEMINI_BASE_URL"), "{wrong}");
    }
}
