//! What engineers write beside the way: remarks that mention other things, pasted output, protests, and answers in everyday words.

use std::sync::LazyLock;

use super::desk::Desk;
use super::{Always, all_flows};
use crate::ai::types::{CheckOutcome, FixProgress, ItemKind};
use crate::flows::answers::read_answer;
use crate::flows::complaint::{complains, contests, protests};
use crate::flows::format::{Check, Flow, Node, Question};
use crate::flows::matching::Index;
use crate::flows::start::{FlowMatch, Matcher};
use crate::flows::talk::{Said, about_fix, is_question, result_of};

/// Begins with one flow, whatever is written; from then on finds flows as the product does.
pub struct Begun(pub &'static str);

impl Matcher for Begun {
    fn matches(&self, text: &str) -> Vec<FlowMatch> {
        static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(all_flows().flows()));
        if text == "go" { Always(self.0.to_owned()).matches(text) } else { INDEX.matches(text) }
    }
}

fn flow(slug: &str) -> &'static Flow {
    all_flows().by_slug(slug).unwrap()
}

fn check(slug: &str, id: &str) -> &'static Check {
    flow(slug).checks().find(|check| check.id == id).unwrap_or_else(|| panic!("{slug} has no check {id}"))
}

fn question(slug: &str, id: &str) -> &'static Question {
    flow(slug).questions().find(|question| question.id == id).unwrap_or_else(|| panic!("{slug} has no question {id}"))
}

fn read(question: &Question, text: &str) -> String {
    read_answer(question, text).map_or_else(|| "?".to_owned(), |(at, _)| question.answers[at].option.clone())
}

/// Walks by this option and failed checks until it is there.
fn walked<'m>(matcher: &'m Begun, option: &str, there: impl Fn(&mut Desk<'m>) -> bool) -> Desk<'m> {
    let mut desk = Desk::new(all_flows(), matcher);
    desk.say("go");
    while !there(&mut desk) {
        assert!(desk.turns < 12 && !desk.open().is_empty(), "{}: {}", matcher.0, desk.prose);
        for item in desk.open() {
            match item.kind {
                ItemKind::Question => {
                    desk.answer(&item.text, if item.text.contains("first lockout") { "2" } else { option })
                }
                ItemKind::Check => desk.result(&item.text, CheckOutcome::Fail),
            }
        }
        desk.say("");
    }
    desk
}

/// Until the lane asks for something with these words.
fn desk_at<'m>(matcher: &'m Begun, text: &str) -> Desk<'m> {
    walked(matcher, "1", |desk| desk.texts().iter().any(|open| open.contains(text)))
}

fn desk_at_fix<'m>(matcher: &'m Begun) -> Desk<'m> {
    walked(matcher, if matcher.0 == "phishing-reported" { "2" } else { "1" }, |desk| desk.active().is_some())
}

#[test]
fn output_is_held_against_what_the_check_expects() {
    let told = |slug, id, text: &str| result_of(check(slug, id), text, false);
    let (pass, fail) = (Some(CheckOutcome::Pass), Some(CheckOutcome::Fail));
    let lock = "Enabled : True\nLockedOut : True\nPasswordExpired : False\nBadLogonCount : 5";
    assert_eq!(told("ad-account-lockout", "lock-state", lock), fail);
    let open = lock.replace("LockedOut : True", "LockedOut : False");
    assert_eq!(told("ad-account-lockout", "lock-state", &open), pass);
    let spoken = "no wait, the output says LockedOut True - it IS locked";
    assert_eq!(told("ad-account-lockout", "lock-state", spoken), fail);
    for (slug, id, text, result) in [
        ("printer-queue-stuck", "spooler-service", "Status : Stopped\nStartType : Automatic", fail),
        ("printer-queue-stuck", "spooler-service", "Status : Stopped / StartType : Automatic", fail),
        ("printer-queue-stuck", "spooler-service", "Status : Running / StartType : Automatic", pass),
        ("printer-queue-stuck", "spooler-service", "Status : Running", None),
        (
            "printer-queue-stuck",
            "spooler-service",
            "Status  StartType Name\n------  --------- ----\nStopped Automatic Spooler",
            fail,
        ),
        (
            "printer-queue-stuck",
            "spooler-service",
            "Status  StartType Name\n------  --------- ----\nRunning Automatic Spooler",
            pass,
        ),
        ("vpn-cannot-connect", "gateway-outside", "PingSucceeded : True\nTcpTestSucceeded : False", fail),
        ("vpn-cannot-connect", "gateway-outside", "PingSucceeded : False\nTcpTestSucceeded : True", pass),
        ("vpn-cannot-connect", "server-port", "PingSucceeded : True\nTcpTestSucceeded : False", fail),
        ("vpn-cannot-connect", "server-port", "PingSucceeded : True\nTcpTestSucceeded : True", None),
        (
            "teams-audio-video",
            "policy-allows",
            "IPAudioMode : Disabled\nIPVideoMode : EnabledOutgoingIncoming\nAllowIPVideo : True",
            fail,
        ),
        ("teams-audio-video", "policy-allows", "IPAudioMode : Disabled\nAllowIPVideo : True", fail),
        ("ad-account-lockout", "lock-state", "LockedOut : True\nLockedOut : False", fail),
        ("ad-account-lockout", "lock-state", "PasswordExpired : False\nEnabled : True", None),
        ("ad-account-lockout", "lock-state", "I will check whether LockedOut is True", None),
    ] {
        assert_eq!(told(slug, id, text), result, "{slug} {id}: {text}");
    }
}

