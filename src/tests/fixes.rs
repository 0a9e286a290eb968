//! Suggested fixes over REST: which step may follow which (P2.3).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Case, text};

const ANOTHER: &str = r#"[SUGGEST_FIX]{"title": "Make a new profile", "description": "In Control Panel.", "confidence": 140}[/SUGGEST_FIX]"#;
const WORKED: &str = r#"[FIX_OUTCOME]{"outcome": "applied_success", "reason": "The user says so."}[/FIX_OUTCOME]"#;

async fn outcome(case: &Case, fix: &str, outcome: &str, notes: Option<&str>) -> Answer {
    case.engineer.patch(&format!("{fix}/outcome"), json!({ "outcome": outcome, "notes": notes })).await
}

async fn decide(case: &Case, fix: &str, decision: &str) -> Answer {
    case.engineer.post(&format!("{fix}/decision"), json!({ "decision": decision })).await
}

/// Every step that can be taken on a fix.
async fn every_step(case: &Case, fix: &str) -> Vec<(&'static str, Answer)> {
    let steps = [
        ("one_off", Method::POST, "decision", json!({ "decision": "one_off" })),
        ("dismissed as a decision", Method::POST, "decision", json!({ "decision": "dismissed" })),
        ("apply", Method::POST, "apply", json!({})),
        ("worked", Method::PATCH, "outcome", json!({ "outcome": "applied_success" })),
        ("failed", Method::PATCH, "outcome", json!({ "outcome": "applied_failed" })),
        ("partial", Method::PATCH, "outcome", json!({ "outcome": "applied_partial", "notes": "half" })),
        ("dismissed as an outcome", Method::PATCH, "outcome", json!({ "outcome": "dismissed" })),
        ("script", Method::PATCH, "script", json!({ "script": "x" })),
    ];
    let mut answers = Vec::new();
    for (what, method, to, body) in steps {
        answers.push((what, case.engineer.call(method, &format!("{fix}/{to}"), body).await));
    }
    answers
}

#[tokio::test]
async fn a_suggestion_becomes_the_active_fix() {
    let case = Case::with_lane().await;
    let fix = case.engineer.get(&case.at("suggested-fixes/active")).await.expect(200);
    assert_eq!(
        (&fix["title"], &fix["status"], &fix["confidence"]),
        (&json!("Clear the saved password"), &json!("proposed"), &json!(70))
    );
    assert!(fix["applied_at"].is_null() && fix["verified_at"].is_null() && fix["superseded_at"].is_null(), "{fix}");
    assert_eq!(case.look().await["active_fix"], fix);
}

#[tokio::test]
async fn a_fix_is_unfounded_unless_its_evidence_exists() {
    let case = Case::with_lane().await;
    assert_eq!(case.look().await["active_fix"]["unfounded"], true);
    case.answer(json!("Yes")).await;
    let evidence = json!([case.question().await, uuid::Uuid::now_v7(), "nonsense", case.check().await]);
    let fix = json!({ "title": "t", "description": "d", "confidence": 50, "evidence": evidence });
    case.turn("", &format!("[SUGGEST_FIX]{fix}[/SUGGEST_FIX]")).await;
    let active = case.look().await["active_fix"].clone();
    assert_eq!((&active["unfounded"], &active["evidence"]), (&json!(false), &json!([case.question().await])));
}

#[tokio::test]
async fn without_a_fix_the_active_one_is_not_found() {
    let case = Case::new().await;
    case.engineer.get(&case.at("suggested-fixes/active")).await.refused(404);
}

#[tokio::test]
async fn a_new_suggestion_supersedes_the_active_one() {
    let case = Case::with_lane().await;
    case.turn("And now?", ANOTHER).await;
    let all = case.engineer.get(&case.at("suggested-fixes")).await.expect(200);
    assert_eq!((&all[0]["title"], &all[0]["confidence"]), (&json!("Make a new profile"), &json!(100)));
    assert!(all[0]["superseded_at"].is_null() && all[1]["superseded_at"].is_string(), "{all}");
    assert_eq!(case.look().await["active_fix"]["id"], all[0]["id"]);
}

