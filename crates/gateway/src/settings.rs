//! What an operator can set on the data plane, with the reason for each default.

use std::time::Duration;

use keyward_policy::TrustedProxies;
use rustls_pki_types::CertificateDer;

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
    /// Longest request body. The longest known order batch is some 20 KiB.
    pub body_bytes: usize,
    /// Connections served at once by one worker; beyond it new ones wait in the listener's backlog.
    pub connections: usize,
    /// Until the head of a request is complete. Keep-alive connections may idle for as long.
    pub head: Duration,
    /// Until the body of a request is complete.
    pub body: Duration,
    /// Until a connection to an exchange stands.
    pub connect: Duration,
    /// Until an exchange has begun to answer. Binance itself gives up after 10 s; beyond this the outcome is unknown.
    pub answer: Duration,
    /// Until an intent is durable: a disk that hangs longer must not hold orders (research/faults-and-suites.md §5).
    pub record: Duration,
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
            body_bytes: 64 * 1024,
            connections: 4096,
            head: Duration::from_secs(60),
            body: Duration::from_secs(30),
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            record: Duration::from_secs(1),
            linger: Duration::from_secs(1),
            lane: Duration::from_secs(5),
            late: Duration::from_secs(2),
            nonce: Duration::from_secs(1),
            without_database: Duration::from_secs(60),
            grace: Duration::from_secs(30),
        }
    }
}
