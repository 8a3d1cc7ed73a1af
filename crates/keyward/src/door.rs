//! The one way to the operations: the socket of a running server, or the same API inside this process.

mod call;
mod inside;

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bytes::Bytes;
use hyper::Response;
use serde_json::Value;
use tokio::net::UnixStream;

pub(crate) use self::call::{Call, encoded, path};
pub(crate) use self::inside::Inside;
use crate::http;
use crate::outcome::Problem;

/// Where operations are carried out.
pub(crate) enum Door {
    /// By the server that listens on this socket.
    Socket(PathBuf),
    /// In this process, which then holds the data directory's lock.
    Inside(Box<Inside>),
}

impl Door {
    /// The server's socket, when a server answers there. A socket that nobody listens on is a dead server's.
    pub(crate) async fn of_server(socket: &Path) -> Result<Option<Self>> {
        match UnixStream::connect(socket).await {
            Ok(_) => Ok(Some(Self::Socket(socket.to_owned()))),
            Err(error) if absent(&error) => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("the socket {} cannot be used", socket.display()))
            }
        }
    }

    /// Carries out one operation; a refusal is a [`Problem`].
    pub(crate) async fn call(&self, call: &Call) -> Result<Value> {
        match self {
            Self::Socket(path) => {
                let stream = UnixStream::connect(path).await.context("the server has gone away")?;
                read(&http::exchange(stream, call.request()?).await?)
            }
            Self::Inside(inside) => inside.call(call).await,
        }
    }
}

fn absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

fn read(answer: &Response<Bytes>) -> Result<Value> {
    let body = answer.body();
    if !answer.status().is_success() {
        let problem: Problem = serde_json::from_slice(body)
            .with_context(|| format!("the server answered {} and no reason", answer.status()))?;
        return Err(problem.into());
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).context("the server's answer is not JSON")
}
