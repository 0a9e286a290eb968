//! Wishes over a source that can be held up.

use futures::future::join_all;
use tokio::sync::Semaphore;

use super::*;

/// Grants when it is let; remembers how many wishes came together.
#[derive(Debug)]
struct Source {
    gate: Semaphore,
    groups: Mutex<Vec<usize>>,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// Groups fail because of the turn with this number, and so does it alone.
    Of(u128),
    /// Groups are told that the turn with this number is busy.
    Busy(u128),
}

const fn turn_of(wish: &Wish) -> u128 {
    match wish {
        Wish::Open { turn, .. } | Wish::Store { turn, .. } => turn.as_u128(),
    }
}

#[async_trait]
impl Wishes for Source {
    async fn grant(&self, _account: AccountId, wishes: &[Wish]) -> Result<Vec<Outcome>, sqlx::Error> {
        self.groups.lock().unwrap().push(wishes.len());
        self.gate.acquire().await.unwrap().forget();
        let blamed = |number| wishes.iter().any(|wish| turn_of(wish) == number);
        match self.fault {
            Fault::Of(number) if blamed(number) => return Err(sqlx::Error::RowNotFound),
            _ => {}
        }
        let outcome = |wish| match self.fault {
            Fault::Busy(number) if turn_of(wish) == number && wishes.len() > 1 => Outcome::Busy,
            _ => Outcome::Opened(i64::try_from(turn_of(wish)).unwrap()),
        };
        Ok(wishes.iter().map(outcome).collect())
    }
}

fn wish(turn: u128) -> Wish {
    let topic = Topic { account: Uuid::from_u128(1).into(), id: Uuid::from_u128(turn) };
    Wish::Open { topic, turn: Uuid::from_u128(turn), count: 1 }
}

fn batches(fault: Fault) -> (Batches, Arc<Source>) {
    let source = Arc::new(Source { gate: Semaphore::new(0), groups: Mutex::default(), fault });
    let wishes: Arc<dyn Wishes> = Arc::<Source>::clone(&source);
    (Batches::new(wishes), source)
}

/// Asks for ten at once; the first is on its way before the others come.
async fn ten(fault: Fault) -> (Vec<Result<Outcome, sqlx::Error>>, Vec<usize>) {
    let (batches, source) = batches(fault);
    let ask = |turn: u128| batches.ask(wish(turn));
    let answers = async {
        source.gate.add_permits(1000);
        join_all((0..10).map(ask)).await
    };
    let answers = answers.await;
    assert!(batches.waiting.lock().unwrap().is_empty(), "nobody is served any more");
    let groups = source.groups.lock().unwrap().clone();
    (answers, groups)
}

#[tokio::test]
async fn what_comes_together_is_granted_together_and_each_gets_its_own() {
    let (answers, groups) = ten(Fault::None).await;
    let own: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(own, (0..10).map(Outcome::Opened).collect::<Vec<_>>());
    assert!(groups.len() <= 2, "{groups:?}");
}

#[tokio::test]
async fn one_that_fails_fails_alone() {
    let (answers, _) = ten(Fault::Of(4)).await;
    for (turn, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.is_err(), turn == 4, "{turn}");
    }
}

#[tokio::test]
async fn one_that_is_busy_keeps_nobody_waiting_and_is_granted_alone() {
    let (answers, groups) = ten(Fault::Busy(4)).await;
    assert!(answers.into_iter().all(|answer| answer.is_ok_and(|outcome| outcome != Outcome::Busy)));
    assert_eq!(groups.last(), Some(&1), "{groups:?}");
}

#[tokio::test]
async fn whoever_leaves_takes_nobody_along() {
    let (batches, source) = batches(Fault::None);
    let leaving = tokio::spawn({
        let batches = batches.clone();
        async move { batches.ask(wish(1)).await }
    });
    while source.groups.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    leaving.abort();
    let (asked, ()) = tokio::join!(batches.ask(wish(2)), async { source.gate.add_permits(2) });
    assert_eq!(asked.unwrap(), Outcome::Opened(2));
}
