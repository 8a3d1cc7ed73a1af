//! `key update`: changes what a key is limited to, and nothing that is not asked for.

use jiff::Timestamp;
use keyward_policy::{Actor, AddressRules, Change, Grant, Key, Lifetime, Operation, RateLimit, Standing};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::difference::{difference, widens};
use super::terms::{self, Rate};
use super::told::told;
use super::{KeyView, find, grants, pages};
use crate::operation::consent::Asked;
use crate::{Code, Control, Error, time};

/// What shall be different. What is not named stays as it is.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyUpdate)]
pub struct Update {
    /// What it may do from now on, on every venue of its grants.
    pub allow: Option<Vec<String>>,
    /// The only addresses that it may be used from; an empty list means any.
    pub ip: Option<Vec<String>>,
    /// The addresses that it may never be used from.
    pub deny_ip: Option<Vec<String>>,
    /// The only markets that it may touch; an empty list means any.
    pub symbols: Option<Vec<String>>,
    /// What of it only with an operator's approval; an empty list means nothing.
    pub holds: Option<Vec<String>>,
    /// When it expires: a duration from now, a time, or `never`.
    pub expires: Option<String>,
    /// How often it may be used.
    #[schema(value_type = Option<crate::api::openapi::Rate>)]
    pub rate: Option<Rate>,
    /// The origins of the pages that a publishable key works in.
    pub origins: Option<Vec<String>>,
    /// How often one address may use a publishable key.
    #[schema(value_type = Option<crate::api::openapi::RateLimit>)]
    pub address_rate: Option<RateLimit>,
}

/// Changes a key's limits. With `expected`, only if the key is at this revision.
///
/// Whatever widens them asks for a fresh second factor, and so does another list of addresses, which cuts a bot off as easily
/// as it lets a thief in; what else narrows them does not. Every request that is decided after
/// this returns meets the new limits; one that was let through a moment before is not called back.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`, `key_revoked`, `key_expired`, `not_current`, `second_factor_needed`, and one `…_invalid`
/// for each of the limits; and those of every change.
pub async fn update(
    control: &Control,
    actor: &Actor,
    key: &str,
    expected: Option<u64>,
    input: Update,
) -> Result<KeyView, Error> {
    let act = control.act(actor, Operation::KeyUpdate).await?;
    let (old, new) = prepared(control, actor, key, expected, &input).await?;
    let changes = difference(&old, &new);
    if changes.is_empty() {
        return KeyView::one(control, old).await;
    }
    let widens = widens(&old, &new);
    if widens || old.addresses.allow != new.addresses.allow {
        act.check_fresh()?;
    }
    if widens {
        let project = control.store.project(&old.project.to_string()).await?;
        let words =
            std::iter::once(format!("The key {} is changed", old.name)).chain(told(&changes)).collect();
        let asked = Asked::KeyUpdate { key: old.id.to_string(), revision: old.revision, input };
        control.check_consent(actor, &project, words, asked).await?;
    }
    let details = json!({ "changed": changes, "widens": widens, "revision": new.revision });
    let recorded = act.record(new.id, details).await?;
    recorded.carry_out(control.store.update_key(&new)).await?;
    control.publish(Change::Key(Box::new(new.clone())));
    let warnings = grants::caveats(control, &new.grants).await?;
    Ok(KeyView { warnings, ..KeyView::one(control, new).await? })
}

/// A key as it is, and as it would be.
pub(super) async fn prepared(
    control: &Control,
    actor: &Actor,
    key: &str,
    expected: Option<u64>,
    input: &Update,
) -> Result<(Key, Key), Error> {
    let old = find(control, actor, key).await?;
    changeable(&old, expected, control.now())?;
    let new = changed(&old, input, control.now())?;
    pages::check(&new)?;
    for grant in &new.grants {
        grants::check_symbols(control, grant).await?;
    }
    Ok((old, new))
}

