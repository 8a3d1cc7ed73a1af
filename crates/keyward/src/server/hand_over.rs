//! The listeners, handed from the server that runs to the one that takes its place, over `DIR/hand-over.sock`.
//!
//! | the one that runs | the one that comes |
//! |---|---|
//! | | reads its configuration, its certificate, its passphrase; connects |
//! | sends its listeners | receives them, and makes sure that it can unseal the vault |
//! | | says that it is ready |
//! | tells its clients, takes no more connections, finishes what is in flight, closes the audit log | waits |
//! | ends, and the connection with it | opens the audit log, serves |
//!
//! What connects in between waits in the listeners' backlog. Until the one that comes says that it is ready, nothing has
//! happened: if it fails before, the one that runs goes on. The root key is not handed over: it never leaves a process.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener as StdUnixListener;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::passed::Passed;

/// Listeners at most: as many descriptors go into one message (`unix(7)`, `SCM_MAX_FD`).
pub(super) const LISTENERS_MAX: usize = 253;
/// What the one that comes says when it is ready.
pub(super) const READY: u8 = b'r';
/// What says who only wanted to know where this server listens.
pub(super) const LOOKED: u8 = b'l';
/// For the one that comes to get ready: unsealing takes it a moment.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Waits for a server that wants to take this one's place, until it is ready to.
pub(super) async fn offer(
    listener: UnixListener,
    listeners: Passed,
    successor: mpsc::Sender<UnixStream>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let (stream, _) = tokio::select! {
            Ok(accepted) = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        match hand_over(stream, &listeners).await {
            Ok(Some(stream)) => return drop(successor.send(stream).await),
            Ok(None) => {}
            Err(error) => tracing::warn!(error = format!("{error:#}"), "the other server did not take over"),
        }
    }
}

/// Sends the listeners, and gives back the connection of who takes over.
async fn hand_over(mut stream: UnixStream, listeners: &Passed) -> Result<Option<UnixStream>> {
    stream.writable().await?;
    stream.try_io(Interest::WRITABLE, || send(&stream, listeners)).context("the listeners cannot be sent")?;
    let answer = timeout(READY_WITHIN, stream.read_u8()).await.context("it did not get ready in time")?;
    match answer.context("it gave up")? {
        READY => Ok(Some(stream)),
        LOOKED => Ok(None),
        _ => bail!("it says something else than that it is ready"),
    }
}

/// The gateway's listeners, then the control port's, then the operators' socket.
fn send(stream: &UnixStream, listeners: &Passed) -> io::Result<()> {
    let descriptors: Vec<_> = listeners
        .gateway
        .iter()
        .map(TcpListener::as_fd)
        .chain(listeners.control.iter().map(TcpListener::as_fd))
        .chain(listeners.operators.iter().map(StdUnixListener::as_fd))
        .collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(LISTENERS_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::Error::other("there are too many"));
    }
    sendmsg(stream, &[IoSlice::new(&[READY])], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}
