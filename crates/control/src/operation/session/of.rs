//! Whose session this is, and what he may do in it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Actor, Authority, Operator, OperatorState, Sealed};
use sha2::Sha256;

use super::{FRESH_FOR, IDLE_FOR, LASTS};
use crate::people::digest;
use crate::{Code, Control, Error, reach};

/// How often it is noted that a session is used.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A session that stands.
pub struct Session {
    pub(in crate::operation) operator: Operator,
    pub(in crate::operation) digest: String,
    pub(in crate::operation) sealed: Sealed,
    /// Until when the second factor counts as fresh.
    pub fresh_until: Option<Timestamp>,
    /// What a form must repeat to be believed: it follows from the cookie, and cannot be had without it.
    pub csrf: String,
    is_enrolled: bool,
    via: &'static str,
    seen_at: Timestamp,
    now: Timestamp,
}

/// The session of whoever shows this.
///
/// # Errors
/// `session_over`; `store_unavailable`.
pub async fn of(control: &Control, shown: &str, via: &'static str) -> Result<Session, Error> {
    let over = || Error::new(Code::SessionOver, "the session is over").hint("sign in again");
    let (digest, now) = (digest(shown), control.now());
    let kept = control.store.session(&digest).await?.ok_or_else(over)?;
    let is_over = now.duration_since(kept.seen_at) > IDLE_FOR || now.duration_since(kept.created_at) > LASTS;
    let operator = control.store.operator(&kept.operator.to_string()).await?;
    if is_over || operator.state != OperatorState::Active {
        control.store.end_session(operator.id, &digest).await?;
        return Err(over());
    }
    let is_enrolled = kept.fresh_at.is_some();
    let fresh_until = kept.fresh_at.map(|at| at + FRESH_FOR).filter(|until| *until > now);
    Ok(Session {
        operator,
        digest,
        sealed: kept.sealed,
        fresh_until,
        csrf: csrf(shown),
        is_enrolled,
        via,
        seen_at: kept.seen_at,
        now,
    })
}

impl Session {
    /// Notes that somebody is there, so that the session does not end for idleness.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub(crate) async fn note(&self, control: &Control) -> Result<(), Error> {
        if self.now.duration_since(self.seen_at) > NOTED_EVERY {
            control.store.see_session(&self.digest, self.now).await?;
        }
        Ok(())
    }

    /// The operator's name.
    pub fn name(&self) -> &str {
        &self.operator.name
    }

    /// What he is.
    pub const fn role(&self) -> keyward_policy::Role {
        self.operator.role
    }

    /// The names of the projects that his role is bound to; none means everywhere.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn projects(&self, control: &Control) -> Result<Vec<String>, Error> {
        reach::names(&control.store, &self.operator.reach).await
    }

    /// Whether he has a second factor, and has shown it when he signed in.
    pub fn is_enrolled(&self) -> bool {
        self.is_enrolled
    }

    /// Whether a form or a header repeats what only a page of ours can know.
    pub fn believes(&self, repeated: &str) -> bool {
        // Digests are compared, so that the time tells nothing of how much was right.
        !self.csrf.is_empty() && digest(repeated) == digest(&self.csrf)
    }

    /// By what authority he acts.
    ///
    /// # Errors
    /// `second_factor_missing`: before he has one he does nothing.
    pub fn actor(&self) -> Result<Actor, Error> {
        if !self.is_enrolled() {
            return Err(
                Error::new(Code::SecondFactorMissing, "you have no second factor yet").hint("add one first")
            );
        }
        Ok(self.himself())
    }

    /// The same for what he does to his own sign-in.
    pub(crate) fn himself(&self) -> Actor {
        let is_fresh = self.fresh_until.is_some_and(|until| until > self.now);
        let authority =
            Authority::Operator { role: self.operator.role, reach: self.operator.reach.clone(), is_fresh };
        Actor { name: self.operator.name.clone(), via: self.via, consented_by: None, authority }
    }
}

fn csrf(shown: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(shown.as_bytes()).map(|mac| mac.chain_update(b"keyward csrf"));
    mac.map(|mac| BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::fixture::people::Person;

    async fn code(fixture: &Fixture, shown: &str) -> Option<Code> {
        of(&fixture.control, shown, "console").await.err().map(|error| error.code())
    }

    /// The same while somebody is there.
    async fn attended(fixture: &Fixture, shown: &str) -> Option<Code> {
        if let Ok(session) = of(&fixture.control, shown, "console").await {
            session.note(&fixture.control).await.unwrap();
        }
        code(fixture, shown).await
    }

    #[tokio::test]
    async fn what_a_page_asks_for_by_itself_keeps_no_session_alive() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        fixture.pass_s(59 * 60);
        assert_eq!(code(&fixture, shown.text()).await, None);
        fixture.pass_s(2 * 60);
        assert_eq!(code(&fixture, shown.text()).await, Some(Code::SessionOver));
    }

    #[tokio::test]
    async fn a_session_stands_until_it_is_idle_or_old() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        for _ in 0..26 {
            assert_eq!(attended(&fixture, shown.text()).await, None);
            fixture.pass_s(55 * 60);
        }
        assert_eq!(attended(&fixture, shown.text()).await, None);
        fixture.pass_s(20 * 60);
        assert_eq!(code(&fixture, shown.text()).await, Some(Code::SessionOver), "a day");
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        fixture.pass_s(61 * 60);
        assert_eq!(code(&fixture, shown.text()).await, Some(Code::SessionOver), "an hour idle");
        assert_eq!(code(&fixture, "guess").await, Some(Code::SessionOver));
    }

    #[tokio::test]
    async fn a_second_factor_is_fresh_for_five_minutes() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        let session = of(&fixture.control, shown.text(), "console").await.unwrap();
        assert!(session.actor().unwrap().check_fresh().is_ok());
        fixture.pass_s(301);
        let session = of(&fixture.control, shown.text(), "console").await.unwrap();
        assert!(session.actor().unwrap().check_fresh().is_err());
    }

    #[tokio::test]
    async fn a_form_is_believed_only_with_what_follows_from_the_cookie() {
        assert_eq!(csrf("one"), csrf("one"));
        assert_ne!(csrf("one"), csrf("two"));
        assert_eq!(csrf("one").len(), 43);
    }
}
