//! What a pasted output says of a check.

use super::all_flows;
use super::begun::{Begun, check, desk_at};
use crate::ai::types::CheckOutcome;
use crate::flows::talk::result_of;

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
fn a_remark_below_or_above_an_output_is_read_as_one() {
    let (pass, fail) = (Some(CheckOutcome::Pass), Some(CheckOutcome::Fail));
    let (lock, spooler) = (("ad-account-lockout", "lock-state"), ("printer-queue-stuck", "spooler-service"));
    let adapter = ("no-ip-address", "adapter-check");
    let list = "Enabled : True\nName    : jdoe\n";
    let locked = "Name LockedOut\n---- ---------\njdoe True\n";
    let free = "Name LockedOut\n---- ---------\njdoe False\n";
    let running = "Status  StartType Name\n------  --------- ----\nRunning Automatic Spooler\n";
    let up = "Name Status\n---- ------\nLAN  Up\n";
    let two = "Name LockedOut\n---- ---------\njdoe True\nasmi False\n";
    for ((slug, id), output, remark, result) in [
        // both say the same
        (lock, locked, "so it is locked", fail),
        (lock, free, "looks fine to me", pass),
        (spooler, running, "looks good", pass),
        (adapter, up, "looks good", pass),
        // only the output says something
        (lock, locked, "that is what I get", fail),
        (lock, free, "as she sent it to me", pass),
        (lock, locked, "here it is:", fail),
        // only the remark does
        (lock, list, "so it is locked", fail),
        (lock, list, "the account is locked", fail),
        (lock, two, "the account is still locked", fail),
        (spooler, "```\nStopped\n```\n", "it failed", fail),
        // a yes or no is meant for the label
        (spooler, &running.replace("Running", "Stopped"), "no, stopped", fail),
        (spooler, running, "no, stopped", None),
        (lock, locked, "yes, locked", fail),
        // an output that does not show what it should passes nothing
        (lock, list, "looks fine to me", None),
        (lock, "```\nEnabled,LockedOut\nTrue,True\n```\n", "looks fine to me", None),
        (lock, list, "it is not locked", None),
        (lock, two, "looks fine to me", None),
        (spooler, "Status : Running\n", "looks good", None),
        // they contradict each other
        (lock, locked, "looks fine to me", None),
        (lock, free, "so it is locked", None),
        (spooler, &running.replace("Running", "Stopped"), "that is fine", None),
        // neither says anything
        (lock, list, "this is what I get", None),
        (lock, list, "no idea what it means", None),
        (lock, list, "is it locked?", None),
    ] {
        for text in [format!("{output}{remark}"), format!("{remark}\n{output}"), format!("{output}\n{remark}\n")] {
            assert_eq!(result_of(check(slug, id), &text, false), result, "{slug} {id}: {text}");
        }
    }
    for (text, result) in [
        ("LockedOut\n---------\nTrue", fail),
        ("LockedOut\n---------\nFalse", pass),
        ("LockedOut Name\n--------- ----\nFalse     This is fine\nTrue      it is so", None),
        ("Status  Name\n------  ----\nRunning It is so\nStopped so it is", None),
        // what may be a row of the table is one
        ("Name LockedOut\n---- ---------\njdoe False\nthis is what she sent me", None),
        ("Name LockedOut\n---- ---------\njdoe False\n\nthis is what she sent me", pass),
        ("it is locked", fail),
        ("it is not locked", None),
        ("so she is locked out", fail),
        ("still locked", fail),
        ("can't log in, account locked", fail),
        ("locked out by bitlocker after an update", None),
        ("locked my bike", None),
        ("no longer locked", None),
        ("was locked yesterday", None),
        ("Enabled : True\nso LockedOut is True", fail),
        ("LockedOut : True\nlockedout is what counts", fail),
        ("is that ok\nLockedOut : True", fail),
        ("her screen is locked", None),
        ("maybe it is locked", None),
    ] {
        assert_eq!(result_of(check(lock.0, lock.1), text, false), result, "{text}");
    }
}

#[test]
fn a_state_is_told_by_the_words_before_it() {
    let told = |text: &str| result_of(check("vpn-cannot-connect", "account-state"), text, false);
    for text in ["so he is locked out", "it is not enabled", "the account isn't enabled"] {
        assert_eq!(told(text), Some(CheckOutcome::Fail), "{text}");
    }
    for text in ["so it is enabled and not locked", "it is enabled, not locked", "it is not locked"] {
        assert_eq!(told(text), None, "{text}");
    }
}

#[test]
fn output_that_decides_nothing_is_kept_with_its_check() {
    let label = &check("ad-account-lockout", "lock-state").label;
    let matcher = Begun("ad-account-lockout");
    let mut desk = desk_at(&matcher, label);
    let facts = desk.situation.facts.len();
    let output = "PasswordExpired : False\nEnabled : True\nName : jdoe";
    let said = desk.say(output);
    assert!(said.contains("stands with its check"), "{said}");
    assert_eq!(desk.item(label).output.as_deref(), Some(output));
    assert_eq!(desk.situation.facts.len(), facts, "nobody has said what it means");
    assert!(desk.texts().contains(label), "the check stays open");
}
