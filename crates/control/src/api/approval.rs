//! `/approvals`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Named};
use super::routes::{Routes, Told, does};
use crate::operation::approval::{self, ApprovalView};
use crate::{Code, Listed};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("approvals")
        .get("/approvals", LIST, list)
        .get("/approvals/{approval}", SHOW, show)
        .post("/approvals/{approval}/approve", APPROVE, approve)
        .post("/approvals/{approval}/deny", DENY, deny)
}

const LIST: Told = does(Operation::ApprovalList, "List what waits for an operator, the oldest first", &[]);

async fn list(control: Shared, Acting(actor): Acting) -> Answer<Listed<ApprovalView>> {
    finish(async move { approval::list::list(&control, &actor).await }).await
}

const SHOW: Told = does(Operation::ApprovalShow, "Show one", &[Code::ApprovalUnknown]);

async fn show(control: Shared, Acting(actor): Acting, Named(approval): Named) -> Answer<ApprovalView> {
    finish(async move { approval::show::show(&control, &actor, &approval).await }).await
}

const APPROVE: Told =
    does(Operation::ApprovalApprove, "Let it through, once", &[Code::ApprovalUnknown, Code::ApprovalGiven]);

async fn approve(control: Shared, Acting(actor): Acting, Named(approval): Named) -> Answer<ApprovalView> {
    finish(async move { approval::decide::approve(&control, &actor, &approval).await }).await
}

const DENY: Told = does(Operation::ApprovalDeny, "Do not let it through", &[Code::ApprovalUnknown]);

async fn deny(control: Shared, Acting(actor): Acting, Named(approval): Named) -> Answer<ApprovalView> {
    finish(async move { approval::decide::deny(&control, &actor, &approval).await }).await
}
