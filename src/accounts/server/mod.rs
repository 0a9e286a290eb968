//! Signing in, staying signed in, and tokens. What other parts may call is here; who may do what else is theirs to decide.

mod ai;
pub mod demo;
mod door;
mod login;
pub mod passwords;
pub mod people;
mod preferences;
mod psa;
pub mod rest;
mod rpc;
mod secrets;
mod security;
mod store;
mod tokens;

pub use door::{Door, door};
pub use login::{authenticate, cookie, is_still_in};
pub use people::is_set_up;
pub use preferences::get as preferences;
pub use psa::hook as psa_hook;
pub use rpc::*;
pub use store::{colleague, colleagues};
pub use tokens::create_for as create_token_for;
