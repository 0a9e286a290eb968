//! Values back in their places while a text still streams.

use super::{
    Vault,
    address::Address,
    placeholder::{self, Start},
};

/// Restores a text chunk by chunk. Held back is only what may yet become a placeholder, so any chunking gives the same whole. What
/// stands in an address stays a placeholder.
#[derive(Debug)]
pub struct Unmasker<'v> {
    vault: &'v Vault,
    held: String,
    address: Address,
}

impl<'v> Unmasker<'v> {
    pub(super) fn new(vault: &'v Vault) -> Self {
        Self { vault, held: String::new(), address: Address::default() }
    }

    /// Takes the next chunk and gives what is certain by now.
    pub fn push(&mut self, chunk: &str) -> String {
        let mut text = std::mem::take(&mut self.held);
        text.push_str(chunk);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find('M') {
            let (before, here) = rest.split_at(at);
            self.say(before, &mut out);
            match placeholder::start(here) {
                Start::Maybe => {
                    self.held.push_str(here);
                    return out;
                }
                Start::Yes(length) => {
                    let (found, after) = here.split_at(length);
                    let value = self.vault.value_of(found).filter(|_| !self.address.goes_on());
                    self.say(value.unwrap_or(found), &mut out);
                    rest = after;
                }
                Start::No => {
                    let (first, after) = here.split_at(1);
                    self.say(first, &mut out);
                    rest = after;
                }
            }
        }
        self.say(rest, &mut out);
        out
    }

    /// Values are read too: one of them may begin the address in which the next one would stand.
    fn say(&mut self, text: &str, out: &mut String) {
        if !self.vault.is_empty() {
            self.address.read(text);
        }
        out.push_str(text);
    }

    /// The text is over: what was held back is no placeholder.
    pub fn finish(self) -> String {
        self.held
    }
}
