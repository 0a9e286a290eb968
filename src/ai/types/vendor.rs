//! Who answers.

use serde::{Deserialize, Serialize};

/// Who answers: FlowPilot's own flows, or a kind of API that many vendors and local servers speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Vendor {
    Builtin,
    Anthropic,
    /// Any endpoint that is compatible with OpenAI's: hosted, or local (Ollama, vLLM, llama.cpp, LM Studio).
    Openai,
    Gemini,
}

impl Vendor {
    pub const ALL: [Self; 4] = [Self::Builtin, Self::Anthropic, Self::Openai, Self::Gemini];

    /// As it is written in settings, logs and `AI_PROVIDER`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Anthropic => "anthropic",
            Self::Openai => "openai",
            Self::Gemini => "gemini",
        }
    }

    /// In the middle of a sentence.
    pub const fn within(self) -> &'static str {
        match self {
            Self::Builtin => "the built-in provider",
            Self::Openai => "the OpenAI-compatible endpoint",
            Self::Anthropic | Self::Gemini => self.spoken(),
        }
    }

    /// As a sentence begins with it.
    pub const fn spoken(self) -> &'static str {
        match self {
            Self::Builtin => "The built-in provider",
            Self::Anthropic => "Anthropic",
            Self::Openai => "The OpenAI-compatible endpoint",
            Self::Gemini => "Gemini",
        }
    }

    /// What the names of its variables begin with in the environment.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Builtin => "BUILTIN",
            Self::Anthropic => "ANTHROPIC",
            Self::Openai => "OPENAI",
            Self::Gemini => "GEMINI",
        }
    }
}
