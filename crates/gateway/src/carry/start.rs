//! Started: the last look whether the request may leave, in one step with its being put on the wire's list.

use std::sync::Arc;

use jiff::Timestamp;

use super::decide::{Allowed, Pass};
use super::record::Recorded;
use crate::denied::Denied;
use crate::fence::{Gate, Place, Sending, Started};
use crate::gateway::Gateway;

impl Recorded<'_> {
    /// Starts a send at the fence. While the request waited for its record or its connection, its key may have been
    /// revoked, suspended or deleted, its credential removed, or the kill switch put on. That the vault is unsealed is found out by opening
    /// the secret, which comes later: whoever seals it finds on the list what has not been refused by then.
    pub(crate) fn start(&self, gateway: &Gateway, gate: &Arc<Gate>) -> Result<Started, Denied> {
        let now = gateway.clock.now();
        gate.start(self.sending(now), || self.still_allowed(gateway, now))
    }

    fn still_allowed(&self, gateway: &Gateway, now: Timestamp) -> Result<(), Denied> {
        self.0.not_killed(gateway)?;
        let (key, credential) = match &self.0.pass {
            Pass::Public => return Ok(()),
            Pass::Page(key) | Pass::Assert(key) => (key, None),
            Pass::Resign(key, credential) => (key, Some(credential)),
        };
        let (directory, api_key) = (&gateway.directory, self.0.read.key().unwrap_or_default());
        directory.still_usable(key, api_key, now).map_err(Denied::policy)?;
        credential.map_or(Ok(()), |found| directory.still_held(found)).map_err(Denied::policy)
    }

    fn sending(&self, since: Timestamp) -> Sending {
        let Allowed { read, known, .. } = &*self.0;
        let resolved = &read.received.resolved;
        Sending {
            request: resolved.id,
            key: known.key,
            project: known.project,
            credential: self.0.credential(),
            since,
            place: Place::new(&resolved.venue, resolved.method(), &resolved.head.uri, resolved.path_start),
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::{ApiKey, Change, CredentialId, KeyId, KillSwitch, OnWire, Reason};
    use tokio::task::LocalSet;

    use super::*;
    use crate::carry::{Received, carry};
    use crate::fixture::{Fixture, silent_exchange};
    use crate::worker::Worker;

    /// Starts a read after something changed behind its decision.
    async fn started_after(change: impl FnOnce(&Gateway) -> Vec<OnWire>) -> Result<(), Reason> {
        let fixture = Fixture::new("http://exchange", "read");
        let received = fixture.received(fixture.signed("GET", "/api/v3/account", ""));
        let gateway = &*fixture.gateway;
        let verified =
            received.read().unwrap().identify(&gateway.directory).unwrap().verify(gateway).unwrap();
        let recorded = verified.decide(gateway).unwrap().record(gateway).await.unwrap();
        assert!(change(gateway).is_empty());
        recorded.start(gateway, &gateway.aside).map(drop).map_err(|denied| denied.reason)
    }

    #[tokio::test]
    async fn what_was_allowed_does_not_start_once_its_key_or_credential_is_gone() {
        let key = Change::KeyGone { id: KeyId::from_entropy([3; 16]), api_key: ApiKey::new("issued") };
        assert_eq!(started_after(|gateway| gateway.apply(key)).await, Err(Reason::KeyUnknown));
        let credential = Change::CredentialGone(CredentialId::from_entropy([2; 16]));
        let gone = started_after(|gateway| gateway.apply(credential)).await;
        assert_eq!(gone, Err(Reason::CredentialUnusable));
    }

    #[tokio::test]
    async fn what_was_allowed_does_not_start_once_the_kill_switch_stops_it() {
        let text = format!("credential {}", CredentialId::from_entropy([2; 16]));
        for text in ["all", &text] {
            let killed = started_after(|gateway| gateway.switch(KillSwitch::parse(text))).await;
            assert_eq!(killed, Err(Reason::Killed), "{text}");
        }
        assert_eq!(started_after(|gateway| gateway.switch(KillSwitch::Off)).await, Ok(()));
    }

    #[tokio::test]
    async fn what_is_on_the_wire_is_named_until_its_client_hangs_up() {
        let (url, _exchange) = silent_exchange();
        let fixture = Fixture::new(&url, "trade");
        let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1";
        let received: Received = fixture.received(fixture.signed("POST", "/api/v3/order", order));
        let worker = Worker::new(fixture.gateway.clone());
        let seal = || fixture.gateway.apply(Change::Sealed);
        let sent = async {
            while seal().is_empty() {
                tokio::task::yield_now().await;
            }
            seal()
        };
        let carried = async {
            tokio::select! {
                _ = carry(&worker, &received) => panic!("the exchange answers nothing"),
                on_wire = sent => on_wire,
            }
        };
        let on_wire = LocalSet::new().run_until(carried).await;
        assert_eq!(on_wire.len(), 1);
        assert_eq!((on_wire[0].request, on_wire[0].path.as_str()), (received.resolved.id, "/api/v3/order"));
        assert_eq!(on_wire[0].key, Some(KeyId::from_entropy([3; 16])));
        assert!(seal().is_empty());
    }
}
