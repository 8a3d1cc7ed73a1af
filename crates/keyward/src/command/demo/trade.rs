//! A client of the demo: signs with the issued key as an exchange's client would, over real HTTP.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::HOST;
use hyper::{HeaderMap, Method, Request, StatusCode};
use keyward_dialect::SigningKey;
use keyward_policy::Clock;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::host::SystemClock;
use crate::http;

/// A client with an issued key.
pub(crate) struct Client {
    /// The gateway's address.
    pub(crate) gateway: std::net::SocketAddr,
    /// The venue's name.
    pub(crate) venue: &'static str,
    /// The issued key.
    pub(crate) api_key: String,
    /// Its secret.
    pub(crate) secret: String,
}

/// What came back.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body, JSON.
    pub(crate) body: Value,
}

impl Client {
    /// Sends a signed request: the parameters, the time and the signature in the query.
    pub(crate) async fn send(&self, method: Method, path: &str, parameters: &str) -> Result<Answer> {
        let stamped = format!("{parameters}&timestamp={}", SystemClock.now().as_millisecond());
        let message = stamped.trim_start_matches('&');
        let signature = SigningKey::HmacSha256(self.secret.as_bytes()).sign(message.as_bytes())?;
        let target = format!("/{}{path}?{message}&signature={signature}", self.venue);
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, self.gateway.to_string())
            .header("X-MBX-APIKEY", &self.api_key)
            .body(Full::<Bytes>::default())?;
        let connection = TcpStream::connect(self.gateway).await.context("the gateway does not answer")?;
        let (head, body) = http::exchange(connection, request).await?.into_parts();
        let body = serde_json::from_slice(&body).context("the answer is not JSON")?;
        Ok(Answer { status: head.status, headers: head.headers, body })
    }
}

impl Answer {
    /// Why Keyward refused, if it was Keyward that answered.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.headers.get("keyward-reason")?.to_str().ok()
    }
}
