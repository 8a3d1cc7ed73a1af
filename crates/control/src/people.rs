//! People: what signing in needs besides the database.

mod attempts;
mod bearer;
mod caller;
mod challenge;
mod hashing;
pub(crate) mod passkey;
mod password;
mod recovery;
mod site;
mod totp;

pub(crate) use attempts::Attempts;
pub(crate) use bearer::{Bearer, digest, key as bearer_key};
pub use caller::Caller;
pub(crate) use challenge::{Challenges, Purpose};
pub(crate) use hashing::Hashing;
pub(crate) use recovery::RecoveryCode;
pub(crate) use site::Site;
pub(crate) use totp::{Device, SECRET_BYTES};
