//! When to stop: an interrupt from the terminal, or the service manager's request.

use tokio::signal::unix::{SignalKind, signal};

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
