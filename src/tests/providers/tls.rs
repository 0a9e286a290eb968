//! Endpoints whose certificate nobody vouches for, and those that speak no TLS at all.

use std::sync::Arc;

use flowpilot::ai::{
    server::{choice::Choice, remote::Remote},
    types::Vendor,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

use super::{
    choice,
    dialects::answer,
    error, request,
    simulator::{Reply, Simulator},
    tell,
};

/// Takes TLS connections with a certificate it made itself, be it as an authority's or as a server's; its port.
async fn self_signed(authority: IsCa) -> u16 {
    let signing_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = authority;
    let cert = params.self_signed(&signing_key).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            acceptor.accept(stream).await.ok();
        }
    });
    port
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_said_to_be_the_reason() {
    let plain = Simulator::saying([Reply::events(answer(Vendor::Openai, &["ok"]))]).await;
    for (port, reason) in [
        (self_signed(IsCa::NoCa).await, "certificate is self-signed"),
        (self_signed(IsCa::Ca(BasicConstraints::Unconstrained)).await, "certificate is self-signed"),
        (plain.address.port(), "does not speak tls"),
    ] {
        let endpoint = Some(format!("https://localhost:{port}/v1").parse().unwrap());
        let choice = Choice { endpoint, ..choice(Vendor::Openai, &plain) };
        let failed = error(tell(&Remote::new(&choice).unwrap(), request("hello")).await);
        assert_eq!(failed.code(), "tls", "{failed}");
        assert!(
            failed.to_string().to_lowercase().contains(reason) && failed.to_string().contains("OPENAI_BASE_URL"),
            "{failed}"
        );
    }
}
