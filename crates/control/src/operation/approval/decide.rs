//! `approval approve` and `approval deny`: what an operator decides, on record before it has an effect.

use keyward_policy::{Actor, Approval, ApprovalState, Operation, Verdict};
use serde_json::json;

use super::{ApprovalView, find, unknown};
use crate::{Code, Control, Error};

/// Lets what waits under this id through, once: at once where its client waits on its connection, otherwise when it sends
/// the same again before the approval expires.
///
/// # Errors
/// `approval_unknown`, `approval_given`, `second_factor_needed`; and those of every change.
pub async fn approve(control: &Control, actor: &Actor, id: &str) -> Result<ApprovalView, Error> {
    decide(control, actor, Operation::ApprovalApprove, id, Verdict::Approve).await
}

/// Refuses it. What was approved and not sent yet can be taken back in this way, too.
///
/// # Errors
/// `approval_unknown`; and those of every change.
pub async fn deny(control: &Control, actor: &Actor, id: &str) -> Result<ApprovalView, Error> {
    decide(control, actor, Operation::ApprovalDeny, id, Verdict::Deny).await
}

async fn decide(
    control: &Control,
    actor: &Actor,
    operation: Operation,
    id: &str,
    verdict: Verdict,
) -> Result<ApprovalView, Error> {
    let act = control.act(actor, operation).await?;
    let approval = find(control, actor, id).map_err(|error| act.refused(id, error))?;
    if verdict == Verdict::Approve && approval.state == ApprovalState::Approved {
        let error = Error::new(
            Code::ApprovalGiven,
            "it is approved already, and its client has not sent it again yet",
        );
        return Err(act.refused(id, error));
    }
    let recorded = act.record(approval.id, described(&approval)).await?;
    let decided = async { control.approvals.decide(approval.id, verdict).ok_or_else(|| unknown(id)) };
    let decided = recorded.carry_out(decided).await?;
    ApprovalView::one(control, decided).await
}

/// What was decided about, so that the record says it by itself.
fn described(approval: &Approval) -> serde_json::Value {
    json!({
        "key": approval.key, "project": approval.project, "request": approval.request, "venue": approval.venue,
        "method": approval.method, "path": approval.path, "needs": approval.needs, "spends": approval.spends,
        "facts": approval.facts, "since": approval.since,
    })
}

#[cfg(test)]
mod tests {
    use keyward_policy::{ApprovalId, Authority, Reach, Role};

    use super::*;
    use crate::fixture::Fixture;
    use crate::operation::approval::list::list;

    async fn waiting(fixture: &Fixture) -> (ApprovalId, String) {
        let key = fixture.trading_key("bot").await;
        let id = fixture.held(&key);
        (id, id.to_string())
    }

    fn ada(role: Role, is_fresh: bool) -> Actor {
        Actor {
            name: "ada".to_owned(),
            via: "test",
            consented_by: None,
            authority: Authority::Operator { role, reach: Reach::Everywhere, is_fresh },
        }
    }

    #[tokio::test]
    async fn what_waits_is_shown_with_its_facts_and_approved_once_on_record() {
        let fixture = Fixture::new().await;
        let (id, text) = waiting(&fixture).await;
        let shown = list(&fixture.control, &fixture.actor).await.unwrap().items;
        assert_eq!(
            (shown.len(), shown[0].id, shown[0].key.as_str(), shown[0].project.as_str()),
            (1, id, "bot", "bots")
        );
        let approved = approve(&fixture.control, &ada(Role::Trader, true), &text).await.unwrap();
        assert_eq!(approved.state, ApprovalState::Approved);
        let change = fixture.last_change();
        assert_eq!((&change["operation"], &change["subject"]), (&json!("approval approve"), &json!(id)));
        assert_eq!(
            (&change["actor"]["name"], &change["details"]["facts"][0]["to"]),
            (&json!("ada"), &json!("bc1q"))
        );
        let again = approve(&fixture.control, &fixture.actor, &text).await.unwrap_err();
        assert_eq!(again.code(), Code::ApprovalGiven);
        assert_eq!(deny(&fixture.control, &fixture.actor, &text).await.unwrap().id, id, "taken back");
        let gone = approve(&fixture.control, &fixture.actor, &text).await.unwrap_err();
        assert_eq!(gone.code(), Code::ApprovalUnknown);
    }

    #[tokio::test]
    async fn an_approval_needs_the_right_and_a_fresh_second_factor_and_a_denial_only_the_right() {
        let fixture = Fixture::new().await;
        let (_, id) = waiting(&fixture).await;
        let approved = async |actor: Actor| {
            approve(&fixture.control, &actor, &id).await.map(drop).map_err(|error| error.code())
        };
        assert_eq!(approved(ada(Role::Trader, false)).await, Err(Code::SecondFactorNeeded));
        for role in [Role::Auditor, Role::Viewer] {
            assert_eq!(approved(ada(role, true)).await, Err(Code::RoleLacksRight));
            assert_eq!(fixture.last_change()["details"]["refused"], "role_lacks_right");
            let denied = deny(&fixture.control, &ada(role, true), &id).await.unwrap_err();
            assert_eq!(denied.code(), Code::RoleLacksRight);
        }
        assert!(deny(&fixture.control, &ada(Role::Trader, false), &id).await.is_ok());
    }

    #[tokio::test]
    async fn what_nobody_waits_for_or_what_cannot_be_recorded_is_not_approved() {
        let fixture = Fixture::new().await;
        let (_, id) = waiting(&fixture).await;
        for unknown in ["apr_00000000000000000000000000", "nonsense", ""] {
            let refused = approve(&fixture.control, &fixture.actor, unknown).await.unwrap_err();
            assert_eq!(refused.code(), Code::ApprovalUnknown, "{unknown}");
        }
        fixture.break_the_log();
        let refused = approve(&fixture.control, &fixture.actor, &id).await.unwrap_err();
        assert_eq!(refused.code(), Code::AuditUnavailable);
        let shown = list(&fixture.control, &fixture.actor).await.unwrap().items;
        assert_eq!(shown[0].state, ApprovalState::Waiting);
    }
}
