//! What a change forbids, and so which of the sends on the wire its answer names.

use keyward_policy::{Change, CredentialId, KeyId, KeyState, KillSwitch};

use super::Sending;

/// What a change forbids.
pub(crate) enum Forbidden {
    /// What is sent for a key.
    Key(KeyId),
    /// What a credential signs.
    Credential(CredentialId),
    /// What the kill switch stops.
    Killed(KillSwitch),
    /// Every send.
    Everything,
}

impl Forbidden {
    /// None where a change forbids nothing that is on the wire.
    pub(crate) fn by(change: &Change) -> Option<Self> {
        match change {
            Change::Key(key) if key.state == KeyState::Active => None,
            Change::Key(key) => Some(Self::Key(key.id)),
            Change::KeyGone { id, .. } => Some(Self::Key(*id)),
            Change::CredentialGone(id) => Some(Self::Credential(*id)),
            Change::Sealed => Some(Self::Everything),
            Change::Venue(_) | Change::VenueGone(_) | Change::Credential(_) | Change::Locked(_) => None,
        }
    }

    /// Whether a send is one of them.
    pub(crate) fn covers(&self, sending: &Sending) -> bool {
        match self {
            Self::Key(id) => sending.key == Some(*id),
            Self::Credential(id) => sending.credential == Some(*id),
            Self::Killed(switch) => switch.check(sending.key, sending.project, sending.credential).is_err(),
            Self::Everything => true,
        }
    }
}
