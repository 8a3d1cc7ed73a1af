//! A page before something that cannot be taken back, or that stops somebody: it says first what will happen.

use askama::Template;
use axum::response::Response;

use crate::frame::{Frame, html};

/// A question, and the form that answers it. The form goes to the page's own address.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm {
    pub(crate) frame: Frame,
    /// What will happen, one sentence each.
    pub(crate) effects: Vec<String>,
    /// What the button says.
    pub(crate) button: String,
    /// Whether it stops or ends something.
    pub(crate) is_danger: bool,
    /// What has to be ticked first.
    pub(crate) ticked: Option<&'static str>,
    /// What the form says besides.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// Where whoever changes his mind goes.
    pub(crate) back: String,
}

impl Confirm {
    pub(crate) fn page(self) -> Response {
        html(&self)
    }
}
