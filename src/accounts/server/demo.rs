//! The demo account: one login, a colleague, and a desk with tickets to try things on. Made once, only on a loopback address.

use time::Duration;

use super::people::{self, NewPerson};
use crate::{
    accounts::types::UserRole,
    error::AppError,
    ids::{AccountId, Timestamp, UserId},
    psa::server::{
        NewNote, Provider,
        local_desk::{Incoming, LocalDesk, open_ticket, work_on_sample},
    },
    server::context::Ctx,
};

pub const EMAIL: &str = "demo@flowpilot.local";
pub const PASSWORD: &str = "flowpilot-demo";

/// The demo's owner, as they are made.
pub fn owner() -> NewPerson {
    NewPerson {
        email: EMAIL.to_owned(),
        name: "Dana Demo".to_owned(),
        role: UserRole::Owner,
        password: PASSWORD.to_owned(),
    }
}

/// Somebody to share work with. Nobody knows the password.
fn colleague() -> NewPerson {
    NewPerson {
        email: "mo@flowpilot.local".to_owned(),
        name: "Mo Keller".to_owned(),
        role: UserRole::Engineer,
        password: uuid::Uuid::new_v4().to_string(),
    }
}

/// Makes the account unless it is there; `ctx_for` gives the context to open its tickets with.
pub async fn make(db: &crate::server::db::Db, ctx_for: impl Fn(AccountId, UserId) -> Ctx) -> Result<(), AppError> {
    if people::find(db, EMAIL).await?.is_some() {
        return Ok(());
    }
    let (account, dana) = people::make_account(db, "Demo MSP", owner(), false).await?;
    let mo = people::add(db, account, colleague()).await?;
    let ctx = ctx_for(account, dana);
    let mut tx = ctx.db().tenant(&ctx).await?;
    for (n, (company, contact, priority, summary, body)) in (0_i64..).zip(TICKETS) {
        // The oldest came in two days ago, the newest within the hour.
        let hours = i64::try_from(TICKETS.len()).unwrap_or_default() - n;
        let at = Some(Timestamp(ctx.now().0 - Duration::minutes(hours * 190 - 160)));
        let [email, phone] = reach(company, contact);
        let contact = Some(*contact);
        let new = Incoming { summary, body, company, contact, email, phone, priority, at, sample: true };
        open_ticket(&ctx, &mut tx, &new).await?;
    }
    tx.commit().await?;
    work(&ctx, dana, mo).await
}

/// What was done on the tickets so far.
async fn work(ctx: &Ctx, dana: UserId, mo: UserId) -> Result<(), AppError> {
    for (ticket, by_dana, internal, body) in NOTES {
        let author = if *by_dana { dana } else { mo };
        let note = NewNote {
            body: (*body).to_owned(),
            internal: *internal,
            resolution: false,
            from_customer: false,
            idempotency_key: format!("demo-{ticket}-{author}"),
            author: Some(author.to_string()),
            since: ctx.now(),
            others: Vec::new(),
        };
        LocalDesk.add_note(ctx, ticket, &note).await?;
    }
    for (ticket, members) in [("1001", vec![dana]), ("1003", vec![dana, mo]), ("1006", vec![mo]), ("1010", vec![mo])] {
        work_on_sample(ctx, ticket, &members, None).await?;
    }
    for (ticket, status) in [("1003", "in_progress"), ("1005", "waiting"), ("1013", "resolved"), ("1014", "closed")] {
        work_on_sample(ctx, ticket, &[], Some(status)).await?;
    }
    Ok(())
}

/// E-mail and phone of a contact.
fn reach(company: &str, contact: &str) -> [Option<&'static str>; 2] {
    let known = CONTACTS.iter().find(|(at, name, ..)| (*at, *name) == (company, contact));
    known.map_or([None, None], |(_, _, email, phone)| [Some(*email), *phone])
}

/// Company, name, e-mail, phone.
const CONTACTS: &[(&str, &str, &str, Option<&str>)] = &[
    ("Northwind Traders", "Petra Holm", "petra.holm@northwind.example", Some("+1 206 555 0134")),
    ("Northwind Traders", "Warehouse", "warehouse@northwind.example", Some("+1 206 555 0136")),
    ("Fabrikam Engineering", "Luis Ortega", "l.ortega@fabrikam.example", Some("+1 312 555 0171")),
    ("Fabrikam Engineering", "Backup report", "backup@fabrikam.example", None),
    ("Tailspin Legal", "Ms. Avery", "avery@tailspin.example", Some("+1 617 555 0122")),
    ("Tailspin Legal", "Mr. Okafor", "okafor@tailspin.example", Some("+1 617 555 0125")),
    ("Contoso Dental", "Jenny Park", "jenny@contoso.example", Some("+1 415 555 0148")),
    ("Contoso Dental", "Reception", "reception@contoso.example", Some("+1 415 555 0140")),
    ("Adventure Works Cycles", "Sam Reilly", "sam@adventure-works.example", Some("+1 303 555 0107")),
    ("Wide World Importers", "Ines Costa", "ines.costa@wideworld.example", Some("+1 786 555 0183")),
    ("Wide World Importers", "Ricardo Melo", "ricardo.melo@wideworld.example", Some("+1 786 555 0189")),
];

