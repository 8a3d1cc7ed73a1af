//! Commands while a server runs: the same ones, over its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use keyward_ledger::Ledger;
use keyward_policy::{Event, Request, RequestId, Sent, What};
use serde_json::Value;

use super::desk::Desk;
use super::run::{Keyward, mode};

/// A server that is stopped when it goes out of scope.
struct Server {
    child: Child,
    ready: Value,
}

impl Server {
    fn start(keyward: &Keyward, more: &[&str]) -> Self {
        let serve = ["--json", "serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"];
        let mut command = keyward.command(&[&serve, more].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    /// What it answers on one of its ports.
    fn get(&self, port: &str, path: &str) -> String {
        let address = self.ready[port].as_str().unwrap().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to stop, and gives its exit code.
    fn stop(mut self) -> i32 {
        let asked = std::process::Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already stopped is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_takes_commands_over_its_socket_and_stops_when_asked() {
    let desk = Desk::new();
    let server = Server::start(&desk.keyward, &["--passphrase-file", &desk.passphrase]);
    let socket = desk.keyward.data().join("keyward.sock");
    assert_eq!(mode(&socket), 0o600);
    let key = desk.json(&[
        "key",
        "create",
        "bot",
        "--project",
        "bots",
        "--credential",
        "main",
        "--allow",
        "market,read",
    ]);
    let gateway = server.ready["gateway"].as_str().unwrap();
    assert_eq!(key["base_urls"]["binance"], format!("{gateway}/binance"));
    let last = &desk.json(&["audit", "tail", "--limit", "1"])[0];
    assert_eq!((&last["operation"], &last["actor"]["via"]), (&"key create".into(), &"socket".into()));
    assert_eq!(server.stop(), 0);
    assert!(!socket.exists());
    assert_eq!(desk.json(&["key", "show", "bot"])["base_urls"], key["base_urls"]);
}

#[test]
fn a_server_is_sealed_and_unsealed() {
    let desk = Desk::new();
    let _server = Server::start(&desk.keyward, &[]);
    let create = ["key", "create", "bot", "--project", "bots", "--credential", "main", "--allow", "read"];
    let sealed = desk.keyward.run(&create);
    assert_eq!(sealed.code, 1);
    assert!(sealed.stderr.contains("keyward vault unseal"), "{}", sealed.stderr);
    assert_eq!(desk.unlocked(&["vault", "unseal"])["state"], "unsealed");
    assert_eq!(desk.keyward.run(&create).code, 0);
    assert_eq!(desk.json(&["vault", "seal"])["state"], "sealed");
    assert_eq!(desk.json(&["vault", "status"])["state"], "sealed");
}

#[test]
fn a_server_may_be_started_before_there_is_a_vault() {
    let keyward = Keyward::new();
    let passphrase = keyward.file("passphrase", "a passphrase of some length").display().to_string();
    let server = Server::start(&keyward, &["--passphrase-file", &passphrase]);
    assert!(server.get("control", "/readyz").contains("503"));
    assert!(server.get("gateway", "/.well-known/jwks.json").ends_with(r#"{"keys":[]}"#));
    keyward.json(&["vault", "init", "--passphrase-file", &passphrase]);
    assert!(server.get("control", "/readyz").contains("200"));
    let identified = || server.get("gateway", "/.well-known/jwks.json").contains("Ed25519");
    let soon = Instant::now() + Duration::from_secs(20);
    while !identified() {
        assert!(Instant::now() < soon, "the gateway never got the key that vouches for callers");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_was_on_its_way_when_keyward_died_is_reported_once() {
    let desk = Desk::new();
    let request = RequestId::from_entropy([7; 16]);
    leave_an_intent(&desk.keyward.data().join("audit"), request);
    let reported = || {
        let entries = desk.json(&["audit", "show", &request.to_string()]);
        entries.as_array().unwrap().iter().filter(|entry| entry["reason"] == "outcome_unknown").count()
    };
    assert_eq!((reported(), reported()), (1, 1));
}

/// Writes what Keyward writes before it sends an order, and nothing after it.
fn leave_an_intent(log: &Path, request: RequestId) {
    let request = Request {
        request,
        key: None,
        project: None,
        address: None,
        venue: "binance".into(),
        method: "POST".into(),
        path: "/api/v3/order".into(),
        needs: None,
        policy: None,
        markets: Vec::new(),
        facts: Vec::new(),
    };
    let event = Event {
        at: Timestamp::UNIX_EPOCH,
        what: What::Intent(Sent { request, credential: None, approval: None }),
    };
    let ledger = Ledger::open(log, None).unwrap();
    ledger.record_durably_blocking(&event, Duration::from_secs(10)).unwrap();
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let desk = Desk::new();
    let _server = Server::start(&desk.keyward, &[]);
    let second = desk.keyward.run(&["serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("another Keyward"), "{}", second.stderr);
}

#[test]
fn a_dead_servers_socket_is_in_nobodys_way() {
    let desk = Desk::new();
    drop(UnixListener::bind(desk.keyward.data().join("keyward.sock")).unwrap());
    assert_eq!(desk.json(&["vault", "status"])["state"], "sealed");
    assert_eq!(Server::start(&desk.keyward, &[]).stop(), 0);
}

#[test]
fn a_wrong_passphrase_starts_no_server() {
    let desk = Desk::new();
    let wrong = desk.keyward.file("wrong", "not the passphrase").display().to_string();
    let serve =
        ["serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0", "--passphrase-file", &wrong];
    assert_eq!(desk.keyward.run(&serve).code, 1);
}
