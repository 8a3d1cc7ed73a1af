//! `/keys`: what was issued to bots, apps and partners.

mod change;
mod draft;
mod edit;
mod issue;
pub(crate) mod issued;
mod list;
mod preset;
mod rights;
mod rotate;
mod show;
mod tighten;
mod used;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use keyward_control::Control;

pub(crate) use change::tell;
pub(crate) use list::projects;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/keys", get(list::list))
        .route("/keys/new", get(issue::ask).post(issue::go_on))
        .route("/keys/{key}", get(show::show))
        .route("/keys/{key}/rotate", get(rotate::ask).post(rotate::rotate))
        .route("/keys/{key}/edit", get(edit::ask).post(edit::go_on))
        .route("/keys/{key}/tighten", get(tighten::ask).post(tighten::tighten))
        .route("/keys/{key}/suspend", get(change::ask_suspend).post(change::suspend))
        .route("/keys/{key}/resume", get(change::ask_resume).post(change::resume))
        .route("/keys/{key}/revoke", get(change::ask_revoke).post(change::revoke))
        .route("/keys/{key}/delete", get(change::ask_delete).post(change::delete))
}
