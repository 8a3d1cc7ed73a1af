//! The one page that shows a new secret.

use askama::Template;
use axum::response::Response;
use keyward_control::ShownOnce;
use keyward_control::operation::key::{Created, KeyView};

use crate::frame::{Frame, Section, html};
use crate::snippets::{self, Snippet};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "key_issued.html")]
struct Page<'a> {
    frame: Frame,
    key: &'a KeyView,
    secret: Option<&'a ShownOnce>,
    snippets: Vec<Snippet>,
}

/// Shows a key that was just made. Its answer is kept nowhere, and nothing can lead here again.
pub(crate) fn page(visitor: Visitor, created: &Created) -> Response {
    let title = format!("{} is issued", created.key.name);
    let frame = Frame::new(visitor, Section::Keys, title).with_script("secret.js");
    let (key, secret) = (&created.key, created.secret.as_ref());
    html(&Page { frame, key, secret, snippets: snippets::of(key) })
}
