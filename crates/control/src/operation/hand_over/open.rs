//! Opening a link: whoever has it gets the secret, once. Who comes second raises an alarm.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use keyward_ledger::DEADLINE;
use keyward_policy::{Actor, Changed, Event, Key, KeyState, KeyType, SecretOwner, What};
use keyward_store::{HandOver, Opening};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::operation::key::KeyView;
use crate::people::{Caller, digest};
use crate::{Code, Control, Error, ShownOnce};

/// Whom failures are counted for, beside the network.
const NOBODY: &str = "hand-over";

/// How often an alarm about one link is raised anew.
const ALARM_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenHandOver)]
pub struct Open {
    /// What the link ends in.
    pub hand_over: String,
}

/// What a client needs.
#[derive(Serialize, ToSchema)]
#[schema(as = HandedOver)]
pub struct Opened {
    /// The key's name.
    pub name: String,
    /// What clients send.
    pub api_key: String,
    /// How it signs.
    #[serde(rename = "type")]
    #[schema(value_type = crate::api::openapi::KeyType)]
    pub key_type: KeyType,
    /// Its secret, or its private key as PEM: shown this once.
    #[schema(value_type = String)]
    pub secret: ShownOnce,
    /// Where clients find each venue.
    pub base_urls: BTreeMap<String, String>,
    /// The key, for the console's snippets.
    #[serde(skip)]
    pub key: KeyView,
}

/// Looks whether a link would open. Programs that show a preview of a link do this, and use nothing up.
///
/// # Errors
/// `hand_over_invalid`, `too_many_attempts`; `store_unavailable`.
pub async fn look(control: &Control, caller: &Caller, shown: &str) -> Result<(), Error> {
    find(control, caller, shown).await.map(drop)
}

/// Opens a link. A sealed vault, or a log that takes nothing, does not use it up.
///
/// # Errors
/// `hand_over_invalid`, `too_many_attempts`, `vault_sealed`; and those of every change.
pub async fn open(control: &Control, caller: &Caller, input: Open) -> Result<Opened, Error> {
    let (link, key) = find(control, caller, &input.hand_over).await?;
    let sealed = link.sealed.as_ref().ok_or_else(invalid)?;
    let secret = control.vault.open(SecretOwner::HandOver(link.key), sealed)?;
    let text = std::str::from_utf8(&secret)
        .map_err(|error| Error::new(Code::Internal, "the secret is no text").caused_by(error))?;
    let secret = ShownOnce::new(Zeroizing::new(text.to_owned()));
    // Everything that can fail comes before the link is used up.
    let key = KeyView::one(control, key).await?;
    record(control, &link, json!({ "opened_from": caller.address, "made_by": link.made_by })).await?;
    if !control.store.open_hand_over(&link.digest, &opening(control, caller)).await? {
        // Somebody else was quicker, by so little that the link looked unopened.
        return Err(find(control, caller, &input.hand_over).await.err().unwrap_or_else(invalid));
    }
    let (name, api_key, base_urls) = (key.name.clone(), key.api_key.clone(), key.base_urls.clone());
    Ok(Opened { name, api_key, key_type: key.key_type, secret, base_urls, key })
}

/// A link that would open, and its key. One that was opened before is an alarm: two have it.
async fn find(control: &Control, caller: &Caller, shown: &str) -> Result<(HandOver, Key), Error> {
    control.attempts.begin(caller, NOBODY, control.now())?;
    let link = control.store.hand_over(&digest(shown)).await?.ok_or_else(invalid)?;
    if let Some(first) = &link.opened {
        alarm(control, caller, &link, first).await?;
        return Err(invalid());
    }
    // Whoever shows a good link does not guess.
    control.attempts.succeeded(caller, NOBODY);
    let key = match control.store.key(link.key).await {
        Ok(key) if key.state != KeyState::Revoked && link.expires_at > control.now() => key,
        Ok(_) | Err(keyward_store::Error::NotFound { .. }) => return Err(invalid()),
        Err(error) => return Err(error.into()),
    };
    if link.sealed.is_none() { Err(invalid()) } else { Ok((link, key)) }
}

