//! What others told of, gathered until somebody looks: however often a thing is told of, it is looked at once, and each account has
//! one who looks.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::ids::AccountId;

/// More than this is told of only by a ticket system that runs wild.
const MOST: usize = 10_000;

/// Something of a ticket system: its name there, and the system's.
pub type Thing = (&'static str, String);

/// All news of this process that nobody looked at yet. An account that is in it has somebody who looks.
#[derive(Debug, Clone, Default)]
pub struct News(Arc<Mutex<HashMap<AccountId, HashSet<Thing>>>>);

/// Who looks at the news of an account; with it goes the account.
#[derive(Debug)]
pub struct Looker {
    news: News,
    account: AccountId,
    left: bool,
}

impl News {
    fn all(&self) -> MutexGuard<'_, HashMap<AccountId, HashSet<Thing>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds news. Where nobody looks at the account's yet, whoever told them does.
    pub fn add(&self, account: AccountId, thing: Thing) -> Option<Looker> {
        let mut all = self.all();
        let first = !all.contains_key(&account);
        let things = all.entry(account).or_default();
        if things.len() < MOST {
            things.insert(thing);
        }
        first.then(|| Looker { news: self.clone(), account, left: false })
    }
}

impl Looker {
    /// What was told since the last look. `None`: nothing, and nobody looks any more.
    pub fn look(&mut self) -> Option<HashSet<Thing>> {
        let mut all = self.news.all();
        let found = all.get_mut(&self.account).map(std::mem::take).filter(|found| !found.is_empty());
        if found.is_none() {
            all.remove(&self.account);
            self.left = true;
        }
        found
    }
}

impl Drop for Looker {
    fn drop(&mut self) {
        if !self.left {
            self.news.all().remove(&self.account);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_account_has_one_who_looks_and_what_is_told_often_is_seen_once() {
        let (news, account) = (News::default(), AccountId(Uuid::from_u128(1)));
        let thing = |id: &str| ("connectwise", id.to_owned());
        let mut looker = news.add(account, thing("7")).unwrap();
        assert!(news.add(account, thing("7")).is_none() && news.add(account, thing("8")).is_none());
        assert!(news.add(AccountId(Uuid::from_u128(2)), thing("7")).is_some(), "another account has its own");
        assert_eq!(looker.look(), Some([thing("7"), thing("8")].into()));
        assert!(news.add(account, thing("7")).is_none(), "still looked at");
        assert_eq!(looker.look(), Some([thing("7")].into()));
        assert_eq!(looker.look(), None);
        let next = news.add(account, thing("7"));
        drop(looker);
        assert!(next.is_some() && news.add(account, thing("7")).is_none(), "who left takes nobody along");
        drop(next);
        assert!(news.add(account, thing("7")).is_some(), "who breaks off makes place");
    }

    #[test]
    fn no_more_is_kept_than_anybody_has_open() {
        let (news, account) = (News::default(), AccountId(Uuid::from_u128(1)));
        let mut looker = news.add(account, ("connectwise", String::new())).unwrap();
        for n in 0..MOST + 10 {
            news.add(account, ("connectwise", n.to_string()));
        }
        assert_eq!(looker.look().map(|found| found.len()), Some(MOST));
    }
}
