//! A body that drips, or breaks off.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Interval, interval};

/// A body in pieces. It promises its whole length: where it ends before that, hyper breaks the connection.
pub(super) struct Pieces {
    promised: u64,
    left: VecDeque<Bytes>,
    clock: Interval,
}

impl Pieces {
    /// Cuts a body in pieces with a pause between them; where it is to be cut, the second half never comes.
    pub(super) fn new(mut whole: Bytes, pieces: usize, pause: Duration, is_cut: bool) -> Self {
        let length = whole.len().div_ceil(pieces).max(1);
        let promised = whole.len() as u64;
        let mut left = VecDeque::new();
        while !whole.is_empty() {
            left.push_back(whole.split_to(length.min(whole.len())));
        }
        if is_cut {
            left.truncate(left.len() / 2);
        }
        let clock = interval(pause.max(Duration::from_millis(1)));
        Self { promised, left, clock }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::ready!(self.clock.poll_tick(context));
        Poll::Ready(self.left.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tokio::time::Instant;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(5);

    async fn read(is_cut: bool) -> (Bytes, Duration) {
        let (body, start) =
            (Pieces::new(Bytes::from_static(b"0123456789"), 5, PAUSE, is_cut), Instant::now());
        let bytes = body.collect().await.unwrap().to_bytes();
        (bytes, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_drips_at_its_pace() {
        assert_eq!(read(false).await, (Bytes::from_static(b"0123456789"), 5 * PAUSE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_cut_ends_before_what_it_promised() {
        assert_eq!(read(true).await.0, Bytes::from_static(b"0123"));
    }
}
