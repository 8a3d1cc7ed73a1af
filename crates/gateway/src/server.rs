//! Listening: one thread, one runtime and one listener per worker, so that no request crosses a core.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::task::LocalSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::gateway::Gateway;
use crate::proxy_protocol;
use crate::worker::Worker;

/// Connections that the kernel holds while a worker is busy.
const BACKLOG: i32 = 1024;
/// Longest head of a request, in bytes: a query of 8 KiB, and as much again for the headers.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most headers of a request.
const HEADERS_MAX: usize = 64;

/// Binds one listener a worker to the same address, among which the kernel spreads the connections.
///
/// # Errors
/// The address is taken, or not ours.
pub fn bind(address: SocketAddr, workers: usize) -> io::Result<Vec<TcpListener>> {
    let first = listener(address)?;
    let bound = first.local_addr()?;
    let others = (1..workers.max(1)).map(|_| listener(bound));
    std::iter::once(Ok(first)).chain(others).collect()
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

impl Gateway {
    /// Serves on each listener with a thread of its own until `shutdown` says true, then finishes what is in flight.
    ///
    /// # Errors
    /// A thread or its runtime cannot be started.
    pub fn serve(
        self: &Arc<Self>,
        listeners: Vec<TcpListener>,
        tls: Option<&Arc<ServerConfig>>,
        shutdown: &watch::Receiver<bool>,
    ) -> io::Result<Vec<JoinHandle<()>>> {
        let start = |(number, listener): (usize, TcpListener)| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let (gateway, tls, shutdown) =
                (self.clone(), tls.cloned().map(TlsAcceptor::from), shutdown.clone());
            let run = move || LocalSet::new().block_on(&runtime, listen(gateway, listener, tls, shutdown));
            std::thread::Builder::new().name(format!("gateway-{number}")).spawn(run)
        };
        listeners.into_iter().enumerate().map(start).collect()
    }
}

async fn listen(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    mut shutdown: watch::Receiver<bool>,
) {
    let limits = gateway.settings.limits;
    let worker = Rc::new(Worker::new(gateway));
    let room = Arc::new(Semaphore::new(limits.connections));
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "a listener cannot be used"),
    };
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = shutdown.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of descriptors, most likely: those who finish make room.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let connection = connection(worker.clone(), stream, peer.ip(), tls.clone(), shutdown.clone());
        tokio::task::spawn_local(async move {
            connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let everybody = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let _ = timeout(limits.grace, room.acquire_many(everybody)).await;
}

async fn connection(
    worker: Rc<Worker>,
    mut stream: TcpStream,
    peer: IpAddr,
    tls: Option<TlsAcceptor>,
    shutdown: watch::Receiver<bool>,
) {
    let wait = worker.gateway.settings.limits.head;
    let Ok(Ok(client)) = timeout(wait, introduce(&worker, &mut stream, peer)).await else { return };
    match tls {
        None => converse(worker, stream, client, shutdown).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(wait, tls.accept(stream)).await {
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

async fn converse<S>(worker: Rc<Worker>, stream: S, client: IpAddr, mut shutdown: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let wait = worker.gateway.settings.limits.head;
    let service = service_fn(move |request| {
        let worker = worker.clone();
        async move { Ok::<_, Infallible>(worker.answer(client, request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(wait)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        _ = shutdown.wait_for(|stop| *stop) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended");
    }
}
