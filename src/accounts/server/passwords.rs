//! Passwords: argon2id, off the async threads, and a rule that people can follow.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::error::AppError;

const MIN: usize = 10;
const MAX: usize = 200;

/// Memory (KiB), passes and lanes. Of the equal choices in OWASP's Password Storage Cheat Sheet the one with the most memory: more
/// than 32 MB glibc gives back to the system each time, less it keeps for good.
const COST: (u32, u32, u32) = (47_104, 1, 1);

/// As many are hashed at once; the others wait. Without a limit a flood of sign-ins would take all the memory there is.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Says what is wrong with a new password, if anything is.
pub fn check(password: &str) -> Result<(), AppError> {
    match password.chars().count() {
        0..MIN => Err(AppError::invalid("password", format!("Choose a password of at least {MIN} characters."))),
        MIN..=MAX => Ok(()),
        _ => Err(AppError::invalid("password", format!("Choose a password of at most {MAX} characters."))),
    }
}

/// The hash of a password, as a PHC string with its parameters.
pub async fn hash(password: String) -> Result<String, AppError> {
    run(move || argon2()?.hash_password(password.as_bytes()).map(|hash| hash.to_string()).ok()).await?.ok_or_else(
        || {
            tracing::error!("A password could not be hashed.");
            AppError::internal()
        },
    )
}

/// Whether the password is the one behind the hash. Without a hash it takes as long, and is no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, AppError> {
    if password.chars().count() > MAX {
        return Ok(false);
    }
    run(move || {
        // Of nobody's password: who has no account cannot be told from who mistyped.
        let hash = hash.unwrap_or_else(|| {
            "$argon2id$v=19$m=47104,t=1,p=1$Z2hvc3RnaG9zdGdob3N0$Ck1m3Y0Z0m0Q0kq0l0a0c0V0b0d0e0f0g0h0i0j0k0M".to_owned()
        });
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
}

fn argon2() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, lanes, None).ok()?))
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let turn = AT_ONCE.acquire().await.map_err(|_| AppError::internal())?;
    let work = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
        assert!(verify("correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("wrong horse!".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".to_owned(), None).await.unwrap());
    }
}
