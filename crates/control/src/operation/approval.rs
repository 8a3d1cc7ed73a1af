//! Approvals: what waits for an operator, who lets exactly this one thing through, once, or does not.

pub mod decide;
pub mod list;
pub mod show;
mod view;

pub use view::ApprovalView;

use keyward_policy::Approval;

use crate::name::shortened;
use crate::{Code, Control, Error};

/// What waits under this id.
fn find(control: &Control, id: &str) -> Result<Approval, Error> {
    let waiting = || control.approvals.waiting().into_iter();
    let found = id.parse().ok().and_then(|id| waiting().find(|approval| approval.id == id));
    found.ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Error {
    Error::new(Code::ApprovalUnknown, format!("nothing waits as `{}`", shortened(id)))
        .hint("it was used, denied or came too late, or Keyward was restarted: keyward approval list")
}
