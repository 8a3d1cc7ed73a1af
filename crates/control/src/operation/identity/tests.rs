//! Coming by the identity provider, from the invitation to the unlinking; and what a thief would try.

use std::sync::Arc;

use keyward_store::Identity;
use serde_json::{Value, json};

use super::*;
use crate::ShownOnce;
use crate::fixture::Fixture;
use crate::fixture::passkey::Authenticator;
use crate::fixture::people::{PASSWORD, Person, caller};
use crate::oidc::fixture::{CLIENT, ISSUER, Pretender, Signer};
use crate::operation::operator::change::suspend;
use crate::operation::session::{Session, SignedIn, ask_to_sign_in, of, sign_in_with_passkey};
use crate::operation::{operator, passkey, second_factor};

/// A desk whose people come by a provider.
struct Desk {
    fixture: Fixture,
    provider: Arc<Pretender>,
}

/// A browser that was sent to the provider: its cookie, and what the provider was told.
struct Away {
    cookie: String,
    state: String,
    nonce: String,
}

impl Desk {
    async fn new() -> Self {
        Self::which(false).await
    }

    async fn which(required: bool) -> Self {
        let provider = Pretender::new();
        Self { fixture: Fixture::with_provider(&provider, required).await, provider }
    }

    async fn session(&self, shown: &SignedIn) -> Session {
        of(&self.fixture.control, shown.session.text(), "console").await.unwrap()
    }

    fn away(begun: &Begun) -> Away {
        let query = begun.url.split_once('?').unwrap().1;
        let said = |name: &str| {
            form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).unwrap().1.into_owned()
        };
        assert_eq!(said("redirect_uri"), "https://control.test/sign-in/oidc/done");
        Away { cookie: begun.cookie.clone(), state: said("state"), nonce: said("nonce") }
    }

    async fn sent(&self) -> Away {
        Self::away(&begin_to_sign_in(&self.fixture.control, "/keys").await.unwrap())
    }

    /// The provider is going to vouch for this subject, with these changes to what it says.
    fn vouches(&self, away: &Away, subject: &str, changes: &Value) {
        let now = self.fixture.control.now().as_second();
        let mut claims = json!({
            "iss": ISSUER, "sub": subject, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": away.nonce,
            "email": format!("{subject}@desk.test"), "email_verified": true,
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap_or_default());
        self.provider.0.lock().unwrap().claims = claims;
    }

    async fn back(&self, away: &Away, code: &str) -> Result<Arrived, Error> {
        let returned = Returned {
            code: Some(code.to_owned()),
            state: Some(away.state.clone()),
            iss: Some(ISSUER.to_owned()),
            error: None,
        };
        arrive(&self.fixture.control, &caller(), Some(&away.cookie), returned).await
    }

    /// Somebody goes there and comes back.
    async fn round(&self, subject: &str, changes: Value) -> Result<Arrived, Error> {
        let away = self.sent().await;
        self.vouches(&away, subject, &changes);
        self.back(&away, &away.state).await
    }

    async fn refusal(&self, subject: &str, changes: Value) -> (Code, String) {
        let code = self.round(subject, changes).await.err().unwrap().code();
        (code, self.outcome())
    }

    fn outcome(&self) -> String {
        self.fixture.last_change()["details"]["outcome"].as_str().unwrap_or_default().to_owned()
    }

    /// Somebody with a password and this passkey, in a fresh session.
    async fn with_passkey(&self, name: &str, authenticator: &Authenticator) -> SignedIn {
        let person = Person::invited(&self.fixture, name, "owner").await;
        let begun = person.try_in(&self.fixture, PASSWORD, None).await.unwrap();
        self.add_passkey(&begun, authenticator).await.1
    }

    async fn add_passkey(
        &self,
        begun: &SignedIn,
        authenticator: &Authenticator,
    ) -> (Vec<ShownOnce>, SignedIn) {
        let (session, control) = (self.session(begun).await, &self.fixture.control);
        let offered = passkey::begin(control, &session).await.unwrap();
        let new = authenticator.create(&control.site().unwrap(), &offered.challenge);
        let added = passkey::add(control, &caller(), &session, new).await.unwrap();
        (added.codes, added.signed_in.unwrap())
    }

    /// The ticket by which somebody agrees to be linked.
    async fn to_link(&self, session: &Session, subject: &str) -> Result<ShownOnce, Error> {
        let away = Self::away(&begin_to_link(&self.fixture.control, session).await?);
        self.vouches(&away, subject, &Value::Null);
        Ok(self.back(&away, &away.state).await?.ticket)
    }

    /// Ada, who is linked.
    async fn linked(&self, authenticator: &Authenticator) -> SignedIn {
        let ada = self.with_passkey("ada", authenticator).await;
        let session = self.session(&ada).await;
        let ticket = self.to_link(&session, "0001").await.unwrap();
        link(&self.fixture.control, &session, ticket.text()).await.unwrap();
        ada
    }

    /// Whoever opens this invitation, and comes by the provider.
    async fn to_join(&self, link: &ShownOnce, subject: &str, changes: Value) -> Result<Arrived, Error> {
        let begun = begin_for_invitation(&self.fixture.control, &caller(), link.text()).await?;
        let away = Self::away(&begun);
        self.vouches(&away, subject, &changes);
        self.back(&away, &away.state).await
    }
}

