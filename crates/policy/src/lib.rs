//! The rules: who may do what, from where, on which market, how often; pure.
//!
//! No IO, no async, no clock, no randomness: the time, the bytes of entropy and the facts of a request come in as
//! arguments, a decision goes out. The words are those of the glossary in ARCHITECTURE.md.

mod actor;
mod address;
mod approval;
mod change;
mod decide;
mod event;
mod grant;
mod hold;
mod host;
mod id;
mod issued;
mod key;
mod kill_switch;
mod on_wire;
mod operation;
mod operator;
mod origin;
mod pages;
mod permission;
mod publishable;
mod rate;
mod reach;
mod reason;
mod role;
mod sealed;
mod symbol;
mod venue;

pub use actor::{Actor, Authority, Lack};
pub use address::{AddressRules, TrustedProxies, canonical};
pub use approval::{Approval, ApprovalEnd, ApprovalState, Verdict};
pub use change::Change;
pub use decide::{AskedMarkets, Asking, Markets, decide};
pub use event::{
    ApprovalEnded, Changed, Event, Forwarded, Held, OrderFact, Outcome, Refused, Request, Sent, Unrecorded,
    What,
};
pub use grant::Grant;
pub use hold::{Hold, HoldError, Holds, Spending};
pub use host::{Clock, Entropy};
pub use id::{
    ApprovalId, ConsentId, CredentialId, IdError, KeyId, OperatorId, ProjectId, RequestId, TokenId, VenueId,
};
pub use issued::{ApiKey, ENTROPY_BYTES, KeyStringError, Part, check_key_string, key_string};
pub use key::{Key, KeyState, KeyType, Lifetime, Project, Standing, TransitionError, Verifier};
pub use kill_switch::KillSwitch;
pub use on_wire::OnWire;
pub use operation::{Operation, Proof};
pub use operator::{Operator, OperatorState, Token};
pub use origin::{Origin, OriginError};
pub use pages::{Pages, PagesError};
pub use permission::{Permission, PermissionError, PermissionSet, Scope, Verb};
pub use publishable::{Unpublishable, is_publishable};
pub use rate::{Gcra, RateLimit};
pub use reach::Reach;
pub use reason::{Fault, Reason};
pub use role::{Right, Role, RoleError};
pub use sealed::{Sealed, SecretOwner};
pub use symbol::{Symbol, SymbolError, Symbols};
pub use venue::{Checked, Credential, Mode, Venue};
