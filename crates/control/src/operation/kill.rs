//! `kill`: ends keys at once and for good, one, a project's, a credential's, or all.

use keyward_policy::{Actor, Change, Key, KeyId, KeyState, OnWire, Operation};
use keyward_store::{KeyFilter, PAGE_MAX, Page, Revoke};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::key::of_name;
use super::key::revoke::revoke_one;
use crate::act::Recorded;
use crate::{Code, Control, Error, Stopped};

/// How many ids of revoked keys an answer and an audit record name; an entry of the log has room for no more.
const NAMED_MAX: usize = 1000;

/// What to kill; exactly one of them.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Kill {
    /// One key, by its id or key string; or by its name, with those that it replaced by rotation.
    pub key: Option<String>,
    /// Every key of a project.
    pub project: Option<String>,
    /// Every key that holds a grant on a credential.
    pub credential: Option<String>,
    /// Every key there is.
    pub all: bool,
}

/// What was killed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Killed {
    /// How many keys were revoked that were not revoked before.
    pub count: usize,
    /// Their ids, the first 1000.
    #[schema(value_type = Vec<String>)]
    pub revoked: Vec<KeyId>,
}

/// What to revoke.
enum Target {
    /// These keys.
    Keys(Vec<Key>),
    /// All that the gateway is then told of.
    All(Revoke, KeyFilter),
}

/// Ends keys. When this returns, no send of theirs starts any more, and they never come back; what had started is named.
///
/// # Errors
/// `kill_unclear` unless exactly one target is named; `key_unknown`, `project_unknown`, `credential_unknown`; and those
/// of every change.
pub async fn kill(control: &Control, actor: &Actor, input: Kill) -> Result<Stopped<Killed>, Error> {
    let act = control.act(actor, Operation::Kill).await?;
    let target = target(control, actor, input).await?;
    let recorded = act.record(target.subject(), Value::Null).await?;
    let (revoked, on_wire) = recorded.carry_out(revoke(control, target)).await?;
    Ok(Stopped::new(&recorded, named(&recorded, revoked), on_wire))
}

async fn target(control: &Control, actor: &Actor, input: Kill) -> Result<Target, Error> {
    let none = KeyFilter::default();
    Ok(match (input.key, input.project, input.credential, input.all) {
        (Some(key), None, None, false) => Target::Keys(of_name(control, actor, &key).await?),
        (None, Some(project), None, false) => {
            let id = control.project_of(actor, &project).await?.id;
            Target::All(Revoke::Project(id), KeyFilter { projects: Some(vec![id]), ..none })
        }
        // Keys of any project may hold grants on a credential.
        (None, None, Some(credential), false) => {
            control.everywhere(actor, Operation::Kill)?;
            let id = control.store.credential(&credential).await?.id;
            Target::All(Revoke::Credential(id), KeyFilter { credential: Some(id), ..none })
        }
        (None, None, None, true) => {
            control.everywhere(actor, Operation::Kill)?;
            Target::All(Revoke::All, none)
        }
        _ => {
            return Err(Error::new(Code::KillUnclear, "it is not clear what to kill")
                .hint("name one of: a key, a project, a credential, all"));
        }
    })
}

impl Target {
    /// How the audit log names it.
    fn subject(&self) -> String {
        match self {
            Self::Keys(keys) => keys.iter().map(|key| key.id.to_string()).collect::<Vec<_>>().join(" "),
            Self::All(Revoke::Key(id), _) => id.to_string(),
            Self::All(Revoke::Project(id), _) => id.to_string(),
            Self::All(Revoke::Credential(id), _) => id.to_string(),
            Self::All(Revoke::All, _) => "all".to_owned(),
        }
    }
}

/// Revokes in the database, then in the gateway: which keys, and what of theirs was on the wire.
async fn revoke(control: &Control, target: Target) -> Result<(Vec<KeyId>, Vec<OnWire>), Error> {
    match target {
        Target::All(which, filter) => {
            let revoked = control.store.revoke_keys(which, control.now()).await?;
            Ok((revoked, tell(control, filter).await?))
        }
        Target::Keys(keys) => {
            let (mut revoked, mut on_wire) = (Vec::with_capacity(keys.len()), Vec::new());
            for key in keys.into_iter().filter(|key| key.state != KeyState::Revoked) {
                let (key, still) = revoke_one(control, key).await?;
                revoked.push(key.id);
                on_wire.extend(still);
            }
            Ok((revoked, on_wire))
        }
    }
}

