//! HTTP/2 on one connection, until either side ends it: the same requests by the same rules.

use std::convert::Infallible;
use std::net::IpAddr;
use std::rc::Rc;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;

use super::paced::Paced;
use super::streams::Streams;
use crate::answer::Body;
use crate::framing::check_http2;
use crate::settings::Limits;
use crate::worker::Worker;

/// Requests at once on one connection. More wait with the client; each may hold a body.
const STREAMS_MAX: u32 = 32;
/// What a client may send of a body before we have looked at it.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// The same for all bodies of a connection.
const CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
/// What is kept of one answer while the client does not take it.
const SEND_BYTES_MAX: usize = 64 * 1024;
/// Streams that a client may open and reset before we have looked at them ("rapid reset", CVE-2023-44487), and streams
/// that we may have to reset for its faults; after either the connection is closed.
const RESETS_MAX: usize = 64;

pub(super) async fn http2<S>(
    worker: Rc<Worker>,
    stream: Paced<S>,
    client: IpAddr,
    mut shutdown: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let limits = worker.gateway.settings.limits;
    let streams = Streams::new(limits.stream);
    let service = service_fn(move |request| answer(worker.clone(), client, request));
    let served = builder(&limits, streams.clone()).serve_connection(TokioIo::new(stream), service);
    let mut served = std::pin::pin!(served);
    let within = tokio::select! {
        biased;
        ended = served.as_mut() => return say(ended),
        () = streams.idle(limits.idle) => limits.head,
        _ = shutdown.wait_for(|stop| *stop) => limits.grace,
    };
    served.as_mut().graceful_shutdown();
    if let Ok(ended) = timeout(within, served).await {
        say(ended);
    }
}

fn say(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a client's connection ended");
    }
}

fn builder(limits: &Limits, streams: Streams) -> http2::Builder<Streams> {
    let mut builder = http2::Builder::new(streams);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(SEND_BYTES_MAX)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(RESETS_MAX)
        .max_local_error_reset_streams(RESETS_MAX)
        .keep_alive_interval(limits.idle / 2)
        .keep_alive_timeout(limits.head);
    builder
}

async fn answer(
    worker: Rc<Worker>,
    client: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let (mut head, body) = request.into_parts();
    match check_http2(&mut head, worker.gateway.settings.limits.head_bounds()) {
        Ok(()) => Ok(worker.answer(client, Request::from_parts(head, body)).await),
        Err(why) => Ok(worker.answer_unsound(why)),
    }
}
