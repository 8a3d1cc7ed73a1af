//! What a server is asked by signals: to stop (an interrupt from the terminal, the service manager's SIGTERM), and to read
//! its certificate again (SIGHUP).

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask a server to stop. They are heard from when this is made on: before, they end the process.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Listens.
    pub(crate) fn listen() -> io::Result<Self> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Self { interrupt: signal(interrupt)?, terminate: signal(terminate)? })
    }

    /// Waits until somebody asks.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Comes whenever somebody asks that the certificate be read again. While it is kept, SIGHUP does not end the process.
pub(crate) fn reload() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}
