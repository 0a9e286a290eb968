//! Every flow, walked by engineers of every kind: each walk ends within twelve turns, with nothing open.

use super::desk::Desk;
use super::{Always, Library};
use crate::ai::types::{CheckOutcome, FixProgress, ItemKind};
use crate::flows::format::{Flow, Node};

const MAX_TURNS: u32 = 12;

/// How somebody answers; gives the same for the same place in a walk.
struct Policy {
    name: String,
    question: fn(&Flow, &str, &mut Dice) -> Option<String>,
    check: fn(&mut Dice) -> CheckOutcome,
    fix: fn(&mut Dice) -> FixProgress,
    in_chat: fn(&mut Dice) -> bool,
    dice: Dice,
}

/// A small generator of numbers, the same ones for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }
}

fn options(flow: &Flow, text: &str) -> Vec<String> {
    let question = flow.questions().find(|question| question.text == text || question.rephrased() == text);
    question.map(|question| question.answers.iter().map(|answer| answer.option.clone()).collect()).unwrap_or_default()
}

fn always(
    name: &str,
    question: fn(&Flow, &str, &mut Dice) -> Option<String>,
    check: fn(&mut Dice) -> CheckOutcome,
) -> Policy {
    let fix = |_: &mut Dice| FixProgress::Failed;
    Policy { name: name.to_owned(), question, check, fix, in_chat: |_| false, dice: Dice(1) }
}

fn policies(random: u64) -> Vec<Policy> {
    let mut all = vec![
        always("No, fail", |_, _, _| Some("No".to_owned()), |_| CheckOutcome::Fail),
        always("No, pass", |_, _, _| Some("No".to_owned()), |_| CheckOutcome::Pass),
        always("Yes, pass", |_, _, _| Some("Yes".to_owned()), |_| CheckOutcome::Pass),
        always("Yes, fail", |_, _, _| Some("yep".to_owned()), |_| CheckOutcome::Fail),
        always("Not sure, skipped", |_, _, _| Some("Not sure".to_owned()), |_| CheckOutcome::Skipped),
        always("Not sure, pass", |_, _, _| Some("no idea".to_owned()), |_| CheckOutcome::Pass),
        always("Not sure, fail", |_, _, _| Some("dunno".to_owned()), |_| CheckOutcome::Fail),
        always("last option", |flow, text, _| options(flow, text).pop(), |_| CheckOutcome::Fail),
        always("first option, pass", |flow, text, _| options(flow, text).into_iter().next(), |_| CheckOutcome::Pass),
        always("first option, fail", |flow, text, _| options(flow, text).into_iter().next(), |_| CheckOutcome::Fail),
        always("second option", |_, _, _| Some("2".to_owned()), |_| CheckOutcome::Fail),
        always("skip", |_, _, _| None, |_| CheckOutcome::Skipped),
        always("nonsense", |_, _, _| Some("purple monkey dishwasher".to_owned()), |_| CheckOutcome::Pass),
    ];
    all.extend((1..=random).map(|seed| Policy {
        name: format!("random {seed}"),
        question: |flow, text, dice| {
            let options = options(flow, text);
            match dice.roll(10) {
                0 => None,
                1 => Some("no".to_owned()),
                2 => Some("yes".to_owned()),
                3 => Some("what is that even".to_owned()),
                4 => Some(format!("{}", dice.roll(6))),
                _ if options.is_empty() => Some("Not sure".to_owned()),
                _ => Some(options[dice.roll(options.len())].clone()),
            }
        },
        check: |dice| [CheckOutcome::Pass, CheckOutcome::Fail, CheckOutcome::Skipped][dice.roll(3)],
        fix: |dice| [FixProgress::Failed, FixProgress::Partial, FixProgress::Dismissed][dice.roll(3)],
        in_chat: |dice| dice.roll(4) == 0,
        dice: Dice(seed * 7_919),
    }));
    all
}

fn flow_of<'l>(library: &'l Library, text: &str) -> &'l Flow {
    let has = |flow: &&std::sync::Arc<Flow>| {
        flow.nodes.iter().any(|node| {
            node.item_text() == Some(text) || matches!(node, Node::Question(question) if question.rephrased() == text)
        })
    };
    library.flows().iter().find(has).unwrap_or_else(|| panic!("{text} is of no flow"))
}