#[test]
fn no_output_passes_a_check_by_the_words_it_shares() {
    for check in all_flows().flows().iter().flat_map(|flow| flow.checks()) {
        let texts = [&check.pass.fact, &check.fail.fact, &check.expect].into_iter().flatten();
        for text in texts {
            let output = format!("Name : {text}\nTimeCreated : 25.11.2026 08:14:11\nCount : 3");
            let result = result_of(check, &output, false);
            assert!(result.is_none() || check.expect.as_ref() == Some(text), "{}: {output}", check.label);
        }
    }
}

#[test]
fn remarks_do_not_change_the_flow() {
    for (slug, asked, message) in [
        ("ad-account-lockout", "event 4740", "thats the exchange server"),
        ("ad-account-lockout", "event 4740", "TimeCreated Caller\n----------- ------\n25.11.2026 08:14:11 EXCH01"),
        (
            "ad-account-lockout",
            "event 4740",
            "25.11.2026 08:14:11  4740  caller computer EXCH01, disk and backup server",
        ),
        ("vpn-cannot-connect", "", "she is on wifi"),
        ("outlook-credential-prompts", "", "the account is not locked"),
        ("outlook-credential-prompts", "", "password was changed yesterday"),
        ("file-share-access-denied", "", "dns is ok"),
        ("teams-audio-video", "", "rebooted the pc, no change"),
        ("onedrive-sync-stuck", "", "the disk has 40 gb free"),
        ("outlook-credential-prompts", "", "this is about the third time this week"),
        ("outlook-credential-prompts", "", "no, it's about 5 times a day"),
        ("outlook-credential-prompts", "", "windows update was installed last night"),
        ("printer-offline", "", "i restarted the spooler"),
        ("outlook-credential-prompts", "", "this is about her outlook asking for the password"),
        ("printer-queue-stuck", "", "the real problem is that the jobs stay in the queue"),
        ("outlook-credential-prompts", "", "actual issue is still the password prompt"),
        ("outlook-credential-prompts", "", "no, it's about a week now"),
        ("outlook-credential-prompts", "", "this is about right"),
        ("certificate-expired", "", "this is about to expire"),
        ("vpn-cannot-connect", "", "this is about all I know"),
        ("vpn-cannot-connect", "", "user is not about until Monday"),
        ("slow-computer", "", "I'm not about to reboot the server"),
        ("outlook-credential-prompts", "", "actually dns is ok"),
        ("outlook-credential-prompts", "", "actually windows update was installed last night"),
        ("printer-offline", "", "actually i restarted the spooler"),
        ("outlook-credential-prompts", "", "actually the account is not locked"),
        ("outlook-credential-prompts", "", "dns is not the problem"),
        ("dns-resolution-failure", "", "this is not about the printer"),
    ] {
        let matcher = Begun(slug);
        let mut desk = desk_at(&matcher, asked);
        let said = desk.say(message);
        assert!(!said.contains("another problem") && !said.contains("So it is not"), "{slug}, {message}: {said}");
    }
}

#[test]
fn remarks_about_a_fix_do_not_change_the_flow() {
    for (slug, message, outcome) in [
        ("outlook-credential-prompts", "done but same thing, prompt is back after reboot", Some("applied_failed")),
        ("phishing-reported", "all done, account secured, new pw given by phone. nothing sent out", None),
        ("outlook-credential-prompts", "works on her phone", None),
        ("outlook-credential-prompts", "cant do that now, user is in a meeting", None),
        ("disk-full", "ran it, freed 2gb only, its full again after an hour", Some("applied_failed")),
        ("teams-audio-video", "rebooted the pc, no change", Some("applied_failed")),
        ("onedrive-sync-stuck", "the disk has 40 gb free", None),
    ] {
        let matcher = Begun(slug);
        let mut desk = desk_at_fix(&matcher);
        desk.mark(FixProgress::Applied);
        let said = desk.say(message);
        assert!(!said.contains("another problem"), "{slug}, {message}: {said}");
        let proposed = desk.proposed_outcome.as_ref().map(|outcome| outcome["outcome"].as_str().unwrap());
        assert_eq!(proposed, outcome, "{slug}, {message}: {said}");
    }
}

