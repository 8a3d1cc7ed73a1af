//! Taking the place of the server that runs: its listeners first, and its turn when it is done. See `hand_over`.

use std::io::{ErrorKind, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use super::hand_over::{LISTENERS_MAX, LOOKED, READY};
use super::passed::Passed;

/// For the server that runs to finish what is in flight: longer than it grants its clients.
const DONE_WITHIN: Duration = Duration::from_secs(120);

/// The server that runs, while this process gets ready to take its place.
pub(crate) struct Predecessor(UnixStream);

impl Predecessor {
    /// The server that runs, and its listeners; none when none runs.
    pub(crate) fn find(socket: &Path) -> Result<Option<(Self, Passed)>> {
        let stream = match UnixStream::connect(socket) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                return Ok(None);
            }
            stream => {
                stream.with_context(|| format!("the server behind {} cannot be asked", socket.display()))?
            }
        };
        stream.set_read_timeout(Some(DONE_WITHIN))?;
        let passed = receive(&stream).context("the server that runs did not hand over its listeners")?;
        Ok(Some((Self(stream), passed)))
    }

    /// Says that this process is ready, and waits until the other is done: it has finished what was in flight and closed
    /// the audit log.
    pub(crate) fn take_turn(mut self) -> Result<()> {
        self.0.write_all(&[READY]).context("the server that runs has gone away")?;
        let waited = self.0.read(&mut [0]).context("the server that runs does not end");
        ensure!(waited? == 0, "the server that runs says something that it should not");
        Ok(())
    }
}

/// Where a server listens.
pub(crate) struct Listening {
    /// The gateway's addresses.
    pub(crate) gateway: Vec<SocketAddr>,
    /// The control port's.
    pub(crate) control: Option<SocketAddr>,
}

/// Where the server that runs listens, as its listeners say; none when none runs.
pub(crate) fn look(socket: &Path) -> Result<Option<Listening>> {
    let Some((mut server, passed)) = Predecessor::find(socket)? else { return Ok(None) };
    server.0.write_all(&[LOOKED])?;
    let gateway = passed.gateway.iter().map(TcpListener::local_addr).collect::<std::io::Result<_>>()?;
    let control = passed.control.as_ref().map(TcpListener::local_addr).transpose()?;
    Ok(Some(Listening { gateway, control }))
}

fn receive(stream: &UnixStream) -> Result<Passed> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(LISTENERS_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            descriptors.extend(received);
        }
    }
    let operators = descriptors.pop().map(UnixListener::from);
    let control = descriptors.pop().map(TcpListener::from);
    let gateway: Vec<_> = descriptors.into_iter().map(TcpListener::from).collect();
    ensure!(!gateway.is_empty(), "there are none in its message");
    Ok(Passed { gateway, control, operators })
}