#[tokio::test]
async fn no_step_can_be_taken_on_a_superseded_fix() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    case.turn("And now?", ANOTHER).await;
    for (what, answer) in every_step(&case, &fix).await {
        assert_eq!(answer.refused(409), "fix_superseded", "{what}");
    }
}

#[tokio::test]
async fn a_fix_that_worked_takes_no_further_step_and_stays_active() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    outcome(&case, &fix, "applied_success", None).await.expect(200);
    for (what, answer) in every_step(&case, &fix).await {
        assert_eq!(answer.refused(409), "fix_final", "{what}");
    }
    assert_eq!(case.fix().await, fix);
}

#[tokio::test]
async fn a_fix_that_failed_takes_no_further_step_and_stays_active() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    let failed = outcome(&case, &fix, "applied_failed", Some("The box came back.")).await.expect(200);
    assert_eq!((&failed["failure_reason"], failed["verified_at"].is_string()), (&json!("The box came back."), true));
    for (what, answer) in every_step(&case, &fix).await {
        assert_eq!(answer.refused(409), "fix_final", "{what}");
    }
    assert_eq!(case.fix().await, fix);
}

#[tokio::test]
async fn a_partial_outcome_needs_notes() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    for notes in [None, Some(""), Some(" \n")] {
        let refused = outcome(&case, &fix, "applied_partial", notes).await.expect(422);
        assert_eq!(refused["errors"][0]["field"], "notes", "{refused}");
    }
    let partial = outcome(&case, &fix, "applied_partial", Some("One of two PCs.")).await.expect(200);
    assert_eq!((&partial["status"], &partial["partial_notes"]), (&json!("applied_partial"), &json!("One of two PCs.")));
    assert!(partial["applied_at"].is_string() && partial["verified_at"].is_null(), "{partial}");
}

#[tokio::test]
async fn a_partly_applied_fix_may_still_work_or_fail_but_not_be_dismissed() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    outcome(&case, &fix, "applied_partial", Some("One of two.")).await.expect(200);
    assert_eq!(outcome(&case, &fix, "dismissed", None).await.refused(409), "fix_final");
    assert_eq!(decide(&case, &fix, "dismissed").await.refused(409), "fix_final");
    outcome(&case, &fix, "applied_partial", Some("Two of three.")).await.expect(200);
    let done = outcome(&case, &fix, "applied_success", None).await.expect(200);
    assert!(done["verified_at"].is_string(), "{done}");
}

#[tokio::test]
async fn any_applied_outcome_says_that_it_was_applied_and_keeps_when() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    let applied = case.engineer.post(&format!("{fix}/apply"), json!({})).await.expect(200);
    let done = outcome(&case, &fix, "applied_success", None).await.expect(200);
    assert!(applied["applied_at"].is_string());
    assert_eq!(done["applied_at"], applied["applied_at"]);
}

#[tokio::test]
async fn saying_i_did_this_twice_counts_once() {
    let case = Case::with_lane().await;
    let apply = format!("{}/apply", case.fix().await);
    let first = case.engineer.post(&apply, json!({})).await.expect(200);
    assert_eq!(case.engineer.post(&apply, json!({})).await.expect(200), first);
}

#[tokio::test]
async fn dismissing_supersedes_whichever_way_it_is_said() {
    for way in ["decision", "outcome"] {
        let case = Case::with_lane().await;
        let fix = case.fix().await;
        let dismiss = async || match way {
            "decision" => decide(&case, &fix, "dismissed").await,
            _ => outcome(&case, &fix, "dismissed", None).await,
        };
        dismiss().await.expect(200);
        let known = case.engineer.get(&case.at("suggested-fixes")).await.expect(200)[0].clone();
        assert_eq!(known["status"], "dismissed", "{way}");
        assert!(known["superseded_at"].is_string() && known["applied_at"].is_null(), "{known}");
        assert_eq!(dismiss().await.refused(409), "fix_superseded", "{way}");
        case.engineer.get(&case.at("suggested-fixes/active")).await.expect(404);
    }
}

