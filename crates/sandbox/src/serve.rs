//! The server: connections in, one request after the other through the endpoints' table, answers out.

mod answer;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::auth::{Caller, Received};
use crate::config::{Clock, Config};
use crate::endpoint::{Asked, ENDPOINTS, Endpoint, Run};
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::params::Params;

/// No request of the exchange is larger, in bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// So many connections at once; more wait.
const MOST_CONNECTIONS: usize = 4_096;
/// A client that does not finish its headers in this time is gone.
const HEADER_DEADLINE: Duration = Duration::from_secs(30);
/// After the order to stop, answers under way may take this long.
const GOODBYE: Duration = Duration::from_secs(2);

/// Where a request came from.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

/// Runs an exchange until `shutdown` is done. Answers under way are finished; dropping the future cuts everything.
///
/// # Errors
/// The listener fails for good.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    clock: Clock,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let exchange = Arc::new(Exchange::new(config, clock));
    let router = router(&exchange);
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else { break };
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(failure) => {
                tracing::warn!(%failure, "a connection could not be accepted");
                continue;
            }
        };
        let router = router.clone();
        connections.spawn(async move {
            converse(stream, peer, router).await;
            drop(seat);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GOODBYE, async { while connections.join_next().await.is_some() {} }).await;
    Ok(())
}

/// Serves one connection until it ends.
async fn converse(stream: TcpStream, peer: SocketAddr, router: Router) {
    let service = hyper::service::service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(failure) = connection.await {
        tracing::debug!(%failure, "a connection ended badly");
    }
}

fn router(exchange: &Arc<Exchange>) -> Router {
    let route = |router: Router, endpoint: &'static Endpoint| {
        let exchange = Arc::clone(exchange);
        let filter = MethodFilter::try_from(endpoint.method.clone()).unwrap_or(MethodFilter::GET);
        let handler = move |request: Request| {
            let exchange = Arc::clone(&exchange);
            async move { handle(&exchange, endpoint, request).await }
        };
        router.route(endpoint.path, on(filter, handler))
    };
    ENDPOINTS.iter().fold(Router::new(), route).fallback(async || StatusCode::NOT_FOUND)
}

/// One request to one endpoint, from arrival to answer.
async fn handle(exchange: &Exchange, endpoint: &Endpoint, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return answer::empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let received = Received {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
        peer: parts.extensions.get().map_or(IpAddr::from([0, 0, 0, 0]), |Peer(peer)| *peer),
    };
    answer::from(run(exchange, endpoint, &received).await)
}

async fn run(
    exchange: &Exchange,
    endpoint: &Endpoint,
    received: &Received<'_>,
) -> Result<serde_json::Value, Refusal> {
    let params = Params::read(received.query, received.body)?;
    let asked = Asked { exchange, params: &params, now_ms: (exchange.clock)() };
    match endpoint.run {
        Run::Public(run) => run(&asked),
        Run::Private(right, run) => {
            let caller = Caller::prove(exchange, received, &params).await?;
            caller.may(right)?;
            run(&asked, &caller)
        }
    }
}
