//! Work that would hold up a thread that serves requests: key derivation, key generation, reading the whole log.

use crate::{Code, Error};

/// Does it on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::new(Code::Internal, "the operation broke down").caused_by(error))?
}
