//! Which fields each kind of record has and what is in them, as far as ConnectWise documents them: a condition may name only
//! these.

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Text,
    Flag,
    Date,
    /// Another record, by some of its fields.
    One(Fields),
    /// Rows, which `childConditions` look into.
    Many(Fields),
    /// In answers only: conditions do not know it.
    Shown,
}

pub type Fields = &'static [(&'static str, Kind)];

use Kind::{Date, Flag, Many, Number, One, Shown, Text};

const NAMED: Kind = One(&[("id", Number), ("name", Text)]);
const COMPANY_OF: Kind = One(&[("id", Number), ("identifier", Text), ("name", Text)]);
const MEMBER_OF: Kind = COMPANY_OF;
const CODED: Kind = COMPANY_OF;
const CUSTOM: Kind = Many(&[("id", Number), ("caption", Text), ("value", Text)]);

/// When a record was changed last: conditions name it without `_info`.
pub const LAST_UPDATED: (&str, Kind) = ("lastUpdated", Date);

pub const TICKET: Fields = &[
    ("id", Number),
    ("summary", Text),
    ("recordType", Text),
    ("board", NAMED),
    ("status", One(&[("id", Number), ("name", Text), ("sort", Number)])),
    ("type", NAMED),
    ("subType", NAMED),
    ("item", NAMED),
    ("team", NAMED),
    ("owner", MEMBER_OF),
    ("priority", One(&[("id", Number), ("name", Text), ("sort", Number), ("level", Text)])),
    ("serviceLocation", NAMED),
    ("source", NAMED),
    ("severity", Text),
    ("impact", Text),
    ("company", COMPANY_OF),
    ("site", NAMED),
    ("contact", NAMED),
    ("contactName", Text),
    ("contactPhoneNumber", Text),
    ("contactEmailAddress", Text),
    ("requiredDate", Date),
    ("budgetHours", Number),
    ("actualHours", Number),
    ("externalXRef", Text),
    ("poNumber", Text),
    ("automaticEmailContactFlag", Flag),
    ("automaticEmailResourceFlag", Flag),
    ("automaticEmailCcFlag", Flag),
    ("automaticEmailCc", Text),
    ("customerUpdatedFlag", Flag),
    ("closedFlag", Flag),
    ("closedDate", Date),
    ("closedBy", Text),
    ("resources", Text),
    ("parentTicketId", Number),
    ("hasChildTicket", Flag),
    ("customFields", CUSTOM),
    ("configuration", One(&[("id", Number)])),
    LAST_UPDATED,
    ("_info", Shown),
];

pub const NOTE: Fields = &[
    ("id", Number),
    ("ticketId", Number),
    ("text", Text),
    ("detailDescriptionFlag", Flag),
    ("internalAnalysisFlag", Flag),
    ("resolutionFlag", Flag),
    ("issueFlag", Flag),
    ("member", MEMBER_OF),
    ("contact", NAMED),
    ("customerUpdatedFlag", Flag),
    ("processNotifications", Flag),
    ("dateCreated", Date),
    ("createdBy", Text),
    ("internalFlag", Flag),
    ("externalFlag", Flag),
    LAST_UPDATED,
    ("_info", Shown),
];

/// Of `allNotes`, which shows the kind of a note and does not look for it.
pub const ANY_NOTE: Fields = &[
    ("id", Number),
    ("text", Text),
    ("detailDescriptionFlag", Flag),
    ("internalAnalysisFlag", Flag),
    ("resolutionFlag", Flag),
    ("member", MEMBER_OF),
    ("noteType", Shown),
    LAST_UPDATED,
    ("_info", Shown),
];

pub const BOARD: Fields =
    &[("id", Number), ("name", Text), ("inactiveFlag", Flag), ("projectFlag", Flag), LAST_UPDATED];

pub const STATUS: Fields = &[
    ("id", Number),
    ("name", Text),
    ("board", NAMED),
    ("sortOrder", Number),
    ("displayOnBoard", Flag),
    ("inactive", Flag),
    ("closedStatus", Flag),
    ("timeEntryNotAllowed", Flag),
    ("defaultFlag", Flag),
    ("escalationStatus", Text),
    ("customerPortalFlag", Flag),
    ("customerPortalDescription", Text),
    ("customStatusIndicatorName", Text),
    ("saveTimeAsNote", Flag),
    LAST_UPDATED,
];

