//! A client's stream whose answers have to be taken: who does not read must not hold memory and exchange connections.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::pace::{Pace, Slowest};

/// A stream with a pace for what is written, and with the bytes that were read from it before.
pub(super) struct Paced<S> {
    stream: S,
    first: Bytes,
    writing: Pace,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, first: Bytes, slowest: Slowest) -> Self {
        Self { stream, first, writing: Pace::new(slowest) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let now = self.first.len().min(buf.remaining());
        buf.put_slice(&self.first[..now]);
        self.first.advance(now);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written =
            ready!(this.writing.unless_over(cx, |cx| Pin::new(&mut this.stream).poll_write(cx, bytes)))?;
        this.writing.moved(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.writing.unless_over(cx, |cx| Pin::new(&mut this.stream).poll_flush(cx)))?;
        this.writing.rest();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.writing.unless_over(cx, |cx| Pin::new(&mut this.stream).poll_shutdown(cx))
    }
}

impl Pace {
    /// Does what the client has to make room for, and fails when it has taken too long over that.
    fn unless_over<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(&mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let ready @ Poll::Ready(_) = write(cx) {
            return ready;
        }
        ready!(self.poll_over(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not take its answer")))
    }
}
