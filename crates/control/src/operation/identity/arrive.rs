//! Coming back from the identity provider: whom it vouches for, and what he still has to show.

use keyward_policy::{Operator, OperatorId, OperatorState, Role};
use keyward_store::Invitation;
use serde_json::json;

use super::{ANYBODY, check_address, note, refused};
use crate::oidc::{Errand, Half, Journey, Provider, Purpose, Refusal, Vouched, word};
use crate::operation::operator::accept;
use crate::operation::session::Asked;
use crate::operation::session::prove::ask;
use crate::people::{Caller, Purpose as Asking, digest};
use crate::{Code, Control, Error, ShownOnce};

/// The longest code of a provider that is passed on.
const CODE_MAX: usize = 4096;

/// What the provider sends a browser back with (RFC 6749 4.1.2, RFC 9207). Nothing prints it: the code is a secret.
#[derive(Default)]
pub struct Returned {
    /// What is exchanged for a token.
    pub code: Option<String>,
    /// What the browser was sent away with.
    pub state: Option<String>,
    /// Who answers.
    pub iss: Option<String>,
    /// Why the provider vouches for nobody.
    pub error: Option<String>,
}

/// Somebody for whom the provider vouches, and the ticket by which he goes on.
pub struct Arrived {
    /// The ticket: good once, for five minutes, and no session.
    pub ticket: ShownOnce,
    /// Where he is.
    pub halfway: Halfway,
}

/// What somebody does next who came by the provider.
pub enum Halfway {
    /// He signs in.
    SignIn {
        /// As whom.
        name: String,
        /// What he still has to show.
        shows: Shows,
        /// Where he wanted to go.
        then: String,
    },
    /// He takes an invitation.
    Invitation {
        /// By which name.
        name: String,
        /// To be what.
        role: Role,
        /// Who he is at the provider, in words that he knows.
        known_as: String,
    },
    /// He links himself.
    Link {
        /// Who he is at the provider, in words that he knows.
        known_as: String,
    },
}

/// What an operator shows after the provider has vouched for him.
pub enum Shows {
    /// A passkey, which signs this; or a recovery code.
    Passkey(Asked),
    /// Nothing: he has nothing yet, and may only add a passkey.
    Nothing,
}

/// Takes somebody who comes back. `cookie` is what his browser kept.
///
/// # Errors
/// `sign_in_expired` for another browser's answer or a late one, `identity_refused`, `identity_unknown`, `identity_taken`,
/// `invitation_invalid`, `passkey_missing`, `too_many_attempts`, `provider_missing`, `provider_unavailable`;
/// `store_unavailable`.
pub async fn arrive(
    control: &Control,
    caller: &Caller,
    cookie: Option<&str>,
    returned: Returned,
) -> Result<Arrived, Error> {
    let provider = control.provider()?;
    control.attempts.begin(caller, ANYBODY, control.now())?;
    let state = returned.state.as_deref().unwrap_or_default();
    let journey = cookie.and_then(|cookie| provider.end(cookie, state, control.now())).ok_or_else(|| {
        note(control, caller, ANYBODY, json!({ "outcome": Code::SignInExpired.as_str() }));
        Error::new(
            Code::SignInExpired,
            "this sign-in was begun in another browser, or more than ten minutes ago",
        )
        .hint("begin again")
    })?;
    let vouched = vouched(control, provider, &journey, &returned).await?;
    let vouched = vouched.map_err(|why| refused(control, caller, why))?;
    let errand = errand(control, provider, caller, journey.purpose, &vouched).await?;
    let ticket = provider.admit(vouched, errand, journey.then, &*control.entropy, control.now());
    let halfway = halfway(control, ticket.text()).await?;
    control.attempts.succeeded(caller, ANYBODY);
    Ok(Arrived { ticket, halfway })
}

