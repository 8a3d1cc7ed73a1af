//! Taking a request apart: its path, the query of public data, and the body of private calls, form or JSON.

use http::Method;

use super::{is_private, json};
use crate::{Params, Place, Refusal, RefusalKind, Request, form, header, path};

/// Room for the parameters of nearly every request at once.
const PARAMS_USUAL: usize = 16;
/// What a JSON body says that it is.
const JSON: &str = "application/json";

/// Reads the parameters, once.
///
/// # Errors
/// Whatever is too long, can be read in two ways, or stands where no signature covers it.
pub(super) fn parse<'r>(request: &Request<'r>) -> Result<Params<'r>, Refusal> {
    request.check_lengths()?;
    path::check(request.path)?;
    check_query(request)?;
    let mut params = Params(Vec::with_capacity(PARAMS_USUAL));
    form::read(request.query, Place::Query, &mut params)?;
    if !request.body.is_empty() {
        read_body(request, &mut params)?;
    }
    Ok(params)
}

/// The signature covers the path and the body. No client sends a query with a private call (python-kraken-sdk would put
/// it into the signature, and then does not send it), so one that comes was added on the way.
fn check_query(request: &Request<'_>) -> Result<(), Refusal> {
    if request.query.is_empty() || !is_private(request.path) {
        return Ok(());
    }
    let detail =
        "a private call has no query, which its signature would not cover: send parameters in the body";
    Err(Refusal::new(RefusalKind::BodyUncovered, detail))
}

fn read_body<'r>(request: &Request<'r>, params: &mut Params<'r>) -> Result<(), Refusal> {
    if *request.method != Method::POST {
        let detail = format!("a {} has no body: send its parameters in the query", request.method);
        return Err(Refusal::new(RefusalKind::BodyUncovered, detail));
    }
    let text = str::from_utf8(request.body)
        .map_err(|_| Refusal::new(RefusalKind::Malformed, "the body is neither form text nor JSON"))?;
    match header::media_type(request.headers) {
        Ok(None) => form::read(text, Place::Body, params),
        Ok(Some(media)) if media.eq_ignore_ascii_case(form::MEDIA_TYPE) => {
            form::read(text, Place::Body, params)
        }
        Ok(Some(media)) if media.eq_ignore_ascii_case(JSON) => json::read(text, params),
        _ => Err(Refusal::new(RefusalKind::Malformed, TYPES)),
    }
}

const TYPES: &str =
    "the body must be application/x-www-form-urlencoded or application/json, without a content encoding";

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::CONTENT_TYPE;

    use super::*;
    use crate::request::BODY_MAX;

    const PRIVATE: &str = "/0/private/AddOrder";
    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

    fn parsed(method: &Method, target: &str, media: &str, body: &[u8]) -> Result<usize, RefusalKind> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        if !media.is_empty() {
            headers.insert(CONTENT_TYPE, media.parse().unwrap());
        }
        let params = parse(&Request { method, path, query, headers: &headers, body });
        params.map(|params| params.0.len()).map_err(|refusal| refusal.kind)
    }

    #[test]
    fn a_private_call_has_a_form_or_a_json_body() {
        for media in ["", FORM] {
            assert_eq!(parsed(&Method::POST, PRIVATE, media, b"nonce=1&pair=XBTUSD"), Ok(2));
        }
        let json = br#"{"nonce": 1, "pair": "XBTUSD"}"#;
        assert_eq!(parsed(&Method::POST, PRIVATE, "application/json; charset=utf-8", json), Ok(2));
    }

    #[test]
    fn each_type_of_body_is_read_as_what_it_says() {
        assert_eq!(parsed(&Method::POST, PRIVATE, FORM, b"{\"nonce\":1}"), Err(RefusalKind::Malformed));
        let json = "application/json";
        assert_eq!(parsed(&Method::POST, PRIVATE, json, b"nonce=1"), Err(RefusalKind::Malformed));
        assert_eq!(parsed(&Method::POST, PRIVATE, "text/plain", b"nonce=1"), Err(RefusalKind::Malformed));
        assert_eq!(parsed(&Method::POST, PRIVATE, FORM, b"nonce=\xff"), Err(RefusalKind::Malformed));
    }

    #[test]
    fn what_no_signature_covers_is_refused() {
        let query = parsed(&Method::POST, "/0/private/AddOrder?pair=ETHUSD", FORM, b"nonce=1&pair=XBTUSD");
        assert_eq!(query, Err(RefusalKind::BodyUncovered));
        let body = parsed(&Method::GET, "/0/public/Ticker?pair=XBTUSD", FORM, b"pair=ETHUSD");
        assert_eq!(body, Err(RefusalKind::BodyUncovered));
    }

    #[test]
    fn public_data_has_a_query() {
        assert_eq!(parsed(&Method::GET, "/0/public/Depth?pair=XXBTZUSD&count=20", "", b""), Ok(2));
    }

    #[test]
    fn over_long_requests_are_refused() {
        let body = format!("a={}", "x".repeat(BODY_MAX));
        assert_eq!(parsed(&Method::POST, PRIVATE, FORM, body.as_bytes()), Err(RefusalKind::TooLarge));
    }
}
