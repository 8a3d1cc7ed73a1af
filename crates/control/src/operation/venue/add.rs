//! `venue add`: an exchange, how it is spoken to, and where it is.

use std::collections::BTreeMap;

use keyward_dialect::Dialect;
use keyward_policy::{Actor, Change, Mode, Operation, Venue, VenueId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::VenueView;
use crate::name::shortened;
use crate::{Code, Control, Error, name, url};

/// A venue to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewVenue)]
pub struct Add {
    /// Its name: the first part of the gateway's paths.
    pub name: String,
    /// The name of its dialect.
    pub dialect: String,
    /// Where the exchange is: base URLs by host family, the one under the empty name for every family without its own.
    /// None means the exchange's real addresses.
    #[serde(default)]
    pub urls: BTreeMap<String, String>,
    /// What happens to the client's signature.
    #[serde(default = "resign")]
    #[schema(value_type = crate::api::openapi::Mode, default = "resign")]
    pub mode: Mode,
    /// Whether market data passes without a key.
    #[serde(default)]
    pub public_market_data: bool,
}

const fn resign() -> Mode {
    Mode::Resign
}

/// Adds a venue.
///
/// # Errors
/// `name_invalid`, `name_taken`, `dialect_unknown`, `url_invalid`; and those of every change.
pub async fn add(control: &Control, actor: &Actor, input: Add) -> Result<VenueView, Error> {
    let act = control.act(actor, Operation::VenueAdd).await?;
    name::check_venue(&input.name)?;
    let dialect = keyward_dialect::named(&input.dialect).ok_or_else(|| unknown(&input.dialect))?;
    let venue = Venue {
        id: VenueId::from_entropy(control.random()),
        urls: urls(dialect, input.urls)?,
        name: input.name,
        dialect: input.dialect,
        mode: input.mode,
        public_market_data: input.public_market_data,
        created_at: control.now(),
    };
    let recorded = act.record(venue.id, described(&venue)).await?;
    recorded.carry_out(control.store.add_venue(&venue)).await?;
    control.publish(Change::Venue(Box::new(venue.clone())));
    Ok(VenueView::of(control, venue))
}

fn described(venue: &Venue) -> serde_json::Value {
    json!({
        "name": venue.name, "dialect": venue.dialect, "urls": venue.urls, "mode": venue.mode,
        "public_market_data": venue.public_market_data,
    })
}

fn unknown(dialect: &str) -> Error {
    let known: Vec<_> = keyward_dialect::DIALECTS.iter().map(|dialect| dialect.name()).collect();
    Error::new(Code::DialectUnknown, format!("there is no dialect `{}`", shortened(dialect)))
        .hint(format!("there are: {}", known.join(", ")))
}

/// Checks the URLs given, or takes the exchange's own.
fn urls(dialect: &dyn Dialect, given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Error> {
    let families = dialect.families();
    if given.is_empty() {
        return Ok(families.iter().map(|(family, url)| ((*family).to_owned(), (*url).to_owned())).collect());
    }
    let known = |name: &str| name.is_empty() || families.iter().any(|(family, _)| *family == name);
    if let Some(name) = given.keys().find(|name| !known(name)) {
        let names: Vec<_> = families.iter().map(|(family, _)| *family).collect();
        let error = format!("{} has no host family `{}`", dialect.name(), shortened(name));
        return Err(Error::new(Code::UrlInvalid, error).hint(format!("there are: {}", names.join(", "))));
    }
    given.into_iter().map(|(family, text)| Ok((family, url::base(&text)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, read};

    async fn added(fixture: &Fixture, input: serde_json::Value) -> Result<VenueView, Code> {
        let added = add(&fixture.control, &fixture.actor, read(&input.to_string())).await;
        added.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn without_urls_the_exchanges_own_are_taken() {
        let fixture = Fixture::new().await;
        let venue = added(&fixture, json!({ "name": "b", "dialect": "binance" })).await.unwrap();
        assert_eq!(venue.urls["api"], "https://api.binance.com");
        assert_eq!(venue.base_url, "http://gateway.test/b");
        assert_eq!(venue.mode, Mode::Resign);
    }

    #[tokio::test]
    async fn the_gateway_and_the_log_know_of_a_new_venue() {
        let fixture = Fixture::new().await;
        let input = json!({ "name": "b", "dialect": "binance", "urls": { "": "http://127.0.0.1:1/" } });
        let venue = added(&fixture, input).await.unwrap();
        assert_eq!(venue.urls[""], "http://127.0.0.1:1");
        assert!(matches!(fixture.published().pop(), Some(Change::Venue(told)) if told.id == venue.id));
        assert_eq!(fixture.last_change()["subject"], venue.id.to_string());
    }

    #[tokio::test]
    async fn what_cannot_be_a_venue_is_refused() {
        let fixture = Fixture::new().await;
        for (input, code) in [
            (json!({ "name": "B", "dialect": "binance" }), Code::NameInvalid),
            (json!({ "name": "healthz", "dialect": "binance" }), Code::NameInvalid),
            (json!({ "name": "b", "dialect": "bananas" }), Code::DialectUnknown),
            (json!({ "name": "b", "dialect": "binance", "urls": { "": "ftp://x" } }), Code::UrlInvalid),
            (json!({ "name": "b", "dialect": "binance", "urls": { "moon": "http://x" } }), Code::UrlInvalid),
        ] {
            assert_eq!(added(&fixture, input.clone()).await.unwrap_err(), code, "{input}");
        }
        assert!(fixture.published().is_empty());
    }

    #[tokio::test]
    async fn a_name_is_used_once_and_the_failed_try_is_on_record() {
        let fixture = Fixture::new().await;
        let input = json!({ "name": "b", "dialect": "binance" });
        added(&fixture, input.clone()).await.unwrap();
        assert_eq!(added(&fixture, input).await.unwrap_err(), Code::NameTaken);
        assert_eq!(fixture.last_change()["details"]["failed"], "name_taken");
    }

    #[tokio::test]
    async fn without_a_log_nothing_is_added() {
        let fixture = Fixture::new().await;
        fixture.break_the_log();
        let input = json!({ "name": "b", "dialect": "binance" });
        assert_eq!(added(&fixture, input).await.unwrap_err(), Code::AuditUnavailable);
        assert!(fixture.control.store.venue("b").await.is_err());
    }
}
