//! A believable shop: boards that share names and not ids, a finished status that does not say so, tickets that a flow knows and
//! tickets that none does.

use serde_json::{Value, json};

use super::{
    tickets,
    world::{SERVICE_TICKET, World, ago},
};

pub const HELP_DESK: i64 = 1;
pub const NETWORK: i64 = 2;

/// id, board, name, closed, takes no time, default
const STATUSES: &[(i64, i64, &str, bool, bool, bool)] = &[
    (16, HELP_DESK, "New", false, false, true),
    (17, HELP_DESK, "In Progress", false, false, false),
    (18, HELP_DESK, "Waiting on Customer", false, false, false),
    (19, HELP_DESK, "Completed", false, false, false),
    (20, HELP_DESK, "Closed", true, true, false),
    (21, HELP_DESK, "Escalated", false, false, false),
    (26, NETWORK, "New", false, false, true),
    (27, NETWORK, "In Progress", false, false, false),
    (28, NETWORK, "Scheduled", false, false, false),
    (29, NETWORK, "Closed", true, false, false),
];

const PRIORITIES: &[(i64, &str, &str, &str)] = &[
    (6, "Priority 1 - Critical", "red", "Critical"),
    (7, "Priority 2 - High", "orange", "High"),
    (8, "Priority 3 - Normal", "green", "Medium"),
    (9, "Priority 4 - Low", "white", "Low"),
];

/// id, identifier, first name, last name, address
const MEMBERS: &[(i64, &str, &str, &str, &str)] = &[
    (12, "jdoe", "John", "Doe", "john.doe@acme-msp.example"),
    (13, "asmith", "Anna", "Smith", "anna.smith@acme-msp.example"),
    (14, "demo", "Demo", "Engineer", "demo@flowpilot.local"),
    (15, "mlopez", "Maria", "Lopez", "maria.lopez@acme-msp.example"),
];

const COMPANIES: &[(i64, &str, &str)] = &[
    (250, "FABRIKAM", "Fabrikam Ltd"),
    (251, "CONTOSO", "Contoso Health"),
    (252, "NORTHWIND", "Northwind Traders"),
    (253, "OBRIEN", "O'Brien \"Quick\" Prints [UK] 100%"),
];

/// id, company, first name, last name, address, phone
const CONTACTS: &[(i64, i64, &str, &str, &str, &str)] = &[
    (901, 250, "Dana", "Holt", "dana.holt@fabrikam.example", "555-0142"),
    (902, 250, "Imran", "Sayed", "imran.sayed@fabrikam.example", "555-0143"),
    (903, 251, "Grace", "Okafor", "grace.okafor@contoso.example", "555-0160"),
    (904, 252, "Piotr", "Nowak", "piotr.nowak@northwind.example", "555-0175"),
    (905, 253, "Sean", "O'Brien", "sean@obrien-prints.example", "555-0199"),
];

/// What a ticket of the seed says.
struct Case {
    board: i64,
    status: i64,
    priority: i64,
    company: i64,
    contact: i64,
    summary: &'static str,
    body: &'static str,
}

const fn case(at: [i64; 5], summary: &'static str, body: &'static str) -> Case {
    let [board, status, priority, company, contact] = at;
    Case { board, status, priority, company, contact, summary, body }
}

const CASES: &[Case] = &[
    case(
        [1, 16, 8, 250, 901],
        "Outlook asks for password",
        "Since this morning Outlook asks for my password again and again. Webmail works.",
    ),
    case(
        [1, 17, 7, 251, 903],
        "VPN does not connect from home",
        "AnyConnect says 'connection attempt has failed'. I am on hotel Wi-Fi since yesterday.",
    ),
    case(
        [1, 16, 8, 253, 905],
        "Printer offline on 3rd floor",
        "The Xerox next to accounting shows offline on every computer. It has power and paper.",
    ),
    case(
        [1, 16, 7, 252, 904],
        "New phone, MFA codes do not arrive",
        "I changed my phone on Friday and cannot approve sign-ins any more.",
    ),
    case(
        [1, 18, 9, 250, 902],
        "Laptop very slow after update",
        "Since the update on Tuesday everything takes minutes to open.",
    ),
    case(
        [2, 26, 6, 251, 903],
        "Internet down at branch office",
        "Nobody in the Leeds branch can open any website. Phones are dead too.",
    ),
    case([2, 27, 8, 250, 901], "Wi-Fi drops in meeting room 2", "Calls break off each time somebody closes the door."),
    case([1, 16, 8, 252, 904], "Shared mailbox missing", "sales@ was in my Outlook until last week."),
    case(
        [1, 19, 9, 253, 905],
        "Install Acrobat on reception PC",
        "Please install Acrobat Reader on the reception computer.",
    ),
    case([1, 20, 8, 250, 902], "Outlook search finds nothing", "Search in Outlook is empty since the migration."),
    case(
        [1, 16, 9, 251, 903],
        "Order 3 monitors for the new hires",
        "Three 27\" monitors, delivery by the 12th please.",
    ),
    case([2, 28, 8, 252, 904], "Move rack to the new server room", "We move in March. Who plans this with us?"),
];

