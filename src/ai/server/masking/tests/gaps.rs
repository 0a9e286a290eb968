//! What a form alone does not tell: numbers and passwords that nothing names, and people in sentences; and what looks like them.

use proptest::prelude::*;

use super::super::Vault;
use crate::ai::types::{
    masked::MaskedKind::{self, Card, Identity, Name, Password},
    settings::Masked,
};

const NAMES: Masked = Masked { names: true, emails: false, ip_addresses: false, host_names: false };

#[track_caller]
fn hidden(personal: Masked, text: &str, secret: &str, kind: MaskedKind) {
    let mut vault = Vault::new("a session", personal);
    let masked = vault.mask(text);
    let values = vault.values();
    assert!(values.iter().any(|value| value.value == secret && value.kind == kind), "{text}: {values:?} {masked}");
    assert!(!masked.contains(secret), "{masked}");
    assert_eq!(vault.unmask(&masked), text);
}

#[test]
fn cards_and_ids_are_hidden_without_a_sign_before_them() {
    for (text, secret, kind) in [
        ("unionpay 6200000000000005", "6200000000000005", Card),
        ("maestro 6759649826438453", "6759649826438453", Card),
        ("card 4111.1111.1111.1111", "4111.1111.1111.1111", Card),
        ("card:4111111111111111,12/28", "4111111111111111", Card),
        ("2 x 4111 1111 1111 1111", "4111 1111 1111 1111", Card),
        ("passport number C01X00T47", "C01X00T47", Identity),
        ("Passport C01X00T47 is expired", "C01X00T47", Identity),
        ("passport no. C01X00T47", "C01X00T47", Identity),
        ("his passport (C01X00T47)", "C01X00T47", Identity),
        ("NHS number 943 476 5919", "943 476 5919", Identity),
        ("Steuer-ID 12 345 678 901", "12 345 678 901", Identity),
    ] {
        hidden(Masked::default(), text, secret, kind);
    }
}

#[test]
fn passwords_are_hidden_that_nothing_names() {
    for (text, secret) in [
        ("we reset it to Welcome123", "Welcome123"),
        ("I have set it to Welcome123!, he can sign in", "Welcome123!"),
        ("changed it back to \"Sommer 2026\"", "Sommer 2026"),
        ("I logged in with admin / P@ssw0rd", "P@ssw0rd"),
        ("Logged on to the server with CORP\\admin / Welcome123.", "Welcome123"),
        ("signed in as admin:Welcome123", "Welcome123"),
        ("connected as root and T0ps3cret!", "T0ps3cret!"),
        ("password:\n\n  Zebra-77-Xylo", "Zebra-77-Xylo"),
        ("Password:\r\n\r\n\r\nHunter22\r\nThanks", "Hunter22"),
    ] {
        hidden(Masked::default(), text, secret, Password);
    }
}

#[test]
fn people_are_hidden_where_words_tell_of_them() {
    for (text, secret) in [
        ("Caller is Tom Fox", "Tom Fox"),
        ("The contact was Tom Fox, who called", "Tom Fox"),
        ("My name is Tom Fox, I cannot print", "Tom Fox"),
        ("This is Tom Fox from sales", "Tom Fox"),
        ("user jmiller cannot sign in", "jmiller"),
        ("The user j.miller2 is locked out", "j.miller2"),
        ("username: jmiller", "jmiller"),
        ("account 'jmiller' was unlocked", "jmiller"),
        ("The account jmiller is locked", "jmiller"),
        ("CONTOSO\\asmith logged on", "asmith"),
        ("user contoso\\asmith, again", "asmith"),
        ("Anna Schmidt has a problem with Outlook", "Anna Schmidt"),
        ("Yesterday Anna-Lena van der Berg called", "Anna-Lena van der Berg"),
        ("It works. Seán O'Brien forgot it", "Seán O'Brien"),
        ("C:\\Users\\jmiller\\AppData", "jmiller"),
    ] {
        hidden(NAMES, text, secret, Name);
        assert_eq!(Vault::new("s", Masked::default()).mask(text), text, "no name is hidden where nobody wants it");
    }
}

