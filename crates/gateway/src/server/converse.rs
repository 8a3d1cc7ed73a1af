//! HTTP on one connection, until either side ends it.

use std::convert::Infallible;
use std::net::IpAddr;
use std::rc::Rc;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::parting::Parting;
use crate::worker::Worker;

/// Longest head of a request, in bytes: a query of 8 KiB, and as much again for the headers.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most headers of a request.
const HEADERS_MAX: usize = 64;

pub(super) async fn converse<S>(
    worker: Rc<Worker>,
    stream: S,
    client: IpAddr,
    shutdown: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let limits = worker.gateway.settings.limits;
    let parting = Rc::new(Parting::default());
    let service = service_fn(|request: Request<Incoming>| {
        let (worker, parting) = (worker.clone(), parting.clone());
        parting.spoke();
        let version = request.version();
        async move { Ok::<_, Infallible>(parting.tell(version, worker.answer(client, request).await)) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .writev(false)
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let ended = tokio::select! {
        biased;
        ended = served.as_mut() => ended,
        () = parting.near(shutdown, limits.linger) => {
            if !parting.has_spoken() {
                return;
            }
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended");
    }
}
