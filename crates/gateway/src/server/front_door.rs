//! For tests: a gateway behind a real socket, and hostile clients in front of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::watch;

use super::bind;
use crate::fixture::Fixture;
use crate::framing::Unsound;
use crate::framing::corpus::UNSOUND;
use crate::settings::{Limits, Settings};

/// A request that the gateway answers by itself.
const SOUND: &str = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: door\r\n\r\n";
/// Waits that are over before a test is.
const SHORT: Duration = Duration::from_millis(100);

/// A gateway that serves until it is dropped.
struct Door {
    fixture: Fixture,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

impl Door {
    fn open(limits: Limits) -> Self {
        Self::before("http://127.0.0.1:1", limits)
    }

    /// In front of this exchange.
    fn before(exchange: &str, limits: Limits) -> Self {
        let settings = Settings { limits, ..Settings::default() };
        let fixture = Fixture::with(exchange, "read", settings, |key| key);
        let listeners = bind("127.0.0.1:0".parse().unwrap(), 1).unwrap();
        let address = listeners[0].local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let threads = fixture.gateway.serve(listeners, None, &stopped).unwrap();
        Self { fixture, address, stop, threads }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends the bytes, and reads until the gateway closes the connection.
    fn say(&self, bytes: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_bytes()).unwrap();
        read(&mut stream)
    }

    /// Asks over HTTP/2, without TLS and without having asked whether it is spoken.
    fn ask_http2(&self, request: Request<Empty<bytes::Bytes>>) -> Response<Incoming> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
            let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
            let (mut sender, connection) = shaken.await.unwrap();
            tokio::spawn(connection);
            sender.send_request(request).await.unwrap()
        })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn get(uri: &str) -> Request<Empty<bytes::Bytes>> {
    Request::get(uri).body(Empty::new()).unwrap()
}

#[test]
fn each_way_to_smuggle_is_answered_with_a_reason_and_ends_the_connection() {
    let door = Door::open(Limits { headers: 16, ..Limits::default() });
    for (why, requests) in UNSOUND.iter().filter(|(why, _)| *why != Unsound::Chunk) {
        // What opens HTTP/2 is no unsound HTTP/1 on a real connection.
        for request in requests.iter().filter(|request| !request.starts_with("PRI")) {
            let answer = door.say(request);
            let reason = if why.is_too_large() { "too_large" } else { "http_unsound" };
            assert_eq!(status(&answer), why.status(), "{request:?} {answer}");
            assert!(answer.contains(&format!("keyward-reason: {reason}\r\n")), "{request:?} {answer}");
        }
    }
}

#[test]
fn a_body_that_is_not_plain_chunks_is_refused() {
    let door = Door::open(Limits::default());
    let answer = door.say(
        "POST /binance/api/v3/order HTTP/1.1\r\nHost: door\r\nTransfer-Encoding: chunked\r\n\r\n1;a\r\nx\r\n",
    );
    assert_eq!(status(&answer), 400);
    assert!(answer.contains("keyward-reason: malformed"), "{answer}");
}

#[test]
fn what_came_before_the_fault_is_answered_first() {
    let door = Door::open(Limits::default());
    let answer = door.say(&[SOUND, SOUND, "GET / HTTP/1.1\nHost: door\n\n", SOUND].concat());
    let statuses: Vec<_> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "200", "400"]);
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let door = Door::open(Limits::default());
    let mut stream = door.connect();
    stream.set_nodelay(true).unwrap();
    let request = SOUND.replace("Host: door", "Host: door\r\nConnection: close");
    request.bytes().for_each(|byte| stream.write_all(&[byte]).unwrap());
    assert_eq!(status(&read(&mut stream)), 200);
}

#[test]
fn a_head_that_does_not_end_is_told_so() {
    let door = Door::open(Limits { head: SHORT, ..Limits::default() });
    let answer = door.say("GET / HTTP/1.1\r\nHost: door\r\n");
    assert_eq!(status(&answer), 408);
    assert!(answer.contains("keyward-reason: http_unsound"), "{answer}");
}

#[test]
fn who_says_nothing_is_closed() {
    let door = Door::open(Limits { first_byte: SHORT, idle: SHORT, ..Limits::default() });
    assert_eq!(door.say(""), "");
    assert_eq!(status(&door.say(SOUND)), 200);
}