/// Ticket, by Dana or else by Mo, internal, text.
const NOTES: &[(&str, bool, bool, &str)] = &[
    ("1001", true, false, "Thank you, Petra. We are looking at the print queue and will call you back before lunch."),
    (
        "1003",
        true,
        true,
        "Unlocked at 9:10, locked again at 9:21. Phone with the old password? Ask her for all devices with mail.",
    ),
    (
        "1003",
        false,
        false,
        "Hello Ms. Avery, do you read your mail on a phone or tablet too? Has the new password been entered there?",
    ),
    ("1006", false, true, "Provider's status page shows nothing. Called their business line, waiting for a call back."),
    ("1010", false, true, "Repository on FAB-BK01 has 14 GB left. Retention is set to 30 points, 41 are on the disk."),
    (
        "1013",
        true,
        false,
        "The driver was an old one for another model. With the right one the colours are as they should be.",
    ),
];

/// Company, contact, priority, summary, text.
const TICKETS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "Northwind Traders",
        "Petra Holm",
        "normal",
        "Kyocera in accounts prints nothing",
        "Since this morning nothing comes out of the Kyocera in accounts. I can see my documents waiting in the list, first one says Error. Two colleagues have the same. The printer itself says Ready.",
    ),
    (
        "Fabrikam Engineering",
        "Luis Ortega",
        "high",
        "VPN connects but file server unreachable",
        "Working from home today. FortiClient says connected, internet works, but \\\\FAB-FS01\\Projects does not open and the intranet neither. Worked yesterday.",
    ),
    (
        "Tailspin Legal",
        "Ms. Avery",
        "high",
        "Locked out again, 10 minutes after every unlock",
        "Third time today that my Windows account is locked. You unlock it, it works for ten minutes, then it is locked again. I changed my password on Friday.",
    ),
    (
        "Contoso Dental",
        "Jenny Park",
        "normal",
        "Outlook asks for the password again and again",
        "Outlook pops up the Windows Security box over and over. I type the right password and it just comes back. Webmail works fine with the same password.",
    ),
    (
        "Contoso Dental",
        "Reception",
        "low",
        "OneDrive stuck on processing changes",
        "The cloud icon on the reception PC has said Processing changes since Monday and new scans do not show up on the other computer.",
    ),
    (
        "Adventure Works Cycles",
        "Sam Reilly",
        "critical",
        "Whole shop offline",
        "No internet at the Riverside shop since 8:40. Tills work offline only. The box from the provider has a red light. Phones are dead too.",
    ),
    (
        "Wide World Importers",
        "Ines Costa",
        "normal",
        "New colleague starts Monday, needs everything",
        "Marta Lindqvist starts Monday in purchasing. She needs an account, mail, the purchasing share, Teams and a licence like Ricardo's. Her manager is me.",
    ),
    (
        "Tailspin Legal",
        "Mr. Okafor",
        "high",
        "Clicked a link in a mail about an invoice",
        "I got a mail from a supplier with an invoice link, it asked me to sign in to Microsoft and I did before I noticed that the address looked odd. What now?",
    ),
    (
        "Northwind Traders",
        "Warehouse",
        "normal",
        "PC at packing station very slow",
        "The PC at packing 2 takes ten minutes to start and everything freezes. The fan is loud all the time. Task Manager says Disk 100%.",
    ),
    (
        "Fabrikam Engineering",
        "Backup report",
        "high",
        "Veeam job FAB-Daily failed",
        "Job FAB-Daily finished with Failed at 23:14. Error: There is not enough space on the disk. Failed to write data to the file.",
    ),
    (
        "Adventure Works Cycles",
        "Sam Reilly",
        "low",
        "Label printer prints the logo upside down",
        "Since we got the new label rolls the logo comes out upside down on the Zebra. Everything else on the label is right.",
    ),
    (
        "Wide World Importers",
        "Ricardo Melo",
        "normal",
        "Cannot hear anybody in Teams",
        "In Teams meetings nobody hears me and I hear nobody, but music on the same headset works. Joined from the browser it works.",
    ),
    (
        "Northwind Traders",
        "Petra Holm",
        "low",
        "Printer in accounts prints colours wrong",
        "Since the new driver everything red comes out orange. Only on the printer in accounts.",
    ),
    (
        "Tailspin Legal",
        "Ms. Avery",
        "normal",
        "Password expired while on holiday",
        "I am back and Windows says that my password has expired. I cannot get to the place where one changes it.",
    ),
    (
        "Adventure Works Cycles",
        "Sam Reilly",
        "normal",
        "Quote for two more tablets in the workshop",
        "Can you send us a quote for two tablets like the one we have, with the rugged cases?",
    ),
];
