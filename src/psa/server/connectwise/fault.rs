//! What an answer that is none means, in words that say where to change it.

use std::time::Duration;

use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use serde::Deserialize;

use super::call::Call;
use crate::{
    error::AppError,
    psa::server::PsaError,
    server::http_client::{Private, causes},
};

/// A pause that is asked for without saying how long.
const USUAL_PAUSE: Duration = Duration::from_secs(5);
/// More is no pause but an end.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
const SETTINGS: &str = "Check it under Settings > Ticket system.";

/// How a try failed, for who decides whether there is another.
#[derive(Debug)]
pub enum Trouble {
    /// It will be the same the next time.
    Final(PsaError),
    /// The same may work in a moment. `sent`: it may have been done all the same.
    Passing { why: String, sent: bool },
    /// Not done: it asks for a pause.
    Throttled(Duration),
    /// Nothing is where the API should be: the tenant may have moved.
    Moved(PsaError),
}

impl From<PsaError> for Trouble {
    fn from(error: PsaError) -> Self {
        Self::Final(error)
    }
}

/// The body of an error, as far as it is there.
#[derive(Debug, Default, Deserialize)]
struct Body {
    code: Option<String>,
    message: Option<String>,
    errors: Option<Vec<Detail>>,
}

#[derive(Debug, Deserialize)]
struct Detail {
    code: Option<String>,
    message: Option<String>,
    field: Option<String>,
}

impl Body {
    fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// What is wrong, the details before the headline.
    fn words(&self) -> String {
        let details: Vec<&str> =
            self.errors.iter().flatten().filter_map(|detail| detail.message.as_deref()).take(5).collect();
        let words = match details.as_slice() {
            [] => self.message.clone().unwrap_or_default(),
            details => details.join(" "),
        };
        let words: String = words.chars().filter(|c| !c.is_control()).take(400).collect();
        if words.trim().is_empty() { "it does not say why.".to_owned() } else { words }
    }

    fn too_long(&self) -> Option<&Detail> {
        self.errors.iter().flatten().find(|detail| detail.code.as_deref() == Some("MaxLengthField"))
    }
}

