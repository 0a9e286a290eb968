//! How people answer, and what is understood.

use proptest::prelude::*;

use crate::flows::answers::{Sureness, read_answer};
use crate::flows::format::{Flow, Question};
use crate::flows::numbers::number_in;
use crate::flows::talk::{wants_to_escalate, wants_to_skip};
use crate::flows::yes_no::plain_yes_or_no;

/// A question with these answers: option, synonyms, and whatever else belongs to the answer.
fn question(text: &str, answers: &[(&str, &[&str], &str)]) -> Question {
    let mut source = format!(
        "slug = 's'\ntitle = 't'\ncategory = 'network'\nsummary = 's'\nstart = 'q'\n[[question]]\nid = 'q'\ntext = \"{text}\"\n"
    );
    for (option, says, more) in answers.iter().chain([&("Not sure", [].as_slice(), "")]) {
        source.push_str(&format!("[[question.answer]]\noption = \"{option}\"\nsays = {says:?}\n{more}\ngoto = 'e'\n"));
    }
    source.push_str("[[escalate]]\nid = 'e'\nreason = 'r'\n");
    Flow::parse(&source).unwrap().questions().next().unwrap().clone()
}

fn yes_no() -> Question {
    question(
        "Does it work in the browser?",
        &[("Yes, it works", &["webmail works"], ""), ("No, it fails too", &[], "")],
    )
}

fn asked(slug: &str, id: &str) -> Question {
    super::all_flows().by_slug(slug).unwrap().questions().find(|question| question.id == id).unwrap().clone()
}

fn by_ip() -> Question {
    asked("vpn-no-access", "by-ip")
}

fn free_space() -> Question {
    let answers = [("Less than 5 GB", [].as_slice(), "below = 5"), ("5 GB or more", &[], "from = 5")];
    question("How many GB are free on C:?", &answers)
}

fn area() -> Question {
    asked("general-triage", "area")
}

fn understood(question: &Question, text: &str) -> String {
    match read_answer(question, text) {
        Some((at, _)) => question.answers[at].option.clone(),
        None => "?".to_owned(),
    }
}

#[test]
fn yes_and_no_come_in_many_words() {
    let question = yes_no();
    #[rustfmt::skip]
    let affirming = [
        "yes", "Yes.", "y", "yep", "yeah", "Yup!", "correct", "Right", "true", "sure", "of course", "it does",
        "YES IT WORKS", "yess", "yesss", "yse", "yes, but slowly", "ok", "indeed", "Yes, it works", "1",
        "option 1", "#1", "the first one", "webmail works", "affirmative", "I think so",
    ];
    for yes in affirming {
        assert_eq!(understood(&question, yes), "Yes, it works", "{yes}");
    }
    #[rustfmt::skip]
    let denying = [
        "no", "No.", "n", "nope", "Nah", "nooo", "it doesn't", "it does not", "not really",
        "no, it fails there as well", "2", "No, it fails too", "not at all", "false", "wrong", "never",
        "no it fails to", "Nope, same there",
    ];
    for no in denying {
        assert_eq!(understood(&question, no), "No, it fails too", "{no}");
    }
    #[rustfmt::skip]
    let undecided = [
        "not sure", "Not sure", "don't know", "dunno", "no idea", "I have no idea", "unknown", "3", "?",
        "can't tell", "idk", "maybe", "haven't checked yet", "I’m not sure", "the last one", "unsure", "skip",
        "the user doesn't know",
    ];
    for unsure in undecided {
        assert_eq!(understood(&question, unsure), "Not sure", "{unsure}");
    }
    for unclear in ["", "   ", "purple monkey dishwasher", "4", "0", "27", "the user is at lunch", "😀", "مرحبا"]
    {
        assert_eq!(understood(&question, unclear), "?", "{unclear}");
    }
}

