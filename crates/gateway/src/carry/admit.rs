//! Admitted: the exchange has not asked to be left alone.

use std::time::Instant;

use keyward_policy::{Reason, Verb};

use super::decide::Allowed;
use crate::breaker::{Ask, Held, Kind, Passage};
use crate::denied::Denied;
use crate::gateway::Gateway;

impl<'r> Allowed<'r> {
    /// Asks the breaker, before anything is recorded: what cannot leave needs no intent.
    pub(crate) fn admit<'x>(&self, gateway: &'x Gateway) -> Result<Passage<'x>, Denied>
    where
        'r: 'x,
    {
        let resolved = &self.read.received.resolved;
        let base = resolved.venue.base(self.read.request.path);
        let base = base.ok_or_else(|| no_base().knowing(self.known))?;
        let ask = Ask { base, credential: self.credential(), kind: self.kind() };
        gateway.breaker.check(ask, Instant::now).map_err(|held| denied(held).knowing(self.known))
    }

    fn kind(&self) -> Kind {
        let dialect = self.read.received.resolved.venue.dialect;
        match self.read.needs.verb() {
            Verb::Trade if dialect.cancels(&self.read.request) => Kind::Cancel,
            Verb::Trade => Kind::Order,
            _ => Kind::Other,
        }
    }
}

/// A refusal on the exchange's behalf.
pub(super) fn denied(held: Held) -> Denied {
    let detail = if held.banned {
        "the exchange has banned Keyward's address for now; nothing was sent"
    } else {
        "the exchange asked to slow down; nothing was sent"
    };
    Denied::new(Reason::VenueRateLimited, detail).retry_after(held.wait.as_secs_f64().ceil() as u64)
}

fn no_base() -> Denied {
    Denied::new(Reason::EndpointUnknown, "this venue has no base URL for this family of endpoints")
}
