//! People: what signing in needs besides the database.

mod attempts;
mod bearer;
mod caller;
mod hashing;
mod password;
mod recovery;
mod totp;

pub(crate) use attempts::Attempts;
pub(crate) use bearer::{Bearer, digest, key as bearer_key};
pub use caller::Caller;
pub(crate) use hashing::Hashing;
pub(crate) use recovery::RecoveryCode;
pub(crate) use totp::{Device, SECRET_BYTES};
