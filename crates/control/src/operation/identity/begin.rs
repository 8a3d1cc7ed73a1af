//! Sending a browser to the identity provider: to sign in, to take an invitation, to link oneself.

use keyward_policy::Operation;

use crate::oidc::Purpose;
use crate::operation::operator::accept;
use crate::operation::session::Session;
use crate::people::{Caller, digest};
use crate::{Code, Control, Error};

/// A browser that is sent away.
pub struct Begun {
    /// Where it goes.
    pub url: String,
    /// What it keeps in its cookie meanwhile: it is known by that when it comes back.
    pub cookie: String,
}

/// Sends somebody away who wants to sign in, and then to go there.
///
/// # Errors
/// `provider_missing`, `provider_unavailable`, `passkeys_unavailable`.
pub async fn begin_to_sign_in(control: &Control, then: &str) -> Result<Begun, Error> {
    begin(control, Purpose::SignIn, then).await
}

/// Sends somebody away who takes an invitation.
///
/// # Errors
/// `invitation_invalid`, `too_many_attempts`, `provider_missing`, `provider_unavailable`, `passkeys_unavailable`;
/// `store_unavailable`.
pub async fn begin_for_invitation(control: &Control, caller: &Caller, shown: &str) -> Result<Begun, Error> {
    accept::open(control, caller, shown).await?;
    begin(control, Purpose::Invitation(digest(shown)), "").await
}

/// Sends an operator away who links himself.
///
/// # Errors
/// `second_factor_missing`, `second_factor_needed`, `passkey_missing`, `provider_missing`, `provider_unavailable`;
/// `store_unavailable`.
pub async fn begin_to_link(control: &Control, session: &Session) -> Result<Begun, Error> {
    control.view(&session.actor()?, Operation::IdentityLink)?;
    if control.store.passkeys(session.operator.id).await?.is_empty() {
        let error =
            Error::new(Code::PasskeyMissing, "you have no passkey, which you show after your provider");
        return Err(error.hint("add a passkey first"));
    }
    begin(control, Purpose::Link(session.digest.clone()), "").await
}

async fn begin(control: &Control, purpose: Purpose, then: &str) -> Result<Begun, Error> {
    let (provider, back) = (control.provider()?, control.back_from_provider()?);
    let (cookie, url) = provider.begin((purpose, then), &back, &*control.entropy, control.now()).await?;
    Ok(Begun { url, cookie })
}
