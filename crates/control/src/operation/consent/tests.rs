//! Four eyes, from the question to what comes of it.

use keyward_policy::{Actor, Authority, Reach, Role};
use serde_json::json;

use super::{give, list, refuse, take};
use crate::fixture::people::Person;
use crate::fixture::{Fixture, read};
use crate::operation::key::{create, resume, rotate, suspend, update};
use crate::operation::operator::change::{remove, set_role};
use crate::operation::project;
use crate::{Code, Error};

/// A project of four eyes with a key that moves money, and two who may agree.
struct Desk {
    fixture: Fixture,
    ada: Actor,
    grace: Actor,
}

impl Desk {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        fixture.restricted_key("bot").await;
        let allow = read(r#"{"allow": ["read", "trade", "withdraw"]}"#);
        update::update(&fixture.control, &fixture.actor, "bot", None, allow).await.unwrap();
        let alone = set(&fixture, &fixture.actor, true).await;
        assert_eq!(alone, Err(Code::FourEyesAlone));
        let ada = Person::enrolled(&fixture, "ada", "owner").await.actor(&fixture).await;
        let grace = Person::enrolled(&fixture, "grace", "trader").await.actor(&fixture).await;
        assert_eq!(set(&fixture, &ada, true).await, Ok(()));
        Self { fixture, ada, grace }
    }

    /// Asks for something that takes two, and the id under which it waits.
    async fn asked(&self, input: &str) -> String {
        let refused = self.update(&self.ada, input).await;
        assert_eq!(refused, Err(Code::ConsentNeeded));
        let waiting = list::list(&self.fixture.control, &self.grace).await.unwrap().items;
        waiting.last().unwrap().id.to_string()
    }

    async fn update(&self, actor: &Actor, input: &str) -> Result<(), Code> {
        told(update::update(&self.fixture.control, actor, "bot", None, read(input)).await)
    }

    async fn give(&self, actor: &Actor, id: &str) -> Result<(), Code> {
        told(give::give(&self.fixture.control, actor, id).await)
    }

    async fn take(&self, actor: &Actor, id: &str) -> Result<(), Code> {
        told(take::take(&self.fixture.control, actor, id).await)
    }
}

fn told<T>(done: Result<T, Error>) -> Result<(), Code> {
    done.map(drop).map_err(|error| error.code())
}

async fn set(fixture: &Fixture, actor: &Actor, four_eyes: bool) -> Result<(), Code> {
    let input = read(&json!({ "four_eyes": four_eyes }).to_string());
    told(project::update::update(&fixture.control, actor, "bots", input).await)
}

const WIDER: &str = r#"{"ip": []}"#;

