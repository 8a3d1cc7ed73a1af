//! CORS: in which pages a browser lets the answers be read (WHATWG Fetch, "CORS protocol"). Only publishable keys are for pages, so
//! only their origins are named, never all of them, and never with cookies.
//!
//! A browser asks before it sends a key, and does not say which: then every page is told yes that some publishable key of the venue
//! works in. Whether this key does is decided when it comes.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method};

use crate::carry::Resolved;
use crate::directory::Directory;

/// What an exchange says of pages, which is about those that call it without Keyward.
const OF_THE_EXCHANGE: [HeaderName; 6] = [
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
];
/// What of our headers a page may read: why it was refused, how the request is called, and when to come again.
const READABLE: HeaderValue = HeaderValue::from_static("keyward-reason, keyward-request-id, retry-after");
/// Market data is got, and nothing else is for pages.
const METHODS: HeaderValue = HeaderValue::from_static("GET");
/// How long a browser need not ask again, in seconds. A page that no key names any more is refused all the same.
const ASK_AGAIN_S: HeaderValue = HeaderValue::from_static("600");

/// The headers of the answer to a browser's question before it sends a key; none where that is not what this is, or its page
/// may not.
pub(crate) fn preflight(directory: &Directory, resolved: &Resolved) -> Option<HeaderMap> {
    let asks = *resolved.method() == Method::OPTIONS
        && resolved.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let origin = asks.then(|| allowed(directory, resolved)).flatten()?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::try_from(sendable(resolved)).ok()?);
    headers.insert(ACCESS_CONTROL_MAX_AGE, ASK_AGAIN_S);
    headers.insert(VARY, HeaderValue::from_name(ORIGIN));
    Some(headers)
}

/// Tells the browser that asked whether its page may read the answer. What no browser asked for stays as it is.
pub(crate) fn tell(directory: &Directory, resolved: &Resolved, is_for_pages: bool, answer: &mut HeaderMap) {
    if !resolved.headers().contains_key(ORIGIN) {
        return;
    }
    for name in &OF_THE_EXCHANGE {
        answer.remove(name);
    }
    answer.append(VARY, HeaderValue::from_name(ORIGIN));
    if let Some(origin) = allowed(directory, resolved).filter(|_| is_for_pages) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READABLE);
    }
}

/// The request's origin, if some publishable key of the venue works there.
fn allowed<'r>(directory: &Directory, resolved: &'r Resolved) -> Option<&'r HeaderValue> {
    let origin = resolved.headers().get(ORIGIN)?;
    directory.has_pages(resolved.venue.venue.id, origin.as_bytes()).then_some(origin)
}

/// What a page may send: its key, and what the exchange reads.
fn sendable(resolved: &Resolved) -> String {
    let key = resolved.venue.dialect.key_header();
    let others = resolved.venue.passed_on.iter().map(HeaderName::as_str);
    std::iter::once(key.as_str()).chain(others).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;
    use keyward_policy::{ApiKey, Key, Pages, RateLimit, Verifier};

    use super::*;
    use crate::Settings;
    use crate::fixture::Fixture;

    fn fixture() -> Fixture {
        let rate = RateLimit { per_minute: 60, burst: 3 };
        let pages = Pages::new(vec!["https://app.example".parse().unwrap()], rate).unwrap();
        let publishable = |key| Key {
            api_key: ApiKey::new("kwp"),
            verifier: Verifier::Pages(pages),
            rate: Some(rate),
            ..key
        };
        Fixture::with("http://exchange", "market", Settings::default(), publishable)
    }

    fn asked(fixture: &Fixture, method: Method, origin: &str) -> Box<Resolved> {
        let request = Request::builder().method(method).uri("/binance/api/v3/time").header("host", "door");
        let request = request.header("origin", origin).header("access-control-request-method", "GET");
        fixture.received(request.body(Bytes::new()).unwrap()).resolved
    }

    #[test]
    fn a_page_that_some_key_names_is_told_what_it_may_send() {
        let fixture = fixture();
        let told = |method, origin| preflight(&fixture.gateway.directory, &asked(&fixture, method, origin));
        let headers = told(Method::OPTIONS, "https://app.example").unwrap();
        assert_eq!(headers["access-control-allow-origin"], "https://app.example");
        assert_eq!(
            (&headers["access-control-allow-methods"], &headers["vary"]),
            (&METHODS, &"origin".parse().unwrap())
        );
        assert!(
            headers["access-control-allow-headers"].to_str().unwrap().starts_with("x-mbx-apikey, accept")
        );
        assert!(!headers.contains_key("access-control-allow-credentials"));
        assert!(told(Method::OPTIONS, "https://other.example").is_none());
        assert!(told(Method::GET, "https://app.example").is_none());
    }

    #[test]
    fn what_the_exchange_says_of_pages_is_not_passed_on_to_one() {
        let fixture = fixture();
        let read = |origin, is_for_pages| {
            let mut answer = HeaderMap::new();
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, "*".parse().unwrap());
            answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true".parse().unwrap());
            answer.insert(VARY, "Accept-Encoding".parse().unwrap());
            let resolved = asked(&fixture, Method::GET, origin);
            tell(&fixture.gateway.directory, &resolved, is_for_pages, &mut answer);
            assert!(!answer.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
            assert_eq!(answer.get_all(VARY).iter().count(), 2);
            answer.get(ACCESS_CONTROL_ALLOW_ORIGIN).map(|origin| origin.to_str().unwrap().to_owned())
        };
        assert_eq!(read("https://app.example", true).as_deref(), Some("https://app.example"));
        assert_eq!(read("https://app.example", false), None, "the answer to a key with a secret");
        assert_eq!(read("https://other.example", true), None);
    }
}
