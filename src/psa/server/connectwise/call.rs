//! One call of the API as FlowPilot means it: where, with which filter, and whether it may be sent twice.

use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{conditions::Condition, paging::Next};

/// Addresses longer than this may not get through; their filter goes into the body of a search.
const LONGEST_ADDRESS: usize = 1_900;
/// Lists that can be searched by POST.
const SEARCHED: [&str; 4] = ["/service/tickets", "/company/companies", "/company/configurations", "/company/contacts"];

/// What of the key's role a call needs, in ConnectWise's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    /// The list that stays empty without: `Boards`.
    pub of: &'static str,
    pub permission: &'static str,
}

/// A call below `…/apis/3.0`.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub conditions: Option<String>,
    pub order_by: Option<&'static str>,
    pub body: Option<Value>,
    pub forward: bool,
    pub right: Right,
    /// The ticket that is not there when the answer is 404.
    pub ticket: Option<String>,
}

impl Call {
    fn new(method: Method, path: String, right: Right) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            conditions: None,
            order_by: None,
            body: None,
            forward: false,
            right,
            ticket: None,
        }
    }

    pub fn get(path: impl Into<String>, right: Right) -> Self {
        Self::new(Method::GET, path.into(), right)
    }

    pub fn post(path: impl Into<String>, right: Right, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, path.into(), right) }
    }

    pub fn patch(path: impl Into<String>, right: Right, patch: &impl Serialize) -> Self {
        let body = serde_json::to_value(patch).unwrap_or_default();
        Self { body: Some(body), ..Self::new(Method::PATCH, path.into(), right) }
    }

    pub fn delete(path: impl Into<String>, right: Right) -> Self {
        Self::new(Method::DELETE, path.into(), right)
    }

    /// Only these fields, by their paths.
    #[must_use]
    pub fn fields(mut self, fields: &str) -> Self {
        self.query.push(("fields", fields.to_owned()));
        self
    }

    #[must_use]
    pub fn that(self, condition: &Condition) -> Self {
        Self { conditions: (!condition.is_empty()).then(|| condition.to_string()), ..self }
    }

    #[must_use]
    pub fn order_by(self, order: &'static str) -> Self {
        Self { order_by: Some(order), ..self }
    }

    #[must_use]
    pub fn page_size(self, size: u32) -> Self {
        self.at(("pageSize", size.to_string()))
    }

    /// Another page.
    #[must_use]
    pub fn at(mut self, page: Next) -> Self {
        self.query.retain(|(name, _)| *name != page.0);
        self.query.push(page);
        self
    }

    /// Whole lists by the last id, which is cheaper and misses nothing that comes in meanwhile.
    #[must_use]
    pub fn forward_only(self) -> Self {
        Self { forward: true, order_by: None, ..self }
    }

    #[must_use]
    pub fn of_ticket(self, ticket: i64) -> Self {
        Self { ticket: Some(ticket.to_string()), ..self }
    }

    /// It changes something.
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// Sent twice it does no more than sent once.
    pub fn repeatable(&self) -> bool {
        self.method != Method::POST
    }

    /// Method, address and body below the API's own address. A filter too long for an address becomes a search.
    pub fn request(&self, api: &Url) -> (Method, Url, Option<Value>) {
        let mut query = self.query.clone();
        let filter = [("conditions", self.conditions.clone()), ("orderBy", self.order_by.map(str::to_owned))];
        query.extend(filter.iter().filter_map(|(name, value)| Some((*name, value.clone()?))));
        let url = address(api, &self.path, &query);
        let searched = self.method == Method::GET && SEARCHED.contains(&self.path.as_str());
        if url.as_str().len() <= LONGEST_ADDRESS || !searched {
            return (self.method.clone(), url, self.body.clone());
        }
        let mut body = json!({});
        for (name, value) in filter {
            if let Some(value) = value {
                body[name] = value.into();
            }
        }
        (Method::POST, address(api, &format!("{}/search", self.path), &self.query), Some(body))
    }
}

fn address(api: &Url, path: &str, query: &[(&'static str, String)]) -> Url {
    let mut url = api.clone();
    url.set_path(&format!("{}{path}", api.path().trim_end_matches('/')));
    if !query.is_empty() {
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        // A plus is a space only to some, and an asterisk is a wildcard to others.
        url.set_query(Some(&encoded.replace('+', "%20").replace('*', "%2A")));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::{super::conditions::Field, *};

    const RIGHT: Right = Right { of: "Tickets", permission: "Service Tickets" };

    fn api() -> Url {
        Url::parse("https://api-na.myconnectwise.net/v2025_1/apis/3.0").unwrap()
    }

    #[test]
    fn a_filter_is_encoded_whole() {
        let condition = Field("summary").contains("50% & 1+1 *'x'");
        let (method, url, body) = Call::get("/service/tickets", RIGHT).that(&condition).request(&api());
        assert_eq!((method, body), (Method::GET, None));
        assert_eq!(
            url.as_str(),
            "https://api-na.myconnectwise.net/v2025_1/apis/3.0/service/tickets?conditions=summary%20contains%20%2250%25%20%26%201%2B1%20%2A%27x%27%22"
        );
    }

    #[test]
    fn a_long_filter_is_searched_for_by_post() {
        let condition = Condition::any((0..400).map(|id| Field("id").is(id)));
        let call = Call::get("/service/tickets", RIGHT).that(&condition).order_by("id desc").page_size(50).fields("id");
        let (method, url, body) = call.request(&api());
        assert_eq!(method, Method::POST);
        assert_eq!(url.query(), Some("pageSize=50&fields=id"));
        assert!(url.path().ends_with("/service/tickets/search"), "{url}");
        let body = body.unwrap();
        assert_eq!(body["conditions"], condition.to_string());
        assert_eq!(body["orderBy"], "id desc");
        assert!(call.repeatable() && !call.writes(), "a search changes nothing");
    }

    #[test]
    fn another_page_takes_the_place_of_the_first() {
        let call = Call::get("/x", RIGHT).at(("pageId", "1".to_owned())).at(("pageId", "2".to_owned()));
        assert_eq!(call.query, [("pageId", "2".to_owned())]);
    }
}