#[test]
fn a_body_that_stops_coming_is_not_waited_for() {
    let door = Door::open(Limits { stall: SHORT, ..Limits::default() });
    let answer =
        door.say("POST /binance/api/v3/order HTTP/1.1\r\nHost: door\r\nContent-Length: 100\r\n\r\nabc");
    assert_eq!(status(&answer), 400);
}

#[test]
fn a_body_longer_than_allowed_is_refused_before_it_is_sent() {
    let door = Door::open(Limits { body_bytes: 10, ..Limits::default() });
    let answer = door.say("POST /binance/api/v3/order HTTP/1.1\r\nHost: door\r\nContent-Length: 11\r\n\r\n");
    assert!(answer.contains("keyward-reason: too_large"), "{answer}");
}

#[test]
fn one_address_takes_no_more_than_its_connections() {
    let door = Door::open(Limits { address_connections: 2, ..Limits::default() });
    let mut streams = [door.connect(), door.connect()];
    for stream in &mut streams {
        stream.write_all(SOUND.as_bytes()).unwrap();
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    let mut third = door.connect();
    assert_eq!(third.read(&mut [0; 1]).unwrap(), 0, "closed at once");
    drop(streams);
    let answered = || {
        let mut stream = door.connect();
        stream.write_all(SOUND.as_bytes()).is_ok() && stream.read(&mut [0; 12]).is_ok_and(|read| read > 0)
    };
    assert!((0..1000).any(|_| answered()), "the places of those who left are free");
}

/// An exchange that answers without end, and says when its connection was closed.
fn endless_exchange() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let closed = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
        while stream.write_all(&[b'x'; 65536]).is_ok() {}
    });
    (url, closed)
}

fn signed(door: &Door) -> String {
    let request = door.fixture.signed("GET", "/api/v3/account", "");
    let target = request.uri();
    format!("GET {target} HTTP/1.1\r\nHost: door\r\nX-MBX-APIKEY: issued\r\n\r\n")
}

#[test]
fn who_does_not_read_his_answer_holds_no_connection_to_the_exchange() {
    let (url, closed) = endless_exchange();
    let door = Door::before(&url, Limits { stall: SHORT, ..Limits::default() });
    let mut stream = door.connect();
    stream.write_all(signed(&door).as_bytes()).unwrap();
    closed.join().unwrap();
}

#[test]
fn who_does_not_read_his_answer_over_http2_holds_no_connection_to_the_exchange() {
    let (url, closed) = endless_exchange();
    let door = Door::before(&url, Limits { stream: SHORT * 5, ..Limits::default() });
    let target = format!("http://door{}", door.fixture.signed("GET", "/api/v3/account", "").uri());
    let request = Request::get(target).header("x-mbx-apikey", "issued").body(Empty::new()).unwrap();
    let answer = door.ask_http2(request);
    assert_eq!(answer.status(), StatusCode::OK);
    closed.join().unwrap();
}

#[test]
fn http2_is_spoken_by_the_same_rules() {
    let door = Door::open(Limits::default());
    let answer = door.ask_http2(get("http://door/.well-known/jwks.json"));
    assert_eq!(answer.status(), StatusCode::OK);
    let mismatched = Request::get("http://door/x").header("host", "gate").body(Empty::new()).unwrap();
    let answer = door.ask_http2(mismatched);
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["keyward-reason"], "http_unsound");
}

#[test]
fn http2_streams_that_are_reset_at_once_end_the_connection() {
    let door = Door::open(Limits::default());
    let mut stream = door.connect();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    for number in 0..1000_u32 {
        let id = (2 * number + 1).to_be_bytes();
        // A whole request of one header block: GET, http, /, door; then its reset.
        let headers = [b"\0\0\x09\x01\x05", &id[..], b"\x82\x86\x84\x41\x04door"].concat();
        let reset = [b"\0\0\x04\x03\0", &id[..], b"\0\0\0\x08"].concat();
        if stream.write_all(&[headers, reset].concat()).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    // GOAWAY is frame type 7; its error is ENHANCE_YOUR_CALM (11).
    let calm = answer.windows(4).any(|window| window == [0, 0, 0, 11]);
    assert!(calm, "the connection ends with a word why");
}
