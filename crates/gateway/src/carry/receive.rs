//! Received: a whole request, the venue that it is for, and the address that it comes from.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use jiff::Timestamp;
use keyward_dialect::Request;
use keyward_policy::{Reason, RequestId};

use crate::denied::Denied;
use crate::directory::Directory;
use crate::gateway::Gateway;
use crate::sender::Sender;
use crate::venue::VenueEntry;

/// A request for a venue, its body not yet read.
pub(crate) struct Resolved {
    pub(crate) id: RequestId,
    pub(crate) at: Timestamp,
    pub(crate) venue: Arc<VenueEntry>,
    pub(crate) head: Parts,
    /// Where the exchange's own path begins in the target.
    pub(crate) path_start: usize,
    pub(crate) address: Option<IpAddr>,
}

/// A whole request.
pub(crate) struct Received {
    pub(crate) resolved: Box<Resolved>,
    pub(crate) body: Bytes,
}

impl Resolved {
    /// Finds the venue by the `Host` header (`binance.keyward.example`) or else by the first part of the path.
    /// It is boxed because it is carried over every wait of the request's life, each of which would move it.
    pub(crate) fn new(
        gateway: &Gateway,
        id: RequestId,
        peer: IpAddr,
        head: Parts,
    ) -> Result<Box<Self>, Denied> {
        let (venue, path_start) = venue(&gateway.directory, &head).ok_or_else(unknown_venue)?;
        let forwarded = head.headers.get_all("x-forwarded-for").into_iter();
        // A header that is not text is no address: the rules then refuse, as they do for any other unreadable hop.
        let forwarded = forwarded.map(|value| value.to_str().unwrap_or("unreadable"));
        let address = gateway.settings.trusted_proxies.client(peer, forwarded);
        Ok(Box::new(Self { id, at: gateway.clock.now(), venue, head, path_start, address }))
    }

    /// Reads the body, within its bounds.
    pub(crate) async fn receive(
        self: Box<Self>,
        body: Incoming,
        max: usize,
        wait: Duration,
    ) -> Result<Received, (Box<Self>, Denied)> {
        if body.is_end_stream() {
            return Ok(Received { resolved: self, body: Bytes::new() });
        }
        if body.size_hint().lower() > max as u64 {
            return Err((self, too_large(max)));
        }
        let whole = tokio::time::timeout(wait, Limited::new(body, max).collect());
        match Box::pin(whole).await {
            Ok(Ok(collected)) => Ok(Received { resolved: self, body: collected.to_bytes() }),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err((self, too_large(max))),
            Ok(Err(_)) => {
                Err((self, Denied::new(Reason::Malformed, "the body broke off, or is not plain chunks")))
            }
            Err(_) => Err((self, Denied::new(Reason::Malformed, "the body did not arrive in time"))),
        }
    }

    /// Whom limits on addresses count this request for.
    pub(crate) fn sender(&self) -> Sender {
        Sender::of(self.address.unwrap_or(Ipv6Addr::UNSPECIFIED.into()))
    }

    pub(crate) fn method(&self) -> &Method {
        &self.head.method
    }

    /// The exchange's own path.
    pub(crate) fn path(&self) -> &str {
        let path = &self.head.uri.path()[self.path_start..];
        if path.is_empty() { "/" } else { path }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }
}

impl Received {
    /// The request as the dialect sees it.
    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            method: self.resolved.method(),
            path: self.resolved.path(),
            query: self.resolved.head.uri.query().unwrap_or_default(),
            headers: self.resolved.headers(),
            body: &self.body,
        }
    }
}

fn venue(directory: &Directory, head: &Parts) -> Option<(Arc<VenueEntry>, usize)> {
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let by_host = host.split_once('.').and_then(|(label, _)| directory.venue(label));
    if let Some(venue) = by_host {
        return Some((venue, 0));
    }
    let name = head.uri.path().strip_prefix('/')?.split('/').next()?;
    Some((directory.venue(name)?, 1 + name.len()))
}

fn unknown_venue() -> Denied {
    Denied::new(
        Reason::VenueUnknown,
        "no venue of this name; requests go to /<venue>/<the exchange's own path>",
    )
}

fn too_large(max: usize) -> Denied {
    Denied::new(Reason::TooLarge, format!("the body is longer than {max} bytes"))
}
