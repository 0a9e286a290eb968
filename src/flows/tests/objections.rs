//! What changes the flow, and what is only mentioned beside the way.

use super::begun::{Begun, desk_at, desk_at_fix, flow};
use crate::ai::types::FixProgress;
use crate::flows::complaint::complains;
use crate::flows::format::Node;
use crate::flows::objection::Objection;

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
        ("outlook-credential-prompts", "", "this is about a week old"),
        ("outlook-credential-prompts", "", "about an hour"),
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
        ("teams-audio-video", "works without the dock", None),
        ("onedrive-sync-stuck", "it works without the VPN", None),
        ("teams-audio-video", "works without errors", Some("applied_success")),
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
        ("outlook-credential-prompts", "this is about a locked account", "ad-account-lockout"),
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
fn what_names_the_real_problem_is_followed_from_a_check_too() {
    let matcher = Begun("ad-account-lockout");
    let mut desk = desk_at(&matcher, "really locked");
    let said = desk.say("it is not the account, it is the vpn client, it stays at connecting");
    assert!(said.contains(&format!("“{}”", flow("vpn-cannot-connect").title)), "{said}");
}

#[test]
fn only_the_wrong_track_is_a_protest() {
    for text in ["wrong flow", "you misunderstood", "that's not what I meant"] {
        assert_eq!(Objection::of(text, None), Some(Objection::Track), "{text}");
    }
    #[rustfmt::skip]
    let of_topic = [
        "this is about the printer", "no, it's about outlook", "the real issue is the vpn", "it's not about her pc",
        "this is about a locked account", "no, it's about an expired certificate", "this is about a full disk",
    ];
    for text in of_topic {
        assert_eq!(Objection::of(text, None), Some(Objection::Topic), "{text}");
    }
    #[rustfmt::skip]
    let measured = [
        "no, it's about a week now", "this is about right", "this is about to expire", "he is not about",
        "this is about a week old", "this is about a third", "about an hour", "no, it's about an hour", "this is about a",
        "no, it's about a good week now", "this is about a couple of users", "this is about a 5 minute delay",
    ];
    for text in measured {
        assert_eq!(Objection::of(text, None), None, "{text}");
    }
}

#[test]
fn what_does_not_go_is_a_complaint() {
    #[rustfmt::skip]
    let complaining = [
        "actually her vpn isn't working", "turns out outlook isn't syncing", "her vpn isn't connecting",
        "mails didn't arrive", "couldn't log in to the VPN", "Teams hasn't worked since Monday",
        "nothing prints from her PC", "nobody can log in to the server",
        "it's the printer, was replaced yesterday and now nothing prints", "outlook wouldn't open",
        "the vpn never connects", "nothing is working", "nothing is working anymore since this morning",
        "nothing was working", "nothing seems to load", "since the update nothing would open", "nothing really works",
    ];
    for text in complaining {
        assert!(complains(text), "{text}");
    }
    #[rustfmt::skip]
    let quiet = [
        "she didn't open the attachment", "ran the scan, nothing found", "the user never prints",
        "he isn't working today", "outlook isn't open", "it isn't locked", "nothing is open", "nothing is stuck",
        "nothing was found", "nothing else to do", "nobody is working today",
    ];
    for text in quiet {
        assert!(!complains(text), "{text}");
    }
}
