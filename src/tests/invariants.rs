//! Eight people at the same sessions at once, doing what is allowed and what is not: what must hold at every moment, and at the
//! end. `INVARIANTS_SECONDS=60` runs it for a minute; otherwise it is over after a few rounds.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use flowpilot::accounts::types::UserRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Person, TestApp, text};

const PEOPLE: u64 = 8;
const ROUNDS: usize = 16;

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

/// What the server has acknowledged of one session, whoever asked.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Writes that must each have raised the state version.
    moves: i64,
    notes: BTreeSet<String>,
    deleted: BTreeSet<String>,
    answers: BTreeMap<String, BTreeSet<String>>,
    /// Final outcomes by fix.
    outcomes: BTreeMap<String, Vec<String>>,
    /// What the note said at a version.
    previews: BTreeMap<i64, String>,
}

#[derive(Clone)]
struct Session {
    path: String,
    first_version: i64,
    known: Arc<Mutex<Acknowledged>>,
}

impl Session {
    async fn of(engineer: &Person, colleagues: &[Person], problem: &str) -> Self {
        let path = engineer.session_about(problem).await;
        engineer.say(&path, problem).await;
        for colleague in colleagues {
            engineer.post(&format!("{path}/shares"), json!({ "user_id": colleague.user })).await.expect(201);
        }
        let first_version = engineer.look(&path).await["state_version"].as_i64().unwrap();
        Self { path, first_version, known: Arc::default() }
    }

    fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.path)
    }

    fn know(&self, learn: impl FnOnce(&mut Acknowledged)) {
        learn(&mut self.known.lock().unwrap());
    }
}

/// One of the steps, by chance; fails on a status that is not documented for it.
async fn step(person: &Person, session: &Session, chance: &mut Chance, seen: &mut i64) {
    let now = look(person, session, seen).await;
    match chance.below(9) {
        0 | 1 => add_note(person, session, chance).await,
        2 => remove_note(person, session, chance).await,
        3 | 4 => answer(person, session, &now, chance).await,
        5 => outcome(person, session, &now, chance).await,
        6 => preview(person, session).await,
        7 => turn(person, session).await,
        _ => nonsense(person, session, chance).await,
    }
    look(person, session, seen).await;
}

/// Reads the session and checks what must hold whenever one looks.
async fn look(person: &Person, session: &Session, seen: &mut i64) -> Value {
    let now = person.look(&session.path).await;
    let version = now["state_version"].as_i64().unwrap();
    assert!(version >= *seen, "the state version went back from {seen} to {version}");
    *seen = version;
    let fixes = person.get(&session.at("suggested-fixes")).await.expect(200);
    let active = fixes.as_array().unwrap().iter().filter(|fix| fix["superseded_at"].is_null()).count();
    assert!(active <= 1, "{active} active fixes");
    now
}

async fn add_note(person: &Person, session: &Session, chance: &mut Chance) {
    let words = format!("Note {} of {}", chance.below(1_000_000), person.user);
    let note = person.post(&session.at("facts"), json!({ "text": words })).await.expect(201);
    session.know(|known| {
        known.moves += 1;
        known.notes.insert(text(&note["id"]));
    });
}

async fn remove_note(person: &Person, session: &Session, chance: &mut Chance) {
    let candidate = {
        let known = session.known.lock().unwrap();
        let all: Vec<_> = known.notes.iter().cloned().collect();
        if all.is_empty() { return } else { all[chance.below(all.len())].clone() }
    };
    // Known as deleted before it is: a colleague who looks in between is right both ways.
    session.know(|known| {
        known.deleted.insert(candidate.clone());
    });
    person.delete(&session.at(&format!("facts/{candidate}"))).await.expect(204);
    let again = person.patch(&session.at(&format!("facts/{candidate}")), json!({ "text": "x" })).await;
    assert_eq!(again.refused(409), "fact_deleted");
}

async fn answer(person: &Person, session: &Session, now: &Value, chance: &mut Chance) {
    let questions = now["task_lane"]["questions"].as_array().unwrap();
    if questions.is_empty() {
        return;
    }
    let id = text(&questions[chance.below(questions.len())]["id"]);
    let words = format!("Answer {}", chance.below(1_000_000_000));
    let change = json!({ "answers": [{ "id": id, "answer": words }] });
    let saved = person.put(&session.at("task-lane"), change).await;
    // The question may be gone by now: an unanswered one goes when the AI leaves it out.
    match saved.status.as_u16() {
        200 => session.know(|known| {
            known.moves += 1;
            known.answers.entry(id).or_default().insert(words);
        }),
        status => assert_eq!(status, 422, "{}", saved.body),
    }
}

async fn outcome(person: &Person, session: &Session, now: &Value, chance: &mut Chance) {
    let Some(fix) = now["active_fix"]["id"].as_str() else { return };
    let word = ["applied_success", "applied_failed"][chance.below(2)];
    let path = session.at(&format!("suggested-fixes/{fix}/outcome"));
    let said = person.patch(&path, json!({ "outcome": word })).await;
    match said.status.as_u16() {
        200 => session.know(|known| {
            known.moves += 1;
            known.outcomes.entry(fix.to_owned()).or_default().push(word.to_owned());
        }),
        _ => assert!(["fix_final", "fix_superseded"].contains(&said.refused(409).as_str())),
    }
}

