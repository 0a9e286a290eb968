//! Names and types of what the simulator answers: all of it is in the reference (connectwise.md §6–§11), nothing else is.

use serde_json::{Value, json};

use super::Caller;

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
enum Is {
    Int,
    Num,
    Str,
    Bool,
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    Ref(&'static [(&'static str, Is)]),
    Rows(&'static [(&'static str, Is)]),
}

use Is::{Bool, Int, Num, Ref, Rows, Str, Time, Word};

type Shape = &'static [(&'static str, Is)];

const NAMED: Is = Ref(&[("id", Int), ("name", Str)]);
const CODED: Is = Ref(&[("id", Int), ("identifier", Str), ("name", Str)]);
const INFO: Is = Ref(&[("lastUpdated", Time), ("updatedBy", Str), ("dateEntered", Time), ("enteredBy", Str)]);
const LEVEL: Is = Word(&["Low", "Medium", "High"]);

const TICKET: Shape = &[
    ("id", Int),
    ("summary", Str),
    ("recordType", Word(&["ServiceTicket", "ProjectTicket", "ProjectIssue"])),
    ("board", NAMED),
    ("status", Ref(&[("id", Int), ("name", Str), ("sort", Int)])),
    ("owner", CODED),
    ("priority", Ref(&[("id", Int), ("name", Str), ("sort", Int), ("level", Str)])),
    ("severity", LEVEL),
    ("impact", LEVEL),
    ("company", CODED),
    ("contact", NAMED),
    ("contactName", Str),
    ("contactPhoneNumber", Str),
    ("contactEmailAddress", Str),
    ("actualHours", Num),
    ("automaticEmailContactFlag", Bool),
    ("automaticEmailResourceFlag", Bool),
    ("automaticEmailCcFlag", Bool),
    ("customerUpdatedFlag", Bool),
    ("closedFlag", Bool),
    ("closedDate", Time),
    ("closedBy", Str),
    ("resources", Str),
    ("hasChildTicket", Bool),
    ("_info", INFO),
];

const NOTE: Shape = &[
    ("id", Int),
    ("ticketId", Int),
    ("text", Str),
    ("detailDescriptionFlag", Bool),
    ("internalAnalysisFlag", Bool),
    ("resolutionFlag", Bool),
    ("issueFlag", Bool),
    ("member", CODED),
    ("contact", NAMED),
    ("customerUpdatedFlag", Bool),
    ("processNotifications", Bool),
    ("dateCreated", Time),
    ("createdBy", Str),
    ("internalFlag", Bool),
    ("externalFlag", Bool),
    ("_info", INFO),
];

/// What `allNotes` adds.
const ANY_NOTE: Shape = &[
    ("noteType", Word(&["TicketNote", "TimeEntryNote", "MeetingNote"])),
    ("ticket", Ref(&[("id", Int), ("summary", Str)])),
    ("isMarkdownFlag", Bool),
    ("timeStart", Time),
    ("timeEnd", Time),
    ("bundledFlag", Bool),
    ("mergedFlag", Bool),
    ("originalAuthor", Str),
];

const BOARD: Shape = &[("id", Int), ("name", Str), ("inactiveFlag", Bool), ("projectFlag", Bool), ("_info", INFO)];

const STATUS: Shape = &[
    ("id", Int),
    ("name", Str),
    ("board", NAMED),
    ("sortOrder", Int),
    ("displayOnBoard", Bool),
    ("inactive", Bool),
    ("closedStatus", Bool),
    ("timeEntryNotAllowed", Bool),
    ("defaultFlag", Bool),
    ("escalationStatus", Word(&["NotResponded", "Responded", "ResolutionPlan", "Resolved", "NoEscalation"])),
    ("customerPortalFlag", Bool),
    ("saveTimeAsNote", Bool),
    ("_info", INFO),
];

const PRIORITY: Shape = &[
    ("id", Int),
    ("name", Str),
    ("color", Str),
    ("sortOrder", Int),
    ("defaultFlag", Bool),
    ("level", Str),
    ("_info", INFO),
];

