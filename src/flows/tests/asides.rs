//! What is said beside the way: small talk, corrections, and that the problem is gone.

use super::begun::{Begun, check, desk_at, desk_at_fix, question, read};
use super::desk::Desk;
use super::{Always, all_flows};
use crate::ai::types::FixProgress;
use crate::flows::small_talk::{is_correction, is_small_talk};
use crate::flows::solved::is_solved;
use crate::flows::talk::{Said, about_fix, result_of};

#[test]
fn small_talk_answers_nothing_and_uses_up_no_patience() {
    for (slug, begin) in [("printer-offline", "printer offline"), ("slow-computer", "slow laptop")] {
        let matcher = Always(slug.to_owned());
        let mut desk = Desk::new(all_flows(), &matcher);
        desk.say(begin);
        let open = desk.texts();
        for text in [
            "let me call her",
            "ok",
            "I'll call him back",
            "one sec",
            "thanks",
            "ok",
            "calling the user",
            "hold on",
            "ok will do",
            "thank you very much",
            "ok, let me check",
            "sure, one sec",
            "hi there",
        ] {
            let said = desk.say(text);
            assert_eq!(desk.texts(), open, "{text}: {said}");
            assert!(!said.contains("cannot tell"), "{text}: {said}");
        }
        assert_eq!(desk.situation.facts, [], "{slug}");
    }
    for text in [
        "ok, it works",
        "wait, it is the other way round",
        "the second one",
        "one",
        "yes",
        "thanks, that worked",
        "hold music is broken",
        "checking for updates",
        "a minute",
        "asking for the password again",
        "calling works again",
    ] {
        assert!(!is_small_talk(text), "{text}");
    }
}

#[test]
fn a_mere_ok_is_no_result_unless_it_was_asked_for() {
    let spooler = check("printer-queue-stuck", "spooler-service");
    assert_eq!(result_of(spooler, "ok", false), None);
    assert!(result_of(spooler, "ok", true).is_some());
    for applied in [false, true] {
        assert_eq!(about_fix("ok", applied), None);
    }
}

#[test]
fn what_is_fine_elsewhere_passes_no_check() {
    let firewall = check("internet-down-site", "outside-test");
    assert_eq!(result_of(firewall, "only the second floor, the rest of the building is fine", false), None);
    let extent = question("internet-down-site", "extent");
    for text in ["yes the whole floor has no network at all", "only the second floor, the rest of the building is fine"]
    {
        assert_eq!(read(extent, text), "One floor, room or group of devices", "{text}");
    }
}

#[test]
fn a_no_to_something_else_is_no_answer() {
    let who = question("printer-offline", "who-prints");
    for (text, option) in [
        ("no, everybody else prints fine, it's only Sue", "Others can, this PC cannot"),
        ("no, the printer isn't offline. it prints fine, only the logo is upside down", "?"),
        ("no", "Nobody can"),
    ] {
        assert_eq!(read(who, text), option, "{text}");
    }
    let hotspot = question("vpn-cannot-connect", "hotspot");
    assert_eq!(read(hotspot, "no, nobody else has this problem"), "?");
    let how_many = question("vpn-cannot-connect", "how-many");
    for text in ["everyone else is fine", "no, nobody else has this problem"] {
        assert_eq!(read(how_many, text), "Yes, only this user fails", "{text}");
    }
}

#[test]
fn a_correction_leads_to_the_answer_it_corrects() {
    let matcher = Always("outlook-credential-prompts".to_owned());
    let mut desk = Desk::new(all_flows(), &matcher);
    desk.say("Outlook keeps asking for her password");
    desk.say("webmail works");
    let facts = desk.situation.facts.len();
    let said = desk.say("sorry, I was wrong: that was another user");
    assert!(said.contains("change it in the lane"), "{said}");
    assert_eq!(desk.situation.facts.len(), facts);
    assert!(!is_correction("sorry") && !is_correction("the user is sorry"));
}

#[test]
fn what_was_solved_without_a_fix_is_offered_as_a_fact() {
    for text in [
        "toner was empty, replaced it, prints again",
        "rebooted it and it's fine now, ticket can be closed",
        "solved, she had caps lock on",
        "never mind, the headset was muted. works now",
        "found it: the switch port was down, bounced it, works now",
    ] {
        assert!(is_solved(text), "{text}");
        let matcher = Begun("printer-offline");
        let mut desk = desk_at(&matcher, "");
        let said = desk.say(text);
        assert!(said.contains("confirm them there"), "{text}: {said}");
        assert_eq!(desk.proposed, [text], "{text}");
    }
    for text in [
        "not solved",
        "it works on her phone now",
        "is it solved?",
        "not sure if it is fixed",
        "it never works now",
        "now it fails to connect",
        "it stopped printing again",
        "she has trouble printing again",
        "it takes forever to open now",
        "I'm connected now",
        "the printer has a fixed IP 10.0.0.20",
        "she needs this fixed before noon",
        "the name resolved to the old address",
        "ok now it shows another error",
        "it freezes and she has to close it in Task Manager",
        "it works now and then",
    ] {
        assert!(!is_solved(text), "{text}");
    }
}

#[test]
fn a_fix_that_helped_in_part_is_heard_to_work_after_all() {
    for text in ["works now", "that pc had an old port, changed it, now everyone prints"] {
        let matcher = Begun("printer-offline");
        let mut desk = desk_at_fix(&matcher);
        desk.mark(FixProgress::Partial);
        desk.say("");
        desk.say(text);
        let proposed = desk.proposed_outcome.as_ref().map(|outcome| outcome["outcome"].clone());
        assert_eq!(proposed, Some("applied_success".into()), "{text}: {}", desk.prose);
    }
}

#[test]
fn outcomes_are_told_in_everyday_words() {
    for (text, said) in [
        ("worked for five minutes, then offline again", Some(Said::Failed)),
        ("not sure if it worked, nobody is in the office", None),
        ("didn't work at first, but after a reboot it does", None),
        ("everybody can print again", Some(Said::Worked)),
        ("user confirms it prints", Some(Said::Worked)),
        ("now everyone prints", Some(Said::Worked)),
        ("half of them print now, three pcs still don't", Some(Said::Partly)),
        ("it prompts again", None),
        ("skip", Some(Said::Dismissed)),
        ("it worked at first, but the problem is back", Some(Said::Failed)),
        ("some of them are at lunch, later", None),
        ("now it fails to connect", None),
        ("the printer does not print now", None),
    ] {
        assert_eq!(about_fix(text, true), said, "{text}");
    }
}

#[test]
fn words_beside_an_image_are_not_held_against_the_question() {
    let matcher = Begun("printer-offline");
    let mut desk = desk_at(&matcher, "");
    let said = desk.show("screenshot of the error");
    assert!(said.contains("cannot look at the image") && !said.contains("cannot tell"), "{said}");
}
