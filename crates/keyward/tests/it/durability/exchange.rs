//! An exchange that counts each order that reaches it, and answers when it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Marks the client's own id of an order.
const ID: &str = "newClientOrderId=";

/// A running exchange; its threads end with the test.
pub(super) struct Exchange {
    pub(super) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    /// How often each order arrived, by its client's id.
    arrived: Mutex<BTreeMap<String, u32>>,
    answering: Mutex<bool>,
    turned: Condvar,
}

impl Exchange {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (arrived, answering, turned) = (Mutex::default(), Mutex::new(true), Condvar::new());
        let shared = Arc::new(Shared { arrived, answering, turned });
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&theirs);
                thread::spawn(move || shared.serve(stream.unwrap()));
            }
        });
        Self { url, shared }
    }

    /// From now on requests are taken and not answered, or those that wait are answered too.
    pub(super) fn answer(&self, yes: bool) {
        *self.shared.answering.lock().unwrap() = yes;
        self.shared.turned.notify_all();
    }

    /// How often each order arrived.
    pub(super) fn arrived(&self) -> BTreeMap<String, u32> {
        self.shared.arrived.lock().unwrap().clone()
    }

    /// How often one order arrived.
    pub(super) fn arrivals(&self, id: &str) -> u32 {
        self.shared.arrived.lock().unwrap().get(id).copied().unwrap_or_default()
    }
}

impl Shared {
    /// Answers the requests of one connection until its other end is gone.
    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = request(&mut reader) {
            if let Some((_, id)) = request.split_once(ID) {
                let id =
                    id.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
                *self.arrived.lock().unwrap().entry(id.to_owned()).or_default() += 1;
            }
            let answering = self.answering.lock().unwrap();
            drop(self.turned.wait_while(answering, |yes| !*yes).unwrap());
            let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// The next request, head and body in one; none when there is no more.
fn request(reader: &mut impl BufRead) -> Option<String> {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if reader.read_line(&mut text).ok()? == 0 {
            return None;
        }
    }
    let length = text
        .to_lowercase()
        .split_once("content-length: ")
        .map_or(0, |(_, rest)| rest.split("\r\n").next().and_then(|number| number.parse().ok()).unwrap_or(0));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(text + &String::from_utf8_lossy(&body))
}
