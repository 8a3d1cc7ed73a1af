//! The demo's stage: a sandbox exchange, a server on a throwaway directory, and what an operator would have set up.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyward_gateway::Settings;
use keyward_policy::Entropy;
use keyward_sandbox::{AnnouncedAccount, demo, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::trade::Client;
use crate::command::sandbox::clock;
use crate::compose::{Place, Urls};
use crate::data::DataDir;
use crate::door::{Call, Inside, path};
use crate::host::SystemEntropy;
use crate::server::{Bound, Passed, Server};

/// What the sandbox exchange's prices follow from.
const SEED: u64 = 1;
/// Threads that serve the demo's one client.
const WORKERS: usize = 1;
/// The venue's name: clients of Binance find it where they expect it.
const VENUE: &str = "binance";

/// Everything that runs during the demo.
pub(crate) struct Stage {
    /// The gateway's base URL for the venue.
    pub(crate) door: String,
    /// The exchange's base URL.
    pub(crate) exchange_url: String,
    /// The operations.
    pub(crate) inside: Inside,
    /// The link that makes whoever opens it the demo's owner, in the console.
    pub(crate) console: String,
    /// A client with an issued key.
    pub(crate) client: Client,
    server: Server,
    exchange: JoinHandle<()>,
    folder: TempDir,
}

impl Stage {
    /// Starts everything, with the gateway on this port.
    pub(crate) async fn set(port: u16) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("keyward-demo-").tempdir();
        let folder = folder.context("the demo needs a temporary directory")?;
        let (exchange_url, account, exchange) = exchange().await?;
        let bound = Bound::take(&[local(port)], local(0), None, WORKERS, Passed::default())?;
        let data = DataDir::locate(Some(folder.path().to_owned()))?;
        let place = Place {
            data: &data,
            config_file: data.config(),
            database_url: Zeroizing::new(format!("sqlite:{}", data.database().display())),
            urls: Urls { gateway: Some(bound.gateway_url()?), control: Some(bound.control_url()?) },
            settings: Settings { workers: WORKERS, ..Settings::default() },
            oidc: None,
            serves: true,
        };
        let inside = Inside::open(place).await?;
        let key = furnish(&inside, &exchange_url, &account).await?;
        let console = invite(&inside).await?;
        let (gateway, door) = (bound.gateway()?, format!("{}/{VENUE}", bound.gateway_url()?));
        let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
        let client = Client { gateway, venue: VENUE, api_key: text("api_key"), secret: text("secret") };
        let server = Server::start(inside.keyward(), bound, &data)?;
        Ok(Self { door, exchange_url, inside, console, client, server, exchange, folder })
    }

    /// Where the throwaway data is.
    pub(crate) fn data_path(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Waits until somebody has seen enough.
    pub(crate) async fn until_stopped(&mut self) -> Result<()> {
        self.server.until_stopped().await
    }

    /// Stops everything and throws the data away.
    pub(crate) async fn strike(self) -> Result<()> {
        self.server.stop().await?;
        self.exchange.abort();
        self.folder.close().context("the demo's data could not be thrown away")
    }
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Starts the exchange; its first account holds the real key.
async fn exchange() -> Result<(String, AnnouncedAccount, JoinHandle<()>)> {
    let demo = demo(SEED)?;
    let account = demo.accounts.into_iter().next().context("the exchange has no account")?;
    let listener = TcpListener::bind(local(0)).await.context("the exchange has no port to listen on")?;
    let url = format!("http://{}", listener.local_addr()?);
    let runs = tokio::spawn(async move {
        if let Err(error) = serve(listener, demo.config, clock(), std::future::pending()).await {
            tracing::error!(%error, "the sandbox exchange stopped");
        }
    });
    Ok((url, account, runs))
}

/// Does what an operator would: a vault, a venue, a real key, a project, and an issued key.
async fn furnish(inside: &Inside, exchange_url: &str, account: &AnnouncedAccount) -> Result<Value> {
    let post = async |segments: &[&str], body: Value| inside.call(&Call::post(path(segments), &body)?).await;
    post(&["vault", "init"], json!({ "passphrase": throwaway_passphrase() })).await?;
    post(&["venues"], json!({"name": VENUE, "dialect": "binance", "urls": {"": exchange_url}})).await?;
    let credential = json!({
        "name": "main", "venue": VENUE, "api_key": account.api_key, "secret": account.secret,
    });
    post(&["credentials"], credential).await?;
    post(&["projects"], json!({"name": "demo"})).await?;
    let key = json!({
        "name": "bot", "project": "demo", "credentials": ["main"], "allow": ["market", "read", "trade"],
        "symbols": ["BTC/USDT", "ETH/USDT"],
    });
    post(&["keys"], key).await
}

/// A passkey belongs to a name, never to an address.
async fn invite(inside: &Inside) -> Result<String> {
    let owner = json!({ "name": "you", "role": "owner" });
    let invited = inside.call(&Call::post(path(&["operators"]), &owner)?).await?;
    let url = invited["url"].as_str().context("there is no link to the console")?;
    Ok(url.replace("127.0.0.1", "localhost"))
}

/// Nobody needs to know it: the vault lives as long as the demo.
fn throwaway_passphrase() -> String {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    BASE64_STANDARD.encode(bytes)
}