/// Fills a world with a shop.
pub fn fill(world: &mut World) {
    for (id, name, inactive, project) in [
        (HELP_DESK, "Help Desk", false, false),
        (NETWORK, "Network", false, false),
        (3, "Old Desk", true, false),
        (4, "Projects", false, true),
    ] {
        let board = json!({ "id": id, "name": name, "inactiveFlag": inactive, "projectFlag": project });
        world.insert(|world| &mut world.boards, board);
    }
    for (sort, (id, board, name, closed, timeless, usual)) in (0..).zip(STATUSES) {
        let status = json!({
            "id": id, "name": name, "board": { "id": board, "name": world.boards[board]["name"] }, "sortOrder": sort,
            "displayOnBoard": true, "inactive": false, "closedStatus": closed, "timeEntryNotAllowed": timeless,
            "defaultFlag": usual, "escalationStatus": "NoEscalation", "customerPortalFlag": false, "saveTimeAsNote": false,
        });
        world.insert(|world| &mut world.statuses, status);
    }
    for (sort, (id, name, color, level)) in (1..).zip(PRIORITIES) {
        let usual = *id == 8;
        let priority =
            json!({ "id": id, "name": name, "color": color, "sortOrder": sort, "defaultFlag": usual, "level": level });
        world.insert(|world| &mut world.priorities, priority);
    }
    for (id, name) in [(1, "Call"), (2, "Email - Connector"), (3, "Portal")] {
        world.insert(|world| &mut world.sources, json!({ "id": id, "name": name }));
    }
    for (id, name) in [(1, "Remote"), (2, "On-Site")] {
        world.insert(|world| &mut world.work_types, json!({ "id": id, "name": name }));
    }
    world.insert(|world| &mut world.work_roles, json!({ "id": 1, "name": "Engineer" }));
    people(world);
    devices(world);
    cases(world);
    for n in 0..world.options.tickets {
        generated(world, n);
    }
}

fn people(world: &mut World) {
    let api = world.options.api_member.clone();
    for (id, identifier, first, last, email) in
        MEMBERS.iter().copied().chain([(20, api.as_str(), "FlowPilot", "API", "api@acme-msp.example")])
    {
        add_member(world, Some(id), identifier, [first, last], email, false);
    }
    add_member(world, Some(16), "bgone", ["Bill", "Gone"], "bill.gone@acme-msp.example", true);
    for (id, identifier, name) in COMPANIES {
        let company = json!({
            "id": id, "identifier": identifier, "name": name, "status": { "id": 1, "name": "Active" },
            "types": [{ "id": 1, "name": "Client" }], "deletedFlag": false, "phoneNumber": "555-0100",
        });
        world.insert(|world| &mut world.companies, company);
    }
    let gone = json!({ "id": 254, "identifier": "GONE", "name": "Gone Ltd", "deletedFlag": true });
    world.insert(|world| &mut world.companies, gone);
    for (id, company, first, last, email, phone) in CONTACTS {
        let company = World::reference(&world.companies[company], &["id", "identifier", "name"]);
        let domain = email.split_once('@').map(|(_, domain)| format!("@{domain}"));
        let contact = json!({
            "id": id, "firstName": first, "lastName": last, "company": company, "inactiveFlag": false,
            "defaultFlag": false, "defaultPhoneNbr": phone,
            "communicationItems": [
                { "id": id * 10, "type": { "id": 1, "name": "Email" }, "value": email, "defaultFlag": true,
                  "domain": domain, "communicationType": "Email" },
                { "id": id * 10 + 1, "type": { "id": 2, "name": "Direct" }, "value": phone, "defaultFlag": true,
                  "communicationType": "Phone" },
            ],
        });
        world.insert(|world| &mut world.contacts, contact);
    }
}

/// Adds somebody who works there; their id.
pub fn add_member(
    world: &mut World,
    id: Option<i64>,
    identifier: &str,
    [first, last]: [&str; 2],
    email: &str,
    inactive: bool,
) -> i64 {
    let member = json!({
        "id": id, "identifier": identifier, "firstName": first, "lastName": last, "officeEmail": email,
        "inactiveFlag": inactive, "licenseClass": "F",
    });
    world.insert(|world| &mut world.members, member)
}

fn devices(world: &mut World) {
    let fabrikam = json!({ "id": 250, "identifier": "FABRIKAM", "name": "Fabrikam Ltd" });
    world.insert(
        |world| &mut world.configurations,
        json!({
            "id": 55, "name": "FAB-LT-014", "type": { "id": 1, "name": "Laptop" }, "status": { "id": 1, "name": "Active" },
            "company": fabrikam, "contact": { "id": 901, "name": "Dana Holt" }, "deviceIdentifier": "fab-lt-014",
            "serialNumber": "5CG1234XYZ", "modelNumber": "EliteBook 840 G9", "ipAddress": "10.20.4.114",
            "osType": "Windows", "osInfo": "Windows 11 Pro 24H2", "ram": "16 GB", "lastLoginName": "FABRIKAM\\dholt",
            "activeFlag": true,
            "questions": [{ "questionId": 1, "question": "Local admin password", "answer": "Tr0ub4dor&3" }],
        }),
    );
    world.insert(
        |world| &mut world.configurations,
        json!({
            "id": 56, "name": "Xerox 3rd floor", "type": { "id": 2, "name": "Printer" },
            "status": { "id": 1, "name": "Active" }, "company": { "id": 253, "identifier": "OBRIEN", "name": COMPANIES[3].2 },
            "deviceIdentifier": "xerox-3f", "serialNumber": "XR-99120", "ipAddress": "10.30.1.9", "activeFlag": true,
            "questions": [],
        }),
    );
}

