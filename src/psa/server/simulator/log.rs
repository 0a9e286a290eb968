//! What was asked, for tests that count and for people who watch.

use time::OffsetDateTime;

/// One request and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// Behind the version: `/service/tickets/48213`, and `/login/companyinfo/acme` as it is.
    pub path: String,
    /// Decoded: `conditions` → `board/id=1`.
    pub query: Vec<(String, String)>,
    pub body: String,
    pub at: OffsetDateTime,
    /// `None`: no answer was sent.
    pub status: Option<u16>,
    /// What went wrong on purpose.
    pub fault: Option<String>,
}

impl Asked {
    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let status = self.status.map_or("cut".to_owned(), |status| status.to_string());
        let fault = self.fault.as_deref().map(|fault| format!("  ({fault})")).unwrap_or_default();
        format!("{:>6} {}{query} → {status}{fault}", self.method, self.path)
    }
}