#[test]
fn an_answer_that_fits_two_options_fits_none() {
    let question =
        question("How is it?", &[("Yes, all of it", &[], ""), ("Yes, some of it", &[], ""), ("No", &[], "")]);
    assert_eq!(understood(&question, "yes"), "?");
    assert_eq!(understood(&question, "yes, all"), "Yes, all of it");
    assert_eq!(understood(&question, "yes, but only some"), "Yes, some of it");
    assert_eq!(understood(&question, "no"), "No");
}

#[test]
fn synonyms_and_longer_sentences_are_understood() {
    let question = by_ip();
    for (text, option) in [
        ("ip works, names don't", "Yes, only names fail"),
        ("yes", "Yes, only names fail"),
        ("yes but only by ip", "Yes, only names fail"),
        ("only names fail", "Yes, only names fail"),
        ("onyl names fail", "Yes, only names fail"),
        ("nope, nothing", "No, nothing answers"),
        ("neither by IP nor by name", "No, nothing answers"),
        ("both work, it is just the ERP", "Yes, and names too; one service fails"),
        ("only one share does not open", "Yes, and names too; one service fails"),
        ("I could not check that", "Not sure"),
    ] {
        assert_eq!(understood(&question, text), option, "{text}");
    }
}

#[test]
fn one_person_is_not_heard_where_it_is_more() {
    let several = [
        ("general-triage", "who", "One person only"),
        ("vpn-cannot-connect", "how-many", "Yes, only this user fails"),
        ("vpn-no-access", "others", "Yes, only this user cannot"),
        ("no-ip-address", "how-many", "Only this one"),
        ("wifi-drops", "who", "No, only this device"),
        ("dns-resolution-failure", "how-many", "No, only this device"),
        ("certificate-expired", "how-many", "No, only this device or network"),
        ("printer-offline", "who-prints", "Others can, this PC cannot"),
    ];
    for (slug, id, one) in several {
        let question = asked(slug, id);
        #[rustfmt::skip]
        let of_more = [
            "just her and one colleague", "only her and the whole accounting team",
            "at first only her, now the whole office", "it was only him, now everyone", "more than just her",
            "nobody else has tried yet", "no one else has checked", "no one else has the app", "no, not just him",
            "no, not only her", "no, it isn't only her", "only she can", "more than one user", "she was the only one until yesterday",
        ];
        for text in of_more {
            assert_ne!(understood(&question, text), one, "{slug}: {text}");
        }
    }
    for (slug, id, many) in [
        ("general-triage", "who", "Several people or everybody"),
        ("vpn-cannot-connect", "how-many", "No, several or all users fail"),
        ("dns-resolution-failure", "how-many", "Yes, several or all devices"),
        ("no-ip-address", "how-many", "Several or all"),
    ] {
        for text in ["at first only her, now the whole office", "it was only him, now everyone"] {
            assert_eq!(understood(&asked(slug, id), text), many, "{slug}: {text}");
        }
    }
}

