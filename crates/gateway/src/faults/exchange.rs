//! An exchange that misbehaves as each request says, and counts what is delivered to it.
//!
//! A request names its fault and itself in one parameter: `tag=<fault>.<name>`. It is counted when all of it is there,
//! as an exchange acts when all of it is there.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use socket2::SockRef;

/// Longer than any test lets an answer take.
const HANG: Duration = Duration::from_secs(20);

pub(crate) struct Exchange {
    pub(crate) url: String,
    delivered: Arc<Mutex<HashMap<String, Delivery>>>,
    closed: Arc<AtomicUsize>,
}

/// How often a request was delivered, how many had come over its connection before, and when it says it was signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) times: usize,
    pub(crate) kept_for: usize,
    pub(crate) timestamp_ms: i64,
}

impl Exchange {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let delivered = Arc::<Mutex<HashMap<_, _>>>::default();
        let closed = Arc::<AtomicUsize>::default();
        let (book, count) = (delivered.clone(), closed.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (book, count) = (book.clone(), count.clone());
                std::thread::spawn(move || {
                    serve(stream.unwrap(), &book);
                    count.fetch_add(1, Ordering::Release);
                });
            }
        });
        Self { url, delivered, closed }
    }

    /// How many connections have ended, seen from here.
    pub(crate) fn closed(&self) -> usize {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn delivered(&self, tag: &str) -> Delivery {
        self.delivered.lock().get(tag).copied().unwrap_or_default()
    }

    /// Every request that was delivered.
    pub(crate) fn all(&self) -> HashMap<String, Delivery> {
        self.delivered.lock().clone()
    }
}

fn serve(stream: TcpStream, book: &Mutex<HashMap<String, Delivery>>) {
    let (mut out, mut input) = (stream.try_clone().unwrap(), BufReader::new(stream));
    for kept_for in 0.. {
        let Some(text) = request(&mut input) else { return };
        let tag = parameter(&text, "tag").to_owned();
        let timestamp_ms = parameter(&text, "timestamp").parse().unwrap_or_default();
        let mut all = book.lock();
        let delivery = all.entry(tag.clone()).or_default();
        *delivery = Delivery { times: delivery.times + 1, kept_for, timestamp_ms };
        drop(all);
        if !act(&mut out, tag.split('.').next().unwrap_or_default()) {
            return;
        }
    }
}

/// Reads a whole request; none when the connection ends first.
fn request(input: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let line = input.read_line(&mut head).ok()?;
        (line > 0).then_some(())?;
    }
    let length = head
        .to_lowercase()
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap_or_default().parse().unwrap_or_default());
    let mut body = vec![0; length];
    input.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8_lossy(&body))
}

fn parameter<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, value) = text.split_once(&format!("{name}=")).unwrap_or_default();
    value.split(['&', ' ', '\r']).next().unwrap_or_default()
}

/// Does what the fault says; returns whether the connection goes on.
fn act(out: &mut TcpStream, fault: &str) -> bool {
    let mut say = |text: &str| out.write_all(text.as_bytes()).is_ok();
    match fault {
        "ok" => return say("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}"),
        // Seconds after the time at which the fixture's clock starts.
        "dated00" | "dated20" => {
            let date = format!("Date: Fri, 15 Jan 2027 08:00:{} GMT", &fault[5..]);
            return say(&format!("HTTP/1.1 200 OK\r\n{date}\r\nContent-Length: 2\r\n\r\n{{}}"));
        }
        "close" => say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        "s500" | "s502" | "s503" | "s504" => {
            return say(&format!("HTTP/1.1 {} Bad\r\nContent-Length: 2\r\n\r\n{{}}", &fault[1..]));
        }
        "s418" | "s429" => {
            let status = &fault[1..];
            return say(&format!("HTTP/1.1 {status} No\r\nRetry-After: 2\r\nContent-Length: 2\r\n\r\n{{}}"));
        }
        "slow" => return say("HTTP/1.1 429 No\r\nContent-Length: 2\r\n\r\n{}"),
        "late" => {
            std::thread::sleep(Duration::from_millis(600));
            return say("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"LATE\"}");
        }
        "half_status" => say("HTTP/1.1 20"),
        "half_head" => say("HTTP/1.1 200 OK\r\nContent-Len"),
        "half_body" => say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"orderId\":"),
        "half_chunk" => say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"orderId\":"),
        "bad_chunk" => say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        "two_lengths" => say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\n{}"),
        "too_long" => say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nsmuggled"),
        "garbage" => say("220 smtp.example ESMTP\r\n\r\n"),
        "other_protocol" => say("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        "huge_head" => say(&format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(200_000))),
        "hang" => hang(out),
        "hang_head" => say("HTTP/1.1 200 OK\r\n") && hang(out),
        "hang_body" => say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"order") && hang(out),
        "rst" => SockRef::from(&*out).set_linger(Some(Duration::ZERO)).is_ok(),
        "fin" => out.shutdown(Shutdown::Both).is_ok(),
        unknown => panic!("no such fault: {unknown}"),
    };
    false
}

/// Holds the connection until the other end gives up.
fn hang(out: &mut TcpStream) -> bool {
    let _ = out.set_read_timeout(Some(HANG));
    out.read(&mut [0]).is_ok()
}
