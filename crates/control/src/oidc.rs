//! Signing in by the firm's identity provider (OpenID Connect): who it is, what it says, and what of that is believed.
//!
//! What is read and checked here is pure; what has to be asked goes through a port ([`Fetch`]), for this crate has no way out.
//! The provider stands for the password alone: the second factor stays Keyward's own.

mod client;
mod document;
mod endpoint;
mod fetch;
#[cfg(test)]
pub(crate) mod fixture;
mod id_token;
mod journey;
mod keys;
mod provider;
mod ticket;

pub use client::{Client, Said};
pub use fetch::{Answer, CannotFetch, Fetch, Fetching, Question};
pub(crate) use id_token::Vouched;
pub(crate) use journey::{Journey, Purpose};
pub use provider::Provider;
pub(crate) use provider::{Refusal, word};
pub(crate) use ticket::{Errand, Half};
