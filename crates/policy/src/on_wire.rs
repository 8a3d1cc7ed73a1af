//! On the wire: what had already been sent when an operator stopped something.

use jiff::Timestamp;
use serde::Serialize;

use crate::{KeyId, RequestId};

/// A request that was on its way to an exchange, without an answer yet. It may be carried out: the audit log tells what
/// became of it as soon as that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnWire {
    /// Its id, by which the audit log finds it.
    pub request: RequestId,
    /// The key that it was made with; none for public market data.
    pub key: Option<KeyId>,
    /// The venue's name.
    pub venue: String,
    /// The method.
    pub method: String,
    /// The exchange's own path, without the query.
    pub path: String,
    /// When its sending began.
    pub since: Timestamp,
}
