//! What a message says of a fix: that it worked, failed, helped in part, is not wanted, or nothing.

use crate::flows::talk::{Said, about_fix};

#[test]
fn fixes_get_their_outcome_in_many_words() {
    for (text, said) in [
        ("that worked", Said::Worked),
        ("it's fixed, thanks", Said::Worked),
        ("The problem is gone", Said::Worked),
        ("no more prompts", Said::Worked),
        ("works now", Said::Worked),
        ("didn't help", Said::Failed),
        ("It did not work", Said::Failed),
        ("still the same error", Said::Failed),
        ("no change", Said::Failed),
        ("not fixed", Said::Failed),
        ("that never worked", Said::Failed),
        ("it is not really working", Said::Failed),
        ("partly, the share opens but the drive does not", Said::Partly),
        ("works for some users", Said::Partly),
        ("dismiss it, the customer does not want that", Said::Dismissed),
        ("done", Said::JustApplied),
        ("I ran the script", Said::JustApplied),
    ] {
        assert_eq!(about_fix(text, false), Some(said), "{text}");
    }
    for nothing in
        ["did it work for the others?", "how do I know it worked?", "", "the user calls back at four", "yes", "no"]
    {
        assert_eq!(about_fix(nothing, false), None, "{nothing}");
    }
    assert_eq!(about_fix("yes", true), Some(Said::Worked));
    assert_eq!(about_fix("nope", true), Some(Said::Failed));
}

/// A fix that was applied, so that yes and no count.
fn after_a_fix(rows: &[(Option<Said>, &[&str])]) {
    for (said, texts) in rows {
        for text in *texts {
            assert_eq!(about_fix(text, true), *said, "{text}");
        }
    }
}

#[test]
fn where_a_fix_works_says_whether_it_helped() {
    after_a_fix(&[
        (
            Some(Said::Worked),
            &[
                "yes that worked for the user, thank you",
                "yes it works on her pc, thanks a lot",
                "it works for the user, thanks",
                "works for me",
                "ok worked for us",
                "works with the new password, thanks",
                "worked on the second try",
                "works in outlook and in webmail",
                "that worked in the end",
                "works for her, one more question",
            ],
        ),
        (Some(Said::Failed), &["nothing works on her phone", "it never worked on her phone"]),
        (
            None,
            &[
                "works on her phone",
                "works on his other pc",
                "it works for the others",
                "works at home",
                "works in webmail",
                "works elsewhere",
                "worked for an hour",
                "works on her phone, not sure about the pc",
            ],
        ),
    ]);
}

#[test]
fn what_it_works_without_is_no_word_of_the_fix() {
    after_a_fix(&[
        (
            None,
            &[
                "works without the dock",
                "it works without the VPN",
                "works fine without the docking station",
                "works only without the add-in",
                "without the dock it works",
                "works again without the dock",
                "works now without the VPN",
            ],
        ),
        (
            Some(Said::Worked),
            &[
                "works without errors",
                "it works without any problems now",
                "works, no errors",
                "outlook works without asking for the password",
                "works without the password prompt",
                "worked without a hitch",
                "it works now, even without the VPN",
                "yes, it works without the dock",
                "no, wait, it works",
            ],
        ),
        (
            Some(Said::Failed),
            &[
                "doesn't work without the dock",
                "nothing works without the dock",
                "never works without the VPN",
                "restarted without success",
                "nothing works, no errors shown",
            ],
        ),
    ]);
}

#[test]
fn later_is_no_outcome_but_what_happens_now_is() {
    after_a_fix(&[
        (Some(Said::Failed), &["no, now it says access denied", "no, now outlook crashes", "no, today it was slow"]),
        (
            None,
            &["no, not now", "not yet", "no, tomorrow", "no, not today", "no, in a meeting", "no, not until monday"],
        ),
        (
            Some(Said::Dismissed),
            &[
                "cant do that now, skip it",
                "not possible right now, use another fix",
                "cant do that today, next fix please",
            ],
        ),
        (None, &["cant do that now", "not possible right now", "yes, later"]),
    ]);
}

#[test]
fn what_came_back_is_the_service_or_the_problem() {
    after_a_fix(&[
        (
            Some(Said::Worked),
            &[
                "its back online",
                "its back to normal",
                "its back up and running",
                "wifi came back, all good",
                "no errors any more",
                "no issues any more",
                "no more issues",
                "there are no errors anymore",
            ],
        ),
        (
            Some(Said::Failed),
            &[
                "it's back",
                "it's back again",
                "the error came back",
                "its not back to normal",
                "all good for an hour, then it came back",
            ],
        ),
        (None, &["its back up", "no issues so far", "no longer asks"]),
    ]);
}

#[test]
fn what_is_put_off_is_not_dismissed() {
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
