//! What of an entry of the audit log tells how a key is used.

use jiff::Timestamp;
use keyward_policy::{KeyId, ProjectId, RequestId};
use serde::Deserialize;

/// An entry, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Read {
    pub(super) at: Timestamp,
    event: String,
    pub(super) key: Option<KeyId>,
    pub(super) project: Option<ProjectId>,
    pub(super) request: Option<RequestId>,
    pub(super) address: Option<String>,
    pub(super) venue: Option<String>,
    pub(super) needs: Option<String>,
    pub(super) path: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) detail: Option<String>,
    #[serde(default)]
    pub(super) markets: Vec<String>,
    #[serde(default)]
    pub(super) facts: Vec<Fact>,
}

/// An order, as far as it matters here.
#[derive(Deserialize)]
pub(super) struct Fact {
    pub(super) symbol: Option<String>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Allowed,
    Refused,
}

impl Read {
    /// None for what is no request of its own: an intent's outcome, an operator's change.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        match self.event.as_str() {
            "intent" | "forwarded" => Some(Outcome::Allowed),
            "refused" => Some(Outcome::Refused),
            _ => None,
        }
    }
}
