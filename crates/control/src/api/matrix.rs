//! The matrix: every operation, asked for over the API by every role. Who lacks the right is refused; who has it and needs a
//! second factor is asked for it; and nothing of the table is left out.

use keyward_policy::{Actor, Authority, Operation, Proof, Reach, Right, Role};
use serde_json::{Value, json};

use crate::fixture::Fixture;

/// How each operation is asked for. What it is about need not exist: whether one may comes first.
pub(super) fn asked(operation: Operation) -> Option<(&'static str, &'static str, Value)> {
    asked_of_keys(operation).or_else(|| asked_of_people(operation)).or_else(|| asked_of_waiting(operation))
}

fn asked_of_people(operation: Operation) -> Option<(&'static str, &'static str, Value)> {
    use Operation as Op;
    let nothing = Value::Null;
    Some(match operation {
        Op::OperatorList => ("GET", "/operators", nothing),
        Op::OperatorShow => ("GET", "/operators/x", nothing),
        Op::OperatorInvite => ("POST", "/operators", json!({ "name": "x", "role": "viewer" })),
        Op::OperatorRole => ("POST", "/operators/x/role", json!({ "role": "viewer" })),
        Op::OperatorSuspend => ("POST", "/operators/x/suspend", nothing),
        Op::OperatorResume => ("POST", "/operators/x/resume", nothing),
        Op::OperatorRemove => ("DELETE", "/operators/x", nothing),
        Op::TokenList => ("GET", "/tokens", nothing),
        Op::TokenCreate => ("POST", "/tokens", json!({ "name": "x", "role": "viewer" })),
        Op::TokenRevoke => ("DELETE", "/tokens/x", nothing),
        _ => return None,
    })
}

fn asked_of_waiting(operation: Operation) -> Option<(&'static str, &'static str, Value)> {
    use Operation as Op;
    let nothing = Value::Null;
    Some(match operation {
        Op::ApprovalList => ("GET", "/approvals", nothing),
        Op::ApprovalShow => ("GET", "/approvals/x", nothing),
        Op::ApprovalApprove => ("POST", "/approvals/x/approve", nothing),
        Op::ApprovalDeny => ("POST", "/approvals/x/deny", nothing),
        Op::ConsentList => ("GET", "/consents", nothing),
        Op::ConsentShow => ("GET", "/consents/x", nothing),
        Op::ConsentGive => ("POST", "/consents/x/give", nothing),
        Op::ConsentRefuse => ("POST", "/consents/x/refuse", nothing),
        Op::ConsentUse => ("POST", "/consents/x/use", nothing),
        _ => return None,
    })
}

fn asked_of_keys(operation: Operation) -> Option<(&'static str, &'static str, Value)> {
    use Operation as Op;
    let nothing = Value::Null;
    Some(match operation {
        Op::Status => ("GET", "/status", nothing),
        Op::Settings => ("GET", "/settings", nothing),
        Op::VaultStatus => ("GET", "/vault", nothing),
        Op::VaultInit => ("POST", "/vault/init", json!({ "passphrase": "x" })),
        Op::VaultSeal => ("POST", "/vault/seal", nothing),
        Op::VaultUnseal => ("POST", "/vault/unseal", json!({ "passphrase": "x" })),
        Op::VaultRekey => {
            ("POST", "/vault/rekey", json!({ "old": { "passphrase": "x" }, "new": { "passphrase": "y" } }))
        }
        Op::VenueList => ("GET", "/venues", nothing),
        Op::VenueShow => ("GET", "/venues/x", nothing),
        Op::VenueAdd => ("POST", "/venues", json!({ "name": "x", "dialect": "binance" })),
        Op::VenueRemove => ("DELETE", "/venues/x", nothing),
        Op::CredentialList => ("GET", "/credentials", nothing),
        Op::CredentialShow => ("GET", "/credentials/x", nothing),
        Op::CredentialAdd => {
            ("POST", "/credentials", json!({ "name": "x", "venue": "x", "api_key": "x", "secret": "x" }))
        }
        Op::CredentialGenerate => ("POST", "/credentials/generate", json!({ "name": "x", "venue": "x" })),
        Op::CredentialApiKey => ("POST", "/credentials/x/api-key", json!({ "api_key": "x" })),
        Op::CredentialCheck => ("POST", "/credentials/x/check", nothing),
        Op::CredentialRemove => ("DELETE", "/credentials/x", nothing),
        Op::ProjectList => ("GET", "/projects", nothing),
        Op::ProjectShow => ("GET", "/projects/x", nothing),
        Op::ProjectAdd => ("POST", "/projects", json!({ "name": "x" })),
        Op::ProjectUpdate => ("PATCH", "/projects/x", json!({ "rotate_after_days": 30 })),
        Op::ProjectRemove => ("DELETE", "/projects/x", nothing),
        Op::KeyList => ("GET", "/keys", nothing),
        Op::KeyShow => ("GET", "/keys/x", nothing),
        Op::KeyUsage => ("GET", "/keys/x/usage", nothing),
        Op::KeyPropose => ("GET", "/keys/x/proposal", nothing),
        Op::KeySafety => ("GET", "/key-safety", nothing),
        Op::Traffic => ("GET", "/traffic", nothing),
        Op::KeyHandOver => ("GET", "/keys/x/hand-over", nothing),
        Op::KeyCreate => ("POST", "/keys", json!({ "name": "x", "project": "x" })),
        Op::KeyUpdate => ("PATCH", "/keys/x", json!({ "ip": [] })),
        Op::KeyPreview => ("POST", "/keys/x/preview", json!({ "ip": [] })),
        Op::KeyRotate => ("POST", "/keys/x/rotate", nothing),
        Op::KeySuspend => ("POST", "/keys/x/suspend", nothing),
        Op::KeyResume => ("POST", "/keys/x/resume", nothing),
        Op::KeyRevoke => ("POST", "/keys/x/revoke", nothing),
        Op::KeyDelete => ("DELETE", "/keys/x", nothing),
        Op::Kill => ("POST", "/kill", json!({ "key": "x" })),
        Op::AuditTail => ("GET", "/audit", nothing),
        Op::AuditShow => ("GET", "/audit/x", nothing),
        Op::AuditVerify => ("POST", "/audit/verify", nothing),
        Op::AuditExport => ("POST", "/audit/export", json!({ "directory": "/tmp/x" })),
        Op::Backup => ("POST", "/backup", json!({ "file": "/tmp/x" })),
        Op::LockShow => ("GET", "/lock", nothing),
        Op::Reopen => ("POST", "/reopen", nothing),
        _ => return None,
    })
}