pub fn is_page(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// It says itself that there is no such record; other 404s come from where no API is.
pub fn says_not_found(body: &[u8]) -> bool {
    serde_json::from_slice::<Body>(body).is_ok_and(|body| body.is("NotFound"))
}

/// What answers there is no API.
pub fn not_an_api(host: &str) -> PsaError {
    PsaError::Credentials(format!(
        "what answers at {host} is a web page and not the API of ConnectWise. The site is probably not the address of ConnectWise. {SETTINGS}"
    ))
}

/// What answers there knows nothing of tickets.
pub fn not_connectwise(host: &str) -> PsaError {
    PsaError::Credentials(format!(
        "{host} answers, but not as the API of ConnectWise does. The site is probably not the address of ConnectWise. {SETTINGS}"
    ))
}

/// What the status and the body of an answer that is not a success mean.
pub fn of_answer(call: &Call, host: &str, status: StatusCode, headers: &HeaderMap, bytes: &[u8]) -> Trouble {
    let body: Body = serde_json::from_slice(bytes).unwrap_or_default();
    let message = body.message.as_deref().unwrap_or_default();
    match status {
        _ if message.contains("SSL is required") => PsaError::Credentials(format!(
            "{host} is where people open ConnectWise; its API has another address, which begins with “api-”. {SETTINGS}"
        ))
        .into(),
        StatusCode::TOO_MANY_REQUESTS => Trouble::Throttled(pause(headers)),
        StatusCode::UNAUTHORIZED => PsaError::Credentials(keys(message)).into(),
        StatusCode::FORBIDDEN if message.to_ascii_lowercase().contains("clientid") => {
            PsaError::Credentials(keys(message)).into()
        }
        // The API says in JSON which permission is missing; what says it in a page is something else.
        StatusCode::FORBIDDEN if is_page(bytes) => not_an_api(host).into(),
        StatusCode::FORBIDDEN if call.path.is_empty() => PsaError::Credentials(format!(
            "{host} does not tell where the API of ConnectWise is (HTTP 403). It is probably not the address of ConnectWise, or a firewall keeps FlowPilot out. {SETTINGS}"
        ))
        .into(),
        StatusCode::FORBIDDEN => PsaError::Forbidden(denied(call)).into(),
        StatusCode::NOT_FOUND if body.is("NotFound") => missing(call, &body).into(),
        StatusCode::NOT_FOUND => Trouble::Moved(PsaError::Credentials(format!(
            "the API of ConnectWise was not found at {host}: the company or the site is wrong. {SETTINGS}"
        ))),
        // The record was changed at the same moment: not done, and the next time it may be.
        StatusCode::CONFLICT => Trouble::Passing { why: format!("it says: {}", body.words()), sent: false },
        StatusCode::REQUEST_TIMEOUT => passing(host, status),
        status if status.is_server_error() => passing(host, status),
        _ if status.is_redirection() || is_page(bytes) => not_an_api(host).into(),
        _ => wrong_reference(call, &body).unwrap_or_else(|| PsaError::Refused(refused(call, &body))).into(),
    }
}

fn passing(host: &str, status: StatusCode) -> Trouble {
    let why = format!(
        "{host} answers with an error of its own (HTTP {}). That usually passes; status.connectwise.com tells more.",
        status.as_u16()
    );
    Trouble::Passing { why, sent: true }
}

fn keys(message: &str) -> String {
    let what = if message.to_ascii_lowercase().contains("clientid") {
        "the client ID is missing or unknown. It is a GUID of the integration from developer.connectwise.com"
    } else {
        "company, public key, private key or client ID is wrong. The keys are made in ConnectWise under System > Members > API Members > API Keys"
    };
    format!("{what}; enter it under Settings > Ticket system.")
}

/// Which permission is missing, and who can give it.
fn denied(call: &Call) -> String {
    let level = match call.method.as_str() {
        "POST" => "add",
        "PATCH" => "edit",
        "DELETE" => "delete",
        _ => "inquire",
    };
    format!(
        "The security role of the API member may not do this in ConnectWise. An admin gives it “{}” ({level}) under System > Security Roles.",
        call.right.permission
    )
}

/// The hint beside a list that stays empty because the role may not read it.
pub fn hint(call: &Call) -> String {
    format!(
        "{} cannot be read: the security role of the API member in ConnectWise lacks “{}” (inquire). An admin gives it under System > Security Roles.",
        call.right.of, call.right.permission
    )
}

fn missing(call: &Call, body: &Body) -> PsaError {
    match &call.ticket {
        Some(ticket) => PsaError::NotFound(ticket.clone()),
        None => PsaError::Refused(body.words()),
    }
}

/// Something that a new ticket names is not there.
fn wrong_reference(call: &Call, body: &Body) -> Option<PsaError> {
    if call.method != Method::POST || call.path != "/service/tickets" {
        return None;
    }
    let gone = |detail: &&Detail| detail.code.as_deref() == Some("NotFound");
    let named = |detail: &Detail| detail.field.as_deref()?.split('/').next().map(str::to_owned);
    let field = body.errors.iter().flatten().filter(gone).find_map(named)?;
    ["company", "contact", "board", "priority"].contains(&field.as_str()).then(|| {
        let said = format!("ConnectWise has no such {field}. Choose one from the list.");
        PsaError::Invalid(AppError::invalid(format!("{field}_id"), said))
    })
}

fn refused(call: &Call, body: &Body) -> String {
    if let Some(detail) = body.too_long() {
        let words = detail.message.as_deref().unwrap_or_default();
        let limit = words.split(|c: char| !c.is_ascii_digit()).rfind(|part| !part.is_empty());
        let what = detail.field.as_deref().unwrap_or("text");
        return match limit {
            Some(limit) => {
                format!("the {what} is longer than the {limit} characters it takes and has to be shorter.")
            }
            None => format!("the {what} is longer than it takes and has to be shorter."),
        };
    }
    if body.is("ApiFindCondition") {
        return format!("it does not understand the search ({}). Search for other words.", body.words());
    }
    let gone = body.errors.iter().flatten().any(|detail| detail.code.as_deref() == Some("NotFound"));
    match (gone, &call.ticket) {
        (true, Some(ticket)) => format!("{} (ticket #{ticket})", body.words()),
        _ => body.words(),
    }
}

fn pause(headers: &HeaderMap) -> Duration {
    let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    asked.map_or(USUAL_PAUSE, Duration::from_secs).min(LONGEST_PAUSE)
}

/// What it means that no answer came.
pub fn of_transport(host: &str, error: &reqwest::Error) -> Trouble {
    let causes = || causes(error);
    if causes().any(|cause| cause.is::<Private>()) {
        return private(host).into();
    }
    if let Some(tls) = causes().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return PsaError::Credentials(format!("no secure connection to {host} is possible ({tls}). {SETTINGS}")).into();
    }
    let why = if error.is_timeout() {
        format!("{host} did not answer in time.")
    } else if error.is_connect() {
        let last = causes().last().map(ToString::to_string).unwrap_or_default();
        format!(
            "no connection to {host} ({}). If it stays so, check the site under Settings > Ticket system.",
            last.trim_end_matches('.')
        )
    } else {
        format!("the connection to {host} broke.")
    };
    Trouble::Passing { why, sent: !error.is_connect() }
}

/// The account's site is in the server's own network.
pub fn private(host: &str) -> PsaError {
    PsaError::Credentials(format!(
        "{host} is in the server's own network, where an account may not send calls. Enter the public address of ConnectWise under Settings > Ticket system."
    ))
}

