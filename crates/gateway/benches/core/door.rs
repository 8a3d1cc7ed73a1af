//! The gateway under measurement: a real one, on a vault and an audit log of its own, with a clock that stands still.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use keyward_gateway::{Gateway, Identity, Parts, ReserveNonces, Reserving, Settings, Wanted};
use keyward_ledger::Ledger;
use keyward_policy::{
    Change, Clock, Credential, CredentialId, Grant, Holds, KeyType, Mode, PermissionSet, Sealed, SecretOwner,
    Symbols, Venue, VenueId,
};
use keyward_vault::{KdfParams, Secret, Unlock, Vault};
use tempfile::TempDir;

use crate::keys::Holder;
use crate::seeded::Seeded;

/// When the bench begins.
pub(crate) const START_MS: i64 = 1_767_225_600_000;
/// What the real key signs with: an HMAC secret, as most exchanges hand out.
pub(crate) const REAL_SECRET: &[u8] = b"NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
/// What the exchange knows it as.
pub(crate) const REAL_KEY: &str = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";

/// A gateway with its keys.
pub(crate) struct Door {
    pub(crate) gateway: Gateway,
    pub(crate) vault: Arc<Vault>,
    pub(crate) key_type: KeyType,
    pub(crate) keys: u64,
    clock: Arc<Stopped>,
    _log: TempDir,
}

/// A clock that stands where it was set, in milliseconds since the Unix epoch.
struct Stopped(AtomicI64);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// The venue does not count requests.
struct NoNonces;

impl ReserveNonces for NoNonces {
    fn reserve(&self, _wanted: Wanted) -> Reserving {
        tokio::sync::oneshot::channel().1
    }
}

impl Door {
    /// A gateway with one venue, one real key, and this many issued ones.
    pub(crate) fn open(key_type: KeyType, keys: u64) -> Result<Self, Box<dyn Error>> {
        let entropy = Arc::new(Seeded::new(0));
        let [maker, vault] = [(); 2].map(|()| Arc::new(Vault::new(entropy.clone())));
        let unlock = Unlock::KeyFile(Secret::generate(32, |bytes| bytes.fill(1))?);
        let root = maker.init(&unlock, KdfParams::RECOMMENDED)?;
        let clock = Arc::new(Stopped(AtomicI64::new(START_MS)));
        let log = TempDir::new()?;
        let gateway = Gateway::new(Parts {
            vault: vault.clone(),
            ledger: Arc::new(Ledger::open(log.path(), None)?),
            clock: clock.clone(),
            entropy,
            nonces: Arc::new(NoNonces),
            identity: Some(Identity::new([0; 32], Sealed::from_bytes([]))),
            recorded_until: None,
            remembered: None,
            settings: Settings::default(),
        });
        let door = Self { gateway, vault, key_type, keys, clock, _log: log };
        door.fill(&maker)?;
        door.vault.unseal(&root, &unlock)?;
        Ok(door)
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&mut self, now_ms: i64) {
        self.clock.0.store(now_ms, Ordering::Relaxed);
    }

    /// As `keyward serve` does: everything is loaded while the vault is still sealed.
    fn fill(&self, maker: &Vault) -> Result<(), Box<dyn Error>> {
        let (venue, now) = (VenueId::from_entropy([2; 16]), self.clock.now());
        self.gateway.apply(Change::Venue(Box::new(exchange(venue, now))));
        let (credential, sealed) = real_key(maker)?;
        self.gateway.apply(Change::Credential(Box::new(Credential {
            id: credential,
            name: "main".to_owned(),
            venue,
            project: None,
            api_key: REAL_KEY.to_owned(),
            key_type: KeyType::Hmac,
            secret: sealed,
            public_key: None,
            created_at: now,
            checked: None,
        })));
        let permissions: PermissionSet = "market,read,trade".parse()?;
        for number in 0..self.keys {
            let grant = Grant {
                venue,
                credential: Some(credential),
                permissions,
                symbols: Symbols::any(),
                holds: Holds::default(),
            };
            let key = Holder::new(self.key_type, number)?.issued(maker, grant, now)?;
            self.gateway.apply(Change::Key(Box::new(key)));
        }
        Ok(())
    }
}

/// The real key's id, and its secret, sealed.
pub(crate) fn real_key(vault: &Vault) -> Result<(CredentialId, Sealed), keyward_vault::Error> {
    let id = CredentialId::from_entropy([3; 16]);
    Ok((id, vault.seal_secret(SecretOwner::Credential(id), REAL_SECRET)?))
}

fn exchange(id: VenueId, created_at: Timestamp) -> Venue {
    Venue {
        id,
        name: "binance".to_owned(),
        dialect: "binance".to_owned(),
        urls: BTreeMap::from([(String::new(), "https://api.binance.com".to_owned())]),
        mode: Mode::Resign,
        public_market_data: false,
        created_at,
    }
}
