//! What anybody may ask over TCP: whether Keyward lives, whether it is ready, and its figures. No operation is here.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;

/// The type of Prometheus's text format.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `/healthz`, `/readyz` and `/metrics`. `ready` says why Keyward is not ready, or what
/// else is to be known (whole lines, or nothing); `metrics` gives Prometheus's text.
pub fn public_routes(
    ready: impl Fn() -> Result<String, String> + Clone + Send + Sync + 'static,
    metrics: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(async move || readiness(ready())))
        .route("/metrics", get(async move || ([(header::CONTENT_TYPE, METRICS)], metrics())))
}

fn readiness(ready: Result<String, String>) -> (StatusCode, String) {
    match ready {
        Ok(notes) => (StatusCode::OK, format!("ready\n{notes}")),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn get(path: &str, ready: Result<String, String>) -> (u16, String) {
        let router = public_routes(move || ready.clone(), || "keyward_requests_total 1\n".to_owned());
        let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        (status, String::from_utf8(to_bytes(response.into_body(), 4096).await.unwrap().into()).unwrap())
    }

    #[tokio::test]
    async fn anybody_may_ask_how_keyward_is() {
        assert_eq!(get("/healthz", Ok(String::new())).await, (200, "alive\n".to_owned()));
        assert_eq!(get("/readyz", Ok(String::new())).await, (200, "ready\n".to_owned()));
        let sealed = Err("the vault is sealed".to_owned());
        assert_eq!(get("/readyz", sealed).await, (503, "not ready: the vault is sealed\n".to_owned()));
        assert_eq!(get("/metrics", Ok(String::new())).await, (200, "keyward_requests_total 1\n".to_owned()));
    }

    #[tokio::test]
    async fn no_operation_is_public() {
        assert_eq!(get("/api/v1/status", Ok(String::new())).await.0, 404);
    }
}
