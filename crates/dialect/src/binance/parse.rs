//! Taking a request apart: its path, its query and its form body.

use http::Method;

use crate::{Params, Place, Refusal, RefusalKind, Request, form, header, path};

/// Room for the parameters of nearly every request at once.
const PARAMS_USUAL: usize = 16;

/// Reads the parameters of both places, once.
///
/// # Errors
/// Whatever is too long, or can be read in two ways.
pub(super) fn parse<'r>(request: &Request<'r>) -> Result<Params<'r>, Refusal> {
    request.check_lengths()?;
    path::check(request.path)?;
    let mut params = Params(Vec::with_capacity(PARAMS_USUAL));
    form::read(request.query, Place::Query, &mut params)?;
    form::read(form_body(request)?, Place::Body, &mut params)?;
    Ok(params)
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
    let is_form =
        |media: Option<&str>| media.is_none_or(|media| media.eq_ignore_ascii_case(form::MEDIA_TYPE));
    if !header::media_type(request.headers).is_ok_and(is_form) {
        let detail = "the body must be application/x-www-form-urlencoded, without a content encoding";
        return Err(Refusal::new(RefusalKind::Malformed, detail));
    }
    str::from_utf8(request.body)
        .map_err(|_| Refusal::new(RefusalKind::Malformed, "the body is not form text"))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::CONTENT_TYPE;

    use super::*;
    use crate::request::BODY_MAX;

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
