//! Passkeys, from the first to the last; and what a thief would try.

use super::*;
use crate::fixture::Fixture;
use crate::fixture::passkey::Authenticator;
use crate::fixture::people::{PASSWORD, Person, caller};
use crate::operation::session::{
    Assertion, Session, SignedIn, ask_to_sign_in, ask_to_step_up, of, sign_in_with_passkey,
    step_up_with_passkey,
};
use crate::{Code, Error};

async fn session(fixture: &Fixture, shown: &SignedIn) -> Session {
    of(&fixture.control, shown.session.text(), "console").await.unwrap()
}

/// Somebody whose only second factor is this passkey, in the session that began with it.
async fn with_passkey(fixture: &Fixture, name: &str, authenticator: &Authenticator) -> SignedIn {
    let person = Person::invited(fixture, name, "owner").await;
    let shown = person.try_in(fixture, PASSWORD, None).await.unwrap();
    let session = session(fixture, &shown).await;
    let offered = begin(&fixture.control, &session).await.unwrap();
    let new = authenticator.create(&fixture.control.site().unwrap(), &offered.challenge);
    let added = add(&fixture.control, &caller(), &session, new).await.unwrap();
    assert_eq!(added.codes.len(), 10);
    added.signed_in.unwrap()
}

fn signed(fixture: &Fixture, authenticator: &Authenticator, count: u32) -> Assertion {
    let asked = ask_to_sign_in(&fixture.control).unwrap();
    authenticator.sign(&fixture.control.site().unwrap(), &asked.challenge, count)
}

async fn let_in(fixture: &Fixture, assertion: Assertion) -> Result<SignedIn, Error> {
    sign_in_with_passkey(&fixture.control, &caller(), assertion).await
}

/// What the log says of the refusal, which nobody else is told.
async fn refused(fixture: &Fixture, assertion: Assertion) -> String {
    let error = let_in(fixture, assertion).await.err().unwrap();
    assert_eq!(error.code(), Code::PasskeyRefused);
    fixture.last_change()["details"]["outcome"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_passkey_alone_signs_in_and_makes_a_session_fresh() {
    let (fixture, authenticator) = (Fixture::new().await, Authenticator::p256());
    with_passkey(&fixture, "ada", &authenticator).await;
    fixture.pass_s(600);
    let begun = let_in(&fixture, signed(&fixture, &authenticator, 1)).await.unwrap();
    let fresh = session(&fixture, &begun).await;
    assert!(fresh.actor().unwrap().check_fresh().is_ok());
    fixture.pass_s(600);
    let stale = session(&fixture, &begun).await;
    assert!(stale.actor().unwrap().check_fresh().is_err());
    let asked = ask_to_step_up(&fixture.control, &stale).unwrap();
    let shown = authenticator.sign(&fixture.control.site().unwrap(), &asked.challenge, 2);
    step_up_with_passkey(&fixture.control, &caller(), &stale, shown).await.unwrap();
    assert!(session(&fixture, &begun).await.actor().unwrap().check_fresh().is_ok());
}

#[tokio::test]
async fn a_password_without_the_passkey_opens_nothing() {
    let (fixture, authenticator) = (Fixture::new().await, Authenticator::ed25519());
    with_passkey(&fixture, "ada", &authenticator).await;
    let ada = Person::unknown("ada");
    assert_eq!(ada.refused(&fixture, PASSWORD, None).await, Code::CodeNeeded);
    assert_eq!(ada.refused(&fixture, PASSWORD, Some("000000")).await, Code::CodeWrong);
}

#[tokio::test]
async fn what_was_signed_for_something_else_or_before_is_refused() {
    let (fixture, authenticator) = (Fixture::new().await, Authenticator::p256());
    let begun = with_passkey(&fixture, "ada", &authenticator).await;
    let once = signed(&fixture, &authenticator, 1);
    let again = Assertion { id: once.id.clone(), ..signed(&fixture, &authenticator, 1) };
    let replayed = Assertion {
        client_data: once.client_data.clone(),
        authenticator_data: once.authenticator_data.clone(),
        signature: once.signature.clone(),
        id: once.id.clone(),
    };
    let_in(&fixture, once).await.unwrap();
    assert_eq!(refused(&fixture, replayed).await, "wrong challenge");
    assert_eq!(refused(&fixture, again).await, "copied passkey");
    let for_step_up = ask_to_step_up(&fixture.control, &session(&fixture, &begun).await).unwrap();
    let site = fixture.control.site().unwrap();
    assert_eq!(
        refused(&fixture, authenticator.sign(&site, &for_step_up.challenge, 9)).await,
        "wrong challenge"
    );
    let late = signed(&fixture, &authenticator, 9);
    fixture.pass_s(301);
    assert_eq!(refused(&fixture, late).await, "wrong challenge");
    let other = Assertion { id: "AAAA".to_owned(), ..signed(&fixture, &authenticator, 9) };
    assert_eq!(refused(&fixture, other).await, "unknown passkey");
}

#[tokio::test]
async fn somebody_elses_passkey_makes_no_session_fresh() {
    let (fixture, authenticator) = (Fixture::new().await, Authenticator::p256());
    with_passkey(&fixture, "ada", &authenticator).await;
    let eve = Person::enrolled(&fixture, "eve", "viewer").await;
    let hers = eve.sign_in(&fixture).await.unwrap();
    let hers = session(&fixture, &hers).await;
    let asked = ask_to_step_up(&fixture.control, &hers).unwrap();
    let shown = authenticator.sign(&fixture.control.site().unwrap(), &asked.challenge, 1);
    let refused = step_up_with_passkey(&fixture.control, &caller(), &hers, shown).await;
    assert_eq!(refused.unwrap_err().code(), Code::PasskeyRefused);
}

#[tokio::test]
async fn the_last_second_factor_stays_and_another_passkey_needs_the_first() {
    let (fixture, authenticator) = (Fixture::new().await, Authenticator::p256());
    let begun = with_passkey(&fixture, "ada", &authenticator).await;
    let fresh = session(&fixture, &begun).await;
    let id = list(&fixture.control, &fresh).await.unwrap().remove(0).id;
    assert_eq!(remove(&fixture.control, &fresh, &id).await.unwrap_err().code(), Code::LastFactor);
    assert_eq!(remove(&fixture.control, &fresh, "AAAA").await.unwrap_err().code(), Code::PasskeyUnknown);
    fixture.pass_s(301);
    let stale = session(&fixture, &begun).await;
    let refused = begin(&fixture.control, &stale).await.err().map(|error| error.code());
    assert_eq!(refused, Some(Code::SecondFactorNeeded));
    let refused = remove(&fixture.control, &stale, &id).await.unwrap_err().code();
    assert_eq!(refused, Code::SecondFactorNeeded);
}

#[tokio::test]
async fn a_suspended_operator_signs_in_with_nothing() {
    let (fixture, authenticator) = (Fixture::new().await, Authenticator::p256());
    with_passkey(&fixture, "ada", &authenticator).await;
    Person::enrolled(&fixture, "eve", "owner").await;
    crate::operation::operator::change::suspend(&fixture.control, &fixture.actor, "ada").await.unwrap();
    assert_eq!(refused(&fixture, signed(&fixture, &authenticator, 1)).await, "unknown passkey");
}
