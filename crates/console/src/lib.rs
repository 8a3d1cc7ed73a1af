//! The web console: pages over the operations of the control plane.
//!
//! A page reads what a browser sends, calls one operation, and writes HTML. What may be done, and what is put on record,
//! is decided by the operations alone. Every page works without JavaScript; what little there is of it, and the one style
//! sheet, are files of our own, so that the pages can forbid everything else.

mod account;
mod approval;
mod attention;
mod audit;
mod chart;
mod confirm;
mod consent;
mod credential;
mod done;
mod finish;
#[cfg(test)]
mod fixture;
mod form;
mod frame;
mod guard;
mod hand_over;
mod identity;
mod invitation;
mod key;
mod kill;
mod live;
mod moment;
mod overview;
mod parts;
mod passkey;
mod people;
mod problem;
mod project;
mod reasons;
mod safety;
mod second_factor;
mod session;
mod settings;
mod sign_in;
mod snippets;
mod static_files;
mod then;
mod token;
mod vault;
mod venue;
mod visitor;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use keyward_control::Control;

pub use visitor::Visitor;

/// The longest form; a private key with its PEM lines has some 3 KB, and each byte may take three in a form.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What handlers work on.
type Shared = axum::extract::State<Arc<Control>>;

/// Every page.
///
/// Whoever serves them says who is looking, as for the API: [`admitted`](keyward_control::api::admitted) puts the session into
/// the request's extensions, and without one there is nothing to see but the way to sign in.
pub fn router(control: Arc<Control>) -> Router {
    Router::new()
        .merge(overview::routes())
        .merge(key::routes())
        .merge(safety::routes())
        .merge(settings::routes())
        .merge(venue::routes())
        .merge(credential::routes())
        .merge(project::routes())
        .merge(approval::routes())
        .merge(consent::routes())
        .merge(audit::routes())
        .merge(kill::routes())
        .merge(live::routes())
        .merge(vault::routes())
        .merge(sign_in::routes())
        .merge(invitation::routes())
        .merge(hand_over::routes())
        .merge(second_factor::routes())
        .merge(passkey::routes())
        .merge(identity::routes())
        .merge(account::routes())
        .merge(people::routes())
        .merge(token::routes())
        .fallback(problem::no_page)
        .method_not_allowed_fallback(problem::no_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&control), guard::check_origin))
        .layer(middleware::from_fn(problem::show))
        .layer(middleware::from_fn_with_state(Arc::clone(&control), visitor::count_what_waits))
        .merge(static_files::routes())
        .layer(middleware::from_fn(guard::add_headers))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(control)
}