const MEMBER: Shape = &[
    ("id", Int),
    ("identifier", Str),
    ("firstName", Str),
    ("lastName", Str),
    ("officeEmail", Str),
    ("primaryEmail", Str),
    ("defaultEmail", Str),
    ("inactiveFlag", Bool),
    ("licenseClass", Word(&["A", "C", "F", "X"])),
    ("_info", INFO),
];

const COMPANY: Shape = &[
    ("id", Int),
    ("identifier", Str),
    ("name", Str),
    ("status", NAMED),
    ("types", Rows(&[("id", Int), ("name", Str)])),
    ("phoneNumber", Str),
    ("deletedFlag", Bool),
    ("_info", INFO),
];

const CONTACT: Shape = &[
    ("id", Int),
    ("firstName", Str),
    ("lastName", Str),
    ("company", CODED),
    ("inactiveFlag", Bool),
    ("defaultFlag", Bool),
    ("defaultPhoneNbr", Str),
    (
        "communicationItems",
        Rows(&[
            ("id", Int),
            ("type", NAMED),
            ("value", Str),
            ("defaultFlag", Bool),
            ("domain", Str),
            ("communicationType", Word(&["Email", "Fax", "Phone"])),
        ]),
    ),
    ("_info", INFO),
];

const CONFIGURATION: Shape = &[
    ("id", Int),
    ("name", Str),
    ("type", NAMED),
    ("status", NAMED),
    ("company", CODED),
    ("contact", NAMED),
    ("deviceIdentifier", Str),
    ("serialNumber", Str),
    ("modelNumber", Str),
    ("ipAddress", Str),
    ("osType", Str),
    ("osInfo", Str),
    ("ram", Str),
    ("lastLoginName", Str),
    ("activeFlag", Bool),
    ("questions", Rows(&[("questionId", Int), ("question", Str), ("answer", Str)])),
    ("_info", INFO),
];

const ATTACHED: Shape = &[("id", Int), ("deviceIdentifier", Str), ("_info", INFO)];

const SCHEDULE: Shape = &[
    ("id", Int),
    ("objectId", Int),
    ("name", Str),
    ("member", CODED),
    ("dateStart", Time),
    ("dateEnd", Time),
    ("status", NAMED),
    ("type", CODED),
    ("doneFlag", Bool),
    ("acknowledgedFlag", Bool),
    ("ownerFlag", Bool),
    ("meetingFlag", Bool),
    ("hours", Num),
    ("closeDate", Time),
    ("_info", INFO),
];

const TIME: Shape = &[
    ("id", Int),
    ("chargeToId", Int),
    ("chargeToType", Word(&["ServiceTicket", "ProjectTicket", "ChargeCode", "Activity"])),
    ("member", CODED),
    ("timeStart", Time),
    ("timeEnd", Time),
    ("actualHours", Num),
    ("workType", NAMED),
    ("billableOption", Word(&["Billable", "DoNotBill", "NoCharge", "NoDefault"])),
    ("notes", Str),
    ("addToDetailDescriptionFlag", Bool),
    ("addToInternalAnalysisFlag", Bool),
    ("addToResolutionFlag", Bool),
    ("emailContactFlag", Bool),
    ("_info", INFO),
];

const CALLBACK: Shape = &[
    ("id", Int),
    ("description", Str),
    ("url", Str),
    ("objectId", Int),
    ("type", Str),
    ("level", Str),
    ("inactiveFlag", Bool),
    ("_info", INFO),
];

const PLAIN: Shape = &[("id", Int), ("name", Str), ("_info", INFO)];

fn is_moment(text: &str) -> bool {
    let shape = "dddd-dd-ddTdd:dd:ddZ";
    text.len() == shape.len()
        && text.chars().zip(shape.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == s })
}

/// What is not as it should be, by the path to it.
fn wrong(value: &Value, is: Is, at: &str) -> Vec<String> {
    let one = |ok: bool| if ok { Vec::new() } else { vec![format!("{at} is {value}, should be {is:?}")] };
    match is {
        Int => one(value.is_i64()),
        Num => one(value.is_number()),
        Str => one(value.is_string()),
        Bool => one(value.is_boolean()),
        Time => one(value.as_str().is_some_and(is_moment)),
        Word(words) => one(value.as_str().is_some_and(|word| words.contains(&word))),
        Ref(shape) => unlike(value, shape, at),
        Rows(shape) => match value.as_array() {
            Some(rows) => rows.iter().flat_map(|row| unlike(row, shape, at)).collect(),
            None => one(false),
        },
    }
}

