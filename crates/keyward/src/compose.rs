//! The composition root: opens the parts on one data directory and wires them together.
//!
//! Here alone the gateway and the control plane meet: changes go from one to the other through a function, and so do
//! questions to an exchange.

mod approvals;
mod in_force;
mod introspect;
mod nonces;
mod provider;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyward_control::api::{self, Served};
use keyward_control::oidc::{Client, Provider};
use keyward_control::operation::settings::Setting;
use keyward_control::{Control, Lock, Recovered, recover};
use keyward_gateway::{Gateway, Identity, Pause, Remembered, Settings};
use keyward_ledger::{DEADLINE, Ledger, VerifierKey};
use keyward_policy::{
    ApprovalEnd, ApprovalEnded, Change, Clock, Entropy, Event, KillSwitch, Outcome, Reason, What,
};
use keyward_store::{Service, Snapshot, Store};
use keyward_vault::{KdfParams, Vault};
use tokio::runtime::Handle;
use tokio::time::{interval, timeout};
use zeroize::Zeroizing;

use self::approvals::InGateway;
use self::in_force::in_force;
use self::introspect::ThroughGateway;
use self::nonces::FromStore;
use self::provider::provider;
use crate::api::Api;
use crate::data::DataDir;
use crate::host::{SystemClock, SystemEntropy};
use crate::remembered;

/// The names under which the database remembers where a server is reached, and what holds while none has ever run.
const GATEWAY_URL: (&str, &str) = ("gateway_url", "http://127.0.0.1:8080");
const CONTROL_URL: (&str, &str) = ("control_url", "http://127.0.0.1:8081");

/// How often a server without a vault looks whether somebody has made one.
const IDENTITY_CHECK_EVERY: Duration = Duration::from_secs(1);

/// How long the database may take for a sign of life.
const DATABASE_ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// Where the data is, and how the gateway is set.
pub(crate) struct Place<'a> {
    /// The data directory.
    pub(crate) data: &'a DataDir,
    /// The configuration file, if there is one.
    pub(crate) config_file: PathBuf,
    /// The database.
    pub(crate) database_url: Zeroizing<String>,
    /// Where a server is reached; what is none is known from the last time that one ran.
    pub(crate) urls: Urls,
    /// The gateway's settings.
    pub(crate) settings: Settings,
    /// Keyward as a client of the identity provider, where there is one.
    pub(crate) oidc: Option<Client>,
    /// Whether clients are served, so that what the last server left is for this one.
    pub(crate) serves: bool,
}

/// Where a server is reached, without a slash at the end.
#[derive(Clone, Default)]
pub(crate) struct Urls {
    /// Its gateway, by clients.
    pub(crate) gateway: Option<String>,
    /// Its control port, by operators.
    pub(crate) control: Option<String>,
}

/// The parts, open and wired.
pub(crate) struct Keyward {
    /// The data plane.
    pub(crate) gateway: Arc<Gateway>,
    /// The control plane.
    pub(crate) control: Arc<Control>,
    /// The operations, for operators.
    pub(crate) api: Api,
    /// What the control port serves: the same for who says who he is, and health, readiness and metrics for anybody.
    pub(crate) port: Api,
    /// The audit log.
    pub(crate) ledger: Arc<Ledger>,
    /// Why nothing is served until an operator reopens Keyward.
    pub(crate) lock: Option<Lock>,
    store: Store,
}

