//! One connection until its first byte of HTTP: who is at the other end, whether he may have one more, and TLS.

use std::io;
use std::net::IpAddr;
use std::rc::Rc;

use bytes::Bytes;
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::converse::{Spoken, converse, listen_in};
use super::crowd::Place;
use super::parting::unless_stopped;
use crate::proxy_protocol;
use crate::settings::Limits;
use crate::tls::HTTP_2;
use crate::worker::Worker;

pub(super) async fn connection(
    worker: Rc<Worker>,
    mut stream: TcpStream,
    peer: IpAddr,
    tls: Option<TlsAcceptor>,
    shutdown: watch::Receiver<bool>,
) {
    let limits = worker.gateway.settings.limits;
    let introduced = introduce(&worker, &mut stream, peer);
    let Some(client) = in_time(&shutdown, &limits, introduced).await else { return };
    let Some(_place) = place(&worker, client) else {
        return tracing::debug!(%client, "this address has too many connections");
    };
    match tls {
        None => {
            let Some(first) = in_time(&shutdown, &limits, listen_in(&mut stream)).await else { return };
            converse(worker, stream, client, first, shutdown).await;
        }
        Some(tls) => {
            let Some(stream) = in_time(&shutdown, &limits, tls.accept(stream)).await else { return };
            let spoken = spoken(&stream);
            converse(worker, stream, client, (spoken, Bytes::new()), shutdown).await;
        }
    }
}

/// What a step before the first byte of HTTP came to, unless it failed, took too long, or the gateway stopped.
async fn in_time<T>(
    shutdown: &watch::Receiver<bool>,
    limits: &Limits,
    step: impl Future<Output = io::Result<T>>,
) -> Option<T> {
    let step = timeout(limits.first_byte, step);
    unless_stopped(shutdown.clone(), limits.linger, step).await?.ok()?.ok()
}

/// Who is at the other end: the socket's peer, or whom a trusted proxy introduces.
async fn introduce(worker: &Worker, stream: &mut TcpStream, peer: IpAddr) -> io::Result<IpAddr> {
    stream.set_nodelay(true)?;
    let settings = &worker.gateway.settings;
    // What a client never takes must not lie in the kernel for ever either.
    #[cfg(target_os = "linux")]
    SockRef::from(&*stream).set_tcp_user_timeout(Some(settings.limits.idle))?;
    if settings.proxy_protocol && settings.trusted_proxies.trust(peer) {
        return Ok(proxy_protocol::read(stream).await?.unwrap_or(peer));
    }
    Ok(peer)
}

/// One of the places that this sender may have. A trusted proxy has all: its clients are told apart by its headers.
fn place(worker: &Worker, client: IpAddr) -> Option<Option<Place>> {
    if worker.gateway.settings.trusted_proxies.trust(client) {
        return Some(None);
    }
    worker.gateway.crowd.enter(client).map(Some)
}

/// What the handshake agreed on (RFC 7301).
fn spoken(stream: &TlsStream<TcpStream>) -> Spoken {
    if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) { Spoken::Http2 } else { Spoken::Http1 }
}
