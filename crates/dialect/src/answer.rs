//! Refusals in the exchange's own words.

/// What a refusal must mean to the client's library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DenialKind {
    /// The request is not well formed.
    Malformed,
    /// The key is unknown, or may no longer be used.
    BadKey,
    /// The signature is wrong or missing.
    BadSignature,
    /// The time is wrong: too old, ahead, or used before.
    BadTime,
    /// The address is not allowed.
    AddressNotAllowed,
    /// The key lacks the permission, or a rule of the operator forbids it. Never retryable.
    NotPermitted,
    /// The endpoint is not known here. Never retryable.
    EndpointUnknown,
    /// Too many requests.
    RateLimited,
    /// Keyward cannot serve now; nothing was sent.
    Unavailable,
    /// The exchange could not be reached; nothing was sent.
    VenueDown,
    /// It was sent; nobody knows what became of it. Never to be taken for a failure.
    OutcomeUnknown,
}

impl DenialKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Malformed,
        Self::BadKey,
        Self::BadSignature,
        Self::BadTime,
        Self::AddressNotAllowed,
        Self::NotPermitted,
        Self::EndpointUnknown,
        Self::RateLimited,
        Self::Unavailable,
        Self::VenueDown,
        Self::OutcomeUnknown,
    ];
}

/// A refusal to be worded.
#[derive(Clone, Copy, Debug)]
pub struct Denial<'a> {
    /// What it must mean.
    pub kind: DenialKind,
    /// The reason for people, in a sentence.
    pub detail: &'a str,
    /// When to come again, in seconds, where that is known.
    pub retry_after_s: Option<u64>,
}

/// An answer that Keyward itself makes: status and JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}
