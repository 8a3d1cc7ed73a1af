//! The failures of the parts below, in the control plane's words.

use keyward_ledger::Broken;
use keyward_policy::{Lack, RoleError, TransitionError};
use keyward_store::What;

use crate::{CannotAsk, Code, Error};

impl From<keyward_store::Error> for Error {
    fn from(error: keyward_store::Error) -> Self {
        use keyward_store::Error as Store;
        let (code, hint) = match &error {
            Store::NotFound { what, .. } => unknown(*what),
            Store::Taken { what: What::CredentialApiKey, .. } => {
                (Code::ApiKeyFixed, Some("another key of the exchange is another credential: add that one"))
            }
            Store::Taken { what: What::Root, .. } => (Code::VaultExists, None),
            Store::Taken { what: What::Identity, .. } => {
                (Code::IdentityTaken, Some("sign in by it, or unlink it there first"))
            }
            Store::Taken { .. } => (Code::NameTaken, Some("choose another name")),
            Store::InUse { what: What::Operator, .. } => {
                (Code::InUse, Some("make another operator an owner first"))
            }
            Store::InUse { .. } => (Code::InUse, Some("revoked keys count until they are deleted")),
            Store::Ambiguous { .. } => (Code::KeyAmbiguous, Some("`keyward key list` shows the ids")),
            Store::Conflict { .. } => (Code::ChangedMeanwhile, None),
            Store::Revoked(_) | Store::Tombstoned(_) => (Code::KeyRevoked, None),
            Store::Cursor(_) => (Code::Malformed, None),
            Store::Corrupt { .. } => (Code::Internal, None),
            _ => (Code::StoreUnavailable, Some("see to the database, then repeat")),
        };
        let failure = Self::new(code, error.to_string()).caused_by(error);
        hint.into_iter().fold(failure, Self::hint)
    }
}

const fn unknown(what: What) -> (Code, Option<&'static str>) {
    match what {
        What::Venue => (Code::VenueUnknown, Some("`keyward venue list` shows those there are")),
        What::Credential => {
            (Code::CredentialUnknown, Some("`keyward credential list` shows those there are"))
        }
        What::Project => (Code::ProjectUnknown, Some("`keyward project list` shows those there are")),
        What::Key => (Code::KeyUnknown, Some("`keyward key list` shows those there are")),
        What::Operator => (Code::OperatorUnknown, Some("`keyward operator list` shows those there are")),
        What::Invitation => (Code::InvitationInvalid, Some("ask for another invitation")),
        What::Passkey => (Code::PasskeyUnknown, None),
        What::Token => (Code::TokenUnknown, Some("`keyward token list` shows those there are")),
        _ => (Code::Internal, None),
    }
}

impl From<RoleError> for Error {
    fn from(error: RoleError) -> Self {
        Self::new(Code::RoleInvalid, error.to_string())
    }
}

impl From<keyward_vault::Error> for Error {
    fn from(error: keyward_vault::Error) -> Self {
        use keyward_vault::Error as Vault;
        let (code, hint) = match &error {
            Vault::Sealed => (Code::VaultSealed, None),
            Vault::AlreadyUnsealed => (Code::VaultExists, None),
            Vault::WrongUnlock | Vault::OtherUnlock { .. } => (Code::UnlockWrong, None),
            Vault::PassphraseEmpty | Vault::KeyFileShort | Vault::InputLong => (Code::UnlockInvalid, None),
            Vault::SecretLong => (Code::SecretInvalid, None),
            Vault::Busy | Vault::OutOfMemory => (Code::Unavailable, Some("try again in a moment")),
            _ => (Code::Internal, None),
        };
        let failure = Self::new(code, error.to_string()).caused_by(error);
        hint.into_iter().fold(failure, Self::hint)
    }
}

impl From<keyward_ledger::Error> for Error {
    fn from(error: keyward_ledger::Error) -> Self {
        let said = format!("{error}; without its record nothing is changed");
        Self::new(Code::AuditUnavailable, said)
            .hint("see to the disk that holds the audit log, then restart Keyward")
            .caused_by(error)
    }
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        let (code, hint) = match &broken {
            Broken::NoCheckpoint => (Code::AuditUnsigned, "unseal the vault, so that the log can be signed"),
            Broken::NotSigned { .. } => (Code::EntryUnknown, "`keyward audit tail` shows the latest entries"),
            Broken::Unreadable(_) => (Code::AuditUnavailable, "see to the disk that holds the audit log"),
            _ => (Code::AuditDamaged, "copy the audit directory away as it is; it is evidence now"),
        };
        Self::new(code, broken.to_string()).hint(hint).caused_by(broken)
    }
}

impl From<TransitionError> for Error {
    fn from(error: TransitionError) -> Self {
        let code = match error {
            TransitionError::Revoked => Code::KeyRevoked,
            TransitionError::NotSuspended => Code::KeyNotSuspended,
        };
        Self::new(code, error.to_string())
    }
}

impl From<Lack> for Error {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Right => Self::new(Code::RoleLacksRight, "your role may not do this")
                .hint("ask an owner or an administrator"),
            Lack::Reach => Self::new(
                Code::RoleLacksRight,
                "your role holds in some projects only, and this concerns more than those",
            )
            .hint("ask an owner or an administrator"),
            Lack::Freshness => Self::new(
                Code::SecondFactorNeeded,
                "this needs your second factor, shown within the last five minutes",
            )
            .hint("show it, then do this again"),
        }
    }
}

impl From<CannotAsk> for Error {
    fn from(error: CannotAsk) -> Self {
        let (code, hint) = match error {
            CannotAsk::Unreachable(_) => (Code::VenueUnreachable, "check the venue's URL and the network"),
            CannotAsk::Busy(_) => (Code::CredentialBusy, "try again in a moment"),
            CannotAsk::Refused(_) => {
                (Code::VenueRefused, "check the key, its secret, and the exchange's address list")
            }
        };
        Self::new(code, error.to_string()).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_below_has_its_code() {
        let unknown =
            |what| Error::from(keyward_store::Error::NotFound { what, name: "x".to_owned() }).code();
        assert_eq!(unknown(What::Venue), Code::VenueUnknown);
        assert_eq!(unknown(What::Key), Code::KeyUnknown);
        assert_eq!(Error::from(keyward_vault::Error::Sealed).code(), Code::VaultSealed);
        assert_eq!(Error::from(keyward_vault::Error::WrongUnlock).code(), Code::UnlockWrong);
        assert_eq!(Error::from(keyward_ledger::Error::Timeout).code(), Code::AuditUnavailable);
        assert_eq!(Error::from(Broken::Shorter { entries: 1, signed: 2 }).code(), Code::AuditDamaged);
        assert_eq!(Error::from(TransitionError::Revoked).code(), Code::KeyRevoked);
    }
}
