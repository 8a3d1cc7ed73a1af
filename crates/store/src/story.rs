//! What the tests share: a database of their own on both backends, a world to put keys into, and one whole story.
//!
//! A test gives its body to [`both`], which runs it on SQLite and then on the Postgres that `cargo xtask test` starts.

mod people;

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use keyward_policy::{
    AddressRules, ApiKey, Credential, Grant, Holds, Key, KeyState, KeyType, Lifetime, Mode, Pages, Project,
    RateLimit, Sealed, Symbols, Venue, Verifier,
};
use sqlx::Connection;

use crate::{Error, Store};

pub(crate) use people::{invitation, invite, operator, session, token};

/// Names and ids that no other test of this process has.
fn next() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// Runs a test on a new and open database of each kind.
pub(crate) async fn both(test: impl AsyncFn(Store)) {
    both_at(async |url| {
        let store = Store::open(&url).await.unwrap();
        test(store.clone()).await;
        store.close().await;
    })
    .await;
}

/// Runs a test on the URL of a new database of each kind.
pub(crate) async fn both_at(test: impl AsyncFn(String)) {
    let directory = tempfile::tempdir().unwrap();
    println!("on SQLite");
    test(format!("sqlite:{}", directory.path().join("keyward.db").display())).await;
    println!("on Postgres");
    let (server, schema) = (postgres(), format!("keyward_{}_{}", std::process::id(), next()));
    administer(&server, format!("CREATE SCHEMA {schema}")).await;
    let with = if server.contains('?') { '&' } else { '?' };
    test(format!("{server}{with}options[search_path]={schema}")).await;
    administer(&server, format!("DROP SCHEMA {schema} CASCADE")).await;
}

#[expect(clippy::disallowed_methods, reason = "the test runner names its Postgres in the environment")]
fn postgres() -> String {
    std::env::var("KEYWARD_TEST_POSTGRES").expect(
        "this test also runs on Postgres: run `cargo xtask test`, or set KEYWARD_TEST_POSTGRES=postgres://…",
    )
}