#[test]
fn a_no_with_a_count_means_the_count() {
    for (slug, id, one, many) in [
        ("vpn-cannot-connect", "how-many", "Yes, only this user fails", "No, several or all users fail"),
        ("vpn-no-access", "others", "Yes, only this user cannot", "No, the others cannot either"),
        ("wifi-drops", "who", "No, only this device", "Yes, several at this place"),
        ("dns-resolution-failure", "how-many", "No, only this device", "Yes, several or all devices"),
        ("certificate-expired", "how-many", "No, only this device or network", "Yes, others get it too"),
        ("no-ip-address", "how-many", "Only this one", "Several or all"),
        ("general-triage", "who", "One person only", "Several people or everybody"),
    ] {
        let question = asked(slug, id);
        for text in ["no, just one", "no, only one", "nope, just the one", "no, one user", "no, it is only this one"] {
            assert_eq!(understood(&question, text), one, "{slug}: {text}");
        }
        for text in ["no, several", "no several", "nope, several people", "no, many", "no, more than one", "no, a few"]
        {
            assert_eq!(understood(&question, text), many, "{slug}: {text}");
        }
    }
    let (can, fail) = (asked("vpn-cannot-connect", "how-many"), asked("dns-resolution-failure", "how-many"));
    let (only_one, several) = ("Yes, only this user fails", "No, several or all users fail");
    for (question, text, option) in [
        (&can, "yes, several", only_one),
        (&can, "yes, several others can", only_one),
        (&can, "yes, just one", only_one),
        (&can, "no", several),
        (&can, "no, nobody", several),
        (&can, "no one", several),
        (&can, "no one of them", several),
        (&can, "no, none of them", several),
        (&fail, "no", "No, only this device"),
        (&fail, "no, several are fine", "No, only this device"),
        (&fail, "no, all others work", "No, only this device"),
        (&fail, "no, the other one works", "No, only this device"),
        (&fail, "yes, several", "Yes, several or all devices"),
        (&by_ip(), "no, just one", "No, nothing answers"),
        (&asked("printer-offline", "who-prints"), "no, several", "Nobody can"),
        (&asked("printer-offline", "who-prints"), "no, just one", "Nobody can"),
        (&asked("general-triage", "offline"), "no, several", "Not sure"),
    ] {
        assert_eq!(understood(question, text), option, "{text}");
    }
}

#[test]
fn who_can_is_not_who_has_the_problem() {
    let question = asked("printer-offline", "who-prints");
    for unclear in ["only her", "only she can", "just her and one colleague", "nobody else has it"] {
        assert_eq!(understood(&question, unclear), "?", "{unclear}");
    }
    assert_eq!(understood(&question, "nobody"), "Nobody can");
    assert_eq!(understood(&question, "her colleagues can print"), "Others can, this PC cannot");
}

#[test]
fn a_no_to_a_choice_means_none_of_these() {
    for none in ["no", "nope", "none of these", "something else entirely"] {
        assert_eq!(understood(&area(), none), "Not sure", "{none}");
    }
    assert_eq!(understood(&area(), "it is the printer"), "The PC, a printer or a drive");
    assert_eq!(understood(&area(), "VPN"), "Network, Wi-Fi, VPN or internet");
    assert_eq!(understood(&area(), "yes"), "?");
}

#[test]
fn negations_turn_words_round() {
    let question =
        question("What happens?", &[("It starts", &["starts"], ""), ("It stays dark", &["does not start"], "")]);
    assert_eq!(understood(&question, "it starts"), "It starts");
    assert_eq!(understood(&question, "it does not start"), "It stays dark");
    assert_eq!(understood(&question, "it never starts"), "It stays dark");
}

#[test]
fn without_is_no_negation() {
    let question = asked("no-ip-address", "other-port");
    #[rustfmt::skip]
    let there = [
        "works without the dock", "it works without the dock", "works without the docking station", "without the dock it works",
        "works fine without a dock", "only works without the dock", "works with another cable", "yes without the dock",
    ];
    for text in there {
        assert_eq!(understood(&question, text), "Yes, it works there", "{text}");
    }
    #[rustfmt::skip]
    let unclear = [
        "doesn't work without the dock", "nothing works without the dock", "without the dock it doesn't work",
        "it works without the VPN",
    ];
    for text in unclear {
        assert_eq!(understood(&question, text), "?", "{text}");
    }
    assert_eq!(understood(&question, "no, not without the dock either"), "No, nowhere");
    let network = asked("general-triage", "network");
    assert_eq!(understood(&network, "the whole office is without a network"), "No network or internet at all");
    let system = asked("time-sync-wrong", "which-system");
    assert_eq!(understood(&system, "windows without a domain"), "?");
    assert_eq!(understood(&system, "windows in the domain"), "Windows in a domain");
    let reach = asked("password-reset", "domain-reach");
    assert_eq!(understood(&reach, "no, she is remote and without vpn"), "No, remote without VPN");
}