fn asked(arrived: &Arrived) -> &str {
    match &arrived.halfway {
        Halfway::SignIn { shows: Shows::Passkey(asked), .. } => &asked.challenge,
        _ => panic!("no passkey is asked for"),
    }
}

fn code<T>(result: Result<T, Error>) -> Option<Code> {
    result.err().map(|error| error.code())
}

#[tokio::test]
async fn an_operator_who_linked_himself_signs_in_by_the_provider_and_his_passkey() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    let ada = desk.linked(&authenticator).await;
    let control = &desk.fixture.control;
    let view = show(control, &desk.session(&ada).await).await.unwrap();
    assert_eq!((view.issuer.as_deref(), view.subject.as_deref()), (Some(ISSUER), Some("0001")));
    assert_eq!((view.provider.as_deref(), view.has_password), (Some("Desk ID"), true));
    let arrived = desk.round("0001", Value::Null).await.unwrap();
    let Halfway::SignIn { name, then, .. } = &arrived.halfway else { panic!("he signs in") };
    assert_eq!((&**name, &**then), ("ada", "/keys"));
    let assertion = authenticator.sign(&control.site().unwrap(), asked(&arrived), 1);
    let begun = enter_by_passkey(control, &caller(), arrived.ticket.text(), assertion).await.unwrap();
    assert!(desk.session(&begun).await.actor().unwrap().check_fresh().is_ok());
    let last = desk.fixture.last_change();
    assert_eq!((&last["details"]["outcome"], &last["details"]["by"]), (&json!("signed in"), &json!("oidc")));
    assert_eq!(last["details"]["subject"], "0001");
    assert!(code(halfway(control, arrived.ticket.text()).await) == Some(Code::SignInExpired), "once");
}

#[tokio::test]
async fn the_provider_alone_lets_nobody_in() {
    let (desk, hers) = (Desk::new().await, Authenticator::p256());
    desk.linked(&hers).await;
    let control = &desk.fixture.control;
    let ticket = desk.round("0001", Value::Null).await.unwrap().ticket;
    assert_eq!(code(of(control, ticket.text(), "console").await), Some(Code::SessionOver));
    assert_eq!(
        code(enter_to_add_passkey(control, &caller(), ticket.text()).await),
        Some(Code::PasskeyRefused)
    );
    for wrong in ["", "AAAA-AAAA-AAAA-AAAA"] {
        let entered = enter_by_recovery_code(control, &caller(), ticket.text(), wrong).await;
        assert_eq!(code(entered), Some(Code::CodeWrong));
        assert_eq!(desk.outcome(), "code_wrong");
    }
    assert_eq!(code(join(control, &caller(), ticket.text()).await), Some(Code::SignInExpired));
}

