//! One call of an operation: a method, a path of the control API, and a body that is wiped after use.

use std::fmt::Display;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST, IF_MATCH};
use hyper::{Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use zeroize::Zeroizing;

/// Room for any body with a secret in it: a buffer that grew would leave copies behind.
const BODY_BYTES: usize = 64 * 1024;
/// What stands for itself in a path (RFC 3986, unreserved).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One call of an operation.
pub(crate) struct Call {
    method: Method,
    path: String,
    body: Bytes,
    revision: Option<u64>,
}

/// The path of a resource, from its plain names.
pub(crate) fn path(segments: &[&str]) -> String {
    segments.iter().fold("/api/v1".to_owned(), |path, segment| format!("{path}/{}", encoded(segment)))
}

/// A text as it may stand in a path or a query.
pub(crate) fn encoded(text: &str) -> impl Display {
    utf8_percent_encode(text, PLAIN)
}

impl Call {
    /// Reads a resource.
    pub(crate) fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: Bytes::new(), revision: None }
    }

    /// Removes a resource.
    pub(crate) fn delete(path: String) -> Self {
        Self { method: Method::DELETE, path, body: Bytes::new(), revision: None }
    }

    /// Does something that needs no further words.
    pub(crate) fn act(path: String) -> Self {
        Self { method: Method::POST, path, body: Bytes::new(), revision: None }
    }

    /// Does something, as the body says.
    pub(crate) fn post(path: String, body: &impl Serialize) -> Result<Self> {
        Self::with(Method::POST, path, body)
    }

    /// Changes a resource in part.
    pub(crate) fn patch(path: String, body: &impl Serialize) -> Result<Self> {
        Self::with(Method::PATCH, path, body)
    }

    fn with(method: Method, path: String, body: &impl Serialize) -> Result<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(BODY_BYTES));
        serde_json::to_writer(&mut *bytes, body)?;
        Ok(Self { method, path, body: Bytes::from_owner(bytes), revision: None })
    }

    /// Only for this revision of the resource.
    pub(crate) fn meant_for(self, revision: Option<u64>) -> Self {
        Self { revision, ..self }
    }

    /// The call as a request.
    pub(super) fn request(&self) -> Result<Request<Full<Bytes>>> {
        let request = Request::builder().method(&self.method).uri(&self.path).header(HOST, "keyward");
        let request =
            if self.body.is_empty() { request } else { request.header(CONTENT_TYPE, "application/json") };
        let tag = self.revision.map(|revision| format!("\"{revision}\""));
        let request = tag.into_iter().fold(request, |request, tag| request.header(IF_MATCH, tag));
        Ok(request.body(Full::new(self.body.clone()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place_in_the_path() {
        assert_eq!(path(&["keys", "bot-1", "rotate"]), "/api/v1/keys/bot-1/rotate");
        assert_eq!(path(&["keys", "a/b?c#d e"]), "/api/v1/keys/a%2Fb%3Fc%23d%20e");
    }
}
