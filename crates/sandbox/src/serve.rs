//! The server: connections in, one request after the other through the endpoints' table, answers out.

mod answer;
mod pipeline;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::on;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

pub(crate) use answer::refused;
pub(crate) use pipeline::{Arrived, arrive};

use crate::config::{Clock, Config};
use crate::control;
use crate::endpoint::{ENDPOINTS, Endpoint};
use crate::exchange::Exchange;
use crate::fault::Dropped;
use crate::kraken;

/// So many connections at once; more wait.
const MOST_CONNECTIONS: usize = 4_096;
/// A client that does not finish its headers in this time is gone.
const HEADER_DEADLINE: Duration = Duration::from_secs(30);
/// No head of a request is larger, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;
/// After the order to stop, answers under way may take this long.
const GOODBYE: Duration = Duration::from_secs(2);
/// The pause after a connection could not be accepted, so that a lack of files does not become a busy loop.
const BREATH: Duration = Duration::from_millis(50);

/// Where a request came from.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

/// Runs an exchange until `shutdown` is done. Answers under way are finished; dropping the future cuts everything.
///
/// # Errors
/// None so far: a connection that fails is that connection's problem.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    clock: Clock,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let heartbeat = config.heartbeat;
    let exchange = Arc::new(Exchange::new(config, clock));
    let router = router(&exchange);
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut beats = tokio::time::interval(heartbeat.max(Duration::from_millis(1)));
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut connections, closing) = (JoinSet::new(), GracefulShutdown::new());
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            _ = beats.tick(), if !heartbeat.is_zero() => exchange.floor.lock().beat(exchange.now_ms()),
            Some(_) = connections.join_next() => {}
            (stream, seat) = accept(&listener, &room) => {
                let end = converse(stream, Arc::clone(&exchange), router.clone(), closing.watcher());
                connections.spawn(async move { (end.await, drop(seat)) });
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GOODBYE, closing.shutdown()).await;
    Ok(())
}

/// The next connection, once there is room for it.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let seat = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, seat),
            Err(failure) => {
                tracing::warn!(%failure, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Serves one connection until it ends.
async fn converse(stream: TcpStream, exchange: Arc<Exchange>, router: Router, watcher: Watcher) {
    let Ok(peer) = stream.peer_addr() else { return };
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        answer(Arc::clone(&exchange), router.clone(), request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(failure) = watcher.watch(connection).await {
        tracing::debug!(%failure, "a connection ended badly");
    }
}

/// One request, with whatever misfortune waits for it.
async fn answer(exchange: Arc<Exchange>, router: Router, request: Request) -> Result<Response, Dropped> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let respond = async { router.oneshot(request).await.unwrap_or_else(|never| match never {}) };
    if path.starts_with(control::PREFIX) {
        return Ok(respond.await);
    }
    exchange.deliveries.count(&method, &path);
    match exchange.faults.strike(&method, &path) {
        Some(fault) => fault.befall(exchange.now_ms(), respond).await,
        None => Ok(respond.await),
    }
}

fn router(exchange: &Arc<Exchange>) -> Router {
    let route = |router: Router<Arc<Exchange>>, endpoint: &'static Endpoint| {
        let exchange = Arc::clone(exchange);
        let handler = move |request: Request| {
            let exchange = Arc::clone(&exchange);
            async move { pipeline::handle(&exchange, endpoint, request).await }
        };
        router.route(endpoint.path, on(endpoint.method, handler))
    };
    let routes = ENDPOINTS.iter().fold(control::router().merge(kraken::router(exchange)), route);
    routes.fallback(answer::not_found).with_state(Arc::clone(exchange))
}
