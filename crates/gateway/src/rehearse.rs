//! Rehearsal: every step of a request but the two that touch the world. It decides from the bytes, the keys, the
//! client's address and the time, and returns what would leave; so the core is measured and tried without a socket.

use std::net::IpAddr;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use keyward_policy::Reason;

use crate::carry::{Received, Recorded, Resolved};
use crate::denied::Denied;
use crate::gateway::Gateway;

impl Gateway {
    /// What would leave for this request, were it sent now. It is not recorded and not sent, but it is verified: its
    /// signature is used up.
    ///
    /// # Errors
    /// The reason for which it would be refused.
    pub fn rehearse(&self, peer: IpAddr, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, Reason> {
        self.rehearsed(peer, request).map_err(|denied| denied.reason)
    }

    fn rehearsed(&self, peer: IpAddr, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, Denied> {
        let (head, body) = request.into_parts();
        let resolved = Resolved::new(self, self.next_request_id(), peer, head)?;
        let received = Received { resolved, body };
        let allowed = received.read()?.identify(&self.directory)?.verify(self)?.decide(self)?;
        let venue = received.resolved.venue.clone();
        let base =
            venue.base(received.resolved.path()).ok_or_else(|| Denied::policy(Reason::EndpointUnknown))?;
        Ok(Recorded(allowed).sign(self, base)?.0)
    }
}