fn cases(world: &mut World) {
    for (n, case) in (0_i64..).zip(CASES) {
        open(world, 48_213 + n, case, case.summary.to_owned(), n * 47 + 5);
    }
    tickets::link(world, 48_213, 55);
    tickets::link(world, 48_215, 56);
    let john = json!({ "id": 12, "identifier": "jdoe", "name": "John Doe" });
    let anna = json!({ "id": 13, "identifier": "asmith", "name": "Anna Smith" });
    if let Some(ticket) = world.tickets.get_mut(&48_214) {
        ticket["owner"] = john.clone();
    }
    let entry = |member: &Value| {
        json!({
            "objectId": 48_214, "name": CASES[1].summary, "member": member, "status": { "id": 2, "name": "Firm" },
            "type": { "id": SERVICE_TICKET, "identifier": "S", "name": "Service Ticket" }, "doneFlag": false,
            "acknowledgedFlag": false, "ownerFlag": false, "meetingFlag": false, "hours": 1.0,
            "dateStart": ago(-60), "dateEnd": ago(-120),
        })
    };
    for member in [&john, &anna] {
        world.insert(|world| &mut world.schedule, entry(member));
    }
    let time = json!({
        "chargeToId": 48_214, "chargeToType": "ServiceTicket", "member": john, "timeStart": ago(90), "timeEnd": ago(60),
        "actualHours": 0.5, "workType": { "id": 1, "name": "Remote" }, "billableOption": "Billable",
        "notes": "Called the user, profile re-created, still fails.", "addToDetailDescriptionFlag": false,
        "addToInternalAnalysisFlag": true, "addToResolutionFlag": false,
        "_info": { "lastUpdated": ago(60), "updatedBy": "jdoe", "dateEntered": ago(60), "enteredBy": "jdoe" },
    });
    world.insert(|world| &mut world.time, time);
    world.derive(48_214);
    world.happened.clear();
}

fn open(world: &mut World, id: i64, case: &Case, summary: String, minutes: i64) {
    let status = world.statuses[&case.status].clone();
    let priority = &world.priorities[&case.priority];
    let contact = &world.contacts[&case.contact];
    let name = super::notes::full_name(contact);
    let closed = status["closedStatus"] == true;
    let ticket = json!({
        "id": id, "summary": summary, "recordType": "ServiceTicket",
        "board": World::reference(&world.boards[&case.board], &["id", "name"]),
        "status": { "id": case.status, "name": status["name"], "sort": status["sortOrder"] },
        "priority": { "id": case.priority, "name": priority["name"], "sort": priority["sortOrder"], "level": priority["level"] },
        "company": World::reference(&world.companies[&case.company], &["id", "identifier", "name"]),
        "contact": { "id": case.contact, "name": name }, "contactName": name,
        "contactPhoneNumber": contact["defaultPhoneNbr"], "contactEmailAddress": contact["communicationItems"][0]["value"],
        "severity": "Medium", "impact": "Medium", "closedFlag": closed, "customerUpdatedFlag": false,
        "hasChildTicket": false, "actualHours": 0.0, "automaticEmailContactFlag": true,
        "automaticEmailResourceFlag": false, "automaticEmailCcFlag": false,
        "closedDate": closed.then(|| ago(minutes)), "closedBy": closed.then_some("jdoe"),
        "_info": { "lastUpdated": ago(minutes), "updatedBy": "jdoe", "dateEntered": ago(minutes + 20), "enteredBy": "jdoe" },
    });
    world.tickets.insert(id, ticket);
    let note = json!({
        "ticketId": id, "text": case.body, "detailDescriptionFlag": true, "internalAnalysisFlag": false,
        "resolutionFlag": false, "issueFlag": false, "contact": { "id": case.contact, "name": name },
        "customerUpdatedFlag": false, "processNotifications": false, "dateCreated": ago(minutes + 20),
        "createdBy": name, "internalFlag": false, "externalFlag": true,
        "_info": { "lastUpdated": ago(minutes + 20), "updatedBy": name },
    });
    world.insert(|world| &mut world.notes, note);
}

fn generated(world: &mut World, n: usize) {
    let case = &CASES[n % CASES.len()];
    let number = i64::try_from(n).unwrap_or_default();
    open(world, 100_000 + number, case, format!("{} (#{number})", case.summary), number % 40_000 + 600);
}

/// One more ticket like the first, with another summary.
pub fn copy(world: &mut World, id: i64, summary: &str) {
    open(world, id, &CASES[0], summary.to_owned(), 0);
}
