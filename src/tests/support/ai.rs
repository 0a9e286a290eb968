//! A model that says what a test tells it, when the test tells it: it streams, stalls, breaks off, or answers at once.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use flowpilot::ai::{
    server::{AiError, Answer, ChatStream, Provider},
    types::{Action, ChatEvent, ChatRequest, Usage},
};
use futures::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::mpsc;

use super::soon;

type Said = Result<ChatEvent, AiError>;

/// The provider's side.
#[derive(Debug)]
pub struct ScriptedAi {
    replies: Arc<Mutex<VecDeque<Vec<String>>>>,
    answers: Arc<Mutex<HashMap<Action, Value>>>,
    calls: mpsc::UnboundedSender<Call>,
}

/// The test's side: what the model will say, and the calls that wait to be answered.
#[derive(Debug)]
pub struct Script {
    replies: Arc<Mutex<VecDeque<Vec<String>>>>,
    answers: Arc<Mutex<HashMap<Action, Value>>>,
    calls: mpsc::UnboundedReceiver<Call>,
}

/// One chat turn that the model has been asked for and that the test answers, piece by piece.
#[derive(Debug)]
pub struct Call {
    pub request: ChatRequest,
    mouth: mpsc::UnboundedSender<Said>,
}

/// A scripted model and its script.
pub fn scripted() -> (ScriptedAi, Script) {
    let (send, receive) = mpsc::unbounded_channel();
    let (replies, answers) = (Arc::default(), Arc::default());
    let ai = ScriptedAi { replies: Arc::clone(&replies), answers: Arc::clone(&answers), calls: send };
    (ai, Script { replies, answers, calls: receive })
}

impl Script {
    /// The next turn that is not answered live gets this reply, in one piece.
    pub fn will_say(&self, reply: &str) {
        self.will_say_in_pieces(vec![reply.to_owned()]);
    }

    pub fn will_say_in_pieces(&self, pieces: Vec<String>) {
        self.replies.lock().unwrap().push_back(pieces);
    }

    /// What the model answers to every JSON call for this action from now on.
    pub fn will_answer(&self, action: Action, answer: Value) {
        self.answers.lock().unwrap().insert(action, answer);
    }

    /// The next turn that waits for its words.
    pub async fn called(&mut self) -> Call {
        soon("a call of the model", self.calls.recv()).await.expect("a provider")
    }
}

impl Call {
    pub fn say(&self, text: &str) {
        self.mouth.send(Ok(ChatEvent::Text(text.to_owned()))).expect("a turn that listens");
    }

    /// The attempt is repeated: what was said does not count.
    pub fn start_over(&self, reason: &str) {
        self.mouth.send(Ok(ChatEvent::Reset { reason: reason.to_owned() })).expect("a turn that listens");
    }

    pub fn end(self) {
        self.mouth.send(Ok(done())).expect("a turn that listens");
    }

    pub fn fail(self, why: &str) {
        self.mouth.send(Err(AiError::Unavailable(why.to_owned()))).expect("a turn that listens");
    }

    /// Ends the answer with these words, for a turn that may have stopped listening by now.
    pub fn end_unheard(self, last_words: &str) {
        for said in [ChatEvent::Text(last_words.to_owned()), done()] {
            let _nobody_listens = self.mouth.send(Ok(said));
        }
    }

    /// Waits until nobody listens any more.
    pub async fn hung_up(&self) {
        soon("the end of listening", self.mouth.closed()).await;
    }
}

fn done() -> ChatEvent {
    ChatEvent::Done { usage: Usage::default(), state: None, by: None }
}

#[async_trait]
impl Provider for ScriptedAi {
    fn name(&self) -> &'static str {
        "scripted"
    }

    async fn chat(&self, request: ChatRequest) -> Result<ChatStream, AiError> {
        let ready = self.replies.lock().unwrap().pop_front();
        if let Some(pieces) = ready {
            let said = pieces.into_iter().map(ChatEvent::Text).chain([done()]).map(Ok);
            return Ok(stream::iter(said.collect::<Vec<Said>>()).boxed());
        }
        let (mouth, ear) = mpsc::unbounded_channel();
        self.calls.send(Call { request, mouth }).expect("a test that answers");
        Ok(stream::unfold(ear, |mut ear| async move { ear.recv().await.map(|said| (said, ear)) }).boxed())
    }

    async fn json(&self, action: Action, _: Value) -> Result<Answer, AiError> {
        let answer = self.answers.lock().unwrap().get(&action).cloned();
        answer.map(Answer::from).ok_or_else(|| AiError::Unavailable("the test gave it nothing to say".to_owned()))
    }
}
