//! People of an account who call the REST API with a token.

use flowpilot::{
    accounts::{
        server::{create_token_for, people},
        types::UserRole,
    },
    ids::{AccountId, UserId},
    server::router::context_of,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{SseEvent, TestApp, read_stream};

/// Somebody with a token.
#[derive(Debug, Clone)]
pub struct Person {
    pub account: AccountId,
    pub user: UserId,
    pub email: String,
    pub token: String,
    base: String,
    http: reqwest::Client,
}

/// An answer with its status and JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The body, when the status is as expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The body, when the status is one of these.
    #[track_caller]
    pub fn expect_one_of(self, statuses: &[u16]) -> Value {
        assert!(statuses.contains(&self.status.as_u16()), "{}: {}", self.status, self.body);
        self.body
    }

    /// The problem's code, when the status is as expected.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        self.expect(status)["code"].as_str().expect("a problem with a code").to_owned()
    }
}

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

fn new_person(name: &str, role: UserRole) -> people::NewPerson {
    people::NewPerson {
        email: format!("{}@example.test", uuid::Uuid::now_v7()),
        name: name.to_owned(),
        role,
        password: PASSWORD.to_owned(),
    }
}

impl TestApp {
    /// The owner of a new account.
    pub async fn owner_of(&self, account: &str) -> Person {
        let owner = new_person("Olga Owner", UserRole::Owner);
        let email = owner.email.clone();
        let (account, user) = people::make_account(&self.platform.db, account, owner, false).await.expect("an account");
        self.person(account, user, email).await
    }

    /// A colleague in somebody's account.
    pub async fn colleague(&self, of: &Person, role: UserRole) -> Person {
        let person = new_person("Colin Colleague", role);
        let email = person.email.clone();
        let user = people::add(&self.platform.db, of.account, person).await.expect("a person");
        self.person(of.account, user, email).await
    }

    /// An engineer in a new account.
    pub async fn engineer(&self) -> Person {
        let owner = self.owner_of("Acme MSP").await;
        self.colleague(&owner, UserRole::Engineer).await
    }

    async fn person(&self, account: AccountId, user: UserId, email: String) -> Person {
        let ctx = context_of(&self.platform, account, user);
        let token = create_token_for(&ctx, "tests").await.expect("a token").token;
        Person { account, user, email, token, base: self.url("/api/v1"), http: self.http.clone() }
    }
}

impl Person {
    /// The same person on another node.
    pub fn on(&self, node: &TestApp) -> Self {
        Self { base: node.url("/api/v1"), ..self.clone() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        read(self.request(method, path).json(&body)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        read(self.request(Method::DELETE, path)).await
    }

    /// A new session about a problem; its path.
    pub async fn session_about(&self, problem: &str) -> String {
        let session = self.post("/ai-sessions", json!({ "problem": problem })).await.expect(201);
        format!("/ai-sessions/{}", session["id"].as_str().expect("an id"))
    }

    /// Sends a message and reads its turn to the end.
    pub async fn say(&self, session: &str, text: &str) -> Vec<SseEvent> {
        self.send(session, json!({ "text": text })).await
    }

    /// The same with all that a message can be.
    pub async fn send(&self, session: &str, message: Value) -> Vec<SseEvent> {
        let request = self.request(Method::POST, &format!("{session}/messages")).json(&message);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200, "{:?}", response.text().await);
        read_stream(response).await
    }

    /// The session as it is.
    pub async fn look(&self, session: &str) -> Value {
        self.get(session).await.expect(200)
    }
}

/// Sends a request and reads the answer.
pub async fn read(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

impl TestApp {
    /// A ticket on the local desk; its number.
    pub async fn ticket(&self, person: &Person, summary: &str, body: &str) -> String {
        use flowpilot::psa::server::local_desk::{Incoming, open_ticket};
        let ctx = context_of(&self.platform, person.account, person.user);
        let mut tx = ctx.db().tenant(&ctx).await.expect("a transaction");
        let new = Incoming {
            summary,
            body,
            company: "Contoso",
            contact: None,
            email: None,
            phone: None,
            priority: "normal",
            at: None,
            sample: false,
        };
        let number = open_ticket(&ctx, &mut tx, &new).await.expect("a ticket");
        tx.commit().await.expect("a commit");
        number.to_string()
    }
}
