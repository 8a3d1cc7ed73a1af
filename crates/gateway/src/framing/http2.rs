//! The same rules for HTTP/2, where frames already say where a message ends (RFC 9113 §8).

use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use http::request::Parts;

use super::authority::is_authority;
use super::request_line::{is_method, is_plain};
use super::{HeadBounds, Unsound};

/// The headers that decide how a request is read.
const DECIDING: [HeaderName; 5] = [HOST, CONTENT_LENGTH, CONTENT_TYPE, CONTENT_ENCODING, EXPECT];

/// Holds a request of HTTP/2 to the rules of HTTP/1, and gives it the `Host` header that it would have there.
pub(crate) fn check_http2(head: &mut Parts, bounds: HeadBounds) -> Result<(), Unsound> {
    if !is_method(head.method.as_str().as_bytes()) {
        return Err(Unsound::Method);
    }
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    if !target.starts_with('/') || !is_plain(target.as_bytes()) {
        return Err(Unsound::Target);
    }
    if head.headers.len() > bounds.fields {
        return Err(Unsound::TooManyFields);
    }
    if DECIDING.iter().any(|name| head.headers.get_all(name).iter().nth(1).is_some()) {
        return Err(Unsound::Duplicate);
    }
    // The framing of HTTP/1 has no place here (RFC 9113 §8.2.2).
    if head.headers.contains_key(TRANSFER_ENCODING) {
        return Err(Unsound::Encoding);
    }
    let host = host(head)?;
    head.headers.insert(HOST, host);
    Ok(())
}

/// Whom the request is for: `:authority`, `Host`, or both, and then the same.
fn host(head: &Parts) -> Result<HeaderValue, Unsound> {
    let authority = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    let host = head.headers.get(HOST).map(HeaderValue::as_bytes);
    let named = authority.or(host).ok_or(Unsound::HostMissing)?;
    if !is_authority(named) {
        return Err(Unsound::Host);
    }
    if host.is_some_and(|host| !host.eq_ignore_ascii_case(named)) {
        return Err(Unsound::HostMismatch);
    }
    HeaderValue::from_bytes(named).map_err(|_| Unsound::Host)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const BOUNDS: HeadBounds = HeadBounds { bytes: 1024, fields: 4 };

    fn check(uri: &str, fields: &[(&str, &str)]) -> Result<String, Unsound> {
        let request = Request::post(uri);
        let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let mut head = request.body(()).unwrap().into_parts().0;
        check_http2(&mut head, BOUNDS)?;
        Ok(head.headers[HOST].to_str().unwrap().to_owned())
    }

    #[test]
    fn the_authority_becomes_the_host() {
        assert_eq!(check("http://door:80/x?a=b", &[]), Ok("door:80".to_owned()));
        assert_eq!(check("https://door/x", &[("host", "DOOR")]), Ok("door".to_owned()));
        assert_eq!(check("/x", &[("host", "door")]), Ok("door".to_owned()));
    }

    #[test]
    fn what_two_readers_may_see_differently_is_refused() {
        assert_eq!(check("/x", &[]), Err(Unsound::HostMissing));
        assert_eq!(check("http://door/", &[("host", "gate")]), Err(Unsound::HostMismatch));
        assert_eq!(check("http://user@door/", &[]), Err(Unsound::Host));
        assert_eq!(check("/x", &[("host", "door"), ("host", "door")]), Err(Unsound::Duplicate));
        assert_eq!(
            check("http://door/", &[("content-length", "1"), ("content-length", "1")]),
            Err(Unsound::Duplicate)
        );
        assert_eq!(check("http://door/", &[("transfer-encoding", "chunked")]), Err(Unsound::Encoding));
        assert_eq!(check("http://door/", &[("a", "b"); 5]), Err(Unsound::TooManyFields));
        assert_eq!(check("http://door/\\", &[]), Err(Unsound::Target));
    }

    #[test]
    fn methods_that_no_exchange_has_are_refused() {
        let mut head = Request::connect("http://door/").body(()).unwrap().into_parts().0;
        assert_eq!(check_http2(&mut head, BOUNDS), Err(Unsound::Method));
    }
}
