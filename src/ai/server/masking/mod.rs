//! Keeps secrets, and where the account wants it personal data, from models: values become placeholders on the way out and come
//! back in what people see.
//!
//! Nothing of it is stored. A placeholder's code is a hash of the value and of a salt that belongs to the session, so every call of
//! a session, on any node, arrives at the same placeholders from the session's own texts: prompts keep their cached prefix, and
//! there is no table of secrets to protect, to rotate or to lose. The salt makes the hash useless to whoever hears it.
//!
//! Masked is what is said ([`mask_request`], [`mask_input`]), after all that is told at once has been searched: a password that
//! the ticket gives away is hidden in a pasted log too. Restored is what was heard, and only after it was understood: prose through
//! [`Unmasker`], markers and JSON answers text by text once they are parsed. A value restored in raw model output could close the
//! JSON it stands in, and so speak with the model's voice.

mod address;
mod asked;
mod cards;
mod checks;
mod phrases;
mod placeholder;
mod rules;
mod table;
mod unmasker;
mod vault;
mod who;

#[cfg(test)]
mod tests;

pub use unmasker::Unmasker;
pub use vault::Vault;

use serde_json::Value;

use crate::ai::types::{Action, ChatRequest, ItemKind, Situation, Speaker};

/// Masks everything that a chat turn says. Ids stay, and so does what a provider kept for itself: it was said to it masked.
pub fn mask_request(vault: &mut Vault, request: &mut ChatRequest) {
    // Nothing is hidden in an image: the settings say so.
    let ChatRequest { messages, situation, pictures: _, state: _ } = request;
    let Situation { problem, ticket, items, facts, hypotheses, fixes } = situation;
    for item in items.iter().filter(|item| item.kind == ItemKind::Question) {
        let told = item.answer.as_deref().and_then(|answer| asked::secret(&item.text, answer));
        told.into_iter().for_each(|value| vault.learn_secret(value));
    }
    for pair in messages.windows(2) {
        let [asking, answering] = pair else { continue };
        if (asking.speaker, answering.speaker) == (Speaker::Assistant, Speaker::User) {
            let told = asked::secret_of_last(&asking.text, &answering.text);
            told.into_iter().for_each(|value| vault.learn_secret(value));
        }
    }
    let mut texts: Vec<&mut String> = messages.iter_mut().map(|message| &mut message.text).collect();
    texts.extend(problem.as_mut());
    texts.extend(ticket.iter_mut().flat_map(|ticket| [&mut ticket.summary, &mut ticket.text]));
    for item in items {
        texts.push(&mut item.text);
        texts.extend(item.answer.as_mut());
        texts.extend(item.output.as_mut());
    }
    texts.extend(facts.iter_mut().map(|fact| &mut fact.text));
    texts.extend(hypotheses.iter_mut().map(|cause| &mut cause.text));
    for fix in fixes {
        texts.push(&mut fix.title);
        texts.extend(fix.notes.as_mut());
    }
    vault.mask_all(texts);
}

/// Masks what one typed call says. Its answer may be a secret by what it answers.
pub fn mask_input(vault: &mut Vault, action: Action, input: Value) -> Value {
    if let (Action::FactSynthesis, Some(item), Some(answer)) =
        (action, input["item"].as_str(), input["answer"].as_str())
    {
        asked::secret(item, answer).into_iter().for_each(|value| vault.learn_secret(value));
    }
    vault.mask_value(input)
}
