//! What can go wrong in an operation: one stable code per cause, whose fault it is, and what to do next.

use std::borrow::Cow;
use std::fmt;

use keyward_policy::Fault;
use thiserror::Error;

/// The nature of a failure: what the caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be read at all.
    Malformed,
    /// Nobody vouches for the caller.
    Unauthenticated,
    /// The caller did not prove what the operation asks for.
    Forbidden,
    /// What is named does not exist.
    Unknown,
    /// The resource does not answer to this method.
    Method,
    /// The request is longer than any operation needs.
    TooLarge,
    /// Too much of it in too little time.
    TooMany,
    /// It can be read and makes no sense.
    Invalid,
    /// It makes sense and does not fit what there is.
    Conflict,
    /// It was meant for an earlier state.
    Outdated,
    /// The exchange, or the way to it, failed.
    Venue,
    /// Keyward cannot do it now; later it can.
    Unavailable,
    /// Keyward itself is broken.
    Internal,
}

impl Kind {
    /// Who can mend it.
    pub const fn fault(self) -> Fault {
        match self {
            Self::Venue => Fault::Venue,
            Self::Unavailable | Self::Internal => Fault::Keyward,
            _ => Fault::Caller,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $kind:ident;)*) => {
        /// A stable code: scripts and tests rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as answers show it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The nature of the failure.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }
        }
    };
}

