//! A client's HTTP/1 stream, of which hyper reads only what the strict framing has passed.
//!
//! The beginning of a head is held back until its end is there, so that hyper is given whole heads and nothing else.
//! Where a head is refused, hyper is given a head of ours in its place, whose method no client can send: so the refusal
//! is answered in its turn, after the answers to what came before it, and hyper then closes the connection.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::pace::{Pace, Slowest};
use crate::framing::{Framing, HeadBounds, Refused, Unsound};

/// The method of the head that stands for a refused one; the framing lets no such method pass.
pub(super) const REFUSED: &str = "REFUSED";
/// That head.
const STAND_IN: &[u8] = b"REFUSED / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";
/// Read at once of a head that came in pieces.
const PIECE_BYTES: usize = 4096;
/// What a refused client still sends is read for a while, since closing on unread bytes would destroy our answer on its
/// way (RFC 9112 §9.6).
const LINGER: Slowest = Slowest { stall: Duration::from_secs(1), bytes_per_second: None };
/// Why the last head was refused, for who answers it.
pub(super) type Verdict = Rc<Cell<Option<Unsound>>>;

/// A stream whose bytes are checked as they come.
pub(super) struct Checked<S> {
    stream: S,
    framing: Framing,
    /// The beginning of a head that is not whole, behind what hyper may read.
    held: BytesMut,
    /// How much of `held` hyper may read.
    passed: usize,
    ended: Ended,
    verdict: Verdict,
    head: Pace,
    body: Pace,
    lingering: Pace,
}

/// Whether and how reading has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    No,
    /// In a refusal that is answered.
    Refused,
    /// In the middle of a body.
    Broken,
}

/// The bounds of what is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) head: HeadBounds,
    pub(super) head_within: Duration,
    pub(super) body: Slowest,
}

impl<S: AsyncRead + Unpin> Checked<S> {
    pub(super) fn new(stream: S, bounds: Bounds) -> (Self, Verdict) {
        let verdict = Verdict::default();
        let checked = Self {
            stream,
            framing: Framing::new(bounds.head),
            held: BytesMut::new(),
            passed: 0,
            ended: Ended::No,
            verdict: verdict.clone(),
            head: Pace::new(Slowest { stall: bounds.head_within, bytes_per_second: None }),
            body: Pace::new(bounds.body),
            lingering: Pace::new(LINGER),
        };
        (checked, verdict)
    }

    /// Nearly always whole messages come at once, and are read straight to where hyper wants them. Says whether there is
    /// something for hyper: bytes, or that the client has ended.
    fn read_straight(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<bool>> {
        let before = buf.filled().len();
        if Pin::new(&mut self.stream).poll_read(cx, buf)?.is_pending() {
            return self.wait_for_body(cx);
        }
        let came = &buf.filled()[before..];
        self.body.moved(came.len());
        let sound = match self.framing.see(came) {
            Ok(sound) => {
                self.held.extend_from_slice(&came[sound..]);
                sound
            }
            Err(refused) => {
                self.refuse(refused);
                refused.sound
            }
        };
        let has_ended = came.is_empty();
        buf.set_filled(before + sound);
        Poll::Ready(Ok(has_ended || sound > 0))
    }

    fn wait_for_body(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if !self.framing.in_body() {
            self.body.rest();
            return Poll::Pending;
        }
        ready!(self.body.poll_over(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the body stopped coming")))
    }

    /// Reads more of a head that came in pieces. Says whether the client has ended.
    fn read_on(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut piece = [0; PIECE_BYTES];
        let mut piece = ReadBuf::new(&mut piece);
        if Pin::new(&mut self.stream).poll_read(cx, &mut piece)?.is_pending() {
            ready!(self.head.poll_over(cx));
            self.held.clear();
            self.refuse(Refused { sound: 0, why: Unsound::Slow, in_head: true });
            return Poll::Ready(Ok(false));
        }
        self.held.extend_from_slice(piece.filled());
        match self.framing.see(&self.held) {
            Ok(0) => {}
            Ok(sound) => {
                self.passed = sound;
                self.head.rest();
            }
            Err(refused) => {
                self.held.truncate(refused.sound);
                self.passed = refused.sound;
                self.refuse(refused);
            }
        }
        Poll::Ready(Ok(piece.filled().is_empty()))
    }

    fn refuse(&mut self, refused: Refused) {
        tracing::debug!(why = %refused.why, "a client's connection is refused");
        if !refused.in_head {
            self.ended = Ended::Broken;
            return;
        }
        self.ended = Ended::Refused;
        self.verdict.set(Some(refused.why));
        self.held.extend_from_slice(STAND_IN);
        self.passed = self.held.len();
    }

    fn pass(&mut self, buf: &mut ReadBuf<'_>) {
        let now = self.passed.min(buf.remaining());
        buf.put_slice(&self.held[..now]);
        self.held.advance(now);
        self.passed -= now;
        if self.held.is_empty() {
            // Most connections never hold anything again.
            self.held = BytesMut::new();
        }
    }

    /// Reads and drops what a client sends that was answered before it had finished.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut piece = [0; PIECE_BYTES];
        loop {
            if self.lingering.poll_over(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut piece = ReadBuf::new(&mut piece);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut piece)) {
                Ok(()) if !piece.filled().is_empty() => {}
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Checked<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.passed > 0 {
                this.pass(buf);
                return Poll::Ready(Ok(()));
            }
            match this.ended {
                Ended::No => {}
                // There is nothing more to read, and nothing to wait for: hyper closes when it has answered.
                Ended::Refused => return Poll::Pending,
                Ended::Broken => return Poll::Ready(Err(io::ErrorKind::InvalidData.into())),
            }
            let is_done = if this.held.is_empty() {
                ready!(this.read_straight(cx, buf))?
            } else {
                ready!(this.read_on(cx))?
            };
            if is_done {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Checked<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        if this.ended != Ended::No || this.framing.in_body() {
            ready!(this.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