/// What tickets are made of, with names hidden too.
#[test]
fn ordinary_prose_stays_as_it_is() {
    for text in [
        "Error 0x80070005, stop code 0x0000007B, HRESULT -2147024891, exit code 1603, event id 4625 from source 7036",
        "Serial 5CD1234ABC, C02XK0AAJG5H, service tag 7GX2R33, asset 100234567890, PO 4500012345",
        "Ticket #482113, SR 2611260040001234, case 05012345, INC0012345, CHG0030021",
        "{0f8fad5b-d9cb-469f-a165-501800000009} and 6304f001-d9cb-469f-a165-411111111111",
        "Windows 11 23H2 (22631.4460), Outlook 16.0.17928.20114, BIOS 1.27.0, firmware v10.0.4111.1111",
        "MAC 00:1A:2B:3C:4D:5E, 00-1A-2B-3C-4D-5E, 001A.2B3C.4D5E",
        "IMEI 356938035643809, ICCID 8944500102198304826, ticks 638412345678901234, FILETIME 133412345678901234",
        "Call +49 30 1234567 or +4222222222222; tracking 9400110898825022579493, EAN 5901234123457",
        "C:\\Users\\Public\\Desktop, C:\\Users\\Default, C:\\Windows\\System32\\drivers\\etc\\hosts, D:\\DATA\\reports",
        "HKLM\\Software\\Microsoft, HKCU\\Software, HKEY_LOCAL_MACHINE\\SYSTEM\\Setup, HKLM:\\SOFTWARE\\Policies",
        "NT AUTHORITY\\SYSTEM, BUILTIN\\Administrators, CORP\\Domain Users, NT SERVICE\\MSSQLSERVER, CORP\\PC01$",
        "TEMP\\setup.exe, \\\\FS01\\Share\\file.txt, AND\\OR",
        "We reset it to default, changed it to Office365, set it to 1920x1080, then changed it to Windows11 and reset it to 10.0.0.5",
        "I signed in with Edge and it worked; logged in as administrator and rebooted; connected with VPN / LAN",
        "Password:\n\nThe user forgot it\n\nPassword:\n\nExpired",
        "The passport scanner 3000 and the driver license dialog in version 10.0.19045 fail; NHS since 2026-11-26",
        "The user cannot sign in. The user profile is corrupt, the user account has no mailbox and the user still gets error 5",
        "The user suddenly cannot print; user experience is bad; user authentication was slow; the user who called is gone",
        "Login is slow, login page is blank, logon: failed, account lockout is disabled, account creation was slow",
        "Remote Desktop has a problem, Event Viewer reports an issue, Print Spooler has trouble, The User called",
        "Microsoft Teams cannot sign in. Finance Department called. Sales Team wants Visual Studio. Company Portal wants an update",
        "This is Windows Server. This is the same. Caller is unknown. The contact is the customer.",
        "Group Policy Management Console works; Azure Active Directory Connect is green; Intel Core i7 and Dell Latitude 5540",
    ] {
        assert_eq!(Vault::new("s", NAMES).mask(text), text);
        assert_eq!(Vault::new("s", Masked::default()).mask(text), text);
    }
}

proptest! {
    #[test]
    fn what_is_hidden_so_comes_back_and_is_not_hidden_twice(pieces in prop::collection::vec(prop_oneof![
        "[ -~]{0,6}",
        prop::sample::select(vec![
            "user ", "jmiller", " cannot sign in", "CORP\\", "account '", "Caller is ", "Tom Fox", "Anna Schmidt", " called", " has a problem",
            "reset it to ", "Welcome123", "logged in with ", "admin / ", "P@ssw0rd", "password:", "\n\n", "passport ", "C01X00T47",
            "4111.1111.1111.1111", "6200000000000005", "4111 1111 ", "2026", "-", ".", " ", "MASKED-NAME-", "MASKED-CARD-ABCDEF",
        ]).prop_map(str::to_owned),
    ], 0..12)) {
        let text = pieces.concat();
        let mut vault = Vault::new("s", NAMES);
        let masked = vault.mask(&text);
        prop_assert_eq!(vault.mask(&masked), &*masked);
        prop_assert_eq!(vault.unmask(&masked), text);
    }
}
