//! The demo account: one login and a desk with tickets to try things on. Made once, only on a loopback address.

use super::people::{self, NewPerson};
use crate::{
    accounts::types::UserRole,
    error::AppError,
    psa::server::local_desk::{Incoming, open_ticket},
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

/// Makes the account unless it is there; `ctx_for` gives the context to open its tickets with.
pub async fn make(
    db: &crate::server::db::Db,
    ctx_for: impl FnOnce(crate::ids::AccountId, crate::ids::UserId) -> Ctx,
) -> Result<(), AppError> {
    if people::find(db, EMAIL).await?.is_some() {
        return Ok(());
    }
    let (account, user) = people::make_account(db, "Demo MSP", owner(), false).await?;
    let ctx = ctx_for(account, user);
    let mut tx = ctx.db().tenant(&ctx).await?;
    for (company, contact, priority, summary, body) in TICKETS {
        let ticket = Incoming { summary, body, company, contact: Some(contact), priority };
        open_ticket(&ctx, &mut tx, &ticket).await?;
    }
    tx.commit().await?;
    Ok(())
}

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
];