/// Walks one flow with one engineer to its end; gives the number of turns and of fixes.
fn walk(library: &Library, slug: &str, policy: &mut Policy) -> (u32, usize) {
    let matcher = Always(slug.to_owned());
    let mut desk = Desk::new(library, &matcher);
    let place = format!("{slug}, {}", policy.name);
    desk.say("it is broken");
    loop {
        let open = desk.open();
        let waiting = desk.active().is_some_and(|fix| fix.progress == FixProgress::Proposed);
        if open.is_empty() && !waiting {
            break;
        }
        assert!(desk.turns < MAX_TURNS, "{place}: still open after {} turns: {}", desk.turns, desk.prose);
        assert!(open.is_empty() || !waiting, "{place}: a fix is suggested while {open:?} is open");
        let mut message = String::new();
        for item in open {
            let chat = message.is_empty() && (policy.in_chat)(&mut policy.dice);
            match item.kind {
                ItemKind::Question => {
                    let flow = flow_of(library, &item.text);
                    match (policy.question)(flow, &item.text, &mut policy.dice) {
                        Some(answer) if chat => message = answer,
                        Some(answer) => desk.answer(&item.text, &answer),
                        None => desk.item(&item.text).skipped = true,
                    }
                }
                ItemKind::Check => desk.result(&item.text, (policy.check)(&mut policy.dice)),
            }
        }
        if waiting {
            desk.mark((policy.fix)(&mut policy.dice));
        }
        desk.say(&message);
    }
    let said = desk.prose.to_lowercase();
    assert!(said.contains("escalate"), "{place}: ends with: {}", desk.prose);
    for cause in desk.situation.hypotheses.iter().filter(|cause| cause.status == "supported") {
        assert!(desk.prose.contains(&cause.text), "{place}: {} is supported, the end is: {}", cause.text, desk.prose);
    }
    assert!(
        desk.situation
            .items
            .iter()
            .all(|item| item.promoted || item.skipped || item.result == Some(CheckOutcome::Skipped)),
        "{place}: every answer and result is promoted"
    );
    (desk.turns, desk.suggested.len())
}

#[test]
fn every_way_of_answering_ends_within_twelve_turns_with_nothing_open() {
    let library = super::all_flows();
    let own = ["outlook-credential-prompts", "vpn-no-access", "general-triage"];
    for flow in library.flows() {
        for mut policy in policies(if own.contains(&flow.slug.as_str()) { 24 } else { 6 }) {
            walk(library, &flow.slug, &mut policy);
        }
    }
}

#[test]
fn some_engineer_sees_every_fix_of_a_flow() {
    let library = super::own_flows();
    for slug in ["outlook-credential-prompts", "vpn-no-access"] {
        let most = policies(24).iter_mut().map(|policy| walk(library, slug, policy).1).max().unwrap();
        assert!(most >= 2, "{slug} shows {most} fixes at most");
    }
}

#[test]
fn somebody_who_knows_nothing_gets_no_fix_but_an_escalation() {
    let library = super::all_flows();
    for flow in library.flows() {
        let mut skip = always("skip", |_, _, _| None, |_| CheckOutcome::Skipped);
        assert_eq!(walk(library, &flow.slug, &mut skip).1, 0, "{}", flow.slug);
    }
}

#[test]
fn a_walk_through_the_chat_alone_ends_as_well() {
    let library = super::own_flows();
    let matcher = Always("vpn-no-access".to_owned());
    for word in
        ["no", "yes", "not sure", "1", "2", "skip", "hm", "why?", "it is as expected", "purple dishwasher again"]
    {
        let mut desk = Desk::new(library, &matcher);
        desk.say("vpn");
        while desk.turns < MAX_TURNS && !(desk.open().is_empty() && desk.active().is_none()) {
            if desk.active().is_some_and(|fix| fix.progress == FixProgress::Proposed) {
                desk.mark(FixProgress::Failed);
            }
            desk.say(word);
        }
        assert!(desk.open().is_empty(), "{word}: {}", desk.prose);
        let waiting = desk.active().is_some_and(|fix| fix.progress == FixProgress::Proposed);
        assert!(waiting || desk.prose.contains("escalate"), "{word}: {}", desk.prose);
    }
}
