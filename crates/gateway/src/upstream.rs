//! The only way out: connections to exchanges, kept by each worker for itself.

mod arriving;
mod clocks;
mod deadline;
mod offset;

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::carry::Signed;
use crate::settings::Limits;
use crate::venue::Base;

pub(crate) use self::arriving::Arriving;
use self::clocks::Clocks;
use self::deadline::Deadline;
pub(crate) use self::offset::FarOff;

/// Connections kept per base; beyond it the oldest are closed.
const KEPT_MAX: usize = 256;
/// The longest head of an answer, in bytes. Binance's have about one KiB; an exchange's word is not trusted either.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Most headers of an answer.
const HEADERS_MAX: usize = 128;

/// A connection to an exchange.
pub(crate) struct Connection {
    http: SendRequest<Full<Bytes>>,
    /// Until it has begun to answer.
    answer: Deadline,
}

/// The connections of one worker.
pub(crate) struct Upstream {
    tls: TlsConnector,
    connect: Duration,
    answer: Duration,
    kept: RefCell<HashMap<Base, Vec<Connection>, foldhash::fast::RandomState>>,
    /// What time it is at the exchanges.
    pub(crate) clocks: Clocks,
}

/// Why no connection stands; nothing was sent.
#[derive(Debug, Error)]
pub(crate) enum Unreachable {
    #[error("no connection to {0}: {1}")]
    Connect(String, #[source] std::io::Error),
    #[error("{0} did not take the connection in time")]
    Slow(String),
    #[error("no HTTP with {0}: {1}")]
    Handshake(String, #[source] hyper::Error),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Not a byte of the request left.
    NotSent,
    /// Some of it may have arrived.
    Unknown,
}

impl Upstream {
    pub(crate) fn new(limits: &Limits, extra_roots: &[CertificateDer<'static>]) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(client_config(extra_roots))),
            connect: limits.connect,
            answer: limits.answer,
            kept: RefCell::default(),
            clocks: Clocks::new(),
        }
    }

    /// A connection: a kept one if it may be reused, or a new one.
    pub(crate) async fn connect(&self, base: &Base, reuse: bool) -> Result<Connection, Unreachable> {
        if let Some(kept) = reuse.then(|| self.take(base)).flatten() {
            return Ok(kept);
        }
        let slow = |_| Unreachable::Slow(base.authority());
        // Boxed, as all that is seldom waited for: each request is moved about with the room for everything it may wait for.
        let http = Box::pin(timeout(self.connect, open(&self.tls, base))).await.map_err(slow)??;
        Ok(Connection { http, answer: Deadline::new(self.answer) })
    }

    /// Sends a request once, at once; what is waited for is its answer. Then the connection is kept.
    pub(crate) fn send(
        &self,
        base: &Base,
        mut connection: Connection,
        signed: Signed,
    ) -> impl Future<Output = Result<Response<Incoming>, NoAnswer>> {
        let Signed { request, started } = signed;
        let sent_us = self.clocks.now_us();
        let answer = connection.http.try_send_request(request);
        async move {
            let answer = connection.answer.hold(pin!(answer)).await;
            drop(started);
            match answer {
                // No exchange changes to another protocol: what follows such an answer would be read as the next one.
                Some(Ok(response)) if response.status().is_informational() => Err(NoAnswer::Unknown),
                Some(Ok(response)) => {
                    self.clocks.learn(base, sent_us, response.headers());
                    self.keep(base, connection);
                    Ok(response)
                }
                Some(Err(error)) if error.message().is_some() => Err(NoAnswer::NotSent),
                Some(Err(_)) | None => Err(NoAnswer::Unknown),
            }
        }
    }

    /// The latest kept connection that is free. One whose last answer is still arriving stays kept; one that is found
    /// closed on the way is dropped.
    fn take(&self, base: &Base) -> Option<Connection> {
        let mut all = self.kept.borrow_mut();
        let kept = all.get_mut(base)?;
        for place in (0..kept.len()).rev() {
            if kept[place].http.is_ready() {
                return Some(kept.swap_remove(place));
            }
            if kept[place].http.is_closed() {
                kept.swap_remove(place);
            }
        }
        None
    }

    fn keep(&self, base: &Base, connection: Connection) {
        let mut all = self.kept.borrow_mut();
        let Some(kept) = all.get_mut(base) else {
            all.insert(base.clone(), vec![connection]);
            return;
        };
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push(connection);
    }
}

async fn open(tls: &TlsConnector, base: &Base) -> Result<SendRequest<Full<Bytes>>, Unreachable> {
    let failed = |error| Unreachable::Connect(base.authority(), error);
    let stream = TcpStream::connect((base.host.as_str(), base.port)).await.map_err(failed)?;
    // An order must not wait for more bytes to fill a packet.
    stream.set_nodelay(true).map_err(failed)?;
    if !base.tls {
        return handshake(base, stream).await;
    }
    let name =
        ServerName::try_from(base.host.clone()).map_err(|error| failed(std::io::Error::other(error)))?;
    handshake(base, tls.connect(name, stream).await.map_err(failed)?).await
}

async fn handshake<S>(base: &Base, stream: S) -> Result<SendRequest<Full<Bytes>>, Unreachable>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + 'static,
{
    let mut http = http1::Builder::new();
    http.writev(false).max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    let shaken = http.handshake(TokioIo::new(stream)).await;
    let (sender, driver) = shaken.map_err(|error| Unreachable::Handshake(base.authority(), error))?;
    tokio::task::spawn_local(async move {
        if let Err(error) = driver.await {
            tracing::debug!(%error, "a connection to an exchange ended");
        }
    });
    Ok(sender)
}

/// Mozilla's authorities, the same on every host, and those that the operator adds.
fn client_config(extra_roots: &[CertificateDer<'static>]) -> ClientConfig {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    roots.add_parsable_certificates(extra_roots.iter().cloned());
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream as Socket};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http::Request;
    use tokio::task::LocalSet;

    use super::*;
    use crate::fixture::started;

    /// What an exchange does after it has taken a whole request.
    #[derive(Clone, Copy, Debug)]
    enum Then {
        Answer,
        AnswerAndClose,
        Close,
        HalfAStatus,
        Hang,
    }

    /// An exchange that counts what is delivered to it.
    fn exchange(then: Then) -> (Base, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let delivered = Arc::new(AtomicUsize::new(0));
        let count = delivered.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let count = count.clone();
                std::thread::spawn(move || serve(stream.unwrap(), then, &count));
            }
        });
        (Base::parse(&format!("http://127.0.0.1:{port}")).unwrap(), delivered)
    }

    fn serve(mut stream: Socket, then: Then, delivered: &AtomicUsize) {
        let mut buffer = [0; 4096];
        while let Ok(1..) = stream.read(&mut buffer) {
            delivered.fetch_add(1, Ordering::Relaxed);
            let _ = match then {
                Then::Answer | Then::AnswerAndClose => {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                }
                Then::HalfAStatus => stream.write_all(b"HTTP/1.1 20"),
                Then::Close => Ok(()),
                Then::Hang => stream.read(&mut buffer).map(drop),
            };
            if !matches!(then, Then::Answer) {
                return;
            }
        }
    }

    async fn send(upstream: &Upstream, base: &Base, method: &str) -> Result<(), NoAnswer> {
        let request = Request::builder().method(method).uri("/api/v3/order").header("host", base.authority());
        let signed = Signed { request: request.body(Full::default()).unwrap(), started: started() };
        let connection = upstream.connect(base, true).await.unwrap();
        upstream.send(base, connection, signed).await.map(drop)
    }

    fn upstream() -> Upstream {
        Upstream::new(&Limits { answer: Duration::from_millis(200), ..Limits::default() }, &[])
    }

    #[tokio::test]
    async fn what_was_taken_and_not_answered_is_unknown_and_never_sent_again() {
        let methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];
        for then in [Then::Close, Then::HalfAStatus, Then::Hang] {
            for method in methods {
                let (base, delivered) = exchange(then);
                let sent = LocalSet::new().run_until(send(&upstream(), &base, method)).await;
                assert_eq!(sent, Err(NoAnswer::Unknown), "{method} {then:?}");
                assert_eq!(delivered.load(Ordering::Relaxed), 1, "{method} {then:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_connection_is_kept_and_used_again() {
        let ((base, delivered), upstream) = (exchange(Then::Answer), upstream());
        let both = async {
            send(&upstream, &base, "GET").await.unwrap();
            send(&upstream, &base, "GET").await.unwrap();
        };
        LocalSet::new().run_until(both).await;
        assert_eq!(delivered.load(Ordering::Relaxed), 2);
        assert_eq!(upstream.kept.borrow()[&base].len(), 1);
    }

    #[tokio::test]
    async fn a_kept_connection_that_was_closed_is_not_used() {
        let ((base, delivered), upstream) = (exchange(Then::AnswerAndClose), upstream());
        let three = async {
            for _ in 0..3 {
                while upstream
                    .kept
                    .borrow()
                    .get(&base)
                    .is_some_and(|kept| kept.iter().any(|one| !one.http.is_closed()))
                {
                    tokio::task::yield_now().await;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                send(&upstream, &base, "POST").await.unwrap();
            }
        };
        LocalSet::new().run_until(three).await;
        assert_eq!(delivered.load(Ordering::Relaxed), 3);
    }
}