#[tokio::test]
async fn the_passkey_of_somebody_else_or_signed_for_something_else_does_not_go_with_it() {
    let (desk, hers) = (Desk::new().await, Authenticator::p256());
    let ada = desk.linked(&hers).await;
    let (control, site) = (&desk.fixture.control, desk.fixture.control.site().unwrap());
    let arrived = desk.round("0001", Value::Null).await.unwrap();
    // A challenge of the page on which a passkey alone signs in.
    let elsewhere = ask_to_sign_in(control).unwrap().challenge;
    let entered =
        enter_by_passkey(control, &caller(), arrived.ticket.text(), hers.sign(&site, &elsewhere, 1)).await;
    assert_eq!((code(entered), &*desk.outcome()), (Some(Code::PasskeyRefused), "wrong challenge"));
    // And the one of here does not sign in without the ticket.
    let alone = sign_in_with_passkey(control, &caller(), hers.sign(&site, asked(&arrived), 2)).await;
    assert_eq!(code(alone), Some(Code::PasskeyRefused));
    // Bob, whose passkey is not hers: the store knows one passkey by this id, so she gives hers away.
    let session = desk.session(&ada).await;
    let person = Person::enrolled(&desk.fixture, "bob", "owner").await;
    let bobs = person.sign_in(&desk.fixture).await.unwrap();
    control
        .store
        .remove_passkey(session.operator.id, &passkey::list(control, &session).await.unwrap()[0].id)
        .await
        .unwrap();
    let his = Authenticator::p256();
    let bob = desk.session(&bobs).await;
    let offered = passkey::begin(control, &bob).await.unwrap();
    passkey::add(control, &caller(), &bob, his.create(&site, &offered.challenge)).await.unwrap();
    let signed = his.sign(&site, asked(&arrived), 1);
    let entered = enter_by_passkey(control, &caller(), arrived.ticket.text(), signed).await;
    assert_eq!((code(entered), &*desk.outcome()), (Some(Code::PasskeyRefused), "unknown passkey"));
}

#[tokio::test]
async fn who_has_lost_the_passkey_types_a_recovery_code_once() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    let person = Person::invited(&desk.fixture, "ada", "owner").await;
    let begun = person.try_in(&desk.fixture, PASSWORD, None).await.unwrap();
    let (codes, ada) = desk.add_passkey(&begun, &authenticator).await;
    let (control, session) = (&desk.fixture.control, desk.session(&ada).await);
    let ticket = desk.to_link(&session, "0001").await.unwrap();
    link(control, &session, ticket.text()).await.unwrap();
    let ticket = desk.round("0001", Value::Null).await.unwrap().ticket;
    let typed = codes[0].text();
    let begun = enter_by_recovery_code(control, &caller(), ticket.text(), typed).await.unwrap();
    assert!(begun.is_enrolled && desk.session(&begun).await.fresh_until.is_some());
    let again = desk.round("0001", Value::Null).await.unwrap().ticket;
    let entered = enter_by_recovery_code(control, &caller(), again.text(), typed).await;
    assert_eq!(code(entered), Some(Code::CodeWrong));
}

#[tokio::test]
async fn an_invitation_is_taken_by_the_provider_without_a_password() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::ed25519());
    let control = &desk.fixture.control;
    let link = Person::link(&desk.fixture, "Grace@desk.test", "trader").await;
    let other = desk.to_join(&link, "eve", Value::Null).await;
    assert_eq!((code(other), &*desk.outcome()), (Some(Code::IdentityRefused), "identity_refused"));
    let unverified = desk.to_join(&link, "grace", json!({ "email_verified": false })).await;
    assert_eq!(code(unverified), Some(Code::IdentityRefused));
    let arrived = desk.to_join(&link, "grace", Value::Null).await.unwrap();
    let Halfway::Invitation { name, known_as, .. } = &arrived.halfway else { panic!("she is invited") };
    assert_eq!((&**name, &**known_as), ("Grace@desk.test", "grace@desk.test"));
    let begun = join(control, &caller(), arrived.ticket.text()).await.unwrap();
    assert!(!begun.is_enrolled);
    let session = desk.session(&begun).await;
    assert_eq!(code(session.actor()), Some(Code::SecondFactorMissing));
    let device = second_factor::begin(control, &session, begun.session.text()).await;
    assert_eq!(code(device), Some(Code::PasswordMissing), "a device's secret is sealed under it");
    // She closes the browser, and comes back by the provider: there is nothing that she could show.
    let again = desk.round("grace", Value::Null).await.unwrap();
    assert!(matches!(again.halfway, Halfway::SignIn { shows: Shows::Nothing, .. }));
    let begun = enter_to_add_passkey(control, &caller(), again.ticket.text()).await.unwrap();
    let (codes, grace) = desk.add_passkey(&begun, &authenticator).await;
    assert_eq!(codes.len(), 10);
    let session = desk.session(&grace).await;
    assert!(!show(control, &session).await.unwrap().has_password);
    let seen = operator::show::show(control, &desk.fixture.actor, "Grace@desk.test").await.unwrap();
    assert_eq!(seen.known_as.as_deref(), Some("grace"), "an owner sees by what she comes in");
    assert_eq!(code(unlink(control, &session).await), Some(Code::IdentityOnly));
    let id = passkey::list(control, &session).await.unwrap().remove(0).id;
    assert_eq!(code(passkey::remove(control, &session, &id).await), Some(Code::LastFactor));
    let change =
        crate::fixture::read(&json!({ "old": PASSWORD, "new": "seven violins under granite" }).to_string());
    let changed = crate::operation::session::password::change(control, &caller(), &session, change).await;
    assert_eq!(code(changed), Some(Code::PasswordMissing));
    assert_eq!(code(desk.to_join(&link, "grace", Value::Null).await), Some(Code::InvitationInvalid), "once");
    let password = Person::unknown("Grace@desk.test").refused(&desk.fixture, PASSWORD, None).await;
    assert_eq!(password, Code::SignInRefused);
}

