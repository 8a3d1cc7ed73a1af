//! Approvals: what waits for an operator, who lets exactly this one thing through, once, or does not.

pub mod decide;
pub mod list;
pub mod show;
mod view;

pub use view::ApprovalView;

use keyward_policy::{Actor, Approval};

use crate::name::shortened;
use crate::{Code, Control, Error};

/// What waits under this id, in a project where the actor's role holds.
fn find(control: &Control, actor: &Actor, id: &str) -> Result<Approval, Error> {
    let waiting = || waiting(control, actor).into_iter();
    let found = id.parse().ok().and_then(|id| waiting().find(|approval| approval.id == id));
    found.ok_or_else(|| unknown(id))
}

/// Everything that waits in projects where the actor's role holds.
fn waiting(control: &Control, actor: &Actor) -> Vec<Approval> {
    let mut waiting = control.approvals.waiting();
    waiting.retain(|approval| actor.reaches(approval.project));
    waiting
}

fn unknown(id: &str) -> Error {
    Error::new(Code::ApprovalUnknown, format!("nothing waits as `{}`", shortened(id)))
        .hint("it was used, denied or came too late, or Keyward was restarted: keyward approval list")
}