/// What one does to one's own sign-in needs a session, and is tried where sessions are.
const ONES_OWN: [Operation; 11] = [
    Operation::SessionList,
    Operation::SessionEnd,
    Operation::PasswordChange,
    Operation::DeviceChange,
    Operation::RecoveryRenew,
    Operation::PasskeyList,
    Operation::PasskeyAdd,
    Operation::PasskeyRemove,
    Operation::IdentityShow,
    Operation::IdentityLink,
    Operation::IdentityUnlink,
];

fn actor(role: Role, is_fresh: bool) -> Actor {
    Actor {
        name: "ada".to_owned(),
        via: "test",
        consented_by: None,
        authority: Authority::Operator { role, reach: Reach::Everywhere, is_fresh },
    }
}

#[tokio::test]
async fn every_operation_is_refused_to_every_role_that_lacks_it() {
    let mut fixture = Fixture::new().await;
    let (mut refused, mut asked_again) = (0, 0);
    for operation in Operation::ALL {
        assert_eq!(asked(*operation).is_none(), ONES_OWN.contains(operation), "{operation} is not tried");
        let Some((method, path, input)) = asked(*operation) else { continue };
        for role in Role::ALL {
            fixture.actor = actor(role, false);
            let answered = fixture.call(method, path, input.clone()).await;
            let code = answered.body["code"].as_str().unwrap_or_default();
            let (lacks, stale) = (code == "role_lacks_right", code == "second_factor_needed");
            assert_eq!(lacks, !role.has(operation.right()), "{operation} by {role}: {answered:?}");
            if role.has(operation.right()) && operation.proof() != Proof::Judged {
                assert_eq!(stale, operation.proof() == Proof::Fresh, "{operation} by {role}: {answered:?}");
            }
            if lacks || stale {
                assert_eq!(fixture.last_change()["operation"], operation.name());
                assert_eq!(fixture.last_change()["details"]["refused"], code);
            }
            refused += usize::from(lacks);
            asked_again += usize::from(stale);
        }
    }
    assert!(refused > 80 && asked_again > 10, "{refused} and {asked_again} refusals are too few");
}

#[tokio::test]
async fn what_only_the_host_may_do_no_role_may() {
    let mut fixture = Fixture::new().await;
    for operation in Operation::ALL.iter().filter(|one| one.right() == Right::Host) {
        let (method, path, input) = asked(*operation).unwrap();
        fixture.actor = actor(Role::Owner, true);
        assert_eq!(fixture.call(method, path, input).await.status, 403, "{operation}");
    }
}

#[tokio::test]
async fn a_key_that_moves_money_or_trades_from_anywhere_needs_a_second_factor() {
    let mut fixture = Fixture::new().await;
    fixture.venue("binance").await;
    fixture.credential("main", "binance").await;
    fixture.project("bots").await;
    let key = |name: &str, allow: &[&str], ip: &[&str]| json!({ "name": name, "project": "bots", "credentials": ["main"], "allow": allow, "ip": ip });
    fixture.actor = actor(Role::Trader, false);
    for (allow, ip, status) in [
        (&["market", "read"][..], &[][..], 201),
        (&["read", "trade"], &["203.0.113.7"], 201),
        (&["read", "trade"], &[], 403),
        (&["withdraw"], &["203.0.113.7"], 403),
        (&["transfer:wallet"], &["203.0.113.7"], 403),
    ] {
        let name = format!("key{}{}", allow.concat().replace(':', "-"), ip.len());
        let answered = fixture.call("POST", "/keys", key(&name, allow, ip)).await;
        assert_eq!(answered.status, status, "{answered:?}");
    }
    fixture.actor = actor(Role::Trader, true);
    assert_eq!(fixture.call("POST", "/keys", key("wide", &["withdraw"], &[])).await.status, 201);
    assert_eq!(fixture.call("POST", "/keys", key("narrow", &["read"], &[])).await.status, 201);
    fixture.actor = actor(Role::Trader, false);
    for (name, input, status) in [
        ("wide", Value::Null, 403),
        ("narrow", json!({ "expires": "never" }), 403),
        ("narrow", Value::Null, 201),
    ] {
        let answered = fixture.call("POST", &format!("/keys/{name}/rotate"), input).await;
        assert_eq!(answered.status, status, "a new secret of {name}: {answered:?}");
    }
}
