//! The end of a connection that its client has not chosen: the gateway stops.
//!
//! HTTP/1.1 has no word for "this connection ends" but an answer's `Connection: close`. A connection that is just closed
//! may cross with a request, which its client must then count as lost. So each answer says it for a while, and only who
//! sent nothing in that time is cut off.

use std::cell::Cell;
use std::time::Duration;

use http::header::CONNECTION;
use http::{HeaderValue, Response, Version};
use tokio::sync::watch;
use tokio::time::sleep;

/// What one connection knows of its end.
#[derive(Default)]
pub(super) struct Parting {
    spoken: Cell<bool>,
    near: Cell<bool>,
}

impl Parting {
    /// The client has sent a request.
    pub(super) fn spoke(&self) {
        self.spoken.set(true);
    }

    /// Whether the client has ever sent a request. hyper would wait for the first one.
    pub(super) fn has_spoken(&self) -> bool {
        self.spoken.get()
    }

    /// Waits until the gateway stops, and then until a client that sends requests has been told.
    pub(super) async fn near(&self, mut shutdown: watch::Receiver<bool>, linger: Duration) {
        let _ = shutdown.wait_for(|stop| *stop).await;
        self.near.set(true);
        sleep(linger).await;
    }

    /// Says in an answer that it is the connection's last, if it is. HTTP/2 has a frame for that.
    pub(super) fn tell<B>(&self, version: Version, mut answer: Response<B>) -> Response<B> {
        if self.near.get() && version < Version::HTTP_2 {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}

/// What becomes of an introduction; nothing once the gateway stops and has waited a while.
pub(super) async fn unless_stopped<T>(
    shutdown: watch::Receiver<bool>,
    linger: Duration,
    introduction: impl Future<Output = T>,
) -> Option<T> {
    let parting = Parting::default();
    tokio::select! {
        introduced = introduction => Some(introduced),
        () = parting.near(shutdown, linger) => None,
    }
}
