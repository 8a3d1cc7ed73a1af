//! Restarts that no client notices: the listener outlives the server, and what is in flight is finished.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::wire::{Wire, connect};
use crate::world::{Setup, World};

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
