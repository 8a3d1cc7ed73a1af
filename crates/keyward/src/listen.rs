//! Listeners of the control plane: the socket that only this account can open, and the port where people and programs
//! say who they are.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener as StdUnixListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use keyward_gateway::{Crowd, Place};
use keyward_policy::Actor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};

use crate::api::{Api, Who};
use crate::data::FILE_MODE;

/// Connections served at once; more wait in the listener's backlog.
const CONNECTIONS_MAX: u32 = 256;
/// Of them from one address: enough for a proxy with everybody behind it, and half is left for who knocks from elsewhere.
const ADDRESS_CONNECTIONS_MAX: usize = 128;
/// Until the head of a request must be complete; idle connections are closed after it too.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// For requests under way when the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// After a failed accept: the usual cause, too many open files, does not pass at once.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Opens the socket. Whoever calls holds the data directory's lock, so a socket that is already there is a dead
/// server's.
pub(crate) fn socket(path: &Path) -> Result<StdUnixListener> {
    let open = || {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = StdUnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        fs::set_permissions(path, Permissions::from_mode(FILE_MODE))?;
        Ok(listener)
    };
    open().with_context(|| {
        format!("the socket {} cannot be opened (its path may be 107 bytes long at most)", path.display())
    })
}

/// Serves operators on the socket until the server stops.
pub(crate) async fn on_socket(listener: UnixListener, api: Api, mut stop: watch::Receiver<bool>) {
    let connections = Connections::new(api, &stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted.and_then(|(stream, _)| Ok((peer(&stream)?, stream))) {
            Ok((actor, stream)) => connections.serve(stream, Who::Host(actor), None).await,
            Err(error) => pause(&error).await,
        }
    }
    connections.finish().await;
}

/// Serves whoever reaches the control port until the server stops.
pub(crate) async fn on_port(listener: TcpListener, api: Api, mut stop: watch::Receiver<bool>) {
    let connections = Connections::new(api, &stop);
    let crowd = Arc::new(Crowd::new(ADDRESS_CONNECTIONS_MAX));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Who has too many already is hung up on.
                if let Some(place) = crowd.enter(peer.ip()) {
                    connections.serve(stream, Who::Peer(peer.ip()), Some(place)).await;
                }
            }
            Err(error) => pause(&error).await,
        }
    }
    connections.finish().await;
}

/// Who is at the other end of a socket, as the kernel says.
pub(crate) fn peer(stream: &UnixStream) -> io::Result<Actor> {
    Ok(Actor::on_host(format!("uid {}", stream.peer_cred()?.uid()), "socket"))
}

async fn pause(error: &io::Error) {
    tracing::warn!(%error, "the control listener cannot accept a connection");
    tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
}

/// The connections of one listener.
struct Connections {
    api: Api,
    room: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
}

impl Connections {
    fn new(api: Api, stop: &watch::Receiver<bool>) -> Self {
        Self { api, room: Arc::new(Semaphore::new(CONNECTIONS_MAX as usize)), stop: stop.clone() }
    }

    /// Serves one connection in a task of its own, once there is room.
    async fn serve<C>(&self, connection: C, who: Who, place: Option<Place>)
    where
        C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let room = Arc::clone(&self.room).acquire_owned().await;
        let (api, stop) = (self.api.clone(), self.stop.clone());
        tokio::spawn(async move {
            if let Err(error) = converse(connection, api, who, stop).await {
                tracing::debug!(%error, "a control connection broke");
            }
            drop((room, place));
        });
    }

    /// Lets the requests under way end, within the grace.
    async fn finish(self) {
        let everybody = self.room.acquire_many(CONNECTIONS_MAX);
        if tokio::time::timeout(GRACE, everybody).await.is_err() {
            tracing::warn!("control requests were still under way when their time was over");
        }
    }
}

/// Answers what comes over one connection; after the stop, only the request under way.
async fn converse<C>(connection: C, api: Api, who: Who, mut stop: watch::Receiver<bool>) -> hyper::Result<()>
where
    C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| api.clone().answer(request, who.clone()));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(connection), service);
    let mut served = std::pin::pin!(served);
    tokio::select! {
        ended = served.as_mut() => return ended,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    served.as_mut().graceful_shutdown();
    served.await
}
