//! Configuration: one struct a concern, read once by clap from flags and environment. The README's table is made from it.

mod ai;

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

pub use ai::Ai;

/// Where data is kept.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// The Postgres to use; unset: an embedded one in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<SecretString>,
    /// Where `DATABASE_URL` is a transaction pooler (PgBouncer): the direct address, for migrations and LISTEN
    #[arg(long = "database-direct-url", env = "DATABASE_DIRECT_URL", hide_env_values = true, value_name = "URL")]
    pub direct_url: Option<SecretString>,
    /// Folder of the embedded Postgres, keys and files
    #[arg(long, env = "FLOWPILOT_DATA_DIR", default_value = "./.data", value_name = "FOLDER")]
    pub data_dir: PathBuf,
    /// Connections to Postgres at most; each of them learns every statement anew, and more than a few for each core wait for it
    #[arg(long, env = "FLOWPILOT_DB_CONNECTIONS", default_value_t = 8, value_name = "N")]
    pub connections: u32,
}

/// What stored secrets are sealed with.
#[derive(Debug, Clone, Args)]
pub struct Secrets {
    /// Key for stored secrets, 32 bytes base64; unset: made once in the data folder. A former key may follow behind a comma: it still opens
    #[arg(long, env = "FLOWPILOT_SECRET_KEY", hide_env_values = true, value_name = "KEY")]
    pub secret_key: Option<SecretString>,
}

/// Where files are kept.
#[derive(Debug, Clone, Args)]
pub struct Images {
    /// Where images are kept: `s3://bucket/prefix` (with the usual `AWS_*` variables) or `file:///folder`; unset: the folder `images` in the data folder
    #[arg(long, env = "FLOWPILOT_IMAGES_URL", value_name = "URL")]
    pub images_url: Option<String>,
}

/// What one person may do a minute.
#[derive(Debug, Clone, Copy, Args)]
pub struct Limits {
    /// AI turns a user and minute; 0 = no limit
    #[arg(long, env = "FLOWPILOT_TURNS_PER_MINUTE", default_value_t = 120, value_name = "N")]
    pub turns_per_minute: u32,
    /// Writes a user and minute; 0 = no limit
    #[arg(long, env = "FLOWPILOT_WRITES_PER_MINUTE", default_value_t = 600, value_name = "N")]
    pub writes_per_minute: u32,
}

/// Trying it out.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// `1`: create the demo account (demo@flowpilot.local / flowpilot-demo) with sample tickets; only on a loopback address
    #[arg(long, env = "FLOWPILOT_DEMO", default_value = "0", value_parser = clap::builder::BoolishValueParser::new(), action = clap::ArgAction::Set, value_name = "0|1")]
    pub demo: bool,
}

/// Where and what is served. `LEPTOS_*` are Leptos' own and can stand in `Leptos.toml` beside the binary instead.
#[derive(Debug, Clone, Args)]
pub struct Site {
    /// Address to listen on [default: from Leptos.toml, else 127.0.0.1:3000]
    #[arg(long, env = "LEPTOS_SITE_ADDR", value_name = "ADDRESS:PORT")]
    pub site_addr: Option<std::net::SocketAddr>,
    /// Folder of the built site [default: from Leptos.toml, else target/site]
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "FOLDER")]
    pub site_root: Option<PathBuf>,
}

/// What is told about the process itself.
#[derive(Debug, Clone, Args)]
pub struct Telemetry {
    /// Which logs: `info`, `flowpilot=debug,warn`, …
    #[arg(long, env = "RUST_LOG", default_value = "info,sqlx=warn", value_name = "FILTER")]
    pub log: String,
    /// How logs look: `text` for people, `json` for machines
    #[arg(long, env = "FLOWPILOT_LOG_FORMAT", default_value = "text", value_parser = ["text", "json"], value_name = "FORMAT")]
    pub log_format: String,
}
