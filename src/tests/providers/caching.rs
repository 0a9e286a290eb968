//! A session of ten turns against a simulated cache: each turn reads what it shares with the one before.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use flowpilot::ai::{server::Gateway, types::Vendor};
use serde_json::{Value, json};

use super::{
    PATIENT,
    dialects::{Ending, delta, ending},
    insistent, once,
    simulator::{Reply, Seen, Simulator},
};
use crate::support::{TestApp, text};

/// How far back a mark looks for what is kept, in blocks.
const LOOK_BACK: usize = 20;
/// The shortest prefix that is kept, in tokens.
const SHORTEST: usize = 512;

/// One block of a prompt, with the mark if it has one.
struct Block {
    text: String,
    marked: bool,
}

fn blocks(body: &Value) -> Vec<Block> {
    let block = |role: &Value, block: &Value| Block {
        text: format!("{role}{}", block["text"].as_str().unwrap()),
        marked: block.get("cache_control").is_some(),
    };
    let system = body["system"].as_array().unwrap().iter().map(|one| block(&json!("system"), one));
    let messages = body["messages"].as_array().unwrap().iter();
    let messages = messages
        .flat_map(|message| message["content"].as_array().unwrap().iter().map(|one| block(&message["role"], one)));
    system.chain(messages).collect()
}

/// What the vendor keeps, and what each call read of it.
#[derive(Default)]
struct Cache {
    kept: HashSet<String>,
    before: String,
    turns: Vec<Turn>,
}

#[derive(Debug)]
struct Turn {
    read: usize,
    written: usize,
    /// What the call has in common with the one before.
    shared: usize,
}

const fn tokens(bytes: usize) -> usize {
    bytes / 4
}

impl Cache {
    fn hear(&mut self, seen: &Seen) -> &Turn {
        let blocks = blocks(&seen.body);
        let prefix = |end: usize| blocks[..=end].iter().map(|block| block.text.as_str()).collect::<String>();
        let marks: Vec<usize> = (0..blocks.len()).filter(|at| blocks[*at].marked).collect();
        assert!(marks.len() <= 4, "a fifth mark is refused");
        let hit = marks
            .iter()
            .flat_map(|mark| mark.saturating_sub(LOOK_BACK)..=*mark)
            .filter(|at| self.kept.contains(&prefix(*at)))
            .max();
        let read = hit.map_or(0, |at| tokens(prefix(at).len()));
        let long: Vec<_> =
            marks.iter().map(|at| prefix(*at)).filter(|prefix| tokens(prefix.len()) >= SHORTEST).collect();
        let written = long.last().map_or(0, |prefix| tokens(prefix.len())).saturating_sub(read);
        self.kept.extend(long);
        let now = prefix(blocks.len() - 1);
        let shared = now.bytes().zip(self.before.bytes()).take_while(|(one, other)| one == other).count();
        self.before = now;
        self.turns.push(Turn { read, written, shared: tokens(shared) });
        self.turns.last().unwrap()
    }
}

#[tokio::test]
async fn each_of_ten_turns_reads_what_it_shares_with_the_one_before() {
    let cache = Arc::new(Mutex::new(Cache::default()));
    let hearing = Arc::clone(&cache);
    let simulator = Simulator::answering(move |seen| {
        let mut cache = hearing.lock().unwrap();
        let n = cache.turns.len();
        let turn = cache.hear(seen);
        let usage = json!({ "type": "message_start", "message": { "usage": { "input_tokens": 50, "output_tokens": 1,
            "cache_creation_input_tokens": turn.written, "cache_read_input_tokens": turn.read } } });
        let reply = format!(
            "Round {n}: here is what follows from that, and what to look at next.\n\
             [QUESTIONS][{{\"text\": \"Question {n}, what do you see there?\"}}][/QUESTIONS]\n\
             [HYPOTHESES][{{\"text\": \"Cause {n}\", \"status\": \"open\"}}][/HYPOTHESES]"
        );
        Reply::events(
            format!("event: message_start\ndata: {usage}\n\n")
                + &delta(Vendor::Anthropic, &reply)
                + &ending(Vendor::Anthropic, Ending::Done),
        )
    })
    .await;
    let provider = insistent(once(Vendor::Anthropic, &simulator, PATIENT), None);
    let app = TestApp::with_ai(Gateway::new(Arc::new(provider))).await;
    let engineer = app.engineer().await;
    let session = engineer.session_about("Outlook asks for the password again and again").await;
    for n in 0..10 {
        let events = engineer.say(&session, &format!("Message {n}: it is still the same on the second machine.")).await;
        let done = events.last().unwrap();
        assert_eq!(done.name, "turn_done", "{done:?}");
        let read = cache.lock().unwrap().turns[n].read;
        assert_eq!(done.data["usage"]["cache_read_tokens"], read, "what was read is told");
        // The case changes between the turns, and with it the reminder.
        let lane = engineer.look(&session).await;
        let open =
            lane["task_lane"]["questions"].as_array().unwrap().iter().find(|one| one["status"] == "open").unwrap();
        let answers = json!({ "answers": [{ "id": text(&open["id"]), "answer": format!("Answer {n}") }] });
        engineer.put(&format!("{session}/task-lane"), answers).await.expect(200);
        engineer.post(&format!("{session}/facts"), json!({ "text": format!("Fact {n}") })).await.expect(201);
    }
    let cache = cache.lock().unwrap();
    assert_eq!(cache.turns.len(), 10);
    assert!(cache.turns[0].written >= SHORTEST, "{:?}", cache.turns[0]);
    for (n, turn) in cache.turns.iter().enumerate().skip(1) {
        assert!(turn.shared > cache.turns[n - 1].shared, "the conversation only grows: {turn:?}");
        assert!(turn.read * 100 >= turn.shared * 95, "turn {n}: {turn:?}");
    }
}
