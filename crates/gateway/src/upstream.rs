//! The only way out: connections to exchanges, kept by each worker for itself.

use std::cell::RefCell;
use std::collections::HashMap;
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

/// Connections kept per base; beyond it the oldest are closed.
const KEPT_MAX: usize = 256;

type Connection = SendRequest<Full<Bytes>>;

/// The connections of one worker.
pub(crate) struct Upstream {
    tls: TlsConnector,
    connect: Duration,
    answer: Duration,
    kept: RefCell<HashMap<Base, Vec<Connection>>>,
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
        }
    }

    /// A connection: a kept one if it may be reused, or a new one.
    pub(crate) async fn connect(&self, base: &Base, reuse: bool) -> Result<Connection, Unreachable> {
        if let Some(kept) = reuse.then(|| self.take(base)).flatten() {
            return Ok(kept);
        }
        let slow = |_| Unreachable::Slow(base.authority());
        timeout(self.connect, open(&self.tls, base)).await.map_err(slow)?
    }

    /// Sends a request once, and keeps the connection.
    pub(crate) async fn send(
        &self,
        base: &Base,
        mut connection: Connection,
        signed: Signed,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let sent = timeout(self.answer, connection.try_send_request(signed.0)).await;
        match sent {
            Ok(Ok(response)) => {
                self.keep(base, connection);
                Ok(response)
            }
            Ok(Err(error)) if error.message().is_some() => Err(NoAnswer::NotSent),
            Ok(Err(_)) | Err(_) => Err(NoAnswer::Unknown),
        }
    }

    /// The latest kept connection that is free. One whose last answer is still arriving stays kept.
    fn take(&self, base: &Base) -> Option<Connection> {
        let mut all = self.kept.borrow_mut();
        let kept = all.get_mut(base)?;
        kept.retain(|connection| !connection.is_closed());
        let free = kept.iter().rposition(Connection::is_ready)?;
        Some(kept.swap_remove(free))
    }

    fn keep(&self, base: &Base, connection: Connection) {
        let mut all = self.kept.borrow_mut();
        if !all.contains_key(base) {
            all.insert(base.clone(), Vec::new());
        }
        let Some(kept) = all.get_mut(base) else { return };
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push(connection);
    }
}

async fn open(tls: &TlsConnector, base: &Base) -> Result<Connection, Unreachable> {
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

async fn handshake<S>(base: &Base, stream: S) -> Result<Connection, Unreachable>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + 'static,
{
    let shaken = http1::handshake(TokioIo::new(stream)).await;
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
