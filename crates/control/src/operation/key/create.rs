//! `key create`: issues a key.

use keyward_policy::{Actor, Change, Key, KeyId, KeyState, KeyType, Operation, PermissionSet, RateLimit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::issue::{self, Created};
use super::terms::{Rate, Terms};
use super::wide::{beyond_trading, is_wide, is_wide_key};
use super::{KeyView, described, grants, pages};
use crate::operation::consent::Asked;
use crate::operation::hand_over::deliver;
use crate::{Code, Control, Error, name};

/// A key to be issued. What is not allowed here is denied.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey)]
pub struct Create {
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub project: String,
    /// The credentials that it may use, each on its venue.
    #[serde(default)]
    pub credentials: Vec<String>,
    /// The assert-mode venues that it may use; for a publishable key, the others.
    #[serde(default)]
    pub venues: Vec<String>,
    /// What it may do: `market`, `read`, `trade`, `trade:spot`, …. A publishable key reads market data, said or not.
    #[serde(default)]
    pub allow: Vec<String>,
    /// How it signs.
    #[serde(rename = "type", default = "hmac")]
    #[schema(value_type = crate::api::openapi::KeyType, default = "hmac")]
    pub key_type: KeyType,
    /// The public key of a pair whose private half Keyward never sees: PEM or base64.
    #[serde(default)]
    pub public_key: Option<String>,
    /// The only addresses that it may be used from.
    #[serde(default)]
    pub ip: Vec<String>,
    /// The addresses that it may never be used from.
    #[serde(default)]
    pub deny_ip: Vec<String>,
    /// The only markets that it may touch.
    #[serde(default)]
    pub symbols: Vec<String>,
    /// What of it only with an operator's approval: `withdraw`, `transfer`, `trade`, or with an amount up to which it needs
    /// none, like `trade>1000 USDT`.
    #[serde(default)]
    pub holds: Vec<String>,
    /// When it expires: a duration, a time, or `never`; 90 days unless said otherwise.
    #[serde(default)]
    pub expires: Option<String>,
    /// How long a link is good that shows the secret once to whoever opens it, such as `1d`. With it the secret is not in
    /// this answer.
    #[serde(default)]
    pub hand_over: Option<String>,
    /// When it becomes valid: a duration from now, or a time.
    #[serde(default)]
    pub not_before: Option<String>,
    /// How often it may be used.
    #[serde(default)]
    #[schema(value_type = Option<crate::api::openapi::Rate>)]
    pub rate: Option<Rate>,
    /// The origins of the pages that a publishable key works in, like `https://app.example`.
    #[serde(default)]
    pub origins: Vec<String>,
    /// How often one address may use a publishable key.
    #[serde(default)]
    #[schema(value_type = Option<crate::api::openapi::RateLimit>)]
    pub address_rate: Option<RateLimit>,
}

const fn hmac() -> KeyType {
    KeyType::Hmac
}

/// Issues a key.
///
/// # Errors
/// `name_invalid`, `name_taken`, `project_unknown`, `grant_missing`, `grant_duplicate`, `venue_needs_credential`,
/// `venue_takes_no_credential`, `key_type_unsupported`, `publishable_invalid`, `allow_empty`, `vault_sealed` for an HMAC key, and one `…_invalid` for each of the
/// limits; and those of every change.
pub async fn create(control: &Control, actor: &Actor, input: Create) -> Result<Created, Error> {
    let act = control.act(actor, Operation::KeyCreate).await?;
    name::check(&input.name)?;
    let terms = Terms::read(&input, control.now())?;
    if is_wide(terms.permissions, &terms.addresses) {
        act.check_fresh()?;
    }
    let project = control.project_of(actor, &input.project).await?;
    let grants = grants::resolve(control, actor, &project, &input, &terms).await?;
    let caveats = grants::caveats(control, &grants).await?;
    free(control, &input.name).await?;
    let id = KeyId::from_entropy(control.random());
    let halves = issue::halves(control, id, input.key_type, terms.pages, input.public_key.as_deref()).await?;
    let delivered = deliver(control, actor, id, halves.secret, input.hand_over.as_deref())?;
    let key = Key {
        id,
        project: project.id,
        name: input.name.clone(),
        api_key: issue::api_key(control, input.key_type),
        verifier: halves.verifier,
        state: KeyState::Active,
        lifetime: terms.lifetime,
        addresses: terms.addresses,
        rate: terms.rate,
        grants,
        revision: 1,
        created_at: control.now(),
        rotated_from: None,
    };
    pages::check(&key)?;
    if is_wide_key(&key) {
        control.check_consent(actor, &project, asked_for(&input), Asked::KeyCreate { input }).await?;
    }
    let recorded = act.record(id, described(&key)).await?;
    recorded.carry_out(delivered.keep(control)).await?;
    recorded.carry_out(control.store.add_key(&key)).await?;
    control.publish(Change::Key(Box::new(key.clone())));
    let mut warnings = warnings(terms.permissions, &key);
    warnings.extend(caveats);
    Ok(Created::of(KeyView { warnings, ..KeyView::one(control, key).await? }, delivered))
}

/// What a second operator agrees to, as he reads it: all that was asked for.
fn asked_for(input: &Create) -> Vec<String> {
    let listed = |list: &[String], all: &str| if list.is_empty() { all.to_owned() } else { list.join(", ") };
    let places = input.credentials.iter().chain(&input.venues).cloned().collect::<Vec<_>>();
    let (symbols, ip) = (listed(&input.symbols, "every market"), listed(&input.ip, "any address"));
    let signs_with = json!(input.key_type);
    let rate = match input.rate {
        Some(Rate::Limited(rate)) => format!("{} a minute, {} at once", rate.per_minute, rate.burst),
        Some(Rate::Word(_)) => "without a limit".to_owned(),
        None => "as often as keys may where nobody says otherwise".to_owned(),
    };
    let pair = input.public_key.as_deref().map(|key| format!(", with the public key {key}"));
    vec![
        format!("A new key {} in {}, on {}", input.name, input.project, places.join(", ")),
        format!("It may: {}", input.allow.join(", ")),
        format!("It works on {symbols}, from {ip}, and never from: {}", listed(&input.deny_ip, "none")),
        format!("A person has to approve: {}", listed(&input.holds, "nothing")),
        format!("It begins: {}", input.not_before.as_deref().unwrap_or("at once")),
        format!("It ends: {}", input.expires.as_deref().unwrap_or("90d")),
        format!("It may be used {rate}"),
        format!("Its secret {}", handed(input.hand_over.as_deref())),
        format!("It signs with {}{}", signs_with.as_str().unwrap_or_default(), pair.unwrap_or_default()),
    ]
}

/// How its secret reaches the bot, in words.
pub(super) fn handed(hand_over: Option<&str>) -> String {
    match hand_over {
        Some(good_for) => format!("goes by a link that opens once, within {good_for}"),
        None => "is shown to whoever carries this out".to_owned(),
    }
}

/// A name means one key, except while a rotation lasts; those of revoked keys are free again.
async fn free(control: &Control, name: &str) -> Result<(), Error> {
    let found = match control.store.find_key(name).await {
        Err(keyward_store::Error::NotFound { .. }) => return Ok(()),
        Err(keyward_store::Error::Ambiguous { .. }) => None,
        found => Some(found?),
    };
    if found.is_some_and(|key| key.state == KeyState::Revoked) {
        return Ok(());
    }
    Err(Error::new(Code::NameTaken, format!("there is already a key `{name}`"))
        .hint("choose another name, or end that key: keyward key revoke"))
}

fn warnings(permissions: PermissionSet, key: &Key) -> Vec<String> {
    let moves = beyond_trading(permissions);
    let mut warnings = Vec::new();
    if !moves.is_empty() && key.addresses.allow.is_empty() {
        let moves = moves.join(", ");
        warnings.push(format!(
            "whoever steals this key may {moves} from anywhere: bind it to addresses with --ip"
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use keyward_dialect::{SigningKey, VerifyingKey};
    use keyward_policy::{SecretOwner, Verifier, check_key_string};
    use serde_json::Value;

    use super::*;
    use crate::fixture::{Fixture, read};

    async fn created(fixture: &Fixture, change: Value) -> Result<Created, Code> {
        let mut input =
            json!({ "name": "bot", "project": "bots", "credentials": ["main"], "allow": ["read", "trade"] });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        create(&fixture.control, &fixture.actor, read(&input.to_string())).await.map_err(|error| error.code())
    }

    fn secret_of(created: &Created) -> String {
        let shown = serde_json::to_value(created).unwrap();
        shown["secret"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn the_secret_is_shown_and_sealed_and_nowhere_else() {
        let fixture = Fixture::with_places().await;
        let created = created(&fixture, json!({})).await.unwrap();
        let secret = secret_of(&created);
        assert_eq!(check_key_string(keyward_policy::Part::Secret, &secret), Ok(()));
        assert_eq!(check_key_string(keyward_policy::Part::Key, &created.key.api_key), Ok(()));
        let Some(Change::Key(key)) = fixture.published().pop() else { panic!() };
        let Verifier::Hmac(sealed) = &key.verifier else { panic!() };
        assert_eq!(
            &*fixture.control.vault.open(SecretOwner::Key(key.id), sealed).unwrap(),
            secret.as_bytes()
        );
        assert!(!fixture.whole_log().contains(&secret));
        assert_eq!(fixture.last_change()["subject"], key.id.to_string());
    }

    #[tokio::test]
    async fn the_private_key_shown_belongs_to_the_verifier_kept() {
        let fixture = Fixture::with_places().await;
        for key_type in ["ed25519", "rsa"] {
            let created = created(&fixture, json!({ "name": key_type, "type": key_type })).await.unwrap();
            let private = keyward_vault::Secret::from_vec(secret_of(&created).into_bytes()).unwrap();
            let private = crate::material::Real::read(&private).unwrap().secret;
            let kept = fixture.control.store.key(created.key.id).await.unwrap().verifier;
            let (signer, checker) = match &kept {
                Verifier::Ed25519(key) => (SigningKey::Ed25519(private.expose()), VerifyingKey::Ed25519(key)),
                Verifier::Rsa(key) => (SigningKey::RsaSha256(private.expose()), VerifyingKey::RsaSha256(key)),
                Verifier::Hmac(_) | Verifier::Pages(_) => panic!(),
            };
            assert!(checker.verify(b"order", &signer.sign(b"order").unwrap()).is_ok());
        }
    }

    #[tokio::test]
    async fn of_a_key_that_the_client_brings_there_is_no_secret() {
        let fixture = Fixture::with_places().await;
        let public = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="; // 32 nines
        let created = created(&fixture, json!({ "type": "ed25519", "public_key": public })).await.unwrap();
        assert_eq!(serde_json::to_value(&created).unwrap()["secret"], Value::Null);
        let kept = fixture.control.store.key(created.key.id).await.unwrap();
        assert_eq!(kept.verifier, Verifier::Ed25519([9; 32]));
    }

    #[tokio::test]
    async fn a_sealed_vault_issues_no_hmac_key_but_takes_a_public_one() {
        let fixture = Fixture::with_places().await;
        fixture.control.vault.seal();
        assert_eq!(created(&fixture, json!({})).await.err(), Some(Code::VaultSealed));
        let public = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
        assert!(created(&fixture, json!({ "type": "ed25519", "public_key": public })).await.is_ok());
    }

    #[tokio::test]
    async fn one_key_holds_grants_on_several_venues() {
        let fixture = Fixture::with_places().await;
        let created = created(&fixture, json!({ "venues": ["backend"] })).await.unwrap();
        let urls: Vec<_> = created.key.base_urls.into_iter().collect();
        assert_eq!(urls[0], ("backend".to_owned(), "http://gateway.test/backend".to_owned()));
        assert_eq!(urls[1], ("binance".to_owned(), "http://gateway.test/binance".to_owned()));
    }

    #[tokio::test]
    async fn a_key_is_of_a_type_that_each_of_its_exchanges_has() {
        let fixture = Fixture::with_places().await;
        fixture.kraken("kraken").await;
        let secret = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
        let real = json!({ "name": "real", "venue": "kraken", "api_key": "REALKEY", "secret": secret });
        crate::operation::credential::add::add(&fixture.control, &fixture.actor, read(&real.to_string()))
            .await
            .unwrap();
        let both = json!({ "credentials": ["main", "real"] });
        let created_for_both = created(&fixture, both).await.unwrap();
        assert!(keyward_dialect::HmacScheme::Sha512.check(secret_of(&created_for_both).as_bytes()).is_ok());
        let limited =
            |credential| json!({ "name": credential, "credentials": [credential], "symbols": ["BTC/USD"] });
        let warned =
            async |credential| created(&fixture, limited(credential)).await.unwrap().key.warnings.len();
        assert_eq!((warned("main").await, warned("real").await), (0, 1));
        let pair = json!({ "name": "pair", "credentials": ["main", "real"], "type": "ed25519" });
        assert_eq!(created(&fixture, pair).await.err(), Some(Code::KeyTypeUnsupported));
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_and_changes_nothing() {
        let fixture = Fixture::with_places().await;
        fixture.credential("second", "binance").await;
        let before = fixture.published().len();
        for (change, code) in [
            (json!({ "name": "a b" }), Code::NameInvalid),
            (json!({ "project": "nobody" }), Code::ProjectUnknown),
            (json!({ "credentials": ["nothing"] }), Code::CredentialUnknown),
            (json!({ "venues": ["nowhere"] }), Code::VenueUnknown),
            (json!({ "credentials": [] }), Code::GrantMissing),
            (json!({ "credentials": ["main", "second"] }), Code::GrantDuplicate),
            (json!({ "credentials": ["main", "main"] }), Code::GrantDuplicate),
            (json!({ "credentials": [], "venues": ["binance"] }), Code::VenueNeedsCredential),
            (json!({ "allow": [] }), Code::AllowEmpty),
            (json!({ "public_key": "AAAA" }), Code::PublicKeyInvalid),
        ] {
            assert_eq!(created(&fixture, change.clone()).await.err(), Some(code), "{change}");
        }
        assert_eq!(fixture.published().len(), before);
    }

    #[tokio::test]
    async fn a_name_is_free_again_when_its_key_is_revoked() {
        let fixture = Fixture::with_places().await;
        created(&fixture, json!({})).await.unwrap();
        assert_eq!(created(&fixture, json!({})).await.err(), Some(Code::NameTaken));
        crate::operation::key::revoke::revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert!(created(&fixture, json!({})).await.is_ok());
    }

    #[tokio::test]
    async fn of_two_who_want_a_name_at_once_one_gets_it() {
        let fixture = Fixture::with_places().await;
        let (one, other) = tokio::join!(created(&fixture, json!({})), created(&fixture, json!({})));
        let refused = [one.err(), other.err()].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(refused, [Code::NameTaken]);
    }

    #[tokio::test]
    async fn without_a_log_no_key_is_issued() {
        let fixture = Fixture::with_places().await;
        fixture.break_the_log();
        assert_eq!(created(&fixture, json!({})).await.err(), Some(Code::AuditUnavailable));
        assert!(fixture.control.store.find_key("bot").await.is_err());
    }

    #[tokio::test]
    async fn a_key_that_can_move_money_from_anywhere_is_warned_of() {
        let fixture = Fixture::with_places().await;
        let warned = |change| async { created(&fixture, change).await.unwrap().key.warnings.len() };
        assert_eq!(warned(json!({ "name": "a" })).await, 0);
        assert_eq!(warned(json!({ "name": "b", "allow": ["withdraw"] })).await, 1);
        assert_eq!(warned(json!({ "name": "c", "allow": ["withdraw"], "ip": ["203.0.113.7"] })).await, 0);
    }
}
