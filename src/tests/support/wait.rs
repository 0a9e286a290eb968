//! Waiting for what will be so, without guessing how long it takes.

use std::time::Duration;

/// After this a test fails instead of waiting on.
const PATIENCE: Duration = Duration::from_secs(40);

/// Waits for something that comes soon when all is well.
pub async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming).await.unwrap_or_else(|_| panic!("It never came: {what}."))
}

/// Asks again and again.
pub async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let patience = tokio::time::Instant::now() + PATIENCE;
    while !so().await {
        assert!(tokio::time::Instant::now() < patience, "It never came to be: {what}.");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