fn unlike(record: &Value, shape: Shape, at: &str) -> Vec<String> {
    let Some(record) = record.as_object() else { return vec![format!("{at} is {record}")] };
    let field = |(name, value): (&String, &Value)| {
        let at = format!("{at}/{name}");
        match shape.iter().find(|(known, _)| known == name) {
            Some((_, is)) => wrong(value, *is, &at),
            None => vec![format!("{at} is not documented")],
        }
    };
    record.iter().flat_map(field).collect()
}

/// Every field of the shape that no record has: then the table says more than was seen.
fn unseen(records: &[Value], shape: Shape) -> Vec<&'static str> {
    shape.iter().map(|(name, _)| *name).filter(|name| records.iter().all(|record| record[*name].is_null())).collect()
}

#[track_caller]
fn fits(path: &str, records: &[Value], shape: Shape) {
    assert!(!records.is_empty(), "{path} has nothing to look at");
    let broken: Vec<String> = records.iter().flat_map(|record| unlike(record, shape, path)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[tokio::test]
async fn every_record_has_the_documented_names_and_types_and_no_others() {
    let caller = Caller::new().await;
    let note = json!({ "text": "x", "internalAnalysisFlag": true, "member": { "identifier": "jdoe" } });
    caller.post("/service/tickets/48213/notes", note).await.expect(201);
    let hook = json!({ "url": "http://127.0.0.1:9/?id=", "objectId": 1, "type": "ticket", "level": "owner", "description": "x" });
    caller.post("/system/callbacks", hook).await.expect(201);
    caller
        .patch("/service/tickets/48214", json!([{ "op": "replace", "path": "status", "value": { "id": 20 } }]))
        .await
        .expect(200);
    let all: Shape = Box::leak([NOTE, ANY_NOTE].concat().into_boxed_slice());
    for (path, shape) in [
        ("/service/tickets", TICKET),
        ("/service/tickets/48213/notes", NOTE),
        ("/service/tickets/48214/allNotes", all),
        ("/service/tickets/48213/configurations", ATTACHED),
        ("/service/boards", BOARD),
        ("/service/boards/1/statuses", STATUS),
        ("/service/priorities", PRIORITY),
        ("/service/sources", PLAIN),
        ("/system/members", MEMBER),
        ("/company/companies", COMPANY),
        ("/company/contacts", CONTACT),
        ("/company/configurations", CONFIGURATION),
        ("/schedule/entries", SCHEDULE),
        ("/time/entries", TIME),
        ("/time/workTypes", PLAIN),
        ("/system/callbacks", CALLBACK),
    ] {
        let list = caller.get(path).await.expect(200);
        fits(path, list.as_array().unwrap(), shape);
    }
    let tickets = caller.get("/service/tickets").await.expect(200);
    assert_eq!(unseen(tickets.as_array().unwrap(), TICKET), Vec::<&str>::new());
}

#[tokio::test]
async fn the_tenant_says_what_is_documented() {
    let caller = Caller::new().await;
    let url = format!("{}/login/companyinfo/acme", caller.simulator.url());
    let info: Value = caller.bare(reqwest::Method::GET, &url).send().await.unwrap().json().await.unwrap();
    let shape: Shape = &[
        ("CompanyName", Str),
        ("Codebase", Str),
        ("VersionCode", Str),
        ("VersionNumber", Str),
        ("CompanyID", Str),
        ("IsCloud", Bool),
        ("SiteUrl", Str),
    ];
    fits("companyinfo", &[info], shape);
    let info = caller.get("/system/info").await.expect(200);
    let names: Vec<&String> = info.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["cloudRegion", "isCloud", "licenseBits", "maxWorkFlowRecordsAllowed", "serverTimeZone", "version"]
    );
}