#[tokio::test]
async fn what_widens_is_done_once_another_operator_agreed_and_both_names_are_on_record() {
    let desk = Desk::new().await;
    assert_eq!(desk.update(&desk.ada, r#"{"holds": ["withdraw", "transfer", "trade"]}"#).await, Ok(()));
    let id = desk.asked(WIDER).await;
    assert_eq!(desk.asked(WIDER).await, id, "the same is asked for once");
    assert_eq!(desk.take(&desk.ada, &id).await, Err(Code::ConsentWaits));
    assert_eq!(desk.give(&desk.grace, &id).await, Ok(()));
    assert_eq!(desk.give(&desk.grace, &id).await, Err(Code::ConsentGiven));
    assert_eq!(desk.take(&desk.ada, &id).await, Ok(()));
    let change = desk.fixture.last_change();
    assert_eq!(
        (&change["operation"], &change["actor"]["name"], &change["actor"]["consented_by"]),
        (&json!("key update"), &json!("ada"), &json!("grace"))
    );
    assert_eq!(change["details"]["changed"]["ip"]["after"], json!([]));
    assert_eq!(desk.take(&desk.ada, &id).await, Err(Code::ConsentUnknown), "once");
    let log = desk.fixture.whole_log();
    for step in ["consent ask", "consent give", "consent use"] {
        assert!(log.contains(step), "{step}");
    }
}

#[tokio::test]
async fn nobody_agrees_with_himself_and_nobody_carries_out_what_another_asked_for() {
    let desk = Desk::new().await;
    let id = desk.asked(WIDER).await;
    assert_eq!(desk.give(&desk.ada, &id).await, Err(Code::ConsentOwn));
    assert_eq!(desk.fixture.last_change()["details"]["refused"], "consent_own");
    assert_eq!(desk.give(&desk.fixture.actor, &id).await, Err(Code::ConsentOwn), "the host is nobody");
    let stale = Authority::Operator { role: Role::Trader, reach: Reach::Everywhere, is_fresh: false };
    let stale = Actor { authority: stale, ..desk.grace.clone() };
    assert_eq!(desk.give(&stale, &id).await, Err(Code::SecondFactorNeeded));
    let viewer = Authority::Operator { role: Role::Viewer, reach: Reach::Everywhere, is_fresh: true };
    let viewer = Actor { authority: viewer, ..desk.grace.clone() };
    assert_eq!(desk.give(&viewer, &id).await, Err(Code::RoleLacksRight));
    assert_eq!(desk.give(&desk.grace, &id).await, Ok(()));
    assert_eq!(desk.take(&desk.grace, &id).await, Err(Code::ConsentOwn));
    assert_eq!(desk.fixture.last_change()["details"]["refused"], "consent_own");
}

#[tokio::test]
async fn what_is_stale_too_late_refused_or_agreed_to_by_who_may_no_longer_is_not_done() {
    let desk = Desk::new().await;
    let stale = desk.asked(WIDER).await;
    assert_eq!(desk.give(&desk.grace, &stale).await, Ok(()));
    assert_eq!(desk.update(&desk.ada, r#"{"symbols": ["BTC/USDT"], "expires": "1d"}"#).await, Ok(()));
    assert_eq!(desk.take(&desk.ada, &stale).await, Err(Code::NotCurrent));
    let refused = desk.asked(WIDER).await;
    assert!(refuse::refuse(&desk.fixture.control, &desk.grace, &refused).await.is_ok());
    assert_eq!(desk.give(&desk.grace, &refused).await, Err(Code::ConsentUnknown));
    let late = desk.asked(r#"{"deny_ip": [], "ip": []}"#).await;
    assert_eq!(desk.give(&desk.grace, &late).await, Ok(()));
    let host = &desk.fixture.actor;
    let role = read(r#"{"role": "viewer"}"#);
    set_role(&desk.fixture.control, host, "grace", role).await.unwrap();
    assert_eq!(desk.take(&desk.ada, &late).await, Err(Code::ConsentWaits));
    desk.fixture.pass_s(24 * 60 * 60);
    assert_eq!(desk.take(&desk.ada, &late).await, Err(Code::ConsentUnknown));
}

#[tokio::test]
async fn whoever_gets_the_name_of_a_removed_operator_agreed_to_nothing() {
    let desk = Desk::new().await;
    let (given, asked) = (desk.asked(WIDER).await, desk.asked(r#"{"deny_ip": [], "ip": []}"#).await);
    assert_eq!(desk.give(&desk.grace, &given).await, Ok(()));
    remove(&desk.fixture.control, &desk.fixture.actor, "grace").await.unwrap();
    assert_eq!(desk.take(&desk.ada, &given).await, Err(Code::ConsentUnknown));
    Person::enrolled(&desk.fixture, "eve", "owner").await;
    remove(&desk.fixture.control, &desk.fixture.actor, "ada").await.unwrap();
    assert_eq!(desk.give(&desk.grace, &asked).await, Err(Code::ConsentUnknown));
}

#[tokio::test]
async fn who_is_bound_to_another_project_agrees_to_nothing_here() {
    let desk = Desk::new().await;
    desk.fixture.project("other").await;
    let waiting = desk.asked(WIDER).await;
    assert_eq!(desk.give(&desk.grace, &waiting).await, Ok(()));
    let bound = read(r#"{"role": "trader", "projects": ["other"]}"#);
    set_role(&desk.fixture.control, &desk.fixture.actor, "grace", bound).await.unwrap();
    assert_eq!(desk.take(&desk.ada, &waiting).await, Err(Code::ConsentWaits));
}

#[tokio::test]
async fn a_key_that_moves_money_is_made_rotated_and_woken_by_two() {
    let desk = Desk::new().await;
    let control = &desk.fixture.control;
    let key = json!({ "name": "payouts", "project": "bots", "credentials": ["main"], "allow": ["withdraw"] });
    let made = create::create(control, &desk.ada, read(&key.to_string())).await;
    assert_eq!(told(made), Err(Code::ConsentNeeded));
    let reader = json!({ "name": "reader", "project": "bots", "credentials": ["main"], "allow": ["read"] });
    assert_eq!(told(create::create(control, &desk.ada, read(&reader.to_string())).await), Ok(()));
    let rotated = rotate::rotate(control, &desk.ada, "bot", rotate::Rotate::default()).await;
    assert_eq!(told(rotated), Err(Code::ConsentNeeded));
    suspend::suspend(control, &desk.ada, "bot").await.unwrap();
    assert_eq!(told(resume::resume(control, &desk.ada, "bot").await), Err(Code::ConsentNeeded));
    for one in list::list(control, &desk.grace).await.unwrap().items {
        let id = one.id.to_string();
        assert_eq!(desk.give(&desk.grace, &id).await, Ok(()), "{}", one.operation);
        let expected = if one.operation == "key rotate" { Err(Code::NotCurrent) } else { Ok(()) };
        assert_eq!(desk.take(&desk.ada, &id).await, expected, "{}", one.operation);
    }
    assert!(control.store.find_key("payouts").await.is_ok());
}

#[tokio::test]
async fn four_eyes_are_given_up_by_two() {
    let desk = Desk::new().await;
    assert_eq!(
        set(&desk.fixture, &desk.fixture.actor, false).await,
        Err(Code::ConsentNeeded),
        "the host, too"
    );
    assert_eq!(set(&desk.fixture, &desk.ada, false).await, Err(Code::ConsentNeeded));
    let waiting = list::list(&desk.fixture.control, &desk.ada).await.unwrap().items;
    let id = waiting.iter().find(|one| one.asked_by == "ada").unwrap().id.to_string();
    // A trader may agree to what concerns keys, and not to what concerns projects.
    assert_eq!(desk.give(&desk.grace, &id).await, Err(Code::RoleLacksRight));
    let joan = Person::enrolled(&desk.fixture, "joan", "administrator").await.actor(&desk.fixture).await;
    assert_eq!(desk.give(&joan, &id).await, Ok(()));
    assert_eq!(desk.take(&desk.ada, &id).await, Ok(()));
    assert!(!desk.fixture.control.store.project("bots").await.unwrap().four_eyes);
}