async fn preview(person: &Person, session: &Session) {
    let note = person.post(&session.at("resolution-note/preview"), json!({})).await.expect(200);
    let (version, words) = (note["state_version"].as_i64().unwrap(), text(&note["markdown"]));
    session.know(|known| {
        let first = known.previews.entry(version).or_insert_with(|| words.clone());
        assert_eq!(*first, words, "two notes of version {version}");
    });
}

async fn turn(person: &Person, session: &Session) {
    let request = person.request(Method::POST, &session.at("messages")).json(&json!({ "text": "What now?" }));
    let response = request.send().await.unwrap();
    match response.status().as_u16() {
        200 => drop(response.text().await),
        status => {
            let body: Value = response.json().await.unwrap();
            assert_eq!((status, &body["code"]), (409, &json!("turn_in_progress")));
        }
    }
}

/// What is never allowed, with the status that says so.
async fn nonsense(person: &Person, session: &Session, chance: &mut Chance) {
    let nobody = uuid::Uuid::now_v7();
    let lane = |id| json!({ "answers": [{ "id": id, "answer": "x" }] });
    match chance.below(6) {
        0 => drop(person.put(&session.at("task-lane"), lane(json!(nobody))).await.refused(422)),
        1 => drop(person.post(&session.at("facts"), json!({ "text": " " })).await.refused(422)),
        2 => drop(person.post(&session.at(&format!("suggested-fixes/{nobody}/apply")), json!({})).await.refused(404)),
        3 => drop(person.post(&session.at("reopen"), json!({})).await.expect_one_of(&[403, 409])),
        4 => {
            let stale = json!({ "markdown": "## Problem", "state_version": 0 });
            let refused = person.post(&session.at("resolution-note/post"), stale).await.refused(409);
            assert!(["state_changed", "turn_in_progress"].contains(&refused.as_str()), "{refused}");
        }
        _ => drop(
            person.patch(&session.at(&format!("hypotheses/{nobody}")), json!({ "status": "open" })).await.refused(404),
        ),
    }
}

/// What must hold when everybody is done.
async fn settled(person: &Person, session: &Session) {
    let now = person.look(&session.path).await;
    let known = session.known.lock().unwrap();
    let version = now["state_version"].as_i64().unwrap();
    assert!(version >= session.first_version + known.moves, "{version} after {} writes", known.moves);
    let facts: BTreeSet<_> = now["facts"].as_array().unwrap().iter().map(|fact| text(&fact["id"])).collect();
    for note in &known.notes {
        assert_eq!(facts.contains(note), !known.deleted.contains(note), "note {note}");
    }
    let questions = now["task_lane"]["questions"].as_array().unwrap();
    for (id, answers) in &known.answers {
        let question = questions.iter().find(|question| question["id"] == **id);
        let words = question.and_then(|question| question["answer"].as_str()).unwrap_or_default();
        assert!(answers.contains(words), "the answer to {id} is {words:?}");
    }
    for (fix, outcomes) in &known.outcomes {
        assert_eq!(outcomes.len(), 1, "fix {fix} had {outcomes:?}");
    }
}

/// Everybody posts at once: it is posted once.
async fn post_at_once(people: &[Person], session: &Session) {
    let note = people[0].post(&session.at("resolution-note/preview"), json!({})).await.expect(200);
    let all: Vec<_> = note["statements"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    let body = json!({ "markdown": note["markdown"], "confirm_ungrounded": all });
    let path = session.at("resolution-note/post");
    let posts = futures::future::join_all(people.iter().map(|person| person.post(&path, body.clone()))).await;
    let done: Vec<_> = posts.iter().filter(|answer| answer.status.as_u16() == 200).collect();
    assert_eq!((done.len(), &done[0].body["outcome"]), (1, &json!("resolved_local")));
    for refused in posts.into_iter().filter(|answer| answer.status.as_u16() != 200) {
        assert_eq!(refused.refused(409), "session_not_open");
    }
    let posted = people[0].look(&session.path).await["posted"].as_array().unwrap().len();
    assert_eq!(posted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_eight_people_do_at_once_nothing_is_lost_doubled_or_mixed() {
    let seconds = std::env::var("INVARIANTS_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let mut people = vec![engineer.clone()];
    for _ in 1..PEOPLE {
        people.push(app.colleague(&engineer, UserRole::Engineer).await);
    }
    let sessions = [
        Session::of(&engineer, &people[1..], "Outlook asks for the password again and again").await,
        Session::of(&engineer, &people[1..], "The VPN connects but no server can be reached").await,
    ];
    let work = people.iter().cloned().zip(1_u64..).map(|(person, seed)| {
        let sessions = sessions.clone();
        tokio::spawn(async move {
            let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let mut seen = [0; 2];
            let mut round = 0;
            while until.map_or(round < ROUNDS, |until| Instant::now() < until) {
                let at = chance.below(sessions.len());
                step(&person, &sessions[at], &mut chance, &mut seen[at]).await;
                round += 1;
            }
        })
    });
    for done in futures::future::join_all(work).await {
        done.expect("nothing that must hold was broken");
    }
    for session in &sessions {
        settled(&engineer, session).await;
        post_at_once(&people, session).await;
    }
}