#[tokio::test]
async fn an_invitation_that_names_no_address_is_for_whoever_has_the_link() {
    let desk = Desk::new().await;
    let link = Person::link(&desk.fixture, "grace", "trader").await;
    let arrived = desk.to_join(&link, "0002", json!({ "email": null })).await.unwrap();
    let Halfway::Invitation { known_as, .. } = &arrived.halfway else { panic!("she is invited") };
    assert_eq!(&**known_as, "0002");
    join(&desk.fixture.control, &caller(), arrived.ticket.text()).await.unwrap();
    let second = Person::link(&desk.fixture, "eve", "owner").await;
    assert_eq!(code(desk.to_join(&second, "0002", Value::Null).await), Some(Code::IdentityTaken));
}

#[tokio::test]
async fn whoever_is_linked_to_nobody_or_suspended_is_told_the_same() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    Person::enrolled(&desk.fixture, "0003@desk.test", "owner").await;
    // An operator of this very address is there, and is not taken over.
    assert_eq!(
        desk.refusal("0003", Value::Null).await,
        (Code::IdentityUnknown, "identity_unknown".to_owned())
    );
    let unknown = desk.round("0003", Value::Null).await.err().unwrap().to_string();
    desk.linked(&authenticator).await;
    let half = desk.round("0001", Value::Null).await.unwrap().ticket;
    suspend(&desk.fixture.control, &desk.fixture.actor, "ada").await.unwrap();
    let suspended = desk.round("0001", Value::Null).await.err().unwrap();
    assert_eq!((suspended.code(), suspended.to_string()), (Code::IdentityUnknown, unknown));
    let late = halfway(&desk.fixture.control, half.text()).await;
    assert_eq!(code(late), Some(Code::IdentityUnknown), "also who is half in");
}

#[tokio::test]
async fn what_the_provider_did_not_sign_for_this_sign_in_is_refused_and_on_record() {
    let desk = Desk::new().await;
    let now = desk.fixture.control.now().as_second();
    for (changes, why) in [
        (json!({ "iss": "https://evil.test" }), "another issuer's"),
        (json!({ "aud": "another" }), "another client"),
        (json!({ "nonce": "another" }), "another sign-in"),
        (json!({ "exp": now - 61 }), "time is over"),
    ] {
        let (code, outcome) = desk.refusal("0001", changes).await;
        assert!(code == Code::IdentityRefused && outcome.contains(why), "{outcome}");
        desk.fixture.pass_s(3_600);
    }
}

#[tokio::test]
async fn a_state_is_good_in_its_own_browser_once_and_so_is_a_code() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    desk.linked(&authenticator).await;
    let (mine, thiefs) = (desk.sent().await, desk.sent().await);
    desk.vouches(&mine, "0001", &Value::Null);
    // A browser that was led to the answer of another one's sign-in (login CSRF), or that has no cookie.
    let crossed = Away { cookie: thiefs.cookie.clone(), state: mine.state.clone(), nonce: String::new() };
    assert_eq!(code(desk.back(&crossed, "c1").await), Some(Code::SignInExpired));
    assert_eq!(desk.outcome(), "sign_in_expired");
    let returned =
        Returned { code: Some("c1".to_owned()), state: Some(mine.state.clone()), ..Returned::default() };
    let without = arrive(&desk.fixture.control, &caller(), None, returned).await;
    assert_eq!(code(without), Some(Code::SignInExpired));
    desk.back(&mine, "c1").await.unwrap();
    assert_eq!(code(desk.back(&mine, "c1").await), Some(Code::SignInExpired), "the state twice");
    desk.vouches(&thiefs, "0001", &Value::Null);
    let used = desk.back(&thiefs, "c1").await;
    assert_eq!((code(used), desk.outcome().contains("invalid_grant")), (Some(Code::IdentityRefused), true));
}

