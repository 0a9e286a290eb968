//! What an account may have entered wrong, and what may answer in ConnectWise's place: each says what it is and where to fix it.

use flowpilot::psa::server::{
    ConnectWiseKeys, Provider, PsaError,
    connectwise::{ConnectWise, Options},
    simulator::{self, Mishap},
};

use super::{Desk, keys, quick, says, why};

async fn with(desk: &Desk, change: impl FnOnce(&mut ConnectWiseKeys)) -> String {
    let mut keys = keys(&desk.simulator);
    change(&mut keys);
    let error = ConnectWise::new(keys, quick()).test(&desk.ctx).await.unwrap_err();
    assert!(matches!(error, PsaError::Credentials(_)), "{error:?}");
    assert!(!error.is_transient(), "trying again does not help");
    error.to_string()
}

#[tokio::test]
async fn a_connection_that_works_says_with_what() {
    let desk = Desk::new().await;
    says(&desk.connectwise.test(&desk.ctx).await.unwrap(), &["Connected to Acme MSP", "v2025.1"]);
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/system/members"));
    says(
        &desk.connectwise.test(&desk.ctx).await.unwrap(),
        &["Connected", "Members cannot be read", "Member Maintenance"],
    );
    desk.simulator.fault(Mishap::Forbidden.on("GET", "/service/tickets"));
    says(&why(desk.connectwise.test(&desk.ctx).await), &["Service Tickets", "Security Roles"]);
}

#[tokio::test]
async fn wrong_keys_company_and_client_id_say_which_they_are() {
    let desk = Desk::new().await;
    says(
        &with(&desk, |keys| keys.company = "acne".to_owned()).await,
        &["no company “acne”", "Settings > Ticket system"],
    );
    says(
        &with(&desk, |keys| keys.private_key = "wrong".into()).await,
        &["private key", "API Keys", "Settings > Ticket system"],
    );
    says(&with(&desk, |keys| keys.public_key = "ö+:".to_owned()).await, &["public key", "Settings > Ticket system"]);
    for id in ["", "not-a-guid"] {
        says(&with(&desk, |keys| keys.client_id = id.into()).await, &["client ID", "developer.connectwise.com"]);
    }
    says(&with(&desk, |keys| keys.client_id = "line\nbreak".into()).await, &["client ID", "Settings > Ticket system"]);
}

#[tokio::test]
async fn keys_that_were_changed_meanwhile_say_so_and_are_not_told() {
    let desk = Desk::new().await;
    desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
    desk.simulator.change_keys("new", "newer");
    let error = desk.connectwise.summary(&desk.ctx, "48213").await.unwrap_err();
    says(&error.to_string(), &["API Keys"]);
    let told = format!("{error:?} {:?}", desk.connectwise);
    assert!(!told.contains(&desk.simulator.options().private_key), "{told}");
}

#[tokio::test]
async fn the_address_for_people_leads_to_that_of_the_api() {
    let desk = Desk::of(simulator::Options { ui_host: true, ..simulator::Options::default() }).await;
    desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
}

#[tokio::test]
async fn what_says_that_it_is_in_the_cloud_may_say_it_in_a_text() {
    let desk = Desk::of(simulator::Options { cloud_as_text: true, ..simulator::Options::default() }).await;
    desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
}

#[tokio::test]
async fn a_server_that_says_yes_to_anything_is_no_connectwise() {
    let desk = Desk::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("http://{}", listener.local_addr().unwrap());
    let yes = axum::Router::new().fallback(async || axum::Json(serde_json::json!({})));
    tokio::spawn(async move { axum::serve(listener, yes).await });
    let keys = ConnectWiseKeys { site: site.parse().unwrap(), ..keys(&desk.simulator) };
    says(&why(ConnectWise::new(keys, quick()).test(&desk.ctx).await), &["not as the API of ConnectWise"]);
}

#[tokio::test]
async fn a_web_page_in_the_place_of_an_answer_is_named() {
    let desk = Desk::new().await;
    for status in [200, 302, 400] {
        desk.simulator.fault(Mishap::Html(status).on("GET", "/login/companyinfo").times(1));
        let fresh = ConnectWise::new(keys(&desk.simulator), quick());
        let error = fresh.summary(&desk.ctx, "48213").await.unwrap_err();
        assert!(matches!(error, PsaError::Credentials(_)), "{status}: {error:?}");
        says(&error.to_string(), &["web page", "Settings > Ticket system"]);
    }
}

#[tokio::test]
async fn a_tenant_that_is_not_where_it_was_is_looked_for_once_more() {
    let desk = Desk::new().await;
    desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
    desk.simulator.forget_requests();
    desk.simulator.fault(Mishap::Html(404).on("GET", "/service/tickets/48213").times(3));
    says(&why(desk.connectwise.summary(&desk.ctx, "48213").await), &["not found", "Settings > Ticket system"]);
    let ticket = "GET /service/tickets/48213";
    assert_eq!(desk.calls(), [ticket, "GET /login/companyinfo/acme", ticket], "once and no more");
    desk.connectwise.summary(&desk.ctx, "48213").await.unwrap();
    desk.simulator.fault(Mishap::Html(404).on("GET", "/service/tickets/48213").times(1));
    desk.simulator.fault(Mishap::NoCompany.on("GET", "/login/companyinfo"));
    says(&why(desk.connectwise.summary(&desk.ctx, "48213").await), &["no company"]);
}

#[tokio::test]
async fn an_account_cannot_send_the_server_into_its_own_network() {
    let desk = Desk::new().await;
    let strict = Options { trusted: false, ..quick() };
    let error = ConnectWise::new(keys(&desk.simulator), strict).summary(&desk.ctx, "48213").await.unwrap_err();
    says(&error.to_string(), &["https://"]);
    for site in [
        "https://127.0.0.1:8443",
        "https://localhost",
        "https://169.254.169.254",
        "https://[::1]",
        "https://psa.internal",
    ] {
        let keys = ConnectWiseKeys { site: site.parse().unwrap(), ..keys(&desk.simulator) };
        says(&why(ConnectWise::new(keys, strict).test(&desk.ctx).await), &["own network", "Settings > Ticket system"]);
    }
    assert_eq!(desk.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_site_where_nobody_answers_is_named() {
    let desk = Desk::new().await;
    let keys = ConnectWiseKeys { site: "http://127.0.0.1:9".parse().unwrap(), ..keys(&desk.simulator) };
    let error = ConnectWise::new(keys, quick()).test(&desk.ctx).await.unwrap_err();
    assert!(matches!(error, PsaError::Unavailable(_)), "{error:?}");
    says(&error.to_string(), &["no connection to 127.0.0.1", "Settings > Ticket system"]);
}

#[tokio::test]
async fn a_test_of_fresh_keys_looks_for_the_tenant_once_and_each_further_one_anew() {
    let desk = Desk::new().await;
    for looks in [1, 2] {
        desk.connectwise.test(&desk.ctx).await.unwrap();
        let asked = desk.simulator.requests();
        assert_eq!(asked.iter().filter(|asked| asked.path == "/login/companyinfo/acme").count(), looks);
    }
}
