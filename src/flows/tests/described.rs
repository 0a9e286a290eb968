//! What the description of a problem tells already is not asked, but stands in the lane as its answer.

use super::desk::Desk;
use super::{Always, all_flows};
use crate::flows::answers::read_answer;
use crate::flows::format::Node;

/// Begins a session with the flow and these words.
fn begin<'l>(slug: &'l str, matcher: &'l Always, words: &str) -> Desk<'l> {
    let mut desk = Desk::new(all_flows(), matcher);
    assert_eq!(matcher.0, slug);
    desk.say(words);
    desk
}

/// The questions that were answered, each with the option taken.
fn taken(slug: &str, desk: &Desk<'_>) -> Vec<(String, String)> {
    let flow = all_flows().by_slug(slug).unwrap();
    let answered = desk.situation.items.iter().filter_map(|item| Some((item, item.answer.as_deref()?)));
    let taken = answered.map(|(item, answer)| {
        let node = flow.nodes.iter().find(|node| node.item_text() == Some(&item.text));
        let Some(Node::Question(question)) = node else { panic!("{} is no question of {slug}", item.text) };
        let (at, _) = read_answer(question, answer).unwrap();
        (question.id.clone(), question.answers[at].option.clone())
    });
    taken.collect()
}

#[test]
fn a_description_answers_what_it_tells() {
    for (slug, words, wanted) in [
        (
            "teams-audio-video",
            "mic doesn't work in Teams calls",
            "Others cannot hear me, or neither side hears anything",
        ),
        ("teams-audio-video", "I can't hear anyone in Teams", "I cannot hear the others"),
        ("slow-computer", "PC slow, Task Manager shows disk at 100%", "Disk, near 100 %"),
        ("disk-full", "C: full on the file server FS01", "Windows server"),
        ("disk-full", "C drive of her laptop is full", "Windows PC or laptop"),
        ("disk-full", "Linux server /var full", "Linux server"),
        ("printer-offline", "printer on 2nd floor offline for everybody", "Nobody can"),
        ("printer-offline", "printer offline, others can print", "Others can, this PC cannot"),
        ("internet-down-site", "no internet in the whole office", "The whole site"),
        ("outlook-credential-prompts", "Outlook asks for the password, webmail works", "Yes, the web works"),
        ("email-not-delivered", "outgoing mails to gmail are refused", "Mail we send does not arrive"),
        ("no-ip-address", "PC gets 169.254.12.3", "169.254.x.x, or no address at all"),
        ("bsod-boot-loop", "PC in boot loop after update", "Blue screen or automatic repair in a loop"),
        ("rdp-fails", "RDP black screen after login", "It connects, then licence error, black screen or cut-off"),
        ("general-triage", "only her, something odd", "One person only"),
    ] {
        let matcher = Always(slug.to_owned());
        let desk = begin(slug, &matcher, words);
        let [(_, option)] = taken(slug, &desk).try_into().unwrap_or_else(|all| panic!("{words}: {all:?}"));
        assert_eq!(option, wanted, "{words}");
        assert!(desk.prose.contains(&format!("Your words tell already: “{wanted}”")), "{}", desk.prose);
        assert!(!desk.open().is_empty(), "{words}: there is more to ask");
        let [fact] = desk.situation.facts.as_slice() else { panic!("{words}: {:?}", desk.situation.facts) };
        assert!(fact.source_ref.is_some(), "{words}: the fact rests on the question");
    }
}

#[test]
fn two_questions_may_be_told_at_once() {
    let matcher = Always("vpn-cannot-connect".to_owned());
    let desk = begin("vpn-cannot-connect", &matcher, "VPN error 809 for one user at home, others are fine");
    let wanted = [("how-many", "Yes, only this user fails"), ("where-stops", "Timeout or server not reachable")];
    let wanted = wanted.map(|(id, option)| (id.to_owned(), option.to_owned()));
    assert_eq!(taken("vpn-cannot-connect", &desk), wanted);
}

#[test]
fn what_is_not_said_plainly_is_asked() {
    let story = "word ".repeat(40);
    for (slug, words) in [
        ("teams-audio-video", "Teams: the camera works but nobody hears her"),
        ("teams-audio-video", "microphone or camera, she is not sure"),
        ("outlook-credential-prompts", "Outlook asks for the password, webmail works not"),
        ("outlook-credential-prompts", "Outlook asks for the password, maybe webmail works"),
        ("printer-offline", "printer offline, not for everybody"),
        ("printer-offline", "Hi everyone, the printer is offline"),
        ("printer-offline", "the printer is offline. Is it offline for everybody?"),
        ("slow-computer", "computer slow, cpu is fine"),
        ("internet-down-site", &format!("no internet in the whole office {story}")),
        ("phishing-reported", "she clicked the link of a phishing mail"),
        ("teams-audio-video", "She can't hear her colleagues in Teams"),
        ("rdp-fails", "Remote Desktop users can't connect to TS01"),
        ("email-not-delivered", "Customers get a bounce when they write to us"),
        ("office-app-crash", "Excel crashes, budget.xlsx does not open"),
        ("wifi-drops", "Her laptop drops off wifi, only in one room"),
        ("time-sync-wrong", "Clock is wrong again, I corrected it an hour ago"),
        ("printer-offline", "Network printer offline, prints fine over USB"),
        ("printer-offline", "printer offline, all users can print except Maria"),
        ("disk-full", "C: drive full since the file server migration"),
        ("bsod-boot-loop", "Laptop won't boot, blue screen, sometimes it gets to the logo"),
        ("dns-resolution-failure", "DNS lookup fails for all names on her laptop"),
        ("vpn-cannot-connect", "All users can connect except Maria"),
        ("password-reset", "manager confirmed, password reset for user"),
    ] {
        let matcher = Always(slug.to_owned());
        let desk = begin(slug, &matcher, words);
        assert_eq!(taken(slug, &desk), [], "{words}");
        assert_eq!(desk.situation.facts, [], "{words}");
    }
}

#[test]
fn the_answer_taken_can_be_changed_in_the_lane() {
    let matcher = Always("printer-offline".to_owned());
    let mut desk = begin("printer-offline", &matcher, "printer on 2nd floor offline for everybody");
    let asked = desk.texts();
    desk.answer("Who can still print", "Others can, this PC cannot");
    let said = desk.say("");
    assert!(said.contains("has changed"), "{said}");
    assert_ne!(desk.texts(), asked);

    let mut desk = begin("printer-offline", &matcher, "printer on 2nd floor offline for everybody");
    desk.item("Who can still print").answer = None;
    desk.say("");
    assert!(desk.texts().iter().any(|text| text.contains("Who can still print")), "{:?}", desk.texts());
}

#[test]
fn a_change_of_the_problem_tells_as_much() {
    let matcher = super::begun::Begun("outlook-credential-prompts");
    let mut desk = Desk::new(all_flows(), &matcher);
    desk.say("go");
    let said = desk.say("it's not outlook, the printer is offline and nobody can print");
    assert!(said.contains("Your words tell already: “Nobody can”"), "{said}");
}

#[test]
fn a_ticket_is_no_word_of_the_engineers() {
    let matcher = Always("printer-offline".to_owned());
    let mut desk = Desk::new(all_flows(), &matcher);
    desk.situation.problem = Some("printer on 2nd floor offline for everybody".to_owned());
    desk.say("");
    assert_eq!(taken("printer-offline", &desk), []);
}