#[test]
fn who_says_that_it_is_another_problem_is_followed() {
    for (slug, message, title) in [
        ("printer-offline", "turns out the pc has no ip address, it shows 169.254", "no-ip-address"),
        ("file-share-access-denied", "actually his account is locked out in ad", "ad-account-lockout"),
        ("ad-account-lockout", "wrong flow, the c drive of the file server is full", "disk-full"),
        (
            "outlook-credential-prompts",
            "it's not outlook, it's the vpn client that cannot connect",
            "vpn-cannot-connect",
        ),
        (
            "disk-full",
            "no! this is about the locked account, the exchange server sends the bad logons",
            "ad-account-lockout",
        ),
        (
            "outlook-credential-prompts",
            "now the vpn is connected but she cannot reach any internal server",
            "vpn-no-access",
        ),
        ("printer-offline", "actually her vpn isn't working, it cannot connect", "vpn-cannot-connect"),
        ("outlook-credential-prompts", "the real problem is that her c drive is full", "disk-full"),
        (
            "outlook-credential-prompts",
            "it's something else, the windows update that was installed last night",
            "windows-update-fails",
        ),
    ] {
        let matcher = Begun(slug);
        let mut desk = desk_at(&matcher, "");
        let said = desk.say(message);
        let wanted = format!("another problem than I thought: “{}”", flow(title).title);
        assert!(said.contains(&wanted), "{slug}, {message}: {said}");
        let left: Vec<_> = flow(slug).nodes.iter().filter_map(Node::item_text).collect();
        let answered = desk.situation.items.iter().find(|item| item.promoted && left.contains(&item.text.as_str()));
        assert_eq!(answered, None, "{message}: a protest answers nothing of the flow that is left");
    }
}

#[test]
fn only_the_wrong_track_is_a_protest() {
    for text in ["wrong flow", "you misunderstood", "that's not what I meant"] {
        assert!(protests(text) && !contests(text), "{text}");
    }
    for text in
        ["this is about the printer", "no, it's about outlook", "the real issue is the vpn", "it's not about her pc"]
    {
        assert!(contests(text) && !protests(text), "{text}");
    }
    for text in ["no, it's about a week now", "this is about right", "this is about to expire", "he is not about"] {
        assert!(!contests(text) && !protests(text), "{text}");
    }
}

#[test]
fn a_thing_named_to_say_that_it_is_well_is_not_the_answer() {
    let column = question("slow-computer", "which-column");
    for text in ["disk is fine", "memory is fine but the fan is loud", "the cpu looks normal", "drive has 40 gb free"] {
        assert_eq!(read(column, text), "?", "{text}");
    }
    for (text, option) in [
        ("disk", "Disk, near 100 %"),
        ("the disk is at 100", "Disk, near 100 %"),
        ("memory 90 %, cpu is low", "Memory, above 85 %"),
        ("cpu is fine, disk is at 100", "Disk, near 100 %"),
    ] {
        assert_eq!(read(column, text), option, "{text}");
    }
}

#[test]
fn who_begins_unsure_may_still_know() {
    let symptom = question("printer-queue-stuck", "queue-shows");
    assert_eq!(read(symptom, "dunno, the spooler window won't open"), "It does not open, or spooler not running");
    let column = question("slow-computer", "which-column");
    assert_eq!(read(column, "no idea why, the disk column is red at the top"), "Disk, near 100 %");
    assert_eq!(read(column, "not sure, maybe the disk"), "Not sure");
    assert_eq!(read(column, "no clue whether it is the disk"), "Not sure");
    let matcher = Begun("slow-computer");
    for in_lane in [true, false] {
        let mut desk = desk_at(&matcher, "");
        let (first, said) = (desk.texts()[0].clone(), "no clue yet, the user is away");
        if in_lane {
            desk.answer(&first, said);
        }
        desk.say(if in_lane { "" } else { said });
        assert!(!desk.texts().contains(&first), "{}", desk.prose);
        // Every answer is promoted; of this one no more is known than what was said.
        assert!(desk.situation.facts.iter().all(|fact| fact.text.contains(said)), "{:?}", desk.situation.facts);
    }
}

