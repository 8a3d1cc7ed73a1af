//! `key propose`: the tightest limits that would have let everything pass that a key did lately. It changes nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use keyward_dialect::Dialect;
use keyward_policy::{Actor, Key, KeyId, Operation, Symbol, Venue};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::difference::difference;
use super::find;
use super::tighten::{Needed, tightened};
use super::told;
use crate::names::Names;
use crate::usage::{Did, Traded, WINDOW};
use crate::{Control, Error, material};

/// A bot shows most of what it does within a week; what it did for less says little of what it will do.
const ENOUGH_DAYS: i64 = 7;
/// Entries of the log that may be unread: what is written while it is read.
pub(super) const BEHIND_MAX: u64 = 1_000;
const DAY_S: i64 = 86_400;

/// What could be narrower, and what that rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposal {
    /// The key's id.
    #[schema(value_type = String)]
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// The revision that this is about.
    pub revision: u64,
    /// What would differ, limit by limit: `before` and `after`. Nothing when the key is as tight as can be.
    #[schema(value_type = Object)]
    pub changes: Map<String, Value>,
    /// The same in sentences.
    pub words: Vec<String>,
    /// The change to make (`PATCH` of the key) if a person agrees.
    pub update: Tighter,
    /// What it rests on.
    pub rests_on: RestsOn,
    /// Whether that is enough to go by.
    pub is_enough: bool,
    /// What a person should know before he agrees.
    pub doubts: Vec<String>,
}

/// A change that narrows.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Tighter {
    /// What the key may do from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<Vec<String>>,
    /// The only markets that it may touch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbols: Option<Vec<String>>,
    /// The only addresses that it may be used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<Vec<String>>,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct RestsOn {
    /// From when on: 30 days back, or since the key was issued.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Whole days since then.
    pub days: i64,
    /// Days on which the key was used.
    pub days_used: u32,
    /// Requests that were let through.
    pub requests: u64,
}

/// Proposes.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; `store_unavailable`.
pub async fn propose(control: &Control, actor: &Actor, key: &str) -> Result<Proposal, Error> {
    control.view(actor, Operation::KeyPropose)?;
    let key = find(control, actor, key).await?;
    proposal(control, &mut Names::new(&control.store), &key).await
}

/// The proposal for a key at hand.
pub(super) async fn proposal(control: &Control, names: &mut Names<'_>, key: &Key) -> Result<Proposal, Error> {
    let now = control.now();
    let from = now.checked_sub(WINDOW).map_or(key.created_at, |from| from.max(key.created_at));
    let did = control.usage.of(key.id).practice.since(from);
    let places = places(names, key).await?;
    let symbols = symbols(key, &places, &did);
    let doubts = doubts(&did, key.verifier.pages().is_some(), symbols.is_some(), &places, control.unread());
    let needed = Needed { permissions: did.needs, symbols, addresses: did.addresses.clone() };
    let tight = tightened(key, &needed);
    let changes = difference(key, &tight);
    let rests_on = RestsOn {
        from,
        days: (now.as_second() - from.as_second()) / DAY_S,
        days_used: did.days,
        requests: did.requests,
    };
    let is_enough = rests_on.days >= ENOUGH_DAYS && did.requests > 0 && control.unread() <= BEHIND_MAX;
    Ok(Proposal {
        id: key.id,
        name: key.name.clone(),
        revision: key.revision,
        update: Tighter::of(key, &tight),
        words: told(&changes),
        changes,
        rests_on,
        is_enough,
        doubts: too_little(&rests_on).into_iter().chain(doubts).collect(),
    })
}

impl Tighter {
    fn of(old: &Key, new: &Key) -> Self {
        let terms = |key: &Key| key.grants.first().map(|grant| (grant.permissions, grant.symbols.clone()));
        let (was, is) = (terms(old).unwrap_or_default(), terms(new).unwrap_or_default());
        let texts = |list: &[Symbol]| list.iter().map(ToString::to_string).collect();
        let ranges = || new.addresses.allow.iter().map(ToString::to_string).collect();
        Self {
            allow: (was.0 != is.0).then(|| is.0.iter().map(|one| one.name().to_owned()).collect()),
            symbols: is.1.list().filter(|_| was.1 != is.1).map(texts),
            ip: (old.addresses != new.addresses).then(ranges),
        }
    }
}

/// The venues of a key's grants.
async fn places(names: &mut Names<'_>, key: &Key) -> Result<Vec<(Venue, &'static dyn Dialect)>, Error> {
    let mut places = Vec::with_capacity(key.grants.len());
    for grant in &key.grants {
        let venue = names.venue(grant.venue).await?.clone();
        let dialect = material::dialect(&venue)?;
        places.push((venue, dialect));
    }
    Ok(places)
}

