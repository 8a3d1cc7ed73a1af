//! Refusals inside the gateway: a reason, words for people, and what was known of the request by then.

use std::borrow::Cow;

use keyward_dialect::{Refusal, RefusalKind};
use keyward_policy::{KeyId, ProjectId, Reason};

use crate::framing::Unsound;

/// A request that goes no further.
#[derive(Debug)]
pub(crate) struct Denied {
    pub(crate) reason: Reason,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) retry_after_s: Option<u64>,
    /// Boxed, because refusals travel through every step's result and should not make it large.
    pub(crate) known: Box<Known>,
}

/// What was known of a request when it was refused.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    pub(crate) key: Option<KeyId>,
    pub(crate) project: Option<ProjectId>,
    pub(crate) revision: Option<u64>,
    pub(crate) needs: Option<&'static str>,
    /// Whether a signature has shown that it is the key's request.
    pub(crate) signed: bool,
}

impl Denied {
    pub(crate) fn new(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, detail: detail.into(), retry_after_s: None, known: Box::default() }
    }

    /// A refusal of somebody who was wrong too often.
    pub(crate) fn too_many_failures(wait_us: u64) -> Self {
        Self::policy(Reason::TooManyFailures).retry_after(wait_us.div_ceil(1_000_000))
    }

    /// A refusal for a rule of policy, in standard words.
    pub(crate) fn policy(reason: Reason) -> Self {
        Self::new(reason, words(reason))
    }

    pub(crate) fn knowing(self, known: Known) -> Self {
        Self { known: Box::new(known), ..self }
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::new(reason(refusal.kind), refusal.detail)
    }
}

impl From<Unsound> for Denied {
    fn from(why: Unsound) -> Self {
        let reason = if why.is_too_large() { Reason::TooLarge } else { Reason::HttpUnsound };
        Self::new(reason, why.to_string())
    }
}

fn reason(kind: RefusalKind) -> Reason {
    match kind {
        RefusalKind::Malformed => Reason::Malformed,
        RefusalKind::TooLarge => Reason::TooLarge,
        RefusalKind::Duplicate => Reason::ParameterDuplicate,
        RefusalKind::Ambiguous => Reason::ParameterAmbiguous,
        RefusalKind::BodyUncovered => Reason::BodyUncovered,
        RefusalKind::EndpointUnknown => Reason::EndpointUnknown,
        RefusalKind::KeyMissing => Reason::KeyMissing,
        RefusalKind::SignatureMissing => Reason::SignatureMissing,
        RefusalKind::SignatureInvalid => Reason::SignatureInvalid,
        RefusalKind::TimestampMissing => Reason::TimestampMissing,
        RefusalKind::Stale => Reason::TimestampStale,
        RefusalKind::Ahead => Reason::TimestampAhead,
        RefusalKind::WindowTooWide => Reason::WindowTooWide,
    }
}

/// What to tell a person, where the reason alone says it all.
fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::KeyMissing => "this endpoint needs an API key",
        Reason::KeyUnknown => "this API key was not issued here, or was deleted",
        Reason::TooManyFailures => {
            "too many requests from this address failed for this key, or named none; it is heard again soon"
        }
        Reason::SignatureMissing => "this endpoint needs a signed request",
        Reason::SignatureInvalid => "the signature does not match this request and this key",
        Reason::KeySuspended => "this key is suspended; its operator can resume it",
        Reason::KeyRevoked => "this key is revoked for good; ask for a new one",
        Reason::Killed => "an operator has stopped this with the kill switch; nothing was sent",
        Reason::KeyExpired => "this key has expired; ask for a new one",
        Reason::KeyNotYetValid => "this key is not valid yet",
        Reason::AddressDenied => "this key must not be used from this address",
        Reason::AddressNotAllowed => "this key may not be used from this address; its operator can allow it",
        Reason::AddressUnknown => "the trusted proxy in front did not say which address this comes from",
        Reason::Publishable => "this key is publishable: it reads public market data, and signs nothing",
        Reason::OriginMissing => {
            "this key works in web pages only, and nothing says from which one this request comes"
        }
        Reason::OriginNotAllowed => {
            "this key may not be used in pages of this origin; its operator can allow it"
        }
        Reason::VenueNotGranted => "this key holds no grant on this venue",
        Reason::PermissionMissing => "this key lacks the permission for this endpoint",
        Reason::SymbolNotAllowed => "this key may not trade this market",
        Reason::SymbolUnreadable => {
            "this key is limited to certain markets, and the market of this request cannot be read"
        }
        Reason::RateLimited => "this key's request rate is used up",
        Reason::ClockUncertain => "the clock of Keyward's host is wrong or was set back; nothing was sent",
        Reason::DatabaseGone => "Keyward's database has not answered for too long; nothing was sent",
        Reason::Held => "this request waits for an operator's approval; nothing was sent",
        Reason::HoldDenied => {
            "this request needed an operator's approval and did not get it; nothing was sent"
        }
        Reason::VaultSealed => "the vault is sealed; nothing was sent",
        Reason::RestoreLocked => {
            "Keyward was restored and is locked until its operator reopens it; nothing was sent"
        }
        Reason::AuditUnavailable => "the request could not be recorded, so it was not sent",
        Reason::CredentialUnusable => "the real key cannot be used; nothing was sent",
        Reason::CredentialBusy => {
            "this request's turn on its real key did not come in time; nothing was sent"
        }
        Reason::NonceUnavailable => "no nonce could be made durable for this request; nothing was sent",
        Reason::VenueUnreachable => "the exchange could not be reached; nothing was sent",
        Reason::OutcomeUnknown => {
            "the request was sent and no whole answer came: it may have been carried out"
        }
        Reason::Unavailable => "Keyward cannot take this request now; nothing was sent",
        _ => "the request was refused",
    }
}
