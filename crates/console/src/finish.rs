//! Operations run to their end, even when the browser is closed in their middle.

use keyward_control::{Code, Error};

/// Runs an operation to its end. A server drops the handler of a client that is gone: between the record and its effect,
/// or between the database and the gateway, that would leave a revoked key usable.
pub(crate) async fn finish<T: Send + 'static>(
    operation: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::spawn(operation).await;
    done.map_err(|error| Error::new(Code::Internal, "the operation broke down").caused_by(error))?
}
