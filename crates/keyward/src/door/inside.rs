//! The operations inside this process, when no server runs.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Response;
use keyward_policy::Actor;
use serde_json::Value;
use tokio::net::UnixStream;

use super::{Call, read};
use crate::api::Who;
use crate::compose::{Keyward, Place};
use crate::listen;

/// The operations on parts that this process opened; the data directory is locked as long as they live.
pub(crate) struct Inside {
    keyward: Arc<Keyward>,
    actor: Actor,
}

impl Inside {
    /// Opens the parts. No client is served.
    pub(crate) async fn open(place: Place<'_>) -> Result<Self> {
        let keyward = Arc::new(Keyward::open(place).await?);
        // The kernel says who runs this process, in the same words as it says who is at the socket.
        let (here, _) = UnixStream::pair()?;
        Ok(Self { keyward, actor: Actor { via: "cli", ..listen::peer(&here)? } })
    }

    /// The parts.
    pub(crate) fn keyward(&self) -> Arc<Keyward> {
        Arc::clone(&self.keyward)
    }

    /// Signs what was recorded, and closes the parts.
    pub(crate) async fn close(&self) -> Result<()> {
        self.keyward.close().await
    }

    /// Carries out one operation.
    pub(crate) async fn call(&self, call: &Call) -> Result<Value> {
        let api = self.keyward.api.clone();
        let (head, body) = api.answer(call.request()?, Who::Host(self.actor.clone())).await?.into_parts();
        let body: Bytes = body.collect().await.map_err(|error| anyhow!(error))?.to_bytes();
        read(&Response::from_parts(head, body))
    }
}
