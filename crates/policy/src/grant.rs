//! Grants: what one key may do on one venue.

use serde::{Deserialize, Serialize};

use crate::{CredentialId, Holds, PermissionSet, Symbols, VenueId};

/// What one key may do on one credential, or on one assert-mode venue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Where.
    pub venue: VenueId,
    /// With which real key; none on an assert-mode venue.
    pub credential: Option<CredentialId>,
    /// What.
    pub permissions: PermissionSet,
    /// On which markets.
    pub symbols: Symbols,
    /// What of it only with a person's approval.
    #[serde(default)]
    pub holds: Holds,
}
