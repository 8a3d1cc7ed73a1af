//! `keyward serve`: the server.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use ipnet::IpNet;
use jiff::SignedDuration;
use keyward_control::oidc::Client;
use keyward_gateway::{Settings, certificates};
use keyward_policy::TrustedProxies;
use serde_json::json;
use zeroize::Zeroizing;

use super::unlock::{Unlock, Unlocking};
use crate::compose::{Place, Urls};
use crate::config::GatewayConfig;
use crate::confine::{Reach, confine};
use crate::door::{Call, Door, Inside, path};
use crate::invocation::Invocation;
use crate::logging::LogFormat;
use crate::oidc;
use crate::outcome::{Problem, code};
use crate::output::record;
use crate::server::{Bound, Certified, Passed, Predecessor, Server};

/// Where the data plane listens when nobody says otherwise.
const GATEWAY: &str = "127.0.0.1:8080";
/// Where the control plane's port listens when nobody says otherwise.
const CONTROL: &str = "127.0.0.1:8081";

/// For how long keys may be served without their database: the database is asked every second and has one to answer.
const WITHOUT_DATABASE: RangeInclusive<Duration> = Duration::from_secs(3)..=Duration::from_secs(15 * 60);
/// What to do where a server cannot take over.
const UNSEAL: &str =
    "name the passphrase's file with --passphrase-file, or seal the vault first: `keyward vault seal`";

/// Run the server: the gateway for clients, and the control plane for operators
///
/// Operators reach it over DIR/keyward.sock; the control port answers /healthz, /readyz and /metrics. Without a
/// passphrase or key file it starts sealed: it then refuses what needs a real key until `keyward vault unseal`.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    keyward serve\n  \
    keyward serve --gateway 127.0.0.1:8080 --control 127.0.0.1:8081 --passphrase-file phrase.txt\n  \
    keyward serve --gateway 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem\n\n\
    Every option can stand in DIR/keyward.toml as well; see keyward.example.toml.")]
pub(crate) struct Serve {
    /// Where clients connect (may be given several times) [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    gateway: Vec<SocketAddr>,
    /// Where probes and metrics connect [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDR")]
    control: Option<SocketAddr>,
    /// How clients reach the gateway, where that is not its address
    #[arg(long, value_name = "URL")]
    gateway_url: Option<String>,
    /// The certificate chain to serve, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy whose word about the client's address is believed (may be given several times)
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<IpNet>,
    /// Trusted proxies open each connection with a PROXY protocol v2 header
    #[arg(long)]
    proxy_protocol: bool,
    /// A certificate authority to trust beside Mozilla's, PEM (may be given several times)
    #[arg(long, value_name = "FILE")]
    trust_ca: Vec<PathBuf>,
    /// Threads that serve clients [default: one a core]
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Take the place of the server that runs on DIR: its listeners stay open, and what is in flight is finished
    #[arg(long)]
    take_over: bool,
    /// Start without shutting the server in (Landlock and seccomp)
    #[arg(long, hide_short_help = true)]
    unconfined: bool,
    /// A directory outside DIR that the server may write to, for `audit export` (may be given several times)
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    writable: Vec<PathBuf>,
    /// How log lines look
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    #[command(flatten)]
    unlock: Unlock,
}

/// A server that has taken what it needs from outside of the data directory, and has started no thread yet.
pub(crate) struct Prepared {
    bound: Bound,
    url: String,
    control_url: Option<String>,
    settings: Settings,
    database_url: Zeroizing<String>,
    unlocking: Option<Unlocking>,
    oidc: Option<Client>,
}

impl Serve {
    /// Takes the addresses, and reads the files that are named.
    pub(crate) fn prepare(self, invocation: &mut Invocation) -> Result<Prepared> {
        let unlocking = self.unlock.named(&invocation.config)?;
        let control =
            self.control.or(invocation.config.control.listen).map_or_else(|| CONTROL.parse(), Ok)?;
        let (take_over, unconfined) =
            (self.take_over, self.unconfined || invocation.config.server.unconfined);
        let writable = said(self.writable.clone(), std::mem::take(&mut invocation.config.server.writable));
        let config = self.over(std::mem::take(&mut invocation.config.gateway));
        let settings = settings(&config)?;
        let (predecessor, passed) =
            if take_over { Predecessor::find(&invocation.data.hand_over())?.unzip() } else { (None, None) };
        let passed = passed.map_or_else(Passed::from_environment, Ok)?;
        let bound = bound(&config, control, settings.workers, passed)?;
        let url = config.url.clone().map_or_else(|| bound.gateway_url(), Ok)?;
        let database_url = invocation.database.url()?;
        let oidc = oidc::client(invocation.config.control.oidc.as_ref())?;
        if let Some(predecessor) = predecessor {
            can_unseal(&invocation.data.socket(), unlocking.as_ref())?;
            predecessor.take_turn()?;
        }
        if !unconfined {
            confine(&reach(invocation, &config, &writable)?)?;
        }
        let control_url = invocation.config.control.url.clone();
        Ok(Prepared { bound, url, control_url, settings, database_url, unlocking, oidc })
    }

    /// What is said here, and what the file says where nothing is said here.
    fn over(self, file: GatewayConfig) -> GatewayConfig {
        GatewayConfig {
            listen: said(self.gateway, file.listen),
            url: self.gateway_url.or(file.url),
            tls_cert: self.tls_cert.or(file.tls_cert),
            tls_key: self.tls_key.or(file.tls_key),
            trusted_proxies: said(self.trusted_proxies, file.trusted_proxies),
            proxy_protocol: self.proxy_protocol || file.proxy_protocol,
            trust_ca: said(self.trust_ca, file.trust_ca),
            workers: self.workers.or(file.workers),
            without_database: file.without_database,
            limits: file.limits,
        }
    }
}

