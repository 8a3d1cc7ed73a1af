//! Changes: what the control plane tells the gateway after it has stored them.

use crate::{ApiKey, Credential, CredentialId, Key, KeyId, Venue, VenueId};

/// One change to what the gateway serves. Applying the same change twice is harmless.
#[derive(Clone, Debug)]
pub enum Change {
    /// A key was issued or changed.
    Key(Box<Key>),
    /// A key was deleted.
    KeyGone {
        /// The key.
        id: KeyId,
        /// What clients sent.
        api_key: ApiKey,
    },
    /// A venue was added.
    Venue(Box<Venue>),
    /// A venue was removed.
    VenueGone(VenueId),
    /// A credential was added.
    Credential(Box<Credential>),
    /// A credential was removed.
    CredentialGone(CredentialId),
    /// The vault was sealed. There is nothing to apply: the root key is gone already, for both planes.
    Sealed,
    /// Whether everything is refused, because an older state was put back and no operator has looked at it yet.
    Locked(bool),
}
