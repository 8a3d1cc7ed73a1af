//! Listeners that somebody else has opened and passed to this process, so that what knocks while nobody serves waits in
//! their backlog and is not refused: systemd's socket activation, and the server that this one takes over from.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;

use anyhow::{Context, Result};
use listenfd::ListenFd;

/// What systemd's unit calls the control port's socket (`FileDescriptorName=`).
pub(crate) const CONTROL: &str = "control";

/// Listeners from elsewhere.
#[derive(Default)]
pub(crate) struct Passed {
    /// The gateway's.
    pub(super) gateway: Vec<TcpListener>,
    /// The control port's.
    pub(super) control: Option<TcpListener>,
    /// The operators' socket.
    pub(super) operators: Option<UnixListener>,
}

impl Passed {
    /// What the service manager passes (`sd_listen_fds(3)`): a Unix socket is the operators', a TCP socket named
    /// `control` is the control port, every other TCP socket is the gateway's.
    #[expect(clippy::disallowed_methods, reason = "the composition root owns the environment")]
    pub(crate) fn from_environment() -> Result<Self> {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut descriptors = ListenFd::from_env();
        let mut passed = Self::default();
        for index in 0..descriptors.len() {
            let named = names.next() == Some(CONTROL);
            passed.take(&mut descriptors, index, named).with_context(|| {
                format!(
                    "descriptor {index} that the service manager passed is not a listening TCP or Unix socket"
                )
            })?;
        }
        Ok(passed)
    }

    /// Copies of what a server listens on, for the one that takes its place.
    pub(super) fn of(
        gateway: &[TcpListener],
        control: &TcpListener,
        operators: &UnixListener,
    ) -> Result<Self> {
        let gateway = gateway.iter().map(TcpListener::try_clone).collect::<std::io::Result<_>>()?;
        Ok(Self { gateway, control: Some(control.try_clone()?), operators: Some(operators.try_clone()?) })
    }

    fn take(&mut self, descriptors: &mut ListenFd, index: usize, control: bool) -> std::io::Result<()> {
        if let Ok(socket) = descriptors.take_unix_listener(index) {
            self.operators = socket;
        } else if control {
            self.control = descriptors.take_tcp_listener(index)?;
        } else {
            self.gateway.extend(descriptors.take_tcp_listener(index)?);
        }
        Ok(())
    }

    /// The gateway's listeners, at least one a thread: where fewer were passed, several threads take from the same
    /// queue. None when none was passed.
    pub(super) fn gateway(&self, workers: usize) -> Result<Vec<TcpListener>> {
        let listeners = &self.gateway;
        let threads = if listeners.is_empty() { 0 } else { workers.max(listeners.len()) };
        let one = |listener: &TcpListener| {
            listener.set_nonblocking(true)?;
            listener.try_clone()
        };
        let taken = listeners.iter().cycle().take(threads).map(one).collect::<std::io::Result<Vec<_>>>();
        taken.context("a listener that was passed cannot be used")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(listeners: usize) -> Passed {
        let gateway = (0..listeners).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        Passed { gateway, ..Passed::default() }
    }

    #[test]
    fn every_thread_has_a_listener_and_every_listener_a_thread() {
        let threads = |listeners, workers| passed(listeners).gateway(workers).unwrap().len();
        assert_eq!(threads(1, 4), 4);
        assert_eq!(threads(3, 2), 3);
        assert_eq!(threads(0, 2), 0);
    }
}
