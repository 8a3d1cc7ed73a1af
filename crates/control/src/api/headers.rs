//! What every answer at the control port tells a browser: to keep it nowhere, and to take it for nothing but what it is.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// For an answer that says nothing else, as pages do of themselves.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what an answer does not say.
pub(super) async fn add(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use keyward_policy::TrustedProxies;
    use tower::ServiceExt;

    use super::*;
    use crate::api::{Peer, admitted, router};
    use crate::fixture::Fixture;

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
