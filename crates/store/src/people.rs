//! The tables of people: operators, how they sign in, their sessions, who is invited, and the tokens of programs.

mod identities;
mod invitations;
mod operators;
mod passkeys;
mod sessions;
mod sign_in;
mod tokens;

pub use identities::Identity;
pub use invitations::Invitation;
pub use passkeys::Passkey;
pub use sessions::Session;
pub use sign_in::Totp;
