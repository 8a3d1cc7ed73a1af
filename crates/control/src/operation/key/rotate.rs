//! `key rotate`: a new key with the same rights in place of an old one, which retires after an overlap.

use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Actor, Change, Key, KeyId, Lifetime, Operation, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::create::handed;
use super::difference::widens;
use super::issue::{self, Created, Halves};
use super::wide::is_wide_key;
use super::{KeyView, described, find};
use crate::operation::consent::Asked;
use crate::operation::hand_over::deliver;
use crate::{Code, Control, Error, time};

/// How long the old key still works when nobody says otherwise.
const OVERLAP_DEFAULT: &str = "1h";
/// The longest overlap: two keys for one bot are an emergency exit, not a way to live.
const OVERLAP_MAX: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A rotation.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Rotation)]
pub struct Rotate {
    /// How long the old key still works: an hour unless said otherwise.
    pub overlap: Option<String>,
    /// The public key of the new pair, for a key whose private half Keyward never sees.
    pub public_key: Option<String>,
    /// When the new key expires. Unless said otherwise, when the old one would have: rotating widens nothing unasked.
    pub expires: Option<String>,
    /// How long a link is good that shows the new secret once to whoever opens it, such as `1d`. With it the secret is not
    /// in this answer.
    pub hand_over: Option<String>,
}

impl Rotate {
    fn overlap(&self) -> &str {
        self.overlap.as_deref().unwrap_or(OVERLAP_DEFAULT)
    }
}

/// Issues a key with every restriction of the old one: grants, markets, addresses, rate, state, beginning and end.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`, `key_revoked`, `key_expired`, `key_retiring`, `time_invalid`, `public_key_invalid`,
/// `vault_sealed` for an HMAC key, `second_factor_needed` for a wide key or a later end; and those of every change.
pub async fn rotate(control: &Control, actor: &Actor, key: &str, input: Rotate) -> Result<Created, Error> {
    let act = control.act(actor, Operation::KeyRotate).await?;
    let now = control.now();
    let old = find(control, actor, key).await?;
    rotatable(&old, now)?;
    let retires_at = retires_at(&input, now)?;
    let expires_at = match &input.expires {
        Some(text) => time::expiry(text, now)?,
        None => old.lifetime.expires_at,
    };
    let id = KeyId::from_entropy(control.random());
    let (key_type, pages) = (old.verifier.key_type(), old.verifier.pages().cloned());
    let halves = issue::halves(control, id, key_type, pages, input.public_key.as_deref()).await?;
    let Halves { verifier, secret } = halves;
    let new = Key {
        id,
        api_key: issue::api_key(control, key_type),
        verifier,
        lifetime: Lifetime { expires_at, ..old.lifetime },
        revision: 1,
        created_at: now,
        rotated_from: Some(old.id),
        ..old.clone()
    };
    // A new secret of a wide key is as good as a new wide key, and a later end is more than there was.
    if is_wide_key(&new) || widens(&old, &new) {
        act.check_fresh()?;
    }
    let delivered = deliver(control, actor, id, secret, input.hand_over.as_deref())?;
    if is_wide_key(&new) || widens(&old, &new) {
        consented(control, actor, &old, &new, input).await?;
    }
    let lifetime = Lifetime { retires_at: Some(retires_at), ..old.lifetime };
    let old = Key { lifetime, revision: old.revision + 1, ..old };
    let recorded = act.record(id, details(&new, retires_at)).await?;
    recorded.carry_out(delivered.keep(control)).await?;
    recorded.carry_out(control.store.rotate_key(&old, &new)).await?;
    // The new one first: between the two the bot may use either.
    control.publish(Change::Key(Box::new(new.clone())));
    control.publish(Change::Key(Box::new(old)));
    Ok(Created::of(KeyView::one(control, new).await?, delivered))
}

/// A new secret is as good as a new key.
async fn consented(
    control: &Control,
    actor: &Actor,
    old: &Key,
    new: &Key,
    input: Rotate,
) -> Result<(), Error> {
    let project = control.store.project(&old.project.to_string()).await?;
    let ends = new.lifetime.expires_at.map_or_else(|| "never".to_owned(), |at| format!("at {at}"));
    let words = vec![
        format!("The key {} is replaced by one with the same limits", old.name),
        format!("It ends {ends}; the old one still works for {}", input.overlap()),
        match &input.public_key {
            Some(key) => format!("It signs with the pair of the public key {key}"),
            None => format!("Its secret {}", handed(input.hand_over.as_deref())),
        },
    ];
    let asked = Asked::KeyRotate { key: old.id.to_string(), revision: old.revision, input };
    control.check_consent(actor, &project, words, asked).await
}

/// Only a key that is not at its end already is rotated, and only once.
fn rotatable(key: &Key, now: Timestamp) -> Result<(), Error> {
    let again = "issue a new key: keyward key create";
    match key.standing(now) {
        Standing::Revoked => Err(Error::new(Code::KeyRevoked, "the key is revoked, for good").hint(again)),
        Standing::Expired => Err(Error::new(Code::KeyExpired, "the key's time is over").hint(again)),
        _ if key.lifetime.retires_at.is_some() => {
            Err(Error::new(Code::KeyRetiring, "the key was rotated before")
                .hint("rotate the key that replaced it; `keyward key list` shows it"))
        }
        _ => Ok(()),
    }
}

