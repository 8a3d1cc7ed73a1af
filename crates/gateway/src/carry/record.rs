//! Recorded: what can move money has a durable intent in the audit log; and what the log says afterwards.

use std::borrow::Cow;

use keyward_dialect::Fact;
use keyward_policy::{
    CredentialId, Event, Forwarded, OrderFact, Outcome, Reason, Refused, Request, Sent, What,
};

use super::decide::{Allowed, Pass};
use super::read::Read;
use super::receive::Resolved;
use crate::denied::{Denied, Known};
use crate::gateway::Gateway;

/// A request whose intent, where it needs one, is on disk.
pub(crate) struct Recorded<'r>(pub(crate) Allowed<'r>);

impl<'r> Allowed<'r> {
    /// Makes the intent durable. Without that nothing that moves money leaves.
    pub(crate) async fn record(self, gateway: &Gateway) -> Result<Recorded<'r>, Denied> {
        if self.read.needs.moves_money() {
            let event = Event { at: self.read.received.resolved.at, what: What::Intent(self.intent()) };
            let durable = gateway.ledger.record_durably(&event, gateway.settings.limits.record).await;
            durable.map_err(|error| {
                tracing::error!(%error, "an intent could not be recorded, so its request was not sent");
                Denied::policy(Reason::AuditUnavailable).knowing(self.known)
            })?;
        }
        Ok(Recorded(self))
    }

    fn intent(&self) -> Sent<'_> {
        Sent { request: self.described(), credential: self.credential() }
    }

    fn credential(&self) -> Option<CredentialId> {
        match &self.pass {
            Pass::Resign(_, credential) => Some(credential.id),
            Pass::Public | Pass::Assert(_) => None,
        }
    }

    fn described(&self) -> Request<'_> {
        Request { facts: facts(&self.read), ..described(&self.read.received.resolved, self.known) }
    }
}

impl Recorded<'_> {
    /// Records what became of the request. The client gets its answer even if this fails: the exchange has acted.
    pub(crate) fn record_end(&self, gateway: &Gateway, status: Option<u16>, reason: Option<Reason>) {
        let Allowed { read, .. } = &self.0;
        let what = if read.needs.moves_money() {
            What::Outcome(Outcome { request: read.received.resolved.id, status, reason })
        } else {
            let (request, credential) = (self.0.described(), self.0.credential());
            What::Forwarded(Forwarded { request, credential, status, reason })
        };
        note(gateway, &Event { at: gateway.clock.now(), what });
    }
}

/// Records a refusal.
pub(crate) fn record_refusal(gateway: &Gateway, resolved: &Resolved, denied: &Denied) {
    let what = What::Refused(Refused {
        request: described(resolved, *denied.known),
        reason: denied.reason,
        detail: Cow::Borrowed(&denied.detail),
    });
    note(gateway, &Event { at: resolved.at, what });
}

fn note(gateway: &Gateway, event: &Event<'_>) {
    if let Err(error) = gateway.ledger.record(event) {
        tracing::error!(%error, "an event could not be recorded");
    }
}

fn described(resolved: &Resolved, known: Known) -> Request<'_> {
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
        facts: Vec::new(),
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
