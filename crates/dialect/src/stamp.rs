//! The stamp of a request that is signed: its time, and its number where the exchange counts.

/// When a request is signed with a real key, and as which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time, in microseconds since the Unix epoch.
    pub now_us: u64,
    /// The request's number, where the exchange takes each request of a key only with a higher one than all before
    /// ([`crate::Dialect::nonce_at`] says where): higher than any that was ever signed with this real key, whoever
    /// asked for it. It must be sent in this order too.
    pub nonce: Option<u64>,
}
