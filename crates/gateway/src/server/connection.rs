//! One connection until its first byte of HTTP: who is at the other end, and TLS.

use std::io;
use std::net::IpAddr;
use std::rc::Rc;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::converse::converse;
use super::parting::unless_stopped;
use crate::proxy_protocol;
use crate::worker::Worker;

pub(super) async fn connection(
    worker: Rc<Worker>,
    mut stream: TcpStream,
    peer: IpAddr,
    tls: Option<TlsAcceptor>,
    shutdown: watch::Receiver<bool>,
) {
    let limits = worker.gateway.settings.limits;
    let introduced = timeout(limits.head, introduce(&worker, &mut stream, peer));
    let Some(Ok(Ok(client))) = unless_stopped(shutdown.clone(), limits.linger, introduced).await else {
        return;
    };
    match tls {
        None => converse(worker, stream, client, shutdown).await,
        Some(tls) => {
            let handshake = timeout(limits.head, tls.accept(stream));
            if let Some(Ok(Ok(stream))) = unless_stopped(shutdown.clone(), limits.linger, handshake).await {
                converse(worker, stream, client, shutdown).await;
            }
        }
    }
}

/// Who is at the other end: the socket's peer, or whom a trusted proxy introduces.
async fn introduce(worker: &Worker, stream: &mut TcpStream, peer: IpAddr) -> io::Result<IpAddr> {
    stream.set_nodelay(true)?;
    let settings = &worker.gateway.settings;
    if settings.proxy_protocol && settings.trusted_proxies.trust(peer) {
        return Ok(proxy_protocol::read(stream).await?.unwrap_or(peer));
    }
    Ok(peer)
}
