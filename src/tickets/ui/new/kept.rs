//! What was typed into *New ticket* and is no ticket yet, in this browser.

use serde::{Deserialize, Serialize};

use crate::{
    psa::types::{Named, NewTicket},
    ui::browser,
    wire,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Summary and description first.
    pub texts: [String; 9],
    /// The company that is named, and its contacts, to know their ids again.
    pub companies: Vec<Named>,
    pub contacts: Vec<(String, Named)>,
    /// What was sent without an answer that it came, and its key: so that after a reload, too, it is opened once.
    pub sent: Option<(NewTicket, String)>,
}

impl Kept {
    pub fn recall(place: &str) -> Option<Self> {
        wire::read(&browser::recall(place)?).ok()
    }

    /// Kept unless nothing but what it begins with stands there.
    pub fn keep(&self, place: &str, began: [String; 2]) {
        let text = if self.is_as(&began) { String::new() } else { wire::write(self).unwrap_or_default() };
        browser::keep(place, &text);
    }

    fn is_as(&self, began: &[String; 2]) -> bool {
        let (first, rest) = self.texts.split_at(began.len());
        first == began && rest.iter().all(String::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(change: impl Fn(&mut [String; 9])) -> Kept {
        let mut texts = ["Printer", "It hums.", "", "", "", "", "", "", ""].map(ToOwned::to_owned);
        change(&mut texts);
        Kept { texts, companies: Vec::new(), contacts: Vec::new(), sent: None }
    }

    #[test]
    fn only_what_somebody_typed_is_worth_keeping() {
        let began = ["Printer", "It hums."].map(ToOwned::to_owned);
        assert!(kept(|_| ()).is_as(&began));
        assert!(!kept(|texts| texts[0].push('s')).is_as(&began));
        assert!(!kept(|texts| texts[8].push('2')).is_as(&began));
        assert!(!kept(|texts| texts[1].clear()).is_as(&began));
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let named = Named { id: "7".to_owned(), name: "Contoso".to_owned() };
        let sent = NewTicket { summary: "Printer".to_owned(), ..NewTicket::default() };
        let kept = Kept {
            companies: vec![named.clone()],
            contacts: vec![("7".to_owned(), named)],
            sent: Some((sent, "key".to_owned())),
            ..kept(|_| ())
        };
        assert_eq!(wire::read::<Kept>(&wire::write(&kept).unwrap()), Ok(kept));
    }
}
