//! The running exchange: the trading floor and what stands around it.

use std::collections::HashMap;

use parking_lot::{Mutex, RwLock};

use crate::auth::Identities;
use crate::config::{Clock, Config};
use crate::control::Deliveries;
use crate::engine::{AccountId, Floor};
use crate::fault::Faults;
use crate::key::ApiKey;
use crate::kraken::Nonces;
use crate::rates::Rates;

/// The state of a running exchange.
pub(crate) struct Exchange {
    pub(crate) clock: Clock,
    pub(crate) floor: Mutex<Floor>,
    /// Accounts by their names; those of projects that a gateway vouches for have none.
    pub(crate) accounts: HashMap<String, AccountId>,
    pub(crate) keys: RwLock<HashMap<String, OwnedKey>>,
    pub(crate) identities: Option<Identities>,
    pub(crate) rates: Rates,
    pub(crate) faults: Faults,
    pub(crate) deliveries: Deliveries,
    pub(crate) nonces: Nonces,
}

/// A key and whose it is.
#[derive(Clone)]
pub(crate) struct OwnedKey {
    pub(crate) account: AccountId,
    pub(crate) key: ApiKey,
    pub(crate) since_ms: u64,
}

impl Exchange {
    pub(crate) fn new(config: Config, clock: Clock) -> Self {
        let since_ms = clock();
        let mut floor = Floor::open(&config.markets, config.seed, since_ms);
        let (mut accounts, mut keys) = (HashMap::new(), HashMap::new());
        for named in config.accounts {
            let account = floor.engine.open_account(&named.balances);
            let own = |key: ApiKey| (key.api_key.clone(), OwnedKey { account, key, since_ms });
            keys.extend(named.keys.into_iter().map(own));
            accounts.insert(named.name, account);
        }
        Self {
            clock,
            floor: Mutex::new(floor),
            accounts,
            keys: RwLock::new(keys),
            identities: config.identity.map(Identities::new),
            rates: Rates::new(config.limits),
            faults: Faults::new(config.faults),
            deliveries: Deliveries::default(),
            nonces: Nonces::default(),
        }
    }

    /// The time now, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        (self.clock)()
    }
}
