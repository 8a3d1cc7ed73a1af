//! `key safety`: which keys, and which real keys, somebody should look at.

use keyward_policy::{Actor, CredentialId, Key, KeyId, Operation};
use serde::Serialize;
use utoipa::ToSchema;

use super::find;
use super::list::{Which, matching};
use super::propose::{BEHIND_MAX, proposal};
use crate::names::Names;
use crate::safety::{Facts, Finding, of_credential, of_key};
use crate::{Control, Error, Part};

/// As many real keys as one answer has.
const CREDENTIALS_MAX: u32 = 1000;

/// What somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Safety)]
pub struct Safety {
    /// Keys of which something is to be said, the oldest first.
    pub keys: Vec<KeySafety>,
    /// Real keys of which something is to be said, with the first part of the keys.
    pub credentials: Vec<CredentialSafety>,
    /// Where the keys go on: the `after` of the next part.
    pub next: Option<String>,
}

/// What is to be said of a key.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeySafety {
    /// Its id.
    #[schema(value_type = String)]
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// The name of the project that owns it.
    pub project: String,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

/// What is to be said of a real key.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialSafety {
    /// Its id.
    #[schema(value_type = String)]
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

/// Looks at keys, a part at a time, and at the real keys.
///
/// # Errors
/// Those of `key list`.
pub async fn safety(control: &Control, actor: &Actor, which: Which) -> Result<Safety, Error> {
    control.view(actor, Operation::KeySafety)?;
    let is_first = which.after.is_none();
    let list = matching(control, actor, &which).await?;
    let mut names = Names::new(&control.store);
    let mut keys = Vec::new();
    for key in &list.items {
        let findings = findings(control, &mut names, key).await?;
        if !findings.is_empty() {
            let project = names.project(key.project).await?.name.clone();
            keys.push(KeySafety { id: key.id, name: key.name.clone(), project, findings });
        }
    }
    let credentials = if is_first { credentials(control, actor).await? } else { Vec::new() };
    Ok(Safety { keys, credentials, next: list.next })
}

/// What is to be said of one key.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; `store_unavailable`.
pub async fn of_one(control: &Control, actor: &Actor, key: &str) -> Result<Vec<Finding>, Error> {
    control.view(actor, Operation::KeySafety)?;
    let key = find(control, actor, key).await?;
    findings(control, &mut Names::new(&control.store), &key).await
}

async fn findings(control: &Control, names: &mut Names<'_>, key: &Key) -> Result<Vec<Finding>, Error> {
    let proposal = proposal(control, names, key).await?;
    let link = control.store.hand_over_of(key.id).await?;
    let facts = Facts {
        now: control.now(),
        last_used_at: control.usage.last(key.id).map(|(at, _)| at),
        is_log_read: control.unread() <= BEHIND_MAX,
        could_be_tighter: proposal.is_enough && !proposal.changes.is_empty(),
        is_handed_over_twice: link.is_some_and(|link| link.tried.is_some()),
        rotate_after_days: names.project(key.project).await?.rotate_after_days,
    };
    Ok(of_key(key, &facts))
}

async fn credentials(control: &Control, actor: &Actor) -> Result<Vec<CredentialSafety>, Error> {
    let part = Part { limit: Some(CREDENTIALS_MAX), after: None };
    let all = control.credentials_of(actor, part).await?.items;
    let said = all.into_iter().map(|credential| {
        let findings = of_credential(credential.checked.as_ref(), control.now());
        CredentialSafety { id: credential.id, name: credential.name, findings }
    });
    Ok(said.filter(|credential| !credential.findings.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use keyward_dialect::RealKeyRights;

    use crate::fixture::{Fixture, read};
    use crate::operation::credential::check::check;
    use crate::operation::project::update::update;
    use crate::safety::Rule;

    async fn looked(fixture: &Fixture) -> Safety {
        safety(&fixture.control, &fixture.actor, Which::default()).await.unwrap()
    }

    fn rules(findings: &[Finding]) -> Vec<Rule> {
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[tokio::test]
    async fn keys_and_real_keys_are_looked_at_and_the_answer_of_the_exchange_is_remembered() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        let found = looked(&fixture).await;
        assert_eq!(
            (rules(&found.keys[0].findings), &*found.keys[0].project),
            (vec![Rule::AnyAddress], "bots")
        );
        assert_eq!(rules(&found.credentials[0].findings), [Rule::NotChecked]);
        let names = vec!["enableWithdrawals".to_owned()];
        let [can_read, can_trade, can_withdraw, can_transfer, ip_restricted] =
            [true, true, true, true, false];
        let rights = RealKeyRights { can_read, can_trade, can_withdraw, can_transfer, ip_restricted, names };
        fixture.exchange_says(Ok(rights));
        check(&fixture.control, &fixture.actor, "main").await.unwrap();
        let found = looked(&fixture).await.credentials;
        assert_eq!(rules(&found[0].findings), [Rule::Withdraws, Rule::AnyAddress, Rule::Transfers]);
    }

    #[tokio::test]
    async fn a_project_sets_how_old_its_keys_become() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        fixture.pass(SignedDuration::from_hours(31 * 24));
        let is_old = async || rules(&looked(&fixture).await.keys[0].findings).contains(&Rule::Old);
        assert!(!is_old().await);
        let input = read(r#"{"rotate_after_days": 30}"#);
        update(&fixture.control, &fixture.actor, "bots", input).await.unwrap();
        assert!(is_old().await);
    }
}
