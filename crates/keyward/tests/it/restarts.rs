//! Restarts that no client notices: the listener outlives the server, and what is in flight is finished.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::load::Load;
use crate::wire::{Wire, connect};
use crate::world::{Server, Setup, World};

/// How often a server is restarted under load: as often as the issue says (`cargo xtask soak`), or enough to see it.
fn restarts() -> usize {
    let full = std::env::var_os("KEYWARD_SOAK").is_some();
    if full { 10 } else { 2 }
}

/// The same command, with a listener as systemd passes one: descriptor 3.
fn activated(command: &Command, listener: &TcpListener) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "exec \"$@\" 3<&0 </dev/null", "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    let listener: OwnedFd = listener.try_clone().unwrap().into();
    shell.env("LISTEN_FDS", "1").stdin(Stdio::from(listener));
    shell
}

#[test]
fn a_soak_of_restarts_behind_a_passed_socket_fails_no_request() {
    let mut world = World::start();
    let key = world.key("bot", &["--allow", "read,trade", "--rate", "unlimited"]);
    world.server.kill();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    world.server = Server::start(activated(&world.serving(), &listener), "trace");
    assert_eq!(world.server.gateway, listener.local_addr().unwrap().to_string());
    let load = Load::start(&world.door(), &key, 3);
    for _ in 0..restarts() {
        world.server.signal("TERM");
        assert_eq!(world.server.ended(), Some(0));
        world.server = Server::start(activated(&world.serving(), &listener), "trace");
    }
    let traded = load.end();
    println!("{} restarts: {} requests, {} failed", restarts(), traded.requests, traded.failures.len());
    assert!(traded.failures.is_empty(), "{traded:?}");
}

#[test]
fn a_soak_of_servers_that_take_over_fails_no_request() {
    let mut world = World::start();
    let key = world.key("bot", &["--allow", "read,trade", "--rate", "unlimited"]);
    let load = Load::start(&world.door(), &key, 3);
    for _ in 0..restarts() {
        let next = Server::start(taking_over(&world), "trace");
        assert_eq!(next.gateway, world.server.gateway);
        assert_eq!(std::mem::replace(&mut world.server, next).ended(), Some(0));
    }
    let traded = load.end();
    println!("{} take-overs: {} requests, {} failed", restarts(), traded.requests, traded.failures.len());
    assert!(traded.failures.is_empty(), "{traded:?}");
    assert_eq!(world.operate(&["vault", "status"])["state"], "unsealed");
}

fn taking_over(world: &World) -> Command {
    let mut command = world.serving();
    command.arg("--take-over");
    command
}

#[test]
fn nothing_is_taken_over_by_a_server_that_would_be_sealed() {
    let world = World::start();
    let serve = ["serve", "--take-over", "--gateway", "127.0.0.1:0", "--control", "127.0.0.1:0"];
    fs::write(world.path("wrong"), "not the passphrase").unwrap();
    let refused = |more: &[&str]| {
        let refused = world.run(&[&serve, more].concat());
        assert_eq!(refused.status.code(), Some(1));
        String::from_utf8_lossy(&refused.stdout).into_owned()
    };
    assert!(refused(&[]).contains("would_be_sealed"));
    assert!(refused(&["--passphrase-file", &world.path("wrong")]).contains("unlock_wrong"));
    assert_eq!(world.operate(&["vault", "status"])["state"], "unsealed");
    assert_eq!(Wire::bare("GET", "/api/v3/time").send(&world.server.gateway).status, 200);
}

