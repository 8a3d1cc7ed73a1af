//! What an exchange says when it is asked too much.

/// An answer by which an exchange wants to be left alone for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushback {
    /// What its limit stops.
    pub limited: Limited,
    /// Whether it has already banned the address: nothing may be sent then, not even to take an order back.
    pub banned: bool,
}

/// What a limit of an exchange stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limited {
    /// Everything that comes from our address.
    Address,
    /// Everything that the account asks.
    Account,
    /// New orders of the account.
    Orders,
}

impl Pushback {
    /// What the status alone says: 429 is "too many requests" (RFC 6585 §4), and 418 is a ban, as Binance and those who
    /// copied it use it.
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            429 => Some(Self { limited: Limited::Address, banned: false }),
            418 => Some(Self { limited: Limited::Address, banned: true }),
            _ => None,
        }
    }
}
