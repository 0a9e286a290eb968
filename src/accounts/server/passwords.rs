//! Passwords: argon2id, off the async threads, and a rule that people can follow.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::error::AppError;

const MIN: usize = 10;
const MAX: usize = 200;

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
    run(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).ok())
        .await?
        .ok_or_else(|| {
            tracing::error!("A password could not be hashed.");
            AppError::internal()
        })
}

/// Whether the password is the one behind the hash. Without a hash it takes as long, and is no.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, AppError> {
    if password.chars().count() > MAX {
        return Ok(false);
    }
    run(move || {
        // Of nobody's password: who has no account cannot be told from who mistyped.
        let hash = hash.unwrap_or_else(|| {
            "$argon2id$v=19$m=19456,t=2,p=1$Z2hvc3RnaG9zdGdob3N0$Ck1m3Y0Z0m0Q0kq0l0a0c0V0b0d0e0f0g0h0i0j0k0M".to_owned()
        });
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let stored = hash("correct horse".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("wrong horse!".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".to_owned(), None).await.unwrap());
    }
}