#[tokio::test]
async fn an_answer_names_its_provider_and_a_refusal_is_a_refusal() {
    let desk = Desk::new().await;
    for (iss, error, why) in [
        (Some("https://evil.test"), None, "another provider"),
        (None, None, "another provider, or none"),
        (Some(ISSUER), Some("access_denied"), "access_denied"),
        (Some(ISSUER), Some("<script>"), "an unknown error"),
    ] {
        let away = desk.sent().await;
        desk.vouches(&away, "0001", &Value::Null);
        let returned = Returned {
            code: Some("c".to_owned()),
            state: Some(away.state),
            iss: iss.map(str::to_owned),
            error: error.map(str::to_owned),
        };
        let arrived = arrive(&desk.fixture.control, &caller(), Some(&away.cookie), returned).await;
        assert_eq!(code(arrived), Some(Code::IdentityRefused));
        assert!(desk.outcome().contains(why), "{}", desk.outcome());
    }
}

#[tokio::test]
async fn keys_are_asked_for_again_when_the_provider_has_changed_them() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    desk.linked(&authenticator).await;
    let asked = |what: &str| desk.provider.0.lock().unwrap().asked.iter().filter(|one| *one == what).count();
    assert_eq!((asked("openid-configuration"), asked("keys"), asked("token")), (1, 1, 1));
    desk.provider.0.lock().unwrap().signer = Signer::es256("b");
    assert_eq!(
        code(desk.round("0001", Value::Null).await),
        Some(Code::IdentityRefused),
        "asked a moment ago"
    );
    desk.fixture.pass_s(11);
    desk.round("0001", Value::Null).await.unwrap();
    assert_eq!(asked("keys"), 2);
    desk.provider.0.lock().unwrap().signer = Signer::es256("c");
    desk.provider.0.lock().unwrap().published = Some(Signer::es256("b").published());
    desk.fixture.pass_s(11);
    let (refused, why) = desk.refusal("0001", Value::Null).await;
    assert!(refused == Code::IdentityRefused && why.contains("does not publish"), "{why}");
    desk.fixture.pass_s(3_600);
    desk.round("0001", Value::Null).await.err().unwrap();
    assert_eq!(asked("openid-configuration"), 2, "an hour later");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_left_alone_for_a_moment() {
    let desk = Desk::new().await;
    desk.provider.0.lock().unwrap().is_down = true;
    let begin = async || begin_to_sign_in(&desk.fixture.control, "/").await;
    assert_eq!(code(begin().await), Some(Code::ProviderUnavailable));
    desk.provider.0.lock().unwrap().is_down = false;
    assert_eq!(code(begin().await), Some(Code::ProviderUnavailable));
    desk.fixture.pass_s(10);
    assert!(begin().await.is_ok());
}

#[tokio::test]
async fn who_has_codes_of_an_app_alone_is_told_to_sign_in_with_them() {
    let desk = Desk::new().await;
    let control = &desk.fixture.control;
    Person::enrolled(&desk.fixture, "bob", "owner").await;
    let operator = control.store.operator("bob").await.unwrap().id;
    let (issuer, subject) = (ISSUER.to_owned(), "0004".to_owned());
    control.store.link(&Identity { issuer, subject, operator, linked_at: control.now() }).await.unwrap();
    let told = desk.round("0004", Value::Null).await.err().unwrap();
    assert_eq!(told.code(), Code::PasskeyMissing);
    assert!(told.next().unwrap().contains("password and code"));
}

