//! The load balancers' configurations in `deploy/`, under the real nginx and the real HAProxy.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::wire::{Wire, connect};
use crate::world::{Setup, World};

const NGINX: &str = include_str!("../../../../deploy/nginx.conf");
const HAPROXY: &str = include_str!("../../../../deploy/haproxy.cfg");
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];
/// Until a balancer must listen.
const START: Duration = Duration::from_secs(20);

/// A balancer that runs.
struct Balancer {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Balancer {
    fn nginx(config: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let temp = |kind| format!("{kind}_temp_path {}/{kind};", folder.path().display());
        let temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(temp).concat();
        let lines = config.lines().filter(|line| !line.contains("ssl_certificate"));
        let config = lines.collect::<Vec<_>>().join("\n").replace("http {", &format!("http {{ {temps}"));
        let config = config.replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"));
        let pid = folder.path().join("pid");
        let own = format!("user root; daemon off; pid {}; error_log stderr;\n{config}", pid.display());
        let path = folder.path().join("nginx.conf");
        fs::write(&path, own).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(folder.path()).arg("-c").arg(&path);
        Self::start(nginx, port, folder)
    }

    fn haproxy(config: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, config.replace("bind :443", &format!("bind 127.0.0.1:{port}"))).unwrap();
        let mut haproxy = Command::new("haproxy");
        haproxy.arg("-db").arg("-f").arg(&path);
        Self::start(haproxy, port, folder)
    }

    fn start(mut command: Command, port: u16, folder: TempDir) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("nginx and haproxy are needed: run the tests with `cargo xtask test`");
        let (address, start) = (format!("127.0.0.1:{port}"), Instant::now());
        while TcpStream::connect(&address).is_err() {
            assert!(start.elapsed() < START, "the balancer does not listen: {command:?}");
            thread::sleep(Duration::from_millis(20));
        }
        Self { child, address, _folder: folder }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // nginx's master ends its workers when it is asked to; killed, it would leave them.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server that takes a whole request and closes the connection; it counts what it takes.
fn taker(taken: &Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, taken) = (listener.local_addr().unwrap().to_string(), taken.clone());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut buffer = [0; 4096];
            if stream.read(&mut buffer).is_ok_and(|length| length > 0) {
                taken.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    address
}

/// How often a request of each method is taken by two servers behind nginx that both die of it.
fn taken_behind_nginx(config: &str) -> [usize; 5] {
    METHODS.map(|method| {
        let taken = Arc::<AtomicUsize>::default();
        let servers = format!("server {}; server {};", taker(&taken), taker(&taken));
        let nginx = Balancer::nginx(&config.replace("server 127.0.0.1:8080;", &servers));
        let mut client = connect("127.0.0.1", &nginx.address);
        let host = &nginx.address;
        write!(client, "{method} /api HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
        taken.load(Ordering::Relaxed)
    })
}

#[test]
fn nginx_sends_nothing_twice() {
    assert_eq!(taken_behind_nginx(NGINX), [1; 5]);
    let without = NGINX.replace("proxy_next_upstream off;", "");
    assert_eq!(taken_behind_nginx(&without), [2, 1, 2, 2, 1], "the line that matters is what does it");
}

/// A key that works only from 127.0.0.9, and the gateway's address.
fn world_behind(serve: &'static [&'static str]) -> (World, Wire, Wire) {
    let world = World::with(Setup { serve, ..Setup::default() });
    let key = world.key("bot", &["--allow", "read", "--ip", "127.0.0.9/32"]);
    let read = |query| Wire::signed(&key, "GET", "/api/v3/account", query);
    let (right, wrong) = (read("recvWindow=5001").from("127.0.0.9"), read("recvWindow=5002"));
    (world, right, wrong)
}

#[test]
fn behind_nginx_keyward_knows_the_clients_address() {
    let (world, right, wrong) = world_behind(&["--trusted-proxy", "127.0.0.1/32"]);
    let nginx = Balancer::nginx(&NGINX.replace("127.0.0.1:8080", &world.server.gateway));
    let right = right.header("X-Forwarded-For", "203.0.113.1").send(&nginx.address);
    assert_eq!(right.status, 200, "{right:?}");
    let wrong = wrong.header("X-Forwarded-For", "127.0.0.9").send(&nginx.address);
    assert_eq!(wrong.reason(), "address_not_allowed", "{wrong:?}");
}

#[test]
fn behind_haproxy_keyward_knows_the_clients_address() {
    let (world, right, wrong) = world_behind(&["--trusted-proxy", "127.0.0.1/32", "--proxy-protocol"]);
    let control = world.server.control.rsplit_once(':').unwrap().1;
    let config = HAPROXY.replace("127.0.0.1:8080", &world.server.gateway);
    let haproxy = Balancer::haproxy(&config.replace("check port 8081", &format!("check port {control}")));
    assert_eq!(right.send(&haproxy.address).status, 200);
    assert_eq!(wrong.send(&haproxy.address).reason(), "address_not_allowed");
}
