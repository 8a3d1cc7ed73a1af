//! The control plane as one value: what its operations work on.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use keyward_ledger::{DEADLINE, Ledger};
use keyward_policy::{Change, Clock, Entropy, OnWire};
use keyward_store::Store;
use keyward_vault::{KdfParams, Vault};
use tokio::sync::Mutex;

use crate::oidc::Provider;
use crate::operation::settings::Setting;
use crate::people::{Attempts, Challenges, Hashing, Purpose, Site};
use crate::usage::Usage;
use crate::{Approvals, Code, Error, Introspect};

/// Tells the gateway what changed. When it returns, the change is in force: no send that it forbids starts any more, and
/// what is given back are those that had started already and have no answer yet.
pub type Publish = Arc<dyn Fn(Change) -> Vec<OnWire> + Send + Sync>;

/// What the composition root builds the control plane from.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The vault, shared with the gateway.
    pub vault: Arc<Vault>,
    /// The audit log, shared with the gateway.
    pub ledger: Arc<Ledger>,
    /// The directory of the audit log, for reading beside its writer.
    pub audit_dir: PathBuf,
    /// The configuration file, which may not be there: a backup takes it along.
    pub config_file: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Tells the gateway of changes; does nothing when no gateway runs.
    pub publish: Publish,
    /// The way to ask exchanges about real keys.
    pub introspect: Arc<dyn Introspect>,
    /// What waits for a person.
    pub approvals: Arc<dyn Approvals>,
    /// The firm's identity provider, where there is one.
    pub provider: Option<Provider>,
    /// The gateway's base URL as clients see it, without a slash at its end.
    pub gateway_url: String,
    /// The control port's URL as operators see it, without a slash at its end.
    pub control_url: String,
    /// The settings in force, for who asks.
    pub settings: Vec<Setting>,
    /// The cost of a passphrase's key derivation.
    pub kdf: KdfParams,
}

/// The control plane.
pub struct Control {
    pub(crate) store: Store,
    pub(crate) vault: Arc<Vault>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) audit_dir: PathBuf,
    pub(crate) config_file: PathBuf,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) introspect: Arc<dyn Introspect>,
    pub(crate) approvals: Arc<dyn Approvals>,
    pub(crate) provider: Option<Provider>,
    pub(crate) kdf: KdfParams,
    pub(crate) settings: Vec<Setting>,
    /// One change at a time, so that the log, the database and the gateway see changes in the same order.
    pub(crate) turn: Mutex<()>,
    clock: Arc<dyn Clock>,
    publish: Publish,
    gateway_url: String,
    control_url: String,
    pub(crate) attempts: Attempts,
    pub(crate) hashing: Hashing,
    challenges: Challenges,
    pub(crate) usage: Usage,
}

impl Control {
    /// Puts the control plane together.
    pub fn new(parts: Parts) -> Self {
        Self {
            store: parts.store,
            vault: parts.vault,
            ledger: parts.ledger,
            audit_dir: parts.audit_dir,
            config_file: parts.config_file,
            introspect: parts.introspect,
            approvals: parts.approvals,
            provider: parts.provider,
            kdf: parts.kdf,
            settings: parts.settings,
            turn: Mutex::new(()),
            attempts: Attempts::default(),
            usage: Usage::default(),
            hashing: Hashing::new(parts.kdf, Arc::clone(&parts.entropy)),
            challenges: Challenges::default(),
            entropy: parts.entropy,
            clock: parts.clock,
            publish: parts.publish,
            gateway_url: parts.gateway_url.trim_end_matches('/').to_owned(),
            control_url: parts.control_url.trim_end_matches('/').to_owned(),
        }
    }

    /// The time now, in whole microseconds: as fine as the database keeps it, so that what is shown is what is kept.
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// Tells the gateway, and gives back what the change forbids and was on the wire already.
    pub(crate) fn publish(&self, change: Change) -> Vec<OnWire> {
        (self.publish)(change)
    }

    /// Where clients find the gateway.
    pub(crate) fn gateway_url(&self) -> &str {
        &self.gateway_url
    }

    /// Where operators find the control port.
    pub(crate) fn control_url(&self) -> &str {
        &self.control_url
    }

    /// The site that passkeys belong to.
    pub(crate) fn site(&self) -> Result<Site, Error> {
        Site::of(&self.control_url).ok_or_else(|| {
            Error::new(Code::PasskeysUnavailable, "a passkey belongs to a name that is reached over TLS")
                .hint("set `control.url` to the https:// address that people use")
        })
    }

    /// A challenge for an authenticator.
    pub(crate) fn challenge(&self, purpose: Purpose<'_>) -> String {
        self.challenges.give(purpose, &*self.entropy, self.now())
    }

    /// Takes an answered challenge, once.
    pub(crate) fn take_challenge(&self, challenge: &str, purpose: Purpose<'_>) -> bool {
        self.challenges.take(challenge, purpose, self.now())
    }

    /// Lets what was recorded a moment ago reach the log's file; a log that has failed is read as it is.
    pub(crate) async fn settle_log(&self) {
        let _ = self.ledger.flush(DEADLINE).await;
    }

    /// Where clients find a venue.
    pub(crate) fn base_url(&self, venue: &str) -> String {
        format!("{}/{venue}", self.gateway_url)
    }
}