#[test]
fn a_signed_request_works_once_across_a_restart() {
    let mut world = World::start();
    let key = world.key("bot", &["--allow", "read"]);
    let (used, fresh) = (
        Wire::signed(&key, "GET", "/api/v3/account", "recvWindow=60000"),
        Wire::signed(&key, "GET", "/api/v3/account", "recvWindow=59999"),
    );
    assert_eq!(used.send(&world.server.gateway).status, 200);
    let next = Server::start(taking_over(&world), "trace");
    assert_eq!(std::mem::replace(&mut world.server, next).ended(), Some(0));
    assert_eq!(used.send(&world.server.gateway).reason(), "replayed");
    assert_eq!(fresh.send(&world.server.gateway).status, 200, "signed before the server started");
    world.server.kill();
    let before = Wire::signed(&key, "GET", "/api/v3/account", "recvWindow=59998");
    world.serve();
    assert_eq!(before.send(&world.server.gateway).reason(), "timestamp_stale", "nobody knows what was used");
}

#[test]
fn a_server_is_confined_with_all_its_threads() {
    let world = World::start();
    let process = format!("/proc/{}", world.server.process());
    let read = |path: String| fs::read_to_string(path).unwrap();
    for thread in fs::read_dir(format!("{process}/task")).unwrap() {
        let status = read(format!("{}/status", thread.unwrap().path().display()));
        assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    }
    let core = read(format!("{process}/limits"));
    let core = core.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
    world.server.logs("confined", 1);
}

/// An exchange that takes its time: it answers when it is told to.
struct Slow {
    listener: TcpListener,
}

impl Slow {
    fn start(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        world.operate(&[
            "venue",
            "add",
            "slow",
            "--dialect",
            "binance",
            "--url",
            &url,
            "--public-market-data",
        ]);
        Self { listener }
    }

    fn asked(&self) -> TcpStream {
        let (mut stream, _) = self.listener.accept().unwrap();
        let mut head = [0; 4096];
        assert!(stream.read(&mut head).unwrap() > 0);
        stream
    }
}

#[test]
fn a_request_in_flight_is_answered_before_the_server_stops() {
    let mut world = World::start();
    let slow = Slow::start(&world);
    let gateway = world.server.gateway.clone();
    let client = thread::spawn(move || Wire::bare("GET", "/api/v3/time").send_under(&gateway, "/slow"));
    let mut exchange = slow.asked();
    world.server.signal("TERM");
    world.server.logs("stopping", 1);
    write!(exchange, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{{}}").unwrap();
    assert_eq!(client.join().unwrap().status, 200);
    assert_eq!(world.server.ended(), Some(0));
}

/// Takes a new certificate into the world's files.
fn renew(world: &World) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(world.path("certificate.pem"), made.cert.pem()).unwrap();
    fs::write(world.path("certificate.key"), made.signing_key.serialize_pem()).unwrap();
}

/// A connection that trusts only the certificate in the world's files now.
fn handshake(world: &World) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    let certificate = fs::read(world.path("certificate.pem")).unwrap();
    roots.add(CertificateDer::from_pem_slice(&certificate).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let session = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap());
    StreamOwned::new(session.unwrap(), connect("127.0.0.1", &world.server.gateway))
}

/// The status of an answer over a connection that may be used again, as far as its first line.
fn ask(stream: &mut (impl Read + Write)) -> std::io::Result<String> {
    stream.write_all(b"GET /binance/api/v3/time HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut answer = [0; 2048];
    let length = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_new_certificate_is_for_new_connections_and_a_broken_one_for_none() {
    let world = World::with(Setup { tls: true, ..Setup::default() });
    let mut old = handshake(&world);
    assert_eq!(ask(&mut old).unwrap(), "HTTP/1.1 200 OK");
    renew(&world);
    assert!(ask(&mut handshake(&world)).is_err(), "the server still shows the old certificate");
    world.server.signal("HUP");
    world.server.logs("the certificate that was read now", 1);
    assert_eq!(ask(&mut handshake(&world)).unwrap(), "HTTP/1.1 200 OK");
    assert_eq!(ask(&mut old).unwrap(), "HTTP/1.1 200 OK");
    fs::write(world.path("certificate.key"), "half a key").unwrap();
    world.server.signal("HUP");
    world.server.logs("the certificate stays as it was", 1);
    assert_eq!(ask(&mut handshake(&world)).unwrap(), "HTTP/1.1 200 OK");
}
