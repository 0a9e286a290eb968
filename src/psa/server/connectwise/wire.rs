//! Records as ConnectWise sends them, as far as FlowPilot reads them. What is not there is not there; what is more is passed over.

use serde::{Deserialize, Deserializer};
use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description,
};

use crate::{
    ids::Timestamp,
    psa::types::{Contact, Member, Named},
};

/// A record by some of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Reference {
    pub id: Option<i64>,
    pub identifier: Option<String>,
    pub name: Option<String>,
}

impl Reference {
    pub fn id(&self) -> Option<String> {
        self.id.map(|id| id.to_string())
    }

    /// Its name, or what else there is to call it.
    pub fn label(&self) -> String {
        let given = [&self.name, &self.identifier].into_iter().flatten().find(|name| !name.trim().is_empty());
        given.cloned().or_else(|| self.id()).unwrap_or_default()
    }

    pub fn named(&self) -> Named {
        Named { id: self.id().unwrap_or_default(), name: self.label() }
    }
}

/// A moment; some tenants leave out the zone, some add fractions. Anything else is none.
fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.as_deref().and_then(read_moment))
}

/// What is `null` is as good as missing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn read_moment(text: &str) -> Option<Timestamp> {
    let bare = || {
        PrimitiveDateTime::parse(text, format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]"))
            .map(PrimitiveDateTime::assume_utc)
    };
    let at = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| bare()).ok()?;
    Some(Timestamp(at.to_offset(UtcOffset::UTC)))
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Info {
    #[serde(deserialize_with = "moment")]
    pub last_updated: Option<Timestamp>,
    #[serde(deserialize_with = "moment")]
    pub date_entered: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ticket {
    pub id: i64,
    pub summary: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub board: Reference,
    #[serde(deserialize_with = "or_default")]
    pub status: Reference,
    pub priority: Option<Reference>,
    pub company: Option<Reference>,
    pub contact: Option<Reference>,
    pub contact_name: Option<String>,
    pub contact_phone_number: Option<String>,
    pub contact_email_address: Option<String>,
    pub owner: Option<Reference>,
    /// Identifiers with commas between: who has a schedule entry. Never written.
    pub resources: Option<String>,
    pub closed_flag: Option<bool>,
    #[serde(rename = "_info", deserialize_with = "or_default")]
    pub info: Info,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Note {
    pub id: i64,
    pub text: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub detail_description_flag: bool,
    #[serde(deserialize_with = "or_default")]
    pub internal_analysis_flag: bool,
    #[serde(deserialize_with = "or_default")]
    pub resolution_flag: bool,
    pub note_type: Option<String>,
    pub member: Option<Reference>,
    pub contact: Option<Reference>,
    pub created_by: Option<String>,
    #[serde(deserialize_with = "moment")]
    pub date_created: Option<Timestamp>,
    #[serde(rename = "_info", deserialize_with = "or_default")]
    pub info: Info,
}

impl Note {
    pub fn created(&self) -> Option<Timestamp> {
        self.date_created.or(self.info.date_entered).or(self.info.last_updated)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    pub id: i64,
    pub name: Option<String>,
    pub sort_order: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    pub inactive: bool,
    #[serde(deserialize_with = "or_default")]
    pub closed_status: bool,
    #[serde(deserialize_with = "or_default")]
    pub time_entry_not_allowed: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Priority {
    pub id: i64,
    pub name: Option<String>,
    pub sort_order: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Person {
    pub id: i64,
    pub identifier: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub office_email: Option<String>,
    pub primary_email: Option<String>,
    pub default_email: Option<String>,
    pub inactive_flag: Option<bool>,
    pub default_phone_nbr: Option<String>,
    pub communication_items: Option<Vec<Item>>,
}

/// A way to reach somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Item {
    pub value: Option<String>,
    pub default_flag: Option<bool>,
    pub communication_type: Option<String>,
}

fn filled(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Person {
    fn name(&self) -> Option<String> {
        let parts: Vec<String> = [&self.first_name, &self.last_name].into_iter().filter_map(filled).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    pub fn member(&self) -> Member {
        let identifier = filled(&self.identifier).unwrap_or_else(|| self.id.to_string());
        let mut emails: Vec<String> = Vec::new();
        for email in [&self.office_email, &self.primary_email, &self.default_email].into_iter().filter_map(filled) {
            if !emails.iter().any(|known| known.eq_ignore_ascii_case(&email)) {
                emails.push(email);
            }
        }
        let name = self.name().unwrap_or_else(|| identifier.clone());
        Member { id: self.id.to_string(), identifier, name, emails }
    }

    /// The first way of a kind, the usual one before others.
    fn reach(&self, kind: &str) -> Option<String> {
        let items = self.communication_items.iter().flatten();
        let mut of_kind: Vec<&Item> = items.filter(|item| item.communication_type.as_deref() == Some(kind)).collect();
        of_kind.sort_by_key(|item| item.default_flag != Some(true));
        of_kind.into_iter().find_map(|item| filled(&item.value))
    }

    pub fn contact(&self) -> Contact {
        Contact {
            id: self.id.to_string(),
            name: self.name().unwrap_or_else(|| self.id.to_string()),
            email: self.reach("Email"),
            phone: filled(&self.default_phone_nbr).or_else(|| self.reach("Phone")),
        }
    }
}

/// A device. Its `questions` may hold passwords: they are not even read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Device {
    pub id: i64,
    pub name: Option<String>,
    pub device_identifier: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<Reference>,
    pub serial_number: Option<String>,
    pub model_number: Option<String>,
    pub tag_number: Option<String>,
    pub ip_address: Option<String>,
    pub os_type: Option<String>,
    pub os_info: Option<String>,
    pub last_login_name: Option<String>,
}

impl Device {
    /// What people need to know of it.
    pub fn details(&self) -> Vec<(String, String)> {
        let system = match (filled(&self.os_info), filled(&self.os_type)) {
            (Some(info), _) => Some(info),
            (None, kind) => kind,
        };
        [
            ("Model", filled(&self.model_number)),
            ("Serial number", filled(&self.serial_number)),
            ("Tag", filled(&self.tag_number)),
            ("Operating system", system),
            ("IP address", filled(&self.ip_address)),
            ("Last login", filled(&self.last_login_name)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Entry {
    pub id: i64,
    #[serde(deserialize_with = "or_default")]
    pub member: Reference,
    #[serde(deserialize_with = "moment")]
    pub date_start: Option<Timestamp>,
    #[serde(deserialize_with = "moment")]
    pub date_end: Option<Timestamp>,
    #[serde(deserialize_with = "or_default")]
    pub done_flag: bool,
    #[serde(deserialize_with = "moment")]
    pub time_start: Option<Timestamp>,
    pub actual_hours: Option<f64>,
    pub notes: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SystemInfo {
    pub version: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_ticket_is_read_whatever_is_missing_or_new() {
        let bare: Ticket = serde_json::from_value(
            json!({ "id": 7, "priority": { "id": 4 }, "owner": null, "status": null, "_info": null }),
        )
        .unwrap();
        assert_eq!((bare.id, bare.owner.clone(), bare.info), (7, None, Info::default()));
        assert_eq!(bare.priority.unwrap().label(), "4", "some tenants name no priority");
        let told = json!({ "id": 8, "board": { "id": 1, "name": "Help Desk", "_info": {} }, "newIn2027": [1], "_info":
            { "lastUpdated": "2026-11-02T09:15:00Z", "updatedBy": "jdoe" } });
        let whole: Ticket = serde_json::from_value(told).unwrap();
        assert_eq!(whole.board.named(), Named { id: "1".to_owned(), name: "Help Desk".to_owned() });
        assert_eq!(whole.info.last_updated, Some(Timestamp(datetime!(2026-11-02 09:15 UTC))));
    }

    #[test]
    fn moments_are_read_in_the_forms_that_occur() {
        let at = Some(Timestamp(datetime!(2026-11-02 09:15 UTC)));
        for text in
            ["2026-11-02T09:15:00Z", "2026-11-02T09:15:00", "2026-11-02T10:15:00+01:00", "2026-11-02T09:15:00.000Z"]
        {
            assert_eq!(read_moment(text), at, "{text}");
        }
        assert_eq!(read_moment("yesterday"), None);
    }

    #[test]
    fn a_member_has_every_address_once() {
        let told = json!({ "id": 12, "identifier": "jdoe", "firstName": "John", "lastName": " ", "officeEmail":
            "j@acme.example", "primaryEmail": "J@acme.example", "defaultEmail": "" });
        let member = serde_json::from_value::<Person>(told).unwrap().member();
        assert_eq!((member.name.as_str(), member.emails), ("John", vec!["j@acme.example".to_owned()]));
        let bare = serde_json::from_value::<Person>(json!({ "id": 13, "identifier": "x" })).unwrap().member();
        assert_eq!(bare.name, "x");
    }

    #[test]
    fn a_contact_is_reached_the_usual_way() {
        let told = json!({ "id": 1, "firstName": "Dana", "communicationItems": [
            { "value": "old@x.example", "communicationType": "Email" },
            { "value": "dana@x.example", "communicationType": "Email", "defaultFlag": true },
            { "value": "555", "communicationType": "Phone" }] });
        let contact = serde_json::from_value::<Person>(told).unwrap().contact();
        assert_eq!((contact.email.as_deref(), contact.phone.as_deref()), (Some("dana@x.example"), Some("555")));
    }

    #[test]
    fn the_answers_to_a_devices_questions_are_not_read() {
        let told = json!({ "id": 55, "name": "LT", "osType": "Windows", "serialNumber": "5CG", "questions":
            [{ "question": "Local admin password", "answer": "Tr0ub4dor&3" }] });
        let device: Device = serde_json::from_value(told).unwrap();
        assert!(!format!("{device:?} {:?}", device.details()).contains("Tr0ub4dor"));
        assert_eq!(device.details().len(), 2);
    }
}
