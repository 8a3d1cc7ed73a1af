//! Identified: which key the request claims.

use std::sync::Arc;

use keyward_dialect::{Claim, Security};
use keyward_policy::{Reason, Verb, is_publishable};

use super::read::Read;
use crate::denied::{Denied, Known};
use crate::directory::{Directory, KeyEntry};

/// A request with its claimed key found.
pub(crate) struct Identified<'r> {
    pub(crate) read: Read<'r>,
    pub(crate) caller: Caller,
}

/// On whose behalf a request is made.
pub(crate) enum Caller {
    /// Nobody's: public market data on a venue that lets it pass.
    Public,
    /// A key's.
    Key(Arc<KeyEntry>),
}

impl<'r> Read<'r> {
    /// Finds the key.
    pub(crate) fn identify(self, directory: &Directory) -> Result<Identified<'r>, Denied> {
        let caller = match &self.claim {
            Claim::Signed(claim) => Caller::Key(self.find(directory, claim.key)?),
            Claim::KeyOnly { key } if is_publishable(key) => Caller::Key(self.published(directory, key)?),
            _ if self.is_public() => Caller::Public,
            Claim::KeyOnly { .. } if self.purpose.security == Security::Signed => {
                return Err(self.deny(Reason::SignatureMissing));
            }
            Claim::KeyOnly { key } => Caller::Key(self.find(directory, key)?),
            Claim::Anonymous => return Err(self.deny(Reason::KeyMissing)),
        };
        Ok(Identified { read: self, caller })
    }

    /// Market data for which the exchange asks no key, on a venue whose operator lets it pass without one.
    fn is_public(&self) -> bool {
        let market = self.needs.verb() == Verb::Market && self.purpose.security == Security::Public;
        market && self.received.resolved.venue.venue.public_market_data
    }

    /// The key that is in a page. It is looked up even where none is needed, so that its use is counted and ends with it.
    fn published(&self, directory: &Directory, key: &str) -> Result<Arc<KeyEntry>, Denied> {
        let entry = self.find(directory, key)?;
        // Its name is not what lets it do without a signature: the rules have the last word on what it asks for.
        if entry.rules.pages.is_none() && self.purpose.security == Security::Signed {
            return Err(self.deny(Reason::SignatureMissing));
        }
        Ok(entry)
    }

    fn find(&self, directory: &Directory, key: &str) -> Result<Arc<KeyEntry>, Denied> {
        directory.key(key).ok_or_else(|| self.deny(Reason::KeyUnknown))
    }

    fn deny(&self, reason: Reason) -> Denied {
        Denied::policy(reason).knowing(Known { needs: Some(self.needs.name()), ..Known::default() })
    }
}

impl Identified<'_> {
    /// What is known of the request from here on.
    pub(crate) fn known(&self) -> Known {
        let needs = Some(self.read.needs.name());
        match &self.caller {
            Caller::Public => Known { needs, ..Known::default() },
            Caller::Key(entry) => Known {
                key: Some(entry.id),
                project: Some(entry.rules.project),
                revision: Some(entry.revision),
                needs,
                signed: false,
            },
        }
    }
}
