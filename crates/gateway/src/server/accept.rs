//! Accepting: each connection gets a task on the worker's own thread, for as long as there is room.

use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::connection::connection;
use crate::gateway::Gateway;
use crate::settings::Limits;
use crate::worker::Worker;

/// How often a gateway that stops looks whether somebody is still connected.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

pub(super) async fn listen(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shutdown: watch::Receiver<bool>,
) {
    let limits = gateway.settings.limits;
    let worker = Rc::new(Worker::new(gateway));
    let room = Arc::new(Semaphore::new(limits.connections));
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "a listener cannot be used"),
    };
    let mut ended = std::pin::pin!(ended(shutdown.clone(), &room, limits));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ended.as_mut() => break,
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

/// When no more connections are taken: some time after the gateway was told to stop, so that clients whose connection
/// is ended find a door that is open; or as soon as nobody is connected.
async fn ended(mut shutdown: watch::Receiver<bool>, room: &Semaphore, limits: Limits) {
    let _ = shutdown.wait_for(|stop| *stop).await;
    let nobody = async {
        // One place is kept for the next who comes.
        while room.available_permits() + 1 < limits.connections {
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        }
    };
    let _ = timeout(limits.linger, nobody).await;
}
