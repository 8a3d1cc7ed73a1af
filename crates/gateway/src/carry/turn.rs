//! The turn of a request on the lane of its real key, where the exchange counts requests.

use keyward_dialect::{Claim, Dialect};

use super::decide::Pass;
use super::record::Recorded;
use crate::denied::Denied;
use crate::gateway::Gateway;
use crate::nonce::Turn;

impl Recorded<'_> {
    /// Waits until this request may be signed and sent. Only what is signed with a real key is counted.
    ///
    /// # Errors
    /// The turn or the nonce did not come in time: nothing was sent.
    pub(crate) async fn turn(&self, gateway: &Gateway) -> Result<Turn, Denied> {
        match (&self.0.pass, &self.0.read.claim) {
            (Pass::Resign(_, credential), Claim::Signed(_)) => {
                gateway.turn(self.dialect(), &credential.api_key).await
            }
            _ => Ok(Turn::free()),
        }
    }

    /// Whether the exchange counts this request.
    pub(super) fn is_counted(&self) -> bool {
        let signed = matches!((&self.0.pass, &self.0.read.claim), (Pass::Resign(..), Claim::Signed(_)));
        signed && self.dialect().nonce_at(0).is_some()
    }

    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        self.0.read.received.resolved.venue.dialect
    }
}
