//! The one page that shows a new secret.

use askama::Template;
use axum::response::Response;
use keyward_control::ShownOnce;
use keyward_control::operation::hand_over::Link;
use keyward_control::operation::hand_over::open::Opened;
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
    link: Option<&'a Link>,
    /// Whether an operator looks, who can go to the key.
    is_operator: bool,
    snippets: Vec<Snippet>,
}

/// Shows a key that was just made. Its answer is kept nowhere, and nothing can lead here again.
pub(crate) fn page(visitor: Visitor, created: &Created) -> Response {
    let title = format!("{} is issued", created.key.name);
    let frame = Frame::new(visitor, Section::Keys, title).with_script("secret.js");
    let (key, secret) = (&created.key, created.secret.as_ref());
    let link = created.hand_over.as_ref();
    html(&Page { frame, key, secret, link, is_operator: true, snippets: snippets::of(key) })
}

/// Shows it to whoever opened a link.
pub(crate) fn handed_over(opened: &Opened) -> Response {
    let title = format!("The key {}", opened.name);
    let frame = Frame::perhaps(None, title).with_script("secret.js");
    let (key, secret) = (&opened.key, Some(&opened.secret));
    html(&Page { frame, key, secret, link: None, is_operator: false, snippets: snippets::of(key) })
}
