//! Values back in their places while a text still streams.

use super::{
    Vault,
    placeholder::{self, Start},
};

/// Restores a text chunk by chunk. Held back is only what may yet become a placeholder, so any chunking gives the same whole.
#[derive(Debug)]
pub struct Unmasker<'v> {
    vault: &'v Vault,
    held: String,
}

impl<'v> Unmasker<'v> {
    pub(super) const fn new(vault: &'v Vault) -> Self {
        Self { vault, held: String::new() }
    }

    /// Takes the next chunk and gives what is certain by now.
    pub fn push(&mut self, chunk: &str) -> String {
        let mut text = std::mem::take(&mut self.held);
        text.push_str(chunk);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find('M') {
            let (before, here) = rest.split_at(at);
            out.push_str(before);
            match placeholder::start(here) {
                Start::Maybe => {
                    self.held.push_str(here);
                    return out;
                }
                Start::Yes(length) => {
                    let (found, after) = here.split_at(length);
                    out.push_str(self.vault.value_of(found).unwrap_or(found));
                    rest = after;
                }
                Start::No => {
                    let (first, after) = here.split_at(1);
                    out.push_str(first);
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// The text is over: what was held back is no placeholder.
    pub fn finish(self) -> String {
        self.held
    }
}
