//! HTTP/1 on one connection, until either side ends it.

use std::convert::Infallible;
use std::net::IpAddr;
use std::rc::Rc;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::checked::{Bounds, Checked, REFUSED};
use super::pace::Slowest;
use super::paced::Paced;
use super::parting::Parting;
use crate::answer::Body;
use crate::framing::Unsound;
use crate::settings::Limits;
use crate::worker::Worker;

/// hyper reads no head into less.
const BUFFER_BYTES_MIN: usize = 8192;

pub(super) async fn http1<S>(
    worker: Rc<Worker>,
    stream: Paced<S>,
    client: IpAddr,
    shutdown: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let limits = worker.gateway.settings.limits;
    let (stream, verdict) = Checked::new(stream, bounds(&limits));
    let parting = Rc::new(Parting::default());
    let service = service_fn(|request: Request<Incoming>| {
        let (worker, verdict, parting) = (worker.clone(), verdict.clone(), parting.clone());
        parting.spoke();
        let version = request.version();
        async move {
            let answer = answer(&worker, client, verdict.get(), request).await;
            Ok::<_, Infallible>(parting.tell(version, answer))
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .writev(false)
        .header_read_timeout(limits.idle)
        .max_buf_size(limits.head_bytes.max(BUFFER_BYTES_MIN))
        .max_headers(limits.headers)
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

async fn answer(
    worker: &Worker,
    client: IpAddr,
    refused: Option<Unsound>,
    request: Request<Incoming>,
) -> Response<Body> {
    match refused {
        Some(why) if request.method().as_str() == REFUSED => worker.answer_unsound(why),
        _ => worker.answer(client, request).await,
    }
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds { head: limits.head_bounds(), head_within: limits.head, body: Slowest::of(limits) }
}