#[tokio::test]
async fn taking_the_script_once_gives_it_and_says_that_it_was_applied() {
    let case = Case::with_lane().await;
    let decided = decide(&case, &case.fix().await, "one_off").await.expect(200);
    assert_eq!(decided["rendered_script"], "cmdkey /list");
    assert_eq!(decided["fix"]["user_decision"], "one_off");
    assert!(decided["fix"]["applied_at"].is_string(), "{decided}");
}

#[tokio::test]
async fn the_script_can_be_edited_while_it_is_taken() {
    let case = Case::with_lane().await;
    let body = json!({ "decision": "one_off", "script": "cmdkey /delete:contoso" });
    let decided = case.engineer.post(&format!("{}/decision", case.fix().await), body).await.expect(200);
    assert_eq!(decided["rendered_script"], "cmdkey /delete:contoso");
    assert_eq!(decided["fix"]["script"], decided["rendered_script"]);
}

#[tokio::test]
async fn editing_the_script_is_no_commitment_to_run_it() {
    let case = Case::with_lane().await;
    let fix =
        case.engineer.patch(&format!("{}/script", case.fix().await), json!({ "script": "whoami" })).await.expect(200);
    assert_eq!(
        (&fix["script"], &fix["applied_at"], &fix["user_decision"]),
        (&json!("whoami"), &Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_fix_without_a_script_has_nothing_to_take() {
    let case = Case::new().await;
    case.turn("hi", ANOTHER).await;
    let fix = case.fix().await;
    for decision in ["one_off", "draft_template", "build_template"] {
        assert_eq!(decide(&case, &fix, decision).await.refused(400), "malformed", "{decision}");
    }
    assert!(case.look().await["active_fix"]["applied_at"].is_null());
}

#[tokio::test]
async fn the_ais_word_on_an_outcome_is_only_a_proposal() {
    let case = Case::with_lane().await;
    let events = case.turn("It works now.", WORKED).await;
    assert!(events.iter().any(|event| event.name == "outcome_proposal"));
    let fix = case.look().await["active_fix"].clone();
    assert_eq!((&fix["status"], &fix["verified_at"]), (&json!("proposed"), &Value::Null));
    assert_eq!(fix["ai_outcome_proposal"]["outcome"], "applied_success");
}

#[tokio::test]
async fn a_proposal_that_was_turned_down_stays_so() {
    let case = Case::with_lane().await;
    case.turn("It works now.", WORKED).await;
    let proposal = format!("{}/outcome-proposal", case.fix().await);
    case.engineer.delete(&proposal).await.expect(204);
    assert_eq!(case.look().await["active_fix"]["ai_outcome_proposal"], Value::Null);
    assert_eq!(case.engineer.delete(&proposal).await.refused(409), "no_outcome_proposal");
}

#[tokio::test]
async fn an_outcome_by_a_person_settles_the_ais_proposal() {
    let case = Case::with_lane().await;
    case.turn("It works now.", WORKED).await;
    let fix = outcome(&case, &case.fix().await, "applied_success", None).await.expect(200);
    assert_eq!((&fix["status"], &fix["ai_outcome_proposal"]), (&json!("applied_success"), &Value::Null));
}

#[tokio::test]
async fn a_proposal_without_a_fix_that_waits_for_one_is_dropped() {
    let case = Case::new().await;
    let events = case.turn("It works now.", WORKED).await;
    let dropped = events.iter().find(|event| event.name == "marker_dropped").expect("a word about it");
    assert_eq!(dropped.data["name"], "FIX_OUTCOME");
}

#[tokio::test]
async fn a_proposal_that_could_not_be_confirmed_is_dropped() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    outcome(&case, &fix, "applied_partial", Some("One of two.")).await.expect(200);
    let said = r#"[FIX_OUTCOME]{"outcome": "dismissed", "reason": "Not for here."}[/FIX_OUTCOME]"#;
    let events = case.turn("Forget it.", said).await;
    assert!(events.iter().any(|event| event.name == "marker_dropped"), "{events:?}");
    assert_eq!(case.look().await["active_fix"]["ai_outcome_proposal"], Value::Null);
}

#[tokio::test]
async fn an_outcome_is_about_the_fix_before_the_one_that_is_suggested_beside_it() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    case.engineer.post(&format!("{fix}/apply"), json!({})).await.expect(200);
    let failed = r#"[FIX_OUTCOME]{"outcome": "applied_failed", "reason": "It came back."}[/FIX_OUTCOME]"#;
    case.turn("It did not help.", &format!("{ANOTHER}{failed}")).await;
    let now = case.look().await;
    let active = &now["active_fix"];
    assert_eq!((&active["title"], &active["ai_outcome_proposal"]), (&json!("Make a new profile"), &Value::Null));
    assert_eq!(now["earlier_fixes"][0]["ai_outcome_proposal"]["outcome"], "applied_failed");
}

#[tokio::test]
async fn a_fix_that_is_not_for_here_makes_room_for_the_one_beside_it() {
    let case = Case::with_lane().await;
    let dismissed = r#"[FIX_OUTCOME]{"outcome": "dismissed", "reason": "Not for here."}[/FIX_OUTCOME]"#;
    case.turn("Something else.", &format!("{dismissed}{ANOTHER}")).await;
    let now = case.look().await;
    assert_eq!(
        (&now["active_fix"]["title"], &now["active_fix"]["ai_outcome_proposal"]),
        (&json!("Make a new profile"), &Value::Null)
    );
    assert_eq!(now["earlier_fixes"][0]["ai_outcome_proposal"]["outcome"], "dismissed");
}

#[tokio::test]
async fn an_outcome_of_nothing_is_not_one_of_the_fix_that_is_suggested_beside_it() {
    let case = Case::new().await;
    case.turn("It works now.", &format!("{WORKED}{ANOTHER}")).await;
    let active = case.look().await["active_fix"].clone();
    assert_eq!((&active["title"], &active["ai_outcome_proposal"]), (&json!("Make a new profile"), &Value::Null));
}

#[tokio::test]
async fn of_two_outcomes_at_once_one_counts() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    let (one, other) =
        tokio::join!(outcome(&case, &fix, "applied_success", None), outcome(&case, &fix, "applied_failed", None));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(text(&case.look().await["active_fix"]["id"]).len(), 36);
}

