//! The JSON API under `/api/v1`: thin translators over the operations.
//!
//! A handler reads its input, calls one operation, and writes its output or its [`Error`] as problem
//! details. Whoever serves the router says who the caller is: he puts an [`Actor`](keyward_policy::Actor) into the
//! request's extensions, and without one nothing is done.

mod admit;
mod audit;
mod backup;
#[cfg(test)]
mod contract;
mod credential;
mod finish;
mod forgery;
mod input;
mod key;
mod kill;
#[cfg(test)]
mod matrix;
mod operator;
mod problem;
mod project;
mod public;
mod session;
mod token;
mod vault;
mod venue;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;

use crate::{Code, Control, Error};

pub use admit::{COOKIE, Held, Peer, admitted, set_cookie, unset_cookie};
pub use axum::Router as Routes;
pub use forgery::is_foreign;
pub use problem::status;
pub use public::public_routes;

/// The longest body of a request; a private key with its PEM lines has some 3 KB.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// What handlers work on.
type Shared = axum::extract::State<Arc<Control>>;

/// Every operation, under `/api/v1`.
pub fn router(control: Arc<Control>) -> Router {
    let operations = Router::new()
        .merge(vault::routes())
        .merge(venue::routes())
        .merge(credential::routes())
        .merge(project::routes())
        .merge(key::routes())
        .merge(kill::routes())
        .merge(audit::routes())
        .merge(backup::routes())
        .merge(session::routes())
        .merge(operator::routes())
        .merge(token::routes())
        .layer(from_fn(forgery::refuse_forged));
    Router::new()
        .nest("/api/v1", operations)
        .fallback(async || Error::new(Code::RouteUnknown, "there is nothing at this path"))
        .method_not_allowed_fallback(async || {
            Error::new(Code::MethodNotAllowed, "this path does not take this method")
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(control)
}
