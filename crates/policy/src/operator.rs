//! Operators, and the tokens by which programs act for them.

use jiff::Timestamp;

use crate::{AddressRules, OperatorId, Reach, Role, TokenId};

/// A person who runs Keyward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its id.
    pub id: OperatorId,
    /// The name to sign in with: an e-mail address, or any other.
    pub name: String,
    /// What the operator is.
    pub role: Role,
    /// Where.
    pub reach: Reach,
    /// Whether the operator may sign in.
    pub state: OperatorState,
    /// Since when.
    pub created_at: Timestamp,
}

/// Whether an operator may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorState {
    /// Yes.
    Active,
    /// Not for now.
    Suspended,
}

/// What a program shows instead of a person's sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Where.
    pub reach: Reach,
    /// From where.
    pub addresses: AddressRules,
    /// Who made it.
    pub created_by: String,
    /// The operator who did, whose rights bound those of the token; none for one that was made on the host.
    pub maker: Option<OperatorId>,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}
