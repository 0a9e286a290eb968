//! The secrets of cookies and tokens: random, shown once, stored as a hash. Both carry the account's id, so that looking them up
//! happens inside that account.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::ids::AccountId;

const SECRET_BYTES: usize = 32;

/// A credential as its bearer shows it.
#[derive(Clone)]
pub struct Bearer {
    pub account: AccountId,
    /// Of the login session or token.
    pub id: Uuid,
    secret: [u8; SECRET_BYTES],
}

impl Bearer {
    /// A fresh one. An error means that the system gives no randomness.
    pub fn fresh(account: AccountId, id: Uuid) -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self { account, id, secret })
    }

    /// As one word of URL-safe letters.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(32 + SECRET_BYTES);
        bytes.extend_from_slice(self.account.0.as_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub fn decode(word: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(word).ok()?;
        let (account, rest) = bytes.split_first_chunk::<16>()?;
        let (id, secret) = rest.split_first_chunk::<16>()?;
        Some(Self {
            account: AccountId(Uuid::from_bytes(*account)),
            id: Uuid::from_bytes(*id),
            secret: secret.try_into().ok()?,
        })
    }

    /// What is stored. The secret is random and long, so a plain hash is enough.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.secret).to_vec()
    }

    pub fn matches(&self, stored: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(stored).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_reads_back_and_matches_only_itself() {
        let one = Bearer::fresh(AccountId(Uuid::now_v7()), Uuid::now_v7()).unwrap();
        let other = Bearer::fresh(one.account, one.id).unwrap();
        let read = Bearer::decode(&one.encode()).unwrap();
        assert!((read.account, read.id) == (one.account, one.id));
        assert!(read.matches(&one.hash()) && !other.matches(&one.hash()));
        assert!(Bearer::decode("not-one").is_none());
    }
}
