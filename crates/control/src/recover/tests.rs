//! The tests of a start on a database that is older than its log.

use keyward_policy::{Key, KeyState};
use serde_json::json;

use super::*;
use crate::fixture::{Fixture, read};
use crate::operation::{credential, key, kill};

/// A database with one trading key and one spare credential, and what it is after what is done then.
struct Older {
    fixture: Fixture,
    key: Key,
    copy: tempfile::TempDir,
}

impl Older {
    async fn new() -> Self {
        let (fixture, copy) = (Fixture::new().await, tempfile::tempdir().unwrap());
        let key = fixture.trading_key("bot").await;
        fixture.credential("spare", "binance").await;
        fixture.control.sign_checkpoint().await.unwrap();
        let older = Self { fixture, key, copy };
        older.fixture.control.store.copy_to(&older.file()).await.unwrap();
        older
    }

    fn file(&self) -> std::path::PathBuf {
        self.copy.path().join("older.db")
    }

    /// Starts on the older database.
    async fn start(&self) -> (Store, Recovered) {
        self.fixture.control.settle_log().await;
        let store = Store::open(self.file().to_str().unwrap()).await.unwrap();
        let recovered = self.recovered(&store).await;
        (store, recovered)
    }

    /// As a start does that finds the log as it is now.
    async fn recovered(&self, store: &Store) -> Recovered {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in ["entries.log", "checkpoint"].into_iter().zip(self.fixture.copy_log()) {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        let ledger = Arc::new(Ledger::open(dir.path(), None).unwrap());
        recover(store, &ledger, dir.path(), self.fixture.control.now()).await.unwrap()
    }

    async fn call(&self, method: &str, path: &str) {
        assert_eq!(self.fixture.call(method, path, serde_json::Value::Null).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_key_whose_limits_were_narrowed_since_is_suspended_and_named() {
    let older = Older::new().await;
    let narrowed = older.fixture.call("PATCH", "/keys/bot", json!({ "ip": ["203.0.113.7"] })).await;
    assert_eq!(narrowed.status, 200);
    older.fixture.control.sign_checkpoint().await.unwrap();
    let (_, recovered) = older.start().await;
    assert_eq!(state(&recovered, &older.key), Some(KeyState::Suspended));
    assert_eq!(recovered.lock.unwrap().lost, [format!("key update {}", older.key.id)]);
}

fn state(recovered: &Recovered, key: &Key) -> Option<KeyState> {
    recovered.snapshot.keys.iter().find(|one| one.id == key.id).map(|one| one.state)
}

#[tokio::test]
async fn whatever_ended_a_key_ends_it_again_and_an_older_database_is_locked() {
    for (end, expected) in [
        ("revoke", Some(KeyState::Revoked)),
        ("suspend", Some(KeyState::Suspended)),
        ("delete", None),
        ("kill key", Some(KeyState::Revoked)),
        ("kill project", Some(KeyState::Revoked)),
        ("kill credential", Some(KeyState::Revoked)),
        ("kill all", Some(KeyState::Revoked)),
    ] {
        let older = Older::new().await;
        let kill = async |input: serde_json::Value| {
            let control = &older.fixture.control;
            kill::kill(control, &older.fixture.actor, read(&input.to_string())).await.unwrap();
        };
        match end {
            "delete" => older.call("DELETE", "/keys/bot").await,
            "kill key" => kill(json!({ "key": "bot" })).await,
            "kill project" => kill(json!({ "project": "bots" })).await,
            "kill credential" => kill(json!({ "credential": "main" })).await,
            "kill all" => kill(json!({ "all": true })).await,
            end => older.call("POST", &format!("/keys/bot/{end}")).await,
        }
        older.fixture.control.sign_checkpoint().await.unwrap();
        let (_, recovered) = older.start().await;
        assert_eq!(state(&recovered, &older.key), expected, "{end}");
        let lock = recovered.lock.unwrap();
        assert!(lock.why.contains("older than the audit log"), "{}", lock.why);
        assert!(lock.made_again[0].contains(&older.key.id.to_string()), "{:?}", lock.made_again);
    }
}

#[tokio::test]
async fn a_database_that_knows_every_checkpoint_is_not_locked_but_made_to_agree() {
    let older = Older::new().await;
    older.call("POST", "/keys/bot/revoke").await; // and killed before the next checkpoint
    let (store, recovered) = older.start().await;
    assert_eq!(state(&recovered, &older.key), Some(KeyState::Revoked));
    assert_eq!(recovered.lock, None);
    assert_eq!(Lock::on(&store).await.unwrap(), None);
}

#[tokio::test]
async fn a_database_that_is_up_to_date_is_left_alone() {
    let older = Older::new().await;
    let before = older.fixture.control.store.load().await.unwrap();
    let recovered = older.recovered(&older.fixture.control.store).await;
    assert_eq!((recovered.snapshot.keys, recovered.lock), (before.keys, None));
}

#[tokio::test]
async fn what_was_undone_since_is_not_made_again() {
    let older = Older::new().await;
    older.call("POST", "/keys/bot/suspend").await;
    older.call("POST", "/keys/bot/resume").await;
    let (_, recovered) = older.start().await;
    assert_eq!(state(&recovered, &older.key), Some(KeyState::Active));
}

#[tokio::test]
async fn a_kill_does_not_reach_the_key_that_was_made_after_it() {
    let older = Older::new().await;
    let all = read(&json!({ "all": true }).to_string());
    kill::kill(&older.fixture.control, &older.fixture.actor, all).await.unwrap();
    let new = older.fixture.trading_key("new").await;
    let recovered = older.recovered(&older.fixture.control.store).await;
    assert_eq!(state(&recovered, &new), Some(KeyState::Active));
    assert_eq!(state(&recovered, &older.key), Some(KeyState::Revoked));
}

#[tokio::test]
async fn a_key_that_was_rotated_away_retires_and_its_successor_is_said_to_be_lost() {
    let older = Older::new().await;
    let control = &older.fixture.control;
    let new = key::rotate::rotate(control, &older.fixture.actor, "bot", key::rotate::Rotate::default()).await;
    control.sign_checkpoint().await.unwrap();
    let (store, recovered) = older.start().await;
    assert!(store.key(older.key.id).await.unwrap().lifetime.retires_at.is_some());
    let id = new.unwrap().key.id.to_string();
    assert!(recovered.lock.unwrap().lost.iter().any(|lost| lost.contains(&id)));
}

#[tokio::test]
async fn a_real_key_that_was_removed_does_not_come_back() {
    let older = Older::new().await;
    credential::remove::remove(&older.fixture.control, &older.fixture.actor, "spare").await.unwrap();
    let (_, recovered) = older.start().await;
    assert!(recovered.snapshot.credentials.iter().all(|credential| credential.name != "spare"));
}

#[tokio::test]
async fn a_lock_outlives_the_next_start_though_nothing_is_older_then() {
    let older = Older::new().await;
    older.call("POST", "/keys/bot/revoke").await;
    older.fixture.control.sign_checkpoint().await.unwrap();
    let (store, first) = older.start().await;
    for anchor in older.fixture.control.store.anchors(None, 10).await.unwrap() {
        store.add_anchor(&anchor).await.unwrap();
    }
    assert_eq!(older.recovered(&store).await.lock, first.lock);
}

#[tokio::test]
async fn the_nonces_of_a_locked_state_jump_ahead_of_all_that_may_have_been_used() {
    let older = Older::new().await;
    older.fixture.control.sign_checkpoint().await.unwrap();
    older.call("POST", "/keys/bot/revoke").await;
    older.fixture.control.sign_checkpoint().await.unwrap();
    older.fixture.control.settle_log().await;
    let store = Store::open(older.file().to_str().unwrap()).await.unwrap();
    let reserve = async || *store.reserve_nonces("kraken", "real", 0, 1).await.unwrap().start();
    assert_eq!(reserve().await, 1);
    assert!(older.recovered(&store).await.lock.is_some());
    let tomorrow_us = older.fixture.control.now().as_microsecond() + 86_400_000_000;
    let kraken = keyward_dialect::named("kraken").unwrap();
    assert_eq!(
        Some(reserve().await),
        kraken.nonce_at(tomorrow_us.try_into().unwrap()).map(|above| above + 1)
    );
}

#[tokio::test]
async fn a_link_that_was_opened_since_does_not_open_again() {
    use crate::fixture::people::caller;
    use crate::operation::hand_over::open;

    let older = Older::new().await;
    let fixture = &older.fixture;
    let rotated = fixture.call("POST", "/keys/bot/rotate", json!({ "hand_over": "1h" })).await;
    fixture.control.sign_checkpoint().await.unwrap();
    std::fs::remove_file(older.file()).unwrap();
    fixture.control.store.copy_to(&older.file()).await.unwrap();
    let url = rotated.body["hand_over"]["url"].as_str().unwrap();
    let link = json!({ "hand_over": url.rsplit('/').next().unwrap() }).to_string();
    let key = rotated.body["id"].as_str().unwrap().parse().unwrap();
    open::open(&fixture.control, &caller(), read(&link)).await.unwrap();
    let sealed = async |store: &Store| store.hand_over_of(key).await.unwrap().unwrap().sealed;
    assert!(sealed(&Store::open(older.file().to_str().unwrap()).await.unwrap()).await.is_some());
    let (store, _) = older.start().await;
    assert!(sealed(&store).await.is_none());
}
