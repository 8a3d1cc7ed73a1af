//! A worker: one thread's share of the gateway, and what it does with each request.

use std::net::IpAddr;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::{Body as _, Incoming};

use crate::answer::{Body, document, passed_on, preflight, refusal, unsound};
use crate::carry::{Answered, Resolved, carry, record_refusal};
use crate::cors;
use crate::denied::Denied;
use crate::fence::Gate;
use crate::framing::Unsound;
use crate::gateway::Gateway;
use crate::identity::key_set;
use crate::upstream::Upstream;

/// Where backends fetch the key that checks Keyward's word (RFC 8615). No venue can have this name.
const KEY_SET: &str = "/.well-known/jwks.json";

/// One thread's share of the gateway.
pub(crate) struct Worker {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) upstream: Upstream,
    /// Where its sends start.
    pub(crate) gate: Arc<Gate>,
}

impl Worker {
    pub(crate) fn new(gateway: Arc<Gateway>) -> Self {
        let upstream = Upstream::new(&gateway.settings.limits, &gateway.settings.extra_roots);
        Self { gate: gateway.fence.gate(), gateway, upstream }
    }

    /// Answers one request. Every way out of [`carry`] that is a refusal is recorded here, so that none can skip it.
    pub(crate) async fn answer(&self, peer: IpAddr, request: Request<Incoming>) -> Response<Body> {
        let id = self.gateway.next_request_id();
        if request.uri().path() == KEY_SET {
            return document(id, "application/jwk-set+json", key_set(&self.gateway));
        }
        let (head, body) = request.into_parts();
        match Resolved::new(&self.gateway, id, peer, head) {
            Ok(resolved) => self.serve(resolved, body).await,
            Err(denied) => {
                self.gateway.metrics.count_refused(denied.reason);
                refusal(id, None, &denied)
            }
        }
    }

    /// Answers what is not sound HTTP. It is counted and not recorded: it names neither a venue nor a key.
    pub(crate) fn answer_unsound(&self, why: Unsound) -> Response<Body> {
        let denied = Denied::from(why);
        self.gateway.metrics.count_refused(denied.reason);
        unsound(self.gateway.next_request_id(), why)
    }

    async fn serve(&self, resolved: Box<Resolved>, body: Incoming) -> Response<Body> {
        if body.is_end_stream()
            && let Some(headers) = cors::preflight(&self.gateway.directory, &resolved)
        {
            return preflight(resolved.id, headers);
        }
        let limits = self.gateway.settings.limits;
        let received = match resolved.receive(body, limits.body_bytes, limits.body).await {
            Ok(received) => received,
            Err((resolved, denied)) => return self.refuse(&resolved, denied),
        };
        match carry(self, &received).await {
            Ok(Answered::Exchange { response, is_for_pages }) => {
                self.gateway.metrics.count_answered();
                let mut response = passed_on(received.resolved.id, response);
                self.tell_page(&received.resolved, is_for_pages, &mut response);
                response
            }
            Ok(Answered::Nothing(denied)) => self.say(&received.resolved, &denied),
            Err(denied) => self.refuse(&received.resolved, denied),
        }
    }

    fn refuse(&self, resolved: &Resolved, denied: Denied) -> Response<Body> {
        let denied = record_refusal(&self.gateway, resolved, denied);
        self.say(resolved, &denied)
    }

    fn say(&self, resolved: &Resolved, denied: &Denied) -> Response<Body> {
        tracing::debug!(request = %resolved.id, reason = %denied.reason, detail = %denied.detail, "refused");
        self.gateway.metrics.count_refused(denied.reason);
        let mut response = refusal(resolved.id, Some(resolved.venue.dialect), denied);
        self.tell_page(resolved, true, &mut response);
        response
    }

    fn tell_page(&self, resolved: &Resolved, is_for_pages: bool, response: &mut Response<Body>) {
        cors::tell(&self.gateway.directory, resolved, is_for_pages, response.headers_mut());
    }
}
