//! The JSON API under `/api/v1`: thin translators over the operations.
//!
//! A handler reads its input, calls one operation, and writes its output or its [`Error`] as problem
//! details. Whoever serves the router says who the caller is: he puts an [`Actor`](keyward_policy::Actor) into the
//! request's extensions, and without one nothing is done.

mod admit;
mod approval;
mod audit;
mod backup;
#[cfg(test)]
mod boundary;
mod consent;
#[cfg(test)]
mod contract;
mod credential;
mod enter;
mod finish;
mod forgery;
mod headers;
mod identity;
mod input;
mod key;
mod kill;
#[cfg(test)]
mod matrix;
pub(crate) mod openapi;
mod operator;
mod passkey;
mod problem;
mod project;
mod public;
mod repeat;
mod routes;
mod session;
mod tag;
mod token;
mod usage;
mod vault;
mod venue;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::{Code, Control, Error};

pub use admit::{COOKIE, Held, Peer, admitted, cookie, set_cookie, unset_cookie};
pub use axum::Router as Served;
pub use forgery::{forged, is_foreign};
pub use problem::status;
pub use public::public_routes;
use repeat::{Repeats, once};
use routes::Routes;

/// The longest body of a request; a private key with its PEM lines has some 3 KB.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// What each code means, for people; problems lead there.
const PROBLEMS: &str = include_str!("../../../docs/problems.md");
const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// What handlers work on.
type Shared = axum::extract::State<Arc<Control>>;

fn routes() -> Routes {
    vault::routes()
        .and(venue::routes())
        .and(credential::routes())
        .and(project::routes())
        .and(key::routes())
        .and(kill::routes())
        .and(approval::routes())
        .and(consent::routes())
        .and(audit::routes())
        .and(backup::routes())
        .and(session::routes())
        .and(passkey::routes())
        .and(identity::routes())
        .and(operator::routes())
        .and(token::routes())
        .and(usage::routes())
}

/// Every operation, under `/api/v1`.
pub fn router(control: Arc<Control>) -> Router {
    let (operations, described) = routes().apart();
    let repeats = Arc::new(Repeats::new(Arc::clone(&control)));
    let document = Bytes::from(described.document().to_json().unwrap_or_default());
    // What a browser was made to send is refused before anybody looks whether it was sent before.
    let operations = operations
        .layer(from_fn_with_state(repeats, once))
        .layer(from_fn_with_state(Arc::clone(&control), forgery::refuse_forged));
    Router::new()
        .nest("/api/v1", operations)
        .route("/api/openapi.json", get(async || ([(header::CONTENT_TYPE, "application/json")], document)))
        .route(problem::PAGE, get(async || ([(header::CONTENT_TYPE, MARKDOWN)], PROBLEMS)))
        .fallback(async || Error::new(Code::RouteUnknown, "there is nothing at this path"))
        .method_not_allowed_fallback(async || {
            Error::new(Code::MethodNotAllowed, "this path does not take this method")
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(control)
}
