//! What a publishable key says in the place of a secret: the origins of its pages, and how often one address may ask.

use keyward_policy::{Key, Origin, Pages, PagesError, RateLimit, Unpublishable, Verifier};

use super::terms::sound;
use super::update::Update;
use crate::{Code, Error};

/// What a publishable key gets whose request says nothing of a rate: ten readers of a page at once, and a tenth of Binance's 6,000
/// a minute per address, which is the budget of all keys together. Whoever copies the key has no more.
pub(super) const RATE_DEFAULT: RateLimit = RateLimit { per_minute: 600, burst: 100 };
/// What one reader gets: a page that asks once a second, and for some twenty things when it is opened.
const ADDRESS_RATE_DEFAULT: RateLimit = RateLimit { per_minute: 60, burst: 20 };

/// Reads the pages of a new key.
pub(super) fn pages(origins: &[String], address_rate: Option<RateLimit>) -> Result<Pages, Error> {
    let rate = sound(address_rate.unwrap_or(ADDRESS_RATE_DEFAULT))?;
    Pages::new(read(origins)?, rate).map_err(refused)
}

/// What a change makes of a key's verifier: its pages may change, and nothing else.
pub(super) fn changed(old: &Verifier, input: &Update) -> Result<Verifier, Error> {
    match old {
        Verifier::Pages(pages) => {
            let origins = input.origins.as_deref().map_or_else(|| Ok(pages.origins().to_vec()), read)?;
            let rate = input.address_rate.map_or(Ok(pages.address_rate()), sound)?;
            Pages::new(origins, rate).map(Verifier::Pages).map_err(refused)
        }
        signs => {
            none_for(input.origins.as_deref().unwrap_or_default(), input.address_rate).map(|()| signs.clone())
        }
    }
}

/// A key that signs is not bound to pages: whoever thinks so would put its secret into one.
pub(super) fn none_for(origins: &[String], address_rate: Option<RateLimit>) -> Result<(), Error> {
    if origins.is_empty() && address_rate.is_none() {
        return Ok(());
    }
    Err(Error::new(
        Code::PublishableInvalid,
        "only a publishable key has origins, and a rate for each address",
    )
    .hint("issue one: keyward key create … --publishable --origin https://app.example"))
}

/// Checks that a publishable key is nothing else. Every other key passes.
pub(super) fn check(key: &Key) -> Result<(), Error> {
    Unpublishable::check(key).map_err(|why| {
        let error = Error::new(Code::PublishableInvalid, why.to_string());
        error.hint("for more than market data issue a key with a secret, and keep it out of every page")
    })
}

fn read(origins: &[String]) -> Result<Vec<Origin>, Error> {
    let read = origins.iter().map(|origin| origin.parse());
    read.collect::<Result<_, _>>()
        .map_err(|error: keyward_policy::OriginError| Error::new(Code::OriginInvalid, error.to_string()))
}