pub const PRIORITY: Fields = &[
    ("id", Number),
    ("name", Text),
    ("color", Text),
    ("sortOrder", Number),
    ("defaultFlag", Flag),
    ("level", Text),
    LAST_UPDATED,
];

/// Sources, types, teams, work types and their like.
pub const PLAIN: Fields = &[("id", Number), ("name", Text), LAST_UPDATED];

pub const MEMBER: Fields = &[
    ("id", Number),
    ("identifier", Text),
    ("firstName", Text),
    ("lastName", Text),
    ("officeEmail", Text),
    ("primaryEmail", Text),
    ("defaultEmail", Text),
    ("inactiveFlag", Flag),
    ("licenseClass", Text),
    LAST_UPDATED,
];

pub const COMPANY: Fields = &[
    ("id", Number),
    ("identifier", Text),
    ("name", Text),
    ("status", NAMED),
    ("types", Many(&[("id", Number), ("name", Text)])),
    ("site", NAMED),
    ("phoneNumber", Text),
    ("website", Text),
    ("territory", NAMED),
    ("deletedFlag", Flag),
    LAST_UPDATED,
];

pub const CONTACT: Fields = &[
    ("id", Number),
    ("firstName", Text),
    ("lastName", Text),
    ("company", COMPANY_OF),
    ("site", NAMED),
    ("title", Text),
    ("inactiveFlag", Flag),
    ("defaultFlag", Flag),
    ("types", Many(&[("id", Number), ("name", Text)])),
    ("defaultPhoneNbr", Text),
    (
        "communicationItems",
        Many(&[
            ("id", Number),
            ("type", NAMED),
            ("value", Text),
            ("extension", Text),
            ("defaultFlag", Flag),
            ("domain", Text),
            ("communicationType", Text),
        ]),
    ),
    LAST_UPDATED,
];

pub const CONFIGURATION: Fields = &[
    ("id", Number),
    ("name", Text),
    ("type", NAMED),
    ("status", NAMED),
    ("company", COMPANY_OF),
    ("contact", NAMED),
    ("site", NAMED),
    ("deviceIdentifier", Text),
    ("serialNumber", Text),
    ("modelNumber", Text),
    ("tagNumber", Text),
    ("macAddress", Text),
    ("ipAddress", Text),
    ("osType", Text),
    ("osInfo", Text),
    ("lastLoginName", Text),
    ("activeFlag", Flag),
    ("manufacturer", NAMED),
    ("warrantyExpirationDate", Date),
    ("installationDate", Date),
    ("questions", Many(&[("questionId", Number), ("question", Text), ("answer", Text)])),
    ("customFields", CUSTOM),
    LAST_UPDATED,
];

pub const SCHEDULE: Fields = &[
    ("id", Number),
    ("objectId", Number),
    ("name", Text),
    ("member", MEMBER_OF),
    ("where", NAMED),
    ("dateStart", Date),
    ("dateEnd", Date),
    ("reminder", NAMED),
    ("status", NAMED),
    ("type", CODED),
    ("span", CODED),
    ("doneFlag", Flag),
    ("acknowledgedFlag", Flag),
    ("ownerFlag", Flag),
    ("meetingFlag", Flag),
    ("hours", Number),
    ("closeDate", Date),
    LAST_UPDATED,
];

pub const TIME: Fields = &[
    ("id", Number),
    ("chargeToId", Number),
    ("chargeToType", Text),
    ("member", MEMBER_OF),
    ("timeStart", Date),
    ("timeEnd", Date),
    ("actualHours", Number),
    ("hoursDeduct", Number),
    ("workType", NAMED),
    ("workRole", NAMED),
    ("billableOption", Text),
    ("notes", Text),
    ("internalNotes", Text),
    ("addToDetailDescriptionFlag", Flag),
    ("addToInternalAnalysisFlag", Flag),
    ("addToResolutionFlag", Flag),
    ("emailContactFlag", Flag),
    ("emailResourceFlag", Flag),
    ("emailCcFlag", Flag),
    LAST_UPDATED,
];

pub const CALLBACK: Fields = &[
    ("id", Number),
    ("description", Text),
    ("url", Text),
    ("objectId", Number),
    ("type", Text),
    ("level", Text),
    ("memberId", Number),
    ("inactiveFlag", Flag),
    ("isSelfSuppressedFlag", Flag),
    LAST_UPDATED,
];
