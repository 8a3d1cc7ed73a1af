//! Requests down to the byte: signed here, sent over a plain socket, from any loopback address.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyward_dialect::SigningKey;
use serde_json::Value;
use socket2::{Domain, Socket, Type};

use crate::world::Issued;

/// A request that may be changed before it is sent.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// What a load balancer sends before the request.
    pub(crate) introduced_by: Vec<u8>,
    /// The loopback address that it comes from.
    pub(crate) from: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Wire {
    /// A request without any key.
    pub(crate) fn bare(method: &'static str, target: &str) -> Self {
        let (headers, body, introduced_by) = (vec![], String::new(), vec![]);
        Self { method, target: target.to_owned(), headers, body, introduced_by, from: "127.0.0.1" }
    }

    /// A request signed with an HMAC key, its parameters in the query.
    pub(crate) fn signed(key: &Issued, method: &'static str, path: &str, query: &str) -> Self {
        Self::signed_at(key, method, path, query, now_ms())
    }

    pub(crate) fn signed_at(
        key: &Issued,
        method: &'static str,
        path: &str,
        query: &str,
        at_ms: u128,
    ) -> Self {
        let separator = if query.is_empty() { "" } else { "&" };
        let query = format!("{query}{separator}timestamp={at_ms}");
        let signature = SigningKey::HmacSha256(key.secret.as_bytes()).sign(query.as_bytes()).unwrap();
        Self::bare(method, &format!("{path}?{query}&signature={signature}"))
            .header("X-MBX-APIKEY", &key.api_key)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sent from another loopback address.
    pub(crate) fn from(self, from: &'static str) -> Self {
        Self { from, ..self }
    }

    pub(crate) fn send(&self, gateway: &str) -> Reply {
        self.send_under(gateway, "/binance")
    }

    pub(crate) fn send_under(&self, gateway: &str, prefix: &str) -> Reply {
        let Ok(mut stream) = try_connect(self.from, gateway) else { return Reply::parse("") };
        stream.write_all(&self.introduced_by).unwrap();
        self.send_over(&mut stream, gateway, prefix)
    }

    /// Sends it over a stream that stands, until the other end closes it.
    pub(crate) fn send_over(&self, stream: &mut (impl Read + Write), gateway: &str, prefix: &str) -> Reply {
        let mut answer = Vec::new();
        // A connection that is cut is an answer too: an empty one.
        let _ = stream.write_all(self.bytes(gateway, prefix).as_bytes());
        let _ = stream.read_to_end(&mut answer);
        Reply::parse(&String::from_utf8_lossy(&answer))
    }

    fn bytes(&self, gateway: &str, prefix: &str) -> String {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = if self.body.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", self.body.len())
        };
        format!(
            "{} {prefix}{} HTTP/1.1\r\nHost: {gateway}\r\nConnection: close\r\n{length}{}\r\n{}",
            self.method,
            self.target,
            headers.concat(),
            self.body
        )
    }
}

impl Reply {
    fn parse(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Keyward's reason, if the answer is Keyward's.
    pub(crate) fn reason(&self) -> &str {
        self.header("keyward-reason").unwrap_or("none: the exchange answered")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

pub(crate) fn now_ms() -> u128 {
    since_epoch().as_millis()
}

pub(crate) fn now_us() -> u64 {
    since_epoch().as_micros() as u64
}

fn since_epoch() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a client has its own clock")]
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

pub(crate) fn connect(from: &str, to: &str) -> TcpStream {
    try_connect(from, to).unwrap()
}

fn try_connect(from: &str, to: &str) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let source: SocketAddr = format!("{from}:0").parse().unwrap();
    socket.bind(&source.into())?;
    let target: SocketAddr = to.parse().unwrap();
    socket.connect(&target.into())?;
    let stream: TcpStream = socket.into();
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}
