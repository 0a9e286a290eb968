//! The simulated ConnectWise against what is documented of the real one, not against our client.

mod faults;
mod rules;
mod wire;

use flowpilot::psa::server::simulator::{Options, Simulator};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::support::{Answer, read};

/// Somebody who knows the keys.
pub struct Caller {
    pub simulator: Simulator,
    http: reqwest::Client,
}

impl Caller {
    pub async fn new() -> Self {
        Self::of(Options::default()).await
    }

    pub async fn of(options: Options) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        Self { simulator, http: reqwest::Client::new() }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}/v4_6_release/apis/3.0{path}", self.simulator.api_url())
    }

    pub fn bare(&self, method: Method, url: &str) -> RequestBuilder {
        self.http.request(method, url)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let options = self.simulator.options();
        let user = format!("{}+{}", options.company, options.public_key);
        self.bare(method, &self.at(path))
            .basic_auth(user, Some(&options.private_key))
            .header("clientId", &options.client_id)
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    pub async fn find(&self, path: &str, conditions: &str) -> Answer {
        read(self.request(Method::GET, path).query(&[("conditions", conditions)])).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        read(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        read(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn raw(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }
}

/// The ids of a list.
pub fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}
