//! What was just done: an answer leads on to a page, whose address says in one word what happened.

use axum::response::{IntoResponse, Redirect, Response};

/// The words, and what they say. An address can choose among them and say nothing else.
const DONE: &[(&str, &str)] = &[
    ("suspended", "The key is suspended. Nothing of it starts to be sent any more."),
    ("resumed", "The key is in use again."),
    ("revoked", "The key is revoked, for good. Nothing of it starts to be sent any more."),
    ("changed", "The key is changed. The next request meets its new limits."),
    ("deleted", "The key is deleted. Its id and its key string are never issued again."),
    ("killed", "Done. Nothing of the keys that were ended starts to be sent any more."),
    ("approved", "Approved. The request goes on now, once."),
    ("approved-to-be-sent", "Approved. Nothing is sent until its client sends the same request again."),
    ("denied", "Denied. Nothing of it is sent."),
    (
        "asked",
        "Nothing is changed yet: another operator is asked. When he has agreed, carry it out from here.",
    ),
    ("agreed", "Agreed. It is done when the one who asked carries it out."),
    ("not-agreed", "It is not done, and waits no more."),
    ("sealed", "The vault is sealed. Nothing is signed until somebody unseals it."),
    ("unsealed", "The vault is unsealed."),
    ("made", "The vault is made, and unsealed. Keep what unseals it: nobody can recover it."),
    ("reopened", "Keyward serves again."),
    ("venue-added", "The venue is added."),
    ("venue-removed", "The venue is removed."),
    ("credential-added", "The credential is sealed in the vault. Check now what the exchange lets it do."),
    ("credential-generated", "The pair is made. Register its public key at the exchange."),
    ("credential-named", "The credential has its key string and can be used."),
    ("credential-removed", "The credential is removed. Delete the key at the exchange too."),
    ("project-added", "The project is added."),
    ("project-changed", "The project is changed."),
    ("project-removed", "The project is removed."),
    ("role-set", "The role is set. This person has to sign in again."),
    ("operator-suspended", "This person cannot sign in any more."),
    ("operator-resumed", "This person can sign in again."),
    ("operator-removed", "This person is removed."),
    ("token-revoked", "The token is revoked. Programs that show it are refused."),
    ("session-ended", "The session is ended."),
    ("sessions-ended", "You are signed out everywhere else."),
    ("passkey-added", "The passkey is added. Sign in with it from now on."),
    ("passkey-removed", "The passkey is removed. Remove it from its authenticator too."),
    ("linked", "You are linked. Sign in by your identity provider and your passkey from now on."),
    ("unlinked", "You are linked to no identity provider any more."),
    ("password-changed", "The password is changed, and your other sessions are ended."),
];

/// Leads on to a page that says what was done.
pub(crate) fn lead_to(path: &str, done: &'static str) -> Response {
    Redirect::to(&format!("{path}?done={done}")).into_response()
}

/// What a word says.
pub(crate) fn words(done: &str) -> Option<&'static str> {
    DONE.iter().find(|(word, _)| *word == done).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_make_a_page_say_anything() {
        assert!(words("revoked").is_some());
        assert_eq!(words("<b>call 555</b>"), None);
    }
}