/// A key that is at its end is not given more time, and one that somebody else changed is looked at again first.
fn changeable(key: &Key, expected: Option<u64>, now: Timestamp) -> Result<(), Error> {
    expected.map_or(Ok(()), |expected| check_revision(key.revision, expected))?;
    match key.standing(now) {
        Standing::Revoked => Err(Error::new(Code::KeyRevoked, "the key is revoked, for good")),
        Standing::Expired => Err(Error::new(Code::KeyExpired, "the key's time is over")),
        _ => return Ok(()),
    }
    .map_err(|error| error.hint("issue a new key: keyward key create"))
}

/// Sees that a key is at the revision that a change is meant for.
pub(crate) fn check_revision(revision: u64, expected: u64) -> Result<(), Error> {
    if revision == expected {
        return Ok(());
    }
    let error = format!("the key is at revision {revision}, and this is meant for {expected}");
    Err(Error::new(Code::NotCurrent, error).hint("look at the key again, then repeat"))
}

fn changed(old: &Key, input: &Update, now: Timestamp) -> Result<Key, Error> {
    let permissions = input.allow.as_deref().map(terms::permissions).transpose()?;
    let symbols = input.symbols.as_deref().map(terms::symbols).transpose()?;
    let holds = input.holds.as_deref().map(terms::holds).transpose()?;
    let grants = old.grants.iter().map(|grant| Grant {
        permissions: permissions.unwrap_or(grant.permissions),
        symbols: symbols.as_ref().unwrap_or(&grant.symbols).clone(),
        holds: holds.as_ref().unwrap_or(&grant.holds).clone(),
        ..grant.clone()
    });
    let ranges = |said: &Option<Vec<String>>, kept: &Vec<ipnet::IpNet>| {
        said.as_deref().map_or_else(|| Ok(kept.clone()), terms::ranges)
    };
    let expires_at = match &input.expires {
        Some(text) => time::expiry(text, now)?,
        None => old.lifetime.expires_at,
    };
    terms::in_order(old.lifetime.not_before, expires_at)?;
    Ok(Key {
        grants: grants.collect(),
        addresses: AddressRules {
            allow: ranges(&input.ip, &old.addresses.allow)?,
            deny: ranges(&input.deny_ip, &old.addresses.deny)?,
        },
        rate: input.rate.map_or(Ok(old.rate), terms::rate)?,
        verifier: pages::changed(&old.verifier, input)?,
        lifetime: Lifetime { expires_at, ..old.lifetime },
        revision: old.revision + 1,
        ..old.clone()
    })
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Authority, Reach, Role};
    use serde_json::Value;

    use super::*;
    use crate::fixture::{Fixture, read};
    use crate::operation::key::revoke::revoke;

    async fn updated(fixture: &Fixture, change: Value) -> Result<KeyView, Code> {
        as_whom(fixture, &fixture.actor, change).await
    }

    async fn as_whom(fixture: &Fixture, actor: &Actor, change: Value) -> Result<KeyView, Code> {
        let input = read(&change.to_string());
        update(&fixture.control, actor, "bot", None, input).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn only_what_is_named_changes_and_the_record_says_before_and_after() {
        let fixture = Fixture::new().await;
        let old = fixture.restricted_key("bot").await;
        let view = updated(&fixture, json!({ "ip": ["203.0.113.8"] })).await.unwrap();
        assert_eq!((view.revision, view.ip[0].to_string()), (2, "203.0.113.8/32".to_owned()));
        let allow = vec!["203.0.113.8/32".parse().unwrap()];
        let addresses = AddressRules { allow, ..old.addresses.clone() };
        let new = Key { addresses, revision: 2, ..old };
        assert_eq!(fixture.control.store.key(new.id).await.unwrap(), new);
        assert!(matches!(fixture.published().pop(), Some(Change::Key(told)) if *told == new));
        let change = fixture.last_change();
        let both = json!({ "ip": { "before": ["203.0.113.0/24"], "after": ["203.0.113.8/32"] } });
        assert_eq!(change["operation"], "key update");
        assert_eq!(change["details"], json!({ "changed": both, "widens": false, "revision": 2 }));
    }

    #[tokio::test]
    async fn what_changes_nothing_is_no_change() {
        let fixture = Fixture::new().await;
        fixture.restricted_key("bot").await;
        let told = fixture.published().len();
        let same = json!({ "ip": ["203.0.113.0/24"], "allow": ["trade", "read"], "symbols": ["BTC/USDT"] });
        assert_eq!(updated(&fixture, same).await.unwrap().revision, 1);
        assert_eq!(updated(&fixture, json!({})).await.unwrap().revision, 1);
        assert_eq!(fixture.published().len(), told);
        assert_eq!(fixture.last_change()["operation"], "key create");
    }

    #[tokio::test]
    async fn who_has_not_shown_his_second_factor_may_narrow_and_not_widen() {
        let fixture = Fixture::new().await;
        fixture.restricted_key("bot").await;
        let authority = Authority::Operator { role: Role::Trader, reach: Reach::Everywhere, is_fresh: false };
        let stale = Actor { name: "ada".to_owned(), via: "test", consented_by: None, authority };
        assert!(as_whom(&fixture, &stale, json!({ "allow": ["read"] })).await.is_ok());
        let more = json!({ "holds": ["withdraw", "trade>500 USDT", "transfer"] });
        assert!(as_whom(&fixture, &stale, more).await.is_ok(), "to hold more is to narrow");
        let as_before = json!({ "holds": ["withdraw", "trade>1000 USDT"] });
        assert!(updated(&fixture, as_before).await.is_ok());
        for wider in [
            json!({ "allow": ["read", "trade"] }),
            json!({ "ip": [] }),
            json!({ "ip": ["203.0.113.7"] }),
            json!({ "expires": "never" }),
            json!({ "holds": ["withdraw", "trade>2000 USDT"] }),
            json!({ "holds": ["withdraw"] }),
            json!({ "holds": [] }),
        ] {
            assert_eq!(as_whom(&fixture, &stale, wider.clone()).await.err(), Some(Code::SecondFactorNeeded));
            assert_eq!(fixture.last_change()["details"]["refused"], "second_factor_needed", "{wider}");
            assert!(updated(&fixture, wider).await.is_ok());
        }
    }

    #[tokio::test]
    async fn what_was_meant_for_another_revision_is_refused() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        let meant_for = async |revision| {
            let input = read(r#"{"expires": "1d"}"#);
            let updated = update(&fixture.control, &fixture.actor, "bot", Some(revision), input).await;
            updated.map(|view| view.revision).map_err(|error| error.code())
        };
        assert_eq!(meant_for(2).await, Err(Code::NotCurrent));
        assert_eq!(meant_for(1).await, Ok(2));
        assert_eq!(meant_for(1).await, Err(Code::NotCurrent));
    }

    #[tokio::test]
    async fn what_makes_no_sense_changes_nothing() {
        let fixture = Fixture::new().await;
        fixture.restricted_key("bot").await; // valid in an hour
        for (change, code) in [
            (json!({ "allow": [] }), Code::AllowEmpty),
            (json!({ "ip": ["10.0.0"] }), Code::AddressInvalid),
            (json!({ "symbols": ["BTCUSDT"] }), Code::SymbolInvalid),
            (json!({ "expires": "1m" }), Code::TimeInvalid),
            (json!({ "rate": { "per_minute": 0, "burst": 1 } }), Code::RateInvalid),
        ] {
            assert_eq!(updated(&fixture, change.clone()).await.err(), Some(code), "{change}");
        }
        revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!(updated(&fixture, json!({ "expires": "never" })).await.err(), Some(Code::KeyRevoked));
    }

    #[tokio::test]
    async fn without_a_log_nothing_changes() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        fixture.break_the_log();
        assert_eq!(updated(&fixture, json!({ "expires": "1d" })).await.err(), Some(Code::AuditUnavailable));
        assert_eq!(fixture.control.store.key(key.id).await.unwrap(), key);
    }
}
