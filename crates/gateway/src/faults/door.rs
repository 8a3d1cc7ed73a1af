//! The whole gateway on real sockets, and a client that sees every byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http::Request;
use keyward_ledger::{Cursor, DEADLINE, read_on};
use keyward_policy::Key;
use serde_json::Value;
use tokio::sync::watch;

use super::exchange::Exchange;
use crate::fixture::Fixture;
use crate::settings::Limits;
use crate::{Settings, bind};

/// A served gateway in front of an exchange.
pub(crate) struct Door {
    pub(crate) fixture: Arc<Fixture>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

/// What came back, if a whole answer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A client's connection.
pub(crate) struct Client(BufReader<TcpStream>);

impl Door {
    /// Opens one with so many workers, whose exchange has 500 ms to answer.
    pub(crate) fn open(exchange: &Exchange, workers: usize) -> Self {
        let limits = Limits { answer: Duration::from_millis(500), ..Limits::default() };
        Self::with(exchange, Settings { workers, limits, ..Settings::default() })
    }

    pub(crate) fn with(exchange: &Exchange, settings: Settings) -> Self {
        Self::of(exchange, settings, |key| Key { rate: None, ..key })
    }

    /// One whose key is another.
    pub(crate) fn of(exchange: &Exchange, settings: Settings, change: impl FnOnce(Key) -> Key) -> Self {
        let workers = settings.workers;
        let fixture = Arc::new(Fixture::with(&exchange.url, "market,read,trade", settings, change));
        let listeners = bind(([127, 0, 0, 1], 0).into(), workers).unwrap();
        let address = listeners[0].local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let threads = fixture.gateway.serve(listeners, None, &stopped).unwrap();
        Self { fixture, address, stop, threads }
    }

    pub(crate) fn client(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Client(BufReader::new(stream))
    }

    /// The bytes of a request of this kind that names its fault and itself.
    pub(crate) fn request(&self, method: &str, tag: &str) -> Vec<u8> {
        let (path, query) = match method {
            "GET" => ("/api/v3/order", "symbol=BTCUSDT&orderId=1"),
            "DELETE" => ("/api/v3/order", "symbol=BTCUSDT&orderId=1"),
            "PUT" => ("/fapi/v1/order", "symbol=BTCUSDT&orderId=1&side=BUY&quantity=1&price=1"),
            _ => ("/api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1"),
        };
        wire(&self.fixture.signed(method, path, &format!("{query}&tag={tag}")))
    }

    /// Makes a request on a connection of its own.
    pub(crate) fn ask(&self, method: &str, tag: &str) -> Option<Reply> {
        self.client().send(&self.request(method, tag))
    }

    /// The audit log, whole.
    pub(crate) fn events(&self) -> Vec<Value> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.fixture.gateway.ledger.flush(DEADLINE)).unwrap();
        let (mut events, mut cursor) = (Vec::new(), Cursor::default());
        loop {
            let (entries, next) = read_on(self.fixture.audit.path(), cursor, usize::MAX).unwrap();
            if entries.is_empty() {
                return events;
            }
            events.extend(entries.iter().map(|entry| serde_json::from_slice::<Value>(&entry.json).unwrap()));
            cursor = next;
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.threads.drain(..).for_each(|thread| thread.join().unwrap());
    }
}

fn wire<B>(request: &Request<B>) -> Vec<u8> {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let headers = headers.collect::<String>();
    format!("{} {} HTTP/1.1\r\n{headers}\r\n", request.method(), request.uri()).into_bytes()
}

impl Client {
    /// Sends a request and reads the answer; none when the connection ended before the answer did.
    pub(crate) fn send(&mut self, request: &[u8]) -> Option<Reply> {
        self.write(request)?;
        self.read()
    }

    pub(crate) fn write(&mut self, request: &[u8]) -> Option<()> {
        self.0.get_mut().write_all(request).ok()
    }

    pub(crate) fn read(&mut self) -> Option<Reply> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            (self.0.read_line(&mut head).ok()? > 0).then_some(())?;
        }
        let head = head.to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let body = match field(&head, "content-length") {
            Some(length) => self.exactly(length.parse().ok()?)?,
            None => self.chunks()?,
        };
        Some(Reply { status, head, body: String::from_utf8(body).ok()? })
    }

    fn exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let mut size = String::new();
            self.0.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let chunk = self.exactly(size + 2)?;
            all.extend(&chunk[..size]);
            if size == 0 {
                return Some(all);
            }
        }
    }
}

impl Reply {
    /// Keyward's reason, or nothing where the exchange answered.
    pub(crate) fn reason(&self) -> &str {
        field(&self.head, "keyward-reason").unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        field(&self.head, name)
    }
}

fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
