//! Commands while a server runs: the same ones, over its socket.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixListener;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::desk::Desk;
use super::run::mode;

/// A server that is stopped when it goes out of scope.
struct Server {
    child: Child,
    ready: Value,
}

impl Server {
    fn start(desk: &Desk, more: &[&str]) -> Self {
        let serve = ["--json", "serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"];
        let mut command = desk.keyward.command(&[&serve, more].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
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
    let server = Server::start(&desk, &["--passphrase-file", &desk.passphrase]);
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
    let _server = Server::start(&desk, &[]);
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
fn a_second_server_on_the_same_data_is_refused() {
    let desk = Desk::new();
    let _server = Server::start(&desk, &[]);
    let second = desk.keyward.run(&["serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"]);
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("another Keyward"), "{}", second.stderr);
}

#[test]
fn a_dead_servers_socket_is_in_nobodys_way() {
    let desk = Desk::new();
    drop(UnixListener::bind(desk.keyward.data().join("keyward.sock")).unwrap());
    assert_eq!(desk.json(&["vault", "status"])["state"], "sealed");
    assert_eq!(Server::start(&desk, &[]).stop(), 0);
}

#[test]
fn a_wrong_passphrase_starts_no_server() {
    let desk = Desk::new();
    let wrong = desk.keyward.file("wrong", "not the passphrase").display().to_string();
    let serve =
        ["serve", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0", "--passphrase-file", &wrong];
    assert_eq!(desk.keyward.run(&serve).code, 1);
}
