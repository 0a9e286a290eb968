//! The endpoint table: every address that the server answers, the least role that may call it, and what a stranger sees.
//! A route that is not in the table fails, and so does a line that is no route. Each line is called as everybody.

mod rest;
mod rpc;

use std::collections::BTreeSet;

use flowpilot::{accounts::types::UserRole, ai::types::Action};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Case, Person, read, text};

/// What somebody of another account gets who knows the ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// 404, as if there were nothing.
    Nothing,
    /// An answer about what is theirs: the line names nothing of ours.
    TheirOwn,
}
use Stranger::{Nothing, TheirOwn};

/// Who may call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// Nobody need be signed in.
    Anybody,
    Role(UserRole),
}
pub const VIEWER: Least = Least::Role(UserRole::Viewer);
pub const ADMIN: Least = Least::Role(UserRole::Admin);
pub const ENGINEER: Least = Least::Role(UserRole::Engineer);
pub const OWNER: Least = Least::Role(UserRole::Owner);
pub const L1: Least = Least::Role(UserRole::L1);

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Line {
    /// `POST /ai-sessions/{id}/facts`
    pub route: &'static str,
    pub least: Least,
    pub stranger: Stranger,
    /// What is sent: the body, or for a server function that reads, its query.
    pub sent: Value,
}

impl Line {
    pub fn method(&self) -> Method {
        self.route.split_once(' ').unwrap().0.parse().unwrap()
    }

    pub fn path(&self) -> &'static str {
        self.route.split_once(' ').unwrap().1
    }

    pub fn has_body(&self) -> bool {
        self.method() != Method::GET && self.sent != Value::Null
    }
}

/// Ids that a line's path and body name.
#[derive(Debug, Clone)]
pub struct Ids {
    session: String,
    message: String,
    question: String,
    fact: String,
    fix: String,
    hypothesis: String,
    image: String,
    ticket: String,
    token: String,
    login: String,
    member: String,
}

impl Ids {
    /// Nothing has them.
    fn of_nothing() -> Self {
        let id = || uuid::Uuid::now_v7().to_string();
        Self {
            session: id(),
            message: id(),
            question: id(),
            fact: id(),
            fix: id(),
            hypothesis: id(),
            image: id(),
            ticket: "4711".to_owned(),
            token: id(),
            login: id(),
            member: id(),
        }
    }

    /// These are no ids.
    fn malformed() -> Self {
        let id = || "not-an-id".to_owned();
        Self {
            session: id(),
            message: id(),
            question: id(),
            fact: id(),
            fix: id(),
            hypothesis: id(),
            image: id(),
            ticket: id(),
            token: id(),
            login: id(),
            member: id(),
        }
    }

    fn fill(&self, path: &str) -> String {
        let session =
            path.replace("/tickets/{id}", &format!("/tickets/{}", self.ticket)).replace("{id}", &self.session);
        let session = session.replace("{fact}", &self.fact).replace("{fix}", &self.fix);
        let session = session.replace("{hypothesis}", &self.hypothesis).replace("{image}", &self.image);
        // Nothing is on its way anywhere.
        session.replace("{member}", &self.member).replace("{post}", &self.token)
    }
}

/// An account with a session in which there is one of everything, and the people around it.
struct World {
    case: Case,
    ids: Ids,
    stranger: Person,
    /// Sees the session, because it is shared with them.
    viewer: Person,
    /// Of the same account; the session is private to its user.
    colleague: Person,
}

const SAID: &str = r#"[FIX_OUTCOME]{"outcome": "applied_success"}[/FIX_OUTCOME]
[HYPOTHESES][{"text": "A saved password", "status": "open"}][/HYPOTHESES]"#;

async fn world() -> World {
    let case = Case::with_lane().await;
    for ending in [Action::ResolutionNote, Action::EscalationPackage] {
        case.script.will_answer(ending, json!({ "statements": [] }));
    }
    let ticket = json!({ "summary": "x", "description": "x", "company": null, "contact": null, "priority": null });
    case.script.will_answer(Action::TicketParsing, ticket);
    case.answer(json!("Yes")).await;
    case.turn("It works.", SAID).await;
    let note = case.note("Only this PC.").await;
    let fix = case.fix().await;
    let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let mine = case.app.browser_of(&case.engineer).await;
    let ids = Ids {
        session: case.id().to_owned(),
        message: text(&case.look().await["messages"][0]["id"]),
        question: case.question().await,
        fact: last(&note),
        fix: last(&fix),
        hypothesis: text(&case.look().await["hypotheses"][0]["id"]),
        image: case.image().await,
        ticket: case.app.ticket(&case.engineer, "Scanner offline", "It blinks.").await,
        token: text(&mine.get("/rpc/accounts/tokens").await.expect(200)[0]["id"]),
        login: text(&mine.get("/rpc/accounts/logins").await.expect(200)[0]["id"]),
        member: case.engineer.user.to_string(),
    };
    let viewer = case.app.colleague(&case.engineer, UserRole::Viewer).await;
    case.share_with(&viewer).await;
    let colleague = case.app.colleague(&case.engineer, UserRole::Admin).await;
    let stranger = case.app.owner_of("Rival MSP").await;
    World { case, ids, stranger, viewer, colleague }
}

/// A request as a line describes it, by somebody or by nobody.
fn request(world: &World, line: &Line, path: &str, sent: &Value, token: Option<&str>) -> RequestBuilder {
    let request = world.case.app.http.request(line.method(), world.case.app.url(path));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    match (line.method(), sent) {
        (_, Value::Null) => request,
        (Method::GET, query) => request.query(query),
        (_, body) => request.json(body),
    }
}

/// The status and body of a line called. A stream's body is not waited for.
async fn call(world: &World, line: &Line, path: &str, sent: &Value, token: Option<&str>) -> (u16, Value) {
    let sending = request(world, line, path, sent, token);
    if line.path().ends_with("/events") || line.path().ends_with("/messages") {
        let response = sending.send().await.expect("an answer");
        if response.status().is_success() {
            return (response.status().as_u16(), Value::Null);
        }
        let status = response.status().as_u16();
        return (status, response.json().await.unwrap_or(Value::Null));
    }
    let answer = read(sending).await;
    (answer.status.as_u16(), answer.body)
}

/// Fails on what only one side has.
fn same(routes: &BTreeSet<String>, table: &BTreeSet<String>) {
    let missing: Vec<_> = routes.difference(table).collect();
    let extra: Vec<_> = table.difference(routes).collect();
    assert!(missing.is_empty(), "These routes are not in the table: {missing:#?}");
    assert!(extra.is_empty(), "These lines of the table are no routes: {extra:#?}");
}
