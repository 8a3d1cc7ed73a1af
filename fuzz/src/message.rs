//! An input as a request: the text of an HTTP/1.1 message, so that a captured request is a seed as it stands.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keyward_dialect::{Outgoing, Request};

/// More headers than the gateway takes.
const HEADERS_MAX: usize = 100;

/// A request of its own parts.
pub struct Message {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Message {
    /// Reads an input; none where it is no message at all, which is for the target of the framing to say.
    pub fn read(input: &[u8]) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut head = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(length) = head.parse(input).ok()? else { return None };
        let mut all = HeaderMap::new();
        for header in head.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
            all.append(name, HeaderValue::from_bytes(header.value).ok()?);
        }
        let method = Method::from_bytes(head.method?.as_bytes()).ok()?;
        let target = head.path.filter(|path| path.starts_with('/'))?.to_owned();
        Some(Self { method, target, headers: all, body: input[length..].to_vec() })
    }

    /// The message that leaves in the place of this one: with the headers that the dialect passes on, and those it sets.
    pub fn leaving(&self, passed_on: &[&str], outgoing: Outgoing) -> Self {
        let mut headers = HeaderMap::new();
        for name in passed_on {
            for value in self.headers.get_all(*name) {
                headers.append(
                    HeaderName::from_bytes(name.as_bytes()).expect("a dialect's header"),
                    value.clone(),
                );
            }
        }
        for (name, value) in outgoing.set {
            headers.insert(
                name,
                value.parse().expect("a dialect's value is a header's value"),
            );
        }
        Self { method: self.method.clone(), target: outgoing.target, headers, body: outgoing.body }
    }

    /// The request as a dialect sees it.
    pub fn request(&self) -> Request<'_> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        Request { method: &self.method, path, query, headers: &self.headers, body: &self.body }
    }
}
