//! An exchange on a real listener with a clock that stands still, and a small client for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use keyward_dialect::crypto::{HmacScheme, SecretKey};
use keyward_sandbox::{AnnouncedAccount, Config, Demo, demo, serve};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) const NOW_MS: u64 = 1_800_000_000_000;

/// Made once: an RSA key takes a while.
static DEMO: LazyLock<Demo> = LazyLock::new(|| demo(1).unwrap());

pub(crate) struct Venue {
    address: SocketAddr,
    clock: Arc<AtomicU64>,
    server: JoinHandle<()>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// The connection broke before the answer was whole.
#[derive(Debug)]
pub(crate) struct Broken;

impl Drop for Venue {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A demo account, by its name.
pub(crate) fn account(name: &str) -> &'static AnnouncedAccount {
    DEMO.accounts.iter().find(|account| account.name == name).unwrap()
}

pub(crate) fn desk() -> &'static AnnouncedAccount {
    account("desk")
}

/// Signs as the account's client would; in the URL, so percent-encoded.
pub(crate) fn signature(account: &AnnouncedAccount, message: &str) -> String {
    let secret = SecretKey::from_text(&account.secret).unwrap();
    let signature =
        secret.kind.signing_key(HmacScheme::Sha256, &secret.bytes).sign(message.as_bytes()).unwrap();
    form_urlencoded::byte_serialize(signature.as_bytes()).collect()
}

/// Parameters with a timestamp and their signature.
pub(crate) fn signed(account: &AnnouncedAccount, params: &str, timestamp_ms: u64) -> String {
    let separator = if params.is_empty() { "" } else { "&" };
    let message = format!("{params}{separator}timestamp={timestamp_ms}");
    let signature = signature(account, &message);
    format!("{message}&signature={signature}")
}

impl Venue {
    /// Opens an exchange whose market stands still.
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = DEMO.config.clone();
        config.heartbeat = Duration::ZERO;
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(AtomicU64::new(NOW_MS));
        let read = Arc::clone(&clock);
        let now_ms = Arc::new(move || read.load(Ordering::Relaxed));
        let run = async { serve(listener, config, now_ms, std::future::pending()).await.unwrap() };
        Self { address, clock, server: tokio::spawn(run) }
    }

    pub(crate) fn advance(&self, ms: u64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    /// Sends a request on a connection of its own.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Reply, Broken> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut client, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let (head, body) = client.send_request(request).await.map_err(|_| Broken)?.into_parts();
        let bytes = body.collect().await.map_err(|_| Broken)?.to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Reply { status: head.status, headers: head.headers, body })
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send(Request::get(target).header("host", "sandbox").body(Body::empty()).unwrap()).await.unwrap()
    }

    /// A signed request with its parameters in the query.
    pub(crate) async fn try_call(
        &self,
        account: &AnnouncedAccount,
        method: &str,
        path: &str,
        params: &str,
    ) -> Result<Reply, Broken> {
        let query = signed(account, params, self.clock.load(Ordering::Relaxed));
        let request =
            Request::builder().method(method).uri(format!("{path}?{query}")).header("host", "sandbox");
        self.send(request.header("x-mbx-apikey", &account.api_key).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn call(
        &self,
        account: &AnnouncedAccount,
        method: &str,
        path: &str,
        params: &str,
    ) -> Reply {
        self.try_call(account, method, path, params).await.unwrap()
    }

    /// A request to the exchange's own controls.
    pub(crate) async fn control(&self, method: &str, path: &str, json: &str) -> Reply {
        let request = Request::builder().method(method).uri(path).header("host", "sandbox");
        let request = request.header("content-type", "application/json").body(Body::from(json.to_owned()));
        self.send(request.unwrap()).await.unwrap()
    }

    /// The amount of an asset that an account has free, and that its orders hold.
    pub(crate) async fn money(&self, account: &AnnouncedAccount, asset: &str) -> (String, String) {
        let reply = self.call(account, "GET", "/api/v3/account", "").await;
        let rows = reply.body["balances"].as_array().unwrap();
        let row = rows.iter().find(|row| row["asset"] == asset).unwrap();
        (text(&row["free"]), text(&row["locked"]))
    }
}

impl Reply {
    /// The answer, which must be a success.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body
    }

    /// Status, code and message of a refusal.
    pub(crate) fn refusal(&self) -> (u16, i64, String) {
        (self.status.as_u16(), self.body["code"].as_i64().unwrap_or_default(), text(&self.body["msg"]))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_exchange_stops_when_it_is_told_and_lets_go_of_idle_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let server = tokio::spawn(serve(listener, DEMO.config.clone(), Arc::new(|| NOW_MS), shutdown));
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut client, connection) = hyper::client::conn::http1::handshake::<_, Body>(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let ping = Request::get("/api/v3/ping").header("host", "sandbox").body(Body::empty()).unwrap();
    client.send_request(ping).await.unwrap().collect().await.unwrap();
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    connection.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
