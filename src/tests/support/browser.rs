//! A browser: it keeps its login cookie, says where a request comes from, and calls server functions.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use super::{Answer, Person, TestApp, people::PASSWORD, read};

/// One browser on one node, signed in or not.
#[derive(Debug, Clone)]
pub struct Browser {
    http: reqwest::Client,
    pub origin: String,
    /// `name=value`, as it is sent back.
    pub cookie: Option<String>,
}

impl TestApp {
    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser { http: self.http.clone(), origin: self.url(""), cookie: None }
    }

    /// A browser in which somebody is signed in.
    pub async fn browser_of(&self, person: &Person) -> Browser {
        let mut browser = self.browser();
        let answer = browser.log_in(&person.email, PASSWORD).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
        browser
    }
}

impl Browser {
    /// A request with the cookie, as the browser's own page would send it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_from(Some(&self.origin), method, path)
    }

    /// A request with the cookie that a page of `origin` makes the browser send.
    pub fn request_from(&self, origin: Option<&str>, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.origin));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    /// A page's HTML.
    pub async fn page(&self, path: &str) -> String {
        let response = self.request(Method::GET, path).header("accept", "text/html").send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.text().await.expect("a page")
    }

    /// Where a page sends the browser.
    pub async fn lands_on(&self, path: &str) -> String {
        let response = self.request(Method::GET, path).header("accept", "text/html").send().await.expect("an answer");
        assert!(response.status().is_redirection(), "{path}: {}", response.status());
        response.headers()["location"].to_str().expect("an address").to_owned()
    }

    /// Sends a form to a server function and keeps the cookie that comes back.
    pub async fn submit(&mut self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, &format!("/rpc/{function}")).form(fields);
        let response = request.send().await.expect("an answer");
        if let Some(cookie) = cookie_of(&response) {
            let pair = cookie.split(';').next().expect("a pair").to_owned();
            self.cookie = (!pair.ends_with('=')).then_some(pair);
        }
        let status = response.status();
        let text = response.text().await.expect("a body");
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub async fn log_in(&mut self, email: &str, password: &str) -> Answer {
        self.submit("accounts/log_in", &[("email", email), ("password", password)]).await
    }
}

/// The login cookie that an answer sets, whole.
pub fn cookie_of(response: &Response) -> Option<String> {
    let cookies = response.headers().get_all("set-cookie");
    cookies
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find(|value| value.starts_with("fp_session="))
        .map(ToOwned::to_owned)
}
