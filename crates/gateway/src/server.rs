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
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use rustls::ServerConfig;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::gateway::Gateway;

pub use bind::bind;
pub use crowd::{Crowd, Place};

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
            let (gateway, tls, shutdown) =
                (self.clone(), tls.cloned().map(TlsAcceptor::from), shutdown.clone());
            let (built, is_built) = mpsc::sync_channel(1);
            let run =
                move || match Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
                {
                    Ok(runtime) => {
                        let _ = built.send(Ok(()));
                        runtime.block_on(accept::listen(gateway, listener, tls, shutdown));
                    }
                    Err(error) => drop(built.send(Err(error))),
                };
            let thread = std::thread::Builder::new().name(format!("gateway-{number}")).spawn(run)?;
            is_built.recv().map_err(io::Error::other)??;
            Ok(thread)
        };
        listeners.into_iter().enumerate().map(start).collect()
    }
}
