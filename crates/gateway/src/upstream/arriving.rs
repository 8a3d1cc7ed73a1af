//! An answer's body on its way through: passed on as it comes, and given up when nothing comes any more.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use thiserror::Error;
use tokio::time::{Sleep, sleep};

/// A body that an exchange is sending.
pub(crate) struct Arriving {
    body: Incoming,
    wait: Duration,
    /// Made only when a wait begins: most answers are there at once.
    until: Option<Pin<Box<Sleep>>>,
}

/// Why a body ended before its end.
#[derive(Debug, Error)]
pub(crate) enum BrokenOff {
    #[error("the exchange broke off its answer: {0}")]
    Broken(#[from] hyper::Error),
    #[error("the exchange fell silent in the middle of its answer")]
    Silent,
}

impl Arriving {
    /// A body that may pause for so long.
    pub(crate) fn new(body: Incoming, wait: Duration) -> Self {
        Self { body, wait, until: None }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.until = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(BrokenOff::from)));
        }
        let wait = this.wait;
        let until = this.until.get_or_insert_with(|| Box::pin(sleep(wait)));
        ready!(until.as_mut().poll(context));
        Poll::Ready(Some(Err(BrokenOff::Silent)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
