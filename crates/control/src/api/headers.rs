//! What every answer at the control port tells a browser: to keep it nowhere, and to take it for nothing but what it is.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::Control;

/// For two years, as browsers' lists ask (RFC 6797). Of this name only: what else its owner serves is not ours to say.
const TLS_ONLY: &str = "max-age=63072000";

/// For an answer that says nothing else, as pages do of themselves.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what an answer does not say. Where people come by TLS, which ends in front of this port, they shall always.
pub(super) async fn add(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if control.control_url().starts_with("https://") {
        let tls_only = HeaderValue::from_static(TLS_ONLY);
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, tls_only);
    }
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use keyward_policy::TrustedProxies;
    use tower::ServiceExt;

    use super::*;
    use crate::api::{Peer, admitted, router};
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn browsers_are_told_to_come_by_tls_only() {
        let fixture = Fixture::new().await;
        assert!(fixture.control.control_url().starts_with("https://"));
        let control = || Arc::clone(&fixture.control);
        let router = admitted(router(control()), control(), TrustedProxies::default());
        let request = Request::get("/api/v1/session").extension(Peer([203, 0, 113, 7].into()));
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.headers()[header::STRICT_TRANSPORT_SECURITY], TLS_ONLY);
    }

    #[tokio::test]
    async fn an_answer_is_kept_nowhere_and_shown_as_nothing_else() {
        let fixture = Fixture::new().await;
        let control = &fixture.control;
        let router = admitted(router(Arc::clone(control)), Arc::clone(control), TrustedProxies::default());
        for (path, bearer) in [("session", ""), ("nothing", ""), ("keys", "Bearer kwt_wrong")] {
            let request = Request::get(format!("/api/v1/{path}")).header("authorization", bearer);
            let request = request.extension(Peer([203, 0, 113, 7].into()));
            let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert!(answer.status().is_client_error(), "{answer:?}");
            for (name, value) in HEADERS {
                assert_eq!(answer.headers()[&name], value, "{path}");
            }
        }
    }
}