/// What the two planes share.
struct Shared {
    vault: Arc<Vault>,
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Keyward {
    /// Opens everything. The audit log is locked: no other process works on the same data directory until this one is
    /// done.
    pub(crate) async fn open(place: Place<'_>) -> Result<Self> {
        place.data.ready()?;
        let store = Store::open(&place.database_url).await?;
        let shared = Shared::new(open_ledger(place.data, &store).await?);
        let remembered = place.serves.then(|| remembered::take(place.data, shared.ledger.opening().entries));
        let identity = identity(&store).await?;
        let trusted = place.settings.trusted_proxies.clone();
        let urls = remembered_urls(&store, place.urls).await?;
        let settings = in_force(&place.database_url, &urls, &place.settings, place.oidc.as_ref());
        let provider = place.oidc.map(|client| provider(client, &place.settings.extra_roots));
        let gateway = shared.gateway(&store, identity, remembered.flatten(), place.settings);
        let audit = place.data.audit();
        let Recovered { snapshot, lock } = recover(&store, &shared.ledger, &audit, SystemClock.now()).await?;
        load(&gateway, snapshot);
        gateway.confirm();
        gateway.apply(Change::Locked(lock.is_some()));
        let control =
            shared.control(&store, &gateway, (audit, place.config_file), (urls, settings), provider);
        let api = Api::new(api::router(Arc::clone(&control)));
        let port = api::router(Arc::clone(&control)).merge(shared.public(&gateway));
        let port = port.fallback_service(keyward_console::router(Arc::clone(&control)));
        let port = Api::new(api::admitted(port, Arc::clone(&control), trusted));
        Ok(Self { gateway, control, api, port, ledger: shared.ledger, lock, store })
    }

    /// Waits until there is a vault, and with it the key that vouches for callers, and gives that to the gateway.
    pub(crate) async fn identify(&self) -> Result<()> {
        let mut ticks = interval(IDENTITY_CHECK_EVERY);
        loop {
            ticks.tick().await;
            if let Some(identity) = identity(&self.store).await? {
                self.gateway.identify(identity);
                return Ok(());
            }
        }
    }

    /// Hears whether the database answers. When it answers again, the keys are read again: a change may have been made
    /// whose answer was lost.
    ///
    /// # Errors
    /// It does not answer, or not soon enough.
    pub(crate) async fn hear_database(&self, was_gone: bool) -> Result<()> {
        timeout(DATABASE_ANSWERS_WITHIN, self.store.ping()).await??;
        if was_gone {
            let keys = self.store.load().await?.keys;
            for key in keys {
                self.gateway.apply(Change::Key(Box::new(key)));
            }
        }
        self.gateway.confirm();
        Ok(())
    }

    /// Signs what was recorded, where the vault is open, and closes the files.
    pub(crate) async fn close(&self) -> Result<()> {
        let signed = self.control.sign_checkpoint().await;
        self.store.close().await;
        self.ledger.close()?;
        signed.map(drop).context("the audit log is written, but its checkpoint is not signed")
    }
}

impl Shared {
    fn new(ledger: Arc<Ledger>) -> Self {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        Self {
            vault: Arc::new(Vault::new(Arc::clone(&entropy))),
            ledger,
            clock: Arc::new(SystemClock),
            entropy,
        }
    }

    fn gateway(
        &self,
        store: &Store,
        identity: Option<Identity>,
        remembered: Option<Remembered>,
        settings: Settings,
    ) -> Arc<Gateway> {
        Arc::new(Gateway::new(keyward_gateway::Parts {
            vault: Arc::clone(&self.vault),
            ledger: Arc::clone(&self.ledger),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            identity,
            nonces: Arc::new(FromStore { store: store.clone(), runtime: Handle::current() }),
            recorded_until: self.ledger.opening().recorded_until,
            remembered,
            settings,
        }))
    }

    fn control(
        &self,
        store: &Store,
        gateway: &Arc<Gateway>,
        (audit_dir, config_file): (PathBuf, PathBuf),
        (urls, settings): ((String, String), Vec<Setting>),
        provider: Option<Provider>,
    ) -> Arc<Control> {
        let publish = Arc::clone(gateway);
        Arc::new(Control::new(keyward_control::Parts {
            store: store.clone(),
            vault: Arc::clone(&self.vault),
            ledger: Arc::clone(&self.ledger),
            audit_dir,
            config_file,
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            publish: Arc::new(move |change| publish.apply(change)),
            introspect: Arc::new(ThroughGateway(Arc::clone(gateway))),
            approvals: Arc::new(InGateway(Arc::clone(gateway))),
            provider,
            gateway_url: urls.0,
            control_url: urls.1,
            settings,
            kdf: KdfParams::RECOMMENDED,
        }))
    }

