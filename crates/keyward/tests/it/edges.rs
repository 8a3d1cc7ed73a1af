//! The edges of the door: TLS, and load balancers that introduce the client.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::wire::{Wire, connect};
use crate::world::{Issued, Setup, World};

#[test]
fn a_client_trades_over_tls() {
    let world = World::with(Setup { tls: true, ..Setup::default() });
    let key = world.key("bot", &["--allow", "read"]);
    let mut roots = RootCertStore::empty();
    let certificate = fs::read(world.path("certificate.pem")).unwrap();
    roots.add(CertificateDer::from_pem_slice(&certificate).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let session =
        ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let gateway = &world.server.gateway;
    let mut stream = StreamOwned::new(session, connect("127.0.0.1", gateway));
    let reply = Wire::signed(&key, "GET", "/api/v3/account", "").send_over(&mut stream, gateway, "/binance");
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// What curl says of a request over HTTP/2: the version of the answer's HTTP, its status, and Keyward's reason.
fn over_http2(world: &World, request: &Wire, how: &str, more: &[&str]) -> String {
    let address = world.server.gateway.replace("127.0.0.1", "localhost");
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", how, "--output", "/dev/null", "--write-out"]);
    curl.arg("%{http_version} %{http_code} %header{keyward-reason}").args(more);
    for (name, value) in &request.headers {
        curl.args(["--header", &format!("{name}: {value}")]);
    }
    let scheme = if how == "--http2" { "https" } else { "http" };
    let output = curl.arg(format!("{scheme}://{address}/binance{}", request.target)).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn a_client_trades_over_http2() {
    let world = World::with(Setup { tls: true, ..Setup::default() });
    let key = world.key("bot", &["--allow", "read"]);
    let account = Wire::signed(&key, "GET", "/api/v3/account", "");
    let trusted = ["--cacert", &world.path("certificate.pem")];
    assert_eq!(over_http2(&world, &account, "--http2", &trusted), "2 200 ");
    assert_eq!(over_http2(&world, &account, "--http2", &trusted), "2 400 replayed");
    let forged = Wire::signed(&Issued { secret: "another".to_owned(), ..key }, "GET", "/api/v3/account", "");
    assert_eq!(over_http2(&world, &forged, "--http2", &trusted), "2 400 signature_invalid");
}

#[test]
fn a_client_speaks_http2_without_tls() {
    let world = World::start();
    let key = world.key("bot", &["--allow", "read"]);
    let account = Wire::signed(&key, "GET", "/api/v3/account", "");
    assert_eq!(over_http2(&world, &account, "--http2-prior-knowledge", &[]), "2 200 ");
}

/// PROXY protocol v2: a connection of 203.0.113.5.
const INTRODUCTION: &[u8] =
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x05\x7f\x00\x00\x01\x10\x00\x10\x01";

#[test]
fn only_a_trusted_proxy_introduces_its_clients() {
    let serve = &["--trusted-proxy", "127.0.0.2/32", "--proxy-protocol"];
    let world = World::with(Setup { serve, ..Setup::default() });
    let key = world.key("bot", &["--allow", "read", "--ip", "203.0.113.0/24"]);
    let gateway = &world.server.gateway;
    let read = |from| Wire::signed(&key, "GET", "/api/v3/account", "").from(from);
    let introduced = |from| Wire { introduced_by: INTRODUCTION.to_vec(), ..read(from) };
    assert_eq!(introduced("127.0.0.2").send(gateway).status, 200);
    assert_eq!(introduced("127.0.0.1").send(gateway).status, 400, "a stranger's header is no HTTP");
    assert_eq!(read("127.0.0.1").send(gateway).reason(), "address_not_allowed");
    assert_eq!(
        read("127.0.0.2").send(gateway).status,
        0,
        "a proxy that does not introduce its client is cut off"
    );
}

#[test]
fn the_control_port_answers_probes_and_nobody_else_who_does_not_say_who_he_is() {
    let world = World::start();
    let ask = |target: &str| Wire::bare("GET", target).send_under(&world.server.control, "");
    assert_eq!(ask("/healthz").status, 200);
    assert_eq!(ask("/readyz").status, 200);
    assert!(ask("/metrics").body.contains("keyward_requests"));
    assert_eq!(ask("/api/v1/keys").status, 401);
}
