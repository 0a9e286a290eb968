//! Which AI answers where an account chose none, and the models that the operator pays for.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

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
    /// How many tokens of a prompt its models take in [default: 200000]
    #[arg(long, env = "ANTHROPIC_CONTEXT_WINDOW", value_name = "N")]
    pub anthropic_context_window: Option<String>,
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
    /// How many tokens of a prompt its models take in [default: 128000, at other endpoints 32000]
    #[arg(long, env = "OPENAI_CONTEXT_WINDOW", value_name = "N")]
    pub openai_context_window: Option<String>,
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
    /// How many tokens of a prompt its models take in [default: 200000]
    #[arg(long, env = "GEMINI_CONTEXT_WINDOW", value_name = "N")]
    pub gemini_context_window: Option<String>,
}

/// What the environment says of one vendor. Variables that are set but empty count as unset.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub key: Option<SecretString>,
    pub base_url: Option<String>,
    pub fast: Option<String>,
    pub standard: Option<String>,
    pub window: Option<String>,
}

impl Ai {
    /// What is given for a vendor, by its name in `AI_PROVIDER`.
    pub fn given(&self, vendor: &str) -> Given {
        let (key, base_url, fast, standard, window) = match vendor {
            "anthropic" => (
                &self.anthropic_api_key,
                &self.anthropic_base_url,
                &self.anthropic_model_fast,
                &self.anthropic_model_standard,
                &self.anthropic_context_window,
            ),
            "openai" => (
                &self.openai_api_key,
                &self.openai_base_url,
                &self.openai_model_fast,
                &self.openai_model_standard,
                &self.openai_context_window,
            ),
            "gemini" => (
                &self.gemini_api_key,
                &self.gemini_base_url,
                &self.gemini_model_fast,
                &self.gemini_model_standard,
                &self.gemini_context_window,
            ),
            _ => return Given::default(),
        };
        let text =
            |value: &Option<String>| value.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(String::from);
        Given {
            key: key.clone().filter(|key| !key.expose_secret().trim().is_empty()),
            base_url: text(base_url),
            fast: text(fast),
            standard: text(standard),
            window: text(window),
        }
    }
}
