//! Who may come in: the four parts of a login, and what a tenant says of itself to anybody.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    Options,
    call::Call,
    reply::{Answer, Reply},
};

/// The build of this tenant; `v4_6_release` leads to it too.
pub const CODEBASE: &str = "v2025_1";

/// Whether the login is right.
pub fn check(call: &Call, options: &Options) -> Result<(), Reply> {
    let refused = |message: &str| Err(Reply::error(401, "Unauthorized", message));
    match call.header("clientId") {
        None => return refused("The clientId header is missing."),
        Some(id) if id != options.client_id => return refused("The clientId is not valid."),
        Some(_) => {}
    }
    let given = call.header("authorization").and_then(|value| value.strip_prefix("Basic "));
    let login = given.and_then(|text| BASE64_STANDARD.decode(text.trim()).ok());
    let expected = format!("{}+{}:{}", options.company, options.public_key, options.private_key);
    if login.as_deref() == Some(expected.as_bytes()) {
        return Ok(());
    }
    Err(Reply::error(401, "ConnectWiseApi", "UserNotAuthenticated"))
}

/// What `/login/companyinfo/{company}` says; an unknown company is nothing at all, with 200.
pub fn company_info(company: &str, options: &Options, host: &str) -> Answer {
    if !company.eq_ignore_ascii_case(&options.company) {
        return Ok(Reply::json(200, &Value::Null));
    }
    let cloud = if options.cloud_as_text { json!("True") } else { json!(true) };
    Ok(Reply::json(
        200,
        &json!({
            "CompanyName": "Acme MSP",
            "Codebase": format!("{CODEBASE}/"),
            "VersionCode": "v2025.1",
            "VersionNumber": "v4.6.12345",
            "CompanyID": options.company,
            "IsCloud": cloud,
            "SiteUrl": host,
        }),
    ))
}

/// What `/system/info` says.
pub fn system_info() -> Answer {
    Ok(Reply::json(
        200,
        &json!({
            "version": "v2025.1.12345",
            "isCloud": true,
            "serverTimeZone": "Eastern Standard Time",
            "licenseBits": [],
            "cloudRegion": "NA",
            "maxWorkFlowRecordsAllowed": 100,
        }),
    ))
}
