//! What one key did.

use std::collections::VecDeque;

use jiff::Timestamp;
use keyward_policy::RequestId;
use serde::Serialize;
use utoipa::ToSchema;

use super::entry::{Outcome, Read};
use super::hours::Hours;
use super::practice::Practice;

/// Different things of one kind that are remembered.
const SEEN_MAX: usize = 32;
/// Refusals that are remembered one by one.
const REFUSALS_MAX: usize = 20;

/// How a key was used, as far as the log has been read.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct KeyUsage {
    /// When it was last used.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
    /// From where.
    pub last_address: Option<String>,
    /// Requests that were allowed.
    pub allowed: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Addresses that it was used from, the latest first.
    pub addresses: Vec<Seen>,
    /// Permissions that allowed requests needed.
    pub permissions: Vec<Seen>,
    /// Markets of allowed orders, in the venue's own names.
    pub markets: Vec<Seen>,
    /// The latest refusals, the latest first.
    #[schema(value_type = Vec<Refusal>)]
    pub refusals: VecDeque<Refusal>,
    /// The last two days by the hour.
    #[serde(skip)]
    pub hours: Hours,
    /// What a narrower grant would have to allow too.
    #[serde(skip)]
    pub(crate) practice: Practice,
}

/// Something that was seen, and how often.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Seen {
    /// What.
    pub what: String,
    /// How often.
    pub times: u64,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
}

/// A request that was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Which: `keyward audit show` tells more.
    #[schema(value_type = Option<String>)]
    pub request: Option<RequestId>,
    /// The exchange's own path.
    pub path: String,
    /// The stable code.
    pub reason: String,
    /// The same in words.
    pub detail: String,
}

impl KeyUsage {
    pub(super) fn take(&mut self, read: Read, outcome: Outcome) {
        self.last_at = Some(read.at);
        self.hours.count(read.at, outcome);
        if let Some(address) = &read.address {
            see(&mut self.addresses, address, read.at);
            self.last_address = Some(address.clone());
        }
        match outcome {
            Outcome::Allowed => self.allow(&read),
            Outcome::Refused => self.refuse(read),
        }
    }

    fn allow(&mut self, read: &Read) {
        self.allowed += 1;
        self.practice.take(read);
        if let Some(needs) = &read.needs {
            see(&mut self.permissions, needs, read.at);
        }
        for symbol in read.facts.iter().filter_map(|fact| fact.symbol.as_ref()) {
            see(&mut self.markets, symbol, read.at);
        }
    }

    fn refuse(&mut self, read: Read) {
        self.refused += 1;
        self.refusals.push_front(Refusal {
            at: read.at,
            request: read.request,
            path: read.path.unwrap_or_default(),
            reason: read.reason.unwrap_or_default(),
            detail: read.detail.unwrap_or_default(),
        });
        self.refusals.truncate(REFUSALS_MAX);
    }
}

/// Remembers something, the latest first; what was not seen for longest gives way.
fn see(seen: &mut Vec<Seen>, what: &str, at: Timestamp) {
    let known = seen.iter().position(|one| one.what == what);
    let times = known.map_or(0, |place| seen.remove(place).times);
    seen.insert(0, Seen { what: what.to_owned(), times: times + 1, last_at: at });
    seen.truncate(SEEN_MAX);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_stands_first_and_the_oldest_gives_way() {
        let (mut seen, at) = (Vec::new(), Timestamp::UNIX_EPOCH);
        for number in 0..40 {
            see(&mut seen, &format!("10.0.0.{number}"), at);
        }
        see(&mut seen, "10.0.0.20", at);
        assert_eq!((seen.len(), seen[0].what.as_str(), seen[0].times), (32, "10.0.0.20", 2));
    }
}
