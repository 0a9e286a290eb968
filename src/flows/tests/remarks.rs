//! What engineers write in everyday words, which may be an answer, a question or neither.

use super::all_flows;
use super::begun::{Begun, desk_at, question, read};
use super::desk::Desk;
use crate::ai::types::{CheckOutcome, FixProgress, TriedFix};
use crate::flows::talk::is_question;

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
    let related = [
        "which is why she can't print", "which means it is offline", "which means the server is the problem", "which is fine",
        "which is not locked", "which is the reason she can't print", "which did not help", "which worked", "which we did",
        "which was replaced", "which fixed it", "which explains the error", "which has the newest driver", "which she says is the old one",
    ];
    for statement in related {
        assert!(!is_question(statement), "{statement}");
        assert!(is_question(&format!("{statement}?")), "{statement}?");
    }
    #[rustfmt::skip]
    let asking = [
        "which server is it", "which is it", "which one", "which log file", "which does he use", "which is the new one",
        "which of them is it", "which port do you mean", "which is that", "which one should I take",
        "what is that", "which server should i look at", "why", "how do I know it worked", "whats that",
        "is there a log", "what to do next", "why is that of interest now", "what error does she get",
    ];
    for question in asking {
        assert!(is_question(question), "{question}");
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

#[test]
fn what_works_without_something_answers_what_asks_for_it() {
    let matcher = Begun("no-ip-address");
    for with_a_fix in [false, true] {
        let mut desk = Desk::new(all_flows(), &matcher);
        desk.say("go");
        desk.answer("ipconfig", "Media disconnected, no link light");
        desk.say("");
        assert!(desk.texts()[0].contains("without the dock"), "{:?}", desk.texts());
        if with_a_fix {
            desk.situation.fixes.push(TriedFix {
                id: uuid::Uuid::from_u128(900),
                title: "Of another provider".to_owned(),
                progress: FixProgress::Partial,
                notes: None,
                active: true,
            });
        }
        let said = desk.say("it works without the dock");
        assert_eq!(desk.item("without the dock").answer.as_deref(), Some("it works without the dock"), "{said}");
        assert!(desk.proposed_outcome.is_none(), "{said}");
        assert!(said.contains("the first cable, dock or port is at fault"), "{said}");
    }
}