fn refused(why: PagesError) -> Error {
    let code = match why {
        PagesError::Nowhere => Code::OriginInvalid,
        PagesError::TooMany => Code::TooMany,
    };
    Error::new(code, why.to_string()).hint("name the pages that it is for: --origin https://app.example")
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Permission, Verb, check_key_string};
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Fixture, read as input};
    use crate::operation::key::KeyView;
    use crate::operation::key::create::create;
    use crate::operation::key::propose::propose;
    use crate::operation::key::rotate::rotate;
    use crate::operation::key::update::update;

    const PAGE: &str = "https://app.example";

    async fn created(fixture: &Fixture, change: Value) -> Result<Value, Code> {
        let mut asked = json!({
            "name": "page", "project": "bots", "venues": ["binance"], "type": "publishable", "origins": [PAGE],
        });
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let created = create(&fixture.control, &fixture.actor, input(&asked.to_string())).await;
        created.map(|created| serde_json::to_value(created).unwrap()).map_err(|error| error.code())
    }

    async fn updated(fixture: &Fixture, change: Value) -> Result<KeyView, Code> {
        let change = input(&change.to_string());
        update(&fixture.control, &fixture.actor, "page", None, change).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_publishable_key_says_what_it_is_and_has_no_secret() {
        let fixture = Fixture::with_places().await;
        let key = created(&fixture, json!({})).await.unwrap();
        assert_eq!((&key["type"], &key["secret"]), (&json!("publishable"), &Value::Null));
        assert_eq!((&key["permissions"], &key["origins"]), (&json!(["market"]), &json!([PAGE])));
        assert_eq!(
            (&key["rate"], &key["address_rate"]),
            (&json!(RATE_DEFAULT), &json!(ADDRESS_RATE_DEFAULT))
        );
        assert_eq!(key["grants"][0]["credential"], Value::Null);
        let string = key["api_key"].as_str().unwrap();
        assert_eq!(check_key_string(keyward_policy::Part::Publishable, string), Ok(()));
        assert_eq!(fixture.last_change()["details"]["pages"]["origins"], json!([PAGE]));
        let named = created(&fixture, json!({ "name": "more", "venues": [], "credentials": ["main"] })).await;
        assert_eq!(named.unwrap()["grants"][0]["credential"], "main");
    }

    #[tokio::test]
    async fn no_sealed_vault_stops_what_has_no_secret() {
        let fixture = Fixture::with_places().await;
        fixture.control.vault.seal();
        assert!(created(&fixture, json!({})).await.is_ok());
    }

    #[tokio::test]
    async fn it_is_never_given_another_permission() {
        let fixture = Fixture::with_places().await;
        created(&fixture, json!({ "allow": ["market"] })).await.unwrap();
        for permission in Permission::all().filter(|one| one.verb() != Verb::Market) {
            for allow in [json!([permission.name()]), json!(["market", permission.name()])] {
                let made = created(&fixture, json!({ "name": "other", "allow": allow })).await;
                assert_eq!(made.err(), Some(Code::PublishableInvalid), "{allow}");
                let changed = updated(&fixture, json!({ "allow": allow })).await;
                assert_eq!(changed.err(), Some(Code::PublishableInvalid), "{allow}");
            }
        }
        let kept = fixture.control.store.find_key("page").await.unwrap();
        assert_eq!((kept.revision, kept.grants[0].permissions.to_string().as_str()), (1, "market"));
    }

    #[tokio::test]
    async fn what_makes_no_sense_for_it_is_refused() {
        let fixture = Fixture::with_places().await;
        let rate = |per_minute: u32| json!({ "per_minute": per_minute, "burst": 1 });
        let (invalid, origin) = (Code::PublishableInvalid, Code::OriginInvalid);
        for (change, code) in [
            (json!({ "origins": [] }), origin),
            (json!({ "origins": ["*"] }), origin),
            (json!({ "origins": ["http://app.example"] }), origin),
            (
                json!({ "origins": (0..17).map(|n| format!("https://{n}.example")).collect::<Vec<_>>() }),
                Code::TooMany,
            ),
            (json!({ "ip": ["203.0.113.7"] }), invalid),
            (json!({ "deny_ip": ["203.0.113.7"] }), invalid),
            (json!({ "symbols": ["BTC/USDT"] }), invalid),
            (json!({ "holds": ["withdraw"] }), invalid),
            (json!({ "rate": "unlimited" }), invalid),
            (json!({ "address_rate": rate(0) }), Code::RateInvalid),
        ] {
            assert_eq!(created(&fixture, change.clone()).await.err(), Some(code), "create {change}");
        }
        created(&fixture, json!({})).await.unwrap();
        for (change, code) in [
            (json!({ "origins": [] }), origin),
            (json!({ "origins": ["https://app.example/"] }), origin),
            (json!({ "ip": ["203.0.113.7"] }), invalid),
            (json!({ "symbols": ["BTC/USDT"] }), invalid),
            (json!({ "holds": ["trade"] }), invalid),
            (json!({ "rate": "unlimited" }), invalid),
            (json!({ "address_rate": rate(0) }), Code::RateInvalid),
        ] {
            assert_eq!(updated(&fixture, change.clone()).await.err(), Some(code), "update {change}");
        }
    }

    #[tokio::test]
    async fn it_brings_no_public_key_and_is_of_no_venue_that_vouches() {
        let fixture = Fixture::with_places().await;
        let nines = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
        assert_eq!(
            created(&fixture, json!({ "public_key": nines })).await.err(),
            Some(Code::PublishableInvalid)
        );
        let vouches = created(&fixture, json!({ "venues": ["backend"] })).await;
        assert_eq!(vouches.err(), Some(Code::PublishableInvalid));
    }

    #[tokio::test]
    async fn a_key_that_signs_has_no_pages_and_never_becomes_publishable() {
        let fixture = Fixture::with_places().await;
        let hmac = json!({ "type": "hmac", "venues": [], "credentials": ["main"], "allow": ["read"] });
        assert_eq!(created(&fixture, hmac.clone()).await.err(), Some(Code::PublishableInvalid));
        let mut plain = hmac;
        plain["origins"] = json!([]);
        created(&fixture, plain).await.unwrap();
        let changed = updated(&fixture, json!({ "origins": [PAGE] })).await;
        assert_eq!(changed.err(), Some(Code::PublishableInvalid));
    }

    #[tokio::test]
    async fn other_pages_are_a_change_that_is_told() {
        let fixture = Fixture::with_places().await;
        created(&fixture, json!({})).await.unwrap();
        let view = updated(&fixture, json!({ "origins": ["https://new.example", PAGE] })).await.unwrap();
        assert_eq!((view.origins.len(), view.revision), (2, 2));
        let change = fixture.last_change();
        assert_eq!(change["details"]["widens"], true);
        assert_eq!(change["details"]["changed"]["origins"]["before"], json!([PAGE]));
        let slower = json!({ "address_rate": { "per_minute": 30, "burst": 5 } });
        updated(&fixture, slower).await.unwrap();
        assert_eq!(fixture.last_change()["details"]["widens"], false);
    }

    #[tokio::test]
    async fn rotated_it_works_in_the_same_pages_under_another_string() {
        let fixture = Fixture::with_places().await;
        let old = created(&fixture, json!({})).await.unwrap();
        let new = rotate(&fixture.control, &fixture.actor, "page", input("{}")).await.unwrap();
        let new = serde_json::to_value(new).unwrap();
        assert_eq!((&new["origins"], &new["secret"]), (&old["origins"], &Value::Null));
        assert!(new["api_key"] != old["api_key"] && new["api_key"].as_str().unwrap().starts_with("kwp"));
    }

    #[tokio::test]
    async fn nothing_is_proposed_that_it_could_not_have() {
        let fixture = Fixture::with_places().await;
        created(&fixture, json!({})).await.unwrap();
        let proposal = propose(&fixture.control, &fixture.actor, "page").await.unwrap();
        assert!(proposal.changes.is_empty(), "{proposal:?}");
    }
}