#[cfg(test)]
mod tests {
    use super::{super::call::Right, *};

    const RIGHT: Right = Right { of: "Tickets", permission: "Service Desk > Service Tickets" };

    fn said(status: u16, body: &str) -> String {
        let call = Call::patch("/service/tickets/99", RIGHT, &()).of_ticket(99);
        let status = StatusCode::from_u16(status).unwrap();
        match of_answer(&call, "api-na.myconnectwise.net", status, &HeaderMap::new(), body.as_bytes()) {
            Trouble::Final(error) => error.to_string(),
            Trouble::Moved(error) => format!("moved: {error}"),
            Trouble::Passing { why, sent } => format!("passing ({sent}): {why}"),
            Trouble::Throttled(pause) => format!("throttled: {} s", pause.as_secs()),
        }
    }

    #[test]
    fn each_error_says_what_is_wrong_and_where_to_change_it() {
        for (status, body, parts) in [
            (401, r#"{"code":"ConnectWiseApi","message":"UserNotAuthenticated"}"#, ["private key", "API Members"]),
            (
                401,
                r#"{"code":"Unauthorized","message":"The clientId header is missing."}"#,
                ["client ID", "Settings > Ticket system"],
            ),
            (
                403,
                r#"{"code":"Security","message":"Your clientId is not valid"}"#,
                ["client ID", "developer.connectwise.com"],
            ),
            (
                403,
                r#"{"code":"Security","message":"You do not have security permission to perform this action."}"#,
                ["Service Desk > Service Tickets” (edit)", "Security Roles"],
            ),
            (
                403,
                r#"{"code":"Security","message":"SSL is required.","errors":null}"#,
                ["“api-”", "Settings > Ticket system"],
            ),
            (403, "<html>Access denied by the firewall</html>", ["web page", "Settings > Ticket system"]),
            (404, r#"{"code":"NotFound","message":"Ticket 99 not found","errors":null}"#, ["no ticket #99", "."]),
            (404, "<html>The resource cannot be found.</html>", ["moved: ", "Settings > Ticket system"]),
            (302, "", ["web page", "Settings > Ticket system"]),
            (400, "<!doctype html>", ["web page", "Settings > Ticket system"]),
            (409, r#"{"code":"Conflict","message":"changed meanwhile"}"#, ["passing (false)", "changed meanwhile"]),
            (500, "<html>Runtime Error</html>", ["passing (true)", "HTTP 500"]),
            (429, r#"{"error":"ConnectWiseAPI","message":"Too many requests."}"#, ["throttled", "5 s"]),
            (
                400,
                r#"{"code":"InvalidObject","message":"note object is invalid","errors":[{"code":"MaxLengthField","message":"The field text must be a string with a maximum length of 60000","resource":"note","field":"text"}]}"#,
                ["the text is longer than the 60000 characters", "has to be shorter"],
            ),
            (
                400,
                r#"{"code":"InvalidObject","message":"ticket object is invalid","errors":[{"code":"NotFound","message":"Service Status 17 not found for Service Board 21","resource":"ticket","field":"status/id"}]}"#,
                ["Service Status 17 not found", "ticket #99"],
            ),
            (
                400,
                r#"{"code":"ApiFindCondition","message":"foo is not a recognized name.","errors":null}"#,
                ["search", "foo"],
            ),
            (418, "", ["does not say why", "."]),
        ] {
            let said = said(status, body);
            assert!(parts.iter().all(|part| said.contains(part)), "{status} {body}: {said}");
        }
    }

    #[test]
    fn what_refuses_to_tell_where_the_api_is_lacks_no_permission() {
        let call = Call::get("", RIGHT);
        let answer = of_answer(&call, "www.example.com", StatusCode::FORBIDDEN, &HeaderMap::new(), b"Forbidden");
        let Trouble::Final(PsaError::Credentials(said)) = answer else { panic!("{answer:?}") };
        assert!(
            said.contains("www.example.com") && said.contains("Settings > Ticket system") && !said.contains("role"),
            "{said}"
        );
    }

    #[test]
    fn only_a_record_that_is_said_to_be_gone_is_gone() {
        assert!(says_not_found(br#"{"code":"NotFound","message":"Schedule entry 9 not found","errors":null}"#));
        for other in [r#"{"code":"ConnectWiseApi","message":"no such company"}"#, "{}", "", "<html>", "null"] {
            assert!(!says_not_found(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_pause_is_as_long_as_it_asks_within_reason() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            pause(&headers).as_secs()
        };
        assert_eq!(of("30"), 30);
        assert_eq!(of("86400"), 300);
        assert_eq!(of("Wed, 21 Oct 2026 07:28:00 GMT"), 5);
    }
}