/// Tells the gateway of every revoked key, also of those revoked before: telling twice is harmless.
async fn tell(control: &Control, filter: KeyFilter) -> Result<Vec<OnWire>, Error> {
    let filter = KeyFilter { state: Some(KeyState::Revoked), ..filter };
    let mut page = Page { after: None, limit: PAGE_MAX };
    let mut on_wire = Vec::new();
    loop {
        let list = control.store.keys(filter.clone(), &page).await?;
        for key in list.items {
            on_wire.extend(control.publish(Change::Key(Box::new(key))));
        }
        match list.next {
            Some(next) => page.after = Some(next),
            None => return Ok(on_wire),
        }
    }
}

fn named(recorded: &Recorded<'_>, mut revoked: Vec<KeyId>) -> Killed {
    let count = revoked.len();
    revoked.truncate(NAMED_MAX);
    recorded.note(json!({ "count": count, "revoked": revoked }));
    Killed { count, revoked }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, read};
    use crate::operation::key::rotate::{Rotate, rotate};

    async fn killed(fixture: &Fixture, input: Value) -> Result<usize, Code> {
        let killed = kill(&fixture.control, &fixture.actor, read(&input.to_string())).await;
        killed.map(|killed| killed.what.count).map_err(|error| error.code())
    }

    fn told_as_revoked(fixture: &Fixture) -> usize {
        let revoked = |change: &Change| matches!(change, Change::Key(key) if key.state == KeyState::Revoked);
        fixture.published().iter().filter(|change| revoked(change)).count()
    }

    #[tokio::test]
    async fn every_way_to_kill_reaches_the_gateway() {
        for input in [json!({ "project": "bots" }), json!({ "credential": "main" }), json!({ "all": true })] {
            let fixture = Fixture::new().await;
            fixture.trading_key("one").await;
            fixture.trading_key("two").await;
            assert_eq!(killed(&fixture, input.clone()).await, Ok(2), "{input}");
            assert_eq!(told_as_revoked(&fixture), 2, "{input}");
            assert_eq!(fixture.last_change()["details"]["count"], 2);
            assert_eq!(killed(&fixture, input).await, Ok(0));
        }
    }

    #[tokio::test]
    async fn one_key_is_killed_and_no_other() {
        let fixture = Fixture::new().await;
        fixture.trading_key("one").await;
        fixture.trading_key("two").await;
        assert_eq!(killed(&fixture, json!({ "key": "one" })).await, Ok(1));
        assert_eq!(told_as_revoked(&fixture), 1);
        assert_eq!(fixture.control.store.find_key("two").await.unwrap().state, KeyState::Active);
    }

    #[tokio::test]
    async fn a_name_kills_the_key_that_was_rotated_away_too() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        rotate(&fixture.control, &fixture.actor, "bot", Rotate::default()).await.unwrap();
        assert_eq!(killed(&fixture, json!({ "key": "bot" })).await, Ok(2));
        assert_eq!(told_as_revoked(&fixture), 2);
    }

    #[tokio::test]
    async fn an_unclear_or_unknown_target_kills_nothing() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        for (input, code) in [
            (json!({}), Code::KillUnclear),
            (json!({ "all": false }), Code::KillUnclear),
            (json!({ "all": true, "key": "bot" }), Code::KillUnclear),
            (json!({ "key": "other" }), Code::KeyUnknown),
            (json!({ "project": "other" }), Code::ProjectUnknown),
            (json!({ "credential": "other" }), Code::CredentialUnknown),
        ] {
            assert_eq!(killed(&fixture, input.clone()).await, Err(code), "{input}");
        }
        assert_eq!(told_as_revoked(&fixture), 0);
    }

    #[tokio::test]
    async fn without_a_log_nothing_is_killed() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        fixture.break_the_log();
        assert_eq!(killed(&fixture, json!({ "all": true })).await, Err(Code::AuditUnavailable));
        assert_eq!(fixture.control.store.find_key("bot").await.unwrap().state, KeyState::Active);
    }
}