/// The markets that were traded, as a list of the key would name them; none where a list could not hold them all.
fn symbols(key: &Key, places: &[(Venue, &'static dyn Dialect)], did: &Did) -> Option<BTreeSet<Symbol>> {
    let listed = key.grants.first().and_then(|grant| grant.symbols.list());
    let traded = did.markets.as_ref()?.iter().filter_map(|traded| {
        let (_, dialect) = places.iter().find(|(venue, _)| venue.name == traded.venue)?;
        named(traded, *dialect, listed)
    });
    let symbols = traded.collect::<Option<BTreeSet<_>>>()?;
    let everywhere =
        |symbol: &Symbol| places.iter().all(|(_, dialect)| dialect.market(symbol.as_str()).is_some());
    symbols.iter().all(everywhere).then_some(symbols)
}

/// What the key's own list calls a market, or what ccxt does; the inner none where neither is known. A market that the
/// list has no longer is not needed.
fn named(traded: &Traded, dialect: &dyn Dialect, listed: Option<&[Symbol]>) -> Option<Option<Symbol>> {
    let is_it = |symbol: &&Symbol| dialect.market(symbol.as_str()).as_deref() == Some(&*traded.market);
    match listed {
        Some(list) => list.iter().find(is_it).cloned().map(Some),
        None => Some(dialect.symbol(&traded.market).and_then(|text| text.parse().ok())),
    }
}

fn too_little(rests_on: &RestsOn) -> Option<String> {
    let RestsOn { days, days_used, requests, .. } = rests_on;
    if *requests == 0 {
        return Some("it was not used in these days: if nobody needs it, revoke it".to_owned());
    }
    (*days < ENOUGH_DAYS).then(|| {
        format!(
            "this rests on too little: the key was watched for {days} whole days and used on {days_used}; what it does more \
             seldom was not seen, so wait until it was watched for {ENOUGH_DAYS}"
        )
    })
}

fn doubts(
    did: &Did,
    is_publishable: bool,
    markets: bool,
    places: &[(Venue, &'static dyn Dialect)],
    unread: u64,
) -> Vec<String> {
    let unused = places.iter().filter(|(venue, _)| did.requests > 0 && !did.venues.contains(&venue.name));
    let unused =
        unused.map(|(venue, _)| format!("it was never used on {}: a new key could do without", venue.name));
    let said = [
        (
            !markets,
            "its markets stay as they are: some of its orders or cancellations do not say which market they are about",
        ),
        (
            did.addresses.is_none() && !is_publishable,
            "its addresses stay as they are: it came from more than a list should hold",
        ),
        (
            unread > BEHIND_MAX,
            "the audit log is not read to its end, which a running server does: look again in a minute",
        ),
    ];
    let said = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words.to_owned());
    said.chain(unused).collect()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use keyward_policy::{Event, Permission, Request, RequestId, Sent, What};
    use serde_json::json;

    use super::*;
    use crate::fixture::{Fixture, read};
    use crate::operation::key::update::update;

    /// An order was let through, and the log was read.
    async fn traded(fixture: &Fixture, key: &Key, market: &'static str) {
        let needs: Permission = "trade:spot".parse().unwrap();
        let request = Request {
            request: RequestId::from_entropy([7; 16]),
            key: Some(key.id),
            project: None,
            address: "203.0.113.9".parse().ok(),
            venue: "binance".into(),
            method: "POST".into(),
            path: "/api/v3/order".into(),
            needs: Some(needs.name()),
            policy: Some(1),
            markets: Some(market).filter(|market| !market.is_empty()).map(Into::into).into_iter().collect(),
            facts: Vec::new(),
        };
        let what = What::Intent(Sent { request, credential: None, approval: None });
        fixture.control.ledger.record(&Event { at: fixture.control.now(), what }).unwrap();
        fixture.control.settle_log().await;
        fixture.control.read_usage().await.unwrap();
    }

    async fn proposed(fixture: &Fixture) -> Proposal {
        propose(&fixture.control, &fixture.actor, "bot").await.unwrap()
    }

    #[tokio::test]
    async fn what_a_key_did_for_a_week_is_what_it_is_to_keep() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        traded(&fixture, &key, "BTCUSDT").await;
        fixture.pass(SignedDuration::from_hours(8 * 24));
        traded(&fixture, &key, "ETHUSDT").await;
        let proposal = proposed(&fixture).await;
        let update_to =
            json!({ "allow": ["trade:spot"], "symbols": ["BTC/USDT", "ETH/USDT"], "ip": ["203.0.113.9/32"] });
        assert_eq!(serde_json::to_value(&proposal.update).unwrap(), update_to);
        assert_eq!(proposal.changes["symbols"], json!({ "before": null, "after": ["BTC/USDT", "ETH/USDT"] }));
        assert!(proposal.is_enough && proposal.doubts.is_empty(), "{proposal:?}");
        assert_eq!(
            (proposal.rests_on.days, proposal.rests_on.days_used, proposal.rests_on.requests),
            (8, 2, 2)
        );
        let input = read(&update_to.to_string());
        let updated = update(&fixture.control, &fixture.actor, "bot", Some(proposal.revision), input).await;
        assert_eq!(updated.unwrap().revision, 2);
        assert!(proposed(&fixture).await.changes.is_empty());
    }

    #[tokio::test]
    async fn what_rests_on_too_little_says_so() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        let unused = proposed(&fixture).await;
        assert!(unused.changes.is_empty() && !unused.is_enough && unused.doubts[0].contains("not used"));
        traded(&fixture, &key, "BTCUSDT").await;
        let soon = proposed(&fixture).await;
        assert!(!soon.changes.is_empty() && !soon.is_enough && soon.doubts[0].contains("too little"));
    }

    #[tokio::test]
    async fn a_market_that_cannot_be_named_leaves_the_markets_alone() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        for market in ["BTCUSDT", "WHATEVER"] {
            traded(&fixture, &key, market).await;
        }
        let proposal = proposed(&fixture).await;
        assert!(proposal.update.symbols.is_none() && proposal.update.allow.is_some(), "{proposal:?}");
        assert!(proposal.doubts.iter().any(|doubt| doubt.contains("markets stay")), "{proposal:?}");
    }
}