codes! {
    /// The body or the query is not what the operation reads.
    Malformed = "malformed", Malformed;
    /// The body is longer than any operation needs.
    TooLarge = "too_large", TooLarge;
    /// Whoever serves the API did not say who the caller is.
    Unauthenticated = "unauthenticated", Unauthenticated;
    /// The name or the password is wrong, or the operator may not sign in. Which, is not said.
    SignInRefused = "sign_in_refused", Unauthenticated;
    /// The password is right, and the code of the second factor is missing.
    CodeNeeded = "code_needed", Unauthenticated;
    /// The code of the second factor is wrong, or was used before.
    CodeWrong = "code_wrong", Forbidden;
    /// Who tries too often has to wait.
    TooManyAttempts = "too_many_attempts", TooMany;
    /// The session is over, or was ended.
    SessionOver = "session_over", Unauthenticated;
    /// The operator has no second factor yet, and can do nothing but add one.
    SecondFactorMissing = "second_factor_missing", Forbidden;
    /// A passkey was not accepted. Why, is in the audit log only.
    PasskeyRefused = "passkey_refused", Forbidden;
    /// The operator has no such passkey.
    PasskeyUnknown = "passkey_unknown", Unknown;
    /// The control port has no name that a passkey could belong to.
    PasskeysUnavailable = "passkeys_unavailable", Conflict;
    /// It is the operator's only second factor.
    LastFactor = "last_factor", Conflict;
    /// The operator has no password: he comes by the identity provider.
    PasswordMissing = "password_missing", Conflict;
    /// The operator has no passkey, which is what one shows after the identity provider.
    PasskeyMissing = "passkey_missing", Conflict;
    /// No identity provider is configured.
    ProviderMissing = "provider_missing", Unknown;
    /// The identity provider does not answer, or not as it should.
    ProviderUnavailable = "provider_unavailable", Unavailable;
    /// The operator is linked to the identity provider, and is to come by it.
    ProviderRequired = "provider_required", Forbidden;
    /// The identity provider does not vouch for whoever came. Why, is in the audit log only.
    IdentityRefused = "identity_refused", Forbidden;
    /// No operator is linked to this account of the identity provider.
    IdentityUnknown = "identity_unknown", Forbidden;
    /// Somebody is linked to this account of the identity provider already, or the operator to another.
    IdentityTaken = "identity_taken", Conflict;
    /// What is to be unlinked is the only way in beside the passkey.
    IdentityOnly = "identity_only", Conflict;
    /// A sign-in by the identity provider took too long, was finished before, or was begun elsewhere.
    SignInExpired = "sign_in_expired", Unauthenticated;
    /// A password is too short, or one that is guessed soon.
    PasswordWeak = "password_weak", Invalid;
    /// The link of an invitation was used, has expired, or never was one.
    InvitationInvalid = "invitation_invalid", Unknown;
    /// No operator has this name.
    OperatorUnknown = "operator_unknown", Unknown;
    /// There is no such role.
    RoleInvalid = "role_invalid", Invalid;
    /// No session of the operator has this id.
    SessionUnknown = "session_unknown", Unknown;
    /// No API token has this name.
    TokenUnknown = "token_unknown", Unknown;
    /// The API token is unknown, expired or used from elsewhere. Which, is not said.
    TokenRefused = "token_refused", Unauthenticated;
    /// A browser was made to send this by another site, or its page is too old.
    RequestForged = "request_forged", Forbidden;
    /// The caller's role does not have the right.
    RoleLacksRight = "role_lacks_right", Forbidden;
    /// The caller must show the second factor first.
    SecondFactorNeeded = "second_factor_needed", Forbidden;
    /// The project takes two operators, and the second one is asked.
    ConsentNeeded = "consent_needed", Forbidden;
    /// Nothing waits for a second operator under this id.
    ConsentUnknown = "consent_unknown", Unknown;
    /// Whoever asked cannot agree, and nobody else can carry it out.
    ConsentOwn = "consent_own", Forbidden;
    /// Somebody has agreed to it already.
    ConsentGiven = "consent_given", Conflict;
    /// Nobody has agreed to it yet.
    ConsentWaits = "consent_waits", Conflict;
    /// There are no two operators for four eyes.
    FourEyesAlone = "four_eyes_alone", Conflict;
    /// The link of a hand-over was opened, has expired, or never was one.
    HandOverInvalid = "hand_over_invalid", Unknown;
    /// The key has no secret that a link could hand over.
    HandOverEmpty = "hand_over_empty", Invalid;
    /// There is no such path.
    RouteUnknown = "route_unknown", Unknown;
    /// The path does not answer to this method.
    MethodNotAllowed = "method_not_allowed", Method;
    /// A name is not in the form that names have.
    NameInvalid = "name_invalid", Invalid;
    /// A name is in use.
    NameTaken = "name_taken", Conflict;
    /// No dialect has this name.
    DialectUnknown = "dialect_unknown", Invalid;
    /// A URL cannot be a venue's.
    UrlInvalid = "url_invalid", Invalid;
    /// No venue has this name.
    VenueUnknown = "venue_unknown", Unknown;
    /// No credential has this name.
    CredentialUnknown = "credential_unknown", Unknown;
    /// No project has this name.
    ProjectUnknown = "project_unknown", Unknown;
    /// No key has this name, id or key string.
    KeyUnknown = "key_unknown", Unknown;
    /// The audit log has no such entry.
    EntryUnknown = "entry_unknown", Unknown;
    /// The venue vouches for its callers itself and takes no credential.
    VenueTakesNoCredential = "venue_takes_no_credential", Conflict;
    /// The venue signs with a real key, so a credential has to be named.
    VenueNeedsCredential = "venue_needs_credential", Conflict;
    /// The credential belongs to another project than the key.
    CredentialElsewhere = "credential_elsewhere", Conflict;
    /// The exchange's half of a key is not in a form that any exchange gives out.
    ApiKeyInvalid = "api_key_invalid", Invalid;
    /// The credential's key string cannot be changed.
    ApiKeyFixed = "api_key_fixed", Conflict;
    /// The credential has no key string from the exchange yet.
    ApiKeyMissing = "api_key_missing", Conflict;
    /// A secret is neither an HMAC secret nor a private key.
    SecretInvalid = "secret_invalid", Invalid;
    /// The exchange's dialect has no passphrase.
    PassphraseUnused = "passphrase_unused", Invalid;
    /// A public key cannot be read, or is not of the type named.
    PublicKeyInvalid = "public_key_invalid", Invalid;
    /// The venue's exchange takes no keys of this type.
    KeyTypeUnsupported = "key_type_unsupported", Conflict;
    /// No permission was named.
    AllowEmpty = "allow_empty", Invalid;
    /// No venue and no credential was named.
    GrantMissing = "grant_missing", Invalid;
    /// Two grants are on one venue.
    GrantDuplicate = "grant_duplicate", Invalid;
    /// More grants, symbols or ranges than a key may hold.
    TooMany = "too_many", Invalid;
    /// An address range cannot be read.
    AddressInvalid = "address_invalid", Invalid;
    /// A symbol is no symbol, or no market of the venue.
    SymbolInvalid = "symbol_invalid", Invalid;
    /// A permission cannot be read.
    PermissionInvalid = "permission_invalid", Invalid;
    /// A time or duration cannot be read or makes no sense.
    TimeInvalid = "time_invalid", Invalid;
    /// A rate cannot be kept.
    RateInvalid = "rate_invalid", Invalid;
    /// A hold cannot be read, or contradicts another.
    HoldInvalid = "hold_invalid", Invalid;
    /// An origin cannot be that of a page, or a publishable key has none.
    OriginInvalid = "origin_invalid", Invalid;
    /// A publishable key would be more, or less, than one; or a key that signs would have pages.
    PublishableInvalid = "publishable_invalid", Invalid;
    /// Nothing waits for an approval under this id.
    ApprovalUnknown = "approval_unknown", Unknown;
    /// It is approved already.
    ApprovalGiven = "approval_given", Conflict;
    /// What is to be removed is still in use.
    InUse = "in_use", Conflict;
    /// The key is revoked, for good.
    KeyRevoked = "key_revoked", Conflict;
    /// The key's time is over.
    KeyExpired = "key_expired", Conflict;
    /// The key was rotated before.
    KeyRetiring = "key_retiring", Conflict;
    /// The key is not suspended.
    KeyNotSuspended = "key_not_suspended", Conflict;
    /// It is not said what to kill, or twice.
    KillUnclear = "kill_unclear", Invalid;
    /// Several keys have this name.
    KeyAmbiguous = "key_ambiguous", Conflict;
    /// Somebody else changed the same record at the same time.
    ChangedMeanwhile = "changed_meanwhile", Conflict;
    /// What is to be changed is not what the caller looked at (`If-Match`).
    NotCurrent = "not_current", Outdated;
    /// The same `Idempotency-Key` came with another request.
    IdempotencyKeyReused = "idempotency_key_reused", Invalid;
    /// The first request with this `Idempotency-Key` is still being carried out.
    StillRunning = "still_running", Conflict;
    /// It was made by the first request with this `Idempotency-Key`, and its secret was shown then.
    SecretShownBefore = "secret_shown_before", Conflict;
    /// The vault has no root key yet.
    VaultMissing = "vault_missing", Conflict;
    /// The vault has a root key already.
    VaultExists = "vault_exists", Conflict;
    /// The vault is sealed.
    VaultSealed = "vault_sealed", Unavailable;
    /// The passphrase or the key file is weak or cannot be read.
    UnlockInvalid = "unlock_invalid", Invalid;
    /// The passphrase or the key file is not the right one.
    UnlockWrong = "unlock_wrong", Forbidden;
    /// The exchange could not be asked.
    VenueUnreachable = "venue_unreachable", Venue;
    /// The requests with the credential go one after the other, and this one's turn did not come.
    CredentialBusy = "credential_busy", Unavailable;
    /// The exchange refused the credential, or answered what cannot be read.
    VenueRefused = "venue_refused", Venue;
    /// A backup cannot be read, or is not what its manifest says.
    BackupInvalid = "backup_invalid", Invalid;
    /// Keyward is not locked, so there is nothing to reopen.
    NotLocked = "not_locked", Conflict;
    /// No ready snippet is known for the client and the dialect.
    SnippetUnknown = "snippet_unknown", Invalid;
    /// The audit log cannot be written or read.
    AuditUnavailable = "audit_unavailable", Unavailable;
    /// The audit log was never signed, so nothing can be proven.
    AuditUnsigned = "audit_unsigned", Conflict;
    /// A checkpoint that is held against the audit log was not signed by it.
    CheckpointInvalid = "checkpoint_invalid", Invalid;
    /// The audit log is not what was written.
    AuditDamaged = "audit_damaged", Internal;
    /// The database cannot be used.
    StoreUnavailable = "store_unavailable", Unavailable;
    /// A directory cannot be written to, or may not be.
    DirectoryInvalid = "directory_invalid", Invalid;
    /// Keyward has no room for more now.
    Unavailable = "unavailable", Unavailable;
    /// Keyward failed in a way that nobody planned for.
    Internal = "internal", Internal;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an operation did not happen. Neither the message nor the hint ever holds a secret.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Error {
    code: Code,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure with its message: what happened, in a lower-case fragment.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), hint: None, source: None }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Keeps the cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The stable code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What to do next, where that is known.
    pub fn next(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_one_form() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|b| b == b'_' || b.is_ascii_lowercase())));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }

    #[test]
    fn the_page_explains_every_code() {
        let page = include_str!("../../../docs/problems.md");
        let missing = Code::ALL.iter().filter(|code| !page.contains(&format!("\n| `{code}` | ")));
        assert_eq!(missing.collect::<Vec<_>>(), [] as [&Code; 0], "docs/problems.md lacks their rows");
        assert_eq!(page.matches("\n| `").count(), Code::ALL.len(), "docs/problems.md has a row too many");
    }

    #[test]
    fn only_what_the_caller_cannot_mend_is_keywards_fault() {
        assert_eq!(Code::VaultSealed.kind().fault(), Fault::Keyward);
        assert_eq!(Code::VenueRefused.kind().fault(), Fault::Venue);
        assert_eq!(Code::NameTaken.kind().fault(), Fault::Caller);
    }
}
