//! Secrets at rest: sealed with a key of the operator's, for one account and one purpose.
//!
//! A sealed secret names the key that sealed it, so keys can be changed: the first of `FLOWPILOT_SECRET_KEY` seals, all of them
//! open. What was sealed for one account or purpose does not open for another, whoever moves it there.

use std::{
    fmt, fs,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use crate::{error::AppError, ids::AccountId};

const KEY_BYTES: usize = 32;
/// A key for HMAC-SHA-256, zeros behind it.
const KEY_BLOCK: usize = 64;
const ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;
/// The form of what follows; another one gets another number.
const FORM: u8 = 1;
/// Its name in the data folder.
const FILE: &str = "secret.key";

/// Why there is no key to seal with, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "FLOWPILOT_SECRET_KEY is not a key: {0}. It is 32 bytes in base64, as `openssl rand -base64 32` makes them; after a change the former key may follow behind a comma."
    )]
    Malformed(&'static str),
    #[error(
        "The file {file} does not hold a key: {cause}. Put it back from a backup; without it stored keys are lost."
    )]
    File { file: String, cause: &'static str },
    #[error(
        "The key for stored secrets cannot be kept in {file}: {cause}. Check who owns the folder, or set FLOWPILOT_SECRET_KEY."
    )]
    Folder { file: String, cause: std::io::Error },
    #[error("The system gives no randomness to make a key with: {0}")]
    Random(getrandom::Error),
}

/// Why a sealed secret does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("it was sealed with a key that is not among those of FLOWPILOT_SECRET_KEY")]
    UnknownKey,
    #[error("it was changed, or sealed for something else")]
    Broken,
}

/// What a secret is for. It opens for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    pub account: AccountId,
    /// `ai key`; the same for sealing and opening, for ever.
    pub name: &'static str,
}

/// The keys: the first seals, all of them open.
pub struct Keyring {
    first: Key,
    former: Vec<Key>,
}

struct Key {
    id: [u8; ID_BYTES],
    bytes: SecretBox<[u8; KEY_BYTES]>,
}

impl Key {
    fn new(bytes: [u8; KEY_BYTES]) -> Self {
        let mut id = [0; ID_BYTES];
        let digest = Sha256::new_with_prefix(b"flowpilot key id").chain_update(bytes).finalize();
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self { id, bytes: SecretBox::new(Box::new(bytes)) }
    }

    fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self::new(bytes))
    }

    fn read(word: &str) -> Result<Self, &'static str> {
        let bytes = STANDARD.decode(word.trim()).map_err(|_| "it is not base64")?;
        bytes.try_into().map(Self::new).map_err(|_| "it is not 32 bytes long")
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes.expose_secret().into())
    }
}

impl Keyring {
    /// The keys of the configuration, else the one in the data folder, which is made when first asked for.
    pub fn open_or_make(configured: Option<&SecretString>, data_dir: &Path) -> Result<Self, KeyError> {
        match configured {
            Some(words) => Self::read(words.expose_secret()).map_err(KeyError::Malformed),
            None => Self::of_folder(data_dir),
        }
    }

    /// A key that goes with the process: for commands that seal nothing, and for tests.
    pub fn fresh() -> Result<Self, KeyError> {
        Key::fresh().map(Self::of).map_err(KeyError::Random)
    }

    fn of(first: Key) -> Self {
        Self { first, former: Vec::new() }
    }

    fn read(words: &str) -> Result<Self, &'static str> {
        let mut keys = words.split(',').map(Key::read);
        let first = keys.next().unwrap_or(Err("it is empty"))?;
        Ok(Self { first, former: keys.collect::<Result<_, _>>()? })
    }

    fn of_folder(data_dir: &Path) -> Result<Self, KeyError> {
        let file = data_dir.join(FILE);
        let name = || file.display().to_string();
        let folder = |cause| KeyError::Folder { file: name(), cause };
        match fs::read_to_string(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(cause) => return Err(folder(cause)),
            Ok(words) => return Self::read(&words).map_err(|cause| KeyError::File { file: name(), cause }),
        }
        let key = Key::fresh().map_err(KeyError::Random)?;
        fs::create_dir_all(data_dir).map_err(folder)?;
        // Written whole beside it and then linked: of two processes that start at once, both read the same one.
        let draft = data_dir.join(format!("{FILE}.{}", uuid::Uuid::now_v7()));
        let made = (|| {
            let mut draft_file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            writeln!(draft_file, "{}", STANDARD.encode(key.bytes.expose_secret()))?;
            draft_file.sync_all()?;
            match fs::hard_link(&draft, &file) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            }
        })();
        fs::remove_file(&draft).ok();
        made.map_err(folder)?;
        let words = fs::read_to_string(&file).map_err(folder)?;
        Self::read(&words).map_err(|cause| KeyError::File { file: name(), cause })
    }

    /// Seals a secret: form, key id, nonce, and what nobody can read or change without the key.
    pub fn seal(&self, secret: &[u8], purpose: Purpose) -> Result<Vec<u8>, AppError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| {
            tracing::error!(error.cause = %error, "The system gives no randomness.");
            AppError::internal()
        })?;
        let about = about(self.first.id, purpose);
        let sealed = self.first.cipher().encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &about });
        let sealed = sealed.map_err(|_| AppError::internal())?;
        Ok([&[FORM][..], &self.first.id, &nonce, &sealed].concat())
    }

    /// A number that only who has the key can make of this text.
    pub fn digest(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        let mut key = [0; KEY_BLOCK];
        key.iter_mut().zip(self.first.bytes.expose_secret()).for_each(|(to, from)| *to = *from);
        let mac = Hmac::<Sha256>::new(&key.into()).chain_update(purpose).chain_update([0]).chain_update(text);
        mac.finalize().into_bytes().into()
    }

    /// Opens what was sealed for this purpose.
    pub fn open(&self, sealed: &[u8], purpose: Purpose) -> Result<SecretBox<Vec<u8>>, OpenError> {
        let (form, rest) = sealed.split_first().ok_or(OpenError::Broken)?;
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>().ok_or(OpenError::Broken)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(OpenError::Broken)?;
        if *form != FORM {
            return Err(OpenError::Broken);
        }
        let mut keys = std::iter::once(&self.first).chain(&self.former);
        let key = keys.find(|key| key.id == *id).ok_or(OpenError::UnknownKey)?;
        let about = about(*id, purpose);
        let opened = key.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: &about });
        opened.map(|secret| SecretBox::new(Box::new(secret))).map_err(|_| OpenError::Broken)
    }

    /// Opens a secret that is a text.
    pub fn open_text(&self, sealed: &[u8], purpose: Purpose) -> Result<SecretString, OpenError> {
        let bytes = self.open(sealed, purpose)?;
        let text = std::str::from_utf8(bytes.expose_secret()).map_err(|_| OpenError::Broken)?;
        Ok(SecretString::from(text))
    }
}

