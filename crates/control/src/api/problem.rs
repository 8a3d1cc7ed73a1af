//! The one mapping of failures to HTTP: problem details (RFC 9457) with a stable `code`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Error, Kind};

/// Where the server shows what each code means.
pub(super) const PAGE: &str = "/api/problems";

/// The body of an answer that says why an operation did not happen.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem<'a> {
    /// Where the kind of problem is explained.
    #[serde(rename = "type")]
    uri: String,
    /// The same for every problem of this type.
    title: String,
    status: u16,
    /// What happened this time.
    detail: String,
    /// The stable code.
    code: &'a str,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = status(self.code().kind());
        if status.is_server_error() {
            let cause = std::error::Error::source(&self).map(ToString::to_string).unwrap_or_default();
            tracing::error!(code = %self.code(), error = %self, cause, "refused");
        }
        let code = self.code().as_str();
        let problem = Problem {
            uri: format!("{PAGE}#{code}"),
            title: code.replace('_', " "),
            status: status.as_u16(),
            detail: self.to_string(),
            code,
            hint: self.next(),
        };
        let mut response = (status, axum::Json(problem)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}

/// The HTTP status of a failure.
pub const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::Unknown => StatusCode::NOT_FOUND,
        Kind::Method => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Outdated => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Venue => StatusCode::BAD_GATEWAY,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::Code;

    #[tokio::test]
    async fn a_failure_reads_as_problem_details() {
        let error = Error::new(Code::VaultSealed, "the vault is sealed").hint("unseal it");
        let response = error.into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&body).unwrap(),
            serde_json::json!({
                "type": "/api/problems#vault_sealed", "title": "vault sealed", "status": 503,
                "detail": "the vault is sealed", "code": "vault_sealed", "hint": "unseal it",
            })
        );
    }

    #[tokio::test]
    async fn a_cause_stays_in_the_log() {
        let cause = std::io::Error::other("password=hunter2");
        let error = Error::new(Code::Internal, "it broke").caused_by(cause);
        let body = to_bytes(error.into_response().into_body(), 4096).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
    }
}
