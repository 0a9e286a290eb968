//! What a pasted output says of a check.

use super::all_flows;
use super::begun::check;
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
