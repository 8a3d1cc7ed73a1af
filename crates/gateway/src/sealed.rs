//! What a failure of the vault means for a request.

use keyward_policy::Reason;

use crate::denied::Denied;

/// A sealed vault is said as such; a secret that does not open is a fault of Keyward's that only its log explains.
pub(crate) fn denied(error: &keyward_vault::Error) -> Denied {
    if matches!(error, keyward_vault::Error::Sealed) {
        return Denied::policy(Reason::VaultSealed);
    }
    tracing::error!(%error, "a sealed secret does not open");
    Denied::policy(Reason::CredentialUnusable)
}