    /// What anybody may ask. A server that is sealed, killed, or that can record nothing, is not ready for clients.
    fn public(&self, gateway: &Arc<Gateway>) -> Served {
        let (vault, ledger) = (Arc::clone(&self.vault), Arc::clone(&self.ledger));
        let (gateway, held) = (Arc::clone(gateway), Arc::clone(gateway));
        let ready = move || match ledger.failure() {
            Some(failure) => Err(failure.to_string()),
            None if held.is_locked() => Err("an older state was restored: keyward reopen".to_owned()),
            None if vault.is_sealed() => Err("the vault is sealed".to_owned()),
            None if held.served_for().is_some_and(|left| left.is_zero()) => {
                Err("the database does not answer".to_owned())
            }
            None => killed(&held.kill_switch())
                .map(|some| some.into_iter().chain(held.pauses().iter().map(held_back)).collect()),
        };
        api::public_routes(ready, move || gateway.metrics())
    }
}

/// Nothing is ready while the kill switch stops everything; what it stops otherwise is a line for people who look.
fn killed(switch: &KillSwitch) -> Result<Option<String>, String> {
    let line = format!("the kill switch is on (the file `kill` in the data directory): it stops {switch}");
    match switch {
        KillSwitch::Off => Ok(None),
        KillSwitch::Only(_) => Ok(Some(format!("{line}\n"))),
        KillSwitch::All => Err(line),
    }
}

/// A line for people who look whether Keyward is ready: it is, and an exchange is not.
fn held_back(pause: &Pause) -> String {
    let why = if pause.banned { "it has banned this address" } else { "it asked to slow down" };
    format!("nothing is sent to {} for {} s: {why}\n", pause.of, pause.left.as_secs())
}

/// Opens the audit log, and tells what was on its way when Keyward last died, of which nobody knows what became; and what
/// waited for a person, which is denied by that.
async fn open_ledger(data: &DataDir, store: &Store) -> Result<Arc<Ledger>> {
    let service = store.service_secret(Service::AuditLog).await?;
    let key = service.map(|service| service.public.parse::<VerifierKey>()).transpose()?;
    let path = data.audit();
    let open = move || match &key {
        Some(key) => Ledger::resume(&path, key),
        None => Ledger::open(&path, None),
    };
    let ledger = tokio::task::spawn_blocking(open).await??;
    for &request in &ledger.opening().unanswered {
        let outcome = Outcome { request, status: None, reason: Some(Reason::OutcomeUnknown) };
        ledger.record(&Event { at: SystemClock.now(), what: What::Outcome(outcome) })?;
        tracing::warn!(%request, "was on its way when Keyward stopped: look at the exchange what became of it");
    }
    for &approval in &ledger.opening().waiting {
        let ended = ApprovalEnded { approval, key: None, end: ApprovalEnd::Stopped };
        ledger.record(&Event { at: SystemClock.now(), what: What::ApprovalEnded(ended) })?;
    }
    ledger.flush(DEADLINE).await?;
    Ok(Arc::new(ledger))
}

/// The key that vouches for callers; there is one as soon as there is a vault.
async fn identity(store: &Store) -> Result<Option<Identity>> {
    let Some(service) = store.service_secret(Service::Identity).await? else { return Ok(None) };
    let public = BASE64_STANDARD.decode(service.public)?;
    let public = public.try_into().map_err(|_| anyhow!("the public key of Keyward's identity is damaged"))?;
    Ok(Some(Identity::new(public, service.sealed)))
}

/// Venues before the credentials and keys that name them.
fn load(gateway: &Gateway, snapshot: Snapshot) {
    let venues = snapshot.venues.into_iter().map(|venue| Change::Venue(Box::new(venue)));
    let credentials = snapshot.credentials.into_iter().map(|one| Change::Credential(Box::new(one)));
    let keys = snapshot.keys.into_iter().map(|key| Change::Key(Box::new(key)));
    for change in venues.chain(credentials).chain(keys) {
        gateway.apply(change);
    }
}

/// Where a server is reached: what one says is remembered for the commands that run without one.
async fn remembered_urls(store: &Store, urls: Urls) -> Result<(String, String)> {
    Ok((
        remembered_url(store, GATEWAY_URL, urls.gateway).await?,
        remembered_url(store, CONTROL_URL, urls.control).await?,
    ))
}

async fn remembered_url(
    store: &Store,
    (name, default): (&str, &str),
    said: Option<String>,
) -> Result<String> {
    match said {
        Some(url) => {
            store.put_meta(name, &url).await?;
            Ok(url)
        }
        None => Ok(store.meta(name).await?.unwrap_or_else(|| default.to_owned())),
    }
}
