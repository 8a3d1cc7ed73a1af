//! The first line of a head: method, target, version (RFC 9112 §3).

use std::ops::Range;

use super::Unsound;

/// What later checks need to know of a request line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RequestLine {
    /// Whether it is HTTP/1.0, in which nothing is chunked.
    pub(super) is_http_10: bool,
    /// Where in the line the host of an absolute target stands.
    pub(super) authority: Option<Range<usize>>,
}

/// Reads a request line without its line end.
pub(super) fn request_line(line: &[u8]) -> Result<RequestLine, Unsound> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Unsound::RequestLine);
    };
    let is_http_10 = match version {
        b"HTTP/1.1" => false,
        b"HTTP/1.0" => true,
        _ => return Err(Unsound::Version),
    };
    if !is_method(method) {
        return Err(Unsound::Method);
    }
    let authority = authority(target)?.map(|at| at.start + method.len() + 1..at.end + method.len() + 1);
    Ok(RequestLine { is_http_10, authority })
}

/// The methods that exchanges use. `CONNECT` and `TRACE` ask for what a gateway must not do, and are not among them.
pub(super) fn is_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"POST" | b"DELETE" | b"PUT" | b"PATCH" | b"HEAD" | b"OPTIONS")
}

/// Checks a target, and says where in it a host is named. Of the four forms (RFC 9112 §3.2) an exchange's request has a
/// path, or a whole URL when a client takes Keyward for a proxy.
fn authority(target: &[u8]) -> Result<Option<Range<usize>>, Unsound> {
    if !is_plain(target) {
        return Err(Unsound::Target);
    }
    if target.starts_with(b"/") {
        return Ok(None);
    }
    let start = ["http://", "https://"].iter().find_map(|scheme| starts_with(target, scheme));
    let start = start.ok_or(Unsound::Target)?;
    let length = target[start..].iter().position(|byte| matches!(byte, b'/' | b'?'));
    Ok(Some(start..length.map_or(target.len(), |length| start + length)))
}

fn starts_with(target: &[u8], scheme: &str) -> Option<usize> {
    let start = target.get(..scheme.len())?;
    start.eq_ignore_ascii_case(scheme.as_bytes()).then_some(scheme.len())
}

/// Visible ASCII, without what RFC 3986 leaves out for good reasons. Written without a branch, so that the compiler
/// looks at many bytes at once.
pub(super) fn is_plain(target: &[u8]) -> bool {
    let bad = |byte: u8| {
        let outside = byte.wrapping_sub(0x21) > 0x7e - 0x21;
        let reserved = (byte == b'#') | (byte == b'"') | (byte == b'<') | (byte == b'>');
        outside | reserved | (byte == b'\\') | (byte == b'^') | (byte == b'`')
    };
    !target.iter().fold(false, |found, byte| found | bad(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<Option<String>, Unsound> {
        let read = request_line(line.as_bytes())?;
        Ok(read.authority.map(|at| line[at].to_owned()))
    }

    #[test]
    fn a_path_names_no_host_and_a_url_does() {
        assert_eq!(check("GET /binance/api/v3/time?a=b HTTP/1.1"), Ok(None));
        assert_eq!(check("POST http://door:80/x HTTP/1.1"), Ok(Some("door:80".to_owned())));
        assert_eq!(check("GET HTTPS://door?x HTTP/1.0"), Ok(Some("door".to_owned())));
    }

    #[test]
    fn the_line_has_three_parts_and_single_spaces() {
        for line in
            ["", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET / x HTTP/1.1"]
        {
            assert_eq!(check(line), Err(Unsound::RequestLine), "{line}");
        }
        for line in
            ["GET / HTTP/2.0", "GET / http/1.1", "GET / HTTP/1.10", "PRI * HTTP/2.0", "GET /\tHTTP/1.1 x"]
        {
            assert_eq!(check(line), Err(Unsound::Version), "{line}");
        }
    }

    #[test]
    fn methods_that_no_exchange_has_are_refused() {
        for method in ["CONNECT", "TRACE", "get", "G", "GET\t", "PROPFIND", "REFUSED"] {
            assert_eq!(check(&format!("{method} / HTTP/1.1")), Err(Unsound::Method), "{method}");
        }
    }

    #[test]
    fn targets_in_other_forms_are_refused() {
        for target in
            ["!", "*", "door:443", "ftp://door/", "a/b", "/a#b", "/ä", "/a\\b", "/\"", "//\u{7f}", "/\t"]
        {
            assert_eq!(check(&format!("GET {target} HTTP/1.1")), Err(Unsound::Target), "{target}");
        }
    }
}
