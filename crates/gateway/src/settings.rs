//! What an operator can set on the data plane, with the reason for each default.

use std::time::Duration;

use keyward_policy::{RateLimit, TrustedProxies};
use rustls_pki_types::CertificateDer;

use crate::framing::HeadBounds;

/// The gateway's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Threads that serve, each with its own listener and its own connections to the exchanges.
    pub workers: usize,
    /// Whose word about the client's address is believed.
    pub trusted_proxies: TrustedProxies,
    /// Whether trusted proxies open each connection with a PROXY protocol v2 header.
    pub proxy_protocol: bool,
    /// Certificate authorities to trust beside Mozilla's, for exchanges inside one's own network.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The bounds of sizes and waits.
    pub limits: Limits,
}

/// Bounds: every size and every wait has one.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest head of a request, in bytes: a query of 8 KiB, and as much again for the headers.
    pub head_bytes: usize,
    /// Most headers of a request; clients of exchanges send some ten, and proxies add a few.
    pub headers: usize,
    /// Longest request body. The longest known order batch is some 20 KiB.
    pub body_bytes: usize,
    /// Connections served at once by one worker; beyond it new ones wait in the listener's backlog.
    pub connections: usize,
    /// Connections of one client address at once (of one /64 in IPv6), over all workers; more are closed at once. A host
    /// full of bots has some hundreds; one sender must not take the room of all.
    pub address_connections: usize,
    /// Until a new connection has said its first byte of HTTP; a proxy's header and the TLS handshake take as long.
    pub first_byte: Duration,
    /// Until the head of a request is complete, from its first byte. A head is a packet or two.
    pub head: Duration,
    /// Until the next request begins on a connection that is kept. Clients keep theirs for 15 to 60 s.
    pub idle: Duration,
    /// Until the body of a request is complete.
    pub body: Duration,
    /// Until a client has sent more of its body, or taken more of its answer.
    pub stall: Duration,
    /// The slowest pace of that, in bytes a second: who is slower is waited for no longer than `stall` in all. Below the
    /// slowest mobile line, above what it takes to hold a connection for ever.
    pub bytes_per_second: u32,
    /// Until an HTTP/2 request is answered whole, from its beginning to the last byte that the client takes: there one
    /// slow answer hides behind others.
    pub stream: Duration,
    /// Failures that a sender may make in a minute, and at once, before he is refused unread: signatures that do not match
    /// a key, counted for that key; and keys that were never issued. A bot that was given a wrong secret is told so this
    /// often; guessing gains nothing by it.
    pub failures_per_minute: u32,
    /// Until a connection to an exchange stands.
    pub connect: Duration,
    /// Until an exchange has begun to answer. Binance itself gives up after 10 s; beyond this the outcome is unknown.
    pub answer: Duration,
    /// Until an intent is durable: a disk that hangs longer must not hold orders (research/faults-and-suites.md §5).
    pub record: Duration,
    /// For how long a request that needs an operator's approval waits on its connection. ccxt gives a request up after 10 s,
    /// and must have our answer by then: a client that gave up would not know what became of its request.
    pub hold: Duration,
    /// For how long one may approve what waits, and then for how long the approval is good: time to look at a phone, and
    /// short enough that the market and the mind are still the same. It is kept in memory, so it cannot be long anyway.
    pub approval: Duration,
    /// When the gateway stops, until connections without a request are closed: time for their clients to be told with
    /// an answer. A connection that is closed at once may cross with a request, which its client must count as lost.
    pub linger: Duration,
    /// Until a request has its turn on a real key whose requests must arrive in order. Nothing was sent by then.
    pub lane: Duration,
    /// An answer that takes longer than this to begin no longer holds its lane: well-behaved exchanges answer sooner, and
    /// the next request must not wait for as long as an outcome is waited for.
    pub late: Duration,
    /// Until a block of nonces is durable, where none is left. As for an intent: a database that hangs is not waited for.
    pub nonce: Duration,
    /// For how long keys are served from memory while the database does not answer: long enough for its restart, short
    /// enough that a change which cannot be made does not wait for long.
    pub without_database: Duration,
    /// For requests in flight when the gateway stops.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            trusted_proxies: TrustedProxies::default(),
            proxy_protocol: false,
            extra_roots: Vec::new(),
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 16 * 1024,
            headers: 64,
            body_bytes: 64 * 1024,
            connections: 4096,
            address_connections: 512,
            first_byte: Duration::from_secs(15),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            body: Duration::from_secs(30),
            stall: Duration::from_secs(10),
            bytes_per_second: 1024,
            stream: Duration::from_secs(120),
            failures_per_minute: 60,
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            record: Duration::from_secs(1),
            hold: Duration::from_secs(8),
            approval: Duration::from_secs(15 * 60),
            linger: Duration::from_secs(1),
            lane: Duration::from_secs(5),
            late: Duration::from_secs(2),
            nonce: Duration::from_secs(1),
            without_database: Duration::from_secs(60),
            grace: Duration::from_secs(30),
        }
    }
}

impl Limits {
    pub(crate) fn failures(&self) -> RateLimit {
        RateLimit { per_minute: self.failures_per_minute, burst: self.failures_per_minute }
    }

    pub(crate) fn head_bounds(&self) -> HeadBounds {
        HeadBounds { bytes: self.head_bytes, fields: self.headers }
    }
}