#[test]
fn quantities_are_measured_in_the_unit_of_the_question() {
    let question = free_space();
    #[rustfmt::skip]
    let small = [
        "3", "3 GB", "3.5gb", "3,5 GB", "500 MB", "500MB", "about 2 gigs", "0", "zero", "less than 5", "4.9",
        "10 mb free", "three", "it says 1.2 GB of 238 GB",
    ];
    for less in small {
        assert_eq!(understood(&question, less), "Less than 5 GB", "{less}");
    }
    for more in ["5", "5 GB", "120", "1 TB", "1tb", "6000 MB", "more than 5", "1,200 MB is used, no: 7 GB", "twelve"] {
        let wanted = if more.starts_with("1,200") { "Less than 5 GB" } else { "5 GB or more" };
        assert_eq!(understood(&question, more), wanted, "{more}");
    }
    assert_eq!(understood(&question, "option 2"), "5 GB or more");
    assert_eq!(understood(&question, "#1"), "Less than 5 GB");
    for unclear in ["3 days", "-4", "10 percent", "12%"] {
        assert_eq!(understood(&question, unclear), "?", "{unclear}");
    }
    assert_eq!(understood(&question, "no idea"), "Not sure");
}

#[test]
fn numbers_know_their_units() {
    assert_eq!(number_in("2 weeks", "For how many days?"), Some(14.0));
    assert_eq!(number_in("90 minutes", "How many hours ago?"), Some(1.5));
    assert_eq!(number_in("1.5 Gbps", "How many Mbps?"), Some(1500.0));
    assert_eq!(number_in("35", "How many percent?"), Some(35.0));
    assert_eq!(number_in("1,200", "How many?"), Some(1200.0));
    assert_eq!(number_in("none", "How many GB?"), Some(0.0));
    assert_eq!(number_in("a few", "How many GB?"), None);
}

#[test]
fn a_plain_yes_or_no_says_nothing_else() {
    for yes in ["yes", "Yes.", "yep", "yes it is", "yes, it runs", "yess", "it does", "correct"] {
        assert_eq!(plain_yes_or_no(yes), Some(true), "{yes}");
    }
    for no in ["no", "Nope", "no, it is stopped", "no it isn't", "not really", "nooo"] {
        assert_eq!(plain_yes_or_no(no), Some(false), "{no}");
    }
    for other in ["", "no luck", "no access to the server", "it is stopped", "yes, but only today", "no idea", "hm"] {
        assert_eq!(plain_yes_or_no(other), None, "{other}");
    }
}

#[test]
fn wishes_are_understood() {
    assert!(wants_to_escalate("please escalate this"));
    assert!(!wants_to_escalate("should I escalate?"));
    assert!(!wants_to_escalate("don't escalate yet"));
    assert!(wants_to_skip("skip this one"));
    assert!(wants_to_skip("we can't run that here"));
    assert!(!wants_to_skip("the user skipped lunch"));
}

#[test]
fn a_megabyte_of_answer_is_read_quickly() {
    let text = "no such thing as an end to it ".repeat(40_000);
    let begun = std::time::Instant::now();
    assert_eq!(understood(&yes_no(), &text), "No, it fails too");
    assert!(begun.elapsed().as_secs() < 3, "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in ".{0,200}") {
        for question in [yes_no(), free_space()] {
            if let Some((at, _)) = read_answer(&question, &text) {
                prop_assert!(at < question.answers.len());
            }
        }
    }

    #[test]
    fn every_option_means_itself(upper in any::<bool>(), dots in 0_usize..3) {
        for question in [by_ip(), area(), yes_no(), free_space()] {
            for (at, answer) in question.answers.iter().enumerate() {
                let text = if upper { answer.option.to_uppercase() } else { answer.option.clone() };
                let text = format!(" {text}{}", ".".repeat(dots));
                prop_assert_eq!(read_answer(&question, &text), Some((at, Sureness::Exact)));
                prop_assert_eq!(read_answer(&question, &format!("#{}", at + 1)), Some((at, Sureness::Exact)));
            }
        }
    }
}
