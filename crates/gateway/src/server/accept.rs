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
use crate::worker::Worker;

pub(super) async fn listen(
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
