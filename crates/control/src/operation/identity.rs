//! Identities: who an operator is at the firm's identity provider, and coming in by it.
//!
//! The provider stands for the password. Whoever comes by it shows a passkey of Keyward's as well, or a recovery code: a
//! session at the provider may be days old, and what is dangerous needs a factor that Keyward itself has seen.

mod arrive;
mod begin;
mod enter;
mod join;
mod link;
mod show;
#[cfg(test)]
mod tests;
mod unlink;

pub use arrive::{Arrived, Halfway, Returned, Shows, arrive, halfway};
pub use begin::{Begun, begin_for_invitation, begin_to_link, begin_to_sign_in};
pub use enter::{enter_by_passkey, enter_by_recovery_code, enter_to_add_passkey};
pub use join::join;
pub use link::link;
pub use show::{IdentityView, show};
pub use unlink::unlink;

use keyward_policy::Actor;
use serde_json::{Value, json};

use crate::oidc::{Provider, Vouched};
use crate::people::Caller;
use crate::{Code, Control, Error};

/// Whoever comes by the provider says no name: this one stands for all of them where attempts are counted.
const ANYBODY: &str = "(identity provider)";

impl Control {
    /// What people call the identity provider, where one is configured.
    pub fn provider_name(&self) -> Option<&str> {
        self.provider.as_ref().map(Provider::name)
    }

    fn provider(&self) -> Result<&Provider, Error> {
        self.provider.as_ref().ok_or_else(|| {
            Error::new(Code::ProviderMissing, "no identity provider is configured")
                .hint("sign in another way; `control.oidc` in keyward.toml names one")
        })
    }

    /// Where the provider sends browsers back to: by the name that passkeys are bound to, for they are asked for next.
    fn back_from_provider(&self) -> Result<String, Error> {
        Ok(format!("{}/sign-in/oidc/done", self.site()?.origin))
    }
}

/// Puts an attempt on record; whoever it was has no authority by it.
fn note(control: &Control, caller: &Caller, name: &str, details: Value) {
    let actor = Actor::unproved(name, "console");
    let mut all = json!({ "by": "oidc", "address": caller.address });
    if let (Some(all), Value::Object(details)) = (all.as_object_mut(), details) {
        all.extend(details);
    }
    control.note_of(&actor, "session sign-in", all);
}

/// Nobody is told more: what was wrong is in the log.
fn refused(control: &Control, caller: &Caller, why: impl std::fmt::Display) -> Error {
    note(control, caller, ANYBODY, json!({ "outcome": why.to_string() }));
    Error::new(Code::IdentityRefused, "the identity provider does not vouch for you")
        .hint("try again; an owner finds in the audit log why")
}

/// Whether somebody is whom an invitation means, where its name is an address.
fn check_address(invited: &str, vouched: &Vouched) -> Result<(), Error> {
    let is_meant = |email: &String| email.eq_ignore_ascii_case(invited);
    if !invited.contains('@') || vouched.email.as_ref().is_some_and(is_meant) {
        return Ok(());
    }
    let said = vouched.email.as_deref().unwrap_or("no address that it has verified");
    let what = format!("this invitation is for {invited}, and your identity provider says {said}");
    Err(Error::new(Code::IdentityRefused, what).hint("choose a password, or ask for another invitation"))
}