fn retires_at(input: &Rotate, now: Timestamp) -> Result<Timestamp, Error> {
    let overlap = time::duration(input.overlap())?;
    if overlap > OVERLAP_MAX {
        return Err(Error::new(Code::TimeInvalid, "an overlap lasts at most 30 days"));
    }
    now.checked_add(overlap).map_err(|_| Error::new(Code::TimeInvalid, "the overlap is too long"))
}

fn details(new: &Key, retires_at: Timestamp) -> serde_json::Value {
    let mut details = described(new);
    details["old_retires_at"] = retires_at.to_string().into();
    details
}

#[cfg(test)]
mod tests {
    use keyward_policy::KeyState;
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Fixture, read};
    use crate::operation::key::revoke::revoke;
    use crate::operation::key::suspend::suspend;

    async fn rotated(fixture: &Fixture, key: &str, input: Value) -> Result<Created, Code> {
        rotate(&fixture.control, &fixture.actor, key, read(&input.to_string()))
            .await
            .map_err(|error| error.code())
    }

    #[tokio::test]
    async fn the_new_key_has_every_restriction_of_the_old_one() {
        let fixture = Fixture::new().await;
        let old = fixture.restricted_key("bot").await;
        let created = rotated(&fixture, "bot", json!({})).await.unwrap();
        let new = fixture.control.store.key(created.key.id).await.unwrap();
        assert_eq!(
            (&new.grants, &new.addresses, &new.rate, new.lifetime, new.project, &new.name),
            (&old.grants, &old.addresses, &old.rate, old.lifetime, old.project, &old.name)
        );
        assert_eq!((new.verifier.key_type(), new.state), (old.verifier.key_type(), old.state));
        assert_ne!(new.api_key, old.api_key);
        assert_eq!(new.rotated_from, Some(old.id));
    }

    #[tokio::test]
    async fn the_old_key_retires_after_the_overlap() {
        let fixture = Fixture::new().await;
        let old = fixture.trading_key("bot").await;
        rotated(&fixture, "bot", json!({})).await.unwrap();
        let standing =
            async || fixture.control.store.key(old.id).await.unwrap().standing(fixture.control.now());
        assert_eq!(standing().await, Standing::Retiring);
        fixture.pass(SignedDuration::from_mins(59));
        assert_eq!(standing().await, Standing::Retiring);
        fixture.pass(SignedDuration::from_mins(1));
        assert_eq!(standing().await, Standing::Expired);
    }

    #[tokio::test]
    async fn the_gateway_learns_of_both_keys() {
        let fixture = Fixture::new().await;
        let old = fixture.trading_key("bot").await;
        let new = rotated(&fixture, "bot", json!({ "overlap": "0s" })).await.unwrap();
        let told: Vec<_> = fixture.published().into_iter().rev().take(2).collect();
        assert!(
            matches!(&told[0], Change::Key(key) if key.id == old.id && key.lifetime.retires_at.is_some())
        );
        assert!(matches!(&told[1], Change::Key(key) if key.id == new.key.id));
    }

    #[tokio::test]
    async fn rotating_a_suspended_key_does_not_wake_it() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        suspend(&fixture.control, &fixture.actor, "bot").await.unwrap();
        let new = rotated(&fixture, "bot", json!({})).await.unwrap();
        assert_eq!(new.key.state, Standing::Suspended);
    }

    #[tokio::test]
    async fn the_new_key_lives_longer_only_when_asked() {
        let fixture = Fixture::new().await;
        let old = fixture.trading_key("bot").await;
        fixture.pass(SignedDuration::from_hours(24));
        let asked = rotated(&fixture, "bot", json!({ "expires": "90d" })).await.unwrap();
        assert!(asked.key.expires_at > old.lifetime.expires_at);
        let unasked = rotated(&fixture, &asked.key.id.to_string(), json!({})).await.unwrap();
        assert_eq!(unasked.key.expires_at, asked.key.expires_at);
    }

    #[tokio::test]
    async fn a_key_at_its_end_is_not_rotated() {
        let fixture = Fixture::new().await;
        let retiring = fixture.trading_key("retiring").await;
        rotated(&fixture, "retiring", json!({})).await.unwrap();
        assert_eq!(
            rotated(&fixture, &retiring.id.to_string(), json!({})).await.err(),
            Some(Code::KeyRetiring)
        );
        fixture.trading_key("revoked").await;
        revoke(&fixture.control, &fixture.actor, "revoked").await.unwrap();
        assert_eq!(rotated(&fixture, "revoked", json!({})).await.err(), Some(Code::KeyRevoked));
        fixture.trading_key("expired").await;
        fixture.pass(SignedDuration::from_hours(90 * 24));
        assert_eq!(rotated(&fixture, "expired", json!({})).await.err(), Some(Code::KeyExpired));
    }

    #[tokio::test]
    async fn an_overlap_has_bounds() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        for overlap in ["31d", "-1h", "soon"] {
            let refused = rotated(&fixture, "bot", json!({ "overlap": overlap })).await;
            assert_eq!(refused.err(), Some(Code::TimeInvalid), "{overlap}");
        }
    }

    #[tokio::test]
    async fn without_a_log_both_keys_stay_as_they_are() {
        let fixture = Fixture::new().await;
        let old = fixture.trading_key("bot").await;
        fixture.break_the_log();
        assert_eq!(rotated(&fixture, "bot", json!({})).await.err(), Some(Code::AuditUnavailable));
        let kept = fixture.control.store.find_key("bot").await.unwrap();
        assert_eq!((kept.id, kept.state, kept.lifetime), (old.id, KeyState::Active, old.lifetime));
    }
}
