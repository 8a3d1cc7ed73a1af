//! The control API as one value: whoever holds it may call it, for the socket and inside this process alike.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::pin::Pin;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Body as HttpBody;
use hyper::{Request, Response};
use keyward_policy::Actor;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

/// What goes wrong while a body is read.
type BodyError = Box<dyn StdError + Send + Sync>;
/// A body, whoever made it.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

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

    /// Answers a request of an actor; without one, only what is public answers.
    pub(crate) fn answer<B>(self, mut request: Request<B>, actor: Option<Actor>) -> Answering
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        if let Some(actor) = actor {
            request.extensions_mut().insert(actor);
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
