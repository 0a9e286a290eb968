//! The grammar of conditions: what holds, what does not, what is refused.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{conditions, fields};

fn ticket() -> Value {
    json!({
        "id": 5, "summary": "Printer [3rd floor] \"offline\"", "board": { "id": 1, "name": "Help Desk" },
        "status": { "id": 16, "name": "New" }, "closedFlag": false, "company": { "id": 250, "identifier": "ACME" },
        "_info": { "lastUpdated": "2026-01-31T10:00:00Z" }, "~configuration": { "id": [55, 56] },
    })
}

fn holds(text: &str) -> Option<bool> {
    conditions::read(text, fields::TICKET).ok().map(|condition| condition.holds(&ticket()))
}

#[test]
fn conditions_hold_as_documented() {
    for (text, expected) in [
        ("", true),
        ("id=5", true),
        ("id != 5", false),
        ("id < 6 AND id <= 5 and id > 4 and id >= 5", true),
        ("id in (1, 5)", true),
        ("id not in (1,5)", false),
        ("summary contains \"printer\"", true),
        ("summary not contains 'printer'", false),
        ("summary contains \"[[]3rd\"", true),
        ("summary contains \"[3rd\"", false),
        ("summary contains \"\\\"offline\\\"\"", true),
        ("summary like \"Printer%\"", true),
        ("summary like \"*offline*\"", true),
        ("summary like \"offline\"", false),
        ("summary not like \"Outlook%\"", true),
        ("board/id=1 and status/name=\"new\"", true),
        ("board/id=2 OR (status/id=16 AND company/identifier=\"ACME\")", true),
        ("board/id=2 or board/id=3 and id=5", false),
        ("owner = null", true),
        ("owner != null", false),
        ("owner/identifier = \"jdoe\"", false),
        ("owner/identifier != \"jdoe\"", false),
        ("closedFlag = False", true),
        ("lastUpdated > [2026-01-31]", true),
        ("lastUpdated > [2026-01-31T10:00:00Z]", false),
        ("lastUpdated >= [2026-01-31T10:00:00Z]", true),
        ("configuration/id=56", true),
        ("configuration/id=57", false),
    ] {
        assert_eq!(holds(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_not_documented_is_refused() {
    for text in [
        "boardd/name = \"x\"",
        "dateEntered > [2026-01-31]",
        "_info/dateEntered > [2026-01-31]",
        "status = \"New\"",
        "id = \"5\"",
        "id contains 5",
        "summary = New",
        "summary = \"one \\n two\"",
        "summary = \"one \n two\"",
        "summary = \"not ended",
        "lastUpdated > \"2026-01-31\"",
        "lastUpdated > [yesterday]",
        "closedFlag > true",
        "id = 5 and",
        "(id = 5",
        "id = 5)",
        "id in 5",
        "id 5",
        "id = 5 or configuration/id=55",
        "customFields = null",
    ] {
        assert_eq!(holds(text), None, "{text}");
    }
}

#[test]
fn a_name_that_is_not_known_is_said() {
    let refusal = conditions::read("foo/name=\"x\"", fields::TICKET).unwrap_err();
    let body: Value = serde_json::from_slice(&refusal.body).unwrap();
    assert_eq!(refusal.status, 400);
    assert_eq!(
        body,
        json!({ "code": "ApiFindCondition", "message": "foo/name is not a recognized name.", "errors": null })
    );
}

#[test]
fn rows_of_an_array_have_conditions_of_their_own() {
    let contact = json!({ "communicationItems": [
        { "value": "a@b.c", "communicationType": "Email" }, { "value": "555", "communicationType": "Phone" },
    ] });
    for (text, expected) in [
        ("communicationItems/value=\"a@b.c\" AND communicationItems/communicationType=\"Email\"", true),
        ("communicationItems/value=\"a@b.c\" AND communicationItems/communicationType=\"Phone\"", false),
    ] {
        let (name, condition) = conditions::read_child(text, fields::CONTACT).unwrap();
        let rows = contact[&name].as_array().unwrap();
        assert_eq!(rows.iter().any(|row| condition.holds(row)), expected, "{text}");
    }
    assert!(conditions::read_child("firstName=\"x\"", fields::CONTACT).is_err());
}

/// What `read` understands and what it means, side by side.
fn condition() -> impl Strategy<Value = (String, bool)> {
    let id = (0_i64..10, prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="])).prop_map(|(n, sign)| {
        let holds = match sign {
            "=" => 5 == n,
            "!=" => 5 != n,
            "<" => 5 < n,
            "<=" => 5 <= n,
            ">" => 5 > n,
            _ => 5 >= n,
        };
        (format!("id {sign} {n}"), holds)
    });
    let board = (0_i64..3).prop_map(|n| (format!("board/id={n}"), n == 1));
    let flag = any::<bool>().prop_map(|flag| (format!("closedFlag = {flag}"), !flag));
    prop_oneof![id, board, flag].prop_recursive(4, 24, 3, |inner| {
        let joined = |sign: &'static str, all: bool| {
            move |parts: Vec<(String, bool)>| {
                let holds = if all { parts.iter().all(|part| part.1) } else { parts.iter().any(|part| part.1) };
                let texts: Vec<String> = parts.into_iter().map(|part| format!("({})", part.0)).collect();
                (texts.join(sign), holds)
            }
        };
        let parts = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![parts().prop_map(joined(" AND ", true)), parts().prop_map(joined(" or ", false))]
    })
}

proptest! {
    #[test]
    fn and_or_and_parentheses_mean_what_they_say((text, expected) in condition()) {
        prop_assert_eq!(holds(&text), Some(expected), "{}", text);
    }

    #[test]
    fn a_text_that_is_escaped_is_found_as_it_is(text in "[^\\p{C}]{1,20}", around in "[a-z ]{0,5}") {
        let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
        let pattern = quoted.replace('[', "[[]");
        let record = json!({ "summary": format!("{around}{text}{around}") });
        let read = |text: &str| conditions::read(text, fields::TICKET).unwrap();
        let contains = format!("summary contains \"{pattern}\"");
        prop_assert!(read(&contains).holds(&record));
        let is = format!("summary = \"{quoted}\"");
        let found = read(&is).holds(&json!({ "summary": text }));
        prop_assert!(found);
    }

    #[test]
    fn nothing_breaks_it(text in ".{0,60}") {
        let _ = conditions::read(&text, fields::TICKET);
        let _ = conditions::read_child(&text, fields::CONTACT);
    }
}
