//! When to stop: an interrupt from the terminal, or the service manager's request. When to read files again: SIGHUP.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Resolves at the first SIGINT or SIGTERM.
pub(crate) async fn stop() {
    let asked = async |kind| match signal(kind) {
        Ok(mut asked) => {
            asked.recv().await;
        }
        // Without a handler the signal ends the process anyway.
        Err(_) => std::future::pending().await,
    };
    tokio::select! {
        () = asked(SignalKind::interrupt()) => {}
        () = asked(SignalKind::terminate()) => {}
    }
}

/// Comes whenever somebody asks that the certificate be read again (SIGHUP). While it is kept, SIGHUP does not end the
/// process.
pub(crate) fn reload() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}
