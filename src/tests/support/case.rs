//! A session with a scripted model: what most tests of the session surface begin with.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Call, Person, Reader, Script, SseEvent, TestApp};

/// What the model says in [`Case::with_lane`]: one question, one check, one fix with a script.
const LANE: &str = r#"Let us look.
[QUESTIONS][{"text": "Does webmail work?", "options": ["Yes", "No"]}][/QUESTIONS]
[ACTIONS][{"label": "Ping the mail server", "command": "ping mail", "expect": "It replies."}][/ACTIONS]
[SUGGEST_FIX]{"title": "Clear the saved password", "description": "Remove it from Credential Manager.",
"confidence": 70, "script": "cmdkey /list", "language": "powershell"}[/SUGGEST_FIX]"#;

/// An engineer's session on a FlowPilot of its own.
pub struct Case {
    pub app: TestApp,
    pub script: Script,
    pub engineer: Person,
    /// `/ai-sessions/{id}`
    pub path: String,
}

impl Case {
    /// A session with a problem and no message yet.
    pub async fn new() -> Self {
        let (app, script) = TestApp::scripted().await;
        let engineer = app.engineer().await;
        let path = engineer.session_about("Outlook asks for the password again and again").await;
        Self { app, script, engineer, path }
    }

    /// A session in which the model has said [`LANE`].
    pub async fn with_lane() -> Self {
        let case = Self::new().await;
        case.turn("It keeps asking.", LANE).await;
        case
    }

    /// A turn: the engineer says something, the model replies.
    pub async fn turn(&self, said: &str, reply: &str) -> Vec<SseEvent> {
        self.script.will_say(reply);
        self.engineer.say(&self.path, said).await
    }

    /// Sends a message whose turn the test answers live: the turn's stream, and the call that waits for words.
    pub async fn ask(&mut self, said: &str) -> (Reader, Call) {
        let stream = send(&self.engineer, &self.path, said, "").await;
        (stream, self.script.called().await)
    }

    pub async fn look(&self) -> Value {
        self.engineer.look(&self.path).await
    }

    pub fn id(&self) -> &str {
        self.path.rsplit('/').next().expect("an id")
    }

    /// A path below the session.
    pub fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.path)
    }

    pub async fn state_version(&self) -> i64 {
        self.look().await["state_version"].as_i64().expect("a number")
    }

    /// The id of the lane's first question.
    pub async fn question(&self) -> String {
        text(&self.look().await["task_lane"]["questions"][0]["id"])
    }

    /// The id of the lane's first check.
    pub async fn check(&self) -> String {
        text(&self.look().await["task_lane"]["actions"][0]["id"])
    }

    /// The path of the active fix.
    pub async fn fix(&self) -> String {
        self.at(&format!("suggested-fixes/{}", text(&self.look().await["active_fix"]["id"])))
    }

    /// Answers the lane's question; the lane.
    pub async fn answer(&self, answer: Value) -> Value {
        let question = self.question().await;
        self.engineer
            .put(&self.at("task-lane"), json!({ "answers": [{ "id": question, "answer": answer }] }))
            .await
            .expect(200)
    }

    /// Adds a note by hand; its path.
    pub async fn note(&self, words: &str) -> String {
        let fact = self.engineer.post(&self.at("facts"), json!({ "text": words })).await.expect(201);
        self.at(&format!("facts/{}", text(&fact["id"])))
    }

    /// Makes a fact of the question's answer, in these words.
    pub async fn promote(&self, words: &str) -> Value {
        let body = json!({ "source_type": "question", "source_ref": self.question().await, "text": words });
        self.engineer.post(&self.at("facts/promote"), body).await.expect(200)
    }

    /// Shares the session with a colleague.
    pub async fn share_with(&self, colleague: &Person) {
        self.engineer.post(&self.at("shares"), json!({ "user_id": colleague.user })).await.expect(201);
    }
}

/// Sends a message, under a key if there is one; the turn's stream.
pub async fn send(person: &Person, session: &str, said: &str, key: &str) -> Reader {
    let request = person.request(Method::POST, &format!("{session}/messages")).header("idempotency-key", key);
    let response = request.json(&json!({ "text": said })).send().await.expect("an answer");
    assert_eq!(response.status().as_u16(), 200, "{:?}", response.text().await);
    Reader::new(response)
}

/// A JSON string's text.
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
