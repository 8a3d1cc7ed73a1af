//! What a key was allowed to do lately, as far as a narrower grant would have to allow it too.

use std::collections::{BTreeSet, VecDeque};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Permission, PermissionSet, Verb};

use super::entry::Read;

/// How far back it is looked: what a bot does once a month is seen.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Days that are counted one by one: those of the window, and the one in which it began.
const DAYS_MAX: usize = 31;
/// Different markets, addresses and venues that are remembered of one key.
const REMEMBERED_MAX: usize = 64;
const DAY_S: i64 = 86_400;

/// What one key was allowed to do, with when last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Practice {
    days: VecDeque<(i64, u64)>,
    needs: Remembered<Permission>,
    markets: Remembered<Traded>,
    addresses: Remembered<IpAddr>,
    venues: Remembered<String>,
    /// When it last traded without saying on which market.
    unnamed_at: Option<Timestamp>,
}

/// A market on a venue, in the name that rules compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Traded {
    pub(crate) venue: String,
    pub(crate) market: String,
}

/// What it did from some time on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Did {
    /// Days on which it was used.
    pub(crate) days: u32,
    /// Requests that were let through, those of the first day in full.
    pub(crate) requests: u64,
    pub(crate) needs: PermissionSet,
    /// None when an order did not say its market, or there were more than are remembered.
    pub(crate) markets: Option<BTreeSet<Traded>>,
    /// None when there were more than are remembered.
    pub(crate) addresses: Option<BTreeSet<IpAddr>>,
    pub(crate) venues: BTreeSet<String>,
}

/// The latest of many.
#[derive(Clone, Debug)]
struct Remembered<T> {
    known: Vec<(T, Timestamp)>,
    /// When that was seen last which had to give way last.
    forgot_at: Option<Timestamp>,
}

impl Practice {
    /// Takes a request that was let through.
    pub(super) fn take(&mut self, read: &Read) {
        self.count(read.at);
        if let Some(venue) = &read.venue {
            self.venues.see(venue.clone(), read.at);
        }
        if let Some(address) = read.address.as_deref().and_then(|text| text.parse().ok()) {
            self.addresses.see(address, read.at);
        }
        let Some(needs) = read.needs.as_deref().and_then(|name| name.parse::<Permission>().ok()) else {
            return;
        };
        self.needs.see(needs, read.at);
        if needs.verb() == Verb::Trade {
            self.trade(read);
        }
    }

    fn trade(&mut self, read: &Read) {
        let Some(venue) = read.venue.as_ref().filter(|_| !read.markets.is_empty()) else {
            self.unnamed_at = Some(read.at);
            return;
        };
        for market in &read.markets {
            self.markets.see(Traded { venue: venue.clone(), market: market.clone() }, read.at);
        }
    }

    fn count(&mut self, at: Timestamp) {
        let day = day(at);
        match self.days.back_mut() {
            // A clock that was set back counts for the latest day.
            Some((last, requests)) if *last >= day => *requests += 1,
            _ => self.days.push_back((day, 1)),
        }
        if self.days.len() > DAYS_MAX {
            self.days.pop_front();
        }
    }

    /// What it did from this time on.
    pub(crate) fn since(&self, from: Timestamp) -> Did {
        let days = || self.days.iter().filter(|(counted, _)| *counted >= day(from));
        let is_named = self.unnamed_at.is_none_or(|at| at < from);
        Did {
            days: u32::try_from(days().count()).unwrap_or(u32::MAX),
            requests: days().map(|(_, requests)| requests).sum(),
            needs: self.needs.since(from).unwrap_or_default(),
            markets: self.markets.since(from).filter(|_| is_named),
            addresses: self.addresses.since(from),
            venues: self.venues.since(from).unwrap_or_default(),
        }
    }
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY_S)
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { known: Vec::new(), forgot_at: None }
    }
}

impl<T: PartialEq + Clone> Remembered<T> {
    /// Remembers something; what was not seen for longest gives way.
    fn see(&mut self, what: T, at: Timestamp) {
        if let Some((_, last)) = self.known.iter_mut().find(|(known, _)| *known == what) {
            *last = at;
            return;
        }
        self.known.push((what, at));
        if self.known.len() > REMEMBERED_MAX {
            let oldest =
                self.known.iter().enumerate().min_by_key(|(_, (_, last))| *last).map(|(place, _)| place);
            self.forgot_at = oldest.map(|place| self.known.swap_remove(place).1).max(self.forgot_at);
        }
    }

    /// All that was seen from this time on; none when some of it is forgotten.
    fn since<C: FromIterator<T>>(&self, from: Timestamp) -> Option<C> {
        let is_whole = self.forgot_at.is_none_or(|at| at < from);
        let seen = || self.known.iter().filter(|(_, last)| *last >= from).map(|(what, _)| what.clone());
        is_whole.then(|| seen().collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_700_006_400 + hour * 3_600).unwrap()
    }

    fn take(practice: &mut Practice, hour: i64, needs: &str, address: &str, markets: &[&str]) {
        let entry = json!({
            "at": at(hour), "event": "intent", "venue": "binance", "needs": needs, "address": address, "markets": markets,
        });
        practice.take(&serde_json::from_value(entry).unwrap());
    }

    #[test]
    fn only_what_lies_in_the_window_is_told() {
        let mut practice = Practice::default();
        take(&mut practice, 0, "read", "10.0.0.1", &[]);
        take(&mut practice, 48, "trade:spot", "10.0.0.2", &["BTCUSDT"]);
        let all = practice.since(at(0));
        assert_eq!((all.days, all.requests, all.needs.to_string()), (2, 2, "read,trade:spot".to_owned()));
        let late = practice.since(at(24));
        assert_eq!((late.days, late.needs.to_string()), (1, "trade:spot".to_owned()));
        assert_eq!(
            late.addresses.unwrap().into_iter().collect::<Vec<_>>(),
            ["10.0.0.2".parse::<IpAddr>().unwrap()]
        );
        assert_eq!(late.markets.unwrap().first().unwrap().market, "BTCUSDT");
    }

    #[test]
    fn an_order_without_its_market_leaves_the_markets_unknown_until_it_is_past() {
        let mut practice = Practice::default();
        take(&mut practice, 0, "trade:spot", "10.0.0.1", &[]);
        take(&mut practice, 1, "trade:spot", "10.0.0.1", &["BTCUSDT"]);
        assert!(practice.since(at(0)).markets.is_none());
        assert_eq!(practice.since(at(1)).markets.map(|markets| markets.len()), Some(1));
    }

    #[test]
    fn more_than_can_be_remembered_is_unknown_and_not_less() {
        let mut practice = Practice::default();
        for number in 0..=REMEMBERED_MAX {
            take(&mut practice, number as i64, "read", &format!("10.0.0.{number}"), &[]);
        }
        assert!(practice.since(at(0)).addresses.is_none());
        assert_eq!(practice.since(at(1)).addresses.map(|seen| seen.len()), Some(REMEMBERED_MAX));
    }
}
