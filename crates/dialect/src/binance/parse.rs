//! Taking a request apart: its path, its query and its form body.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method};

use crate::{Params, Place, Refusal, RefusalKind, Request, form, path};

/// Longest path and query: what most servers take, and far more than any captured request has.
const TARGET_MAX: usize = 8 * 1024;
/// Longest body: room for the largest batch of orders many times over.
const BODY_MAX: usize = 64 * 1024;
/// Room for the parameters of nearly every request at once.
const PARAMS_USUAL: usize = 16;

/// Reads the parameters of both places, once.
///
/// # Errors
/// Whatever is too long, or can be read in two ways.
pub(super) fn parse<'r>(request: &Request<'r>) -> Result<Params<'r>, Refusal> {
    check_lengths(request)?;
    path::check(request.path)?;
    let mut params = Params(Vec::with_capacity(PARAMS_USUAL));
    form::read(request.query, Place::Query, &mut params)?;
    form::read(form_body(request)?, Place::Body, &mut params)?;
    Ok(params)
}

fn check_lengths(request: &Request<'_>) -> Result<(), Refusal> {
    let too_large =
        |what, max| Err(Refusal::new(RefusalKind::TooLarge, format!("{what} is longer than {max} bytes")));
    if request.path.len() + 1 + request.query.len() > TARGET_MAX {
        return too_large("the path with its query", TARGET_MAX);
    }
    if request.body.len() > BODY_MAX {
        return too_large("the body", BODY_MAX);
    }
    Ok(())
}

/// The body as form text. A GET has none: Binance reads parameters of a GET from the query alone, and a body that it
/// does not read is one that no signature covers.
fn form_body<'r>(request: &Request<'r>) -> Result<&'r str, Refusal> {
    if request.body.is_empty() {
        return Ok("");
    }
    if !matches!(*request.method, Method::POST | Method::PUT | Method::DELETE) {
        let detail = format!("a {} has no body: send its parameters in the query", request.method);
        return Err(Refusal::new(RefusalKind::BodyUncovered, detail));
    }
    if !is_form(request.headers) {
        let detail = "the body must be application/x-www-form-urlencoded, without a content encoding";
        return Err(Refusal::new(RefusalKind::Malformed, detail));
    }
    str::from_utf8(request.body)
        .map_err(|_| Refusal::new(RefusalKind::Malformed, "the body is not form text"))
}

/// Whether the headers say that the body is form text, or nothing at all.
fn is_form(headers: &HeaderMap) -> bool {
    let plain = !headers.contains_key(CONTENT_ENCODING);
    let is_form_type = |value: &str| {
        let media = value.split(';').next().unwrap_or_default().trim();
        media.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    };
    plain && only(headers, &CONTENT_TYPE).is_ok_and(|value| value.is_none_or(is_form_type))
}

/// The value of a header that may come once at most, as text.
///
/// # Errors
/// It came twice, or is not visible ASCII.
pub(super) fn only<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Result<Option<&'r str>, RefusalKind> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(RefusalKind::Duplicate);
    }
    value.to_str().map(Some).map_err(|_| RefusalKind::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parsed(
        method: &Method,
        target: &str,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<usize, RefusalKind> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        content_type.map(|value| headers.insert(CONTENT_TYPE, value.parse().unwrap()));
        let params = parse(&Request { method, path, query, headers: &headers, body });
        params.map(|params| params.0.len()).map_err(|refusal| refusal.kind)
    }

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=utf-8");

    #[test]
    fn parameters_come_from_the_query_and_the_form() {
        assert_eq!(parsed(&Method::POST, "/api/v3/order?a=1", FORM, b"b=2&c=3"), Ok(3));
        assert_eq!(parsed(&Method::DELETE, "/api/v3/order", None, b"b=2"), Ok(1));
    }

    #[test]
    fn another_type_of_body_is_refused_and_no_body_has_no_type() {
        let json = Some("application/json");
        assert_eq!(parsed(&Method::POST, "/api/v3/order", json, b"{}"), Err(RefusalKind::Malformed));
        assert_eq!(parsed(&Method::GET, "/api/v3/account?a=1", json, b""), Ok(1));
    }

    #[test]
    fn a_get_with_a_body_is_refused() {
        assert_eq!(parsed(&Method::GET, "/api/v3/order", FORM, b"a=1"), Err(RefusalKind::BodyUncovered));
    }

    #[test]
    fn over_long_requests_are_refused() {
        let long = "x".repeat(BODY_MAX);
        assert_eq!(parsed(&Method::GET, &format!("/a?b={long}"), None, b""), Err(RefusalKind::TooLarge));
        let body = format!("a={long}");
        assert_eq!(parsed(&Method::POST, "/a", FORM, body.as_bytes()), Err(RefusalKind::TooLarge));
    }

    #[test]
    fn a_body_that_is_not_text_is_refused() {
        assert_eq!(parsed(&Method::POST, "/a", FORM, b"a=\xff"), Err(RefusalKind::Malformed));
    }
}
