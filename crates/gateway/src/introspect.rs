//! Asking an exchange what a real key may do: the one request that Keyward makes for its operator, not for a client.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::header::HOST;
use http_body_util::{BodyExt, Full, Limited};
use keyward_dialect::{RealKeyRights, Stamp, UnreadableRights};
use keyward_policy::{Credential, SecretOwner};
use thiserror::Error;
use tokio::runtime::{Builder, LocalOptions};

use crate::carry::{Signed, micros, signing_key};
use crate::fence::{Place, Sending, Started};
use crate::gateway::Gateway;
use crate::upstream::Upstream;
use crate::venue::{Base, VenueEntry};

/// The longest answer read. Binance's own has 500 bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why the exchange could not be asked, or what it answered is of no use.
#[derive(Debug, Error)]
pub enum IntrospectError {
    /// The credential's venue is not served, or has no URL for this.
    #[error("the credential's venue is not configured for this")]
    Venue,
    /// The real key does not open; the vault may be sealed.
    #[error("the real key cannot be used: {0}")]
    Vault(#[from] keyward_vault::Error),
    /// The requests with the real key go one after the other, and this one's turn did not come.
    #[error("{0}")]
    Turn(String),
    /// The real key does not sign.
    #[error("the real key is not a usable signing key")]
    Key,
    /// The kill switch is on.
    #[error("the kill switch is on; remove the file `kill` in the data directory first")]
    Killed,
    /// No connection to the exchange.
    #[error("the exchange could not be reached: {0}")]
    Unreachable(String),
    /// No whole answer.
    #[error("the exchange did not answer")]
    NoAnswer,
    /// The exchange refused, or its answer cannot be read.
    #[error(transparent)]
    Answer(#[from] UnreadableRights),
}

impl Gateway {
    /// Asks the exchange what a credential's key may do.
    ///
    /// # Errors
    /// [`IntrospectError`] says what is in the way.
    pub async fn introspect(
        self: &Arc<Self>,
        credential: Credential,
    ) -> Result<RealKeyRights, IntrospectError> {
        let gateway = self.clone();
        // The gateway's connections belong to one thread each, so this one gets a thread for as long as it lasts.
        let asked = tokio::task::spawn_blocking(move || {
            let runtime = Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
            let runtime = runtime.map_err(|error| IntrospectError::Unreachable(error.to_string()))?;
            runtime.block_on(gateway.ask(&credential))
        });
        asked.await.unwrap_or(Err(IntrospectError::NoAnswer))
    }

    async fn ask(&self, credential: &Credential) -> Result<RealKeyRights, IntrospectError> {
        let venue = self.directory.venue_by_id(credential.venue).ok_or(IntrospectError::Venue)?;
        let turn = self.turn(venue.dialect, &credential.api_key).await;
        let turn = turn.map_err(|denied| IntrospectError::Turn(denied.detail.into_owned()))?;
        let (base, request) = self.question(&venue, credential, turn.nonce())?;
        let upstream = Upstream::new(&self.settings.limits, &self.settings.extra_roots);
        let connection = upstream
            .connect(&base, false)
            .await
            .map_err(|error| IntrospectError::Unreachable(error.to_string()))?;
        let started = self.start_question(&venue, credential, &base, &request)?;
        let signed = Signed { request, started };
        let answer = pin!(upstream.send(&base, connection, signed));
        let answer = turn.until_answered(answer).await.map_err(|_| IntrospectError::NoAnswer)?;
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| IntrospectError::NoAnswer)?.to_bytes();
        Ok(venue.dialect.read_introspection(&body)?)
    }

    fn question(
        &self,
        venue: &VenueEntry,
        credential: &Credential,
        nonce: Option<u64>,
    ) -> Result<(Base, Request<Full<Bytes>>), IntrospectError> {
        let secret = self.vault.open(SecretOwner::Credential(credential.id), &credential.secret)?;
        let key = signing_key(venue.dialect, credential.key_type, &secret).ok_or(IntrospectError::Key)?;
        let stamp = Stamp { now_us: micros(self.clock.now()), nonce };
        let asked = venue.dialect.introspect(&credential.api_key, &key, stamp);
        let asked = asked.map_err(|_| IntrospectError::Key)?;
        let path = asked.outgoing.target.split('?').next().unwrap_or_default();
        let base = venue.base(path).ok_or(IntrospectError::Venue)?.clone();
        let target = format!("{}{}", base.prefix, asked.outgoing.target);
        let mut request = Request::builder().method(asked.method).uri(target).header(HOST, base.authority());
        for (name, value) in asked.outgoing.set {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(asked.outgoing.body)));
        Ok((base, request.map_err(|_| IntrospectError::Key)?))
    }

    /// Starts the question at the fence: it is signed already, so the vault is asked here whether it still may.
    fn start_question(
        &self,
        venue: &Arc<VenueEntry>,
        credential: &Credential,
        base: &Base,
        request: &Request<Full<Bytes>>,
    ) -> Result<Started, IntrospectError> {
        let sending = Sending {
            request: self.next_request_id(),
            key: None,
            project: None,
            credential: Some(credential.id),
            since: self.clock.now(),
            place: Place::new(venue, request.method(), request.uri(), base.prefix.len()),
        };
        self.aside.start(sending, || {
            let passed = self.kill_switch.load().check(None, None, Some(credential.id));
            passed.map_err(|_| IntrospectError::Killed)?;
            let sealed = self.vault.is_sealed().then_some(keyward_vault::Error::Sealed);
            sealed.map_or(Ok(()), |sealed| Err(sealed.into()))
        })
    }
}
