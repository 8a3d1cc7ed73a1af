//! Recorded: what can move money has a durable intent in the audit log; and what the log says afterwards.

use std::borrow::Cow;

use keyward_dialect::{Fact, Markets};
use keyward_policy::{CredentialId, Event, Forwarded, OrderFact, Outcome, Reason, Request, Sent, Verb, What};

use super::decide::{Allowed, Pass};
use super::read::Read;
use super::receive::Resolved;
use crate::denied::{Denied, Known};
use crate::gateway::Gateway;

/// A request whose intent, where it needs one, is on disk.
pub(crate) struct Recorded<'r>(pub(crate) Box<Allowed<'r>>);

impl<'r> Allowed<'r> {
    /// Makes the intent durable. Without that nothing that moves money leaves.
    pub(crate) async fn record(self: Box<Self>, gateway: &Gateway) -> Result<Recorded<'r>, Denied> {
        if self.read.needs.moves_money() {
            // What waited for a person is recorded as of now: the log's last entry says until when it was written.
            let waited = self.approval.map(|_| gateway.clock.now());
            let at = waited.unwrap_or(self.read.received.resolved.at);
            let event = Event { at, what: What::Intent(self.intent()) };
            let durable = gateway.ledger.record_durably(&event, gateway.settings.limits.record);
            Box::pin(durable).await.map_err(|error| {
                tracing::error!(%error, "an intent could not be recorded, so its request was not sent");
                Denied::policy(Reason::AuditUnavailable).knowing(self.known)
            })?;
        }
        Ok(Recorded(self))
    }

    fn intent(&self) -> Sent<'_> {
        Sent { request: self.described(), credential: self.credential(), approval: self.approval }
    }

    pub(super) fn credential(&self) -> Option<CredentialId> {
        match &self.pass {
            Pass::Resign(_, credential) => Some(credential.id),
            Pass::Public | Pass::Page(_) | Pass::Assert(_) => None,
        }
    }

    pub(super) fn described(&self) -> Request<'_> {
        let (markets, facts) = (markets(&self.read), facts(&self.read));
        Request { markets, facts, ..described(&self.read.received.resolved, self.known) }
    }
}

impl Recorded<'_> {
    /// Records what became of the request. The client gets its answer even if this fails: the exchange has acted.
    pub(crate) fn record_end(&self, gateway: &Gateway, status: Option<u16>, reason: Option<Reason>) {
        let Allowed { read, .. } = &*self.0;
        let what = if read.needs.moves_money() {
            What::Outcome(Outcome { request: read.received.resolved.id, status, reason })
        } else {
            let (request, credential) = (self.0.described(), self.0.credential());
            What::Forwarded(Forwarded { request, credential, status, reason })
        };
        note(gateway, &Event { at: gateway.clock.now(), what });
    }
}

pub(super) fn note(gateway: &Gateway, event: &Event<'_>) {
    if let Err(error) = gateway.ledger.record(event) {
        tracing::error!(%error, "an event could not be recorded");
    }
}

pub(super) fn described(resolved: &Resolved, known: Known) -> Request<'_> {
    Request {
        request: resolved.id,
        key: known.key,
        project: known.project,
        address: resolved.address,
        venue: Cow::Borrowed(&resolved.venue.venue.name),
        method: Cow::Borrowed(resolved.method().as_str()),
        path: Cow::Borrowed(resolved.path()),
        needs: known.needs,
        policy: known.revision,
        markets: Vec::new(),
        facts: Vec::new(),
    }
}

/// The markets of what trades: a limit to markets is about nothing else.
fn markets<'a>(read: &'a Read<'_>) -> Vec<Cow<'a, str>> {
    match &read.purpose.markets {
        Markets::Named(names) if read.needs.verb() == Verb::Trade => {
            names.iter().map(|name| Cow::Borrowed(name.as_ref())).collect()
        }
        _ => Vec::new(),
    }
}

fn facts<'a>(read: &'a Read<'_>) -> Vec<OrderFact<'a>> {
    read.purpose.facts.iter().map(fact).collect()
}

fn fact<'a>(fact: &'a Fact<'_>) -> OrderFact<'a> {
    let text = |value: &'a Option<Cow<'_, str>>| value.as_deref().map(Cow::Borrowed);
    OrderFact {
        symbol: text(&fact.symbol),
        side: text(&fact.side),
        kind: text(&fact.kind),
        quantity: text(&fact.quantity),
        quote_quantity: text(&fact.quote_quantity),
        price: text(&fact.price),
        client_id: text(&fact.client_id),
        asset: text(&fact.asset),
        to: text(&fact.to),
    }
}

#[cfg(test)]
mod tests {
    use keyward_ledger::tail;

    use crate::carry::Received;
    use crate::fixture::Fixture;

    use super::*;

    const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=60000&timeInForce=GTC";

    async fn recorded<'r>(fixture: &Fixture, received: &'r Received) -> Result<Recorded<'r>, Denied> {
        let gateway = &*fixture.gateway;
        let verified = received.read()?.identify(&gateway.directory)?.verify(gateway)?;
        verified.decide(gateway)?.record(gateway).await
    }

    fn order(fixture: &Fixture) -> Received {
        fixture.received(fixture.signed("POST", "/api/v3/order", ORDER))
    }

    #[tokio::test]
    async fn an_order_is_on_disk_with_its_facts_before_it_can_be_signed() {
        let fixture = Fixture::new("http://exchange", "trade");
        assert!(recorded(&fixture, &order(&fixture)).await.is_ok());
        let (entries, _) = tail(fixture.audit.path(), 10).unwrap();
        let intent: serde_json::Value = serde_json::from_slice(&entries[0].json).unwrap();
        assert_eq!((&intent["event"], &intent["needs"]), (&"intent".into(), &"trade:spot".into()));
        assert_eq!(
            (&intent["facts"][0]["symbol"], &intent["facts"][0]["price"]),
            (&"BTCUSDT".into(), &"60000".into())
        );
        assert_eq!(intent["markets"], serde_json::json!(["BTCUSDT"]));
    }

    #[tokio::test]
    async fn without_an_audit_log_orders_are_refused_and_reads_are_not() {
        let fixture = Fixture::new("http://exchange", "read,trade");
        fixture.gateway.ledger.close().unwrap();
        let refused = recorded(&fixture, &order(&fixture)).await.err().map(|denied| denied.reason);
        assert_eq!(refused, Some(Reason::AuditUnavailable));
        let read = fixture.received(fixture.signed("GET", "/api/v3/account", ""));
        assert!(recorded(&fixture, &read).await.is_ok());
    }
}