#[test]
fn a_check_stays_open_until_it_is_skipped() {
    let matcher = Begun("ad-account-lockout");
    let mut desk = desk_at(&matcher, "really locked");
    for message in ["hm", "the weather is nice", "hm well", "purple"] {
        desk.say(message);
        assert!(desk.texts().iter().any(|text| text.contains("really locked")), "{message}: {}", desk.prose);
    }
    assert!(desk.prose.contains("The check stays open") && desk.prose.contains("“skip”"), "{}", desk.prose);
    let open = (desk.situation.clone(), desk.state.clone());
    for (message, result) in [("pass", Some(CheckOutcome::Pass)), ("fail", Some(CheckOutcome::Fail)), ("skip", None)] {
        (desk.situation, desk.state) = open.clone();
        desk.say(message);
        assert!(!desk.texts().iter().any(|text| text.contains("really locked")), "{message}: {}", desk.prose);
        let told = desk.situation.items.iter().find(|item| item.text.contains("really locked"));
        assert_eq!(told.and_then(|item| item.result), result, "{message}");
    }
}

#[test]
fn everyday_words_are_read() {
    for (slug, id, one) in [
        ("general-triage", "who", "One person only"),
        ("vpn-cannot-connect", "how-many", "Yes, only this user fails"),
        ("vpn-no-access", "others", "Yes, only this user cannot"),
        ("no-ip-address", "how-many", "Only this one"),
        ("wifi-drops", "who", "No, only this device"),
        ("dns-resolution-failure", "how-many", "No, only this device"),
    ] {
        let question = question(slug, id);
        #[rustfmt::skip]
        let of_one = [
            "shes the only one, colleague next to her is fine", "She's the only one", "only her", "just me",
            "only this user as far as I know", "it is just her", "nobody else has it", "no one else complains",
        ];
        for text in of_one {
            assert_eq!(read(question, text), one, "{slug}: {text}");
        }
        for text in ["not only her", "it is not just me"] {
            assert_ne!(read(question, text), one, "{slug}: {text}");
        }
    }
    for (slug, id, many) in [
        ("general-triage", "who", "Several people or everybody"),
        ("vpn-cannot-connect", "how-many", "No, several or all users fail"),
        ("wifi-drops", "who", "Yes, several at this place"),
        ("dns-resolution-failure", "how-many", "Yes, several or all devices"),
    ] {
        for text in ["several", "the others have it too"] {
            assert_eq!(read(question(slug, id), text), many, "{slug}: {text}");
        }
    }
    let names = question("dns-resolution-failure", "which-names");
    assert_eq!(read(names, "just me"), "?", "one person is not one name");
    for statement in ["what she gets is a timeout, only her", "where she sits it is fine"] {
        assert!(!is_question(statement), "{statement}");
    }
    #[rustfmt::skip]
    let asking = [
        "what is that", "which server should i look at", "why", "how do I know it worked", "whats that",
        "is there a log", "what to do next", "why is that of interest now", "what error does she get",
    ];
    for question in asking {
        assert!(is_question(question), "{question}");
    }
    for (text, said) in [
        ("cant do that now, user is in a meeting", None),
        ("can't do that", Some(Said::Dismissed)),
        ("cannot do that until tomorrow", None),
        ("it works again after the reboot", Some(Said::Worked)),
        ("ran it, freed 2gb only, its full again after an hour", Some(Said::Failed)),
        ("done but same thing", Some(Said::Failed)),
    ] {
        assert_eq!(about_fix(text, false), said, "{text}");
    }
    for later in ["later", "not yet", "not now", "no, tomorrow"] {
        assert_eq!(about_fix(later, true), None, "{later}");
    }
    assert_eq!(about_fix("no", true), Some(Said::Failed));
}

#[test]
fn what_does_not_go_is_a_complaint() {
    #[rustfmt::skip]
    let complaining = [
        "actually her vpn isn't working", "turns out outlook isn't syncing", "her vpn isn't connecting",
        "mails didn't arrive", "couldn't log in to the VPN", "Teams hasn't worked since Monday",
        "nothing prints from her PC", "nobody can log in to the server",
        "it's the printer, was replaced yesterday and now nothing prints", "outlook wouldn't open",
        "the vpn never connects",
    ];
    for text in complaining {
        assert!(complains(text), "{text}");
    }
    #[rustfmt::skip]
    let quiet = [
        "she didn't open the attachment", "ran the scan, nothing found", "the user never prints",
        "he isn't working today", "outlook isn't open", "it isn't locked",
    ];
    for text in quiet {
        assert!(!complains(text), "{text}");
    }
}

#[test]
fn what_she_gets_is_an_answer_and_no_question() {
    for (slug, message, fact) in [
        ("rdp-fails", "what she gets is error 0x204", "reach"),
        ("windows-update-fails", "what I see is error 0x8024402c while it searches", "search"),
    ] {
        let matcher = Begun(slug);
        let mut desk = desk_at(&matcher, "");
        let said = desk.say(message);
        let facts: Vec<&str> = desk.situation.facts.iter().map(|fact| fact.text.as_str()).collect();
        assert!(facts.iter().any(|text| text.contains(fact)), "{message}: {facts:?}, {said}");
    }
}