impl Prepared {
    /// Runs the server until somebody stops it.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let control = self.control_url.map_or_else(|| self.bound.control_url(), Ok)?;
        let place = Place {
            data: &invocation.data,
            config_file: invocation.config_file.clone(),
            database_url: self.database_url,
            urls: Urls { gateway: Some(self.url.clone()), control: Some(control.clone()) },
            settings: self.settings,
            oidc: self.oidc,
            serves: true,
        };
        let inside = Inside::open(place).await?;
        let sealed = unseal(&inside, self.unlocking).await?;
        let keyward = inside.keyward();
        let locked = keyward.lock.as_ref().map(|lock| format!("locked, nothing is sent: {}", lock.why));
        // Connections wait in the listeners' backlog meanwhile.
        tokio::time::sleep(keyward.gateway.settles_in()).await;
        let mut server = Server::start(keyward, self.bound, &invocation.data)?;
        announce(invocation, &self.url, &control, sealed)?;
        if let Some(why) = locked {
            tracing::warn!(detail = why, "nothing is sent");
            invocation.printer.say(&why)?;
            invocation.printer.next("keyward reopen, which says what to look at first")?;
        }
        let ended = server.until_stopped().await;
        server.stop().await.and(ended)
    }
}

fn said<T>(here: Vec<T>, file: Vec<T>) -> Vec<T> {
    if here.is_empty() { file } else { here }
}

fn settings(config: &GatewayConfig) -> Result<Settings> {
    let mut settings = Settings {
        trusted_proxies: TrustedProxies(config.trusted_proxies.clone()),
        proxy_protocol: config.proxy_protocol,
        ..Settings::default()
    };
    settings.workers = config.workers.unwrap_or(settings.workers);
    if let Some(length) = config.without_database {
        settings.limits.without_database = without_database(length)?;
    }
    settings.limits = config.limits.over(settings.limits);
    for path in &config.trust_ca {
        settings.extra_roots.extend(certificates(&read(path)?)?);
    }
    Ok(settings)
}

/// Keys that are served for long without their database are keys that nobody can revoke there.
fn without_database(length: SignedDuration) -> Result<Duration> {
    let length = Duration::try_from(length).ok().filter(|length| WITHOUT_DATABASE.contains(length));
    length.ok_or_else(|| Problem::usage("without_database is a time from 3 seconds to 15 minutes").into())
}

fn bound(config: &GatewayConfig, control: SocketAddr, workers: usize, passed: Passed) -> Result<Bound> {
    let tls = match (&config.tls_cert, &config.tls_key) {
        (Some(chain), Some(key)) => Some(Certified::read(chain.clone(), key.clone())?),
        (None, None) => None,
        _ => anyhow::bail!(Problem::usage("a certificate and its private key belong together: name both")),
    };
    let default = [GATEWAY.parse()?];
    let gateway = if config.listen.is_empty() { &default } else { config.listen.as_slice() };
    Bound::take(gateway, control, tls, workers, passed)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// What the server can still open once it is confined.
fn reach(invocation: &Invocation, config: &GatewayConfig, writable: &[PathBuf]) -> Result<Reach> {
    invocation.data.ready()?;
    // What is read again: the certificate when it changes, the configuration file into a backup.
    let read = config.tls_cert.iter().chain(&config.tls_key).chain([&invocation.config_file]);
    let database = invocation.database.folder();
    Ok(Reach::new(invocation.data.path()).reading(read).writing(writable.iter().chain(&database)))
}

/// Makes sure, with the help of the server that runs, that this one will not be sealed where that one is not. The root
/// key never leaves a process.
fn can_unseal(server: &Path, unlocking: Option<&Unlocking>) -> Result<()> {
    let door = Door::Socket(server.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Some(unlocking) = unlocking else {
        let status = runtime.block_on(door.call(&Call::get(path(&["vault"]))))?;
        let unsealed = status["state"] == "unsealed";
        let problem = || {
            Problem::new("would_be_sealed", "the server that runs is unsealed, and this one would be sealed")
        };
        return if unsealed { Err(problem().hint(UNSEAL).into()) } else { Ok(()) };
    };
    let unsealed = runtime.block_on(door.call(&unlocking.unseal()?)).map(drop);
    unsealed.or_else(|error| if code(&error) == Some("vault_missing") { Ok(()) } else { Err(error) })
}

/// Unseals the vault where that is possible; otherwise says why it is not.
async fn unseal(inside: &Inside, unlocking: Option<Unlocking>) -> Result<Option<&'static str>> {
    if let Some(unlocking) = unlocking {
        let unsealed = inside.call(&unlocking.unseal()?).await;
        unsealed
            .map(drop)
            .or_else(|error| if code(&error) == Some("vault_missing") { Ok(()) } else { Err(error) })?;
    }
    let status = inside.call(&Call::get(path(&["vault"]))).await?;
    Ok(match status["state"].as_str() {
        Some("unsealed") => None,
        Some("missing") => Some("there is no vault yet: make one with `keyward vault init`"),
        _ => Some("the vault is sealed: nothing is signed until `keyward vault unseal`"),
    })
}

fn announce(invocation: &Invocation, gateway: &str, control: &str, sealed: Option<&str>) -> Result<()> {
    let ready = json!({"gateway": gateway, "control": control, "socket": invocation.data.socket()});
    let fields = [("gateway", "/gateway"), ("control", "/control"), ("socket", "/socket")];
    invocation.printer.result(&ready, |ready| record(ready, &fields))?;
    sealed.map_or(Ok(()), |why| invocation.printer.say(why))
}
