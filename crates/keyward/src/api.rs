//! The control API as one value: whoever holds it may call it, for the socket and inside this process alike.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::net::IpAddr;
use std::pin::Pin;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Body as HttpBody;
use hyper::{Request, Response};
use keyward_control::api::Peer;
use keyward_policy::Actor;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

/// What goes wrong while a body is read.
type BodyError = Box<dyn StdError + Send + Sync>;
/// A body, whoever made it.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Who is at the other end.
#[derive(Clone)]
pub(crate) enum Who {
    /// Whoever may use this host's socket or data.
    Host(Actor),
    /// Whoever reaches the control port, from there.
    Peer(IpAddr),
}

/// An answer to come.
type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Routes that answer requests.
#[derive(Clone)]
pub(crate) struct Api(BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>);

impl Api {
    /// Takes the routes that the control plane made.
    pub(crate) fn new<S, B>(routes: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self(BoxCloneSyncService::new(routes.map_response(|response| response.map(body))))
    }

    /// Answers a request of whoever is there.
    pub(crate) fn answer<B>(self, mut request: Request<B>, who: Who) -> Answering
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        match who {
            Who::Host(actor) => drop(request.extensions_mut().insert(actor)),
            Who::Peer(address) => drop(request.extensions_mut().insert(Peer(address))),
        }
        Box::pin(self.0.oneshot(request.map(body)))
    }
}

fn body<B>(body: B) -> Body
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    body.map_err(Into::into).boxed_unsync()
}
