//! Tries again: the same provider a few times where that may help, then the one that stands in, then gives up with the reason.
//!
//! Before an answer is begun anew, a [`ChatEvent::Reset`] says so: what was heard of it does not count, and a wait may follow.
//! Waiting happens inside the stream, so that dropping it ends everything.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use serde_json::Value;

use super::{AiError, Answer, ChatStream, Provider, fault::Repeat};
use crate::ai::types::{Action, ChatEvent, ChatRequest};

/// How often and how fast is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Calls to one provider at most.
    pub tries: u32,
    /// Before the second call; then it doubles.
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// Whoever asks for more patience than this is not waited for.
    pub longest_retry_after: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            tries: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(8),
            longest_retry_after: Duration::from_secs(30),
        }
    }
}

impl Pace {
    /// How long to wait before call number `tried + 1`, if there is to be one.
    fn wait(&self, error: &AiError, tried: u32) -> Option<Duration> {
        let most = match error.repeat() {
            Repeat::No => 1,
            Repeat::Once => self.tries.min(2),
            Repeat::Yes => self.tries,
        };
        if tried >= most {
            return None;
        }
        let doubled = self.first_wait.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
        let usual = doubled.min(self.longest_wait).mul_f64(0.5 + chance() / 2.0);
        match error.retry_after() {
            Some(asked) if asked > self.longest_retry_after => None,
            // A little later than asked, and not all at the same moment.
            Some(asked) => Some((asked + asked.mul_f64(chance() / 10.0)).max(usual)),
            None => Some(usual),
        }
    }
}

/// From 0 to 1.
fn chance() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

/// A provider that does not give up at once.
#[derive(Debug, Clone)]
pub struct Attempts {
    first: Arc<dyn Provider>,
    fallback: Option<Arc<dyn Provider>>,
    pace: Pace,
}

impl Attempts {
    pub fn new(first: Arc<dyn Provider>, fallback: Option<Arc<dyn Provider>>) -> Self {
        Self { first, fallback, pace: Pace::default() }
    }

    #[must_use]
    pub fn at(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    fn course(&self) -> Course {
        Course {
            provider: Arc::clone(&self.first),
            fallback: self.fallback.clone(),
            pace: self.pace,
            tried: 0,
            failed: None,
        }
    }
}

/// Where we are between the first call and giving up.
struct Course {
    provider: Arc<dyn Provider>,
    fallback: Option<Arc<dyn Provider>>,
    pace: Pace,
    /// Calls to the present provider.
    tried: u32,
    /// Why the first provider was given up.
    failed: Option<AiError>,
}

impl Course {
    fn next(&mut self) -> Arc<dyn Provider> {
        self.tried += 1;
        Arc::clone(&self.provider)
    }

    /// How long to wait before [`Self::next`], or the end.
    fn after(&mut self, error: AiError) -> Result<Duration, AiError> {
        if let Some(wait) = self.pace.wait(&error, self.tried) {
            tracing::warn!(
                ai.provider = self.provider.name(),
                error.code = error.code(),
                ai.tried = self.tried,
                "ai.retry"
            );
            return Ok(wait);
        }
        if let Some(fallback) = self.fallback.take() {
            tracing::warn!(ai.provider = self.provider.name(), error.code = error.code(), error.cause = %error,
                ai.fallback = fallback.name(), "ai.fallback");
            self.provider = fallback;
            self.tried = 0;
            self.failed = Some(error);
            return Ok(Duration::ZERO);
        }
        Err(match self.failed.take() {
            Some(first) => AiError::Both { first: Box::new(first), fallback: Box::new(error) },
            None => error,
        })
    }
}

/// A chat turn under way.
struct Talk {
    course: Course,
    request: ChatRequest,
    /// The answer that is being heard.
    answer: Option<ChatStream>,
    /// Before the next call.
    wait: Duration,
}

impl Talk {
    /// The next event, and whether it was the last.
    async fn next(&mut self) -> (Result<ChatEvent, AiError>, bool) {
        let error = match self.hear().await {
            Ok(event) => {
                let last = matches!(event, ChatEvent::Done { .. });
                return (Ok(event), last);
            }
            Err(error) => error,
        };
        self.answer = None;
        let reason = error.to_string();
        match self.course.after(error) {
            Err(error) => (Err(error), true),
            Ok(wait) => {
                self.wait = wait;
                (Ok(ChatEvent::Reset { reason }), false)
            }
        }
    }

    async fn hear(&mut self) -> Result<ChatEvent, AiError> {
        if self.answer.is_none() {
            tokio::time::sleep(std::mem::take(&mut self.wait)).await;
            self.answer = Some(self.course.next().chat(self.request.clone()).await?);
        }
        match &mut self.answer {
            Some(answer) => answer
                .next()
                .await
                .unwrap_or_else(|| Err(AiError::Unavailable("it ended its answer half-way".to_owned()))),
            None => Err(AiError::Unavailable("it gave no answer".to_owned())),
        }
    }
}

#[async_trait]
impl Provider for Attempts {
    fn name(&self) -> &'static str {
        self.first.name()
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        let talk = Talk { course: self.course(), request, answer: None, wait: Duration::ZERO };
        let events = stream::unfold(Some(Box::new(talk)), |talk| async move {
            let mut talk = talk?;
            let (event, last) = talk.next().await;
            Some((event, (!last).then_some(talk)))
        });
        Ok(events.boxed())
    }

    async fn json(&self, action: Action, input: Value) -> Result<Answer, AiError> {
        let mut course = self.course();
        loop {
            match course.next().json(action, input.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => tokio::time::sleep(course.after(error)?).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ai::types::Vendor;

    #[test]
    fn waits_grow_and_honour_what_the_vendor_asks() {
        let pace = Pace::default();
        let vendor = Vendor::Anthropic;
        let overloaded = |retry_after| AiError::Overloaded { vendor, retry_after, detail: String::new() };
        for (tried, low, high) in [(1, 250, 500), (2, 500, 1000)] {
            let wait = pace.wait(&overloaded(None), tried).map(|wait| wait.as_millis());
            assert!(wait.is_some_and(|wait| (low..=high).contains(&wait)), "{wait:?}");
        }
        assert_eq!(pace.wait(&overloaded(None), 3), None);
        let limited = |retry_after| AiError::RateLimited { vendor, retry_after, detail: String::new() };
        let asking = |seconds| Some(Duration::from_secs(seconds));
        for (short, long) in
            [(limited(asking(20)), limited(asking(31))), (overloaded(asking(20)), overloaded(asking(31)))]
        {
            let wait = pace.wait(&short, 1).map(|wait| wait.as_millis());
            assert!(wait.is_some_and(|wait| (20_000..=22_000).contains(&wait)), "{wait:?}");
            assert_eq!(pace.wait(&long, 1), None, "nobody waits that long in front of a screen");
        }
        assert_eq!(pace.wait(&AiError::BadKey { vendor, detail: String::new() }, 1), None);
        let empty = AiError::Empty { vendor };
        assert!(pace.wait(&empty, 1).is_some() && pace.wait(&empty, 2).is_none());
    }
}
