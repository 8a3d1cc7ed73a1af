//! Operations run to their end, even when the client hangs up in their middle.

use axum::Json;
use axum::extract::Extension;
use axum::http::StatusCode;
use serde::Serialize;

use super::repeat::{Repeat, Repeatable};
use crate::{Code, Error};

/// What a handler answers.
pub(super) type Answer<T> = Result<Json<T>, Error>;
/// What a handler answers that made something.
pub(super) type Made<T> = Result<(StatusCode, Extension<Repeat>, Json<T>), Error>;

/// Runs an operation to its end. A server drops the handler of a client that is gone: between the record and its effect,
/// or between the database and the gateway, that would leave a revoked key usable.
pub(super) async fn finish<T: Serialize + Send + 'static>(
    operation: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Answer<T> {
    let done = tokio::spawn(operation).await;
    let done =
        done.map_err(|error| Error::new(Code::Internal, "the operation broke down").caused_by(error))?;
    done.map(Json)
}

/// The same for an operation that makes something.
pub(super) async fn made<T: Repeatable + Send + 'static>(
    operation: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Made<T> {
    finish(operation).await.map(|output| (StatusCode::CREATED, Extension(Repeat(output.made())), output))
}
