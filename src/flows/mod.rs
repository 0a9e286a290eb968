//! Flows: authored decision trees, the bundled library of them, and the walker that makes a provider out of them.
//!
//! The slice owns the file format, its checker, the reading of answers and the walk. All of it is pure: it knows no
//! database, no HTTP and no parser of markers. It speaks to the session only through the same text with markers that a
//! model would write, so nothing here has any effect until the session's own rules have accepted it.
//!
//! [`respond`] is the way in: `turn` runs one turn, `start` finds the flow, `hear` takes the message, `walk` derives
//! where the session stands, `findings` weighs the causes, `voice` and `reply` write it down.

pub mod answers;
pub mod check;
mod complaint;
mod described;
mod findings;
pub mod format;
mod hear;
mod lane;
pub mod library;
pub mod matching;
mod names;
mod numbers;
mod objection;
mod paths;
mod printed;
mod promote;
mod read;
pub mod reply;
pub mod server;
pub mod small_talk;
mod solved;
mod start;
mod state;
mod talk;
mod turn;
mod voice;
mod walk;
mod words;
mod yes_no;

#[cfg(test)]
mod tests;

pub use library::{ItemAnswer, Library};
pub use reply::Reply;
pub use start::{FlowMatch, Matcher};
pub use turn::respond;
