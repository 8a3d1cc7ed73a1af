//! A body that drips, or breaks off.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use thiserror::Error;
use tokio::time::{Interval, interval};

/// The body breaks off, as it was told to.
#[derive(Clone, Copy, Debug, Error)]
#[error("told to break off in the middle of an answer")]
pub(super) struct BrokenOff;

/// A body in pieces. It promises its whole length, so that the other side notices when it breaks off.
pub(super) struct Pieces {
    promised: u64,
    left: VecDeque<Bytes>,
    clock: Interval,
    is_cut: bool,
}

impl Pieces {
    /// Cuts a body in pieces with a pause before each; where it is to be cut, the second half never comes.
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
        Self { promised, left, clock, is_cut }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        std::task::ready!(self.clock.poll_tick(context));
        let frame = match self.left.pop_front() {
            Some(piece) => Some(Ok(Frame::data(piece))),
            None if self.is_cut => Some(Err(BrokenOff)),
            None => None,
        };
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