#[tokio::test]
async fn keeping_the_script_gives_it_back_queues_one_draft_and_counts_as_applied() {
    let case = Case::with_lane().await;
    let fix = case.fix().await;
    let first = decide(&case, &fix, "draft_template").await.expect(200);
    assert_eq!(first["rendered_script"], "cmdkey /list");
    assert!(first["fix"]["applied_at"].is_string() && first["draft_template_id"].is_string(), "{first}");
    let again = decide(&case, &fix, "draft_template").await.expect(200);
    assert_eq!(again["draft_template_id"], first["draft_template_id"]);
}

#[tokio::test]
async fn building_a_template_says_where_to_go_on_and_applies_nothing() {
    let case = Case::with_lane().await;
    let decided = decide(&case, &case.fix().await, "build_template").await.expect(200);
    assert_eq!(decided["redirect_path"], json!(format!("/pilot/{}?script", case.id())));
    assert_eq!(
        (&decided["fix"]["applied_at"], &decided["fix"]["user_decision"]),
        (&Value::Null, &json!("build_template"))
    );
}

#[tokio::test]
async fn a_reload_still_knows_the_earlier_fixes_and_what_became_of_them() {
    let case = Case::with_lane().await;
    outcome(&case, &case.fix().await, "applied_failed", Some("It came back.")).await.expect(200);
    case.turn("And now?", ANOTHER).await;
    let earlier = case.look().await["earlier_fixes"].clone();
    assert_eq!(
        (&earlier[0]["status"], &earlier[0]["failure_reason"]),
        (&json!("applied_failed"), &json!("It came back."))
    );
}
