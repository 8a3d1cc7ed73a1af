//! Why a request was refused: one stable code per reason, and whose fault it is.

use std::fmt;

use serde::{Serialize, Serializer};

/// Who can mend the cause of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client sent something wrong.
    Caller,
    /// The rules of Keyward's operator forbid it.
    Policy,
    /// The exchange or the way to it failed.
    Venue,
    /// Keyward itself cannot serve now.
    Keyward,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $fault:ident;)*) => {
        /// A reason code. The codes are a contract: clients, scripts and audit records name them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code, as `Keyward-Reason` shows it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Whose fault it is.
            pub const fn fault(self) -> Fault {
                match self { $(Self::$name => Fault::$fault,)* }
            }
        }
    };
}

reasons! {
    /// The path names no venue.
    VenueUnknown = "venue_unknown", Caller;
    /// The request is not sound HTTP for an exchange: a bad path, encoding, content type or parameter.
    Malformed = "malformed", Caller;
    /// The bytes are not HTTP, or HTTP that two readers could take for different requests.
    HttpUnsound = "http_unsound", Caller;
    /// Something is longer than any exchange request is.
    TooLarge = "too_large", Caller;
    /// The same parameter came twice.
    ParameterDuplicate = "parameter_duplicate", Caller;
    /// A parameter can be read in more than one way.
    ParameterAmbiguous = "parameter_ambiguous", Caller;
    /// The request has a body that no signature covers.
    BodyUncovered = "body_uncovered", Caller;
    /// The endpoint is not known to the dialect.
    EndpointUnknown = "endpoint_unknown", Policy;
    /// The endpoint needs a key and none was sent.
    KeyMissing = "key_missing", Caller;
    /// The key was never issued here, or is deleted.
    KeyUnknown = "key_unknown", Caller;
    /// This sender was wrong too often: about this key, or with keys that were never issued.
    TooManyFailures = "too_many_failures", Caller;
    /// The endpoint needs a signature and none was sent.
    SignatureMissing = "signature_missing", Caller;
    /// The signature does not match the request.
    SignatureInvalid = "signature_invalid", Caller;
    /// There is no readable timestamp.
    TimestampMissing = "timestamp_missing", Caller;
    /// The timestamp is older than the window.
    TimestampStale = "timestamp_stale", Caller;
    /// The timestamp lies in the future.
    TimestampAhead = "timestamp_ahead", Caller;
    /// The window asked for is wider than the exchange allows.
    WindowTooWide = "window_too_wide", Caller;
    /// This signed request was already received.
    Replayed = "replayed", Caller;
    /// The key is suspended.
    KeySuspended = "key_suspended", Policy;
    /// The key is revoked.
    KeyRevoked = "key_revoked", Policy;
    /// The key is expired, or was rotated and its overlap is over.
    KeyExpired = "key_expired", Policy;
    /// The key is not valid yet.
    KeyNotYetValid = "key_not_yet_valid", Policy;
    /// The kill switch stops it.
    Killed = "killed", Policy;
    /// The client's address is on the key's deny list.
    AddressDenied = "address_denied", Policy;
    /// The client's address is not on the key's allow list.
    AddressNotAllowed = "address_not_allowed", Policy;
    /// A trusted proxy did not say who the client is.
    AddressUnknown = "address_unknown", Caller;
    /// A publishable key was used for something else than public market data, or with a signature.
    Publishable = "publishable", Policy;
    /// A publishable key was used by something that does not say from which page.
    OriginMissing = "origin_missing", Caller;
    /// A publishable key was used in a page of an origin that is not on its list.
    OriginNotAllowed = "origin_not_allowed", Policy;
    /// The key holds no grant on this venue.
    VenueNotGranted = "venue_not_granted", Policy;
    /// The grant lacks the permission.
    PermissionMissing = "permission_missing", Policy;
    /// The grant does not cover this market.
    SymbolNotAllowed = "symbol_not_allowed", Policy;
    /// The grant is limited to markets, and the market of this request cannot be read.
    SymbolUnreadable = "symbol_unreadable", Policy;
    /// The key's request rate is used up.
    RateLimited = "rate_limited", Policy;
    /// The request waits for an operator's approval; nothing was sent.
    Held = "held", Policy;
    /// It waited for an approval and did not get it; nothing was sent.
    HoldDenied = "hold_denied", Policy;
    /// The vault is sealed.
    VaultSealed = "vault_sealed", Keyward;
    /// An older state was restored, and no operator has reopened Keyward yet.
    RestoreLocked = "restore_locked", Keyward;
    /// The request cannot be recorded.
    AuditUnavailable = "audit_unavailable", Keyward;
    /// Keyward is stopping, or has no room for more.
    Unavailable = "unavailable", Keyward;
    /// The database has not answered for so long that what it says of keys is no longer known.
    DatabaseGone = "database_gone", Keyward;
    /// The time is too uncertain to accept or to sign anything by it.
    ClockUncertain = "clock_uncertain", Keyward;
    /// The real key cannot be used: it does not open, or does not sign.
    CredentialUnusable = "credential_unusable", Keyward;
    /// The requests with the real key go one after the other, and this one's turn did not come; nothing was sent.
    CredentialBusy = "credential_busy", Keyward;
    /// No nonce could be made durable for the request; nothing was sent.
    NonceUnavailable = "nonce_unavailable", Keyward;
    /// The exchange refused the request for its nonce: somebody uses the real key beside Keyward.
    NonceRefused = "nonce_refused", Venue;
    /// The client hung up before its request was sent; nothing was sent.
    ClientGone = "client_gone", Caller;
    /// The exchange could not be reached; nothing was sent.
    VenueUnreachable = "venue_unreachable", Venue;
    /// The exchange asked to be left alone for a while, or has banned Keyward's address; nothing was sent.
    VenueRateLimited = "venue_rate_limited", Venue;
    /// The request was sent and no whole answer came: whether it was carried out is unknown.
    OutcomeUnknown = "outcome_unknown", Venue;
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_where_a_user_looks() {
        let page = include_str!("../../../docs/reasons.md");
        let missing = Reason::ALL.iter().filter(|reason| !page.contains(&format!("| `{reason}` |")));
        assert_eq!(missing.count(), 0);
    }

    #[test]
    fn codes_are_unique_and_in_one_form() {
        let mut codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|b| b == b'_' || b.is_ascii_lowercase())));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
