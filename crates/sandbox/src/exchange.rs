//! The running exchange: the engine and what stands around it.

use std::collections::HashMap;

use parking_lot::{Mutex, RwLock};

use crate::auth::Identities;
use crate::config::{Clock, Config};
use crate::engine::{AccountId, Engine};
use crate::key::ApiKey;

/// The state of a running exchange.
pub(crate) struct Exchange {
    pub(crate) clock: Clock,
    pub(crate) engine: Mutex<Engine>,
    pub(crate) keys: RwLock<HashMap<String, OwnedKey>>,
    pub(crate) identities: Option<Identities>,
}

/// A key and whose it is.
#[derive(Clone)]
pub(crate) struct OwnedKey {
    pub(crate) account: AccountId,
    pub(crate) key: ApiKey,
}

impl Exchange {
    pub(crate) fn new(config: Config, clock: Clock) -> Self {
        let mut engine = Engine::new();
        let mut keys = HashMap::new();
        for account in config.accounts {
            let id = engine.open_account(&account.balances);
            let own = |key: ApiKey| (key.api_key.clone(), OwnedKey { account: id, key });
            keys.extend(account.keys.into_iter().map(own));
        }
        Self {
            clock,
            engine: Mutex::new(engine),
            keys: RwLock::new(keys),
            identities: config.identity.map(Identities::new),
        }
    }
}
