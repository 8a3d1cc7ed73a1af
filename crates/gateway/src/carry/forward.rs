//! Answered: the request was sent, at most once, and this came back.

use http::Response;
use hyper::body::Incoming;
use keyward_policy::Reason;

use super::record::Recorded;
use crate::denied::Denied;
use crate::upstream::{NoAnswer, Unreachable};
use crate::worker::Worker;

/// What came of a request that was allowed.
pub(crate) enum Answered {
    /// The exchange's answer, its body still arriving.
    Exchange(Response<Incoming>),
    /// No answer, and why.
    Nothing(Denied),
}

impl Recorded<'_> {
    /// Sends the request and records what became of it.
    pub(crate) async fn forward(self, worker: &Worker) -> Answered {
        match self.exchange(worker).await {
            Ok(response) => {
                self.record_end(&worker.gateway, Some(response.status().as_u16()), None);
                Answered::Exchange(response)
            }
            Err(denied) => {
                self.record_end(&worker.gateway, None, Some(denied.reason));
                Answered::Nothing(denied.knowing(self.0.known))
            }
        }
    }

    /// Sends once. Only when a kept connection turns out to be closed before the first byte left, one more try is made
    /// on a new one, signed afresh; after that first byte nothing is ever sent again, whatever the method.
    async fn exchange(&self, worker: &Worker) -> Result<Response<Incoming>, Denied> {
        let venue = &self.0.read.received.resolved.venue;
        let base = venue.base(self.0.read.request.path).ok_or_else(no_base)?;
        for reuse in [true, false] {
            let connection =
                worker.upstream.connect(base, reuse).await.map_err(|error| unreachable(&error))?;
            let signed = self.sign(&worker.gateway, base)?;
            match worker.upstream.send(base, connection, signed).await {
                Ok(response) => return Ok(response),
                Err(NoAnswer::NotSent) => {}
                Err(NoAnswer::Unknown) => return Err(Denied::policy(Reason::OutcomeUnknown)),
            }
        }
        Err(Denied::policy(Reason::VenueUnreachable))
    }
}

fn no_base() -> Denied {
    Denied::new(Reason::EndpointUnknown, "this venue has no base URL for this family of endpoints")
}

fn unreachable(error: &Unreachable) -> Denied {
    tracing::warn!(%error, "an exchange could not be reached");
    Denied::policy(Reason::VenueUnreachable)
}
