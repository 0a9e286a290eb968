//! A session in miniature: it applies the walker's markers to a lane as the real one would, as far as these tests need it,
//! and plays the engineer. It reads markers by plain string search, since the real parser belongs to another slice.

use serde_json::Value;
use uuid::Uuid;

use crate::ai::types::{
    ChatMessage, ChatRequest, CheckOutcome, FixProgress, Hypothesis, ItemKind, KnownFact, LaneItem, Situation, Speaker,
    TriedFix,
};
use crate::flows::library::Library;
use crate::flows::start::Matcher;
use crate::flows::{ItemAnswer, respond};

pub struct Desk<'l> {
    pub library: &'l Library,
    pub matcher: &'l dyn Matcher,
    pub situation: Situation,
    pub messages: Vec<ChatMessage>,
    pub state: Option<Value>,
    /// Prose of the newest reply.
    pub prose: String,
    /// Titles of the fixes suggested, with their evidence and confidence.
    pub suggested: Vec<(String, Vec<Uuid>, u64)>,
    pub proposed_outcome: Option<Value>,
    /// Facts that rest on nothing in the lane, for a person to confirm.
    pub proposed: Vec<String>,
    pub turns: u32,
    ids: u128,
}

impl<'l> Desk<'l> {
    pub fn new(library: &'l Library, matcher: &'l dyn Matcher) -> Self {
        Self {
            library,
            matcher,
            situation: Situation::default(),
            messages: Vec::new(),
            state: None,
            prose: String::new(),
            suggested: Vec::new(),
            proposed_outcome: None,
            proposed: Vec::new(),
            turns: 0,
            ids: 0,
        }
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// Sends a message, applies the reply, and gives its prose.
    pub fn say(&mut self, text: &str) -> String {
        self.send(text, 0)
    }

    /// The same with an image.
    pub fn show(&mut self, text: &str) -> String {
        self.send(text, 1)
    }

    fn send(&mut self, text: &str, images: usize) -> String {
        self.messages.push(ChatMessage { speaker: Speaker::User, text: text.to_owned(), images });
        let request = ChatRequest {
            messages: self.messages.clone(),
            situation: self.situation.clone(),
            pictures: Vec::new(),
            state: self.state.clone(),
        };
        let reply = respond(self.library, self.matcher, &request);
        if self.turns < 2 {
            assert_eq!(reply, respond(self.library, self.matcher, &request), "a turn is a pure function");
        }
        for item in &mut self.situation.items {
            item.fresh = false;
        }
        self.turns += 1;
        self.state = Some(reply.state);
        self.apply(&reply.text, text);
        self.messages.push(ChatMessage { speaker: Speaker::Assistant, text: self.prose.clone(), images: 0 });
        self.prose.clone()
    }

    fn apply(&mut self, text: &str, message: &str) {
        self.prose = text.split("\n\n[").next().unwrap().trim().to_owned();
        for name in ["QUESTIONS", "ACTIONS", "PROMOTE", "HYPOTHESES", "SUGGEST_FIX", "FIX_OUTCOME"] {
            assert!(!self.prose.contains(&format!("[{name}]")), "no marker within prose: {}", self.prose);
        }
        let is_asked = |promotion: &Value| promotion["source_ref"].as_str().unwrap().parse::<Uuid>().is_err();
        let (of_talk, promotions): (Vec<_>, Vec<_>) =
            blocks(text, "PROMOTE").into_iter().partition(|promotion| promotion["source_ref"].is_null());
        self.proposed = of_talk.iter().map(|promotion| promotion["text"].as_str().unwrap().to_owned()).collect();
        let (of_new, of_known): (Vec<_>, Vec<_>) = promotions.into_iter().partition(is_asked);
        for promotion in of_known {
            self.promote(&promotion, message);
        }
        let questions = blocks(text, "QUESTIONS");
        let actions = blocks(text, "ACTIONS");
        self.replace(ItemKind::Question, &questions, "text");
        self.replace(ItemKind::Check, &actions, "label");
        for mut promotion in of_new {
            let asked = promotion["source_ref"].as_str().unwrap().to_owned();
            promotion["source_ref"] = self.item(&asked).id.to_string().into();
            self.promote(&promotion, message);
        }
        self.situation.hypotheses = blocks(text, "HYPOTHESES")
            .iter()
            .map(|value| Hypothesis {
                id: Uuid::nil(),
                text: value["text"].as_str().unwrap().to_owned(),
                status: value["status"].as_str().unwrap().to_owned(),
            })
            .collect();
        for fix in blocks(text, "SUGGEST_FIX") {
            self.suggest(&fix);
        }
        self.proposed_outcome = blocks(text, "FIX_OUTCOME").pop();
    }

    fn promote(&mut self, promotion: &Value, message: &str) {
        let source: Uuid = serde_json::from_value(promotion["source_ref"].clone()).unwrap();
        let text = promotion["text"].as_str().unwrap().to_owned();
        let library = self.library;
        let item = self.situation.items.iter_mut().find(|item| item.id == source).expect("a fact rests on a lane item");
        if item.answer.is_none() && item.result.is_none() {
            match item.kind {
                ItemKind::Question => item.answer = Some(message.to_owned()),
                ItemKind::Check => {
                    item.output = Some(message.to_owned());
                    item.result = library.outcome_of_fact(&item.text, &text);
                    if item.result.is_none() {
                        assert_eq!(text, message, "what is no result is the output, to the letter");
                        return;
                    }
                }
            }
        }
        let answer =
            item.result.map_or_else(|| ItemAnswer::Answer(item.answer.as_deref().unwrap()), ItemAnswer::Result);
        let verbatim = item.answer.as_deref().is_some_and(|answer| text.contains(answer.trim()));
        let own = library.is_own_fact(&item.text, &answer, &text);
        assert!(
            own || verbatim || item.answer.as_deref().is_some_and(|answer| answer.len() > 4_000),
            "supported: {text}"
        );
        item.promoted = true;
        let id = self.id();
        self.situation.facts.push(KnownFact { id, text, established: true, source_ref: Some(source) });
    }

    fn replace(&mut self, kind: ItemKind, items: &[Value], key: &str) {
        let texts: Vec<&str> = items.iter().map(|item| item[key].as_str().unwrap()).collect();
        for text in &texts {
            let done = self.situation.items.iter().find(|item| item.text == **text && !is_open(item));
            assert!(done.is_none(), "asks again what is answered: {text}");
        }
        self.situation.items.retain(|item| item.kind != kind || !is_open(item) || texts.contains(&item.text.as_str()));
        for text in texts {
            if self.situation.items.iter().all(|item| item.text != text) {
                let id = self.id();
                self.situation.items.push(LaneItem {
                    id,
                    kind,
                    text: text.to_owned(),
                    answer: None,
                    result: None,
                    output: None,
                    skipped: false,
                    fresh: false,
                    promoted: false,
                });
            }
        }
    }

    fn suggest(&mut self, fix: &Value) {
        let evidence: Vec<Uuid> = serde_json::from_value(fix["evidence"].clone()).unwrap();
        assert!(!evidence.is_empty(), "a fix names its evidence: {fix}");
        for id in &evidence {
            let item = self.situation.items.iter().find(|item| item.id == *id).expect("evidence is in the lane");
            assert!(item.answer.is_some() || item.result.is_some(), "evidence was answered");
        }
        let title = fix["title"].as_str().unwrap().to_owned();
        self.suggested.push((title.clone(), evidence, fix["confidence"].as_u64().unwrap()));
        for other in &mut self.situation.fixes {
            other.active = false;
        }
        let id = self.id();
        let progress = FixProgress::Proposed;
        self.situation.fixes.push(TriedFix { id, title, progress, notes: None, active: true });
    }

    pub fn open(&self) -> Vec<LaneItem> {
        self.situation.items.iter().filter(|item| is_open(item)).cloned().collect()
    }

    /// Texts of what is open.
    pub fn texts(&self) -> Vec<String> {
        self.open().into_iter().map(|item| item.text).collect()
    }

    /// How the hypothesis with these words stands.
    pub fn standing(&self, cause: &str) -> &str {
        let found = self.situation.hypotheses.iter().find(|one| one.text.contains(cause));
        found.map_or("missing", |one| &one.status)
    }

    pub fn active(&mut self) -> Option<&mut TriedFix> {
        self.situation.fixes.iter_mut().find(|fix| fix.active)
    }

    pub fn item(&mut self, text: &str) -> &mut LaneItem {
        let known: Vec<String> = self.situation.items.iter().map(|item| item.text.clone()).collect();
        let item = self.situation.items.iter_mut().rev().find(|item| item.text.contains(text));
        item.unwrap_or_else(|| panic!("no item with {text:?} in {known:?}"))
    }

    /// Answers a question in the lane; sending is another matter.
    pub fn answer(&mut self, question: &str, answer: &str) {
        let item = self.item(question);
        (item.answer, item.fresh, item.promoted) = (Some(answer.to_owned()), true, false);
    }

    pub fn result(&mut self, check: &str, result: CheckOutcome) {
        let item = self.item(check);
        (item.result, item.fresh, item.promoted) = (Some(result), true, false);
    }

    pub fn mark(&mut self, progress: FixProgress) {
        let fix = self.active().expect("a fix is active");
        fix.progress = progress;
        fix.active = progress != FixProgress::Dismissed;
    }
}

/// Outlook asks for the password; the first fix (old saved passwords) is proposed.
pub fn at_first_fix<'l>(library: &'l Library, matcher: &'l dyn Matcher) -> Desk<'l> {
    let mut desk = Desk::new(library, matcher);
    desk.say("outlook keeps asking for password");
    desk.answer("sign in to https://outlook.office.com", "Yes, the web works");
    desk.answer("What does the prompt look like", "Plain Windows Security box");
    desk.say("");
    desk.result("modern authentication", CheckOutcome::Pass);
    desk.say("");
    desk.result("Autodiscover", CheckOutcome::Pass);
    desk.say("");
    desk
}

pub fn is_open(item: &LaneItem) -> bool {
    item.answer.is_none() && item.result.is_none() && !item.skipped
}

/// The payloads of all blocks of a name, arrays unrolled.
fn blocks(text: &str, name: &str) -> Vec<Value> {
    let (open, close) = (format!("\n\n[{name}]\n"), format!("\n[/{name}]"));
    let mut found = Vec::new();
    for part in text.split(&open).skip(1) {
        let payload = part.split(&close).next().unwrap();
        assert!(payload.len() < 64_000, "a block stays below 64 kB");
        match serde_json::from_str(payload).unwrap() {
            Value::Array(items) => found.extend(items),
            one => found.push(one),
        }
    }
    found
}
