//! A small HTTP/1.1 client: one request on one connection, for the control socket, the demo and the sandbox.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Longest answer: an export of the audit log is written by the page, so that none is longer.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest wait for a whole answer; Argon2 and a slow exchange both need seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);

/// Sends one request over a connection and reads the whole answer.
pub(crate) async fn exchange<C>(connection: C, request: Request<Full<Bytes>>) -> Result<Response<Bytes>>
where
    C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answered = tokio::time::timeout(ANSWER_WITHIN, send(connection, request)).await;
    answered.map_err(|_| anyhow!("no whole answer came within {} s", ANSWER_WITHIN.as_secs()))?
}

async fn send<C>(connection: C, request: Request<Full<Bytes>>) -> Result<Response<Bytes>>
where
    C: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, driver) = http1::handshake(TokioIo::new(connection)).await?;
    let driver = tokio::spawn(driver);
    let answer = sender.send_request(request).await.context("the connection broke before an answer came")?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|error| anyhow!(error))?;
    driver.abort();
    Ok(Response::from_parts(head, body.to_bytes()))
}
