//! `keyward sandbox`: a small exchange to try things on.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use http_body_util::Full;
use hyper::header::HOST;
use hyper::{Request, Uri};
use keyward_policy::Clock;
use keyward_sandbox::{Announcement, Identity, demo, kraken_demo, serve};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use crate::host::SystemClock;
use crate::http;
use crate::invocation::Invocation;
use crate::output::{Field, record};
use crate::signals;

const FIELDS: &[Field] =
    &[("account", "/name"), ("type", "/key_type"), ("api key", "/api_key"), ("secret", "/secret")];

/// Where a gateway shows its keys (RFC 8615).
const KEY_SET: &str = "/.well-known/jwks.json";

/// Run a small exchange that really matches orders and checks signatures, in Binance's words or in Kraken's
///
/// Its money is worth nothing. Clients trade on it directly, or through Keyward.
#[derive(Args)]
#[command(after_help = "Examples:\n  keyward sandbox --listen 127.0.0.1:9000\n  \
    keyward sandbox --dialect kraken\n  \
    keyward sandbox --trust-gateway http://127.0.0.1:8080 --audience backend\n\n\
    Next: keyward venue add sandbox --dialect binance --url http://127.0.0.1:9000")]
pub(crate) struct Sandbox {
    /// Where it listens; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// Whose keys its accounts have: of `kraken`, every request needs a higher nonce than all before
    #[arg(long, value_name = "DIALECT", default_value = "binance")]
    dialect: Words,
    /// What its prices and keys follow from: the same seed makes the same market
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// A gateway whose word for a caller is taken in place of a signature (http)
    #[arg(long, value_name = "URL", requires = "audience")]
    trust_gateway: Option<Uri>,
    /// The name that this exchange has at the gateway, as a venue
    #[arg(long, value_name = "VENUE", requires = "trust_gateway")]
    audience: Option<String>,
}

/// The exchanges whose words it speaks.
#[derive(Clone, Copy, ValueEnum)]
enum Words {
    Binance,
    Kraken,
}

impl Sandbox {
    /// Runs the exchange until somebody stops it.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<()> {
        let mut demo = match self.dialect {
            Words::Binance => demo(self.seed)?,
            Words::Kraken => kraken_demo(self.seed),
        };
        demo.config.identity = self.trust_gateway.zip(self.audience).map(|(gateway, audience)| Identity {
            audience,
            jwks: Arc::new(move || Box::pin(key_set(gateway.clone()))),
            balances: demo.config.accounts.first().map(|first| first.balances.clone()).unwrap_or_default(),
        });
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("the exchange cannot listen on {}", self.listen))?;
        let url = format!("http://{}", listener.local_addr()?);
        let announcement = serde_json::to_value(Announcement { url, accounts: demo.accounts })?;
        invocation.printer.result(&announcement, shown)?;
        let mut stop = signals::Stop::listen()?;
        let stopped = async move { stop.asked().await };
        serve(listener, demo.config, clock(), stopped).await.context("the exchange stopped")
    }
}

/// Fetches the keys that check a gateway's word.
async fn key_set(gateway: Uri) -> Option<String> {
    let authority = gateway.authority()?.clone();
    let request = Request::get(KEY_SET).header(HOST, authority.as_str()).body(Full::default()).ok()?;
    let address = (authority.host().trim_matches(['[', ']']), authority.port_u16().unwrap_or(80));
    let answer = http::exchange(TcpStream::connect(address).await.ok()?, request).await.ok()?;
    String::from_utf8(answer.into_body().into()).ok()
}

/// The system's clock as the exchange reads it, in milliseconds.
pub(super) fn clock() -> keyward_sandbox::Clock {
    Arc::new(|| u64::try_from(SystemClock.now().as_millisecond()).unwrap_or_default())
}

fn shown(announcement: &Value) -> String {
    let url = announcement["url"].as_str().unwrap_or_default();
    let accounts = announcement["accounts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let accounts: String = accounts.iter().map(|account| format!("\n{}", record(account, FIELDS))).collect();
    format!("the exchange is at {url}\n{accounts}")
}
