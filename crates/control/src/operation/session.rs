//! Sessions of operators: who has signed in, by which browser, and how long ago the second factor was shown.

pub mod end;
pub mod list;
mod of;
mod passkey;
pub mod password;
pub(in crate::operation) mod prove;
mod sign_in;
mod sign_out;
mod start;
mod step_up;

pub use of::{Session, of};
pub use passkey::{ask_to_sign_in, ask_to_step_up, sign_in_with_passkey, step_up_with_passkey};
pub use prove::{Asked, Assertion};
pub use sign_in::{SignIn, SignedIn, sign_in};
pub use sign_out::sign_out;
pub(in crate::operation) use start::{Proved, start};
pub use step_up::{StepUp, step_up};

use jiff::SignedDuration;

/// For how long a second factor counts as fresh.
pub(crate) const FRESH_FOR: SignedDuration = SignedDuration::from_mins(5);
/// After how long without a request a session is over (NIST SP 800-63B-4, AAL2: an hour).
const IDLE_FOR: SignedDuration = SignedDuration::from_mins(60);
/// After how long it is over in any case (the same: a day).
const LASTS: SignedDuration = SignedDuration::from_hours(24);
/// What a device's secret is sealed for in a session.
const BOUND_TO: &str = "keyward session device";
