//! Documentation that a model may look things up in while it answers a chat turn: Microsoft Learn, by the Model Context Protocol.
//!
//! Anthropic connects by itself; for all other models we are the client, through `rmcp`: it is the protocol's own crate, takes our
//! HTTP client, bounds what it reads, and adds three small crates to those that are there. Only the servers and the tools that are
//! listed here are ever called, all of them only read, and what is asked holds placeholders where the conversation held secrets.
//! What they answer is data like a pasted log: cut, neutralised, framed and masked before a model sees it.

mod client;
mod lookups;
mod sources;
mod without;

pub use client::{Server, Tool};
pub use lookups::{Docs, Lookups, MOST_ROUNDS, ToolCall, Used, room, too_often};
pub use sources::Sources;
pub use without::Documented;

/// As it is called in a vendor's own connector.
pub const NAME: &str = "mslearn";
/// Where it is. A browser gets nothing there.
pub const MICROSOFT_LEARN: &str = "https://learn.microsoft.com/api/mcp";
/// The tools that may be called, in this order: they only read. A server may offer more one day; those wait until somebody has
/// looked at them.
pub const TOOLS: [&str; 3] = ["microsoft_code_sample_search", "microsoft_docs_fetch", "microsoft_docs_search"];

/// What a model may use to look things up.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Tools {
    #[default]
    None,
    /// Its vendor connects to the server at this address.
    Connector(String),
    /// It calls functions, and we do the rest.
    Functions(std::sync::Arc<[Tool]>),
}