/// Raises it, and not again for a while: who has a used link cannot fill the log with it.
async fn alarm(control: &Control, caller: &Caller, link: &HandOver, first: &Opening) -> Result<(), Error> {
    let is_recent = |tried: &Opening| control.now().duration_since(tried.at) < ALARM_EVERY;
    if link.tried.as_ref().is_some_and(is_recent) {
        return Ok(());
    }
    tracing::warn!(key = %link.key, client = %caller.address, "a hand-over link was opened a second time");
    let (from, first_from) = (caller.address, &first.from);
    let details =
        json!({ "alarm": "opened again", "from": from, "first_from": first_from, "first_at": first.at });
    record(control, link, details).await?;
    control.store.try_hand_over(&link.digest, &opening(control, caller)).await?;
    Ok(())
}

fn opening(control: &Control, caller: &Caller) -> Opening {
    Opening { at: control.now(), from: caller.address.to_string() }
}

/// Puts it on record, before it has an effect. Nobody has signed in: it is whoever has the link.
async fn record(control: &Control, link: &HandOver, details: Value) -> Result<(), Error> {
    let actor = Actor::unproved("whoever has the link", "hand-over");
    let subject = Some(link.key.to_string());
    let changed = Changed { actor: &actor, operation: "key hand-over open", subject, details };
    let event = Event { at: control.now(), what: What::Changed(changed) };
    control.ledger.record_durably(&event, DEADLINE).await?;
    Ok(())
}

/// The same for what was used, came too late and never was.
fn invalid() -> Error {
    Error::new(Code::HandOverInvalid, "this link was opened before, has expired, or never was one").hint(
        "tell whoever sent it; if you did not open it, somebody else has the secret: the key must be rotated",
    )
}

#[cfg(test)]
mod tests {
    use keyward_policy::Actor;

    use super::*;
    use crate::fixture::people::caller;
    use crate::fixture::{Fixture, read};
    use crate::operation::hand_over::show::show;
    use crate::operation::key::{create, revoke, rotate, safety};
    use crate::safety::Rule;

    struct Given {
        fixture: Fixture,
        shown: String,
        id: String,
    }

    /// A key whose secret waits behind a link.
    async fn given() -> Given {
        let fixture = Fixture::new().await;
        fixture.trading_key("other").await;
        let key = json!({ "name": "bot", "project": "bots", "credentials": ["main"], "allow": ["read"], "hand_over": "1h" });
        let made = create::create(&fixture.control, &fixture.actor, read(&key.to_string())).await.unwrap();
        assert!(made.secret.is_none(), "whoever issued the key never sees the secret");
        let url = made.hand_over.unwrap().url;
        let shown = url.text().rsplit('/').next().unwrap().to_owned();
        Given { shown, id: made.key.id.to_string(), fixture }
    }

    impl Given {
        async fn open(&self) -> Result<Opened, Code> {
            let input = read(&json!({ "hand_over": self.shown }).to_string());
            open(&self.fixture.control, &caller(), input).await.map_err(|error| error.code())
        }

        async fn is_alarm(&self) -> bool {
            let actor: &Actor = &self.fixture.actor;
            let findings = safety::of_one(&self.fixture.control, actor, &self.id).await.unwrap();
            findings.iter().any(|one| one.rule == Rule::HandedOverTwice)
        }
    }

