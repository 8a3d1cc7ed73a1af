//! Serving: one thread, one runtime and one listener per worker, so that no request crosses a core.

mod accept;
mod bind;
mod checked;
mod connection;
mod converse;
mod crowd;
#[cfg(test)]
mod front_door;
mod http1;
mod http2;
mod pace;
mod paced;
mod parting;
mod streams;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::ServerConfig;
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio_rustls::TlsAcceptor;

use crate::gateway::Gateway;

pub use bind::bind;
pub(crate) use crowd::Crowd;

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
            let run =
                move || LocalSet::new().block_on(&runtime, accept::listen(gateway, listener, tls, shutdown));
            std::thread::Builder::new().name(format!("gateway-{number}")).spawn(run)
        };
        listeners.into_iter().enumerate().map(start).collect()
    }
}