#[tokio::test]
async fn who_guesses_at_the_door_of_the_provider_has_to_wait() {
    let desk = Desk::new().await;
    let mut codes = Vec::new();
    for _ in 0..7 {
        let away = desk.sent().await;
        codes.push(code(desk.back(&Away { state: "guess".to_owned(), ..away }, "c").await).unwrap());
    }
    assert_eq!((codes[4], codes[6]), (Code::SignInExpired, Code::TooManyAttempts));
    assert!(desk.provider.0.lock().unwrap().asked.iter().all(|what| what != "token"));
}

#[tokio::test]
async fn nobody_is_linked_but_by_himself_fresh_in_the_session_that_asked() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    let ada = desk.with_passkey("ada", &authenticator).await;
    let control = &desk.fixture.control;
    let bob = Person::enrolled(&desk.fixture, "bob", "owner").await;
    let bobs = bob.sign_in(&desk.fixture).await.unwrap();
    let (hers, his) = (desk.session(&ada).await, desk.session(&bobs).await);
    assert_eq!(code(begin_to_link(control, &his).await), Some(Code::PasskeyMissing), "he has codes alone");
    let ticket = desk.to_link(&hers, "0001").await.unwrap();
    assert_eq!(code(link(control, &his, ticket.text()).await), Some(Code::SignInExpired), "her ticket");
    assert_eq!(code(link(control, &hers, ticket.text()).await), Some(Code::SignInExpired), "it is spent");
    let ticket = desk.to_link(&hers, "0001").await.unwrap();
    desk.fixture.pass_s(301);
    let stale = desk.session(&ada).await;
    assert_eq!(code(begin_to_link(control, &stale).await), Some(Code::SecondFactorNeeded));
    assert_eq!(code(link(control, &stale, ticket.text()).await), Some(Code::SecondFactorNeeded));
    assert_eq!(code(unlink(control, &stale).await), Some(Code::SecondFactorNeeded));
    assert_eq!(show(control, &stale).await.unwrap().issuer, None);
}

#[tokio::test]
async fn a_link_ends_and_one_account_is_one_operator() {
    let (desk, authenticator) = (Desk::new().await, Authenticator::p256());
    let ada = desk.linked(&authenticator).await;
    let (control, session) = (&desk.fixture.control, desk.session(&ada).await);
    assert_eq!(code(desk.to_link(&session, "0001").await), Some(Code::IdentityTaken));
    let ticket = desk.to_link(&session, "0002").await.unwrap();
    assert_eq!(
        code(link(control, &session, ticket.text()).await),
        Some(Code::IdentityTaken),
        "one at a time"
    );
    unlink(control, &session).await.unwrap();
    assert_eq!(desk.fixture.last_change()["operation"], "identity unlink");
    assert_eq!(code(unlink(control, &session).await), Some(Code::IdentityUnknown));
    assert_eq!(code(desk.round("0001", Value::Null).await), Some(Code::IdentityUnknown));
}

#[tokio::test]
async fn where_the_provider_is_required_who_is_linked_comes_by_it_alone() {
    let (desk, authenticator) = (Desk::which(true).await, Authenticator::p256());
    let person = Person::enrolled(&desk.fixture, "bob", "owner").await;
    person.sign_in(&desk.fixture).await.unwrap();
    desk.linked(&authenticator).await;
    let (control, ada) = (&desk.fixture.control, Person::unknown("ada"));
    assert_eq!(ada.refused(&desk.fixture, PASSWORD, None).await, Code::ProviderRequired);
    assert_eq!(ada.refused(&desk.fixture, "wrong horse battery", None).await, Code::SignInRefused);
    let site = control.site().unwrap();
    let alone = authenticator.sign(&site, &ask_to_sign_in(control).unwrap().challenge, 1);
    assert_eq!(code(sign_in_with_passkey(control, &caller(), alone).await), Some(Code::ProviderRequired));
    assert_eq!(desk.outcome(), "provider_required");
    let arrived = desk.round("0001", Value::Null).await.unwrap();
    let signed = authenticator.sign(&site, asked(&arrived), 2);
    assert!(enter_by_passkey(control, &caller(), arrived.ticket.text(), signed).await.is_ok());
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_by_it() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.control.provider_name(), None);
    assert_eq!(code(begin_to_sign_in(&fixture.control, "/").await), Some(Code::ProviderMissing));
    let arrived = arrive(&fixture.control, &caller(), None, Returned::default()).await;
    assert_eq!(code(arrived), Some(Code::ProviderMissing));
}