/// What a sealed secret is bound to. Every part but the last has a fixed length, so no two purposes give the same bytes.
fn about(key: [u8; ID_BYTES], purpose: Purpose) -> Vec<u8> {
    [&[FORM][..], &key, purpose.account.0.as_bytes(), purpose.name.as_bytes()].concat()
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("keys", &(1 + self.former.len())).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OLD: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    const NEW: &str = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=";

    fn purpose() -> Purpose {
        Purpose { account: AccountId(Uuid::from_u128(1)), name: "ai key" }
    }

    fn opened(keys: &Keyring, sealed: &[u8], purpose: Purpose) -> Result<String, OpenError> {
        keys.open_text(sealed, purpose).map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_account_and_purpose_only() {
        let keys = Keyring::fresh().unwrap();
        let sealed = keys.seal(b"sk-secret", purpose()).unwrap();
        assert_eq!(opened(&keys, &sealed, purpose()).unwrap(), "sk-secret");
        let elsewhere = Purpose { account: AccountId(Uuid::from_u128(2)), ..purpose() };
        assert_eq!(opened(&keys, &sealed, elsewhere), Err(OpenError::Broken));
        assert_eq!(opened(&keys, &sealed, Purpose { name: "psa key", ..purpose() }), Err(OpenError::Broken));
    }

    #[test]
    fn the_same_secret_never_looks_the_same_and_never_shows() {
        let keys = Keyring::fresh().unwrap();
        let [one, other] = [(); 2].map(|()| keys.seal(b"sk-secret", purpose()).unwrap());
        assert_ne!(one, other);
        assert!(!one.windows(9).any(|part| part == b"sk-secret"));
        assert!(!format!("{keys:?}").contains("bytes"));
    }

    #[test]
    fn one_changed_bit_anywhere_and_it_does_not_open() {
        let keys = Keyring::fresh().unwrap();
        let sealed = keys.seal(b"sk-secret", purpose()).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(opened(&keys, &changed, purpose()).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(opened(&keys, &sealed[..length], purpose()).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_former_key_opens_and_a_foreign_one_says_that_it_is_another() {
        let old = Keyring::read(OLD).unwrap();
        let sealed = old.seal(b"sk-secret", purpose()).unwrap();
        let both = Keyring::read(&format!("{NEW}, {OLD}")).unwrap();
        assert_eq!(opened(&both, &sealed, purpose()).unwrap(), "sk-secret");
        let new = Keyring::read(NEW).unwrap();
        assert_eq!(opened(&new, &sealed, purpose()), Err(OpenError::UnknownKey));
        let resealed = both.seal(b"sk-secret", purpose()).unwrap();
        assert_eq!(opened(&new, &resealed, purpose()).unwrap(), "sk-secret");
    }

    #[test]
    fn a_key_that_is_none_is_refused_with_what_one_looks_like() {
        for (word, why) in
            [("", "it is not 32 bytes long"), ("c2hvcnQ=", "it is not 32 bytes long"), ("!", "it is not base64")]
        {
            let error = Keyring::open_or_make(Some(&word.into()), Path::new("/nowhere")).unwrap_err();
            assert!(error.to_string().contains(why), "{word}: {error}");
            assert!(error.to_string().contains("openssl rand -base64 32"), "{error}");
        }
    }

    #[test]
    fn without_one_a_key_is_made_once_in_the_data_folder_for_nobody_else_to_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let sealed = Keyring::open_or_make(None, &data).unwrap().seal(b"sk-secret", purpose()).unwrap();
        let again = Keyring::open_or_make(None, &data).unwrap();
        assert_eq!(opened(&again, &sealed, purpose()).unwrap(), "sk-secret");
        assert_eq!(fs::metadata(data.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_key_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "half a ke").unwrap();
        assert!(matches!(Keyring::open_or_make(None, folder.path()), Err(KeyError::File { .. })));
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), "half a ke");
    }
}
