//! What the blocks say, and what a turn makes of them.

use serde_json::json;

use super::*;
use crate::pilot::types::{FixOutcome, HypothesisStatus, ScriptLanguage, SourceType};
use DropReason::Invalid;

fn only(text: &str) -> Marker {
    let Parsed { prose, mut markers, dropped } = parsed(text);
    assert_eq!((prose.as_str(), &dropped[..], markers.len()), ("", &[][..], 1), "{text:?}");
    markers.remove(0)
}

#[test]
fn drafts_are_typed() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        only(r#"[QUESTIONS][{"text":"a?","why":" w ","options":["x",2,"",2.5]}][/QUESTIONS]"#),
        Marker::Questions(vec![QuestionDraft {
            text: "a?".into(),
            why: some("w"),
            options: vec!["x".into(), "2".into(), "2.5".into()],
        }])
    );
    assert_eq!(
        only(r#"[ACTIONS]{"label":"l","command":" ping ","description":"","expect":"e"}[/ACTIONS]"#),
        Marker::Actions(vec![ActionDraft {
            label: "l".into(),
            command: some(" ping "),
            description: None,
            expect: some("e"),
        }])
    );
    assert_eq!(
        only(
            r#"[PROMOTE][{"text":"t","source_type":"diagnostic_check","source_ref":"r"},
            {"text":"u","source_type":"hearsay"}][/PROMOTE]"#
        ),
        Marker::Promote(vec![PromoteDraft {
            text: "t".into(),
            source_type: SourceType::DiagnosticCheck,
            source_ref: some("r"),
        }])
    );
    assert_eq!(
        only(r#"[HYPOTHESES][{"text":"t","status":"ruled_out","evidence":"f1"}][/HYPOTHESES]"#),
        Marker::Hypotheses(vec![HypothesisDraft {
            text: "t".into(),
            status: HypothesisStatus::RuledOut,
            because: None,
            evidence: vec!["f1".into()],
        }])
    );
    assert_eq!(
        only(r#"[FIX_OUTCOME][{"outcome":"applied_partial","notes":"n"}][/FIX_OUTCOME]"#),
        Marker::FixOutcome(OutcomeDraft { outcome: FixOutcome::AppliedPartial, reason: None, notes: some("n") })
    );
    let fix = "[SUGGEST_FIX]{\"title\":\"t\",\"description\":\"d\",\"confidence\":\"85 %\",\
        \"script\":\"  a\n\tb\n\",\"language\":\"PowerShell\",\"parameters\":{\"x\":[1]},}[/SUGGEST_FIX]";
    assert_eq!(
        only(fix),
        Marker::SuggestFix(Box::new(FixDraft {
            title: "t".into(),
            description: "d".into(),
            confidence: 85,
            evidence: vec![],
            risk: None,
            rollback: None,
            template_id: None,
            script: some("  a\n\tb\n"),
            language: Some(ScriptLanguage::Powershell),
            parameters: Some(json!({"x": [1]})),
        }))
    );
}

#[test]
fn near_json_is_read_and_nothing_is_guessed() {
    for (json, text) in [
        (r#"{"text":"a\\",}"#, Some("a\\")),
        (r#"{"text":"\",}]\\",}"#, Some("\",}]\\")),
        ("{\"text\":\"a\nb\tc\u{1}\",}", Some("a\nb\tc\u{1}")),
        ("```json5\n{\"text\":\"```\"}\n```", Some("```")),
        ("{\"text\":\"a\\\nb\"}", None),
        (r#"{"text":"C:\Windows"}"#, None),
        (r#"{"text":"a"} {"text":"b"}"#, None),
        (r#"[{"text":"a"} {"text":"b"}]"#, None),
        (r#"{"text":,}"#, None),
        (r#"{text:"a"}"#, None),
        (
            r#"{"text":"a" // why
        }"#,
            None,
        ),
    ] {
        let parsed = parsed(&format!("[QUESTIONS] {json} [/QUESTIONS]"));
        let questions = TurnMarkers::from(parsed).questions;
        let texts = questions.map(|questions| questions[0].text.clone());
        assert_eq!(texts.as_deref(), text, "{json}");
    }
}

#[test]
fn confidence_is_clamped() {
    for (written, confidence) in [
        ("0", 0),
        ("72", 72),
        ("72.4", 72),
        ("72.5", 73),
        ("100", 100),
        ("100.4", 100),
        ("1e9", 100),
        ("-3", 0),
        ("-0.2", 0),
        ("\"72.6\"", 73),
        ("\" 90% \"", 90),
        ("18446744073709551615", 100),
    ] {
        let text =
            format!("[SUGGEST_FIX]{{\"title\":\"t\",\"description\":\"d\",\"confidence\":{written}}}[/SUGGEST_FIX]");
        let Marker::SuggestFix(fix) = only(&text) else { panic!("{written}") };
        assert_eq!(fix.confidence, confidence, "{written}");
    }
}

#[test]
fn objects_must_be_complete() {
    for block in [
        r#"[SUGGEST_FIX]{"title":"t","description":"d"}[/SUGGEST_FIX]"#,
        r#"[SUGGEST_FIX]{"title":"t","description":"d","confidence":"high"}[/SUGGEST_FIX]"#,
        r#"[SUGGEST_FIX]{"title":"t","description":"d","confidence":"NaN"}[/SUGGEST_FIX]"#,
        r#"[SUGGEST_FIX]{"title":"t","description":"d","confidence":null}[/SUGGEST_FIX]"#,
        r#"[SUGGEST_FIX]{"title":"t","description":"d","confidence":5,"language":"perl"}[/SUGGEST_FIX]"#,
        "[SUGGEST_FIX][][/SUGGEST_FIX]",
        r#"[FIX_OUTCOME][{"outcome":"dismissed"},{"outcome":"dismissed"}][/FIX_OUTCOME]"#,
        r#"[FIX_OUTCOME]{"outcome":"great"}[/FIX_OUTCOME]"#,
        r#"[PROMOTE]{"text":"t","source_type":"hearsay"}[/PROMOTE]"#,
        r#"[HYPOTHESES][{"text":"t"}][/HYPOTHESES]"#,
    ] {
        check(block, "", &[], &[Invalid]);
    }
}

#[test]
fn markers_of_a_turn_count_together() {
    let turn = |text: &str| TurnMarkers::from(parsed(text));
    assert_eq!(turn("nothing"), TurnMarkers::default());
    assert_eq!(turn("[PROMOTE][][/PROMOTE]"), TurnMarkers::default());
    let cleared = turn("[QUESTIONS][][/QUESTIONS][ACTIONS] [ ] [/ACTIONS][HYPOTHESES]```json\n[]\n```[/HYPOTHESES]");
    assert_eq!((cleared.questions, cleared.actions, cleared.hypotheses), (Some(vec![]), Some(vec![]), Some(vec![])));
    let both = turn(
        r#"[QUESTIONS]{"text":"a"}[/QUESTIONS] [FIX_OUTCOME]{"outcome":"dismissed"}[/FIX_OUTCOME]
        [QUESTIONS]{"text":"b"}[/QUESTIONS] [FIX_OUTCOME]{"outcome":"applied_failed"}[/FIX_OUTCOME]
        [FIX_OUTCOME]{"outcome":"?"}[/FIX_OUTCOME]"#,
    );
    assert_eq!(both.questions.map(|questions| questions.len()), Some(2));
    assert_eq!(both.outcome.map(|outcome| outcome.outcome), Some(FixOutcome::AppliedFailed));
}
