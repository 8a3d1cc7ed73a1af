//! What every answer forbids the browser, and which requests are not even looked at.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use keyward_control::api::forged;

use crate::Shared;
use crate::problem::Failure;

/// Nothing but our own files, no frame around us, and forms that lead nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The headers of every answer. With `no-referrer` a browser would not say where a form comes from.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds the headers. What says nothing of being kept is kept nowhere.
pub(crate) async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Lets only our own pages change anything: a form on another site is refused before it is read.
pub(crate) async fn check_origin(control: Shared, request: Request, next: Next) -> Response {
    let only_looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if only_looks || is_own(request.headers()) {
        return next.run(request).await;
    }
    let why = "this form was not sent by a page of this console";
    Failure::from(forged(&control, request.extensions().get(), why)).into_response()
}

/// Whether a page of ours sent it. Browsers say so themselves; an older one says which origin it was.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let host_of = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned());
    match (text(header::ORIGIN).and_then(host_of), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn every_page_forbids_what_it_does_not_need() {
        let fixture = Fixture::new().await;
        for path in ["/", "/keys", "/nowhere", "/static/console.css"] {
            let page = fixture.get(path).await;
            assert!(HEADERS.iter().all(|(name, value)| page.header(name.as_str()) == *value), "{path}");
        }
        assert_eq!(fixture.get("/keys").await.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_form_of_another_site_is_refused() {
        let fixture = Fixture::new().await;
        let form = fixture.form(&[("name", "bots")]);
        let ways: [&[(&str, &str)]; 6] = [
            &[],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://console.test")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://evil.test")],
            &[("origin", "null")],
        ];
        for headers in ways {
            let page = fixture.post_with("/projects/new", &form, headers).await;
            assert!(page.status == 403 && page.body.contains("request_forged"), "{headers:?}: {}", page.body);
        }
        let own = [("origin", "http://console.test")];
        assert_eq!(fixture.post_with("/projects/new", &form, &own).await.status, 303);
    }
}