async fn administer(server: &str, sql: String) {
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs a statement that the store itself would never run.
pub(crate) async fn tamper(store: &Store, sql: &'static str) {
    on!(&store.pool, |db| sqlx::query(sql).execute(db).await.map(drop)).unwrap();
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub(crate) fn entropy() -> [u8; 16] {
    u128::from(next()).to_be_bytes()
}

pub(crate) fn sealed(text: &str) -> Sealed {
    Sealed::from_bytes(text.as_bytes())
}

pub(crate) fn venue(name: &str) -> Venue {
    Venue {
        id: keyward_policy::VenueId::from_entropy(entropy()),
        name: name.to_owned(),
        dialect: "binance".to_owned(),
        urls: [(String::new(), "https://api.binance.com".to_owned())].into(),
        mode: Mode::Resign,
        public_market_data: true,
        created_at: at(0),
    }
}

pub(crate) fn credential(name: &str, venue: &Venue) -> Credential {
    Credential {
        id: keyward_policy::CredentialId::from_entropy(entropy()),
        name: name.to_owned(),
        venue: venue.id,
        project: None,
        api_key: "the exchange's".to_owned(),
        key_type: KeyType::Hmac,
        secret: sealed("a sealed credential"),
        public_key: None,
        created_at: at(0),
        checked: None,
    }
}

pub(crate) fn project(name: &str) -> Project {
    Project {
        four_eyes: false,
        id: keyward_policy::ProjectId::from_entropy(entropy()),
        name: name.to_owned(),
        rotate_after_days: 90,
        created_at: at(0),
    }
}

/// What checks a publishable key: the pages of these origins.
pub(crate) fn pages(origins: &[&str]) -> Verifier {
    let origins = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    Verifier::Pages(Pages::new(origins, RateLimit { per_minute: 60, burst: 20 }).unwrap())
}

/// What keys refer to.
pub(crate) struct World {
    pub(crate) venue: Venue,
    pub(crate) credential: Credential,
    pub(crate) project: Project,
}

impl World {
    /// Adds a venue, a credential and a project of this name.
    pub(crate) async fn add(store: &Store, name: &str) -> Self {
        let venue = venue(name);
        let world = Self { credential: credential(name, &venue), venue, project: project(name) };
        store.add_venue(&world.venue).await.unwrap();
        store.add_credential(&world.credential).await.unwrap();
        store.add_project(&world.project).await.unwrap();
        world
    }

    pub(crate) fn grant(&self) -> Grant {
        Grant {
            venue: self.venue.id,
            credential: Some(self.credential.id),
            permissions: "market,read,trade:spot".parse().unwrap(),
            symbols: Symbols::only(["BTC/USDT".parse().unwrap()]),
            holds: Holds::new(["withdraw".parse().unwrap(), "trade>1000.5 USDT".parse().unwrap()]).unwrap(),
        }
    }

    /// A key that is not yet stored.
    pub(crate) fn key(&self, name: &str) -> Key {
        Key {
            id: keyward_policy::KeyId::from_entropy(entropy()),
            project: self.project.id,
            name: name.to_owned(),
            api_key: ApiKey::new(format!("kwk{}", next())),
            verifier: Verifier::Hmac(sealed("a sealed HMAC secret")),
            state: KeyState::Active,
            lifetime: Lifetime::default(),
            addresses: AddressRules::default(),
            rate: None,
            grants: vec![self.grant()],
            revision: 1,
            created_at: at(i64::from(next())),
            rotated_from: None,
        }
    }

    /// A key that is stored.
    pub(crate) async fn add_key(&self, store: &Store, name: &str) -> Key {
        let key = self.key(name);
        store.add_key(&key).await.unwrap();
        key
    }
}

/// Adds so many copies of the one key that there is, quickly.
pub(crate) async fn multiply(store: &Store, copies: i64) {
    const NUMBERS: &str = "WITH RECURSIVE n (i) AS \
        (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1) ";
    let run = async |sql: String| {
        on!(&store.pool, |db| sqlx::query(sqlx::AssertSqlSafe(sql)).bind(copies).execute(db).await.map(drop))
            .unwrap();
    };
    const ID: &str = "'key_0000000000000000' || (1000000000 + i)";
    run(format!(
        "{NUMBERS} INSERT INTO keys SELECT {ID}, project, name, api_key || i, key_type, verifier, state, not_before, \
         expires_at, retires_at, addresses, rate, revision, created_at + i, rotated_from FROM keys, n"
    ))
    .await;
    run(format!(
        "{NUMBERS} INSERT INTO grants SELECT {ID}, venue, credential, permissions, symbols, holds FROM grants, n"
    ))
    .await;
}

/// The next revision of a key.
pub(crate) fn changed(key: &Key, change: impl FnOnce(&mut Key)) -> Key {
    let mut next = Key { revision: key.revision + 1, ..key.clone() };
    change(&mut next);
    next
}

#[tokio::test]
async fn a_killed_project_stays_killed_through_restarts_edits_and_late_copies() {
    both_at(async |url| {
        let store = Store::open(&url).await.unwrap();
        store.put_sealed_root(&sealed("root"), None).await.unwrap();
        let world = World::add(&store, "binance").await;
        let bot = world.add_key(&store, "bot").await;
        let (retiring, rotated) =
            (changed(&bot, |key| key.lifetime.retires_at = Some(at(9))), world.key("bot"));
        store.rotate_key(&retiring, &rotated).await.unwrap();
        store.close().await;

        let store = Store::open(&url).await.unwrap();
        let killed = store.revoke_keys(crate::Revoke::Project(world.project.id), at(5)).await.unwrap();
        assert_eq!(killed.len(), 2);
        store.close().await;

        let store = Store::open(&url).await.unwrap();
        assert_eq!(store.sealed_root().await.unwrap(), Some(sealed("root")));
        let late = store.update_key(&changed(&rotated, |key| key.state = KeyState::Active)).await;
        assert!(matches!(late, Err(Error::Revoked(id)) if id == rotated.id), "{late:?}");
        store.delete_key(rotated.id, at(6)).await.unwrap();
        assert!(matches!(store.add_key(&rotated).await, Err(Error::Tombstoned(_))));
        let left = store.load().await.unwrap();
        assert_eq!((left.venues, left.credentials), (vec![world.venue], vec![world.credential]));
        assert_eq!(left.keys.iter().map(|key| key.state).collect::<Vec<_>>(), [KeyState::Revoked]);
        store.close().await;
    })
    .await;
}
