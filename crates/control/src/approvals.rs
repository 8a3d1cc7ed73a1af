//! What waits for a person: kept by whoever holds the requests back, which is not this crate.

use keyward_policy::{Approval, ApprovalId, Verdict};

/// Holds requests back until an operator decides.
pub trait Approvals: Send + Sync {
    /// Everything that waits, or was approved and not used yet, the oldest first.
    fn waiting(&self) -> Vec<Approval>;

    /// Lets a request through, once, or does not. None where nothing of this id waits for this decision any more.
    fn decide(&self, id: ApprovalId, verdict: Verdict) -> Option<Approval>;
}