    #[tokio::test]
    async fn a_link_gives_the_secret_once_and_the_second_opening_is_an_alarm() {
        let given = given().await;
        let control = &given.fixture.control;
        look(control, &caller(), &given.shown).await.unwrap();
        look(control, &caller(), &given.shown).await.unwrap();
        let opened = given.open().await.unwrap();
        assert_eq!(
            keyward_policy::check_key_string(keyward_policy::Part::Secret, opened.secret.text()),
            Ok(())
        );
        assert!(!given.is_alarm().await);
        assert_eq!(given.open().await.err(), Some(Code::HandOverInvalid));
        assert_eq!(given.fixture.last_change()["details"]["alarm"], "opened again");
        assert!(given.is_alarm().await);
        let alarms = || given.fixture.whole_log().matches("opened again").count();
        assert_eq!(
            (given.open().await.err(), alarms()),
            (Some(Code::HandOverInvalid), 1),
            "not at once again"
        );
        given.fixture.pass_s(60);
        assert_eq!((given.open().await.err(), alarms()), (Some(Code::HandOverInvalid), 2));
        let told = show(control, &given.fixture.actor, &given.id).await.unwrap().hand_over.unwrap();
        assert!(told.opened_at.is_some() && told.opened_again_at.is_some());
        let log = given.fixture.whole_log();
        assert!(!log.contains(&given.shown) && !log.contains(opened.secret.text()));
    }

    #[tokio::test]
    async fn of_two_at_once_one_gets_the_secret_and_the_other_is_the_alarm() {
        let given = given().await;
        let (one, other) = tokio::join!(given.open(), given.open());
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1);
        assert!(given.is_alarm().await);
    }

    #[tokio::test]
    async fn who_has_a_used_link_is_slowed_down() {
        let given = given().await;
        given.open().await.unwrap();
        let mut tried = Vec::new();
        for _ in 0..30 {
            tried.extend(given.open().await.err());
        }
        assert_eq!(tried.last(), Some(&Code::TooManyAttempts));
    }

    #[tokio::test]
    async fn what_stands_in_the_way_does_not_use_a_link_up() {
        let given = given().await;
        given.fixture.control.vault.seal();
        assert_eq!(given.open().await.err(), Some(Code::VaultSealed));
        let unseal = read(r#"{"passphrase": "correct horse battery staple"}"#);
        crate::operation::vault::unseal::unseal(&given.fixture.control, &given.fixture.actor, unseal)
            .await
            .unwrap();
        assert!(given.open().await.is_ok());
    }

    #[tokio::test]
    async fn a_link_opens_neither_late_nor_for_a_key_that_is_revoked() {
        let late = given().await;
        late.fixture.pass_s(3600);
        assert_eq!(late.open().await.err(), Some(Code::HandOverInvalid));
        let revoked = given().await;
        revoke::revoke(&revoked.fixture.control, &revoked.fixture.actor, "bot").await.unwrap();
        assert_eq!(revoked.open().await.err(), Some(Code::HandOverInvalid));
        let unknown = look(&revoked.fixture.control, &caller(), "kwh_nothing").await.unwrap_err();
        assert_eq!(unknown.code(), Code::HandOverInvalid);
    }

    #[tokio::test]
    async fn a_rotation_is_handed_over_too_and_what_has_no_secret_is_not() {
        let given = given().await;
        let control = &given.fixture.control;
        let rotated = rotate::rotate(control, &given.fixture.actor, "bot", read(r#"{"hand_over": "1d"}"#))
            .await
            .unwrap();
        assert!(rotated.secret.is_none() && rotated.hand_over.is_some());
        for (change, code) in [
            (json!({ "hand_over": "8d" }), Code::TimeInvalid),
            (json!({ "hand_over": "1s" }), Code::TimeInvalid),
            (
                json!({ "hand_over": "1h", "type": "ed25519", "public_key": "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=" }),
                Code::HandOverEmpty,
            ),
        ] {
            let mut key =
                json!({ "name": "next", "project": "bots", "credentials": ["main"], "allow": ["read"] });
            key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let made = create::create(control, &given.fixture.actor, read(&key.to_string())).await;
            assert_eq!(made.err().map(|error| error.code()), Some(code), "{change}");
        }
    }
}