/// What the holder of a ticket does next; a page asks again when something went wrong on the way.
///
/// # Errors
/// `sign_in_expired`, `identity_unknown`, `invitation_invalid`, `passkey_missing`, `passkeys_unavailable`,
/// `provider_missing`; `store_unavailable`.
pub async fn halfway(control: &Control, ticket: &str) -> Result<Halfway, Error> {
    let Half { vouched, errand, then, .. } = control.provider()?.look(ticket, control.now())?;
    let known_as = vouched.email.unwrap_or(vouched.subject);
    match errand {
        Errand::SignIn(id) => {
            let operator = standing(control, id).await?;
            let shows = shows(control, &operator, ticket).await?;
            Ok(Halfway::SignIn { name: operator.name, shows, then })
        }
        Errand::Invitation(digest) => {
            let Invitation { name, role, .. } = accept::good(control, &digest).await?;
            Ok(Halfway::Invitation { name, role, known_as })
        }
        Errand::Link(_) => Ok(Halfway::Link { known_as }),
    }
}

/// The operator, if he may still come in.
pub(super) async fn standing(control: &Control, id: OperatorId) -> Result<Operator, Error> {
    match control.store.operator(&id.to_string()).await {
        Ok(operator) if operator.state == OperatorState::Active => Ok(operator),
        Ok(_) | Err(keyward_store::Error::NotFound { .. }) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}

/// Who was suspended is told the same as who never was an operator.
fn unknown() -> Error {
    Error::new(Code::IdentityUnknown, "nobody here is linked to this account of your identity provider")
        .hint("open your invitation, or sign in another way and link yourself in your account")
}

/// A passkey where there is one. Who has codes alone would have to type the password under which their secret is sealed.
async fn shows(control: &Control, operator: &Operator, ticket: &str) -> Result<Shows, Error> {
    if !control.store.passkeys(operator.id).await?.is_empty() {
        return Ok(Shows::Passkey(ask(control, Asking::HalfWay(&digest(ticket)))?));
    }
    if control.store.totp(operator.id).await?.is_some() {
        let error =
            Error::new(Code::PasskeyMissing, "you have no passkey, which you show after your provider");
        return Err(error.hint("sign in with password and code, and add a passkey in your account"));
    }
    Ok(Shows::Nothing)
}

/// Whom the provider vouches for in its answer.
async fn vouched(
    control: &Control,
    provider: &Provider,
    journey: &Journey,
    returned: &Returned,
) -> Result<Result<Vouched, Refusal>, Error> {
    let now = control.now();
    if !provider.is_from(returned.iss.as_deref(), now).await? {
        return Ok(Err(Refusal::OtherIssuer));
    }
    match (&returned.error, &returned.code) {
        (Some(error), _) => Ok(Err(Refusal::Said(word(error).to_owned()))),
        (None, Some(code)) if code.len() <= CODE_MAX => {
            provider.exchange(code, journey, &control.back_from_provider()?, now).await
        }
        (None, _) => Ok(Err(Refusal::NoToken)),
    }
}

/// What he may do with it.
async fn errand(
    control: &Control,
    provider: &Provider,
    caller: &Caller,
    purpose: Purpose,
    vouched: &Vouched,
) -> Result<Errand, Error> {
    let known = control.store.identified(provider.issuer(), &vouched.subject).await?;
    let noted = |error: Error| {
        let details = json!({ "outcome": error.code().as_str(), "subject": vouched.subject });
        note(control, caller, ANYBODY, details);
        error
    };
    let taken =
        || Error::new(Code::IdentityTaken, "this account of your identity provider is linked already");
    match (purpose, known) {
        (Purpose::SignIn, known) => {
            let operator = match known {
                Some(id) => standing(control, id).await,
                None => Err(unknown()),
            };
            Ok(Errand::SignIn(operator.map_err(noted)?.id))
        }
        (_, Some(_)) => Err(noted(taken().hint("sign in by it, or unlink it there first"))),
        (Purpose::Link(session), None) => Ok(Errand::Link(session)),
        (Purpose::Invitation(digest), None) => {
            let invitation = accept::good(control, &digest).await.map_err(noted)?;
            check_address(&invitation.name, vouched).map_err(noted)?;
            Ok(Errand::Invitation(digest))
        }
    }
}
