//! What waits for a person: the gateway holds it back, the control plane decides.

use std::sync::Arc;

use keyward_control::Approvals;
use keyward_gateway::Gateway;
use keyward_policy::{Approval, ApprovalId, Verdict};

/// The gateway's own list.
pub(super) struct InGateway(pub(super) Arc<Gateway>);

impl Approvals for InGateway {
    fn waiting(&self) -> Vec<Approval> {
        self.0.approvals()
    }

    fn decide(&self, id: ApprovalId, verdict: Verdict) -> Option<Approval> {
        self.0.decide_approval(id, verdict)
    }
}
